"""What must hold between the sections of a configuration. Each rule yields (YAML path, message) faults.

A rule sees what was found sound: values that are there have their type, but any of them may be missing, and a component
whose name is not known is empty.
"""

import os
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any, get_args

from ppocr_rare.config.tables import Stage
from ppocr_rare.errors import ConfigError, RareError
from ppocr_rare.registry import BACKBONES, LOSSES, REGULARIZERS, SCHEDULES
from ppocr_rare.schema import REQUIRED

Faults = Iterator[tuple[str, str]]

# What a head learns from and is read by: (loss, decoder of its output, encoder of its labels).
PARTNERS = {"AttentionHead": ("AttentionLoss", "AttnLabelDecode", "AttnLabelEncode")}
MIN_FIDUCIALS = 6
MIN_TEXT_LENGTH = 3
HEIGHTS_TRIED = range(8, 257)
STEPS_TRIED = 1000  # batches in an epoch; how many there are is known when the data set is opened


class Draft:
    """A checked configuration that may still have faults.

    Args:
        data: values that were found sound.
        faults: (YAML path, message) of what was not.
    """

    def __init__(self, data: dict, faults: list[tuple[str, str]]):
        self._data = data
        self._paths = [path for path, _ in faults]

    def get(self, path: str) -> Any:
        """Returns what stands at a path of names, or None."""
        value: Any = self._data
        for name in path.split("."):
            value = value.get(name) if isinstance(value, dict) else None
        return value

    def is_sound(self, path: str) -> bool:
        """Says whether nothing at a path or below it was found faulty."""
        return not any(f"{faulty}.".startswith(f"{path}.") for faulty in self._paths)

    def operators(self, section: str) -> list[tuple[int, str, dict]]:
        """Returns index, name and arguments of each operator of Train or Eval; none where one of them is unknown."""
        operators = self.get(f"{section}.dataset.transforms") or []
        if not all(operators):
            return []
        return [(index, name, args or {}) for index, entry in enumerate(operators) for name, args in entry.items()]

    def image_shapes(self) -> list[tuple[str, list[int]]]:
        """Returns path and value of each RecResizeImg.image_shape, those of Train first."""
        return [
            (f"{section}.dataset.transforms.{index}.RecResizeImg.image_shape", args["image_shape"])
            for section in ("Train", "Eval")
            for index, name, args in self.operators(section)
            if name == "RecResizeImg" and "image_shape" in args
        ]


def dictionaries_are_files(draft: Draft) -> Faults:
    """The dictionaries are there before anything is built."""
    for key in ("Global.character_dict_path", "Global.pretrained_character_dict_path"):
        path = draft.get(key)
        if path is not None and not os.path.isfile(path):
            problem = "is a directory, not a file" if os.path.isdir(path) else "does not exist"
            yield key, f"{path} {problem}"


def frozen_stages_leave_others_to_train(draft: Draft) -> Faults:
    """The stages that are frozen are there, and those that are not can be trained."""
    frozen = draft.get("Global.freeze")
    architecture = draft.get("Architecture")
    if not frozen or not architecture:
        return
    stages = [stage for stage in get_args(Stage) if architecture.get(stage.capitalize(), {}) is not None]
    absent = [stage for stage in frozen if stage not in stages]
    if absent:
        yield "Global.freeze", f"names {', '.join(absent)}, which Architecture has not"
    if set(stages) <= set(frozen):
        yield "Global.freeze", "names every stage; nothing is left to train"
    below = [stage for stage in stages[: stages.index("neck")] if stage not in frozen] if "neck" in frozen else []
    if below:  # Paddle computes no gradient through an LSTM whose weights need none
        yield "Global.freeze", f"names neck, so it must name {' and '.join(below)}, too"


def text_length_has_room(draft: Draft) -> Faults:
    """At least one character fits between start and end."""
    length = draft.get("Global.max_text_length")
    if length is not None and length < MIN_TEXT_LENGTH:
        yield (
            "Global.max_text_length",
            f"must be at least {MIN_TEXT_LENGTH}, got {length}: start, one character and end take a step each",
        )


def evaluation_steps_are_usable(draft: Draft) -> Faults:
    """``eval_batch_step`` is n, or [start, n]."""
    value = draft.get("Global.eval_batch_step")
    if value is None:
        return
    pair = value if isinstance(value, (list, tuple)) else (0, value)
    if len(pair) != 2 or pair[0] < 0 or pair[1] < 1:
        yield "Global.eval_batch_step", f"expected n or [start, n] with start >= 0 and n >= 1, got {value}"


def optimizer_keys_agree(draft: Draft) -> Faults:
    """Gradients are clipped in one way; AdamW has L2 or nothing."""
    if all(draft.get(f"Optimizer.{key}") is not None for key in ("clip_norm", "clip_norm_global")):
        yield "Optimizer.clip_norm_global", "excludes clip_norm; one of the two must go"
    if draft.get("Optimizer.name") == "AdamW" and draft.get("Optimizer.regularizer.name") == "L1":
        yield "Optimizer.regularizer.name", "AdamW decays weights by L2 alone, got L1"


def schedule_regularizer_and_loss_can_be_made(draft: Draft) -> Faults:
    """Their own constructors find nothing wrong with the values."""
    runtime = {"steps_per_epoch": STEPS_TRIED, "epochs": draft.get("Global.epoch_num") or 1}
    parts = {"Optimizer.lr": SCHEDULES, "Optimizer.regularizer": REGULARIZERS, "Loss": LOSSES}
    for path, registry in parts.items():
        args = dict(draft.get(path) or {})
        if "name" not in args or not draft.is_sound(path):
            continue
        name = args.pop("name")
        schema = registry.schema(name)
        if all(required in args for required, key in schema.keys.items() if key.default is REQUIRED):
            try:
                registry.get(name)(**args, **{key: runtime[key] for key in schema.runtime})
            except ConfigError as error:
                yield path, str(error)


