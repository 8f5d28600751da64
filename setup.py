"""Package metadata. Every dependency says what it is for; ranges begin and end with versions that were tried."""

import shutil
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).parent


def find_version() -> str:
    """The version that git's tags give, ``v0.2.0``; without git, tags or setuptools-scm, the last release."""
    text = (HERE / "ppocr_rare" / "__init__.py").read_text(encoding="utf-8")
    release = next(line.split('"')[1] for line in text.splitlines() if line.startswith("RELEASE"))
    if (HERE / "PKG-INFO").is_file():  # a source distribution has been given its version
        lines = (HERE / "PKG-INFO").read_text(encoding="utf-8").splitlines()
        return next(line.split()[1] for line in lines if line.startswith("Version:"))
    try:
        from setuptools_scm import get_version

        version = get_version(root=str(HERE), fallback_version=release, tag_regex=r"^v(?P<version>\d+\.\d+\.\d+.*)$")
    except (ImportError, LookupError):
        return release
    return release if version.startswith(("0.0", "0.1.dev")) else version  # so do setuptools-scm 8 and 9 without a tag


class BuildWithTools(build_py):
    """Puts the command lines and configurations into the wheel; a checkout, installed with -e, has them beside it."""

    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            for folder in ("tools", "configs"):
                target = Path(self.build_lib, "ppocr_rare", "shipped", folder)
                shutil.copytree(
                    HERE / folder, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__", "*.pyc")
                )


CORE = [
    "numpy>=1.26,<3",  # arrays; Paddle 2.6 was built for 1.x, Paddle 3 goes with 2.x too
    "pyyaml>=6.0,<7",  # configurations
    "lmdb>=1.4,<4",  # the data sets of the field are LMDBs
    # Decodes and resizes images; headless: no display libraries on a server. Without the releases whose decoders have
    # known holes: WebP before 4.8.1.78 (CVE-2023-4863), JPEG in 4.10 and 4.11 (CVE-2025-53644). What remains for
    # NumPy 1, and so for Paddle 2.6, is 4.8.1.78 and 4.9.
    "opencv-python-headless>=4.8.1.78,!=4.10.*,!=4.11.*,<6",
    # Reads an image's size before pixels are allocated; decodes what is transparent; draws words. 12.3 is the last for
    # Python 3.10, and other packages hold Pillow below 13; of what 13.0 mends only the reading of transparent TIFF
    # files is reached here: OpenCV decodes JPEG, and no frame but the first is read.
    "pillow>=12.3,<14",
    "shapely>=2.0,<3",  # polygons, when words are cut from photographs
    "tqdm>=4.60,<5",  # progress bars
    "rapidfuzz>=3.0,<4",  # edit distance of the metric
]

RUNTIME = "onnxruntime>=1.17,<2"  # reads words, and the shipped weights, without Paddle

# Reads words without Paddle, too, and in bfloat16 where the CPU has it. Before 2025.4 it does not read what paddle2onnx
# writes.
OPENVINO = "openvino>=2025.4.1,<2027"

CONVERT = [
    # Converts what export_model.py writes; 2.x goes with Paddle 3, 1.x with Paddle 2.6.
    "paddle2onnx>=1.3,<3",
    RUNTIME,  # tries what was converted, and quantises it
    # What mending a converted graph and quantising work on. paddle2onnx 2.1 takes none after 1.17.0; what was mended
    # since (CVE-2026-27489: a model reads files beside it) concerns strangers' models, and only our own are loaded.
    "onnx>=1.17,<2",
    "ml_dtypes>=0.3,<1",  # ONNX Runtime's quantiser imports it without asking for it
]

BENCHMARK = [
    # Reads .mat files: IIIT5K's for prepare_benchmark.py, Total-Text's for crop_words.py; both do without it otherwise.
    "scipy>=1.11,<2",
]

TRAIN = [
    "matplotlib>=3.9,<4",  # draws train.png; a training does without it
    # Writes and shows scalars; a training does without it. VisualDL was last released in 2023 and brings a NumPy that
    # Paddle 2.6 does not load.
    "tensorboard>=2.16,<3",
]

