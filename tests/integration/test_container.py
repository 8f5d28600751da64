"""The container's recipe: what it says, and its steps done by hand in a folder that stands for the image's root."""

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import sysconfig
import threading
from pathlib import Path

import pytest
from material import ROOT

DOCKERFILE = ROOT / "deploy" / "serving" / "Dockerfile"
PORT = "8866"
# In the place of a network: pip takes nothing from an index, and builds with what is installed here.
OFFLINE = {"PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "0"}


def instructions() -> list[tuple[str, str]]:
    """Each instruction's name and the rest of its line, without comments."""
    lines = DOCKERFILE.read_text(encoding="utf-8").splitlines()
    return [tuple(line.split(maxsplit=1)) for line in lines if line and not line.startswith("#")]


def stages() -> list[list[tuple[str, str]]]:
    found: list[list[tuple[str, str]]] = []
    for name, rest in instructions():
        if name == "FROM":
            found.append([])
        found[-1].append((name, rest))
    return found


def test_it_is_small_runs_as_nobody_and_hides_nothing_in_a_shell():
    names = [name for name, _ in instructions()]
    assert set(names) <= {"FROM", "WORKDIR", "RUN", "COPY", "ENV", "USER", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT", "CMD"}
    for name, rest in instructions():
        if name == "FROM":
            image = rest.split()[0]
            assert image.startswith("python:3.") and "-slim" in image  # a version, not what is latest
        if name in ("RUN", "ENTRYPOINT", "CMD"):
            assert isinstance(json.loads(rest), list)  # no shell
    (user,) = (rest for name, rest in stages()[-1] if name == "USER")
    assert int(user.split(":")[0]) > 999
    assert names.index("USER") < names.index("ENTRYPOINT") and names[-1] == "CMD" and names.count("HEALTHCHECK") == 1
    assert not [rest for name, rest in stages()[-1] if name == "RUN"]  # nothing but what was built is in the image
    (packages,) = (json.loads(rest)[-1] for name, rest in instructions() if "pip" in rest)
    assert packages == ".[serve]"


def test_the_port_is_the_services():
    from ppocr_rare.serve.server import Address

    text = dict(instructions())
    assert str(Address().port) == PORT == text["EXPOSE"] and f":{PORT}/health" in text["HEALTHCHECK"]


def test_what_it_copies_is_there_and_the_rest_of_the_folder_is_not_sent():
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    kept = {line[1:] for line in lines if line.startswith("!")}
    copied = {source for name, rest in stages()[0] if name == "COPY" for source in rest.split()[:-1]}
    assert "*" in lines and kept == copied and all((ROOT / name).exists() for name in kept)


@pytest.mark.skipif(not shutil.which("hadolint"), reason="hadolint is not installed")
def test_hadolint_finds_nothing():
    subprocess.run(["hadolint", str(DOCKERFILE)], check=True)


class Image:
    """A folder that stands for the root of a file system."""

    def __init__(self, root: Path):
        self.root, self.folder = root, root
        self.environment = {"PATH": os.environ["PATH"]}

    def path(self, text: str) -> str:
        return text.replace("/opt/", f"{self.root}/opt/")

    def build(self, steps: list[tuple[str, str]]) -> None:
        """Does what makes files; the base image's Python is this one."""
        for name, rest in steps:
            if name == "WORKDIR":
                self.folder = self.root / rest.strip("/")
                self.folder.mkdir(parents=True)
            elif name == "COPY" and not rest.startswith("--from"):
                *sources, target = rest.split()
                for source in sources:
                    self._copy(ROOT / source, self.folder / target)
            elif name == "RUN":
                self._run(json.loads(rest))

    def _copy(self, source: Path, target: Path) -> None:
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)

    def _run(self, command: list[str]) -> None:
        command = [sys.executable if word == "python" else self.path(word) for word in command]
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment | OFFLINE, capture_output=True, text=True, timeout=200
        )
        assert done.returncode == 0, done.stderr
        if "venv" in command:  # what the index would give is what is installed here
            (site,) = self.root.glob("opt/*/lib/python*/site-packages")
            (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")

    def variables(self, text: str) -> None:
        for pair in shlex.split(text):
            name, value = pair.split("=")
            self.environment[name] = self.path(value).replace("$PATH", self.environment["PATH"])


def command_of(text: str, port: int) -> list[str]:
    words = json.loads(text[text.index("[") :])
    return [word.replace(PORT, str(port)).replace("0.0.0.0", "127.0.0.1") for word in words]


@pytest.mark.skipif(os.name == "nt", reason="the image is Linux's")
def test_its_steps_give_a_service_that_is_healthy_and_stops(tmp_path):
    for name in ("fastapi", "onnxruntime", "wheel"):
        pytest.importorskip(name)
    image = Image(tmp_path)
    first, last = stages()
    image.build(first)
    (from_build,) = (rest.split() for name, rest in last if name == "COPY")
    assert Path(image.path(from_build[1])).is_dir() and from_build[1] == from_build[2]
    shutil.rmtree(tmp_path / "source")  # the last stage has nothing of it
    said = dict(last)
    image.variables(said["ENV"])
    command = [*json.loads(said["ENTRYPOINT"]), *command_of(said["CMD"], 0), "--port", "0"]
    command[0] = shutil.which(command[0], path=image.environment["PATH"])
    assert command[0].startswith(str(tmp_path))
    process = subprocess.Popen(command, cwd=tmp_path, env=image.environment, stderr=subprocess.PIPE, text=True)
    port = 0
    for line in process.stderr:
        entry = json.loads(line)
        port = entry.get("port", port)
        if entry["message"] == "Application startup complete.":
            break
    threading.Thread(target=process.stderr.read).start()
    check = command_of(said["HEALTHCHECK"], port)
    check[0] = str(tmp_path / "opt" / "ppocr_rare" / "bin" / "python")
    assert subprocess.run(check, timeout=20).returncode == 0
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    assert subprocess.run(check, timeout=20, stderr=subprocess.DEVNULL).returncode != 0
