"""Checks of the model: one dry step of training, and what follows from it for memory and time."""

import math
import time
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import paddle

from ppocr_rare.builder import build_loss, build_model, build_optimizer, build_precision, keep_keys_of
from ppocr_rare.data.loader import Batch, build_loader
from ppocr_rare.engine.doctor.findings import Case, DryStep, Finding, Skipped, duration, size
from ppocr_rare.engine.train.decisions import updates_per_epoch
from ppocr_rare.engine.train.fine_tuning import freeze
from ppocr_rare.engine.train.step import NonFiniteLoss, TrainStep
from ppocr_rare.utils.platforms import num_cores

CPU_IMAGES = 2  # a GPU takes the whole batch, which shows whether it fits
MAX_STEPS, BUDGET_S = 3, 8.0  # the first step is slower than those behind it
NEARLY_ALL = 0.9  # of the memory


def check_model(case: Case) -> Iterator[Finding]:
    """The network can be built."""
    charset = case.need("charset", "without the dictionary its number of classes is not known")
    paddle.seed(case.config["Global"]["seed"])
    model = case.model = build_model(case.config)
    count = sum(_count(parameter) for parameter in model.parameters())
    yield Finding("ok", "model", f"{count / 1e6:.1f} million parameters, {len(charset)} classes")


def check_step(case: Case) -> Iterator[Finding]:
    """Forward, loss, backward and update on real images; what it does to the model is forgotten with the process."""
    if "Train" not in case.config:
        return
    case.need("model", "there is no model")
    survey = case.surveys.get("Train")
    if survey is None or not survey.usable:
        raise Skipped("there is no training sample to learn from")
    is_cpu = paddle.get_device() == "cpu"
    num_images = case.config["Train"]["loader"]["batch_size_per_card"]
    num_images = min(num_images, CPU_IMAGES) if is_cpu else num_images
    try:
        step = case.step = _run(case, survey.usable[:num_images])
    except NonFiniteLoss as error:
        yield Finding("FAULT", "dry step", f"{error}, no number to learn from; look at the weights and the labels")
        return
    message = f"loss {step.loss:.2f} over {step.num_images} images; {step.seconds:.2f} s a step"
    if not is_cpu:
        message += f"; at most {size(paddle.device.cuda.max_memory_allocated())} of GPU memory were in use"
    yield Finding("ok", "dry step", message)
    if not step.is_updated:
        yield _overflow(case.config["Global"])


def check_memory(case: Case) -> Iterator[Finding]:
    """The training fits into the memory of the device, as far as one can tell."""
    if "Train" not in case.config:
        return
    step = case.need("step", "there was no dry step")
    batch_size = case.config["Train"]["loader"]["batch_size_per_card"]
    parts = {
        "parameters": step.parameter_bytes,
        "gradients": step.gradient_bytes,
        "optimizer": step.optimizer_bytes,
        "activations": step.activation_bytes * batch_size // step.num_images,
    }
    total = sum(parts.values())
    message = f"an estimate for batches of {batch_size}: {size(total)}"
    is_tight = False
    if case.memory_bytes:
        message += f" of {size(case.memory_bytes)}"
        is_tight = total > NEARLY_ALL * case.memory_bytes
    details = [", ".join(f"{name} {size(number)}" for name, number in parts.items())]
    details.append("activations measured in the dry step; work space and loader processes come on top")
    if is_tight:
        message += "; lower Train.loader.batch_size_per_card"
    yield Finding("note" if is_tight else "ok", "memory", message, tuple(details))


def check_speed(case: Case) -> Iterator[Finding]:
    """How long the training will take."""
    if "Train" not in case.config:
        return
    step, survey = case.need("step", "there was no dry step"), case.surveys["Train"]
    epochs, num_samples = case.config["Global"]["epoch_num"], len(survey.dataset)
    workers = case.config["Train"]["loader"]["num_workers"]
    loading = survey.images_per_s * max(1, min(workers, num_cores()))
    rate = min(step.images_per_s, loading)
    message = f"{rate:.{int(rate < 10)}f} images/s: {duration(num_samples / rate)} an epoch, "
    message += f"{duration(num_samples * epochs / rate)} for {epochs} epochs, evaluation aside"
    if loading < step.images_per_s:
        message += f"; the model could take {step.images_per_s:.0f}: raise Train.loader.num_workers ({workers})"
    detail = f"measured with {step.num_images} images a step" + (" on the CPU" if paddle.get_device() == "cpu" else "")
    yield Finding("note" if loading < step.images_per_s else "ok", "speed", message, (detail,))


