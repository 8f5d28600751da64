"""The whole network: what it gives, and that models do not get in each other's way."""

import numpy as np
import paddle
import pytest

from ppocr_rare import build_model, load_config
from ppocr_rare.modeling.architectures import BaseModel
from ppocr_rare.modeling.backbones import MobileNetV3
from ppocr_rare.modeling.heads import AttentionHead
from ppocr_rare.modeling.heads.rec_column_classifier import ColumnClassifier
from ppocr_rare.modeling.necks import SequenceEncoder


@pytest.fixture
def config(config_path):
    return load_config(config_path("rec_mv3_tps_bilstm_att"), ["Global.use_gpu=False"])


def test_probabilities_in_eval_mode_and_logits_in_train_mode(config):
    model = build_model(config)
    images = paddle.rand([2, 3, 32, 100])
    model.eval()
    probabilities = model(images).numpy()
    assert probabilities.shape == (2, 25, 38)
    np.testing.assert_allclose(probabilities.sum(-1), 1, atol=1e-5)
    model.train()
    assert not np.allclose(model(images).numpy().sum(-1), 1, atol=1e-2)


def test_two_models_live_in_one_process(config):
    first, second = build_model(config), build_model(config)
    names = [parameter.name for model in (first, second) for parameter in model.parameters()]
    assert len(set(names)) == len(names)
    second.set_state_dict(first.state_dict())
    first.eval(), second.eval()
    images = paddle.rand([1, 3, 32, 100])
    np.testing.assert_array_equal(first(images).numpy(), second(images).numpy())


@pytest.mark.parametrize("image_shape", [(32, 160), (48, 120)])
def test_other_image_sizes(config, image_shape):
    model = build_model(config)
    model.eval()
    assert model(paddle.rand([2, 3, *image_shape])).shape == [2, 25, 38]


def small_stages():
    backbone = MobileNetV3("large", 0.35)
    neck = SequenceEncoder("rnn", 8, in_channels=backbone.out_channels)
    head = AttentionHead(8, in_channels=neck.out_channels, out_channels=12, num_steps=5, sos_id=0, eos_id=11)
    return None, backbone, neck, head


def test_works_without_a_transform():
    model = BaseModel(*small_stages())
    assert model(paddle.rand([2, 3, 32, 64])).shape == [2, 5, 12]
    assert not any(name.startswith("transform") for name in model.state_dict())


def test_a_column_classifier_speaks_in_training_alone():
    stages = small_stages()
    plain, taught = BaseModel(*stages), BaseModel(*stages, ColumnClassifier(stages[1].out_channels, 12))
    images = paddle.rand([2, 3, 32, 64])
    predictions = taught(images)
    assert np.array_equal(predictions.logits.numpy(), plain(images).numpy())
    assert predictions.column_logits.shape == [2, 16, 12]
    predictions.column_logits.square().sum().backward()
    reached = {name.split(".")[0] for name, parameter in taught.named_parameters() if parameter.grad is not None}
    assert reached == {"backbone", "column_classifier"}  # neither BiLSTM nor decoder stands in between
    plain.eval(), taught.eval()
    assert np.array_equal(taught(images).numpy(), plain(images).numpy())


def test_points_are_given_in_training_alone_and_found_once(config):
    plain = build_model(config)
    model = BaseModel(plain.transform, plain.backbone, plain.neck, plain.head, has_fiducials=True)
    images, calls = paddle.rand([2, 3, 32, 100]), []
    hook = model.transform.loc_net.register_forward_post_hook(lambda *_: calls.append(1))
    given = model(images)
    assert len(calls) == 1 and given.logits.shape == [2, 25, 38] and given.column_logits is None
    alone = model.localize(images)
    assert alone.logits is None and np.array_equal(alone.fiducials.numpy(), given.fiducials.numpy())
    hook.remove()
    assert isinstance(plain(images), paddle.Tensor)
    model.eval()
    assert isinstance(model(images), paddle.Tensor)
    with pytest.raises(ValueError, match="without a transform"):
        BaseModel(*small_stages()).localize(images)


def test_targets_reach_a_head_with_teacher_forcing(config_path):
    config = load_config(config_path("rec_mv3_tps_bilstm_att"), ["Architecture.Head.teacher_forcing=True"])
    model = build_model(config)
    model.eval()  # the norms: the logits are to depend on nothing else
    model.head.train()
    images, labels = paddle.rand([1, 3, 32, 100]), np.arange(25)[None]
    first, second = (model(images, paddle.to_tensor(ids)).numpy() for ids in (labels, labels + 1))
    assert not np.array_equal(first, second)


def test_every_parameter_but_the_grids_receives_a_gradient(config):
    model = build_model(config)
    # Fresh, the localization network's last weights are zero and hide the layers before it.
    model.transform.loc_net.fc2.weight.set_value(paddle.randn(model.transform.loc_net.fc2.weight.shape) * 0.01)
    model.train()
    model(paddle.randn([2, 3, 32, 100])).square().sum().backward()
    # Paddle's DataParallel would add up a strided gradient wrongly.
    assert [name for name, p in model.named_parameters() if p.grad is not None and not p.grad.is_contiguous()] == []
    without = {name for name, p in model.named_parameters() if not p.stop_gradient and p.grad is None}
    assert without == {"transform.grid_generator.fc.weight", "transform.grid_generator.fc.bias"}
