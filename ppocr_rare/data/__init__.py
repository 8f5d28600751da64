"""Data sets of word images, and what is done to their samples."""

from ppocr_rare.data.lmdb_dataset import LMDBDataSet
from ppocr_rare.data.simple_dataset import SimpleDataSet
from ppocr_rare.data.synth_dataset import OnlineSynthDataSet
from ppocr_rare.registry import DATASETS

DATASETS.register(LMDBDataSet)
DATASETS.register(OnlineSynthDataSet)
DATASETS.register(SimpleDataSet)
