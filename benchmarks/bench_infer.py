"""Images per second of reading words: engines × batch sizes × word lengths, in turns, in one run.

The reference row is the same weights with PaddleOCR's arithmetic (all steps, projection in each, one-hot products, the
spline's matrices in the graph) in Paddle Inference without oneDNN, the mode in which PaddleOCR's export loads. Every
engine is a process of its own, so that start and memory are its own, too. Network inputs are ready: reading files is
left to predict_rec. OpenVINO takes part where it is installed. Where a configuration has no weights in the package the
network is fresh and makes all its steps.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import machine
from ppocr_rare.utils.cli import run

ROOT = Path(__file__).resolve().parents[1]
CONFIGS = [ROOT / "configs" / "rec" / f"rec_{name}_tps_bilstm_att.yml" for name in ("mv3", "r34_vd")]


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-c", "--config", type=Path, nargs="+", default=CONFIGS, metavar="FILE", help="default: both")
    parser.add_argument("--batch_sizes", type=int, nargs="+", default=[1, 6, 32], help="default: 1 6 32")
    parser.add_argument("--lengths", type=int, nargs="+", default=[3, 6, 12], help="of words (default: 3 6 12)")
    parser.add_argument("--rounds", type=int, default=15, help="timings of each cell (default: 15)")
    parser.add_argument("--threads", type=int, help="default: the processors of this process")
    parser.add_argument("--skip_int8", action="store_true", help="leave int8 out")
    return parser.parse_args()


def export(config: Path, folder: Path, options) -> bool:
    """Exports a network with this repository's tools; returns whether it has trained weights."""
    weights = ROOT / "ppocr_rare" / "weights" / config.stem / "best_accuracy.pdparams"
    is_trained = weights.is_file()
    settings = [f"Global.save_inference_dir={folder}", "Global.use_gpu=False"]
    if not is_trained:
        from benchmarks.inference_engines import save_fresh_weights

        weights = save_fresh_weights(config, folder.with_name(f"{folder.name}-weights"))
        settings.append("PostProcess.stop_at_eos=False")
    settings.append(f"Global.pretrained_model={weights}")
    _tool("export_model.py", "-c", config, "-o", *settings)
    _tool("export_onnx.py", "--model_dir", folder, *([] if options.skip_int8 else ["--int8"]))
    from benchmarks.inference_engines import export_reference

    export_reference(config, weights, folder.with_name(f"{folder.name}-reference"))
    return is_trained


def _tool(name: str, *arguments) -> None:
    command = [sys.executable, ROOT / "tools" / name, *arguments]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{name}: {done.stderr.strip().splitlines()[-1]}")


def compare(config: Path, folder: Path, options, threads: int) -> None:
    """Prints the table of one configuration."""
    from benchmarks.inference_engines import Engines

    is_trained = export(config, folder, options)
    print(f"\n{config.stem}{'' if is_trained else ' (fresh weights, all steps)'}\n")
    print("| engine | batch | letters | images/s | median ms | p95 ms | times the reference |\n|" + "---|" * 7)
    lengths = options.lengths if is_trained else options.lengths[:1]
    with Engines(config, folder, threads, has_int8=not options.skip_int8) as engines:
        for batch in options.batch_sizes:
            for length in lengths:
                for name, (median, p95, ratio) in engines.measure(batch, length, options.rounds).items():
                    rate = batch / median
                    print(
                        f"| {name} | {batch} | {length if is_trained else '-'} | {rate:.0f} | {median * 1e3:.1f} "
                        f"| {p95 * 1e3:.1f} | {ratio:.1f} |",
                        flush=True,
                    )
        print("\n| engine | s from process start to the first word | peak memory MB |\n|---|---|---|")
        for name, start_s, peak in engines.finish():
            print(f"| {name} | {start_s:.2f} | {peak / 1e6:.0f} |")


def main():
    options = parse_arguments()
    threads = machine.use_threads(options.threads)
    print(machine.describe(threads))
    with tempfile.TemporaryDirectory() as folder:
        for config in options.config:
            compare(config, Path(folder) / config.stem, options, threads)


if __name__ == "__main__":
    run(main)
