"""Distance of points, worked out by hand, and as a part of the losses."""

import numpy as np
import paddle
import pytest

from ppocr_rare.errors import ConfigError
from ppocr_rare.losses import AttentionLoss, ColumnAttentionLoss
from ppocr_rare.losses.fiducial_distance import fiducial_distances
from ppocr_rare.modeling.architectures.predictions import Predictions

EOS = 4
LABELS = paddle.to_tensor([[0, 1, 2, EOS, 0], [0, 3, EOS, 0, 0]], dtype="int64")  # 4 and 3 steps count
OPTIONS = {"ignore_padding": True, "fiducial_weight": 5.0, "eos_id": EOS}


def points(*rows):
    return paddle.to_tensor(np.array(rows, np.float32))


def test_it_is_the_mean_over_the_points_in_image_heights():
    # On 33 × 101 pixels, 1 is 50 pixels in x and 16 in y: 3 and 4 pixels off, which are 5, and none.
    found = fiducial_distances(points([[0.06, 0.25], [0.5, 0.5]]), points([[0, 0], [0.5, 0.5]]), 33, 101)
    assert found.tolist() == [pytest.approx(5 / 33 / 2, rel=0.07)]


def test_points_far_outside_count_a_fifth():
    far = fiducial_distances(points([[0, 0], [0, 0]]), points([[0, 0], [0, 2]]), 32, 100)
    assert far.tolist() == [pytest.approx(0.2 * 31 / 32 / 1.2, rel=0.02)]


def test_words_whose_line_is_not_known_are_left_out():
    targets = points([[0, 0.5]], [[float("nan")] * 2], [[0, float("inf")]])
    fiducials = paddle.zeros([3, 1, 2])
    fiducials.stop_gradient = False
    found = fiducial_distances(fiducials, targets, 32, 100)
    assert found[0] > 0.2 and found[1:].tolist() == [0, 0]
    found.sum().backward()
    assert bool(paddle.isfinite(fiducials.grad).all()) and not bool((fiducials.grad[1:] != 0).any())


def batch(fiducials, columns=None, part=slice(None)):
    taught = [paddle.zeros([2, 3, 32, 100]), LABELS, None, *([] if columns is None else [columns]), fiducials]
    return [None if value is None else value[part] for value in taught]


@pytest.mark.parametrize("reduction", ["sum", "mean"])
def test_distances_are_added_to_the_steps_before_the_reduction(reduction):
    paddle.seed(1)
    logits, found, wanted = paddle.randn([2, 5, 5]), paddle.randn([2, 6, 2]), paddle.randn([2, 6, 2])
    columns, column_logits = paddle.to_tensor([[0, 1, 1], [3, 3, 0]]), paddle.randn([2, 3, 5])
    distance = 5 * float(fiducial_distances(found, wanted, 32, 100).sum()) / (7 if reduction == "mean" else 1)
    options = {**OPTIONS, "reduction": reduction}
    for loss, given, taught in (
        (AttentionLoss(**options), Predictions(logits, None, found), batch(wanted)),
        (ColumnAttentionLoss(**options), Predictions(logits, column_logits, found), batch(wanted, columns)),
    ):
        without = given._replace(fiducials=None)
        both, one, alone = (float(loss(p, taught)["loss"]) for p in (given, without, Predictions(None, None, found)))
        assert both - one == pytest.approx(distance, rel=1e-4) and alone == pytest.approx(distance, rel=1e-4)
    plain = AttentionLoss(ignore_padding=True, reduction=reduction, eos_id=EOS)
    loss = AttentionLoss(**options)
    assert float(plain(logits, batch(wanted))["loss"]) == float(loss(logits, batch(wanted))["loss"])
    parts = [batch(wanted, part=slice(0, 1)), batch(wanted, part=slice(1, 2))]
    losses = [float(loss(Predictions(logits[i : i + 1], None, found[i : i + 1]), parts[i])["loss"]) for i in (0, 1)]
    whole = float(loss(Predictions(logits, None, found), batch(wanted))["loss"])
    assert np.dot(loss.weights(parts), losses) == pytest.approx(whole, rel=1e-5)


def test_a_weight_below_nothing_is_refused():
    with pytest.raises(ConfigError, match="fiducial_weight must be at least 0, got -1"):
        AttentionLoss(fiducial_weight=-1, eos_id=EOS)
