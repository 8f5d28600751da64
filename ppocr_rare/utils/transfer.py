"""Weights for another dictionary: what a head has learnt of the characters that both dictionaries have."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ppocr_rare.utils.save_load import widen_bfloat16

# Entries with a part for each class: the last V numbers along the last axis.
CLASS_ENTRIES = ("head.generator.weight", "head.generator.bias", "head.attention_cell.rnn.weight_ih")
MAX_CHARACTERS_SHOWN = 20

State = dict[str, np.ndarray]


@dataclass(frozen=True)
class ClassTransfer:
    """What became of the classes.

    Args:
        num_classes: V of the model, sos and eos included.
        num_kept: those of them that have what was learnt, sos and eos included.
        new: characters that start afresh.
        gone: characters that the model has no class for.
    """

    num_classes: int
    num_kept: int
    new: tuple[str, ...]
    gone: tuple[str, ...]

    def __str__(self) -> str:
        lists = (("new", self.new), ("gone", self.gone))
        notes = [f"; {name}: {_show(characters)}" for name, characters in lists if characters]
        return f"{self.num_kept} of {self.num_classes} classes kept{''.join(notes)}"


def transfer_classes(
    state: Mapping[str, np.ndarray], old: Sequence[str], new: Sequence[str], model_state: Mapping[str, np.ndarray]
) -> tuple[State, ClassTransfer | None]:
    """Makes a state dict for a dictionary of one for another: each character, sos and eos take their numbers along.

    Args:
        state: what was trained with the characters ``old``; left as it is.
        old: its characters in the order of their classes, without sos and eos.
        new: the model's characters, likewise.
        model_state: ``CLASS_ENTRIES`` of the fresh model, which characters that are new keep.

    Returns:
        The state dict with ``CLASS_ENTRIES`` of the model's shapes, and what became of the classes. Where the heads
        differ in more than their classes: a copy of ``state``, and None.
    """
    num_old, num_new = len(old) + 2, len(new) + 2
    old_ids = {character: class_id for class_id, character in enumerate(old, start=1)}
    sources = {class_id: old_ids[character] for class_id, character in enumerate(new, start=1) if character in old_ids}
    sources = {0: 0, **sources, num_new - 1: num_old - 1}  # class of the model -> class of the state: sos, ..., eos
    result = dict(state)
    for name in CLASS_ENTRIES:
        if name not in state or name not in model_state:
            return dict(state), None
        trained, fresh = widen_bfloat16(state[name]), model_state[name].copy()
        num_others = trained.shape[-1] - num_old  # numbers along the last axis that are no class's
        shape = (*trained.shape[:-1], num_others + num_new)
        if num_others < 0 or fresh.shape != shape or {trained.dtype.kind, fresh.dtype.kind} != {"f"}:
            return dict(state), None
        fresh[..., :num_others] = trained[..., :num_others]
        for to_class, from_class in sources.items():
            fresh[..., num_others + to_class] = trained[..., num_others + from_class]
        result[name] = fresh
    report = ClassTransfer(
        num_classes=num_new,
        num_kept=len(sources),
        new=tuple(character for character in new if character not in old_ids),
        gone=tuple(character for character in old if character not in set(new)),
    )
    return result, report


def _show(characters: Sequence[str]) -> str:
    more = len(characters) - MAX_CHARACTERS_SHOWN
    return ", ".join(map(repr, characters[:MAX_CHARACTERS_SHOWN])) + (f" and {more} more" if more > 0 else "")
