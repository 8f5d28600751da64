"""Text from files, names and labels, as it may be shown: it moves no cursor, colours nothing and ends no line."""

import json
import logging
import re

# Control characters (C0, DEL, C1), the separators of lines, and the marks that turn the direction of writing.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
# A line break that a message makes itself is followed by a line that is set in.
_FOREIGN_BREAK = re.compile(r"\n(?!  )")


def escape(text: str, keep: str = "") -> str:
    """The text on one line, each control character as Python would write it: ``\\n``, ``\\x1b``.

    Args:
        text: any text.
        keep: characters that stay as they are.
    """
    return _CONTROL.sub(lambda found: found[0] if found[0] in keep else ascii(found[0])[1:-1], text)


def escape_message(text: str) -> str:
    """A message, which may have further lines that are set in by two spaces; everything else is escaped."""
    return "\n".join(escape(line) for line in _FOREIGN_BREAK.sub(r"\\n", text).split("\n"))


def row(*cells: str) -> str:
    """Cells on one line with tabs between them."""
    return "\t".join(map(escape, cells))


def json_row(value: object) -> str:
    """A value as JSON on one line; control characters stand as ``\\uXXXX`` in it."""
    return _CONTROL.sub(lambda found: f"\\u{ord(found.group()):04x}", json.dumps(value, ensure_ascii=False))


class MessageFormatter(logging.Formatter):
    """Formats log messages; names and labels in them cannot make one line two, or speak to the terminal."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        record.message = escape_message(record.message)
        return super().formatMessage(record)
