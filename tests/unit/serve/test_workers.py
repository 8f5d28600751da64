"""What becomes of workers that end by themselves."""

import subprocess
import sys

import pytest
from material import ROOT

pytest.importorskip("prometheus_client")
SCRIPT = """
import logging, os, pathlib, sys
from ppocr_rare.serve.workers import supervise
starts = pathlib.Path(__file__).with_name("starts")

def work():
    with starts.open("a") as file:
        file.write(f"{len(os.sched_getaffinity(0))} ")
    sys.exit(int(sys.argv[1]) if len(starts.read_text().split()) < 4 else 3)

if __name__ == "__main__":
    logging.basicConfig(level=logging.ERROR)
    supervise(work, 2, on_stop=lambda: print("stop"))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="counts cores")
@pytest.mark.parametrize("code", [0, 7])
def test_one_that_ends_is_replaced_until_one_cannot_start(tmp_path, code):
    (tmp_path / "main.py").write_text(SCRIPT)
    command = [sys.executable, str(tmp_path / "main.py"), str(code)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env={"PYTHONPATH": str(ROOT)})
    assert done.returncode == 1 and done.stderr.strip().endswith("RareError: a worker could not start")
    assert done.stdout == "stop\n"
    starts = (tmp_path / "starts").read_text().split()
    assert 4 <= len(starts) <= 5 and set(starts) == {str(max(1, _num_cores() // 2))}
    assert 2 <= done.stderr.count("a worker has ended; another takes its place") <= 3


def _num_cores() -> int:
    from ppocr_rare.utils.platforms import num_cores

    return num_cores()
