"""Where command lines, configurations and dictionaries lie: in a checkout beside the package, or inside of it."""

import logging
import os
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
IN_WHEEL = "shipped"  # setup.py puts tools/ and configs/ there
_DICTIONARIES = PACKAGE / "utils" / "dict"
_PADDLEOCRS_FOLDERS = ("", "ppocr/utils", "ppocr/utils/dict")


def shipped(path: str) -> Path:
    """A file or folder of the repository that comes with the package.

    Args:
        path: from the repository's root: ``tools/train.py``.

    Raises:
        FileNotFoundError: it does not come with the package.
    """
    for root in (PACKAGE.parent, PACKAGE / IN_WHEEL):
        if root.name == IN_WHEEL or (root / "setup.py").is_file():  # site-packages may hold another project's tools/
            found = root / path
            if found.exists():
                return found
    raise FileNotFoundError(f"{path} does not come with {PACKAGE}")


def find_config(path: str) -> str:
    """The path of a configuration: a file as it is or else, by its name, one that comes with the package.

    Args:
        path: ``my.yml``, ``configs/rec/NAME.yml`` or ``NAME.yml``; what names nothing is given back, for the error.
    """
    if Path(path).exists():
        return path
    try:
        return str(shipped(f"configs/rec/{Path(path).name}"))
    except FileNotFoundError:
        return path


def find_dictionary(path: str | os.PathLike) -> str | os.PathLike:
    """The file of a dictionary: where there is none, the one of this package that PaddleOCR has under that path.

    Args:
        path: as it was given; ``./ppocr/utils/ic15_dict.txt``, for one, in a command line for PaddleOCR.
    """
    folder, name = os.path.split(os.path.normpath(path))
    packaged = _DICTIONARIES / name
    if (
        os.path.lexists(path)
        or Path(folder).as_posix().lstrip(".") not in _PADDLEOCRS_FOLDERS
        or not packaged.is_file()
    ):
        return path
    _say_which(str(path))
    return packaged


@cache  # one dictionary is read for the model, the labels and the decoder
def _say_which(path: str) -> None:
    logging.getLogger(__name__).warning(
        "%s does not exist: the dictionary of that name that comes with this package is used", path
    )
