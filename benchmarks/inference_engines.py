"""The engines that bench_infer.py compares, each in a process of its own."""

import multiprocessing
import time
from pathlib import Path

import numpy as np

from ppocr_rare.engine.read.backends.engines import is_installed
from ppocr_rare.engine.read.backends.openvino_runtime import has_bfloat16

REFERENCE = "PaddleOCR's arithmetic, Paddle Inference, oneDNN off"
REST_S = 0.2  # before a timing: threads of the engine before go on spinning for a while
WORDS = {
    3: ("the", "and", "bar", "cup", "sun", "old", "red", "six"),
    6: ("market", "coffee", "garden", "street", "silver", "bridge", "winter", "double"),
    12: ("construction", "professional", "relationship", "conservation", "experimental", "intelligence"),
}


class Engines:
    """Starts every engine and measures them in turns.

    Args:
        config: the configuration.
        folder: its export; the reference's lies beside it.
        threads: of each engine.
        has_int8: there is a quantised ONNX file.
    """

    def __init__(self, config: Path, folder: Path, threads: int, has_int8: bool):
        reference = folder.with_name(f"{folder.name}-reference")
        jobs = {
            REFERENCE: ("paddle", reference, {"enable_mkldnn": False}),
            "dygraph": ("dygraph", config, {"weights": folder}),
            "Paddle Inference, oneDNN off": ("paddle", folder, {"enable_mkldnn": False}),
            "Paddle Inference, oneDNN": ("paddle", folder, {"enable_mkldnn": True}),
            "ONNX Runtime": ("onnx", folder, {}),
        }
        if has_int8:
            jobs["ONNX Runtime, int8"] = ("onnx", folder, {"precision": "int8"})
        if is_installed("openvino"):
            jobs["OpenVINO"] = ("openvino", folder, {})
            if has_bfloat16():
                jobs["OpenVINO, bf16"] = ("openvino", folder, {"precision": "bf16"})
        self._workers = {name: Worker(job, threads) for name, job in jobs.items()}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for worker in self._workers.values():
            worker.process.terminate()

    def measure(self, batch: int, length: int, rounds: int) -> dict[str, tuple[float, float, float]]:
        """Median and 95th percentile of the seconds of a batch, and how many times the reference's speed that is."""
        images = word_images(batch, length)
        seconds = {name: [] for name in self._workers}
        for turn in range(rounds + 1):
            for name, worker in self._workers.items():
                time.sleep(REST_S)
                elapsed = worker.ask(images)
                if turn:  # the first warms up
                    seconds[name].append(elapsed)
        reference = np.median(seconds[REFERENCE])
        return {
            name: (np.median(times), np.percentile(times, 95), reference / np.median(times))
            for name, times in seconds.items()
        }

    def finish(self) -> list[tuple[str, float, int]]:
        """Name, seconds of starting, and peak memory in bytes of each engine."""
        return [(name, worker.start_s, worker.ask(None)) for name, worker in self._workers.items()]


class Worker:
    """A process that runs one engine; it has read a word before the constructor returns."""

    def __init__(self, job, threads: int):
        context = multiprocessing.get_context("spawn")
        self._pipe, other = context.Pipe()
        self.process = context.Process(target=_serve, args=(other, job, threads), daemon=True)
        began = time.perf_counter()
        self.process.start()
        self._pipe.recv()
        self.start_s = time.perf_counter() - began

    def ask(self, images):
        """Seconds of one run on images [B, 3, H, W]; for None the peak memory in bytes."""
        self._pipe.send(images)
        return self._pipe.recv()


def _serve(pipe, job, threads: int) -> None:
    from benchmarks import machine

    machine.use_threads(threads)
    backend = _open(*job, threads)
    backend(np.zeros((1, 3, 32, 100), np.float32))
    pipe.send("ready")
    while True:
        images = pipe.recv()
        if images is None:
            pipe.send(machine.peak_bytes())
            continue
        began = time.perf_counter()
        backend(images)
        pipe.send(time.perf_counter() - began)


def _open(engine: str, path: Path, settings: dict, threads: int):
    if engine == "dygraph":
        from ppocr_rare import load_config
        from ppocr_rare.engine.read.backends.dygraph import DygraphBackend

        weights = weights_of(path, settings["weights"])
        return DygraphBackend(load_config(path), weights, False, stop_at_eos=_is_shipped(weights))
    from ppocr_rare.engine.read.backends import BackendOptions

    options = BackendOptions(cpu_threads=threads, **settings)
    from ppocr_rare.engine.read.backends.engines import start_backend
    from ppocr_rare.engine.read.exported import PARAMS, PROGRAMS

    if engine == "paddle":
        files = [next(path / name for name in PROGRAMS if (path / name).is_file()), path / PARAMS]
    else:
        files = [path / ("model_int8.onnx" if options.precision == "int8" else "model.onnx")]
    return start_backend(engine, files, options)


def _is_shipped(weights: Path) -> bool:
    return weights.parents[1].name == "weights"


def weights_of(config: Path, folder: Path) -> Path:
    """The shipped weights of a configuration, or the fresh ones that ``save_fresh_weights`` wrote for this run."""
    shipped = Path(__file__).parents[1] / "ppocr_rare" / "weights" / config.stem / "best_accuracy.pdparams"
    return shipped if shipped.is_file() else folder.with_name(f"{folder.name}-weights") / "fresh.pdparams"


def save_fresh_weights(config: Path, folder: Path) -> Path:
    """Writes the weights of a network that was never trained."""
    import paddle

    from ppocr_rare import build_model, load_config
    from ppocr_rare.utils.checkpoint.save_load import save_checkpoint

    paddle.seed(0)
    folder.mkdir()
    return save_checkpoint(build_model(load_config(config)), folder / "fresh")


def export_reference(config: Path, weights: Path, folder: Path) -> None:
    """Writes the network with PaddleOCR's arithmetic as a model for Paddle Inference."""
    import paddle

    from benchmarks.reference import use_reference_arithmetic
    from ppocr_rare import build_model, load_config
    from ppocr_rare.engine.read.weights import load_weights

    model = build_model(load_config(config))
    load_weights(model, weights)
    model = use_reference_arithmetic(model)
    model.eval()
    spec = paddle.static.InputSpec([None, 3, 32, 100], "float32", "x")
    paddle.jit.save(paddle.jit.to_static(model, input_spec=[spec], full_graph=True), str(folder / "inference"))


def word_images(batch: int, length: int) -> np.ndarray:
    """Network inputs [B, 3, 32, 100] of rendered words of so many letters."""
    from ppocr_rare.data.synth import Font, Recipe, render_word, shipped_fonts
    from ppocr_rare.utils.images import resize_norm_img

    font, rng = Font(shipped_fonts()["Karla-Bold"]), np.random.default_rng(0)
    words = WORDS.get(length) or ["n" * length]
    images = [render_word(words[index % len(words)], font, Recipe(), rng) for index in range(batch)]
    return np.stack([resize_norm_img(image, (3, 32, 100))[0] for image in images])
