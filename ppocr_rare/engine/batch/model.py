"""The model of a run: where each worker finds it, and how it is known that it is the same one."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ppocr_rare.engine.read.backends.engines import ExportedEngine
from ppocr_rare.engine.read.description import sha256
from ppocr_rare.engine.read.opening import files_of_model
from ppocr_rare.engine.read.recognizer import DEFAULT_PRETRAINED, PRETRAINED_DIR, TextRecognizer
from ppocr_rare.errors import CheckpointError


@dataclass(frozen=True)
class Model:
    """A model by its name. It pickles.

    Args:
        path: as ``TextRecognizer`` takes it; None: the shipped weights, which lie elsewhere on another machine.
        engine: what runs it, likewise.
        checksum: SHA-256 over its files.
    """

    path: str | None
    engine: ExportedEngine | None
    checksum: str

    @classmethod
    def found(cls, path: str | None, engine: ExportedEngine | None) -> "Model":
        """The model that is there now; raises CheckpointError where there is none."""
        return cls(path, engine, _checksum(_place(path), engine))

    def opened(self, reading: dict[str, Any]) -> TextRecognizer:
        """A recogniser of one thread.

        Args:
            reading: arguments of ``TextRecognizer``.

        Raises:
            CheckpointError: what lies here is not the model, or it cannot be opened.
        """
        place = _place(self.path)
        if _checksum(place, self.engine) != self.checksum:
            raise CheckpointError(f"{place} is another model here than where the run began: all machines need the same")
        return TextRecognizer(place, engine=self.engine, cpu_threads=1, **reading)


def _place(path: str | None) -> Path:
    return PRETRAINED_DIR / DEFAULT_PRETRAINED if path is None else Path(path)


def _checksum(place: Path, engine: ExportedEngine | None) -> str:
    digest = hashlib.sha256()
    for file in files_of_model(place, engine):
        digest.update(f"{file.name} {sha256(file)}\n".encode())
    return digest.hexdigest()
