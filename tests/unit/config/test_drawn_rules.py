"""Points are taught where lines are known, and the rectifier alone where points are taught."""

import pytest

from ppocr_rare.config.draft import Draft
from ppocr_rare.config.rules import RULES

PATH = "Train.dataset.transforms"


def faults_of(data):
    return [f"{path}: {message}" for rule in RULES for path, message in rule(Draft(data, []))]


@pytest.fixture
def lines(data, change):
    """A configuration whose points are taught, as a function of its operators between AttnLabelEncode and KeepKeys."""

    def make(*operators, keep=("image", "label", "length", "fiducials"), dataset="OnlineSynthDataSet", weight=1.0):
        data_ = change(data, "Loss.fiducial_weight", weight)
        data_ = change(data_, "Train.dataset.name", dataset)
        entries = [{name: None} for name in ("DecodeImage", "AttnLabelEncode", *operators)]
        return change(data_, PATH, [*entries, {"KeepKeys": {"keep_keys": list(keep)}}])

    return make


def test_points_are_taught_where_lines_are_known(lines, change):
    sound = lines("RecResizeImg", "LocateFiducials")
    stored = lines("RecResizeImg", "LocateFiducials", dataset="LMDBDataSet")
    assert [faults_of(data) for data in (sound, stored, lines("RecResizeImg", weight=0.0))] == [[]] * 3
    for data, fault in [
        (lines("RecResizeImg"), f"{PATH}: Loss.fiducial_weight needs LocateFiducials behind RecResizeImg"),
        (lines("LocateFiducials", "RecResizeImg"), f"{PATH}.2.LocateFiducials: must stand behind RecResizeImg"),
        (
            lines("RecResizeImg", "LocateFiducials", dataset="SimpleDataSet"),
            f"{PATH}.3.LocateFiducials: needs OnlineSynthDataSet or LMDBDataSet, which knows where each line runs, got "
            "SimpleDataSet",
        ),
        (
            lines("RecAug", "RecResizeImg", "LocateFiducials"),
            f"{PATH}.4.LocateFiducials: excludes RecAug, which moves the characters",
        ),
        (
            lines("RecResizeImg", "LocateFiducials", keep=("image", "label", "fiducials", "length")),
            f"{PATH}.4.KeepKeys.keep_keys: must begin with image, label, length, fiducials, in this order, by which "
            "the loss takes them",
        ),
        (
            lines("RecResizeImg", "LocateFiducials", keep=("image", "label", "length")),
            f"{PATH}.4.KeepKeys.keep_keys: lacks fiducials",
        ),
        (
            change(sound, "Architecture.Transform", None),
            "Architecture.Transform: is needed where LocateFiducials or Loss.fiducial_weight teach its points",
        ),
    ]:
        assert faults_of(data) == [fault]


def test_the_rectifier_alone_learns_where_it_can(lines, change):
    path = "Global.rectifier_only_steps"
    data = change(lines("RecResizeImg", "LocateFiducials"), path, 10)
    assert faults_of(data) == []
    assert faults_of(change(data, "Global.freeze", ["transform"])) == [
        f"{path}: excludes transform in Global.freeze: nothing would learn"
    ]
    assert faults_of(change(data, "Loss.fiducial_weight", 0.0)) == [
        f"{path}: needs Loss.fiducial_weight above 0, by which the rectifier alone learns"
    ]
