"""What a request may ask for beside texts, in its address or in its JSON."""

from pydantic import BaseModel, ConfigDict, Field

from ppocr_rare.engine.read.decoding.lexicon import Lexicon
from ppocr_rare.engine.spot.spotter import DEFAULT_DROP_SCORE
from ppocr_rare.serve.way import Way

MAX_READINGS = 10


class ReadOptions(BaseModel):
    """What is wanted of each image."""

    # No other key: a path or an address that somebody hopes to have read is told so instead of being overlooked.
    model_config = ConfigDict(extra="forbid", frozen=True)

    photograph: bool = Field(default=False, description="the images are whole photographs, whose words are found first")
    details: bool = Field(default=False, description="asks for characters and points")
    evidence: bool = Field(default=False, description="asks for what was looked at, and for details")
    top_k: int | None = Field(default=None, ge=1, le=MAX_READINGS, description="how many readings are given")
    min_score: float | None = Field(
        default=None, ge=0, le=1,
        description="a word with a lower score has an empty text; in a photograph it is left out, where nothing is "
        f"said below {DEFAULT_DROP_SCORE}",
    )  # fmt: skip

    @property
    def has_details(self) -> bool:
        """Whether characters and points are answered."""
        return self.details or self.evidence

    def way(self, lexicon: Lexicon | None = None) -> Way:
        """How the images are read.

        Args:
            lexicon: the words that may be.
        """
        return Way(self.has_details, self.top_k, lexicon)
