"""What the rules look at: a checked configuration that may still have faults."""

from collections.abc import Iterator
from typing import Any

Faults = Iterator[tuple[str, str]]


class Draft:
    """A checked configuration that may still have faults.

    Args:
        data: values that were found sound.
        faults: (YAML path, message) of what was not.
    """

    def __init__(self, data: dict, faults: list[tuple[str, str]]):
        self._data = data
        self._paths = [path for path, _ in faults]

    def get(self, path: str) -> Any:
        """Returns what stands at a path of names, or None."""
        value: Any = self._data
        for name in path.split("."):
            value = value.get(name) if isinstance(value, dict) else None
        return value

    def is_sound(self, path: str) -> bool:
        """Says whether nothing at a path or below it was found faulty."""
        return not any(f"{faulty}.".startswith(f"{path}.") for faulty in self._paths)

    def operators(self, section: str) -> list[tuple[int, str, dict]]:
        """Returns index, name and arguments of each operator of Train or Eval; none where one of them is unknown."""
        operators = self.get(f"{section}.dataset.transforms") or []
        if not all(operators):
            return []
        return [(index, name, args or {}) for index, entry in enumerate(operators) for name, args in entry.items()]

    def image_shapes(self) -> list[tuple[str, list[int]]]:
        """Returns path and value of each RecResizeImg.image_shape, those of Train first."""
        return [
            (f"{section}.dataset.transforms.{index}.RecResizeImg.image_shape", args["image_shape"])
            for section in ("Train", "Eval")
            for index, name, args in self.operators(section)
            if name == "RecResizeImg" and "image_shape" in args
        ]
