"""The recogniser: what goes in, what comes out, and that how it is called makes no difference."""

import logging
import shutil
import threading
from dataclasses import replace

import cv2
import numpy as np
import paddle
import pytest
from material import CONFIG, png, word_image

from ppocr_rare import TextRecognizer, load_config
from ppocr_rare.engine.read import pipeline
from ppocr_rare.engine.read import recognizer as module
from ppocr_rare.engine.read.image_source import images_of
from ppocr_rare.engine.read.recognizer import RecognizedWord
from ppocr_rare.errors import CheckpointError, ConfigError, RareError, SampleError
from ppocr_rare.utils.pixels import without_alpha


def with_backend(recognizer, wrap):
    """A recogniser with another backend in the place of its own."""
    model = replace(recognizer._model, backend=wrap(recognizer._model.backend))
    return TextRecognizer(model=model, batch_size=recognizer.batch_size, views=recognizer.views)


def noting(backend, note):
    """A backend that tells ``note`` what it is given and gives."""

    def noted(batch):
        outputs = backend(batch)
        note(batch, outputs)
        return outputs

    noted.num_at_once = 1
    return noted


def test_one_image_gives_one_word(recognizer, images):
    word = recognizer(images[0])
    assert isinstance(word, RecognizedWord) and word.error is None
    assert len(word.text) == len(word.char_scores) > 0
    assert word.score == pytest.approx(np.mean(word.char_scores))
    assert 0 < word.score <= 1


def test_a_list_gives_a_word_each_in_order(recognizer, images):
    words = recognizer(images)
    texts = [word.text for word in words]
    assert texts == [recognizer(image).text for image in images]
    assert len(set(texts)) > 5  # else the order would go unnoticed
    assert recognizer(images[:1]) == [recognizer(images[0])]
    assert recognizer([]) == []


@pytest.mark.parametrize("batch_size", [1, 3, 32])
def test_batch_size_makes_no_difference(recognizer, config, weights, images, batch_size):
    batched = TextRecognizer(config=config, weights=weights, batch_size=batch_size)(images)
    for word, alone in zip(batched, recognizer(images), strict=True):
        assert word.text == alone.text
        np.testing.assert_allclose(word.char_scores, alone.char_scores, atol=1e-4)


def test_paths_and_arrays_are_read_alike(recognizer, images, tmp_path):
    file = tmp_path / "wörd 語.png"
    file.write_bytes(png(images[0]))
    assert recognizer(str(file)) == recognizer(file) == recognizer(images[0])


def test_grey_and_alpha(recognizer, images):
    grey = cv2.cvtColor(images[0], cv2.COLOR_BGR2GRAY)
    assert recognizer(grey) == recognizer(grey[:, :, None]) == recognizer(np.stack([grey] * 3, 2))
    clear = np.dstack([images[0], grey])
    assert recognizer(clear) == recognizer(without_alpha(clear)) != recognizer(images[0])


def test_a_bad_image_of_a_list_stands_in_its_place(config, weights, images, tmp_path):
    (tmp_path / "text.png").write_text("no image")
    bad = [tmp_path / "text.png", tmp_path / "none.png", np.full((4, 4, 3), -1.0), np.zeros((0, 4, 3), np.uint8)]
    good = images[:3]
    recognizer = TextRecognizer(config=config, weights=weights, batch_size=2)  # the first batch holds bad ones alone
    words = recognizer([bad[0], bad[1], good[0], bad[2], good[1], good[2], bad[3]])
    assert [word.error is None for word in words] == [False, False, True, False, True, True, False]
    assert [words[i].text for i in (2, 4, 5)] == [word.text for word in recognizer(good)]
    assert words[0].error.startswith("not an image") and words[1].error.startswith("missing file")
    assert (words[0].text, words[0].score, words[0].char_scores) == ("", 0.0, ())


def test_a_single_bad_image_raises(recognizer, tmp_path):
    with pytest.raises(SampleError, match="missing file: .*none.png"):
        recognizer(tmp_path / "none.png")
    with pytest.raises(SampleError, match="a directory"):
        recognizer(str(tmp_path))


def test_iterate_reads_no_more_than_a_window_ahead(config, weights):
    taken = []

    def endless():
        while True:
            taken.append(len(taken))
            yield word_image(taken[-1])

    words = TextRecognizer(config=config, weights=weights, batch_size=2).iterate(endless())
    next(words)
    assert len(taken) == 2 * 2 * pipeline.WINDOW_BATCHES  # the window that is read and the one that is prepared
    words.close()


def test_early_end_leaves_the_words_as_they_are(config, weights, images):
    full = TextRecognizer(config=config, weights=weights, batch_size=1)
    steps = []
    early = with_backend(full, lambda backend: noting(backend, lambda _, found: steps.append(found[0].shape[1])))
    words = early(images)
    assert min(steps) < 25  # some did end early

    full._model.backend.stop_at_eos = False
    assert [word.text for word in words] == [word.text for word in full(images)]


def test_batches_that_are_read_at_once_come_in_their_order(config, weights, images):
    one_by_one = TextRecognizer(config=config, weights=weights, batch_size=2)
    lock, barrier = threading.Lock(), threading.Barrier(2)

    class TwoAtOnce:
        """Each of the first two batches waits for the other one."""

        num_at_once, waits = 2, [1, 1]

        def run_beside(self, batch):
            if self.waits:
                self.waits.pop()
                barrier.wait(timeout=20)
            with lock:
                return one_by_one._model.backend(batch)

        def __call__(self, batch):
            raise AssertionError("many batches are not read alone")

    at_once = with_backend(one_by_one, lambda _: TwoAtOnce())
    mixed = [*images[:5], "missing.png", *images[5:], b"no image"]
    words, expected = at_once(mixed), one_by_one(mixed)
    assert [(word.text, word.error) for word in words] == [(word.text, word.error) for word in expected]
    assert words[5].error and words[-1].error and not barrier.broken and not TwoAtOnce.waits


