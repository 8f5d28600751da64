"""The recipes that draw their words: a few steps of each, then what was learnt is evaluated and exported."""

import pytest
from material import ROOT

CONFIGS = ROOT / "configs" / "rec"
QUICK = (
    "Global.use_gpu=False", "Global.epoch_num=1", "Global.print_batch_step=1", "Train.dataset.num_samples=6",
    "Train.loader.batch_size_per_card=3", "Train.loader.num_workers=0", "Eval.dataset.num_samples=4",
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", ["synth", "cyrillic", "rectify"])
def test_a_recipe_trains_and_what_it_learns_is_read_and_exported(run_process, tmp_path, name):
    config = CONFIGS / f"rec_mv3_tps_bilstm_att_{name}.yml"
    best = f"Global.pretrained_model={tmp_path / 'best_accuracy'}"
    done = run_process("train", "-c", config, "-o", *QUICK, f"Global.save_model_dir={tmp_path}", cwd=ROOT)
    assert done.code == 0 and "global_step: 2" in done.out + done.err, done.err
    done = run_process("eval", "-c", config, "-o", *QUICK, best, cwd=ROOT)
    assert done.code == 0 and "synth" in done.out and "/4)" in done.out, done.err
    export = f"Global.save_inference_dir={tmp_path / 'inference'}"
    done = run_process("export_model", "-c", config, "-o", *QUICK, best, export, cwd=ROOT)
    assert done.code == 0 and "largest difference from the trained model" in done.out, done.err
