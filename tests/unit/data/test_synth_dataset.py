import pickle

import cv2
import numpy as np
import pytest

from ppocr_rare.builder import build_dataset
from ppocr_rare.data.charset import Charset
from ppocr_rare.data.synth_dataset import OnlineSynthDataSet
from ppocr_rare.data.word_dataset import Part
from ppocr_rare.errors import DataError, SampleError
from ppocr_rare.utils.stats import Rejection


def build(num_samples=12, charset=None, **options):
    return OnlineSynthDataSet(num_samples, fonts="shipped", charset=charset or Charset.from_file(None), **options)


def contents(dataset):
    return [(item["text"], item["image"]) for item in dataset]


def test_samples_are_images_with_their_labels():
    dataset = build(height=48)
    assert len(dataset) == 12 and dataset.sets() == [("synth", 12)] and dataset.mixture() == [Part(12, 1.0)]
    for index, item in enumerate(dataset):
        image = cv2.imdecode(np.frombuffer(item["image"], np.uint8), cv2.IMREAD_COLOR)
        assert image.shape[0] == 48 and item["text"] == item["label"] != ""
        assert item["key"] == dataset.key(index) == f"synth#0#{index:09d}"
        assert (dataset.read_text(index), dataset.read_image(index)) == (item["text"], item["image"])


def test_words_follow_seed_epoch_and_index_alone():
    dataset, twin, other = (build(is_train=True, seed=seed) for seed in (1, 1, 2))
    first = contents(dataset)
    assert first == contents(twin) != contents(other)
    assert [twin[index]["image"] for index in (7, 3)] == [first[index][1] for index in (7, 3)]
    dataset.set_epoch(1)
    second = contents(dataset)
    assert not set(first) & set(second)
    resumed = pickle.loads(pickle.dumps(build(is_train=True, seed=1)))
    resumed.set_epoch(1)
    assert contents(resumed) == second


def test_evaluation_keeps_its_words_and_shares_none_with_training():
    train, evaluate = build(is_train=True), build()
    first = contents(evaluate)
    evaluate.set_epoch(3)
    assert contents(evaluate) == first
    assert not set(first) & set(contents(train))


def test_characters_are_the_dictionarys():
    dataset = build(40, Charset("XYZ"))
    assert set("".join(item["text"] for item in dataset)) == set("XYZ")


def test_a_transform_may_reject_a_sample():
    def refuse(sample):
        raise SampleError("label too long")

    item = build(transforms=[refuse])[5]
    assert isinstance(item, Rejection)
    assert (item.reason, item.text) == ("label too long", build().read_text(5))


def test_users_words_and_faults(tmp_path):
    (tmp_path / "words.txt").write_text("qqqq\n")
    texts = [item["text"].lower() for item in build(100, words=str(tmp_path / "words.txt"))]
    assert texts.count("qqqq") > 50
    with pytest.raises(DataError, match="num_samples"):
        build(0)
    with pytest.raises(DataError, match="no such file or folder"):
        OnlineSynthDataSet(5, fonts=["none"], charset=Charset("a"))


def test_a_configuration_can_name_it(config_path, tmp_path):
    from ppocr_rare import load_config

    text = config_path("rec_mv3_tps_bilstm_att").read_text(encoding="utf-8")
    for name, value in (("LMDBDataSet", "OnlineSynthDataSet"), ("data_dir: ./train_data/data_lmdb_release/training/",
                        "num_samples: 5\n    fonts: shipped")):  # fmt: skip
        text = text.replace(name, value, 1)
    (tmp_path / "config.yml").write_text(text, encoding="utf-8")
    samples = list(build_dataset(load_config(tmp_path / "config.yml"), "Train", with_labels=True))
    assert len(samples) == 5 and all(sample["image"].shape == (3, 32, 100) for sample in samples)


def test_spans_are_given_to_a_transform_that_needs_them():
    class Widths:
        needs_spans = True

        def __call__(self, sample):
            return {**sample, "widths": [span.right - span.left for span in sample["spans"]]}

    for sample in build(transforms=[Widths()]):
        assert len(sample["widths"]) == len(sample["text"].replace(" ", "")) and 0 < min(sample["widths"]) < 1.2
    assert all("spans" not in sample for sample in build())


def test_edges_are_given_to_a_transform_that_needs_them():
    class Edges:
        needs_edges = True

        def __call__(self, sample):
            return {"edges": sample["edges"]}

    dataset = build(transforms=[Edges()])
    for index, sample in enumerate(dataset):
        assert np.array_equal(sample["edges"], dataset._draw(index).fiducials())
    assert all("edges" not in sample for sample in build())
