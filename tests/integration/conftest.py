"""Tools run in this process, or as a user runs them."""

import contextlib
import importlib.util
import logging
import subprocess
import sys
from dataclasses import dataclass

import pytest
from material import CONFIG, ROOT, png, save_weights, word_image

from ppocr_rare.utils import cli


@dataclass(frozen=True)
class Finished:
    """What a tool left behind."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()

    @property
    def errors(self) -> list[str]:
        """The lines on stderr that are no log message of lower rank."""
        return [line for line in self.err.splitlines() if line.startswith("error: ")]


@pytest.fixture(scope="session")
def weights(tmp_path_factory):
    """Prefix of weights for the small configuration."""
    return save_weights(tmp_path_factory.mktemp("weights") / "tiny")


@pytest.fixture
def run_tool(monkeypatch, capsys):
    """``run_tool("eval", "--protocol", ...)`` runs a tool with the small configuration in this process."""

    def run_tool(name: str, *arguments) -> Finished:
        spec = importlib.util.spec_from_file_location(f"tool_{name}", ROOT / "tools" / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        with monkeypatch.context() as patch, _logging_restored():
            patch.setattr(sys, "path", list(sys.path))
            patch.setattr(sys, "argv", [name, "-c", str(CONFIG), *map(str, arguments)])
            spec.loader.exec_module(module)
            with pytest.raises(SystemExit) as ended:
                cli.run(module.main)
        captured = capsys.readouterr()
        code, err = ended.value.code, captured.err
        if isinstance(code, str):  # what the interpreter does with a message
            code, err = 1, f"{err}{code}\n"
        return Finished(code or 0, captured.out, err)

    return run_tool


@pytest.fixture
def run_process():
    """The same in a process of its own, as a user runs it; keywords go to ``subprocess.run``."""

    def run_process(name: str, *arguments, **options) -> Finished:
        command = [sys.executable, ROOT / "tools" / f"{name}.py", *map(str, arguments)]
        result = subprocess.run(command, capture_output=True, text=True, timeout=400, **options)
        return Finished(result.returncode, result.stdout, result.stderr)

    return run_process


@pytest.fixture
def words(tmp_path):
    """A folder of six images, ``0.png`` to ``5.png``."""
    folder = tmp_path / "words"
    folder.mkdir()
    for number in range(6):
        (folder / f"{number}.png").write_bytes(png(word_image(number)))
    return folder


@contextlib.contextmanager
def _logging_restored():
    """The tools own the package's logger; pytest needs it back."""
    logger = logging.getLogger("ppocr_rare")
    before = logger.handlers[:], logger.level, logger.propagate
    try:
        yield
    finally:
        logger.handlers[:], logger.level, logger.propagate = before
