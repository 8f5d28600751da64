"""PaddleOCR's two RARE files load, say what they say there, and every key that its users set is accepted.

Values are those of PaddleOCR 2.8.1 configs/rec/, apart from infer_img, which names an image of this repository.
"""

import json
import logging
from pathlib import Path

import pytest
import yaml

from ppocr_rare.config import load_config

CONFIGS = Path(__file__).parents[2] / "configs" / "rec"
R34 = CONFIGS / "rec_r34_vd_tps_bilstm_att.yml"
MV3 = CONFIGS / "rec_mv3_tps_bilstm_att.yml"

SHARED_GLOBAL = {
    "use_gpu": True,
    "log_smooth_window": 20,
    "print_batch_step": 10,
    "save_epoch_step": 3,
    "eval_batch_step": [0, 2000],
    "cal_metric_during_train": True,
    "pretrained_model": None,
    "checkpoints": None,
    "save_inference_dir": None,
    "use_visualdl": False,
    "infer_img": "doc/imgs_words/en/word_1.png",
    "character_dict_path": None,
    "max_text_length": 25,
    "infer_mode": False,
    "use_space_char": False,
}


def samples(folder: str, is_training: bool, num_workers: int) -> dict:
    transforms = [
        {"DecodeImage": {"img_mode": "BGR", "channel_first": False}},
        {"AttnLabelEncode": None},
        {"RecResizeImg": {"image_shape": [3, 32, 100]}},
        {"KeepKeys": {"keep_keys": ["image", "label", "length"]}},
    ]
    data_dir = f"./train_data/data_lmdb_release/{folder}/"
    return {
        "dataset": {"name": "LMDBDataSet", "data_dir": data_dir, "transforms": transforms},
        "loader": {
            "shuffle": is_training,
            "batch_size_per_card": 256,
            "drop_last": is_training,
            "num_workers": num_workers,
        },
    }


def upstream(run: dict, factor: float, tps: str, backbone: dict, hidden_size: int, head: dict, workers: int) -> dict:
    return {
        "Global": {**SHARED_GLOBAL, **run},
        "Optimizer": {
            "name": "Adam",
            "beta1": 0.9,
            "beta2": 0.999,
            "lr": {"learning_rate": 0.0005},
            "regularizer": {"name": "L2", "factor": factor},
        },
        "Architecture": {
            "model_type": "rec",
            "algorithm": "RARE",
            "Transform": {"name": "TPS", "num_fiducial": 20, "loc_lr": 0.1, "model_name": tps},
            "Backbone": backbone,
            "Neck": {"name": "SequenceEncoder", "encoder_type": "rnn", "hidden_size": hidden_size},
            "Head": {"name": "AttentionHead", "hidden_size": hidden_size, **head},
        },
        "Loss": {"name": "AttentionLoss"},
        "PostProcess": {"name": "AttnLabelDecode"},
        "Metric": {"name": "RecMetric", "main_indicator": "acc"},
        "Train": samples("training", is_training=True, num_workers=8),
        "Eval": samples("validation", is_training=False, num_workers=workers),
    }


UPSTREAM = {
    R34: upstream(
        {
            "epoch_num": 400,
            "save_model_dir": "./output/rec/b3_rare_r34_none_gru/",
            "save_res_path": "./output/rec/predicts_b3_rare_r34_none_gru.txt",
        },
        factor=0.0,
        tps="large",
        backbone={"name": "ResNet", "layers": 34},
        hidden_size=256,
        head={"l2_decay": 1e-5},
        workers=8,
    ),
    MV3: upstream(
        {
            "epoch_num": 72,
            "save_model_dir": "./output/rec/rec_mv3_tps_bilstm_att/",
            "save_res_path": "./output/rec/predicts_mv3_tps_bilstm_att.txt",
        },
        factor=1e-5,
        tps="small",
        backbone={"name": "MobileNetV3", "scale": 0.5, "model_name": "large"},
        hidden_size=96,
        head={},
        workers=1,
    ),
}
both = pytest.mark.parametrize("path", [R34, MV3], ids=["r34", "mv3"])


@both
def test_the_file_is_upstreams_key_for_key(path):
    assert yaml.safe_load(path.read_text(encoding="utf-8")) == UPSTREAM[path]


@both
def test_the_file_loads_and_keeps_its_values(path, caplog):
    with caplog.at_level(logging.WARNING):
        config = load_config(path).to_dict()
    inert = [f"{path}: Architecture.Head.l2_decay: accepted, but it has no effect"] if path == R34 else []
    assert [record.getMessage() for record in caplog.records] == inert

    def assert_holds(value, expected, at):
        if isinstance(expected, dict):
            for name in expected.keys() - {"l2_decay"}:
                assert_holds(value[name], expected[name], f"{at}.{name}")
        elif isinstance(expected, list):
            assert len(value) == len(expected), at
            for index, item in enumerate(expected):
                assert_holds(value[index], item, f"{at}.{index}")
        else:
            assert value == expected, at

    assert_holds(config, UPSTREAM[path], path.name)


