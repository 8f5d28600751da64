"""Which images are taken for words, and what is said where most are none."""

import logging

import pytest

from ppocr_rare.engine.read.crop_shape import ShapeWatch, is_photograph, is_tall


@pytest.mark.parametrize(
    ("size", "kind"),
    [
        ((32, 100), "word"),
        ((400, 1300), "word"),  # a large one
        ((290, 300), "word"),
        ((28, 20), "word"),  # a letter
        ((20, 2000), "word"),
        ((720, 1280), "photograph"),
        ((480, 640), "photograph"),
        ((640, 480), "photograph"),
        ((60, 40), "word"),
        ((61, 40), "tall"),
        ((5000, 1), "tall"),
    ],
)
def test_shapes(size, kind):
    assert (is_photograph(*size), is_tall(*size)) == (kind == "photograph", kind == "tall")


@pytest.mark.parametrize(("takes_tall", "num_others"), [(False, 3), (True, 2)])
def test_it_warns_once_where_most_are_none(caplog, takes_tall, num_others):
    watch = ShapeWatch(takes_tall)
    with caplog.at_level(logging.WARNING, logger="ppocr_rare"):
        watch.look_at([])
        watch.look_at([(32, 100), (720, 1280)])
        assert not caplog.records
        watch.look_at(iter([(720, 1280), (720, 1280), (100, 40)]))
        watch.look_at([(720, 1280)])
    assert [record.getMessage().partition(":")[0] for record in caplog.records] == [
        f"{num_others} of 3 images have another shape than a word cut out of a photograph, as one of 1280 × 720 pixels"
    ]
