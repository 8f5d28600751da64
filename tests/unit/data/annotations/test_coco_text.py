"""COCO-Text 1 (polygon) and 2 (mask)."""

import json

from ppocr_rare.data.annotations import read_annotations

POLYGON = [10.5, 20, 10.5, 40, 50, 40, 50, 20]  # down first, as the authors have it
POINTS = [[10.5, 20], [10.5, 40], [50, 40], [50, 20]]


def annotation(outline="mask", **changes):
    return {
        "id": 1, "image_id": 217925, "language": "english", "class": "machine printed", "legibility": "legible",
        "bbox": [10.5, 20, 39.5, 20], outline: POLYGON, "utf8_string": "the", **changes,
    }  # fmt: skip


def data(*annotations):
    image = {"id": 217925, "file_name": "COCO_train2014_000000217925.jpg", "set": "train", "width": 640, "height": 480}
    anns = {str(number): item for number, item in enumerate(annotations)}
    return json.dumps({"cats": {}, "anns": anns, "imgs": {"217925": image}, "imgToAnns": {"217925": [1]}, "info": {}})


def test_both_editions(read):
    text = data(annotation("polygon"), annotation("mask", utf8_string='a "b", c'))
    assert read(text, "cocotext.v2.json") == [
        ("COCO_train2014_000000217925.jpg", [("the", POINTS), ('a "b", c', POINTS)])
    ]


def test_a_mask_that_is_no_polygon_leaves_the_box(read):
    assert read(data(annotation(mask=[1, 2])))[0][1] == [("the", [[10.5, 20], [50, 40]])]


def test_what_cannot_be_read_is_left_out(read):
    without = annotation()
    del without["utf8_string"]
    illegible = [annotation(legibility="illegible"), without, annotation(utf8_string="")]
    assert [word[2:] for word in read(data(*illegible))[0][1]] == [("do not care",)] * 3


def test_a_bad_annotation_costs_itself(read):
    bad = [annotation(mask=[], bbox=[1, 2]), annotation(mask=[], bbox="box"), annotation(mask=[None] * 8), None]
    (_, words), (name, orphans) = read(data(*bad, annotation()))
    assert words == [
        ("#anns.0", "not a number"), ("#anns.1", "unexpected JSON"), ("#anns.2", "not a number"), ("the", POINTS)
    ]  # fmt: skip
    assert (name, orphans) == ("", [("#anns.3", "unexpected JSON")])


def test_the_size_of_the_picture(tmp_path):
    (tmp_path / "coco.json").write_text(data(annotation()))
    assert [image.size for image in read_annotations(tmp_path / "coco.json")] == [(640, 480)]
