"""Each optimizer against its formula in numpy, over two steps with known gradients."""

import numpy as np
import paddle
import pytest
from paddle import ParamAttr, nn
from paddle.regularizer import L2Decay

from ppocr_rare.errors import ConfigError
from ppocr_rare.optimizer import L1, L2, Adadelta, Adam, AdamW, Const, Momentum, RMSProp
from ppocr_rare.optimizer.optimizer import gradient_clip
from ppocr_rare.registry import OPTIMIZERS

RATE = 0.1
START = np.array([1.0, -2.0, 3.0])
GRADIENTS = np.array([[3.0, 0.0, -4.0], [0.5, -1.0, 2.0]])


class Model(nn.Layer):
    """Parameters in a row, each [3]; the loss gives all of them one gradient."""

    def __init__(self, *attributes: ParamAttr):
        super().__init__()
        names = ["weight", "norm_scale", "other"]
        for name, attribute in zip(names, attributes or [ParamAttr()], strict=False):
            parameter = self.create_parameter([3], attr=attribute)
            parameter.set_value(paddle.to_tensor(START.astype("float32")))
            self.add_parameter(name, parameter)

    def run(self, make, gradients=GRADIENTS, **runtime) -> list[np.ndarray]:
        """Values of all parameters after a step with each of the gradients."""
        optimizer = make(learning_rate=RATE, parameters=dict(self.named_parameters()), **runtime)
        for gradient in gradients:
            total = sum((p * paddle.to_tensor(gradient.astype("float32"))).sum() for p in self.parameters())
            total.backward()
            optimizer.step()
            optimizer.clear_grad()
        return [parameter.numpy() for parameter in self.parameters()]


def adam(gradients=GRADIENTS, rate=RATE, coupled=0.0, decoupled=0.0, beta1=0.9, beta2=0.999, epsilon=1e-8):
    value, first, second = START.copy(), 0.0, 0.0
    for step, gradient in enumerate(gradients, start=1):
        gradient = gradient + coupled * value
        value = value * (1 - rate * decoupled)
        first = beta1 * first + (1 - beta1) * gradient
        second = beta2 * second + (1 - beta2) * gradient**2
        value = value - rate * (first / (1 - beta1**step)) / (np.sqrt(second / (1 - beta2**step)) + epsilon)
    return value


def momentum(gradients=GRADIENTS, rate=RATE, coupled=0.0, mu=0.9):
    value, velocity = START.copy(), 0.0
    for gradient in gradients:
        velocity = mu * velocity + gradient + coupled * value
        value = value - rate * velocity
    return value


def rmsprop(gradients=GRADIENTS, rate=RATE, coupled=0.0, mu=0.0, rho=0.95, epsilon=1e-6):
    value, square, velocity = START.copy(), 0.0, 0.0
    for gradient in gradients:
        gradient = gradient + coupled * value
        square = rho * square + (1 - rho) * gradient**2
        velocity = mu * velocity + rate * gradient / np.sqrt(square + epsilon)
        value = value - velocity
    return value


def adadelta(gradients=GRADIENTS, rate=RATE, coupled=0.0, rho=0.95, epsilon=1e-8):
    value, square, moved = START.copy(), 0.0, 0.0
    for gradient in gradients:
        gradient = gradient + coupled * value
        square = rho * square + (1 - rho) * gradient**2
        change = np.sqrt((moved + epsilon) / (square + epsilon)) * gradient
        moved = rho * moved + (1 - rho) * change**2
        value = value - rate * change
    return value


def close(actual, expected):
    np.testing.assert_allclose(actual, expected, rtol=2e-5, atol=1e-6)


COUPLED = [
    (Adam, adam, {}),
    (Adam, adam, {"beta1": 0.5, "beta2": 0.7, "epsilon": 0.1}),
    (RMSProp, rmsprop, {}),
    (RMSProp, rmsprop, {"rho": 0.6, "epsilon": 0.01}),
    (Adadelta, adadelta, {}),
    (Adadelta, adadelta, {"rho": 0.6, "epsilon": 0.01}),
]


@pytest.mark.parametrize(("cls", "formula", "args"), COUPLED)
@pytest.mark.parametrize("factor", [None, 0.0, 0.3])
def test_formula_with_the_regularizer_in_the_gradient(cls, formula, args, factor):
    regularizer = None if factor is None else L2(factor)
    (value,) = Model().run(lambda **runtime: cls(**args, **runtime), regularizer=regularizer)
    close(value, formula(coupled=factor or 0.0, **args))


@pytest.mark.parametrize("factor", [0.0, 0.3])
@pytest.mark.parametrize(("cls", "formula"), [(Momentum, momentum), (RMSProp, rmsprop)])
def test_formula_with_momentum(cls, formula, factor):
    (value,) = Model().run(lambda **runtime: cls(momentum=0.7, **runtime), regularizer=L2(factor))
    close(value, formula(mu=0.7, coupled=factor))


def test_l1_moves_by_the_sign():
    (value,) = Model().run(lambda **runtime: Momentum(0.0, **runtime), gradients=[np.zeros(3)], regularizer=L1(0.2))
    close(value, START - RATE * 0.2 * np.sign(START))


