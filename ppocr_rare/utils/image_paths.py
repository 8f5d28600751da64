"""Which image files a user names: a file, a folder, a pattern, a list in a text file."""

import io
import os

from ppocr_rare.errors import DataError
from ppocr_rare.utils.open_file import open_file

IMAGE_EXTENSIONS = frozenset({".bmp", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp"})


def list_images(path: str | os.PathLike) -> list[str]:
    """Returns the image files below a folder (known by their extension), sorted; of a file, the file alone.

    Raises:
        DataError: the path does not exist, or no image is below it.
    """
    path = os.fspath(path)
    if not os.path.isdir(path):
        if not os.path.exists(path):
            raise DataError(f"{path}: no such file or folder")
        return [path]
    files = [os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names]
    images = sorted(file for file in files if os.path.splitext(file)[1].lower() in IMAGE_EXTENSIONS)
    if not images:
        raise DataError(f"{path}: no image below this folder ({', '.join(sorted(IMAGE_EXTENSIONS))})")
    return images


def read_image_list(list_file: str | os.PathLike, folder: str | os.PathLike | None = None) -> list[str]:
    """Returns the paths that a text file lists, one a line; what follows a tab is left out, so label files serve too.

    Args:
        list_file: UTF-8.
        folder: where relative paths start. Where it is None or no folder, they start at the list's own.

    Raises:
        DataError: the list cannot be read, or names no image.
    """
    try:
        with io.TextIOWrapper(open_file(list_file), encoding="utf-8-sig") as file:
            lines = [line.partition("\t")[0].strip() for line in file]
    except OSError as error:
        raise DataError(f"image list {list_file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DataError(f"image list {list_file} is not UTF-8") from error
    names = [name for name in lines if name]
    if not names:
        raise DataError(f"image list {list_file}: no path in it")
    start = folder if folder and os.path.isdir(folder) else os.path.dirname(list_file)
    return [os.path.join(start, name) for name in names]
