"""Options as PaddleOCR's users type them, messages on stderr, and how a tool ends."""

import io
import logging
import subprocess
import sys

import pytest
from material import ROOT
from tqdm import tqdm

from ppocr_rare.engine.train.trainer import Interrupted
from ppocr_rare.errors import DataError
from ppocr_rare.utils import cli


@pytest.fixture(autouse=True)
def logger():
    """The package's logger, given back as it was."""
    logger = logging.getLogger("ppocr_rare")
    before = logger.handlers[:], logger.level, logger.propagate
    yield logger
    logger.handlers[:], logger.level, logger.propagate = before


@pytest.mark.parametrize(
    ("arguments", "overrides"),
    [
        (["-o", "a=1", "b=2"], ["a=1", "b=2"]),
        (["-o", "a=1", "-o", "b=2", "c=x=y"], ["a=1", "b=2", "c=x=y"]),
        (["--opt", "a=[1, 2]"], ["a=[1, 2]"]),
        (["-o", "a=", "-p", "batch_range=[50, 60];state=GPU"], ["a="]),
        (["--profiler_options", "x"], []),
        ([], []),
    ],
)
def test_options(arguments, overrides):
    args = cli.config_parser("Does.").parse_args(["-c", "x.yml", *arguments])
    assert (args.config, args.opt) == ("x.yml", overrides)


def test_parsers_share_nothing():
    for _ in range(2):
        assert cli.config_parser("Does.").parse_args(["--config", "x.yml", "-o", "a=1"]).opt == ["a=1"]


@pytest.mark.parametrize("arguments", [[], ["-c"], ["-c", "x", "-o"], ["-c", "x", "--what"]])
def test_wrong_options_end_with_2(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.config_parser("Does.").parse_args(arguments)
    assert ended.value.code == 2
    assert "usage:" in capsys.readouterr().err


def fail(error):
    raise error


@pytest.mark.parametrize(
    ("main", "code"),
    [
        (lambda: None, None),
        (lambda: 0, 0),
        (lambda: 3, 3),
        (lambda: fail(DataError("x.txt: gone")), 1),
        (lambda: fail(Interrupted(15, "stopped")), 143),
        (lambda: fail(KeyboardInterrupt()), 130),
        (lambda: fail(ModuleNotFoundError("", name="paddle")), "error: paddle is not installed: "),
    ],
)
def test_how_a_tool_ends(main, code):
    with pytest.raises(SystemExit) as ended:
        cli.run(main)
    if isinstance(code, str):
        assert ended.value.code.startswith(code) and "\n" not in ended.value.code
    else:
        assert ended.value.code == code


def test_a_fault_that_a_user_can_mend_is_one_line(capsys):
    with pytest.raises(SystemExit):
        cli.run(lambda: fail(DataError("x.txt: gone")))
    assert capsys.readouterr().err == "error: x.txt: gone\n"


@pytest.mark.parametrize("error", [ZeroDivisionError(), ModuleNotFoundError("", name="ppocr_rare.typo")])
def test_a_mistake_of_ours_keeps_its_traceback(error):
    with pytest.raises(type(error)):
        cli.run(lambda: fail(error))


def test_messages_go_to_stderr_once_and_break_no_bar(logger, capsys):
    for _ in range(2):
        cli.setup_logging()
    with tqdm(total=2, file=sys.stderr) as bar:
        bar.update()
        logger.getChild("x").warning("mind %s", "this")
        logger.getChild("x").debug("not this")
    captured = capsys.readouterr()
    assert captured.out == ""
    lines = [line for line in captured.err.replace("\r", "\n").splitlines() if "mind" in line]
    assert len(lines) == 1 and lines[0].endswith("WARNING: mind this")
    assert "not this" not in captured.err


def test_output_files(tmp_path):
    path = tmp_path / "new" / "folder" / "out.txt"
    with cli.open_output(path) as file:
        file.write("é\n\udcff\n")  # the second is how Python shows a byte in a file's name that is no text
    assert path.read_bytes() == "é\n\\udcff\n".encode()


def test_output_files_that_cannot_be(tmp_path):
    (tmp_path / "file").touch()
    for path in (tmp_path, tmp_path / "file" / "x.txt"):
        with pytest.raises(cli.RareError, match="cannot be written"), cli.open_output(path):
            pass


def test_an_older_output_file_stays_until_the_new_one_is_whole(tmp_path):
    path = tmp_path / "out.txt"
    path.write_text("old")
    with pytest.raises(ValueError), cli.open_output(path) as file:
        file.write("new")
        file.flush()
        assert path.read_text() == "old"
        raise ValueError
    assert path.read_text() == "old"
    with cli.open_output(path) as file:
        file.write("new")
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_any_name_can_be_printed(monkeypatch):
    stdout = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", stdout)
    with pytest.raises(SystemExit):
        cli.run(lambda: print("é\udcff"))
    assert stdout.buffer.getvalue() == b"\\xe9\\udcff\n"


@pytest.mark.parametrize("lines", [1, 100_000])
def test_a_reader_that_goes_away_is_no_fault(lines):
    """As with ``| head -1``; a single line is written only when the process ends."""
    code = f"from ppocr_rare.utils.cli import run; run(lambda: print('line\\n' * {lines}))"
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait(30) == 1
