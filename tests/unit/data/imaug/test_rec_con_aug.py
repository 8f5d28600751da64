import inspect

import numpy as np
import pytest
from material import CONFIG, png, word_image, write_lmdb

from ppocr_rare import builder, load_config
from ppocr_rare.data.imaug import RecConAug
from ppocr_rare.errors import ConfigError
from ppocr_rare.registry import OPERATORS
from ppocr_rare.utils.stats import Rejection


def word(label, width=40, height=20, level=0):
    return {"image": np.full((height, width, 3), level, np.uint8), "label": label, "text": label}


def join(*others, own=None, index=0, num_steps=25, **args):
    operator = RecConAug(**{"prob": 1, "ext_data_num": 9, **args}, num_steps=num_steps)
    return operator({**(own or word("ab")), "rng_key": (1, 0, index, 0), "neighbours": iter(others)})


def test_its_arguments_are_paddleocrs_and_the_way_of_resizing():
    assert OPERATORS.get("RecConAug") is RecConAug
    defaults = {"prob": 0.5, "image_shape": (32, 320, 3), "max_text_length": 25, "ext_data_num": 1}
    defaults["interpolation"] = "bilinear"  # ours
    assert {name: key.default for name, key in OPERATORS.schema("RecConAug").keys.items()} == defaults
    assert OPERATORS.schema("RecConAug").runtime == {"num_steps"}
    assert list(inspect.signature(RecConAug).parameters) == [*defaults, "num_steps"]


def test_images_stand_side_by_side_at_one_height_and_labels_behind_one_another():
    joined = join(word("C", 30, 60, level=100), word("de", 96, 32, level=200), own=word("ab", 40, 20, level=50))
    assert joined["label"] == joined["text"] == "abCde"
    assert joined["image"].shape == (32, 64 + 16 + 96, 3) and joined["image"].dtype == np.uint8
    assert (joined["image"] == np.repeat([50, 100, 200], [64, 16, 96])[:, None]).all()
    assert set(joined) == {"image", "label", "text", "rng_key"}


def test_nothing_is_done_to_what_is_not_joined():
    for sample in (join(), join(word("cd"), prob=0)):
        assert sample["label"] == sample["text"] == "ab"
        assert sample["image"].shape == (20, 40, 3) and "neighbours" not in sample
    alone = RecConAug(prob=1, num_steps=25)({**word("ab"), "rng_key": (1, 0, 0, 0)})
    assert alone["label"] == "ab"


def test_it_stops_before_the_label_is_too_long():
    words = [word("cd", 20), word("efg", 20), word("h", 20)]
    assert join(*words, max_text_length=7)["text"] == "abcdefg"
    assert join(*words, max_text_length=6)["text"] == "abcd"  # the shorter one behind is not tried
    assert join(*words, num_steps=8)["text"] == "abcd"  # of 8 steps two are for sos and eos
    assert join(*words, num_steps=9)["text"] == "abcdefg"


def test_it_stops_before_the_image_is_too_wide():
    words = [word("c"), word("d", 1), word("e", 1)]
    assert join(*words, image_shape=(32, 128, 3))["image"].shape == (32, 128, 3)
    assert join(*words, image_shape=(32, 128, 3))["text"] == "abc"
    assert join(*words, image_shape=(32, 127, 3))["text"] == "ab"


def test_the_smallest_image_keeps_a_column():
    assert join(word("c", 1, 200))["image"].shape == (32, 65, 3)


def test_samples_without_a_label_are_not_hidden_in_others():
    assert join(word(""), word("cd"))["label"] == "abcd"
    assert join(word("cd"), own=word(""))["label"] == ""  # the encoder refuses it, as it would have done


def test_the_key_decides_and_others_are_read_only_where_it_joins():
    read, labels = [], []

    def others():
        read.append(len(labels))
        yield word("cd")

    operator = RecConAug(prob=0.4, num_steps=25)
    for index in range(2000):
        labels.append(operator({**word("ab"), "rng_key": (1, 0, index, 0), "neighbours": others()})["label"])
    joined = [index for index, label in enumerate(labels) if label == "abcd"]
    assert read == joined and 730 < len(joined) < 870  # 800 expected, with a deviation of 22
    assert [join(word("cd"), index=index, prob=0.4)["label"] for index in range(50)] == labels[:50]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"prob": 1.1}, "prob is from 0 to 1"),
        ({"prob": -0.1}, "prob is from 0 to 1"),
        ({"image_shape": [3, 32, 320]}, r"must be \[height, width, 3\]"),
        ({"image_shape": [0, 320, 3]}, r"must be \[height, width, 3\]"),
        ({"ext_data_num": 0}, "at least 1"),
        ({"max_text_length": 0}, "at least 1"),
    ],
)
def test_arguments_out_of_range(args, message):
    with pytest.raises(ConfigError, match=f"RecConAug.*{message}"):
        RecConAug(**args, num_steps=25)


def test_in_a_training_text_and_label_agree_and_no_sample_is_lost(tmp_path):
    texts = ["ab", "c", "defgh", "ijklmnopqrst", "uvwxyz0123456789abcdefg"]
    write_lmdb(tmp_path / "words", [(png(word_image(n)), text.encode()) for n, text in enumerate(texts)])
    operators = (
        "{DecodeImage: }, {RecConAug: {prob: 1, ext_data_num: 2}}, {AttnLabelEncode: }, "
        "{RecResizeImg: {image_shape: [3, 32, 100]}}, {KeepKeys: {keep_keys: [image, label, length]}}"
    )
    overrides = [f"Train.dataset.data_dir={tmp_path}", f"Train.dataset.transforms=[{operators}]"]
    config = load_config(CONFIG, ["Global.use_gpu=False", *overrides])
    dataset, charset = builder.build_dataset(config, "Train", with_labels=True), builder.build_charset(config)
    num_joined = 0
    for epoch in range(4):
        dataset.set_epoch(epoch)
        for index, text in enumerate(texts):
            sample = dataset[index]
            assert not isinstance(sample, Rejection)
            ids = sample["label"][1 : int(sample["length"]) + 1]
            assert charset.encode(sample["text"]) == ids.tolist()
            assert sample["text"].startswith(text) and len(sample["text"]) <= 23
            num_joined += sample["text"] != text
    assert num_joined >= 8


def test_large_images_can_be_averaged():
    striped = np.zeros((256, 512, 3), np.uint8)
    striped[::8] = 255  # what bilinear sampling does not look at
    assert join({**word("cd"), "image": striped})["image"][:, 64:].max() == 0
    assert join({**word("cd"), "image": striped}, interpolation="area")["image"][:, 64:].min() == 32
