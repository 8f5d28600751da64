"""What must hold between the sections of a configuration. Each rule yields (YAML path, message) faults.

A rule sees what was found sound: values that are there have their type, but any of them may be missing, and a component
whose name is not known is empty. Rules on sizes are in ``size_rules``, those on drawn words in ``drawn_rules``.
"""

import os
from collections.abc import Callable
from typing import get_args

from ppocr_rare.config.draft import Draft, Faults
from ppocr_rare.config.drawn_rules import (
    rectifier_is_taught_before_all_else,
    teachers_are_there,
    what_was_drawn_stands_where_it_was_drawn,
)
from ppocr_rare.config.size_rules import (
    features_are_one_high,
    fiducials_fill_two_rows,
    hidden_sizes_are_usable,
    image_shapes_are_usable,
    text_length_has_room,
)
from ppocr_rare.config.tables import Stage
from ppocr_rare.errors import ConfigError
from ppocr_rare.registry import LOSSES, REGULARIZERS, SCHEDULES
from ppocr_rare.schema import REQUIRED
from ppocr_rare.utils.shipped import find_dictionary

# What a head is read by and learns from: decoder of its output, encoder of its labels, loss without and with a column
# classifier.
PARTNERS = {"AttentionHead": ("AttnLabelDecode", "AttnLabelEncode", "AttentionLoss", "ColumnAttentionLoss")}
STEPS_TRIED = 1000  # batches in an epoch; how many there are is known when the data set is opened


def dictionaries_are_files(draft: Draft) -> Faults:
    """The dictionaries are there before anything is built."""
    for key in ("Global.character_dict_path", "Global.pretrained_character_dict_path"):
        path = draft.get(key)
        if path is not None and not os.path.isfile(find_dictionary(path)):
            kind = "a directory, not a file" if os.path.isdir(path) else "not an ordinary file"
            yield key, f"{path} is {kind}" if os.path.exists(path) else f"{path} does not exist"


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


def evaluation_steps_are_usable(draft: Draft) -> Faults:
    """``eval_batch_step`` is n, or [start, n]."""
    value = draft.get("Global.eval_batch_step")
    if value is None:
        return
    pair = value if isinstance(value, (list, tuple)) else (0, value)
    if len(pair) != 2 or pair[0] < 0 or pair[1] < 1:
        yield "Global.eval_batch_step", f"expected n or [start, n] with start >= 0 and n >= 1, got {value}"


def weights_are_averaged_over_the_past(draft: Draft) -> Faults:
    """``ema_decay`` leaves something to learn."""
    decay = draft.get("Global.ema_decay")
    if decay is not None and decay >= 1:
        yield "Global.ema_decay", f"expected at least 0 and below 1, got {decay}"


def optimizer_keys_agree(draft: Draft) -> Faults:
    """Gradients are clipped in one way; AdamW has L2 or nothing."""
    if all(draft.get(f"Optimizer.{key}") is not None for key in ("clip_norm", "clip_norm_global")):
        yield "Optimizer.clip_norm_global", "excludes clip_norm; one of the two must go"
    if draft.get("Optimizer.name") == "AdamW" and draft.get("Optimizer.regularizer.name") == "L1":
        yield "Optimizer.regularizer.name", "AdamW decays weights by L2 alone, got L1"


def schedule_regularizer_and_loss_can_be_made(draft: Draft) -> Faults:
    """Their own constructors find nothing wrong with the values."""
    runtime = {"steps_per_epoch": STEPS_TRIED, "epochs": draft.get("Global.epoch_num") or 1, "eos_id": 1}
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
    """Loss, decoder and label encoder are those that the head, and the column classifier, are made for."""
    head = draft.get("Architecture.Head.name")
    if head not in PARTNERS:
        return
    decoder, encoder, *losses = PARTNERS[head]
    has_classifier = bool(draft.get("Architecture.column_classifier"))
    for path, partner in (("Loss.name", losses[has_classifier]), ("PostProcess.name", decoder)):
        name = draft.get(path)
        if name not in (None, partner):
            how = f" with{'' if has_classifier else 'out'} column_classifier" if name in losses else ""
            yield path, f"{head}{how} needs {partner}, got {name}"
    for section in ("Train", "Eval"):
        encoders = [name for _, name, _ in draft.operators(section) if name.endswith("LabelEncode")]
        if draft.operators(section) and encoders != [encoder]:
            found = f"found {', '.join(encoders)}" if encoders else "found none"
            yield f"{section}.dataset.transforms", f"{head} needs {encoder} as the one encoder of labels; {found}"


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


def evaluation_sees_images_as_they_are(draft: Draft) -> Faults:
    """What is measured and read is not augmented."""
    for index, name, _ in draft.operators("Eval"):
        if name in ("RecAug", "RecConAug"):
            yield f"Eval.dataset.transforms.{index}.{name}", "must go: it changes images at random, for training alone"


def words_are_joined_as_texts(draft: Draft) -> Faults:
    """RecConAug takes pixels of any size and a label that is still text."""
    operators = draft.operators("Train")
    for index, name, _ in operators:
        if name == "RecConAug":
            before = [other for place, other, _ in operators if place < index]
            late = [other for other in before if other == "RecResizeImg" or other.endswith("LabelEncode")]
            if late or "DecodeImage" not in before:
                place = f"before {late[0]}" if late else "behind DecodeImage"
                yield f"Train.dataset.transforms.{index}.RecConAug", f"must stand {place}"


def batches_hold_what_is_needed(draft: Draft) -> Faults:
    """Batches hold what the loss and the evaluation take from them."""
    in_training: tuple[str, ...] = ("image", "label", "length")
    by_place = in_training[:2]  # what AttentionLoss takes from a batch by its place
    if draft.get("Loss.name") == "ColumnAttentionLoss":
        by_place = in_training = (*in_training, "columns")
    if draft.get("Loss.fiducial_weight"):
        by_place = in_training = (*in_training, "fiducials")
    for section, needed in (("Train", in_training), ("Eval", ("image",))):
        operators = draft.operators(section)
        kept = [(index, args) for index, name, args in operators if name == "KeepKeys"]
        for index, args in kept:
            path, kept_keys = f"{section}.dataset.transforms.{index}.KeepKeys.keep_keys", args.get("keep_keys", needed)
            missing = [key for key in needed if key not in kept_keys]
            if missing:
                yield path, f"lacks {', '.join(missing)}"
            elif section == "Train" and tuple(kept_keys[: len(by_place)]) != by_place:
                yield path, f"must begin with {', '.join(by_place)}, in this order, by which the loss takes them"
        if operators and not kept:
            yield f"{section}.dataset.transforms", "needs KeepKeys, which says what a batch holds"


RULES: tuple[Callable[[Draft], Faults], ...] = (
    dictionaries_are_files,
    frozen_stages_leave_others_to_train,
    text_length_has_room,
    evaluation_steps_are_usable,
    weights_are_averaged_over_the_past,
    optimizer_keys_agree,
    schedule_regularizer_and_loss_can_be_made,
    head_has_its_partners,
    hidden_sizes_are_usable,
    fiducials_fill_two_rows,
    image_shapes_are_usable,
    images_are_decoded_then_resized,
    features_are_one_high,
    evaluation_sees_images_as_they_are,
    words_are_joined_as_texts,
    teachers_are_there,
    what_was_drawn_stands_where_it_was_drawn,
    rectifier_is_taught_before_all_else,
    batches_hold_what_is_needed,
)