def _overflow(settings: Mapping) -> Finding:
    message = "the gradients do not fit into float16, and no step changed the weights"
    if settings["use_dynamic_loss_scaling"]:
        return Finding("note", "precision", f"{message}; the scale falls until they fit, from {settings['scale_loss']}")
    advice = "lower Global.scale_loss or set Global.use_dynamic_loss_scaling"
    return Finding("FAULT", "precision", f"{message}: {advice}")


class _WatchedLoss:
    """A loss that notes what is allocated when the forward pass is done."""

    def __init__(self, loss: Any):
        self.loss = loss
        self.weights, self.rank_weight = loss.weights, loss.rank_weight
        self.allocated_bytes = 0

    def __call__(self, logits: Any, batch: Mapping[str, Any]) -> paddle.Tensor:
        result = self.loss(logits, batch)
        self.allocated_bytes = _allocated_bytes()
        return result


def _run(case: Case, indices: list[int]) -> DryStep:
    """Steps as the training makes them."""
    batch = _read(case, indices)
    step = _build_step(case)
    watched = step.loss = _WatchedLoss(step.loss)
    updates: list[Any] = []
    start = time.perf_counter()
    while len(updates) < MAX_STEPS and (not updates or time.perf_counter() - start < BUDGET_S):
        step_start = time.perf_counter()
        before = _allocated_bytes()
        update = step.run([batch], len(updates))
        _wait()
        seconds = time.perf_counter() - step_start
        updates.append((update.loss, update.is_done))
        del update  # its logits, which the next step would find allocated
    parameters = step.network.parameters()
    return DryStep(
        num_images=len(indices),
        loss=updates[0][0],
        seconds=seconds,
        parameter_bytes=sum(_num_bytes(tensor) for tensor in _distinct(step.network.state_dict())),
        gradient_bytes=sum(_num_bytes(parameter) for parameter in parameters if not parameter.stop_gradient),
        optimizer_bytes=sum(_num_bytes(tensor) for tensor in _tensors(step.optimizer.state_dict())),
        activation_bytes=watched.allocated_bytes - before,
        is_updated=any(is_done for _, is_done in updates),
    )


def _read(case: Case, indices: list[int]) -> Batch:
    keys, dataset = keep_keys_of(case.config, "Train"), case.surveys["Train"].dataset
    loader = build_loader(dataset, keep_keys=keys, batch_size=len(indices), num_workers=0, batch_sampler=[indices])
    return next(iter(loader))


def _build_step(case: Case) -> TrainStep:
    config, model, settings = case.config, case.model, case.config["Global"]
    num_batches = math.ceil(len(case.surveys["Train"].dataset) / config["Train"]["loader"]["batch_size_per_card"])
    steps_per_epoch = updates_per_epoch(num_batches, settings["accumulate_steps"])
    freeze(model, settings["freeze"] or ())
    optimizer, schedule = build_optimizer(config, model, steps_per_epoch=steps_per_epoch, epochs=settings["epoch_num"])
    precision = build_precision(config)
    model, optimizer = precision.prepare(model, optimizer)
    model.train()
    loss, keys = build_loss(config), keep_keys_of(config, "Train")
    return TrainStep(model, loss, optimizer, schedule, precision, keys, settings["seed"])


def _allocated_bytes() -> int:
    """What Paddle's tensors take on the device now."""
    if paddle.get_device() == "cpu":
        return paddle.base.core.host_memory_stat_current_value("Allocated", 0)
    return paddle.device.cuda.memory_allocated()


def _wait() -> None:
    """Until the device has done what it was given."""
    if paddle.get_device() != "cpu":
        paddle.device.cuda.synchronize()


def _tensors(state: Mapping) -> Iterator[paddle.Tensor]:
    """Those of an optimizer's state, which holds float32 copies of weights as a state within it."""
    for value in state.values():
        if isinstance(value, paddle.Tensor):
            yield value
        elif isinstance(value, Mapping):
            yield from _tensors(value)


def _distinct(state: dict) -> list:
    """Paddle lists each weight of an LSTM under two names."""
    return list({id(tensor): tensor for tensor in state.values()}.values())


def _count(tensor: paddle.Tensor) -> int:
    return int(np.prod(tensor.shape))


def _num_bytes(tensor: paddle.Tensor) -> int:
    return _count(tensor) * tensor.element_size()
