"""Which picture an annotation means."""

import pytest

from ppocr_rare.data.cropping.image_index import ImageIndex
from ppocr_rare.errors import DataError, SampleError


@pytest.fixture
def photos(tmp_path):
    for name in ("a/img_1.jpg", "b/img_1.jpg", "b/1001.jpg", "img/14_03.png", "img77.jpg", "gt_x.png", "x.png"):
        path = tmp_path / "photos" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    (tmp_path / "secret.png").write_bytes(b"")
    return tmp_path / "photos"


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("14_03.png", "img/14_03.png"),
        ("/home/somebody/img/14_03.png", "img/14_03.png"),
        ("..\\other\\14_03.png", "img/14_03.png"),
        ("train/b/img_1.jpg", "b/img_1.jpg"),
    ],
)
def test_by_name(photos, name, found):
    assert ImageIndex(photos).named(name) == photos / found


@pytest.mark.parametrize(
    ("annotation", "found"),
    [
        ("labels/0001001.txt", "b/1001.jpg"),
        ("gt/poly_gt_img77.txt", "img77.jpg"),
        ("gt/a/gt_img_1.txt", "a/img_1.jpg"),
        ("gt_x.txt", "gt_x.png"),
        ("img77.json", "img77.jpg"),
        ("gt/img77.jpg.txt", "img77.jpg"),
        ("gt/poly_gt_img77.jpg.mat", "img77.jpg"),
        ("gt/b/img_1.jpg.txt", "b/img_1.jpg"),
    ],
)
def test_by_the_annotations_name(photos, annotation, found):
    assert ImageIndex(photos).beside(annotation) == photos / found


@pytest.mark.parametrize("name", ["nothing.jpg", "", "../secret.png", "img_1", "..", "14_03.PNG"])
def test_missing(photos, name):
    with pytest.raises(SampleError, match="missing image"):
        ImageIndex(photos).named(name)


def test_missing_beside(photos):
    for name in ("gt_nothing.txt", "000.txt", "gt_.txt"):
        with pytest.raises(SampleError, match="missing image"):
            ImageIndex(photos).beside(name)


def test_two_of_a_name(photos):
    with pytest.raises(SampleError, match="several images of that name"):
        ImageIndex(photos).named("c/img_1.jpg")


def test_no_folder(tmp_path):
    with pytest.raises(DataError, match="no such file or folder"):
        ImageIndex(tmp_path / "none")
