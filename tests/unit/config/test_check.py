import copy

import pytest

from ppocr_rare.config.check import Checker


def check(data: dict, *typed: str) -> tuple[dict, list[str], list[str]]:
    checker = Checker(override.split("=") for override in typed)
    result = checker.check(data)
    return result, [f"{path}: {message}" for path, message in checker.faults], checker.warnings


def test_a_faultless_configuration_is_kept(data):
    before = copy.deepcopy(data)
    result, faults, warnings = check(data)
    assert (faults, warnings) == ([], [])
    assert data == before
    for name in ("Architecture", "Loss", "PostProcess", "Metric"):
        assert result[name] == data[name]
    assert result["Train"]["dataset"] == data["Train"]["dataset"]


def test_defaults_of_global_the_loaders_and_the_schedule_are_filled_in(data):
    del data["Train"]["loader"]["num_workers"]
    result, _, _ = check(data)
    assert result["Global"]["seed"] == 1024
    assert result["Global"]["use_gpu"] is True
    assert result["Train"]["loader"]["num_workers"] == 4
    assert result["Optimizer"]["lr"] == {"name": "Const", "learning_rate": 0.0005}
    assert check({})[0]["Global"]["max_text_length"] == 25


@pytest.mark.parametrize(
    ("path", "value", "rest"),
    [
        ("Globel", {}, ": unknown section (did you mean 'Global'?)"),
        ("Global", None, ": expected a mapping of keys, got nothing"),
        ("Global.epoch_num", "abc", ": expected a whole number, got 'abc'"),
        ("Global.epoch_num", 0, ": expected at least 1, got 0"),
        ("Global.use_gpu", "yes", ": expected true or false, got 'yes'"),
        ("Global.infer_img", 7, ": expected text or nothing, got 7"),
        ("Global.amp_level", "O3", ": expected 'O1' or 'O2', got 'O3'"),
        ("Global.amp_custom_black_list", ["a", 1], ".1: expected text, got 1"),
        ("Optimizer", [1], ": expected a mapping of keys, got [1]"),
        ("Optimizer.name", "Adm", ": unknown optimizer 'Adm' (did you mean 'Adam'?); known: Adam, AdamW"),
        ("Optimizer.beta1", True, ": expected a number, got True"),
        ("Optimizer.epsilom", 0.9, ": unknown key (did you mean 'epsilon'?)"),
        ("Optimizer.regulariser", {}, ": unknown key (did you mean 'regularizer'?)"),
        ("Optimizer.lr", None, ": expected a mapping with the name of a schedule, got nothing"),
        ("Optimizer.lr", {}, ".learning_rate: is missing; expected a number"),
        ("Optimizer.lr.name", "Cosin", ": unknown schedule 'Cosin' (did you mean 'Cosine'?)"),
        ("Optimizer.lr.gamma", 0.1, ": unknown key; known: learning_rate, warmup_epoch"),
        ("Optimizer.regularizer.name", "L3", ": unknown regularizer 'L3'"),
        ("Optimizer.regularizer.factor", "x", ": expected a number, got 'x'"),
        ("Optimizer.clip_norm", -1, ": expected at least 0, got -1"),
        ("Architecture", "RARE", ": expected a mapping of keys, got 'RARE'"),
        ("Architecture.algorithm", "CRNN", ": expected 'RARE', got 'CRNN'"),
        ("Architecture.model_type", "det", ": expected 'rec', got 'det'"),
        ("Architecture.Nek", {}, ": unknown key (did you mean 'Neck'?)"),
        ("Architecture.Neck", None, ": expected a mapping with the name of a neck, got nothing"),
        ("Architecture.Neck", {}, ".name: expected the name of a neck, got nothing; known: Sequence"),
        ("Architecture.Head.name", 5, ": expected the name of a head, got 5; known: AttentionHead"),
        ("Architecture.Backbone.name", "Resnet", ": unknown backbone 'Resnet' (did you mean 'R"),
        ("Architecture.Backbone.layers", 35, ": expected 18 or 34, got 35"),
        ("Architecture.Transform.num_fiducal", 4, ": unknown key (did you mean 'num_f"),
        ("Architecture.Head.in_channels", 9, ": is set by the program, not by the config"),
        ("Architecture.Head", {"name": "AttentionHead"}, ".hidden_size: is missing; expected a whole"),
        ("Global.freeze", ["neck", "spine"], ".1: expected 'transform' or 'backbone' or 'neck' or 'head', got 'spine'"),
        ("Loss", None, ": expected a mapping with the name of a loss, got nothing"),
        ("Loss.weight", 1, ": unknown key; known: fiducial_weight, label_smoothing"),
        ("PostProcess.stop_at_eos", 1, ": expected true or false, got 1"),
        ("Metric.main_indicator", "accuracy", ": expected 'acc' or 'norm_edit_dis', got 'accuracy'"),
        ("Train", {}, ".dataset: is missing; expected a mapping"),
        (
            "Train.dataset",
            {"name": "LMDBDataSet", "transforms": [{"KeepKeys": {"keep_keys": []}}]},
            ".data_dir: is missing; expected text",
        ),
        ("Train.dataset.name", "LmdbDataset", ": unknown dataset 'LmdbDataset' (did you mean 'LMDBDat"),
        ("Train.dataset.transfroms", [], ": unknown key (did you mean 'transforms'?)"),
        ("Train.dataset.transforms", None, ": expected a list, got nothing"),
        ("Eval.dataset.transforms", [], ": expected operators, got an empty list"),
        ("Train.dataset.transforms.0", "DecodeImage", ": expected one operator, written 'Name"),
        ("Train.dataset.transforms.0", {"KeepKeys": {}, "X": {}}, ": expected one operator"),
        ("Train.dataset.transforms.1", {"Attn": None}, ": unknown operator 'Attn'"),
        ("Train.dataset.transforms.2", {"RecResizeImg": None}, ".RecResizeImg.image_shape: is"),
        ("Train.dataset.transforms.2", {"RecResizeImg": 5}, ".RecResizeImg: expected a mapping"),
        ("Eval.dataset.transforms.3.KeepKeys.keep_keys", "image", ": expected"),
        ("Eval.loader.batch_size", 8, ": unknown key (did you mean 'batch_size_per_card'?)"),
        ("Eval.loader.batch_size_per_card", 0, ": expected at least 1, got 0"),
        ("wandb", 5, ": expected a mapping, got 5"),
    ],
)
def test_each_fault_is_named_with_its_path(data, change, path, value, rest):
    _, faults, _ = check(change(data, path, value))
    assert faults[0].startswith(f"{path}{rest}")
    assert len(faults) == (2 if path == "Train" else 1)


