"""Checks of the model: one dry step of training, and what follows from it for memory and time."""

import math
import time
from collections.abc import Iterator

import numpy as np
import paddle

from ppocr_rare.builder import build_loss, build_model, build_optimizer, keep_keys_of
from ppocr_rare.data.loader import build_loader
from ppocr_rare.engine.doctor.findings import Case, DryStep, Finding, Skipped, duration, size
from ppocr_rare.engine.doctor.machine import num_cores
from ppocr_rare.engine.fine_tuning import freeze

CPU_IMAGES = 4  # a GPU takes the whole batch, which shows whether it fits
MAX_STEPS, BUDGET_S = 3, 8.0  # the first step is slower than those behind it
NEARLY_ALL = 0.9  # of the memory


def check_model(case: Case) -> Iterator[Finding]:
    """The network can be built."""
    case.need("charset", "without the dictionary its number of classes is not known")
    paddle.seed(case.config["Global"]["seed"])
    model = case.model = build_model(case.config)
    count = sum(_count(parameter) for parameter in model.parameters())
    yield Finding("ok", "model", f"{count / 1e6:.1f} million parameters, {len(case.charset)} classes")


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
    step = case.step = _run(case, survey.usable[:num_images])
    message = f"loss {step.loss:.2f} over {step.num_images} images; {step.seconds:.2f} s a step"
    if not is_cpu:
        message += f"; at most {size(paddle.device.cuda.max_memory_allocated())} of GPU memory were in use"
    if math.isfinite(step.loss):
        yield Finding("ok", "dry step", message)
    else:
        yield Finding("FAULT", "dry step", f"{message}: not a number to learn from; look at the weights and the labels")


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
    if case.memory_bytes:
        message += f" of {size(case.memory_bytes)}"
    details = [", ".join(f"{name} {size(number)}" for name, number in parts.items())]
    details.append("activations measured in the dry step, float32; work space and loader processes come on top")
    is_tight = bool(case.memory_bytes) and total > NEARLY_ALL * case.memory_bytes
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


def _run(case: Case, indices: list[int]) -> DryStep:
    config, model = case.config, case.model
    keys, dataset = keep_keys_of(config, "Train"), case.surveys["Train"].dataset
    batches = build_loader(dataset, keep_keys=keys, batch_size=len(indices), num_workers=0, batch_sampler=[indices])
    batch = next(iter(batches))
    steps_per_epoch = math.ceil(len(dataset) / config["Train"]["loader"]["batch_size_per_card"])
    epochs = config["Global"]["epoch_num"]
    freeze(model, config["Global"]["freeze"] or ())
    optimizer, _ = build_optimizer(config, model, steps_per_epoch=steps_per_epoch, epochs=epochs)
    loss_layer = build_loss(config)
    model.train()
    losses, start = [], time.perf_counter()
    while len(losses) < MAX_STEPS and (not losses or time.perf_counter() - start < BUDGET_S):
        step_start = time.perf_counter()
        before = _allocated_bytes()
        loss = loss_layer(model(batch["image"], batch["label"]), [batch[key] for key in keys])["loss"]
        kept = _allocated_bytes() - before
        loss.backward()
        optimizer.step()
        optimizer.clear_grad()
        losses.append(float(loss))  # waits for the device
        seconds = time.perf_counter() - step_start
    return DryStep(
        num_images=len(indices),
        loss=losses[0],
        seconds=seconds,
        parameter_bytes=sum(_num_bytes(tensor) for tensor in _distinct(model.state_dict())),
        gradient_bytes=sum(_num_bytes(p) for p in model.parameters() if not p.stop_gradient),
        optimizer_bytes=sum(_num_bytes(value) for value in optimizer.state_dict().values() if _is_tensor(value)),
        activation_bytes=kept,
    )


def _allocated_bytes() -> int:
    """What Paddle's tensors take on the device now."""
    if paddle.get_device() == "cpu":
        return paddle.base.core.host_memory_stat_current_value("Allocated", 0)
    return paddle.device.cuda.memory_allocated()


def _is_tensor(value) -> bool:
    return isinstance(value, paddle.Tensor)


def _distinct(state: dict) -> list:
    """Paddle lists each weight of an LSTM under two names."""
    return list({id(tensor): tensor for tensor in state.values()}.values())


def _count(tensor) -> int:
    return int(np.prod(tensor.shape))


def _num_bytes(tensor) -> int:
    return _count(tensor) * tensor.element_size()