def test_words_of_like_width_share_a_batch(config, weights):
    seen = []
    recognizer = with_backend(
        TextRecognizer(config=config, weights=weights, batch_size=2, views=1),
        lambda backend: noting(backend, lambda batch, _: seen.append([image.mean() for image in batch])),
    )
    # Wider than the network's input, all of them: what tells them apart is left of it.
    sizes = ((10, 900), (90, 200), (170, 700), (250, 300))
    recognizer([np.full((32, width, 3), value, np.uint8) for value, width in sizes])
    assert [sorted(round((mean * 0.5 + 0.5) * 255) for mean in batch) for batch in seen] == [[90, 250], [10, 170]]


def test_characters_behind_eos_are_kept_where_the_config_says_so(weights, images):
    config = load_config(CONFIG, ["Global.use_gpu=False", "PostProcess.stop_at_eos=False"])
    recognizer = TextRecognizer(config=config, weights=weights, batch_size=1, views=1)
    stopping = TextRecognizer(config=load_config(CONFIG), weights=weights, batch_size=1, use_gpu=False, views=1)
    pairs = list(zip(recognizer(images[:12]), stopping(images[:12]), strict=True))
    assert all(word.text.startswith(stopped.text) for word, stopped in pairs)
    assert any(len(word.text) > len(stopped.text) for word, stopped in pairs)


def test_gpu_on_a_cpu_build_warns_once(weights, images, monkeypatch, caplog):
    monkeypatch.setattr(paddle, "is_compiled_with_cuda", lambda: False)
    with caplog.at_level(logging.WARNING, logger="ppocr_rare"):
        recognizer = TextRecognizer(config=load_config(CONFIG), weights=weights, use_gpu=True)
        assert recognizer(images[0]).text
    assert [record.message for record in caplog.records if record.levelno >= logging.WARNING] == [
        "use_gpu is True, but this Paddle is built for the CPU: using the CPU"
    ]


def test_model_dir(model_dir, recognizer, images):
    assert TextRecognizer(model_dir, use_gpu=False)(images[0]) == recognizer(images[0])
    assert TextRecognizer(model_dir=str(model_dir), use_gpu=False)(images[0]) == recognizer(images[0])


def test_pretrained_by_name(model_dir, recognizer, images, monkeypatch, tmp_path_factory):
    home = tmp_path_factory.mktemp("package")
    monkeypatch.setattr(module, "PRETRAINED_DIR", home)
    with pytest.raises(CheckpointError, match="no weights named 'nobody' .*: none"):
        TextRecognizer.from_pretrained("nobody")
    shutil.copytree(model_dir, home / "rec_mv3_tps_bilstm_att")
    with pytest.raises(CheckpointError, match="no weights named '../x' .*: rec_mv3_tps_bilstm_att"):
        TextRecognizer.from_pretrained("../x")
    assert TextRecognizer.from_pretrained(use_gpu=False)(images[0]) == recognizer(images[0])


def test_weights_of_another_model_are_refused(weights):
    # A bias of both localization networks has the same shape, so a part of the file does fit.
    large = load_config(CONFIG.with_name("rec_r34_vd_tps_bilstm_att.yml"), ["Global.use_gpu=False"])
    with pytest.raises(CheckpointError, match=r"tiny.pdparams: \d+ of the model's \d+ entries .* another config"):
        TextRecognizer(config=large, weights=weights)


def test_arguments_that_make_no_sense(config, weights):
    with pytest.raises(TypeError, match="model_dir, or config and weights"):
        TextRecognizer(config=config)
    with pytest.raises(TypeError, match="model_dir, or config and weights"):
        TextRecognizer()
    with pytest.raises(ValueError, match="at least 1, not 0"):
        TextRecognizer(config=config, weights=weights, batch_size=0)


def test_a_config_without_eval_says_so(tmp_path, weights):
    text = CONFIG.read_text(encoding="utf-8")
    (tmp_path / "config.yml").write_text(text[: text.index("\nEval:")], encoding="utf-8")
    with pytest.raises(ConfigError, match="lacks Eval"):
        TextRecognizer(config=load_config(tmp_path / "config.yml"), weights=weights, use_gpu=False)


def test_where_images_come_from(tmp_path):
    def images_with(*overrides):
        return images_of(load_config(CONFIG, overrides))

    (tmp_path / "b.png").touch()
    (tmp_path / "a.jpg").touch()
    (tmp_path / "list.txt").write_text("b.png\tlabel\n/x/c.png\n")
    both = [str(tmp_path / "a.jpg"), str(tmp_path / "b.png")]
    assert images_with(f"Global.infer_img={tmp_path}") == both
    assert images_with(f"Global.infer_img={both[0]}") == both[:1]
    assert images_with(f"Global.infer_img={both[0]}", f"Global.infer_list={tmp_path}/list.txt") == [both[1], "/x/c.png"]
    with pytest.raises(RareError, match="no image: say -o Global.infer_img"):
        images_with("Global.infer_img=")
