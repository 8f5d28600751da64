"""How far the points of a localization network lie from those that make a word straight."""

import paddle

_SOFTENED = 0.01  # image heights, a third of a pixel: below, the distance's gradient falls, and is 0 at 0
_NEAR = 1.3  # reach of what a word's own points have; those behind the end of a short word lie far outside
_FAR_WEIGHT = 0.2


def fiducial_distances(fiducials: paddle.Tensor, targets: paddle.Tensor, height: int, width: int) -> paddle.Tensor:
    """Mean distance of each word's points from their targets.

    Points far outside of the image count a fifth: they lie behind the word's end, as a rule, and a small turn of the
    line moves them far.

    Args:
        fiducials: [B, K, 2], (x, y) as ``grid_sample`` takes them.
        targets: likewise; one that is not finite makes the word's distance 0: its line is not known.
        height: of the image, in pixels.
        width: of the image, in pixels.

    Returns:
        float32 [B], in image heights.
    """
    is_known = paddle.isfinite(targets).all(axis=[1, 2]).astype("float32")  # [B]
    targets = paddle.where(paddle.isfinite(targets), targets, paddle.zeros_like(targets))
    to_heights = paddle.to_tensor([(width - 1) / 2 / height, (height - 1) / 2 / height], dtype="float32")
    squares = ((fiducials.astype("float32") - targets) * to_heights).square().sum(axis=2)  # [B, K]
    distances = (squares + _SOFTENED**2).sqrt() - _SOFTENED
    is_near = (targets.abs() < _NEAR).all(axis=2).astype("float32")
    weights = _FAR_WEIGHT + (1 - _FAR_WEIGHT) * is_near
    return is_known * (distances * weights).sum(axis=1) / weights.sum(axis=1)
