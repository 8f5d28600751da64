import copy
import logging
import pickle
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ppocr_rare.config import Config, Section, load_config, make_config
from ppocr_rare.errors import ConfigError


@pytest.fixture
def path(data, tmp_path) -> Path:
    """A file that holds the faultless configuration."""
    path = tmp_path / "config.yml"
    path.write_text(yaml.safe_dump(data, sort_keys=False))
    return path


def faults_of(path: Path, overrides=()) -> str:
    with pytest.raises(ConfigError) as caught:
        load_config(path, overrides)
    return str(caught.value)


def test_a_file_becomes_a_configuration(path):
    config = load_config(path)
    assert config["Global"]["max_text_length"] == 25
    assert config["Global"]["infer_img"] is None
    assert config["Architecture"]["Head"]["hidden_size"] == 256
    assert config["Train"]["dataset"]["transforms"][2]["RecResizeImg"]["image_shape"] == (3, 32, 100)
    assert config.get("wandb") is None


def test_nothing_in_it_can_be_changed(path):
    config = load_config(path)
    for section in (config, config["Global"], config["Train"]["dataset"]["transforms"][0]):
        assert isinstance(section, Section)
        with pytest.raises(TypeError):
            section["x"] = 1
        with pytest.raises(TypeError):
            del section["x"]
    assert isinstance(config["Train"]["dataset"]["transforms"], tuple)


def test_a_plain_copy_can_be_changed_at_will(path):
    config = load_config(path)
    plain = config.to_dict()
    plain["Train"]["dataset"]["transforms"][2]["RecResizeImg"]["image_shape"].append(5)
    plain["Global"]["use_gpu"] = None
    assert config == load_config(path)
    assert type(config["Global"].to_dict()) is dict


def test_data_is_copied_in(data):
    before = copy.deepcopy(data)
    config = make_config(data, ["Global.epoch_num=3", "Train.dataset.transforms.1.AttnLabelEncode="])
    assert data == before
    data["Train"]["dataset"]["transforms"].clear()
    assert len(config["Train"]["dataset"]["transforms"]) == 4


def test_it_can_be_pickled_and_printed(path):
    config = load_config(path)
    assert pickle.loads(pickle.dumps(config)) == config
    assert repr(config["Loss"]) == "Section({'name': 'AttentionLoss'})"


def test_overrides_are_applied_in_order_and_checked(path):
    config = load_config(
        path,
        [
            "Global.epoch_num=3",
            "Global.epoch_num=4",
            "Global.seed=1e3",
            "Global.pretrained_model=a=b",
            "Global.infer_img=",
            "Train.dataset.transforms.2.RecResizeImg.image_shape=[3,32,160]",
            "Eval.dataset.transforms.2.RecResizeImg.image_shape.2=160",
            "Optimizer.lr.warmup_epoch=2",
            "wandb.project=words",
        ],
    )
    assert config["Global"]["epoch_num"] == 4
    assert config["Global"]["seed"] == 1000
    assert config["Global"]["pretrained_model"] == "a=b"
    assert config["Global"]["infer_img"] is None
    assert config["Train"]["dataset"]["transforms"][2]["RecResizeImg"]["image_shape"] == (3, 32, 160)
    assert config["Optimizer"]["lr"]["warmup_epoch"] == 2.0
    assert config["wandb"]["project"] == "words"


def test_one_override_needs_no_list(path):
    assert load_config(path, "Global.use_gpu=False")["Global"]["use_gpu"] is False


def test_a_name_of_a_file_may_look_like_a_number(path):
    config = load_config(path, ["Global.infer_img=007", "Global.infer_list=1e5", "Global.pretrained_model=on"])
    assert [config["Global"][key] for key in ("infer_img", "infer_list", "pretrained_model")] == ["007", "1e5", "on"]


def test_every_fault_is_shown_with_one_line_each(path):
    message = faults_of(
        path,
        [
            "Global.epohc_num=3",
            "Train.dataset.transforms.9.X=1",
            "Architecture.Neck.hidden_size=many",
            "Global.max_text_length=2",
            "Loss.name=CTCLoss",
        ],
    )
    assert message.splitlines() == [
        f"{path}: 5 faults",
        "  -o Train.dataset.transforms.9.X: Train.dataset.transforms is a list of 4, and '9' is no index of it "
        "(the first is 0)",
        "  -o Global.epohc_num: unknown key (did you mean 'epoch_num'?)",
        "  -o Architecture.Neck.hidden_size: expected a whole number, got 'many'",
        "  -o Global.max_text_length: must be at least 3, got 2: start, one character and end take a step each",
        "  -o Loss.name: AttentionHead needs AttentionLoss, got CTCLoss",
    ]


