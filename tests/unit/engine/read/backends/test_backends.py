"""A failure inside an engine is one line that names the file."""

import pytest

from ppocr_rare.engine.read.backends import opened
from ppocr_rare.errors import CheckpointError

PADDLE = """


--------------------------------------
C++ Traceback (most recent call last):
--------------------------------------
0   paddle_infer::Predictor::Predictor(paddle::AnalysisConfig const&)

----------------------
Error Message Summary:
----------------------
InvalidArgumentError: the model is not one
  [Hint: Expected more] (at /paddle/x.cc:104)
"""


@pytest.mark.parametrize(
    ("message", "gist"),
    [
        (PADDLE, "InvalidArgumentError: the model is not one"),
        ("one line", "one line"),
        ("\n  first\nsecond", "first"),
        ("", "the engine gives no reason"),
        ("x" * 1000, "x" * 300),
    ],
)
def test_the_line_that_says_what_is_wrong(message, gist):
    def build():
        raise RuntimeError(message)

    with pytest.raises(CheckpointError) as raised:
        opened("a/model", build)
    assert str(raised.value) == f"a/model cannot be loaded: {gist}"


def test_what_is_built_is_returned():
    assert opened("a/model", lambda: 5) == 5
