"""Do all engines read the same? The trained network in dygraph beside its export in every engine and CPU mode.

Each engine reads each image alone and in batches. A row says how many words came out with another text than dygraph's
batches gave, and the largest difference of a probability of any class at any step up to the end of its word. The exit
code is 1 where a text differs, or a probability by more than 1e-4.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from tqdm import tqdm

from ppocr_rare.utils.cli import run

ROOT = Path(__file__).resolve().parents[1]
CONFIG = ROOT / "configs" / "rec" / "rec_mv3_tps_bilstm_att.yml"
TOLERANCE = 1e-4
PADDLE_MODES = {
    f"Paddle Inference, PIR {'on' if ir else 'off'}, oneDNN {'on' if mkldnn else 'off'}": (ir, mkldnn)
    for ir in (True, False)
    for mkldnn in (True, False)
}


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model_dir", required=True, metavar="DIR", help="what export_model.py wrote of the weights")
    parser.add_argument("-c", "--config", type=Path, default=CONFIG, metavar="FILE", help="default: rec_mv3")
    parser.add_argument("--weights", metavar="PREFIX", help="default: those that come with the package")
    images = str(ROOT / "doc" / "imgs_words" / "en")
    parser.add_argument("--image_dir", default=images, metavar="PATH", help="default: the demo's")
    parser.add_argument("--batch_sizes", type=int, nargs="+", default=[32, 1], help="default: 32 1")
    return parser.parse_args()


def open_backends(options):
    """Names and backends: dygraph, Paddle Inference in its modes, ONNX Runtime and OpenVINO where they are."""
    import paddle

    from ppocr_rare import load_config
    from ppocr_rare.engine.read.backends import BackendOptions
    from ppocr_rare.engine.read.backends.dygraph import DygraphBackend
    from ppocr_rare.engine.read.backends.engines import is_installed
    from ppocr_rare.engine.read.exported import ONNX, open_exported

    weights = options.weights or ROOT / "ppocr_rare" / "weights" / options.config.stem / "best_accuracy"
    yield "dygraph", DygraphBackend(load_config(options.config), weights, use_gpu=False, stop_at_eos=True)
    is_paddle2 = paddle.__version__.startswith("2.")
    for name, (ir, mkldnn) in PADDLE_MODES.items():
        if not (is_paddle2 and ir):
            modes = BackendOptions(new_ir=None if is_paddle2 else ir, enable_mkldnn=mkldnn)
            yield name, open_exported(Path(options.model_dir), "paddle", modes).backend
    if (Path(options.model_dir) / ONNX).is_file():
        yield "ONNX Runtime", open_exported(Path(options.model_dir), "onnx").backend
        if is_installed("openvino"):
            yield "OpenVINO", open_exported(Path(options.model_dir), "openvino").backend


def network_inputs(options) -> np.ndarray:
    """All images that can be read, [N, 3, H, W], words of like length side by side."""
    from ppocr_rare.engine.read.exported import open_exported
    from ppocr_rare.errors import SampleError
    from ppocr_rare.utils.image_paths import list_images
    from ppocr_rare.utils.images import read_image_bytes

    operators = open_exported(Path(options.model_dir)).operators
    samples = []
    for path in list_images(options.image_dir):
        try:
            sample = {"image": read_image_bytes(path)}
            for operator in operators:
                sample = operator(sample)
        except SampleError as error:
            print(f"{path} is left out: {error}", file=sys.stderr)
        else:
            samples.append(sample)
    samples.sort(key=lambda sample: sample["valid_ratio"])
    return np.stack([sample["image"] for sample in samples])


def read(backend, inputs: np.ndarray, batch_size: int) -> list[np.ndarray]:
    """Probabilities of each word up to its end, [steps, V] each; the last class is eos."""
    words = []
    for start in tqdm(range(0, len(inputs), batch_size), disable=None, leave=False):
        for row in backend(inputs[start : start + batch_size])[0]:
            ends = np.flatnonzero(row.argmax(1) == row.shape[1] - 1)
            words.append(row[: ends[0] + 1] if len(ends) else row)
    return words


def difference(words: list[np.ndarray], expected: list[np.ndarray]) -> tuple[int, float]:
    """How many words have another text, and the largest difference of a probability among the others."""
    num_other, largest = 0, 0.0
    for word, reference in zip(words, expected, strict=True):
        if word.argmax(1).tolist() != reference.argmax(1).tolist():
            num_other += 1
        else:
            largest = max(largest, float(np.abs(word - reference).max()))
    return num_other, largest


def main():
    options = parse_arguments()
    inputs = network_inputs(options)
    print(
        f"{len(inputs)} images\n\n| engine | batch | words with another text | largest difference |\n|---|---|---|---|"
    )
    expected, has_failed = None, False
    for name, backend in open_backends(options):
        for batch_size in options.batch_sizes:
            words = read(backend, inputs, batch_size)
            expected = expected or words
            num_other, largest = difference(words, expected)
            has_failed |= num_other > 0 or largest > TOLERANCE
            print(f"| {name} | {batch_size} | {num_other} | {largest:.1e} |", flush=True)
    return int(has_failed)


if __name__ == "__main__":
    run(main)
