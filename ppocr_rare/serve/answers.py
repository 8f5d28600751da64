"""What a request says and what it is answered, as JSON; the OpenAPI page is made of this."""

import base64
import math
from typing import Annotated, Any

import cv2
import numpy as np
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from ppocr_rare.engine.read.evidence import Alternative
from ppocr_rare.engine.read.recognized_word import RecognizedWord
from ppocr_rare.serve.options import ReadOptions
from ppocr_rare.serve.photographs import Photograph

Points = list[tuple[float, float]]
MAX_LEXICON = 10_000


class ReadRequest(ReadOptions):
    """Images as text. What it asks for holds before what the address asks for."""

    model_config = ConfigDict(strict=True)

    images: list[str] = Field(min_length=1, description="files in base64, with or without 'data:…;base64,' before it")
    lexicon: list[Annotated[str, StringConstraints(min_length=1, max_length=64)]] | None = Field(
        default=None, min_length=1, max_length=MAX_LEXICON, description="the words that may be read; else any"
    )


class HubRequest(BaseModel):
    """What clients of PaddleOCR's hub serving send."""

    model_config = ConfigDict(extra="forbid", strict=True)

    images: list[str] = Field(min_length=1, description="image files in base64")


class CharacterAnswer(BaseModel):
    """One character of a word."""

    char: str
    score: float = Field(description="its probability")
    runner_up: str = Field(description="the likeliest other character; empty where that is the word's end")
    runner_up_score: float
    span: tuple[float, float] = Field(description="begin and end in the straightened word, as shares of its width")
    box: Points = Field(description="four corners in the image, (x, y) in pixels, clockwise from the upper left one")


class ReadingAnswer(BaseModel):
    """One way to read a word."""

    text: str
    score: float
    log_probability: float | None = Field(
        default=None,
        description="natural logarithm of the model's probability, the word's end included, which orders readings",
    )


class WordAnswer(BaseModel):
    """What was read in one image."""

    text: str = Field(description="empty where nothing was read")
    score: float = Field(description="how sure the text is, from 0 to 1")
    error: str | None = Field(default=None, description="why the image could not be read")
    char_scores: list[float] | None = Field(default=None, description="with details")
    characters: list[CharacterAnswer] | None = Field(default=None, description="with details")
    points: Points | None = Field(default=None, description="with details: upper edge in the image, then the lower")
    readings: list[ReadingAnswer] | None = Field(default=None, description="with top_k: this one first, then others")
    rectified: str | None = Field(
        default=None, description="with evidence: the straightened word as it was looked at, a PNG as data: address"
    )
    attention: list[list[float]] | None = Field(
        default=None,
        description="with evidence: for each character, how much each column of the straightened word was looked at",
    )


class ReadAnswer(BaseModel):
    """One word for each image, in order."""

    words: list[WordAnswer]

    @property
    def has_failed(self) -> bool:
        """Whether not one of them could be read."""
        return all(word.error is not None for word in self.words)


class PhotographWord(WordAnswer):
    """A word of a photograph."""

    polygon: Points = Field(description="four corners in the photograph, clockwise from the word's upper left one")


class PhotographAnswer(BaseModel):
    """What was read in one photograph."""

    width: int | None = Field(default=None, description="in pixels, as its EXIF turns it")
    height: int | None = None
    words: list[PhotographWord] = Field(description="in reading order")
    error: str | None = Field(default=None, description="why the photograph could not be read")


class PhotographsAnswer(BaseModel):
    """The words of each photograph, in order."""

    images: list[PhotographAnswer]

    @property
    def has_failed(self) -> bool:
        """As of ``ReadAnswer``."""
        return all(image.error is not None for image in self.images)


class HubWord(BaseModel):
    """A word as PaddleOCR's hub serving gives it; of an image that cannot be read the text is empty."""

    text: str
    confidence: float


class HubAnswer(BaseModel):
    """PaddleOCR's hub serving: the words of all images are the only entry of ``results``."""

    msg: str = ""
    results: list[list[HubWord]]
    status: str = "000"


class Problem(BaseModel):
    """Why a request was not answered."""

    detail: str


class State(BaseModel):
    """How the service is."""

    status: str = Field(description="ok, or what is the matter")


class About(BaseModel):
    """What can be asked for here."""

    version: str
    characters: str = Field(description="that the model can read")
    photographs: bool = Field(description="whether whole photographs are read")
    max_images: int = Field(description="of one request")
    max_photographs: int = Field(description="of one request")
    max_pixels: int = Field(description="of one image")
    max_body_bytes: int = Field(description="of one request")


def read_answer(words: list[RecognizedWord], options: ReadOptions) -> ReadAnswer:
    """What is answered of words.

    Args:
        words: one for each image.
        options: what was asked for.
    """
    return ReadAnswer(words=[WordAnswer(**_fields(word, options)) for word in words])


def photographs_answer(photographs: list[Photograph], options: ReadOptions) -> PhotographsAnswer:
    """What is answered of photographs; arguments as of ``read_answer``."""
    return PhotographsAnswer(
        images=[
            PhotographAnswer(
                width=one.width or None, height=one.height or None, error=one.error,
                words=[PhotographWord(polygon=list(word.polygon), **_fields(word.word, options)) for word in one.words],
            )
            for one in photographs
        ]
    )  # fmt: skip


def _fields(word: RecognizedWord, options: ReadOptions) -> dict[str, Any]:
    said: dict[str, Any] = {"text": word.text, "score": word.score, "error": word.error}
    if word.error is not None or word.is_unsure:
        return said
    if options.top_k is not None:
        readings = word.readings or (Alternative(word.text, word.score, math.nan),)  # one alone is not searched
        said["readings"] = [_reading(one) for one in readings]
    if options.has_details:
        said["char_scores"] = list(map(float, word.char_scores))
        said["characters"] = [vars(one) for one in word.characters]
        if word.evidence is not None and word.evidence.fiducials is not None:
            said["points"] = word.evidence.fiducials.tolist()
    if options.evidence and word.evidence is not None:
        said["rectified"] = _data_address(word.evidence.rectified)
        said["attention"] = np.round(word.evidence.attention.astype(float), 4).tolist()
    return said


def _reading(one: Alternative) -> dict[str, Any]:
    said: dict[str, Any] = {"text": one.text, "score": one.score}
    return said if math.isnan(one.log_probability) else said | {"log_probability": one.log_probability}


def _data_address(image: np.ndarray) -> str:
    data = cv2.imencode(".png", image)[1].tobytes()
    return f"data:image/png;base64,{base64.b64encode(data).decode()}"
