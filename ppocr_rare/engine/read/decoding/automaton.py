"""What a search may read, as a table: from each state, which state follows each class."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ppocr_rare.data.charset import Charset
from ppocr_rare.errors import ConfigError

MAX_BYTES = 512 << 20


@dataclass(frozen=True)
class Automaton:
    """A deterministic automaton over the classes of a model; made by the functions below, its arrays are read-only.

    Args:
        transitions: the state that follows, int32 [S, V]; -1: the class is not allowed. The column of eos is -1, that
            of sos the state itself.
        is_final: whether a text may end here, bool [S].
        distance: fewest characters from here to a final state, int32 [S]; -1: none leads to one. No transition leads
            to such a state.
        start: the state before the first character.
    """

    transitions: np.ndarray
    is_final: np.ndarray
    distance: np.ndarray
    start: int = 0

    def __post_init__(self) -> None:
        for array in (self.transitions, self.is_final, self.distance):
            array.flags.writeable = False


def build_automaton(
    edges: tuple[np.ndarray, np.ndarray, np.ndarray], is_final: np.ndarray, charset: Charset
) -> Automaton:
    """The automaton of these transitions; it starts in state 0, and stays where it is with sos, which is no character.

    Args:
        edges: states, classes and the states that follow, integers [E] each.
        is_final: bool [S].
        charset: of the model.

    Raises:
        ConfigError: the table would be larger than ``MAX_BYTES``.
    """
    check_size(len(is_final), len(charset))
    sources, classes, targets = edges
    distance = _distances(sources, targets, is_final)
    is_way = distance[targets] >= 0
    transitions = np.full((len(is_final), len(charset)), -1, np.int32)
    transitions[sources[is_way], classes[is_way]] = targets[is_way]
    transitions[:, charset.sos_id] = np.arange(len(is_final))
    return Automaton(transitions, is_final, distance)


def join_automata(automata: Sequence[Automaton]) -> tuple[Automaton, np.ndarray]:
    """Several automata of one model as one table, and the state in which each starts, int64 [len(automata)].

    An automaton that is given more than once, as the same object, is held once.

    Raises:
        ConfigError: the table would be larger than ``MAX_BYTES``.
    """
    distinct = list({id(automaton): automaton for automaton in automata}.values())
    sizes = [len(automaton.is_final) for automaton in distinct]
    offsets = dict(zip(map(id, distinct), np.cumsum([0, *sizes[:-1]]).tolist(), strict=True))
    starts = np.array([offsets[id(automaton)] + automaton.start for automaton in automata], np.int64)
    if len(distinct) == 1:
        return distinct[0], starts
    check_size(sum(sizes), distinct[0].transitions.shape[1])
    transitions = np.concatenate([automaton.transitions for automaton in distinct])
    shift = np.repeat(np.array([offsets[id(automaton)] for automaton in distinct], np.int32), sizes)
    transitions += shift[:, None] * (transitions >= 0)
    is_final, distance = (
        np.concatenate([getattr(automaton, name) for automaton in distinct]) for name in ("is_final", "distance")
    )
    return Automaton(transitions, is_final, distance), starts


def check_size(num_states: int, num_classes: int) -> None:
    """Raises ConfigError where a table of so many states and classes would be larger than ``MAX_BYTES``."""
    num_bytes = num_states * num_classes * np.dtype(np.int32).itemsize
    if num_bytes > MAX_BYTES:
        raise ConfigError(
            f"{num_states:,} states of {num_classes:,} classes would take {num_bytes >> 20:,} MiB, more than the "
            f"{MAX_BYTES >> 20} MiB allowed: give fewer or shorter words, a simpler pattern, or fewer images at once"
        )


def _distances(sources: np.ndarray, targets: np.ndarray, is_final: np.ndarray) -> np.ndarray:
    """Breadth first, from the final states backward."""
    distance = np.where(is_final, 0, -1).astype(np.int32)
    steps = 0
    while len(sources):
        steps += 1
        is_new = (distance[targets] >= 0) & (distance[sources] < 0)
        if not is_new.any():
            break
        distance[sources[is_new]] = steps
        is_left = distance[sources] < 0
        sources, targets = sources[is_left], targets[is_left]
    return distance
