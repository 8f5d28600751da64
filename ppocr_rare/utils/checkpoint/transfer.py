"""Weights for another dictionary: what a head has learnt of the characters that both dictionaries have."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ppocr_rare.utils.checkpoint.save_load import widen_bfloat16

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
        borrowed: (new character, character whose numbers it starts with).
    """

    num_classes: int
    num_kept: int
    new: tuple[str, ...]
    gone: tuple[str, ...]
    borrowed: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        alike = [f"{character} from {other}" for character, other in self.borrowed]
        lists = (("new", self.new), ("starting as one alike", alike), ("gone", self.gone))
        notes = [f"; {name}: {_show(characters)}" for name, characters in lists if characters]
        return f"{self.num_kept} of {self.num_classes} classes kept{''.join(notes)}"


def transfer_classes(
    state: Mapping[str, np.ndarray],
    old: Sequence[str],
    new: Sequence[str],
    model_state: Mapping[str, np.ndarray],
    borrows: bool = False,
) -> tuple[State, ClassTransfer | None]:
    """Makes a state dict for a dictionary of one for another: each character, sos and eos take their numbers along.

    Args:
        state: what was trained with the characters ``old``; left as it is.
        old: its characters in the order of their classes, without sos and eos.
        new: the model's characters, likewise.
        model_state: ``CLASS_ENTRIES`` of the fresh model, which characters that are new keep.
        borrows: a new capital starts with the numbers of its small letter, and an accented one with its base letter's.

    Returns:
        The state dict with ``CLASS_ENTRIES`` of the model's shapes, and what became of the classes. Where the heads
        differ in more than their classes: a copy of ``state``, and None.
    """
    num_old, num_new = len(old) + 2, len(new) + 2
    old_ids = {character: class_id for class_id, character in enumerate(old, start=1)}
    sources = {class_id: old_ids[character] for class_id, character in enumerate(new, start=1) if character in old_ids}
    num_kept = len(sources) + 2
    borrowed = {c: other for c in new if borrows and c not in old_ids and (other := _alike(c, old_ids))}
    sources |= {class_id: old_ids[borrowed[c]] for class_id, c in enumerate(new, start=1) if c in borrowed}
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
        num_kept=num_kept,
        new=tuple(character for character in new if character not in old_ids and character not in borrowed),
        gone=tuple(character for character in old if character not in set(new)),
        borrowed=tuple(borrowed.items()),
    )
    return result, report


def _alike(character: str, known: Mapping[str, int]) -> str | None:
    """The known character that a new one looks most like: without its accents, as a small letter, or both."""
    base = unicodedata.normalize("NFD", character)[0]
    for other in (base, character.lower(), base.lower()):
        if other in known:
            return other
    return None


def _show(characters: Sequence[str]) -> str:
    more = len(characters) - MAX_CHARACTERS_SHOWN
    return ", ".join(map(repr, characters[:MAX_CHARACTERS_SHOWN])) + (f" and {more} more" if more > 0 else "")
