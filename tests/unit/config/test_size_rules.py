import pytest

from ppocr_rare import registry
from ppocr_rare.config import size_rules
from ppocr_rare.config.draft import Draft
from ppocr_rare.config.rules import RULES

SHAPE = "Train.dataset.transforms.2.RecResizeImg.image_shape"
EVAL_SHAPE = "Eval.dataset.transforms.2.RecResizeImg.image_shape"
FIDUCIALS = "Architecture.Transform.num_fiducial"
UNITS = "must be from 1 to 4096, got"


def faults_of(data: dict, *faulty: str) -> list[str]:
    draft = Draft(data, [(path, "") for path in faulty])
    return [f"{path}: {message}" for rule in RULES for path, message in rule(draft)]


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        ("Global.max_text_length", 2, "must be at least 3, got 2"),
        ("Global.max_text_length", 10**9, "must be at most 1000, got 1000000000"),
        ("Architecture.Head.hidden_size", 0, f"{UNITS} 0"),
        ("Architecture.Head.hidden_size", -5, f"{UNITS} -5"),
        ("Architecture.Head.hidden_size", 100_000_000, f"{UNITS} 100000000"),
        ("Architecture.Neck.hidden_size", 0, f"{UNITS} 0"),
        ("Architecture.Neck.hidden_size", 4097, f"{UNITS} 4097"),
        (FIDUCIALS, 19, "must be even and from 6 to 200, got 19"),
        (FIDUCIALS, 4, "must be even and from 6 to 200, got 4"),
        (FIDUCIALS, 10**6, "must be even and from 6 to 200, got 1000000"),
        (EVAL_SHAPE, [3, 32, 160], f"[3, 32, 160] differs from [3, 32, 100] at {SHAPE}"),
    ],
)
def test_each_rule_names_the_path(data, change, path, value, fault):
    faults = faults_of(change(data, path, value))
    assert len(faults) == 1
    assert faults[0].startswith(f"{path}: {fault}")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("Global.max_text_length", 3),
        ("Global.max_text_length", 1000),
        ("Architecture.Head.hidden_size", 1),
        ("Architecture.Neck.hidden_size", 4096),
        (FIDUCIALS, 6),
        (FIDUCIALS, 200),
    ],
)
def test_what_the_rules_allow(data, change, path, value):
    assert faults_of(change(data, path, value)) == []


@pytest.mark.parametrize(
    ("shape", "fault"),
    [
        ([3, 32, 3], "height and width must be at least 8, got [3, 32, 3]"),
        ([3, 7, 100], "height and width must be at least 8, got [3, 7, 100]"),
        ([3, 32, 1_000_000], "height x width must be at most 262144, got [3, 32, 1000000]"),
        ([3, 32, 8193], "height x width must be at most 262144, got [3, 32, 8193]"),
        ([3, 32, 8], None),
        ([3, 32, 8192], None),
    ],
)
def test_images_are_neither_too_small_nor_too_large(data, change, shape, fault):
    faults = faults_of(change(change(data, SHAPE, shape), EVAL_SHAPE, shape))
    said = [said for said in faults if said.startswith(SHAPE)]
    assert said == ([f"{SHAPE}: {fault}"] if fault else [])


@pytest.mark.parametrize("shape", [[1, 32, 100], [32, 100], [3, 0, 100], []])
def test_images_have_three_channels_and_a_size(data, change, shape):
    faults = faults_of(change(change(data, SHAPE, shape), EVAL_SHAPE, shape))
    assert f"{SHAPE}: expected [3, height, width], got {shape}" in faults


def test_features_must_be_one_high(data, change):
    def at_height(height):
        return faults_of(change(change(data, SHAPE, [3, height, 100]), EVAL_SHAPE, [3, height, 100]))

    # The fake backbone divides by 32 and rounds down.
    assert at_height(63) == []
    assert at_height(64) == [
        "Architecture.Backbone: images 64 high become features 2 high, not 1; heights that work: 32 to 63"
    ]


def test_features_are_not_judged_from_faulty_arguments(data, change):
    data = change(change(data, SHAPE, [3, 64, 100]), EVAL_SHAPE, [3, 64, 100])
    assert faults_of(data, "Architecture.Backbone.layers") == []
    assert len(faults_of(data, "Architecture.Neck.hidden_size")) == 1


def test_a_backbone_that_cannot_tell_its_height(data, monkeypatch):
    backbone = registry.BACKBONES.get("ResNet")
    monkeypatch.setattr(backbone, "output_height", lambda height, **_: int("tall"))
    assert faults_of(data)[0].startswith("Architecture.Backbone: these arguments cannot be used (invalid literal")
    monkeypatch.delattr(backbone, "output_height")
    assert faults_of(data) == []


def test_heights_are_shown_as_ranges():
    assert size_rules._ranges([17, 18, 19, 32, 40, 41]) == "17 to 19, 32, 40 to 41"
    assert size_rules._ranges([]) == "none from 8 to 256"
