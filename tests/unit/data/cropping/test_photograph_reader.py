"""Turned as the annotator saw them."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from ppocr_rare.data.annotations import AnnotatedImage
from ppocr_rare.data.cropping.photograph_reader import PhotographReader
from ppocr_rare.errors import SampleError

SCENE = np.zeros((40, 60, 3), np.uint8)
SCENE[:, :30] = 255


@pytest.fixture
def photos(tmp_path, stored_turned):
    """turned.jpg, which is stored turned, and plain.png, which is not."""
    (tmp_path / "turned.jpg").write_bytes(stored_turned(SCENE))
    cv2.imwrite(str(tmp_path / "plain.png"), SCENE)
    return tmp_path


def read(reader, name, size=None):
    return reader.read(Path("a.json"), AnnotatedImage(name, [], size))


@pytest.mark.parametrize("ignores", [False, True])
def test_an_annotation_without_a_size_counts_as_it_is_told_to(photos, ignores):
    reader = PhotographReader(str(photos), ignores)
    expected = np.rot90(SCENE) if ignores else SCENE
    for size in (None, (7, 7)):  # one that fits neither way tells nothing
        np.testing.assert_allclose(read(reader, "turned.jpg", size), expected, atol=8)
    assert reader.turned == {photos / "turned.jpg"}


@pytest.mark.parametrize("ignores", [False, True])
def test_the_size_in_an_annotation_says_what_its_author_saw(photos, ignores):
    reader = PhotographReader(str(photos), ignores)
    np.testing.assert_allclose(read(reader, "turned.jpg", (60, 40)), SCENE, atol=8)
    np.testing.assert_allclose(read(reader, "turned.jpg", (40, 60)), np.rot90(SCENE), atol=8)


def test_pictures_without_a_tag(photos):
    reader = PhotographReader(str(photos))
    assert read(reader, "plain.png", (40, 60)).shape == read(reader, "plain.png").shape == SCENE.shape
    np.testing.assert_array_equal(reader.read(photos / "gt_plain.txt", AnnotatedImage(None, [])), SCENE)
    with pytest.raises(SampleError, match="missing image"):
        read(reader, "none.png")
    assert reader.turned == set()


def test_a_damaged_tag_is_none(photos, stored_turned):
    data = stored_turned(SCENE)
    (photos / "turned.jpg").write_bytes(data.replace(b"II*\0", b"\xff" * 4).replace(b"MM\0*", b"\xff" * 4))
    reader = PhotographReader(str(photos))
    assert read(reader, "turned.jpg").shape == (60, 40, 3) and not reader.turned
