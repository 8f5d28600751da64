"""What a request says and what it is answered, as JSON; the OpenAPI page is made of this."""

from pydantic import BaseModel, ConfigDict, Field

from ppocr_rare.engine.read.recognized_word import RecognizedWord

Points = list[tuple[float, float]]


class ReadRequest(BaseModel):
    """Images as text."""

    # No other key: a path or an address that somebody hopes to have read is told so instead of being overlooked.
    model_config = ConfigDict(extra="forbid", strict=True)

    images: list[str] = Field(min_length=1, description="files in base64, with or without 'data:…;base64,' before it")
    details: bool = Field(default=False, description="asks for characters and points, as ?details=true does")


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


class WordAnswer(BaseModel):
    """What was read in one image."""

    text: str = Field(description="empty where nothing was read")
    score: float = Field(description="how sure the text is, from 0 to 1")
    error: str | None = Field(default=None, description="why the image could not be read")
    char_scores: list[float] | None = Field(default=None, description="with details")
    characters: list[CharacterAnswer] | None = Field(default=None, description="with details")
    points: Points | None = Field(default=None, description="with details: upper edge in the image, then the lower")


class ReadAnswer(BaseModel):
    """One word for each image, in order."""

    words: list[WordAnswer]


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


def answer_of(word: RecognizedWord, has_details: bool) -> WordAnswer:
    """A word as it is answered."""
    answer = WordAnswer(text=word.text, score=word.score, error=word.error)
    if has_details and word.error is None:
        answer.char_scores = [float(score) for score in word.char_scores]
        answer.characters = [
            CharacterAnswer(
                char=one.char, score=one.score, runner_up=one.runner_up, runner_up_score=one.runner_up_score,
                span=one.span, box=list(one.box),
            )
            for one in word.characters
        ]  # fmt: skip
        if word.evidence is not None and word.evidence.fiducials is not None:
            answer.points = [(x, y) for x, y in word.evidence.fiducials.tolist()]
    return answer
