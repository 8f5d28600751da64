"""Which text can be set from left to right, one glyph a character; the rest is refused rather than drawn wrong."""

import functools
import unicodedata

from ppocr_rare.errors import SampleError

MAX_CHARACTERS = 64  # of a word: a longer one would be an image of many thousand pixels
# Beginnings of Unicode names: scripts whose letters join, stack or change places, and the parts of Korean syllables.
_SHAPED = (
    "BALINESE", "BENGALI", "CHAM", "DEVANAGARI", "GUJARATI", "GURMUKHI", "HANGUL CHOSEONG", "HANGUL JONGSEONG",
    "HANGUL JUNGSEONG", "JAVANESE", "KANNADA", "KHMER", "LAO", "MALAYALAM", "MONGOLIAN", "MYANMAR", "ORIYA", "PHAGS-PA",
    "SINHALA", "SUNDANESE", "TAI THAM", "TAMIL", "TELUGU", "THAI", "TIBETAN",
)  # fmt: skip


def normalize(text: str) -> str:
    """Text as it is drawn and labelled: an accent that follows its letter becomes one character with it (NFC)."""
    return unicodedata.normalize("NFC", text)


def check_drawable(text: str) -> None:
    """Makes sure that glyphs side by side, in the order of the characters, are how ``text`` is written.

    Args:
        text: normalized.

    Raises:
        SampleError: "right-to-left script", "script whose letters change shape", "combining mark without a letter
            of its own", "not a printable character", "no text", or "more than 64 characters".
    """
    if not text.strip():
        raise SampleError("no text")
    if len(text) > MAX_CHARACTERS:
        raise SampleError(f"more than {MAX_CHARACTERS} characters", f"{len(text)} in {text[:MAX_CHARACTERS]!r}…")
    for character in text:
        reason = _refusal(character)
        if reason:
            raise SampleError(reason, f"U+{ord(character):04X} in {text!r}")


@functools.lru_cache(maxsize=4096)
def _refusal(character: str) -> str:
    """Why a character cannot be drawn by itself; empty where it can."""
    category = unicodedata.category(character)
    if unicodedata.bidirectional(character) in ("R", "AL", "AN"):
        return "right-to-left script"
    if unicodedata.name(character, "").startswith(_SHAPED):
        return "script whose letters change shape"
    if category[0] == "M":
        return "combining mark without a letter of its own"
    if category[0] == "C" or (category[0] == "Z" and character != " "):
        return "not a printable character"
    return ""
