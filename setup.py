"""Package metadata. Every dependency says what it is for; ranges begin and end with versions that were tried."""

from pathlib import Path

from setuptools import find_packages, setup

HERE = Path(__file__).parent
VERSION = next(
    line.split('"')[1]
    for line in (HERE / "ppocr_rare" / "__init__.py").read_text(encoding="utf-8").splitlines()
    if line.startswith("__version__")
)

CORE = [
    "numpy>=1.26,<3",  # arrays; Paddle 2.6 was built for 1.x, Paddle 3 goes with 2.x too
    "pyyaml>=6.0,<7",  # configurations
    "lmdb>=1.4,<4",  # the data sets of the field are LMDBs
    "opencv-python-headless>=4.8,<6",  # decodes and resizes images; headless: no display libraries on a server
    "pillow>=10,<14",  # reads an image's size before pixels are allocated; draws words
    "shapely>=2.0,<3",  # polygons, when words are cut from photographs
    "tqdm>=4.60,<5",  # progress bars
    "rapidfuzz>=3.0,<4",  # edit distance of the metric
]

ONNX = [
    # Converts what export_model.py writes; 2.x goes with Paddle 3, 1.x with Paddle 2.6.
    "paddle2onnx>=1.3,<3",
    "onnxruntime>=1.17,<2",  # runs it, and quantises it
    "onnx>=1.15,<2",  # what mending a converted graph and quantising work on
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

setup(
    name="ppocr_rare",
    version=VERSION,
    description="RARE scene-text recognition on PaddlePaddle",
    long_description=(HERE / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    packages=find_packages(include=["ppocr_rare", "ppocr_rare.*"]),
    package_data={
        "ppocr_rare": ["weights/*/*", "weights/*.md", "utils/dict/*.txt", "data/synth/*.txt"]
        + ["data/synth/fonts/*", "data/synth/fonts/*/*"]
    },
    python_requires=">=3.10,<3.14",  # what Paddle 3.3 has wheels for; 2.6 has none for 3.13
    install_requires=CORE,
    extras_require={
        "cpu": ["paddlepaddle>=2.6.2,<3.4", "setuptools<82"],  # setuptools: Paddle 2.6 imports it without asking for it
        "gpu": ["paddlepaddle-gpu>=2.6.2,<3.4", "setuptools<82", "numpy<2"],  # numpy: pip finds 2.6.2 for GPUs
        "train": TRAIN,
        "onnx": ONNX,
        "benchmark": BENCHMARK,
        "dev": [
            *TRAIN,
            *ONNX,
            *BENCHMARK,
            "pytest>=8,<10",  # tests
            "pytest-xdist>=3.5,<4",  # runs them in two processes
            "hypothesis>=6.100,<7",  # property tests
            "ruff>=0.6,<0.18",  # lint
        ],
    },
)
