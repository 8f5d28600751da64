"""What a recogniser takes: one image or many, in all their forms, and what is none."""

import io

import numpy as np
import paddle
import pytest
from material import png
from PIL import Image


def test_all_forms_of_an_image_are_read_alike(recognizer, images, tmp_path):
    image, expected = images[0], recognizer(images[0])
    path, data = tmp_path / "word.png", png(image)
    path.write_bytes(data)
    buffer = io.BytesIO()
    buffer.write(data)  # it stands at its end
    with open(path, "rb") as file:
        forms = [path, str(path), data, bytearray(data), buffer, file, Image.open(path), image / 255]
        forms += [Image.fromarray(image[:, :, ::-1]), image.astype(np.float32), paddle.to_tensor(image)]
        assert [recognizer(form) for form in forms] == [expected] * len(forms)
        assert [word.text for word in recognizer(forms)] == [expected.text] * len(forms)


def test_many_images_in_any_series(recognizer, images, tmp_path):
    for number in range(3):
        (tmp_path / f"{number}.png").write_bytes(png(images[number]))
    expected = [word.text for word in recognizer(images[:3])]
    paths = sorted(map(str, tmp_path.glob("*.png")))
    batch = np.stack(images[:3])
    for many in (tuple(paths), np.array(paths), iter(paths), batch, batch / 255, (image for image in images[:3])):
        assert [word.text for word in recognizer(many)] == expected
    assert sorted(word.text for word in recognizer(tmp_path.glob("*.png"))) == sorted(expected)
    assert [word.text for word in recognizer.iterate(paths[0])] == expected[:1]  # a path, no series of characters


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (None, "not NoneType"),
        (3, "not int"),
        ({"a.png": 1}, "not dict"),
        ({"a.png"}, "not set"),
        ([None], r"images\[0\]: a path, .* not NoneType"),
        (["none.png", 3.5], r"images\[1\]: .* not float"),
        ([["none.png"]], r"images\[0\]: .* not list"),
        (np.zeros(3), r"images\[0\]: .* not float64"),
        (np.zeros((3, 32, 100)), r"float64 \[3, 32, 100\]; channels stand last"),
        (np.zeros((2, 3, 32, 100)), r"images\[0\]: .* channels stand last"),
        (np.zeros((4, 4), "U1"), "not <U1"),
        (io.StringIO("text"), "bytes, not text"),
    ],
)
def test_what_no_image_can_be_raises(recognizer, given, message):
    with pytest.raises(TypeError, match=message):
        recognizer(given)
