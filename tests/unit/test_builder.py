"""What is built from a configuration, and which run-time value goes where."""

import logging

import numpy as np
import paddle
import pytest
from material import CONFIG, ROOT, png, word_image, write_lmdb
from paddle import nn

from ppocr_rare import builder, load_config
from ppocr_rare.builder import build_optimizer
from ppocr_rare.config import Config, make_config
from ppocr_rare.errors import ConfigError, DataError


def load(*overrides):
    return load_config(CONFIG, ["Global.use_gpu=False", *overrides])


@pytest.fixture
def dictionary(tmp_path):
    path = tmp_path / "dictionary.txt"
    path.write_text("a\nb\nc\n")
    return f"Global.character_dict_path={path}"


def test_the_dictionary_gives_the_classes(dictionary):
    assert len(builder.build_charset(load())) == 36 + 2
    assert builder.build_charset(load(dictionary)).characters == ("a", "b", "c")
    assert builder.build_charset(load(dictionary, "Global.use_space_char=True")).characters[-1] == " "


def test_model_shapes_follow_dictionary_and_text_length(dictionary):
    model = builder.build_model(load(dictionary, "Global.max_text_length=7"))
    model.eval()
    assert model(paddle.zeros([2, 3, 32, 100])).shape == [2, 7, 5]
    model.train()
    assert model(paddle.zeros([2, 3, 32, 100])).shape == [2, 7, 5]


def test_model_without_rectification():
    model = builder.build_model(load("Architecture.Transform="))
    assert model.transform is None
    model.eval()
    assert model(paddle.zeros([1, 3, 32, 100])).shape == [1, 25, 38]


def test_arguments_reach_the_stages():
    model = builder.build_model(load("Architecture.Neck.hidden_size=10"))
    assert model.neck.out_channels == 20  # both directions
    assert model.head.num_steps == 25


def test_a_column_classifier_is_there_where_it_is_asked_for():
    assert builder.build_model(load()).column_classifier is None
    recipe = load_config(ROOT / "configs" / "rec" / "rec_mv3_tps_bilstm_att_synth.yml", ["Global.use_gpu=False"])
    model = builder.build_model(recipe)
    assert model.column_classifier(paddle.zeros([1, model.backbone.out_channels, 1, 16])).shape == [1, 16, 38]


def test_points_are_taught_as_many_as_the_transform_has():
    path, few = ROOT / "configs/rec/rec_mv3_tps_bilstm_att_rectify.yml", "Architecture.Transform.num_fiducial=10"
    for overrides, count in (((), 20), ((few,), 10)):
        recipe = load_config(path, ["Global.use_gpu=False", *overrides])
        (operator,) = [one for one in builder.build_operators(recipe, "Train", True) if hasattr(one, "needs_edges")]
        assert operator.num_fiducial == count and builder.build_model(recipe).has_fiducials
    assert not builder.build_model(load()).has_fiducials


def test_two_models_in_one_process_share_nothing():
    first, second = (builder.build_model(load()) for _ in range(2))
    before = second.head.generator.bias.numpy()
    first.head.generator.bias.set_value(paddle.full([38], 5.0))
    np.testing.assert_array_equal(second.head.generator.bias.numpy(), before)


def test_inert_keys_are_not_passed_on():
    assert not hasattr(builder.build_model(load("Architecture.Head.l2_decay=0.1")).head, "l2_decay")


def test_loss_decoder_and_metric():
    assert type(builder.build_loss(load())).__name__ == "AttentionLoss"
    assert builder.build_loss(load()).eos_id == 37
    decoder = builder.build_post_process(load("PostProcess.stop_at_eos=False"))
    assert decoder.stop_at_eos is False and len(decoder.charset) == 38
    assert builder.build_metric(load("Metric.is_filter=True")).protocol == "alphanumeric"
    assert builder.build_metric(load()).main_indicator == "acc"


def test_operators_with_and_without_labels():
    def names(with_labels):
        return [type(op).__name__ for op in builder.build_operators(load(), "Eval", with_labels=with_labels)]

    assert names(True) == ["DecodeImage", "AttnLabelEncode", "RecResizeImg", "KeepKeys"]
    assert names(False) == ["DecodeImage", "RecResizeImg", "KeepKeys"]


def test_operators_are_those_of_the_section():
    config = load("Train.dataset.transforms.0.DecodeImage.img_mode=RGB")
    assert builder.build_operators(config, "Train", with_labels=True)[0].img_mode == "RGB"
    assert builder.build_operators(config, "Eval", with_labels=True)[0].img_mode == "BGR"


def test_training_samples_hold_labels_as_ids(tmp_path, dictionary):
    write_lmdb(tmp_path / "words", [(png(word_image(0)), b"ab")])
    config = load(dictionary, f"Train.dataset.data_dir={tmp_path}/words", "Global.max_text_length=6")
    sample = builder.build_dataset(config, "Train", with_labels=True)[0]
    assert sample["image"].shape == (3, 32, 100)
    assert sample["label"].tolist() == [0, 1, 2, 4, 0, 0]
    assert sample["length"] == 2


