"""Scalars as TensorBoard's own reader finds them."""

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from ppocr_rare.engine.train.scalars import ScalarWriter, can_write


def read(folder):
    accumulator = EventAccumulator(str(folder))
    accumulator.Reload()
    return {
        tag: [(e.step, round(e.value, 6)) for e in accumulator.Scalars(tag)] for tag in accumulator.Tags()["scalars"]
    }


def write(folder, first_step, *points):
    writer = ScalarWriter(folder, first_step)
    for step, values in points:
        writer.write(step, values)
    writer.close()


def test_points_come_back(tmp_path):
    write(tmp_path / "new" / "folder", 1, (1, {"TRAIN/loss": 2.5, "TRAIN/lr": 0.125}), (2, {"TRAIN/loss": 2.0}))
    assert read(tmp_path / "new" / "folder") == {"TRAIN/loss": [(1, 2.5), (2, 2.0)], "TRAIN/lr": [(1, 0.125)]}


def test_a_training_that_goes_on_replaces_what_lies_behind_its_checkpoint(tmp_path):
    write(tmp_path, 1, *[(step, {"loss": float(step)}) for step in range(1, 6)])
    write(tmp_path, 4, (4, {"loss": 40.0}), (5, {"loss": 50.0}))
    assert read(tmp_path) == {"loss": [(1, 1.0), (2, 2.0), (3, 3.0), (4, 40.0), (5, 50.0)]}


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OSError):
        ScalarWriter(tmp_path / "file", 1)


def test_the_package_is_looked_for_without_being_loaded():
    assert can_write()
