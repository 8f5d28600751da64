"""Batch reading with two workers, as a user runs it, whatever happens to it: every row comes back exactly once."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections import Counter

import pytest
from batch_words import demo_words, read_rows, write_parquet
from material import ROOT, write_lmdb

from ppocr_rare import TextRecognizer

TOOL = ROOT / "tools" / "batch.py"
NUM_ROWS = 600

# As tools/batch.py, with a stand-in for the model that takes no processor and its time: what happens to processes is
# looked at, not what they read. An image that says POISON ends whoever reads it. Workers run the module's body, too.
STAND_IN = f"""
import os, signal, sys, time
sys.path.insert(0, {str(ROOT)!r})
from ppocr_rare.engine.batch.model import Model
from ppocr_rare.engine.read.recognized_word import RecognizedWord
class StandIn:
    def iterate(self, images):
        for image in images:
            if image == b"POISON":
                os.kill(os.getpid(), signal.SIGKILL)
            time.sleep(0.01)
            yield RecognizedWord(str(len(image)), 0.5, (0.5,))
Model.opened = lambda self, reading: StandIn()
if __name__ == "__main__":
    from tools.batch import main
    from ppocr_rare.utils.cli import run
    run(main, fault_code=2)
"""


@pytest.fixture
def crops(tmp_path):
    """Three files of demo words, 600 rows in row groups of 50."""
    for number, name in enumerate("abc"):
        write_parquet(tmp_path / "in" / f"{name}.parquet", demo_words(200)[number:] + demo_words(number))
    return tmp_path / "in"


@pytest.fixture
def batch(tmp_path):
    """``batch(input, ...)`` starts a run with two workers that writes to ``out/``; it ends with the test.

    A stand-in for the model reads, unless another ``tool`` is said.
    """
    started = []
    (tmp_path / "stand_in.py").write_text(STAND_IN)

    def batch(where, *more, tool=tmp_path / "stand_in.py", out=None):
        command = [tool, "--input", where, "--output", out or tmp_path / "out", "--workers", 2, "--views", 1, *more]
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        started.append(subprocess.Popen([sys.executable, *map(str, command)], start_new_session=True, **streams))
        return started[-1]

    yield batch
    for process in started:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=30)


def ended(process):
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def wait_for_parts(process, folder, count=2):
    """Until so many parts are there, and not all."""
    for _ in range(6000):
        if len(list(folder.glob("part-*"))) >= count:
            break
        if process.poll() is not None:
            raise AssertionError(process.communicate())
        time.sleep(0.01)


def workers_of(process):
    """Numbers of the processes that a run has started to read."""
    told = subprocess.run(["pgrep", "-P", str(process.pid), "-f", "spawn_main"], capture_output=True, text=True)
    return [int(pid) for pid in told.stdout.split()]


def assert_whole(folder, num_rows=NUM_ROWS):
    rows = read_rows(folder)
    assert len(rows) == num_rows and not any(row["error"] for row in rows.values())
    assert not [path.name for path in folder.iterdir() if path.name.startswith(".")]
    return rows


def test_bad_rows_and_broken_files_cost_themselves_alone(batch, crops, tmp_path):
    bomb = b"BM" + (26).to_bytes(12, "little") + (40).to_bytes(4, "little") + (60_000).to_bytes(4, "little") * 2
    bad = [b"no image", bomb + b"\x01\0\x18\0" + bytes(24), None, b""]
    write_parquet(crops / "bad.parquet", [*demo_words(10), *bad, *demo_words(10)])
    (crops / "broken.parquet").write_bytes((crops / "a.parquet").read_bytes()[:-30])
    code, out, err = ended(batch(crops, "--shard_rows", 100, "--price_per_core_hour", 0.05, tool=TOOL))
    assert code == 1, err
    rows = read_rows(tmp_path / "out")
    assert len(rows) == NUM_ROWS + 24
    errors = {key: row["error"].partition(":")[0] for key, row in rows.items() if row["error"]}
    reasons = ["not an image", "image too large", "no image", "empty file"]
    assert errors == {f"bad-{number}": reason for number, reason in enumerate(reasons, start=10)}
    assert out.splitlines()[:2] == ["rows: 624, of which 624 in this run", "rows with an error: 4"]
    assert f"files that could not be read: 1\n  {crops}/broken.parquet: broken Parquet file" in out
    assert "images/s with 2 workers" in out and "at 0.05 a core-hour" in out
    words = [word.text for word in TextRecognizer.from_pretrained(views=1)(demo_words(10))]
    assert [rows[f"a-{number}"]["text"] for number in range(200)] == words * 20
    assert Counter(row["text"] for row in rows.values())[""] == 4


def test_what_is_read_does_not_depend_on_the_number_of_workers(batch, crops, tmp_path):
    many, one = (batch(crops, "--shard_rows", 60, "--workers", n, out=tmp_path / str(n)) for n in (2, 1))
    assert ended(many)[0] == ended(one)[0] == 0
    names = [sorted(path.name for path in (tmp_path / n).glob("part-*")) for n in "12"]
    assert names[0] == names[1] and len(names[0]) == 12  # four row groups a file, of which no two fit into 60 rows
    assert assert_whole(tmp_path / "1") == assert_whole(tmp_path / "2")


def test_a_worker_that_is_killed_is_replaced(batch, crops, tmp_path):
    process = batch(crops, "--shard_rows", 50)
    wait_for_parts(process, tmp_path / "out")
    for pid in workers_of(process):
        os.kill(pid, signal.SIGKILL)
    code, out, err = ended(process)
    assert code == 0, err
    assert err.count("a worker has died (exit code -9)") == 2
    assert out.startswith(f"rows: {NUM_ROWS}, of which {NUM_ROWS} in this run")
    assert_whole(tmp_path / "out")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_the_same_command_goes_on_where_a_run_was_ended(batch, crops, tmp_path, number):
    out = tmp_path / "out"
    options = ("--shard_rows", 50)
    process = batch(crops, *options)
    wait_for_parts(process, out)
    workers = workers_of(process)
    if number == signal.SIGINT:  # as a terminal sends Ctrl-C
        os.killpg(process.pid, number)
    else:
        process.send_signal(number)
    code, _, err = ended(process)
    assert code == (-number if number == signal.SIGKILL else 128 + number)
    assert number == signal.SIGKILL or err.splitlines()[-1] == (
        f"stopped ({signal.Signals(number).name}): what is written stays, the same command goes on"
    )
    deadline = time.monotonic() + 10
    while any(os.path.exists(f"/proc/{pid}") for pid in workers) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(os.path.exists(f"/proc/{pid}") for pid in workers)  # nobody is left behind
    before = {path: path.stat().st_mtime_ns for path in out.glob("part-*")}
    assert 2 <= len(before) < 12 and not (out / "_summary.json").exists()
    code, told, err = ended(batch(crops, *options))
    assert code == 0, err
    assert told.startswith(f"rows: {NUM_ROWS}, of which {NUM_ROWS - 50 * len(before)} in this run")
    assert_whole(out)
    assert {path: path.stat().st_mtime_ns for path in before} == before
    if number == signal.SIGKILL:
        assert ended(batch(crops, *options))[1].startswith(f"rows: {NUM_ROWS}, of which 0 in this run")


def test_a_row_that_ends_its_worker_costs_itself_alone(batch, tmp_path):
    images = demo_words(60)
    images[21] = b"POISON"
    write_parquet(tmp_path / "in" / "a.parquet", images)
    code, out, err = ended(batch(tmp_path / "in", "--shard_rows", 30))
    assert code == 1, err
    rows = read_rows(tmp_path / "out")
    assert len(rows) == 60 and [key for key, row in rows.items() if row["error"]] == ["a-21"]
    assert "rows with an error: 1\n  ended its worker: 1" in out


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 32 KiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32k", "tmpfs", folder], capture_output=True, text=True)
    if made.returncode:
        pytest.skip(f"no small disk to be had: {made.stderr.strip() or 'mount failed'}")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_a_full_disk_is_one_line_and_the_same_command_goes_on(batch, crops, small_disk):
    options = ("--shard_rows", 50)
    code, _, err = ended(batch(crops, *options, out=small_disk / "out"))
    assert (code, err.splitlines()) == (2, [
        f"error: {small_disk}/out cannot be written: No space left on device; mend that and give the same command "
        "again, it goes on where it stopped"
    ])  # fmt: skip
    assert not [path.name for path in (small_disk / "out").iterdir() if path.name.startswith(".")]
    first = list((small_disk / "out").glob("part-*"))
    subprocess.run(["mount", "-o", "remount,size=1m", small_disk], check=True)
    code, out, err = ended(batch(crops, *options, out=small_disk / "out"))
    assert code == 0, err
    assert out.startswith(f"rows: {NUM_ROWS}, of which {NUM_ROWS - 50 * len(first)} in this run")
    assert_whole(small_disk / "out")


@pytest.mark.parametrize("kind", ["lmdb", "images"])
def test_other_kinds_of_input(batch, tmp_path, kind):
    words = demo_words(11)
    if kind == "lmdb":
        folder = write_lmdb(tmp_path / "in", [(word, b"x") for word in words])
        keys = [f"{folder}#{number:09d}" for number in range(1, 12)]
    else:
        keys = [str(tmp_path / "in" / f"{number:02d}.png") for number in range(11)]
        (tmp_path / "in").mkdir()
        for key, word in zip(keys, words, strict=True):
            with open(key, "wb") as file:
                file.write(word)
    code, _, err = ended(batch(tmp_path / "in", "--shard_rows", 3))
    assert code == 0, err
    rows = read_rows(tmp_path / "out")
    assert sorted(rows) == keys and [rows[key]["text"] for key in keys] == [str(len(word)) for word in words]


def test_another_run_into_the_same_folder_is_refused_in_one_line(batch, crops, tmp_path):
    assert ended(batch(crops, "--limit", 5))[0] == 0
    code, out, err = ended(batch(crops))
    assert (code, out) == (2, "")
    assert err == f"error: {tmp_path}/out was begun with limit 5, not none: say so again, or another --output\n"


def test_a_dry_run_writes_nothing(batch, crops, tmp_path):
    code, out, _ = ended(batch(crops, "--dry_run", tool=ROOT / "deploy" / "batch" / "read_words.py"))
    assert code == 0 and out.startswith("3 parquet files, 600 rows in 1 shards\n")
    assert not (tmp_path / "out").exists()