@pytest.mark.parametrize("cls", [Adam, AdamW, RMSProp, Adadelta, lambda **runtime: Momentum(0.9, **runtime)])
def test_a_parameters_own_rate_scales_its_steps(cls):
    attributes = [ParamAttr(learning_rate=factor) for factor in (1.0, 0.1, 0.0)]
    full, tenth, frozen = Model(*attributes).run(cls, gradients=GRADIENTS[:1], regularizer=L2(0.3))
    assert np.abs(full - START).max() > 1e-5
    close((tenth - START) * 10, full - START)
    assert frozen.tolist() == START.tolist()


@pytest.mark.parametrize(
    ("cls", "formula"), [(Adam, adam), (RMSProp, rmsprop), (lambda **runtime: Momentum(0.9, **runtime), momentum)]
)
@pytest.mark.parametrize("shared", [None, L2(0.3)])
def test_a_parameters_own_regularizer_takes_the_place_of_the_shared_one(cls, formula, shared):
    own, other = Model(ParamAttr(regularizer=L2Decay(0.7)), ParamAttr()).run(cls, regularizer=shared)
    close(own, formula(coupled=0.7))
    close(other, formula(coupled=0.3 if shared else 0.0))


@pytest.mark.parametrize(("regularizer", "factor"), [(None, 0.01), (L2(0.3), 0.3), (L2(0.0), 0.0)])
def test_adamw_decouples_the_decay(regularizer, factor):
    close(Model().run(AdamW, regularizer=regularizer)[0], adam(decoupled=factor))


@pytest.mark.parametrize(
    ("args", "factors"),
    [
        ({"no_weight_decay_name": "bias norm"}, (0.3, 0.0, 0.3)),
        ({"no_weight_decay_name": "weight other"}, (0.0, 0.3, 0.0)),
        ({"no_weight_decay_name": ""}, (0.3, 0.3, 0.3)),
        ({"one_dim_param_no_weight_decay": True}, (0.0, 0.0, 0.0)),
    ],
)
def test_adamw_spares_parameters_by_name_and_dimension(args, factors):
    values = Model(*[ParamAttr()] * 3).run(lambda **runtime: AdamW(**args, **runtime), regularizer=L2(0.3))
    for value, factor in zip(values, factors, strict=True):
        close(value, adam(decoupled=factor))


def test_adamw_decays_what_has_more_dimensions():
    layer = nn.Linear(2, 2)
    before = layer.weight.numpy(), layer.bias.numpy()
    optimizer = AdamW(
        one_dim_param_no_weight_decay=True,
        learning_rate=RATE,
        regularizer=L2(0.5),
        parameters=dict(layer.named_parameters()),
    )
    (layer(paddle.zeros([1, 2])).sum() * 0.0).backward()
    optimizer.step()
    close(layer.weight.numpy(), before[0] * (1 - RATE * 0.5))
    close(layer.bias.numpy(), before[1])


def sgd(**runtime):
    return Momentum(0.0, **runtime)


def test_clipping_by_norm_looks_at_each_parameter_and_comes_before_decay():
    # The first gradient has norm 5, the second sqrt(5.25) < 2.5.
    values = Model(ParamAttr(), ParamAttr()).run(sgd, regularizer=L2(0.3), grad_clip=gradient_clip(clip_norm=2.5))
    for value in values:
        close(value, momentum(gradients=[GRADIENTS[0] / 2, GRADIENTS[1]], mu=0.0, coupled=0.3))


def test_clipping_by_the_global_norm_looks_at_all_parameters():
    # Two parameters with one gradient: norms 5 sqrt(2) and sqrt(10.5).
    values = Model(ParamAttr(), ParamAttr()).run(sgd, grad_clip=gradient_clip(clip_norm_global=5.0))
    for value in values:
        close(value, momentum(gradients=[GRADIENTS[0] / np.sqrt(2), GRADIENTS[1]], mu=0.0))


def test_clips():
    assert gradient_clip() is None
    with pytest.raises(ConfigError, match="^clip_norm and clip_norm_global exclude each other$"):
        gradient_clip(1.0, 1.0)


def test_frozen_parameters_are_left_alone():
    model = Model(ParamAttr(), ParamAttr())
    model.norm_scale.trainable = False
    optimizer = Adam(learning_rate=RATE, parameters=dict(model.named_parameters()))
    model.weight.sum().backward()
    optimizer.step()
    assert model.norm_scale.tolist() == START.tolist()
    assert {name.removeprefix(f"{model.weight.name}_")[:6] for name in optimizer.state_dict()} == {
        "moment",
        "beta1_",
        "beta2_",
    }
    model.weight.trainable = False
    with pytest.raises(ConfigError, match="^there is nothing to train"):
        Adam(learning_rate=RATE, parameters=dict(model.named_parameters()))


def test_adamw_knows_no_l1():
    with pytest.raises(ConfigError, match="^AdamW decays weights by L2 alone"):
        Model().run(AdamW, regularizer=L1(0.1))


def test_a_schedule_drives_the_rate():
    model = Model()
    schedule = Const(RATE, 0.5, steps_per_epoch=2)  # one step of warm-up
    optimizer = Momentum(0.0, learning_rate=schedule, parameters=dict(model.named_parameters()))
    for expected in (START, START - RATE):
        model.weight.sum().backward()
        optimizer.step()
        optimizer.clear_grad()
        schedule.step()
        close(model.weight.numpy(), expected)


def test_registered():
    assert OPTIMIZERS.names() == ["Adadelta", "Adam", "AdamW", "Momentum", "RMSProp"]
    shared = {"learning_rate", "regularizer", "grad_clip", "parameters"}
    assert all(OPTIMIZERS.schema(name).runtime == shared for name in OPTIMIZERS.names())
