"""How an image is read; what is asked for in different ways is never read together."""

from dataclasses import dataclass
from typing import Any

from ppocr_rare.engine.read.decoding.lexicon import Lexicon


@dataclass(frozen=True)
class Way:
    """What of a request changes how its images are read.

    Args:
        has_details: characters and evidence are wanted.
        top_k: readings that are wanted; None: the likeliest characters are taken, without a search.
        lexicon: the words that may be read; None: any. Each request has its own, and so is read by itself.
    """

    has_details: bool = False
    top_k: int | None = None
    lexicon: Lexicon | None = None

    @property
    def arguments(self) -> dict[str, Any]:
        """Those of ``TextRecognizer.iterate`` and of ``TextSpotter.spot_pixels``; what nobody asks for is left out."""
        given = {"return_details": self.has_details, "top_k": self.top_k, "lexicon": self.lexicon}
        return {name: value for name, value in given.items() if value is not None}
