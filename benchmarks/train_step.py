"""One step of training on a made-up batch, to be measured as a whole or stage by stage."""

import time
from collections.abc import Callable, Sequence
from statistics import median

import numpy as np
import paddle

from ppocr_rare.builder import build_charset, build_loss, build_model, build_optimizer
from ppocr_rare.config import Config
from ppocr_rare.data.imaug.label_ops import AttnLabelEncode
from ppocr_rare.errors import ConfigError

WARM_UP = 2  # steps that do not count: Paddle allocates memory and chooses kernels


class TrainStep:
    """Forward, loss, backward and update of a network, on a batch of noise with the labels of random words.

    Args:
        config: what ``load_config`` gave.
        batch_size: B, images in the batch.
        image_shape: of an image, channels, height and width in pixels.
        change: called with the model before the optimizer is built; returns the model to train.

    Raises:
        ConfigError: the loss needs more than labels.
    """

    def __init__(
        self,
        config: Config,
        batch_size: int,
        image_shape: Sequence[int] = (3, 32, 100),
        change: Callable = lambda model: model,
    ):
        loss = config["Loss"]["name"]
        if loss != "AttentionLoss":
            raise ConfigError(f"Loss.name: a made-up batch has labels for AttentionLoss alone, got {loss}")
        if config["Loss"].get("fiducial_weight"):
            raise ConfigError("Loss.fiducial_weight: a made-up batch has labels alone")
        paddle.seed(0)
        self.batch_size = batch_size
        self.model = change(build_model(config))
        self.model.train()
        self._loss = build_loss(config)
        self._optimizer, _ = build_optimizer(config, self.model, steps_per_epoch=1, epochs=1)
        rng = np.random.default_rng(0)
        images = rng.uniform(-1, 1, (batch_size, *image_shape)).astype(np.float32)
        self._batch = [paddle.to_tensor(images), paddle.to_tensor(random_labels(config, batch_size, rng))]

    def run(self) -> float:
        """Does one step; returns its seconds."""
        start = time.perf_counter()
        images, labels = self._batch
        loss = self._loss(self.model(images, labels), self._batch)["loss"]
        loss.backward()
        self._update()
        float(loss)  # waits for a GPU
        return time.perf_counter() - start

    def run_stages(self) -> dict[str, tuple[float, float]]:
        """Does one step, stage by stage; returns the seconds of each one's forward and backward pass."""
        model, (x, labels) = self.model, self._batch
        seconds, passed = {}, []
        for name in ("transform", "backbone", "neck", "head"):
            stage = getattr(model, name)
            given = (x, labels) if name == "head" else (x,)
            result, seconds[name, "forward"] = timed(stage, *given)
            x = result.detach()  # cuts the graph, so that the stages' backward passes can be told apart
            x.stop_gradient = False
            passed.append((name, result, x))
        loss, seconds["loss", "forward"] = timed(self._loss, x, self._batch)
        _, seconds["loss", "backward"] = timed(loss["loss"].backward)
        for name, result, cut in reversed(passed):
            _, seconds[name, "backward"] = timed(paddle.autograd.backward, [result], [cut.grad])
        _, seconds["update", "forward"] = timed(self._update)
        names = dict.fromkeys(name for name, _ in seconds)
        return {name: (seconds[name, "forward"], seconds.get((name, "backward"), 0.0)) for name in names}

    def convolution_flops(self) -> dict[str, float]:
        """Floating-point operations of the convolutions in one forward pass of the batch, by stage."""
        flops = dict.fromkeys(("transform", "backbone"), 0.0)
        hooks = []
        for name in flops:

            def count(layer, _given, result, name=name):
                flops[name] += 2 * float(np.prod(layer.weight.shape[1:])) * float(np.prod(result.shape))

            layers = getattr(self.model, name).sublayers()
            convolutions = (layer for layer in layers if isinstance(layer, paddle.nn.Conv2D))
            hooks += [layer.register_forward_post_hook(count) for layer in convolutions]
        with paddle.no_grad():
            self.model(*self._batch)
        for hook in hooks:
            hook.remove()
        return flops

    def _update(self) -> None:
        self._optimizer.step()
        self._optimizer.clear_grad()


def random_labels(config: Config, count: int, rng: np.random.Generator) -> np.ndarray:
    """Labels of random words of 3 to 12 characters, as the training encodes them, ids [count, L]."""
    charset = build_charset(config)
    encode = AttnLabelEncode(charset=charset, max_text_length=config["Global"]["max_text_length"])
    words = ["".join(rng.choice(list(charset.characters), rng.integers(3, 13))) for _ in range(count)]
    return np.stack([encode({"label": word})["label"] for word in words])


def timed(work: Callable, *arguments):
    """Returns what ``work`` gives, and the seconds that it took; on a GPU its kernels have ended by then."""
    start = time.perf_counter()
    result = work(*arguments)
    if paddle.get_device() != "cpu":
        paddle.device.synchronize()
    return result, time.perf_counter() - start


def in_turns(steps: dict[str, TrainStep], rounds: int) -> dict[str, float]:
    """The median of each step's seconds; they take turns, so that what else the machine does hits all alike."""
    for step in steps.values():
        for _ in range(WARM_UP):
            step.run()
    taken = {name: [] for name in steps}
    for _ in range(rounds):
        for name, step in steps.items():
            taken[name].append(step.run())
    return {name: median(seconds) for name, seconds in taken.items()}


def profile(step: TrainStep, rounds: int) -> dict[str, tuple[float, float]]:
    """The medians of the seconds that ``run_stages`` gives."""
    for _ in range(WARM_UP):
        step.run()
    taken = [step.run_stages() for _ in range(rounds)]
    return {name: tuple(median(each[name][way] for each in taken) for way in (0, 1)) for name in taken[0]}
