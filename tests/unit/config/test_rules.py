import copy
import os

import pytest

from ppocr_rare.config import drawn_rules, rules, size_rules
from ppocr_rare.config.draft import Draft, Faults
from ppocr_rare.config.rules import RULES

KEEP = "Train.dataset.transforms.3.KeepKeys.keep_keys"


def faults_of(data: dict, *faulty: str) -> list[str]:
    draft = Draft(data, [(path, "") for path in faulty])
    return [f"{path}: {message}" for rule in RULES for path, message in rule(draft)]


def test_a_faultless_configuration_breaks_no_rule(data):
    assert faults_of(data) == []


def test_every_function_that_yields_faults_is_a_rule():
    made = [value for module in (rules, size_rules, drawn_rules) for value in vars(module).values()]
    assert set(RULES) == {value for value in made if getattr(value, "__annotations__", {}).get("return") == Faults}


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        ("Global.character_dict_path", "no/dict.txt", "Global.character_dict_path: no/dict.txt does not exist"),
        ("Global.character_dict_path", ".", "Global.character_dict_path: . is a directory, not a file"),
        (
            "Global.pretrained_character_dict_path",
            "no/dict.txt",
            "Global.pretrained_character_dict_path: no/dict.txt does not exist",
        ),
        (
            "Global.freeze",
            ["neck", "head", "backbone", "transform"],
            "Global.freeze: names every stage; nothing is left to train",
        ),
        ("Global.freeze", ["neck"], "Global.freeze: names neck, so it must name transform and backbone, too"),
        ("Global.eval_batch_step", 0, "Global.eval_batch_step: expected n or [start, n]"),
        ("Global.eval_batch_step", [0, 0], "Global.eval_batch_step: expected n or [start, n]"),
        ("Global.eval_batch_step", [-1, 5], "Global.eval_batch_step: expected n or [start, n]"),
        ("Global.eval_batch_step", [1, 2, 3], "Global.eval_batch_step: expected n or [start, n]"),
        ("Optimizer.lr", {"name": "Const", "learning_rate": -1.0}, "Optimizer.lr: a rate below 0"),
        ("Loss.label_smoothing", 1.0, "Loss: too smooth"),
        (
            "Optimizer",
            {"clip_norm": 1.0, "clip_norm_global": 1.0},
            "Optimizer.clip_norm_global: excludes clip_norm",
        ),
        (
            "Optimizer",
            {"name": "AdamW", "regularizer": {"name": "L1"}},
            "Optimizer.regularizer.name: AdamW decays weights by L2 alone, got L1",
        ),
        ("Loss.name", "CTCLoss", "Loss.name: AttentionHead needs AttentionLoss, got CTCLoss"),
        ("PostProcess.name", "CTCLabelDecode", "PostProcess.name: AttentionHead needs AttnLabelDecode, got CTC"),
        (
            "Eval.dataset.transforms.1",
            {"CTCLabelEncode": None},
            "Eval.dataset.transforms: AttentionHead needs AttnLabelEncode as the one encoder of labels; found CTC",
        ),
        (
            "Train.dataset.transforms.1",
            {"KeepKeys": {"keep_keys": ["image", "label", "length"]}},
            "Train.dataset.transforms: AttentionHead needs AttnLabelEncode as the one encoder of labels; found none",
        ),
        (KEEP, ["image", "label"], f"{KEEP}: lacks length"),
        (KEEP, ["length"], f"{KEEP}: lacks image, label"),
        (KEEP, ["label", "image", "length"], f"{KEEP}: must begin with image, label, in this order"),
        (
            "Train.dataset.transforms",
            [{"DecodeImage": None}, {"AttnLabelEncode": None}, {"RecResizeImg": None}],
            "Train.dataset.transforms: needs KeepKeys",
        ),
        (
            "Eval.dataset.transforms.0",
            {"KeepKeys": {"keep_keys": ["image"]}},
            "Eval.dataset.transforms: needs DecodeImage and then RecResizeImg, once each; found RecResizeImg",
        ),
        (
            "Eval.dataset.transforms.1.RecAug",
            {"tia_prob": 0.5},
            "Eval.dataset.transforms.1.RecAug: must go: it changes images at random",
        ),
        (
            "Eval.dataset.transforms.1.RecConAug",
            {"prob": 0.5},
            "Eval.dataset.transforms.1.RecConAug: must go: it changes images at random",
        ),
        (
            "Train.dataset.transforms.0",
            {"RecConAug": None, "DecodeImage": None},
            "Train.dataset.transforms.0.RecConAug: must stand behind DecodeImage",
        ),
        (
            "Train.dataset.transforms.2.RecConAug",
            None,
            "Train.dataset.transforms.2.RecConAug: must stand before AttnLabelEncode",
        ),
        (
            "Train.dataset.transforms.0",
            {"DecodeImage": {"channel_first": True}},
            "Train.dataset.transforms.0.DecodeImage.channel_first: must be False",
        ),
    ],
)
def test_each_rule_names_the_path(data, change, path, value, fault):
    faults = faults_of(change(data, path, value))
    assert len(faults) == 1
    assert faults[0].startswith(fault)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("Global.eval_batch_step", 1),
        ("Global.eval_batch_step", [5, 1]),
        ("Architecture.Transform", None),
        ("Global.freeze", ["transform", "backbone", "neck"]),
        ("Global.freeze", ["backbone"]),
        ("Global.freeze", []),
        ("Eval.dataset.transforms.3.KeepKeys.keep_keys", ["image"]),
        ("Eval.dataset.transforms.3.KeepKeys.keep_keys", ["label", "image"]),
        (KEEP, ["image", "label", "valid_ratio", "length"]),
        ("Train.dataset.transforms.1.RecAug", None),
        ("Train.dataset.transforms.1.RecConAug", None),
        ("Optimizer.regularizer", None),
        ("Optimizer", {"name": "Adam", "clip_norm": 1.0}),
        ("Architecture.Head.name", "CTCHead"),  # another head has other partners
    ],
)
def test_what_the_rules_allow(data, change, path, value):
    assert faults_of(change(data, path, value)) == []


