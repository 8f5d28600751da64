"""Finds the picture that an annotation speaks of in a folder, wherever the annotator kept it."""

import os
import re
from pathlib import Path, PurePosixPath

from ppocr_rare.errors import SampleError
from ppocr_rare.utils.image_paths import list_images

_PREFIX = re.compile(r"(poly_)?gt_")


class ImageIndex:
    """The images below a folder. No name leads out of it.

    Args:
        folder: searched with its subfolders.

    Raises:
        DataError: no such folder, or no image in it.
    """

    def __init__(self, folder: str | os.PathLike):
        self._by_name: dict[str, list[Path]] = {}
        self._by_stem: dict[str, list[Path]] = {}
        for path in map(Path, list_images(folder)):
            self._by_name.setdefault(path.name, []).append(path)
            self._by_stem.setdefault(path.stem, []).append(path)

    def named(self, name: str) -> Path:
        """Returns the image of a name, in whose place on the annotator's disk only the last folders count.

        Raises:
            SampleError: "missing image", "several images of that name".
        """
        wanted = PurePosixPath(name.replace("\\", "/"))
        return _choose(self._by_name.get(wanted.name, []), wanted.parent.parts, name)

    def beside(self, annotation: str | os.PathLike) -> Path:
        """Returns the image that belongs to an annotation file by its name, less ``gt_`` or leading zeros.

        The image's own extension may stand before the annotation's: ``img1.jpg.txt``.

        Raises:
            SampleError: as for ``named``.
        """
        path = Path(annotation)
        bare = _PREFIX.sub("", path.stem, count=1) if _PREFIX.match(path.stem) else path.stem
        for stem in (path.stem, bare, bare.lstrip("0")):
            if candidates := self._by_stem.get(stem) or self._by_name.get(stem):
                return _choose(candidates, path.parent.parts, stem)
        raise SampleError("missing image", f"none is named {bare}.*")


def _choose(candidates: list[Path], folders: tuple[str, ...], name: str) -> Path:
    """The candidate whose last folders have most in common with those wanted."""
    if not candidates:
        raise SampleError("missing image", name)
    alike = [len(os.path.commonprefix([folders[::-1], path.parent.parts[::-1]])) for path in candidates]
    best = [path for path, count in zip(candidates, alike, strict=True) if count == max(alike)]
    if len(best) > 1:
        raise SampleError("several images of that name", f"{best[0]} and {best[1]}")
    return best[0]
