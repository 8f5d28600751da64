"""A wheel is enough: installed into an empty environment it reads words, and its commands run in an empty folder."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from material import ROOT
from packaging.requirements import Requirement

LEFT_OUT = shutil.ignore_patterns(
    ".*", "tests", "output", "train_data", "inference", "build", "dist", "*.egg-info", "__pycache__"
)


def call(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess:
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    return subprocess.run(list(map(str, command)), cwd=cwd, env=environment, capture_output=True, text=True)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("wheel", reason="building a wheel without a network needs the dev extra")
    folder = tmp_path_factory.mktemp("wheel")
    shutil.copytree(ROOT, folder / "source", ignore=LEFT_OUT)
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check"]
    done = call(sys.executable, "-m", "pip", "wheel", *options, "-w", folder, folder / "source", cwd=folder)
    assert done.returncode == 0, done.stderr
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of an environment that has this one's libraries behind the installed wheel."""
    folder = tmp_path_factory.mktemp("fresh")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    options = ["--no-deps", "--no-index", "--disable-pip-version-check"]
    done = call(sys.executable, "-m", "pip", "--python", python, "install", *options, wheel, cwd=folder)
    assert done.returncode == 0, done.stderr
    own = call(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).stdout.strip()
    Path(own, "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return python


def test_the_wheel_holds_what_the_checkout_has(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder, inside in ((ROOT / "tools", "shipped/tools"), (ROOT / "configs", "shipped/configs")):
        files = [path for path in folder.rglob("*") if path.suffix in (".py", ".yml", ".md")]
        assert files
        assert {f"ppocr_rare/{inside}/{path.relative_to(folder).as_posix()}" for path in files} <= names
    package = [path for path in (ROOT / "ppocr_rare").rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert {path.relative_to(ROOT).as_posix() for path in package} <= names
    assert "ppocr_rare/py.typed" in names
    assert not [name for name in names if name.endswith(".pyc") or name.split("/")[0] in ("tools", "configs", "tests")]


def test_the_installed_package_reads_the_demo_images(python, tmp_path):
    images = ROOT / "doc" / "imgs_words" / "en"
    done = call(python, "-m", "ppocr_rare", "read", images, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    words = {Path(line.split("\t")[0]).name: line.split("\t")[1] for line in done.stdout.splitlines()}
    lines = (images / "labels.txt").read_text(encoding="utf-8").splitlines()
    right = [words[name] == label.lower() for name, label in (line.split("\t") for line in lines)]
    assert len(right) - sum(right) <= 1, words  # as the model card says
    where = call(python, "-c", "import ppocr_rare; print(ppocr_rare.__file__)", cwd=tmp_path).stdout
    assert str(python.parents[1]) in where
    assert not list(tmp_path.iterdir())


def test_commands_and_configurations_are_found_in_an_empty_folder(python, tmp_path):
    listed = call(python, "-m", "ppocr_rare", "--help", cwd=tmp_path)
    assert listed.returncode == 0
    shown, _, examples = listed.stdout.partition("commands:\n")[2].partition("\nexamples:\n")
    commands = [line.split()[0] for line in shown.splitlines()]
    assert {line.split()[1] for line in examples.splitlines()} <= set(commands)
    assert {"train", "eval", "export", "predict", "doctor", "synthesize"} <= set(commands)
    for command in ("train", "export"):
        done = call(python, "-m", "ppocr_rare", command, "--help", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert f"ppocr_rare {command}" in done.stdout
    exported = call(
        python, "-m", "ppocr_rare", "export", "-c", "rec_mv3_tps_bilstm_att.yml", "-o", "Global.use_gpu=False",
        "Global.pretrained_model=nowhere", "Global.save_inference_dir=out", cwd=tmp_path,
    )  # fmt: skip
    assert exported.returncode == 1
    assert "nowhere" in exported.stderr and "Traceback" not in exported.stderr  # the configuration was found


def linked(requirement: str, folder: Path, seen: set[str]) -> None:
    """Links an installed library, and what it requires, into a folder."""
    name = re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0]
    if name.lower() in seen:
        return
    seen.add(name.lower())
    library = metadata.distribution(name)
    for top in {file.parts[0] for file in library.files or () if file.parts[0] not in ("..", "__pycache__")}:
        (folder / top).symlink_to(library.locate_file(top))
    for required in map(Requirement, library.requires or ()):
        if required.marker is None or required.marker.evaluate({"extra": ""}):
            linked(required.name, folder, seen)


@pytest.mark.skipif(os.name == "nt", reason="links files")
@pytest.mark.parametrize(("extra", "library"), [("onnx", "onnxruntime"), ("openvino", "openvino")])
def test_without_paddle_the_wheel_and_one_runtime_read_the_demo_images(wheel, tmp_path, extra, library):
    """An environment of its own, of what the extra asks for alone."""
    if importlib.util.find_spec(library) is None:
        pytest.skip(f"{library} is not installed")
    site = tmp_path / "site"
    options = ["--no-deps", "--no-index", "--disable-pip-version-check", "--target", site]
    done = call(sys.executable, "-m", "pip", "install", *options, wheel, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    needed = [Requirement(line) for line in metadata.distribution("ppocr_rare").requires or ()]
    seen: set[str] = set()
    for required in needed:
        if required.marker is None or required.marker.evaluate({"extra": extra}):
            linked(required.name, site, seen)
    assert seen.intersection(("onnxruntime", "openvino", "paddlepaddle")) == {library}
    images = ROOT / "doc" / "imgs_words" / "en"
    code = f"import sys; sys.path.insert(0, {str(site)!r}); sys.argv[1:] = ['read', {str(images)!r}]; "
    code += "from ppocr_rare.__main__ import main; main()"
    done = call(sys.executable, "-I", "-S", "-c", code, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    words = {Path(line.split("\t")[0]).name: line.split("\t")[1] for line in done.stdout.splitlines()}
    assert (words["word_1.png"], len(words)) == ("joint", 10)


def test_an_unknown_command_is_named(python, tmp_path):
    done = call(python, "-m", "ppocr_rare", "trian", cwd=tmp_path)
    assert done.returncode == 2
    assert "trian" in done.stderr
