"""Where the words that a test set's images may hold lie: beside its LMDB."""

LEXICON_SIZES = ("50", "1k")


def lexicon_name(size: str) -> str:
    """The file, {number: [words]}, of the lexicons of a size of ``LEXICON_SIZES``."""
    return f"lexicon_{size}.json"
