"""Scalars for TensorBoard, written by TensorBoard's own package."""

import importlib.util
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def can_write() -> bool:
    """Whether the package that writes scalars is installed."""
    return importlib.util.find_spec("tensorboard") is not None


class ScalarWriter:
    """Writes one events file into a folder; ``tensorboard --logdir`` of the folder shows all of them as one run.

    Args:
        folder: is made where it is missing.
        first_step: points that earlier files of the folder have from this step on are no longer shown.

    Raises:
        OSError: the folder cannot be written.
        ModuleNotFoundError: see ``can_write``.
    """

    def __init__(self, folder: str | Path, first_step: int):
        from tensorboard.compat.proto.event_pb2 import SessionLog
        from tensorboard.summary.writer.event_file_writer import EventFileWriter

        Path(folder).mkdir(parents=True, exist_ok=True)
        self._writer = EventFileWriter(str(folder))
        self._add(first_step, session_log=SessionLog(status=SessionLog.START))

    def write(self, global_step: int, values: Mapping[str, float]) -> None:
        """Adds a point to each curve.

        Args:
            global_step: where on the horizontal axis.
            values: height by the curve's name; ``TRAIN/loss`` is the curve ``loss`` of the group ``TRAIN``.

        Raises:
            OSError: the file cannot be written.
        """
        from tensorboard.compat.proto.summary_pb2 import Summary

        points = [Summary.Value(tag=name, simple_value=value) for name, value in values.items()]
        self._add(global_step, summary=Summary(value=points))

    def _add(self, step: int, **content: Any) -> None:
        from tensorboard.compat.proto.event_pb2 import Event

        self._writer.add_event(Event(wall_time=time.time(), step=step, **content))

    def close(self) -> None:
        """Writes what is still waiting and closes the file."""
        self._writer.close()
