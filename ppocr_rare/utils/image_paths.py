"""Which image files a user names: a file, a folder, a pattern, a list in a text file."""

import glob
import io
import os

from ppocr_rare.errors import DataError
from ppocr_rare.utils.open_file import open_file

IMAGE_EXTENSIONS = frozenset({".bmp", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp"})


def list_images(path: str | os.PathLike) -> list[str]:
    """Returns the image files that a path names.

    Args:
        path: a file, whatever its extension; a folder, for the images below it, known by their extension and sorted;
            or, where there is neither of that name, a pattern such as ``words/*.png`` or ``words/**/a?.jpg``, for all
            of these that it matches, sorted.

    Raises:
        DataError: the path does not exist, the pattern matches nothing, or no image is below the folder.
    """
    path = os.fspath(path)
    if not os.path.exists(path):
        if not glob.has_magic(path):
            raise DataError(f"{path}: no such file or folder")
        matches = sorted(glob.glob(path, recursive=True))
        if not matches:
            raise DataError(f"{path}: no file or folder matches this pattern")
        files = [match for match in matches if not os.path.isdir(match)]
        return files or [image for folder in matches for image in list_images(folder)]
    if not os.path.isdir(path):
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
