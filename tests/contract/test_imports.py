"""What importing the package costs, and what works on a machine without Paddle. Each in a fresh interpreter."""

import importlib
import inspect
import subprocess
import sys
import time
from pathlib import Path

import pytest

import ppocr_rare

ROOT = Path(__file__).resolve().parents[2]
# Reading words with ONNX Runtime needs no Paddle: what is in engine/read, but for two backends, does without.
NEED_PADDLE = ("modeling", "losses", "optimizer", "data.loader", "utils.precision", "utils.ranks", "utils.runtime")
NEED_PADDLE += ("engine.train", "engine.evaluate", "engine.export", "engine.doctor")
NEED_PADDLE += ("engine.read.backends.dygraph", "engine.read.backends.paddle_inference")
# The service alone needs what the extra ``serve`` brings; what bounds and batches requests does without.
NEED_SERVE = ("serve.answers", "serve.app", "serve.documented", "serve.guard", "serve.intake", "serve.metrics")
NEED_SERVE += ("serve.options", "serve.page_files", "serve.server")
WITHOUT_PADDLE = """
import sys

class Absent:
    def find_spec(self, name, *_):
        if name.partition(".")[0] == "paddle":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Absent())
"""


def python(code, *options):
    result = subprocess.run([sys.executable, *options, "-c", code], cwd=ROOT, capture_output=True, text=True)
    return result.returncode, result.stdout, result.stderr


def seconds(code):
    """The quickest of five."""
    times = []
    for _ in range(5):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
        times.append(time.perf_counter() - start)
    return min(times)


def modules():
    """The names of all modules of the package."""
    paths = sorted((ROOT / "ppocr_rare").rglob("*.py"))
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in paths]
    return [name.removesuffix(".__init__") for name in names]


def needs_paddle(name):
    return any(f"{name}.".startswith(f"ppocr_rare.{part}.") for part in NEED_PADDLE)


def needs_serve(name):
    return any(name == f"ppocr_rare.{part}" for part in NEED_SERVE)


def test_import_is_quick():
    assert seconds("import ppocr_rare") - seconds("pass") < 0.2


def test_import_loads_nothing_heavy():
    code = "import sys, ppocr_rare; print(*{'paddle', 'cv2', 'numpy', 'lmdb', 'yaml'} & set(sys.modules))"
    assert python(code) == (0, "\n", "")


def test_public_names():
    code = (
        "import ppocr_rare; from ppocr_rare import *; print(callable(load_config) and callable(TextRecognizer));"
        "print(*dir(ppocr_rare)); print(hasattr(ppocr_rare, 'nothing'))"
    )
    names = "RareError TextRecognizer TextSpotter __version__ build_model load_checkpoint load_config"
    code, out, _ = python(code, "-W", "ignore")
    assert (code, out.splitlines()) == (0, ["True", names, "False"])


def test_modules_that_do_without_paddle():
    """Each is imported first of all, so that none is carried by another."""
    names = [name for name in modules() if not needs_paddle(name) and not needs_serve(name)]
    assert len(names) > 25
    code = (
        WITHOUT_PADDLE
        + f"""
import importlib
for name in {names!r}:
    for loaded in [loaded for loaded in sys.modules if loaded.partition(".")[0] == "ppocr_rare"]:
        del sys.modules[loaded]
    importlib.import_module(name)
"""
    )
    exit_code, _, err = python(code)
    assert exit_code == 0, err


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (
            "from ppocr_rare import TextRecognizer; TextRecognizer.from_pretrained(engine='paddle')",
            "RareError: the Python package 'paddle' is not installed",
        ),
        (
            "from ppocr_rare import load_config; load_config('configs/rec/rec_mv3_tps_bilstm_att.yml')",
            "RareError: the Python package 'paddle' is not installed",
        ),
    ],
)
def test_what_needs_paddle_says_so(code, error):
    exit_code, out, err = python(WITHOUT_PADDLE + code)
    last = err.strip().splitlines()[-1]
    assert (exit_code, out) == (1, "")
    assert error in last and "cpu" in last


@pytest.mark.parametrize("tool", ["infer_rec", "eval"])
def test_tools_without_paddle(tool):
    """Help and a mistake in the options need none; the rest says in one line what is missing."""
    path = str(ROOT / "tools" / f"{tool}.py")

    def run(*argv):
        code = f"import runpy; sys.argv = {[tool, *argv]!r}; runpy.run_path({path!r}, run_name='__main__')"
        return python(WITHOUT_PADDLE + code)

    exit_code, out, err = run("--help")
    assert (exit_code, err) == (0, "") and "--config" in out and "--profiler_options" in out
    assert run("--what")[0] == 2
    exit_code, out, err = run("-c", "configs/rec/rec_mv3_tps_bilstm_att.yml")
    assert (exit_code, out) == (1, "")
    assert err.startswith("error: ") and "paddle" in err and err.count("\n") == 1


@pytest.mark.parametrize("name", [*sorted(set(ppocr_rare.__all__) - {"__version__"}), "config.Config"])
def test_every_public_object_says_whether_threads_may_share_it(name):
    home, _, attribute = f"ppocr_rare.{name}".rpartition(".")
    assert "thread" in inspect.getdoc(getattr(importlib.import_module(home), attribute)).lower()
