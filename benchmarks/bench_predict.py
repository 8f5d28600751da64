"""Images per second of predict_rec, files to text, beside the bare engine on the same words, in turns.

Draws words into a folder, exports the shipped network, and reads the folder with ONNX Runtime: once with
tools/infer/predict_rec.py, which opens, decodes, resizes, reads and prints, and once with the engine alone, whose
inputs are ready and which gets one batch after the other. The starts are not counted.
"""

import argparse
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import machine
from ppocr_rare.utils.cli import run

ROOT = Path(__file__).resolve().parents[1]
MODEL = "rec_mv3_tps_bilstm_att"


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--num", type=int, default=1000, help="words (default: 1000)")
    parser.add_argument("--batch_sizes", type=int, nargs="+", default=[1, 6, 32], help="default: 1 6 32")
    parser.add_argument("--rounds", type=int, default=5, help="that count (default: 5)")
    parser.add_argument("--image_dir", type=Path, metavar="DIR", help="images of your own instead of drawn ones")
    return parser.parse_args()


def draw_words(folder: Path, count: int) -> None:
    from benchmarks.words import render_words

    folder.mkdir()
    for number, (image, _) in enumerate(render_words(count)):
        (folder / f"{number:06d}.jpg").write_bytes(image)


def export(folder: Path) -> None:
    config, weights = ROOT / "configs" / "rec" / f"{MODEL}.yml", ROOT / "ppocr_rare" / "weights" / MODEL
    settings = [f"Global.pretrained_model={weights / 'best_accuracy'}", f"Global.save_inference_dir={folder}"]
    _tool("export_model.py", "-c", config, "-o", *settings, "Global.use_gpu=False")
    _tool("export_onnx.py", "--model_dir", folder)


def _tool(name: str, *arguments) -> str:
    command = [sys.executable, ROOT / "tools" / name, *arguments]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{name}: {done.stderr.strip().splitlines()[-1]}")
    return done.stderr


def files_to_text(model_dir: Path, images: Path, batch: int) -> float:
    """Images per second of predict_rec.py, from the first file to the last line."""
    flags = ["--use_onnx=True", "--use_gpu=False", f"--rec_batch_num={batch}", "--benchmark=True"]
    told = _tool("infer/predict_rec.py", f"--image_dir={images}", f"--rec_model_dir={model_dir}", *flags)
    return float(re.search(r"([\d.]+) images/s", told)[1])


class BareEngine:
    """ONNX Runtime with the inputs of all images in memory, words of like width side by side."""

    def __init__(self, model_dir: Path, images: Path):
        import numpy as np

        from ppocr_rare.engine.read.exported import open_exported
        from ppocr_rare.utils.image_paths import list_images
        from ppocr_rare.utils.images import read_image_bytes

        model = open_exported(model_dir, "onnx")
        self._backend, samples = model.backend, []
        for path in list_images(images):
            sample = {"image": read_image_bytes(path)}
            for operator in model.operators:
                sample = operator(sample)
            samples.append(sample)
        samples.sort(key=lambda sample: sample["valid_ratio"])
        self._inputs = np.stack([sample["image"] for sample in samples])

    def rate(self, batch: int) -> float:
        """Images per second, one batch after the other."""
        began = time.perf_counter()
        for start in range(0, len(self._inputs), batch):
            self._backend(self._inputs[start : start + batch])
        return len(self._inputs) / (time.perf_counter() - began)


def compare(model_dir: Path, images: Path, options) -> None:
    import numpy as np

    engine = BareEngine(model_dir, images)
    print("\n| batch | bare engine, images/s | predict_rec, images/s | share |\n|---|---|---|---|")
    for batch in options.batch_sizes:
        rates = [(engine.rate(batch), files_to_text(model_dir, images, batch)) for _ in range(options.rounds)]
        bare, whole = np.median(rates, axis=0)
        print(f"| {batch} | {bare:.0f} | {whole:.0f} | {whole / bare:.0%} |", flush=True)


def main():
    options = parse_arguments()
    print(machine.describe(machine.use_threads(None)))
    with tempfile.TemporaryDirectory() as folder:
        model_dir, images = Path(folder) / "model", options.image_dir or Path(folder) / "words"
        if options.image_dir is None:
            draw_words(images, options.num)
        export(model_dir)
        compare(model_dir, images, options)


if __name__ == "__main__":
    run(main)