def test_a_dictionary_may_be_any_file(data, change, tmp_path):
    path = tmp_path / "ключ.txt"
    path.write_text("a\n")
    assert faults_of(change(data, "Global.character_dict_path", str(path))) == []


def test_a_dictionary_must_not_be_a_pipe(data, change, tmp_path):
    path = str(tmp_path / "pipe.txt")
    os.mkfifo(path)
    faults = faults_of(change(data, "Global.character_dict_path", path))
    assert faults == [f"Global.character_dict_path: {path} is not an ordinary file"]


def test_stages_that_are_not_there_cannot_be_frozen(data, change):
    data = change(data, "Architecture.Transform", None)
    assert faults_of(change(data, "Global.freeze", ["transform", "backbone"])) == [
        "Global.freeze: names transform, which Architecture has not"
    ]
    assert faults_of(change(data, "Global.freeze", ["backbone", "neck"])) == []
    assert faults_of(change(data, "Global.freeze", ["backbone", "neck", "head"])) == [
        "Global.freeze: names every stage; nothing is left to train"
    ]


def test_a_schedule_is_not_made_of_faulty_or_missing_values(data, change):
    assert faults_of(change(data, "Optimizer.lr", {"name": "Const"})) == []
    assert faults_of(change(data, "Optimizer.lr", {"name": "Const", "learning_rate": -1.0}), "Optimizer.lr.gamma") == []


@pytest.fixture
def columns(data, change):
    """A configuration whose columns are taught, as a function of its operators between AttnLabelEncode and KeepKeys."""

    def make(*operators, keep=("image", "label", "length", "columns"), dataset="OnlineSynthDataSet"):
        data_ = change(data, "Architecture.column_classifier", True)
        data_ = change(data_, "Loss", {"name": "ColumnAttentionLoss"})
        data_ = change(data_, "Train.dataset.name", dataset)
        entries = [{name: None} for name in ("DecodeImage", "AttnLabelEncode", *operators)]
        return change(data_, "Train.dataset.transforms", [*entries, {"KeepKeys": {"keep_keys": list(keep)}}])

    return make


def test_columns_are_taught_where_characters_are_known(columns):
    assert faults_of(columns("RecResizeImg", "LocateCharacters")) == []
    transforms = "Train.dataset.transforms"
    for data, *faults in [
        (columns("RecResizeImg"), f"{transforms}: ColumnAttentionLoss needs LocateCharacters behind RecResizeImg"),
        (
            columns("LocateCharacters", "RecResizeImg"),
            f"{transforms}.2.LocateCharacters: must stand behind RecResizeImg",
        ),
        (
            columns("RecResizeImg", "LocateCharacters", dataset="LMDBDataSet"),
            f"{transforms}.3.LocateCharacters: needs OnlineSynthDataSet, which knows where it drew each character, got "
            "LMDBDataSet",
        ),
        (
            columns("RecAug", "RecResizeImg", "LocateCharacters"),
            f"{transforms}.4.LocateCharacters: excludes RecAug, which moves the characters",
        ),
        (
            columns("RecResizeImg", "LocateCharacters", keep=("image", "label", "length")),
            f"{transforms}.4.KeepKeys.keep_keys: lacks columns",
        ),
        (
            columns("RecResizeImg", "LocateCharacters", keep=("image", "label", "columns", "length")),
            f"{transforms}.4.KeepKeys.keep_keys: must begin with image, label, length, columns, in this order, by "
            "which the loss takes them",
        ),
    ]:
        assert faults_of(data) == faults


def test_a_column_classifier_and_its_loss_come_together(columns, data, change):
    taught = columns("RecResizeImg", "LocateCharacters")
    assert faults_of(change(taught, "Architecture.column_classifier", False)) == [
        "Loss.name: AttentionHead without column_classifier needs AttentionLoss, got ColumnAttentionLoss"
    ]
    assert faults_of(change(data, "Architecture.column_classifier", True)) == [
        "Loss.name: AttentionHead with column_classifier needs ColumnAttentionLoss, got AttentionLoss"
    ]


def test_rules_stand_any_part_missing(data):
    def parts(value, path=()):
        items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for name, item in items:
            yield (*path, name)
            yield from parts(item, (*path, name))

    for *steps, last in parts(data):
        draft = copy.deepcopy(data)
        parent = draft
        for step in steps:
            parent = parent[step]
        if isinstance(last, int) and isinstance(parent[last], dict):
            parent[last] = {}  # an operator that is not known
        elif last == "name":
            parent.clear()  # a component that is not known
        else:
            del parent[last]
        faults_of(draft)
    assert faults_of({}) == []
