"""The network with the arithmetic of PaddleOCR's RARE, to measure against: same parameters, same results, more work.

Written from the description of that arithmetic. Where it leaves a choice, the cheaper one is taken: distances between
points are computed for all pairs at once.
"""

import paddle
import paddle.nn.functional as F
from paddle import nn

from ppocr_rare.utils.thin_plate import DISTANCE_EPSILON


def use_reference_arithmetic(model):
    """Makes a RARE network compute as PaddleOCR's does; its parameters and their names stay.

    Args:
        model: what ``build_model`` gave; it is changed.

    Returns:
        The same model.
    """
    model.transform.grid_generator = ReferenceGridGenerator(model.transform.grid_generator)
    model.head = ReferenceHead(model.head)
    return model


class ReferenceGridGenerator(nn.Layer):
    """Builds and inverts the matrices of the spline in float64 at each forward.

    Args:
        generator: the GridGenerator whose parameters it takes.

    Source: RARE, equations 1 to 3; arithmetic: row 16 of doc/differences.md.
    """

    def __init__(self, generator):
        super().__init__()
        self.fc = generator.fc
        self.num_fiducial = generator.num_fiducial

    def forward(self, fiducials, height, width):
        """Sampling points [B, N, 2] of an image of ``height`` × ``width`` pixels; fiducials [B, K, 2]."""
        base = self._base_fiducials()
        inverse = paddle.inverse(self._delta(base)).astype("float32")  # [K + 3, K + 3]
        features = self._features(base, height, width).astype("float32")  # P hat, [N, K + 3]
        affine = self.fc(fiducials.flatten(1)).reshape([-1, 3, 2]).detach()
        spline = paddle.matmul(inverse, paddle.concat([fiducials, affine], axis=1))  # T, [B, K + 3, 2]
        return paddle.matmul(features, spline)

    def _base_fiducials(self):
        half = self.num_fiducial // 2
        x = paddle.linspace(-1.0, 1.0, half, dtype="float64")
        ones = paddle.ones([half], dtype="float64")
        return paddle.concat([paddle.stack([x, -ones], axis=1), paddle.stack([x, ones], axis=1)])  # C, [K, 2]

    def _delta(self, base):
        count = self.num_fiducial
        distance = _distances(base, base) + paddle.eye(count, dtype="float64")  # log(1) = 0 on the diagonal
        basis = distance**2 * paddle.log(distance)
        ones, zeros = paddle.ones([count, 1], dtype="float64"), paddle.zeros([3, 3], dtype="float64")
        upper = paddle.concat([ones, base, basis], axis=1)
        lower = paddle.concat([zeros, paddle.concat([base.t(), ones.t()])], axis=1)
        return paddle.concat([upper, lower])

    def _features(self, base, height, width):
        x = (2 * paddle.arange(width, dtype="float64") + 1) / width - 1
        y = (2 * paddle.arange(height, dtype="float64") + 1) / height - 1
        rows, columns = paddle.meshgrid(y, x)
        points = paddle.stack([columns.flatten(), rows.flatten()], axis=1)  # P, [N, 2]
        distance = _distances(points, base)
        basis = distance**2 * paddle.log(distance + DISTANCE_EPSILON)
        return paddle.concat([paddle.ones([height * width, 1], dtype="float64"), points, basis], axis=1)


def _distances(points, others):
    """Between each of [N, 2] and each of [K, 2]: [N, K]."""
    return (points.unsqueeze(1) - others.unsqueeze(0)).square().sum(axis=2).sqrt()


class ReferenceHead(nn.Layer):
    """Decodes greedily for all steps; each step projects the columns anew and takes its character as a one-hot vector.

    Args:
        head: the AttentionHead whose parameters it takes.

    Source: RARE, equations 5 to 8; arithmetic: row 16 of doc/differences.md.
    """

    def __init__(self, head):
        super().__init__()
        self.attention_cell = head.attention_cell
        self.generator = head.generator
        self.num_steps = head.num_steps
        self.num_classes = head.generator.bias.shape[0]
        self.sos_id = head.sos_id

    def forward(self, columns, *_):
        """Decodes columns [B, T, C], always to the last step; labels are not asked for.

        Returns:
            [B, L, V]: probabilities in eval mode, logits in train mode.
        """
        state = paddle.zeros([columns.shape[0], self.attention_cell.hidden_size], dtype=columns.dtype)
        token = paddle.full([columns.shape[0]], self.sos_id, dtype="int64")
        steps = []
        for _step in range(self.num_steps):
            state = self._next_state(columns, state, F.one_hot(token, self.num_classes))
            logits = self.generator(state)  # [B, V]
            steps.append(logits)
            token = logits.argmax(axis=1)
        logits = paddle.stack(steps, axis=1)
        return logits if self.training else F.softmax(logits, axis=2)

    def _next_state(self, columns, state, one_hot):
        cell = self.attention_cell
        energy = cell.score(paddle.tanh(cell.i2h(columns) + cell.h2h(state).unsqueeze(1)))  # [B, T, 1]
        weights = F.softmax(energy, axis=1).transpose([0, 2, 1])
        context = paddle.matmul(weights, columns).squeeze(1)  # [B, C]
        return cell.rnn(paddle.concat([context, one_hot], axis=1), state)[1]