def test_evaluation_sets_one_per_folder_labels_as_text(tmp_path):
    for name, label in (("b", b"two"), ("a/x", b"one")):
        write_lmdb(tmp_path / "words" / name, [(png(word_image(0)), label)])
    sets = builder.build_eval_sets(load(f"Eval.dataset.data_dir={tmp_path}/words"))
    assert [(name, len(words), words[0]["text"]) for name, words in sets] == [("a/x", 1, "one"), ("b", 1, "two")]
    assert not isinstance(sets[0][1][0].get("label"), np.ndarray)


def test_label_files_get_seed_and_purpose(tmp_path):
    (tmp_path / "labels.txt").write_text("".join(f"{n}.png\tword{n}\n" for n in range(8)))
    overrides = [
        f"{section}.dataset={{name: SimpleDataSet, data_dir: {tmp_path}, label_file_list: {tmp_path}/labels.txt, "
        "ratio_list: [0.5], transforms: [{DecodeImage: }, {AttnLabelEncode: }, "
        "{RecResizeImg: {image_shape: [3, 32, 100]}}, {KeepKeys: {keep_keys: [image, label, length]}}]}"
        for section in ("Train", "Eval")
    ]

    def lines(section, seed, epoch):
        data_set = builder.build_dataset(load(*overrides, f"Global.seed={seed}"), section, with_labels=True)
        data_set.set_epoch(epoch)
        return [data_set.read_text(index) for index in range(len(data_set))]

    assert len(lines("Train", 1, 0)) == 4
    assert lines("Train", 1, 3) == lines("Train", 1, 3)
    assert any(lines("Train", 1, 0) != lines("Train", 1, epoch) for epoch in range(1, 5))
    assert any(lines("Train", 1, 0) != lines("Train", seed, 0) for seed in range(2, 6))
    assert all(lines("Eval", 1, 0) == lines("Eval", 1, epoch) for epoch in range(1, 5))


@pytest.mark.parametrize(
    ("section", "build"),
    [
        ("Architecture", builder.build_model),
        ("Loss", builder.build_loss),
        ("PostProcess", builder.build_post_process),
        ("Metric", builder.build_metric),
        ("Eval", builder.build_eval_sets),
        ("Train", lambda config: builder.build_dataset(config, "Train", with_labels=True)),
    ],
)
def test_a_section_that_is_not_there_is_named(section, build):
    config = Config({name: value for name, value in load().items() if name != section})
    with pytest.raises(ConfigError, match=f"lacks {section}"):
        build(config)


def make_optimizer(section: dict, model: nn.Layer | None = None):
    config = make_config({"Optimizer": {"name": "Adam", "lr": {"learning_rate": 0.1}, **section}})
    return build_optimizer(config, model or nn.Linear(2, 2), steps_per_epoch=5, epochs=4)


def test_the_optimizer_follows_the_schedule():
    optimizer, schedule = make_optimizer({"lr": {"name": "Linear", "learning_rate": 0.1, "warmup_epoch": 1}})
    for _ in range(7):
        schedule.step()
    assert optimizer.get_lr() == schedule() == pytest.approx(0.1 * 18 / 20)  # 2 steps of 4 epochs of 5 steps


def test_arguments_reach_the_optimizer():
    section = {"beta1": 0.5, "clip_norm_global": 3, "regularizer": {"name": "L1Decay", "factor": 0.2}}
    optimizer, _ = make_optimizer(section)
    assert type(optimizer).__name__ == "Adam"
    assert optimizer._beta1 == 0.5
    assert (type(optimizer._grad_clip), optimizer._grad_clip.clip_norm) == (nn.ClipGradByGlobalNorm, 3.0)
    assert (type(optimizer.regularization).__name__, optimizer.regularization.factor) == ("L1", 0.2)


def test_weight_decay_is_l2_and_takes_the_place_of_the_regularizer(caplog):
    optimizer, _ = make_optimizer({"weight_decay": 0.3})
    assert (type(optimizer.regularization).__name__, optimizer.regularization.factor) == ("L2", 0.3)
    assert caplog.messages == []
    with caplog.at_level(logging.WARNING):
        optimizer, _ = make_optimizer({"weight_decay": 0.3, "regularizer": {"name": "L1", "factor": 0.1}})
    assert optimizer.regularization.factor == 0.3
    assert caplog.messages == ["Optimizer.weight_decay takes the place of Optimizer.regularizer"]


def test_faults_of_the_optimizer():
    with pytest.raises(ConfigError, match="^Optimizer: Inva.* of beta1, expect beta1 in "):
        make_optimizer({"beta1": 1.5})
    with pytest.raises(ConfigError, match="lacks Optimizer"):
        build_optimizer(make_config({}), nn.Linear(1, 1), steps_per_epoch=1, epochs=1)


def test_a_data_set_that_cannot_be_opened_names_its_section_and_the_doctor(tmp_path):
    config = load("Train.dataset.name=SimpleDataSet", f"Train.dataset.data_dir={tmp_path / 'nothing'}",
                  "Train.dataset.label_file_list=[a.txt]")  # fmt: skip
    with pytest.raises(DataError, match=r"^Train\.dataset\.data_dir: .*doctor\.py.*synthesize\.py"):
        builder.build_dataset(config, "Train", with_labels=True)
    (tmp_path / "nothing").mkdir()
    with pytest.raises(DataError, match=r"^Train\.dataset: cannot read the label file a.txt: .*doctor\.py"):
        builder.build_dataset(config, "Train", with_labels=True)
