"""LabelMe's JSON."""

import json

import pytest

from ppocr_rare.data.annotations import read_annotations
from ppocr_rare.errors import SampleError

POINTS = [[10, 20], [50.5, 20], [50, 40], [10, 40]]


def shape(**changes):
    return {"label": "word", "points": POINTS, "group_id": None, "shape_type": "polygon", "flags": {}, **changes}


def data(*shapes, **changes):
    content = {"version": "5.0.1", "flags": {}, "shapes": shapes, "imagePath": "..\\photos\\a.jpg", "imageData": None}
    return json.dumps({**content, **changes})


def test_polygons_and_rectangles(read):
    rectangle = shape(shape_type="rectangle", points=[[50, 40], [10, 20]], label='"a, b"')
    (picture,) = read(data(shape(), rectangle), "a.json")
    assert picture == ("..\\photos\\a.jpg", [("word", POINTS), ('"a, b"', [[50, 40], [10, 20]])])


def test_the_file_says_which_picture_where_the_json_does_not(read):
    assert read(data(shape(), imagePath=None))[0][0] is None


def test_do_not_care(read):
    for ignored in (shape(flags={"difficult": True}), shape(difficult=True), shape(label="###")):
        assert read(data(ignored))[0][1][0][2:] == ("do not care",)
    assert len(read(data(shape(flags={"difficult": False})))[0][1][0]) == 2


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (shape(shape_type="circle"), "neither polygon nor rectangle"),
        (shape(points=POINTS[:3]), "too few points"),
        (shape(points=[[1, 2], [3]]), "not a number"),
        (shape(points=[[1, 2], 3]), "not a number"),
        (shape(points=[[float("nan"), 2], *POINTS]), "not a number"),
        (shape(points=[[10**400, 2], *POINTS]), "not a number"),
        (shape(points=[[1e9, 2], *POINTS]), "not a number"),
        (shape(points=POINTS * 300), "too many points"),
        (shape(points=None), "unexpected JSON"),
        (shape(label=7), "unexpected JSON"),
        ("word", "unexpected JSON"),
    ],
)
def test_a_bad_shape_costs_itself(read, bad, reason):
    assert read(data(shape(), bad))[0][1] == [("word", POINTS), ("#shapes[1]", reason)]


@pytest.mark.parametrize("value", ["", "[" * 200_000, "7}", "1" + "0" * 9999])
def test_json_that_is_none(read, value):
    with pytest.raises(SampleError, match="not JSON|unexpected JSON"):
        read('{"shapes": ' + value)


def test_the_size_of_the_picture(tmp_path):
    for changes, size in ({"imageWidth": 640, "imageHeight": 480}, (640, 480)), ({"imageHeight": None}, None):
        (tmp_path / "a.json").write_text(data(shape(), **changes))
        assert read_annotations(tmp_path / "a.json")[0].size == size