def test_all_faults_are_found_at_once(data, change):
    data = change(data, "Global.epoch_num", "abc")
    data = change(data, "Architecture.Neck.hidden_size", 2.5)
    data = change(data, "Eval.dataset.transforms.2.RecResizeImg.image_shape", [3, "x", 100])
    _, faults, _ = check(data)
    assert [fault.split(":")[0] for fault in faults] == [
        "Global.epoch_num",
        "Architecture.Neck.hidden_size",
        "Eval.dataset.transforms.2.RecResizeImg.image_shape.1",
    ]


def test_unknown_keys_of_global_are_faults_only_when_typed(data):
    data["Global"]["epohc_num"] = 3
    result, faults, warnings = check(data)
    assert faults == []
    assert warnings == ["Global.epohc_num: unknown key, ignored (did you mean 'epoch_num'?)"]
    assert "epohc_num" not in result["Global"]
    for typed in ("Global.epohc_num=3", "Global={epohc_num: 3}", "Global.epohc_num.below=3"):
        _, faults, warnings = check(data, typed)
        assert faults == ["Global.epohc_num: unknown key (did you mean 'epoch_num'?)"]
        assert warnings == []


@pytest.mark.parametrize(
    ("text", "value"), [("123", 123), ("007", 7), ("on", True), ("[1]", [1]), ("1:30", 90), ("a: b", {"a": "b"})]
)
def test_a_text_is_what_was_typed(data, change, text, value):
    """A file's name may look like something else to YAML, which gives ``value``."""
    data = change(data, "Global.infer_img", value)
    result, faults, _ = check(data, f"Global.infer_img={text}")
    assert (result["Global"]["infer_img"], faults) == (text, [])
    _, faults, _ = check(data)
    assert faults[0].startswith("Global.infer_img: expected text or nothing, got ")


