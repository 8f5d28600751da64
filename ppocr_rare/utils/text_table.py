"""Tables for the screen."""

from collections.abc import Sequence


def format_columns(rows: Sequence[Sequence[str]]) -> str:
    """Rows of equally many cells as text in columns, two spaces between them."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    padded = ([cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in rows)
    return "\n".join("  ".join(row).rstrip() for row in padded)
