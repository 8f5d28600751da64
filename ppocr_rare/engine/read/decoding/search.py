"""Beam search with the decoder's step, for all images and hypotheses of a batch at once."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from ppocr_rare.engine.read.backends import Step
from ppocr_rare.engine.read.decoding.automaton import Automaton
from ppocr_rare.errors import DataError

# What a probability of 0 counts as: an image must not lose its last way through a lexicon to an underflow.
_SMALLEST = float(np.finfo(np.float32).tiny)


@dataclass(frozen=True)
class Path:
    """One way of an image through the decoder, n steps, its eos left out.

    Args:
        ids: class of each step, int64 [n].
        log_probability: sum of the natural logarithms, of an eos too.
        probabilities: of each step, float32 [n, V].
        attention: of each step, float32 [n, T].
    """

    ids: np.ndarray
    log_probability: float
    probabilities: np.ndarray
    attention: np.ndarray


@dataclass(frozen=True)
class _Rows:
    """The hypotheses that the network goes on with, R in the order of their images.

    Args:
        image: index into the images of the search that have not ended, [R].
        slot: place in the beam, [R].
        parent: row of the step before, [R].
        token: class that the parent went on with, [R].
        state: of the automaton, [R].
        score: sum of the logarithms, float64 [R].
    """

    image: np.ndarray
    slot: np.ndarray
    parent: np.ndarray
    token: np.ndarray
    state: np.ndarray
    score: np.ndarray


@dataclass
class _Record:
    """What the steps gave, from which paths are read back; and which hypotheses ended: a list item a step."""

    rows: list[_Rows] = field(default_factory=list)
    probabilities: list[np.ndarray] = field(default_factory=list)  # [R, V] each
    attention: list[np.ndarray] = field(default_factory=list)  # [R, T] each
    ended: list[tuple[np.ndarray, ...]] = field(default_factory=list)  # image, row, class, score

    def path(self, level: int, row: int, class_id: int, score: float, eos_id: int) -> Path:
        """The way to a class that a row of a step went on with."""
        ids, places = [class_id], [row]
        for rows in reversed(self.rows[1 : level + 1]):
            ids.append(int(rows.token[places[-1]]))
            places.append(int(rows.parent[places[-1]]))
        ids.reverse()
        places.reverse()
        num_characters = len(ids) - (ids[-1] == eos_id)
        probabilities, attention = (
            np.array([step[place] for step, place in zip(steps, places[:num_characters], strict=False)])
            .reshape(num_characters, steps[0].shape[1])
            .astype(np.float32, copy=False)
            for steps in (self.probabilities, self.attention)
        )
        return Path(np.array(ids[:num_characters], np.int64), score, probabilities, attention)


class BeamSearch:
    """Looks for the likeliest paths.

    The beam is a row of slots. At each step a slot takes the likeliest continuation of the hypotheses in its own slot
    and those before it that no slot before it has taken. So the first w slots go the same ways however wide the beam
    is, and a wider one never finds less; the first slot is greedy search. It costs one run of the network a step, as a
    plain beam does, and, beside that, the choice is made slot after slot rather than at once. A hypothesis that is no
    likelier than the ``top_k``-th path found is dropped, since going on makes none likelier.

    Sos is no character. A hypothesis says it where it is the likeliest class, and then nothing else, so that each text
    is found on one way: a decoder that was trained on PaddleOCR's labels says it before the first character.

    Args:
        automaton: what may be read; eos, the last class, is allowed in its final states.
        sos_id: the first token.
        max_text_length: L.
        beam_width: slots.
        top_k: how many paths of an image are wanted.

    Source: Lemons, Linares López, Holte, Ruml: Beam Search: Faster and Monotonic (ICAPS 2022).
    """

    def __init__(self, automaton: Automaton, sos_id: int, max_text_length: int, beam_width: int, top_k: int):
        self.automaton = automaton
        self.sos_id = sos_id
        self.max_text_length = max_text_length
        self.beam_width = beam_width
        self.top_k = top_k
        self.num_classes = automaton.transitions.shape[1]

    def __call__(self, step: Step, memory: np.ndarray, state_size: int, starts: np.ndarray) -> list[Iterator[Path]]:
        """The paths of each image, the likeliest first.

        Args:
            step: of the decoder.
            memory: of the images, [B, T, M].
            state_size: hidden.
            starts: state of the automaton that each image starts in, [B].

        Raises:
            DataError: the step gives another number of classes than the automaton has.
        """
        record = self._run(step, memory, state_size, starts)
        image, row, class_id, score = (np.concatenate(parts) for parts in zip(*record.ended, strict=True))
        level = np.repeat(np.arange(len(record.ended)), [len(ended[0]) for ended in record.ended])
        order = np.lexsort((-score, image))  # stable: of equals, what was found first
        bounds = np.searchsorted(image[order], np.arange(len(memory) + 1))
        eos_id = self.num_classes - 1
        return [
            (record.path(int(level[at]), int(row[at]), int(class_id[at]), float(score[at]), eos_id) for at in places)
            for places in np.split(order, bounds[1:-1])
        ]

    def _run(self, step: Step, memory: np.ndarray, state_size: int, starts: np.ndarray) -> _Record:
        num_images = len(memory)
        images = np.arange(num_images)  # those that have not ended
        best = np.full((num_images, self.top_k), -np.inf)  # of the paths found, the least first
        none = np.zeros(num_images, np.int64)
        rows = _Rows(images, none, none, none + self.sos_id, starts, np.zeros(num_images))
        state, held, row_images = np.zeros((num_images, state_size), np.float32), memory, images
        record = _Record()
        for level in range(self.max_text_length):
            if len(images) == 0:
                break
            if not np.array_equal(images[rows.image], row_images):
                row_images = images[rows.image]
                held = memory[row_images]
            probabilities, state, attention = step(held, state, rows.token)
            self._check(probabilities)
            record.rows.append(rows)
            record.probabilities.append(probabilities)
            record.attention.append(attention)
            parent, class_id, score = self._choose(rows, probabilities, len(images), level)
            is_end = (score > -np.inf) & ((class_id == self.num_classes - 1) | (level + 1 == self.max_text_length))
            record.ended.append((images[is_end.nonzero()[0]], parent[is_end], class_id[is_end], score[is_end]))
            best = np.sort(np.concatenate([best, np.where(is_end, score, -np.inf)], 1), 1)[:, -self.top_k :]
            goes_on = ~is_end & (score > best[:, :1])
            is_left = goes_on.any(1)
            images, best = images[is_left], best[is_left]
            parent, class_id, score, goes_on = (array[is_left] for array in (parent, class_id, score, goes_on))
            image, slot = goes_on.nonzero()
            parent, class_id, score = parent[goes_on], class_id[goes_on], score[goes_on]
            next_state = self.automaton.transitions[rows.state[parent], class_id]
            rows, state = _Rows(image, slot, parent, class_id, next_state, score), state[parent]
        return record

    def _choose(
        self, rows: _Rows, probabilities: np.ndarray, num_images: int, level: int
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """What each slot takes: row, class and score, [num_images, beam_width] each; score -inf: there is nothing."""
        following = self.automaton.transitions[rows.state]  # [R, V]
        is_allowed = (following >= 0) & (self.automaton.distance[following] < self.max_text_length - level)
        is_allowed[:, -1] = self.automaton.is_final[rows.state]
        is_sos = np.arange(self.num_classes) == self.sos_id
        says_sos = (probabilities.argmax(1) == self.sos_id) & is_allowed[:, self.sos_id]
        is_allowed = np.where(says_sos[:, None], is_sos, is_allowed & ~is_sos)
        logs = np.log(np.clip(probabilities.astype(np.float64), _SMALLEST, 1.0))
        scores = np.full((num_images, self.beam_width, self.num_classes), -np.inf)
        scores[rows.image, rows.slot] = np.where(is_allowed, rows.score[:, None] + logs, -np.inf)
        row_of = np.zeros((num_images, self.beam_width), np.int64)
        row_of[rows.image, rows.slot] = np.arange(len(rows.slot))
        best_class = scores.argmax(2)  # [images, slots], of each hypothesis that which is left
        best_score = np.take_along_axis(scores, best_class[:, :, None], 2)[:, :, 0]
        parents, classes = np.zeros_like(best_class), np.zeros_like(best_class)
        taken = np.zeros_like(best_score)
        image = np.arange(num_images)
        for slot in range(self.beam_width):
            parent = best_score[:, : slot + 1].argmax(1)
            parents[:, slot], classes[:, slot] = parent, best_class[image, parent]
            taken[:, slot] = best_score[image, parent]
            scores[image, parent, classes[:, slot]] = -np.inf
            left = scores[image, parent]  # [images, V]
            best_class[image, parent] = next_class = left.argmax(1)
            best_score[image, parent] = left[image, next_class]
        return row_of[image[:, None], parents], classes, taken

    def _check(self, probabilities: np.ndarray) -> None:
        if probabilities.ndim != 2 or probabilities.shape[1] != self.num_classes:
            raise DataError(
                f"the step gives {list(probabilities.shape)}, the dictionary needs [N, {self.num_classes}]: "
                "this is not the dictionary that the model was trained with"
            )
