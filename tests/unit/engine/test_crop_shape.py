"""Which images are taken for words, and what is said where most are none."""

import logging

import pytest

from ppocr_rare.engine.crop_shape import ShapeWatch, is_crop_shaped


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((32, 100), True),
        ((400, 1300), True),  # a large word
        ((290, 300), True),
        ((30, 20), True),  # a letter
        ((20, 2000), True),
        ((720, 1280), False),
        ((480, 640), False),
        ((1200, 900), False),
        ((100, 40), False),  # a word on its side
    ],
)
def test_shapes(size, expected):
    assert is_crop_shaped(*size) == expected


def test_it_warns_once_where_most_are_none(caplog):
    watch = ShapeWatch()
    with caplog.at_level(logging.WARNING, logger="ppocr_rare"):
        watch.look_at([])
        watch.look_at([(32, 100), (720, 1280)])
        assert not caplog.records
        watch.look_at(iter([(32, 100), (720, 1280), (100, 40)]))
        watch.look_at([(720, 1280)])
    assert [record.getMessage().partition(":")[0] for record in caplog.records] == [
        "2 of 3 images have another shape than a word cut out of a photograph, as one of 1280 × 720 pixels"
    ]
