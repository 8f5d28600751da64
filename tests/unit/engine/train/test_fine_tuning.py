"""Fine-tuning of the small model: other dictionaries, and stages that stay as they are."""

import logging

import numpy as np
import paddle
import pytest
from material import CONFIG

from ppocr_rare import build_model, load_config
from ppocr_rare.data.charset import DEFAULT_CHARACTERS
from ppocr_rare.engine.train.fine_tuning import freeze, load_pretrained
from ppocr_rare.errors import CheckpointError
from ppocr_rare.utils.checkpoint.save_load import save_checkpoint


@pytest.fixture
def dictionary(tmp_path):
    """``dictionary(characters)``: path of a dictionary file."""

    def write(characters):
        path = tmp_path / f"{len(characters)}.txt"
        path.write_text("\n".join(characters), encoding="utf-8")
        return path

    return write


def load(*overrides):
    return load_config(CONFIG, ["Global.use_gpu=False", *overrides])


def arrays(model):
    return {name: tensor.numpy().copy() for name, tensor in model.state_dict().items()}


def images():
    return paddle.to_tensor(np.random.default_rng(0).uniform(-1, 1, (2, 3, 32, 100)).astype("float32"))


def test_the_default_dictionarys_weights_for_a_longer_dictionary(weights, dictionary, caplog):
    """What is read does not change where new characters are held down; all but the head is the file's."""
    longer = dictionary("é" + DEFAULT_CHARACTERS)
    old = load(f"Global.pretrained_model={weights}")
    new = load(f"Global.character_dict_path={longer}", f"Global.pretrained_model={weights}", "Global.transfer=False")
    trained, model = build_model(old), build_model(new)
    load_pretrained(trained, old)
    with caplog.at_level(logging.INFO):
        report = load_pretrained(model, new)
    assert (report.missing, report.mismatched) == ((), ())
    assert f"{weights}: 38 of 39 classes kept; new: 'é'" in caplog.text
    bias = model.head.generator.bias.numpy()
    bias[1] = -1e4
    model.head.generator.bias.set_value(bias)
    trained.eval(), model.eval()
    expected, got = trained(images()).numpy(), model(images()).numpy()
    np.testing.assert_allclose(np.delete(got, 1, axis=2), expected, atol=1e-6)


def test_weights_of_a_named_dictionary(weights, dictionary, tmp_path):
    """The same number of classes in another order is another dictionary."""
    first, second = dictionary("xyzu"), dictionary("zay")
    there = build_model(load(f"Global.character_dict_path={first}"))
    save_checkpoint(there, tmp_path / "there")
    settings = (
        f"Global.character_dict_path={second}",
        "Global.use_space_char=True",
        f"Global.pretrained_character_dict_path={first}",
        f"Global.pretrained_model={tmp_path / 'there'}",
    )
    model = build_model(load(*settings))
    fresh = model.head.generator.bias.numpy()
    load_pretrained(model, load(*settings))
    before, after = there.head.generator.weight.numpy(), model.head.generator.weight.numpy()
    np.testing.assert_array_equal(after[:, [0, 1, 3, 5]], before[:, [0, 3, 2, 5]])  # sos, z, y, eos
    np.testing.assert_array_equal(model.head.generator.bias.numpy()[[2, 4]], fresh[[2, 4]])  # a, space


def test_equal_numbers_of_classes_and_no_dictionary_named_fit_as_they_are(dictionary, tmp_path, caplog):
    settings = (f"Global.character_dict_path={dictionary('ab')}", f"Global.pretrained_model={tmp_path / 'a'}")
    there, here = build_model(load(*settings)), build_model(load(*settings))
    save_checkpoint(there, tmp_path / "a")
    with caplog.at_level(logging.INFO):
        load_pretrained(here, load(*settings))
    expected, got = arrays(there), arrays(here)
    assert all(np.array_equal(got[name], expected[name]) for name in expected)
    assert "classes kept" not in caplog.text


@pytest.mark.parametrize("named", [False, True])
def test_weights_of_yet_another_dictionary(weights, dictionary, tmp_path, named):
    save_checkpoint(build_model(load(f"Global.character_dict_path={dictionary('ab')}")), tmp_path / "a")
    settings = [f"Global.pretrained_model={tmp_path / 'a'}"]
    if named:
        settings.append(f"Global.pretrained_character_dict_path={dictionary('abcd')}")
    model = build_model(load(*settings))
    before = arrays(model)
    with pytest.raises(CheckpointError, match="its head has 4 classes, but .* gives (38|6); Global.pretrained_char"):
        load_pretrained(model, load(*settings))
    assert all(np.array_equal(array, before[name]) for name, array in arrays(model).items())


class Wrapper(paddle.nn.Layer):
    """Like ``paddle.DataParallel``: its ``train`` reaches the layers inside, but not their ``train``."""

    def __init__(self, layers):
        super().__init__()
        self._layers = layers

    def forward(self, *inputs):
        return self._layers(*inputs)


@pytest.mark.parametrize("stages", [["transform", "backbone", "neck"], ["backbone"], ["transform", "head"]])
def test_frozen_stages_stay_as_they_are_and_the_others_learn(stages):
    model = build_model(load())
    freeze(model, stages)
    wrapped = Wrapper(model)
    optimizer = paddle.optimizer.Momentum(0.01, parameters=model.parameters())
    before = arrays(model)
    for _ in range(2):
        model.eval()
        wrapped.train()
        wrapped(images()).square().sum().backward()
        optimizer.step()
        optimizer.clear_grad()
    changed = {name for name, array in arrays(model).items() if not np.array_equal(array, before[name])}
    assert {name.partition(".")[0] for name in changed} == {"transform", "backbone", "neck", "head"} - {*stages}


def test_frozen_norms_are_at_rest_when_ranks_share_their_statistics():
    model = build_model(load())
    freeze(model, ["backbone"])
    model = paddle.nn.SyncBatchNorm.convert_sync_batchnorm(model)
    model.train()
    for hook in model._forward_pre_hooks.values():
        hook(model, ())  # the forward pass of such a norm needs a GPU
    norms = [(name, layer) for name, layer in model.named_sublayers() if isinstance(layer, paddle.nn.SyncBatchNorm)]
    assert {name.partition(".")[0]: norm.training for name, norm in norms} == {"transform": True, "backbone": False}
    assert all(norm.weight.stop_gradient == name.startswith("backbone") for name, norm in norms)
