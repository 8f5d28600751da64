"""A trained network as a backend."""

import numpy as np
import pytest
from material import CONFIG, word_image

from ppocr_rare import build_model, load_config
from ppocr_rare.engine.read.backends.dygraph import DygraphBackend
from ppocr_rare.engine.read.weights import load_weights
from ppocr_rare.utils.images import resize_norm_img


@pytest.fixture(scope="module")
def images():
    return np.stack([resize_norm_img(word_image(number), (3, 32, 100))[0] for number in range(3)])


@pytest.mark.parametrize("stop_at_eos", [False, True])
def test_it_gives_what_the_network_gives(weights, images, stop_at_eos):
    import paddle

    config = load_config(CONFIG, ["Global.use_gpu=False"])
    backend = DygraphBackend(config, weights, False, stop_at_eos)
    (found,) = backend(images)
    model = build_model(config)
    load_weights(model, weights)
    model.eval()
    with paddle.no_grad():
        expected = model(paddle.to_tensor(images), stop_at_eos=stop_at_eos).numpy()
    np.testing.assert_array_equal(found, expected)
    assert backend.image_shape is None and backend.model.training is False
