"""Every flag of PaddleOCR's predict_rec that concerns recognition is taken, with a value that a user would type."""

import subprocess
import sys

import pytest
from material import ROOT

FLAGS = {
    "use_gpu": "False", "gpu_mem": "500", "gpu_id": "0", "ir_optim": "True", "use_tensorrt": "False",
    "min_subgraph_size": "15", "precision": "fp32", "image_dir": "./doc/imgs_words/en/word_1.png",
    "rec_algorithm": "RARE", "rec_model_dir": "./inference/rec_rare/", "rec_image_inverse": "True",
    "rec_image_shape": "3, 32, 100", "rec_batch_num": "6", "max_text_length": "25",
    "rec_char_dict_path": "./ppocr_rare/utils/dict/ic15_dict.txt", "use_space_char": "True", "drop_score": "0.5",
    "max_batch_size": "10", "enable_mkldnn": "False", "cpu_threads": "10", "warmup": "False", "use_mp": "False",
    "total_process_num": "1", "process_id": "0", "benchmark": "False", "save_log_path": "./log_output/",
    "show_log": "True", "use_onnx": "False", "onnx_providers": "CPUExecutionProvider",
}  # fmt: skip


def predict(*flags):
    command = [sys.executable, "tools/infer/predict_rec.py", *flags]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


@pytest.mark.parametrize(
    "flags",
    [
        [f"--{name}={value}" for name, value in FLAGS.items()],
        [part for name, value in FLAGS.items() for part in (f"--{name}", value)],
    ],
    ids=["with =", "with a space"],
)
def test_all_flags_are_taken(flags):
    """What ends the run is the model, which is not there, and no flag."""
    done = predict(*flags)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "error: inference/rec_rare is not a folder with a model\n"


OTHER_PROGRAMS = ["det_model_dir", "det_db_thresh", "use_angle_cls", "cls_model_dir", "vis_font_path", "e2e_algorithm"]
OTHER_PROGRAMS += ["page_num", "scales", "label_list", "save_crop_res", "use_xpu", "sr_image_shape", "det_box_type"]


def test_flags_of_paddleocrs_other_programs_are_taken():
    done = predict(
        *(f"--{name}=x" for name in OTHER_PROGRAMS[:7]),
        *(part for name in OTHER_PROGRAMS[7:] for part in (f"--{name}", "1", "2")),
        "--image_dir=doc/imgs_words/en", "--rec_model_dir=none",
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (1, "error: none is not a folder with a model\n")


DETECTOR = {
    "det_algorithm": "DB", "det_limit_side_len": "960", "det_limit_type": "max", "det_db_thresh": "0.3",
    "det_db_box_thresh": "0.6", "det_db_unclip_ratio": "1.5", "use_dilation": "False", "det_db_score_mode": "fast",
    "draw_img_save_dir": "./inference_results", "save_crop_res": "False", "crop_res_save_dir": "./output",
    "return_word_box": "False", "use_angle_cls": "true", "cls_model_dir": "./inference/cls/", "page_num": "0",
}  # fmt: skip


def test_predict_system_takes_them_and_the_detectors():
    values = FLAGS | DETECTOR | {"det_model_dir": "./inference/det.onnx"}
    flags = [f"--{name}={value}" for name, value in values.items()]
    command = [sys.executable, "tools/infer/predict_system.py", *flags]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: ./inference/det.onnx: no .onnx file of a detector")


def test_help_names_every_flag():
    done = predict("--help")
    assert done.returncode == 0
    assert [name for name in FLAGS if f"--{name} " not in done.stdout and f" {name}" not in done.stdout] == []