def head_has_its_partners(draft: Draft) -> Faults:
    """Loss, decoder and label encoder are those that the head is made for."""
    head = draft.get("Architecture.Head.name")
    if head not in PARTNERS:
        return
    loss, decoder, encoder = PARTNERS[head]
    for path, partner in (("Loss.name", loss), ("PostProcess.name", decoder)):
        name = draft.get(path)
        if name not in (None, partner):
            yield path, f"{head} needs {partner}, got {name}"
    for section in ("Train", "Eval"):
        encoders = [name for _, name, _ in draft.operators(section) if name.endswith("LabelEncode")]
        if draft.operators(section) and encoders != [encoder]:
            found = f"found {', '.join(encoders)}" if encoders else "found none"
            yield f"{section}.dataset.transforms", f"{head} needs {encoder} as the one encoder of labels; {found}"


def fiducials_fill_two_rows(draft: Draft) -> Faults:
    """The fiducial points fill an upper and a lower row."""
    count = draft.get("Architecture.Transform.num_fiducial")
    if count is not None and (count < MIN_FIDUCIALS or count % 2):
        yield (
            "Architecture.Transform.num_fiducial",
            f"must be even and at least {MIN_FIDUCIALS}, got {count}: half of the points lie on either edge",
        )


def image_shapes_agree(draft: Draft) -> Faults:
    """All images have one shape, with three channels."""
    shapes = draft.image_shapes()
    for path, shape in shapes:
        if len(shape) != 3 or shape[0] != 3 or min(shape) < 1:
            yield path, f"expected [3, height, width], got {list(shape)}"
    for path, shape in shapes[1:]:
        first_path, first = shapes[0]
        if list(shape) != list(first):
            yield path, f"{list(shape)} differs from {list(first)} at {first_path}"


def images_are_decoded_then_resized(draft: Draft) -> Faults:
    """Images are decoded to [H, W, 3] and then brought to one shape."""
    needed = ("DecodeImage", "RecResizeImg")
    for section in ("Train", "Eval"):
        operators = draft.operators(section)
        path = f"{section}.dataset.transforms"
        order = [name for _, name, _ in operators if name in needed]
        if operators and tuple(order) != needed:
            yield path, f"needs {' and then '.join(needed)}, once each; found {', '.join(order) or 'neither'}"
        for index, name, args in operators:
            if name == "DecodeImage" and args.get("channel_first"):
                yield (
                    f"{path}.{index}.DecodeImage.channel_first",
                    "must be False: RecResizeImg takes [height, width, 3]",
                )


def features_are_one_high(draft: Draft) -> Faults:
    """The backbone makes one row of the images' height, as the neck needs."""
    backbone = draft.get("Architecture.Backbone")
    shapes = [shape for _, shape in draft.image_shapes() if len(shape) == 3 and min(shape) > 0]
    if not backbone or not shapes or not draft.is_sound("Architecture.Backbone"):
        return
    args = dict(backbone)
    output_height = getattr(BACKBONES.get(args.pop("name")), "output_height", None)
    if output_height is None:
        return
    height = shapes[0][1]
    try:
        result = output_height(height, **args)
        fitting = [h for h in HEIGHTS_TRIED if output_height(h, **args) == 1]
    except (ArithmeticError, ValueError, RareError) as error:
        yield "Architecture.Backbone", f"these arguments cannot be used ({error})"
        return
    if result != 1:
        yield (
            "Architecture.Backbone",
            f"images {height} high become features {result} high, not 1; heights that work: {_ranges(fitting)}",
        )


def batches_hold_what_is_needed(draft: Draft) -> Faults:
    """Batches hold what the loss and the evaluation take from them."""
    for section, needed in (("Train", ("image", "label", "length")), ("Eval", ("image",))):
        operators = draft.operators(section)
        kept = [(index, args) for index, name, args in operators if name == "KeepKeys"]
        for index, args in kept:
            missing = [key for key in needed if key not in args.get("keep_keys", needed)]
            if missing:
                yield f"{section}.dataset.transforms.{index}.KeepKeys.keep_keys", f"lacks {', '.join(missing)}"
        if operators and not kept:
            yield f"{section}.dataset.transforms", "needs KeepKeys, which says what a batch holds"


RULES: tuple[Callable[[Draft], Faults], ...] = (
    dictionaries_are_files,
    frozen_stages_leave_others_to_train,
    text_length_has_room,
    evaluation_steps_are_usable,
    optimizer_keys_agree,
    schedule_regularizer_and_loss_can_be_made,
    head_has_its_partners,
    fiducials_fill_two_rows,
    image_shapes_agree,
    images_are_decoded_then_resized,
    features_are_one_high,
    batches_hold_what_is_needed,
)


def _ranges(numbers: list[int]) -> str:
    """Returns ascending whole numbers as text: ``"17 to 32, 40"``."""
    runs = []
    for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        first, *rest = [number for _, number in run]
        runs.append(f"{first} to {rest[-1]}" if rest else str(first))
    return ", ".join(runs) or f"none from {HEIGHTS_TRIED.start} to {HEIGHTS_TRIED.stop - 1}"
