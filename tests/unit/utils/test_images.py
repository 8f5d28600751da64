import errno
import math
import os

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ppocr_rare.errors import SampleError
from ppocr_rare.utils import images
from ppocr_rare.utils.images import read_image_bytes, resize_norm_img


def noise(height, width, seed=0):
    return np.random.RandomState(seed).randint(0, 256, (height, width, 3)).astype(np.uint8)


def test_bytes_of_a_file_with_any_name(tmp_path):
    path = tmp_path / "wörd 中\n😀.png"
    path.write_bytes(b"data")
    assert read_image_bytes(path) == read_image_bytes(str(path)) == b"data"


def test_files_that_cannot_be_read(tmp_path):
    (tmp_path / "empty.png").touch()
    (tmp_path / "loop.png").symlink_to(tmp_path / "loop.png")
    os.mkfifo(tmp_path / "pipe.png")
    cases = {
        tmp_path / "none.png": ("missing file", ""),
        tmp_path / "empty.png" / "below": ("missing file", ""),
        tmp_path: ("a directory, not a file", ""),
        tmp_path / "empty.png": ("empty file", ""),
        tmp_path / "loop.png": ("unreadable file", os.strerror(errno.ELOOP)),
        tmp_path / "pipe.png": ("unreadable file", "not an ordinary file"),
        "a\0b.png": ("unreadable file", "a character that no path may have"),
    }
    for path, (reason, detail) in cases.items():
        with pytest.raises(SampleError) as caught:
            read_image_bytes(path)
        assert (caught.value.reason, caught.value.detail) == (reason, detail)


def test_a_number_is_no_file():
    with pytest.raises(TypeError):
        read_image_bytes(0)  # an open file's number, for the system


def test_file_size_is_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(images, "MAX_FILE_BYTES", 4)
    path = tmp_path / "a.png"
    path.write_bytes(b"1234")
    assert read_image_bytes(path) == b"1234"
    path.write_bytes(b"12345")
    with pytest.raises(SampleError, match="file too large"):
        read_image_bytes(path)


def expected_resize(image, height, width, padding):
    """The rule written out pixel format by pixel format; OpenCV alone is shared with what is tested."""
    resized_width = min(width, math.ceil(height * (image.shape[1] / image.shape[0]))) if padding else width
    levels = cv2.resize(image, (resized_width, height)).astype(np.float64)
    expected = np.zeros((3, height, width))
    for channel in range(3):
        expected[channel, :, :resized_width] = levels[:, :, channel] / 127.5 - 1
    return expected, resized_width / width


@pytest.mark.parametrize("padding", [True, False])
@pytest.mark.parametrize("shape", [(3, 32, 100), (3, 48, 320), (3, 7, 1)])
@pytest.mark.parametrize("size", [(1, 1), (1, 5000), (5000, 1), (1, 40000), (32, 100), (31, 99), (64, 65), (40, 3)])
def test_resize(size, shape, padding):
    image = noise(*size)
    result, valid_ratio = resize_norm_img(image, shape, padding)
    expected, expected_ratio = expected_resize(image, *shape[1:], padding)
    assert result.dtype == np.float32
    assert result.flags.c_contiguous
    assert np.abs(result - expected).max() < 1e-6
    assert valid_ratio == expected_ratio


@given(st.integers(1, 300), st.integers(1, 300), st.integers(1, 64), st.integers(1, 128), st.booleans())
@settings(deadline=None, max_examples=60)
def test_resize_stays_in_range_and_pads_with_zero(height, width, new_height, new_width, padding):
    result, valid_ratio = resize_norm_img(noise(height, width), (3, new_height, new_width), padding)
    assert result.shape == (3, new_height, new_width)
    assert np.abs(result).max() <= 1
    assert 0 < valid_ratio <= 1
    used = round(valid_ratio * new_width)
    assert (result[:, :, used:] == 0).all()
    assert (result[:, :, :used] != 0).all()  # no grey level is the middle grey itself


def test_area_averages_what_shrinks():
    stripes = np.zeros((256, 400, 3), np.uint8)
    stripes[::8] = 255  # each row of the result covers one white line of eight; bilinear sampling looks between them
    averaged, _ = resize_norm_img(stripes, (3, 32, 100), interpolation="area")
    sampled, _ = resize_norm_img(stripes, (3, 32, 100))
    np.testing.assert_allclose(averaged[:, :, :50], 1 / 8 * 2 - 1, atol=1 / 100)
    assert (sampled[:, :, :50] == -1).all()


@pytest.mark.parametrize("size", [(20, 300), (31, 40), (32, 3), (8, 8)])
def test_area_samples_what_grows_in_a_side(size):
    image = noise(*size)
    averaged, sampled = (resize_norm_img(image, (3, 32, 100), True, kind)[0] for kind in ("area", "bilinear"))
    assert (averaged == sampled).all()


def test_resize_takes_a_view_and_leaves_it_alone():
    image = noise(40, 60)
    before = image.copy()
    flipped, _ = resize_norm_img(image[:, ::-1, ::-1], (3, 32, 100))
    assert (image == before).all()
    assert (flipped == resize_norm_img(np.ascontiguousarray(image[:, ::-1, ::-1]), (3, 32, 100))[0]).all()


@pytest.mark.parametrize(
    "image",
    [np.zeros((4, 5), np.uint8), np.zeros((4, 5, 4), np.uint8), np.zeros((4, 5, 3)), np.zeros((0, 5, 3), np.uint8)],
)
def test_arrays_that_are_no_image(image):
    with pytest.raises(SampleError, match="not an image"):
        resize_norm_img(image, (3, 32, 100))