def test_only_a_text_is_what_was_typed(data, change):
    _, faults, _ = check(change(data, "Global.use_gpu", 1), "Global.use_gpu=1")
    assert faults == ["Global.use_gpu: expected true or false, got 1"]
    data = change(data, "Global.infer_img", None)
    assert check(data, "Global.infer_img=")[0]["Global"]["infer_img"] is None


def test_what_other_machines_and_services_need_has_no_effect_and_says_so(data, change):
    _, faults, warnings = check(change(data, "Global.use_wandb", True))
    assert (faults, warnings) == ([], ["Global.use_wandb: accepted, but it has no effect"])
    assert check(change(data, "Global.use_wandb", False))[2] == []


def test_inert_keys_are_dropped_with_a_warning(data, change):
    result, faults, warnings = check(change(data, "Architecture.Head.l2_decay", 1e-5))
    assert faults == []
    assert warnings == ["Architecture.Head.l2_decay: accepted, but it has no effect"]
    assert result["Architecture"]["Head"] == {"name": "AttentionHead", "hidden_size": 256}


def test_values_are_coerced(data, change):
    data = change(data, "Optimizer.lr.learning_rate", "5e-4")
    data = change(data, "Optimizer.beta1", 1)
    result, faults, _ = check(data)
    assert faults == []
    assert result["Optimizer"]["lr"]["learning_rate"] == 0.0005
    assert type(result["Optimizer"]["beta1"]) is float


@pytest.mark.parametrize("name", ["L2", "L2Decay"])
def test_a_regularizer_is_known_by_both_of_its_names(data, change, name):
    result, faults, _ = check(change(data, "Optimizer.regularizer", {"name": name, "factor": 1e-5}))
    assert faults == []
    assert result["Optimizer"]["regularizer"] == {"name": "L2", "factor": 1e-5}


def test_another_class_asked_for_leaves_out_what_the_file_says_to_the_first(data, change):
    data = change(change(data, "Optimizer.name", "AdamW"), "Optimizer.lazy_mode", True)
    checked, faults, warnings = check(data, "Optimizer.name=AdamW")
    assert faults == []
    assert warnings == ["Optimizer: AdamW was asked for instead; it has no lazy_mode: left out"]
    assert "lazy_mode" not in checked["Optimizer"]
    for typed in ([], ["Optimizer.lazy_mode=True"], ["Optimizer.name=AdamW", "Optimizer.lazy_mode=True"]):
        _, faults, _ = check(data, *typed)
        assert len(faults) == 1 and "lazy_mode" in faults[0]


def test_the_transform_may_be_left_out(data):
    data["Architecture"]["Transform"] = None
    assert check(data)[0]["Architecture"]["Transform"] is None
    del data["Architecture"]["Transform"]
    result, faults, _ = check(data)
    assert faults == []
    assert result["Architecture"]["Transform"] is None


def test_an_operator_without_arguments_may_be_written_either_way(data, change):
    for empty in (None, {}):
        result, faults, _ = check(change(data, "Train.dataset.transforms.1.AttnLabelEncode", empty))
        assert faults == []
        assert result["Train"]["dataset"]["transforms"][1] == {"AttnLabelEncode": None}