@both
def test_it_can_be_saved_and_loaded_again(path, tmp_path):
    config = load_config(path)
    config.dump(tmp_path / "config.yml")
    assert load_config(tmp_path / "config.yml") == config


@both
@pytest.mark.parametrize(
    "override",
    [
        # devices, precision, distribution
        "Global.use_xpu=True",
        "Global.use_npu=True",
        "Global.use_mlu=True",
        "Global.distributed=True",
        "Global.use_amp=True",
        "Global.amp_level=O1",
        "Global.amp_dtype=bfloat16",
        "Global.amp_custom_black_list=[matmul_v2]",
        "Global.amp_custom_white_list=[]",
        "Global.scale_loss=1024.0",
        "Global.use_dynamic_loss_scaling=True",
        "Global.use_sync_bn=True",
        "Global.seed=7",
        # what is written and when
        "Global.calc_epoch_interval=2",
        "Global.eval_batch_epoch=1",
        "Global.eval_batch_step=500",
        "Global.eval_batch_step=[4000,5000]",
        "Global.use_wandb=True",
        "Global.print_mem_info=False",
        "wandb={project: words, entity: me}",
        "Global.infer_list=words.txt",
        "profiler_options=batch_range=[10,20]",
        # optimization
        "Optimizer.weight_decay=0.05",
        "Optimizer.clip_norm=5",
        "Optimizer.clip_norm_global=5.0",
        "Optimizer={name: AdamW, no_weight_decay_name: norm, lr: {learning_rate: 1e-3}}",
        "Optimizer={name: AdamW, one_dim_param_no_weight_decay: True, lr: {learning_rate: 1e-3}}",
        "Optimizer={name: Momentum, momentum: 0.9, lr: {learning_rate: 1e-3}}",
        "Optimizer={name: RMSProp, momentum: 0.9, rho: 0.9, epsilon: 1e-6, lr: {learning_rate: 1e-3}}",
        "Optimizer={name: Adadelta, rho: 0.95, epsilon: 1e-6, lr: {learning_rate: 1}}",
        "Optimizer.lr={name: Const, learning_rate: 1e-3, warmup_epoch: 1}",
        "Optimizer.lr={name: Linear, learning_rate: 1e-3, end_lr: 0, power: 2, warmup_epoch: 1}",
        "Optimizer.lr={name: Cosine, learning_rate: 1e-3, warmup_epoch: 5}",
        "Optimizer.lr={name: Step, learning_rate: 1e-3, step_size: 2, gamma: 0.1, warmup_epoch: 1}",
        "Optimizer.lr={name: Piecewise, decay_epochs: [700, 800], values: [1e-3, 1e-4, 1e-5], warmup_epoch: 5}",
        "Optimizer.lr={name: CyclicalCosine, learning_rate: 1e-3, cycle: 10, warmup_epoch: 1}",
        "Optimizer.lr={name: OneCycle, max_lr: 1e-3, anneal_strategy: linear, three_phase: True, warmup_epoch: 1}",
        "Optimizer.lr={name: TwoStepCosine, learning_rate: 1e-3, warmup_epoch: 1}",
        "Optimizer.lr={name: MultiStepDecay, learning_rate: 1e-3, milestones: [1, 2], gamma: 0.1, warmup_epoch: 1}",
        "Optimizer.regularizer={name: L1, factor: 1e-5}",
        "Optimizer.regularizer={name: L2Decay, factor: 1e-5}",
        # data
        "Train.loader.use_shared_memory=False",
        "Train.loader.collate_fn=",
        "Train.dataset.transforms.2.RecResizeImg.image_shape.1=32",
        "PostProcess.stop_at_eos=False",
        "Metric.is_filter=True",
        "Metric.ignore_space=False",
    ],
)
def test_keys_that_users_set_are_accepted(path, override, caplog):
    with caplog.at_level(logging.WARNING):
        load_config(path, [override])
    assert all("accepted, but it has no effect" in record.getMessage() for record in caplog.records)


@both
def test_a_label_file_can_stand_in_the_place_of_an_lmdb(path):
    dataset = "{name: SimpleDataSet, data_dir: ./words, label_file_list: [a.txt], ratio_list: [1.0], delimiter: ' '}"
    transforms = json.dumps(UPSTREAM[path]["Train"]["dataset"]["transforms"])
    config = load_config(path, [f"Train.dataset={dataset}", f"Train.dataset.transforms={transforms}"])
    assert config["Train"]["dataset"]["name"] == "SimpleDataSet"
