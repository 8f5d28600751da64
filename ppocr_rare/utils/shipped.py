"""Where the command lines and configurations lie: in a checkout beside the package, in a wheel inside of it."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
IN_WHEEL = "shipped"  # setup.py puts tools/ and configs/ there


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