def test_one_fault_is_one_line(path):
    assert faults_of(path, ["Global.use_gpu=1"]) == "-o Global.use_gpu: expected true or false, got 1"


def test_what_was_typed_is_blamed_on_the_command_line_alone(path):
    path.write_text(path.read_text().replace("max_text_length: 25", "max_text_length: x"))
    assert faults_of(path, ["Global.seed=1"]).startswith(f"{path}: Global.max_text_length: expected")
    assert faults_of(path, ["Global.max_text_length=y"]).startswith("-o Global.max_text_length: expected")
    assert faults_of(path, ["Global={max_text_length: y}"]).startswith("-o Global")


def test_an_override_cannot_bring_in_an_object(path, tmp_path):
    trace = tmp_path / "trace"
    message = faults_of(path, [f"Global.infer_img=!!python/object/apply:os.mkdir ['{trace}']"])
    assert "is not allowed" in message
    assert not trace.exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "expected sections (Global, Architecture, ...), got nothing"),
        (b"# nothing\n", "expected sections (Global, Architecture, ...), got nothing"),
        (b"- a\n- b\n", "expected sections (Global, Architecture, ...), got ['a', 'b']"),
        (b"just text", "expected sections (Global, Architecture, ...), got 'just text'"),
        (b"Global: {a: [}", "line 1, column 14"),
        (b"Global: {}\nGlobal: {}", "line 2, column 1: the key 'Global' is given twice"),
        (b"Global: \xff\xfe", "line 1: not UTF-8 text"),
        (b"\x89PNG\r\n\x1a\n", "line 1: not UTF-8 text"),
    ],
)
def test_files_that_hold_no_configuration(tmp_path, content, message):
    path = tmp_path / "bad.yml"
    path.write_bytes(content)
    fault = faults_of(path)
    assert fault.startswith(str(path))
    assert message in fault
    assert "\n" not in fault


def test_twenty_faults_are_shown_and_the_others_counted(tmp_path):
    path = tmp_path / "f.yml"
    path.write_text("".join(f"Unknown{number}: 1\n" for number in range(30)))
    lines = faults_of(path).split("\n")
    count = int(lines[0].split(": ")[1].split()[0])
    assert count >= 30
    assert len(lines) == 22
    assert lines[-1] == f"  and {count - 20} others"


def test_paths_that_hold_no_configuration(tmp_path):
    assert faults_of(tmp_path) == f"{tmp_path}: Is a directory"
    assert faults_of(tmp_path / "absent.yml") == f"{tmp_path / 'absent.yml'}: No such file or directory"


def test_keys_without_effect_are_logged_once(path, caplog):
    with caplog.at_level(logging.WARNING):
        load_config(path, ["Architecture.Head.l2_decay=1e-5"])
    assert [record.getMessage() for record in caplog.records] == [
        f"{path}: Architecture.Head.l2_decay: accepted, but it has no effect"
    ]


def test_a_faultless_file_logs_nothing(path, caplog):
    with caplog.at_level(logging.DEBUG):
        load_config(path)
    assert caplog.records == []


def test_a_configuration_for_prediction_may_lack_what_training_needs(data):
    for name in ("Train", "Optimizer", "Loss", "Metric"):
        del data[name]
    config = make_config(data)
    config.require("Architecture", "Eval", "Global")
    with pytest.raises(ConfigError, match=r"^the configuration lacks Train, Loss, which is needed here$"):
        config.require("Architecture", "Train", "Loss")


def test_dump_reads_back_equal(path, tmp_path):
    config = load_config(path, ["Optimizer.lr.learning_rate=1e-5", "Architecture.Head.l2_decay=0.1"])
    copied = tmp_path / "copy.yml"
    config.dump(copied)
    assert load_config(copied) == config
    assert "image_shape: [3, 32, 100]" in copied.read_text()


text = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
text_or_none = st.none() | text
whole = st.integers(1, 2**63 - 1)
global_values = st.fixed_dictionaries(
    {},
    optional={
        "infer_img": text_or_none,
        "pretrained_model": text_or_none,
        "save_model_dir": text,
        "scale_loss": st.floats(0, allow_infinity=False),
        "seed": st.integers(0, 2**63 - 1),
        "eval_batch_step": whole | st.tuples(st.integers(0, 2**63 - 1), whole).map(list),
        "amp_custom_white_list": st.none() | st.lists(text, max_size=3),
        "use_amp": st.booleans(),
    },
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(global_values=global_values, wandb=st.dictionaries(text, text_or_none, max_size=3))
def test_any_configuration_reads_back_equal(data, tmp_path, global_values, wandb):
    config = make_config({**data, "Global": global_values, "wandb": wandb})
    config.dump(tmp_path / "round.yml")
    again = load_config(tmp_path / "round.yml")
    assert again == config
    assert isinstance(again, Config)
