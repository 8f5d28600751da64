"""Limits agree with each other, and sizes are seen before pixels."""

import pytest

from ppocr_rare.errors import ConfigError, SampleError
from ppocr_rare.serve.limits import Limits


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_images": 0},
        {"max_images": 9, "max_queue": 8},
        {"max_photographs": 9, "max_photograph_queue": 8},
        {"max_held_bytes": 1},
        {"body_timeout_s": -1},
    ],
)
def test_limits_that_would_refuse_everything_are_refused(wrong):
    with pytest.raises(ConfigError):
        Limits(**wrong)


def test_a_size_is_read_from_the_header(huge, images):
    with pytest.raises(SampleError, match="30000 x 30000"):
        Limits().check_size(huge)
    Limits().check_size(images[0])
    Limits(max_pixels=32 * 96).check_size(images[0])
    with pytest.raises(SampleError, match="at most 3071"):
        Limits(max_pixels=32 * 96 - 1).check_size(images[0])
    Limits().check_size(b"no image, which the reader says")


def test_a_header_that_is_cut_anywhere_is_left_to_the_reader(images):
    for length in range(64):
        Limits().check_size(images[0][:length])