SERVE = [
    "fastapi>=0.115,<1",  # routes and the OpenAPI page; brings pydantic, which checks what clients send
    "uvicorn>=0.30,<1",  # the web server: plain, as its connections are watched by what is written here
    "httptools>=0.6.4,<1",  # reads HTTP for uvicorn; in C: of a request's cost beside its reading it saves a quarter
    "python-multipart>=0.0.18,<0.1",  # reads forms; older ones can be kept busy (CVE-2024-53981)
    "prometheus-client>=0.20,<1",  # what Prometheus is told
]

BATCH = [
    # Reads and writes Parquet files, on disks and in object stores (its own clients: no fsspec). From 14.0.1 on a
    # file cannot run code (CVE-2023-47248). 25 is the last for Python 3.10, and for NumPy 1, and so for Paddle 2.6;
    # 26 does not say so, so that pip would take it there.
    "pyarrow>=17,<26",
    RUNTIME,  # reads the words
]

# Workers on several machines; those of one need no more than Python.
RAY = "ray>=2.40,<3"

# Parses regular expressions into automata, which a search can follow beside the network; pure Python, reads nothing.
PATTERN = "interegular>=0.3.3,<0.4"

PHOTO = [
    # Finds text in photographs: its detector alone is used, and the model for it lies in its wheel.
    "rapidocr>=3.10,<4",
    RUNTIME,  # runs the detector; rapidocr leaves the choice
]

setup(
    name="ppocr_rare",
    version=find_version(),
    description="RARE scene-text recognition on PaddlePaddle",
    long_description=(HERE / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    packages=find_packages(include=["ppocr_rare", "ppocr_rare.*"]),
    package_data={
        "ppocr_rare": ["py.typed", "weights/*/*", "weights/*.md", "utils/dict/*.txt", "data/synth/*.txt"]
        + ["data/synth/fonts/*", "data/synth/fonts/*/*", "serve/page/*"]
    },
    cmdclass={"build_py": BuildWithTools},
    entry_points={"console_scripts": ["ppocr_rare = ppocr_rare.__main__:main"]},
    python_requires=">=3.10,<3.14",  # what Paddle 3.3 has wheels for; 2.6 has none for 3.13
    install_requires=CORE,
    extras_require={
        "cpu": ["paddlepaddle>=2.6.2,<3.4", "setuptools<82"],  # setuptools: Paddle 2.6 imports it without asking for it
        "gpu": ["paddlepaddle-gpu>=2.6.2,<3.4", "setuptools<82", "numpy<2"],  # numpy: pip finds 2.6.2 for GPUs
        "train": TRAIN,
        "onnx": [RUNTIME],
        "openvino": [OPENVINO],
        "photo": PHOTO,
        "pattern": [PATTERN],
        "serve": [*SERVE, RUNTIME],
        "batch": BATCH,
        "ray": [*BATCH, RAY],
        "convert": CONVERT,
        "benchmark": BENCHMARK,
        "dev": [
            *TRAIN,
            *CONVERT,
            *BENCHMARK,
            *SERVE,
            *PHOTO,
            OPENVINO,
            *BATCH,
            RAY,
            PATTERN,
            "pytest>=8,<10",  # tests
            "pytest-xdist>=3.5,<4",  # runs them in two processes
            "httpx>=0.27,<1",  # asks the service in its tests
            "selenium>=4.20,<5",  # drives Chromium, where it and its driver are installed, to test the service's page
            "hypothesis>=6.100,<7",  # property tests
            "schemathesis>=4.32,<5; python_version >= '3.11'",  # asks the service whatever its OpenAPI page permits
            "ruff>=0.6,<0.18",  # lint
            "mypy>=2.0,<3",  # types, in make lint
            "types-PyYAML>=6.0,<7",  # PyYAML's types, which it does not bring itself
            "build>=1.2,<2",  # python -m build writes the wheel of a release
            "setuptools-scm>=8,<11",  # the wheel's version, from git's tags
            "wheel>=0.40,<1",  # what setuptools before 70 writes wheels with; a test builds one without a network
        ],
    },
)
