"""A regular expression as what a search may read."""

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ppocr_rare.data.charset import Charset
from ppocr_rare.engine.read.decoding.automaton import Automaton, build_automaton
from ppocr_rare.engine.read.decoding.characters import readable_characters
from ppocr_rare.errors import ConfigError, RareError

TIME_LIMIT_S = 5.0
MAX_STATES = 20_000
_MAX_BYTES = 1 << 30  # of the process that builds the tables

# How a text came about: characters put in, letters in the other case, and the text. The least is the best.
_Way = tuple[int, int, str]


class Pattern:
    """The texts that a regular expression matches from end to end, as far as a model can read them.

    A class stands for its character and, where the dictionary has a letter in one case alone, for the other case too:
    ``[A-Z]{2}\\d{3}`` goes with a model of lower-case letters, and texts are in upper case then. Characters that the
    model cannot read and that the pattern asks for, the hyphen of ``\\d{4}-\\d{2}``, are passed over by the search and
    stand in the text, as few as may be. Where the pattern has a readable character for a place, that is the one; of
    several letters that cannot be read, none is guessed. ``re.fullmatch(pattern, text)`` holds for each text.

    Args:
        pattern: of Python's syntax, without what looks around or back, possessive repetition, and anchors but at its
            ends; of ``\\d``, ``\\s`` and ``\\w`` what is ASCII.
        charset: of the model.
        max_text_length: L, steps of the decoder; of a text, the model reads L - 1 characters at most.

    Attributes:
        automaton: over classes, the characters that are put in left out.

    Raises:
        ConfigError: the pattern is none, is not supported, matches nothing that the model can read, or takes too much
            time or memory.
        RareError: interegular is not installed.
    """

    automaton: Automaton

    def __init__(self, pattern: str, charset: Charset, max_text_length: int):
        classes = readable_characters(charset)
        task = {"pattern": pattern, "classes": classes, "max_steps": max_text_length - 1}
        tables = _run_child({**task, "max_states": MAX_STATES, "max_bytes": _MAX_BYTES}, pattern)
        edges = tuple(np.array(column, np.int64) for column in tables["edges"])
        automaton = build_automaton((edges[0], edges[1], edges[2]), np.array(tables["is_final"]), charset)
        if automaton.distance[0] < 0 or len(edges[0]) == 0:
            raise ConfigError(
                f"pattern {pattern!r} matches no text of at most {max_text_length - 1} characters that the model reads"
            )
        self.automaton = automaton
        self._own = [-1, *charset.characters]
        self._start, self._finals = tables["start"], set(tables["finals"])
        self._moves = {state: dict(moves) for state, moves in tables["moves"]}
        self._skips = dict(tables["skips"])

    def text(self, ids: Sequence[int]) -> str:
        """The text of these classes that the pattern matches: the one with the fewest characters put in.

        Of such texts, that with the most letters in the dictionary's case, and of those the first in order.
        """
        ways = self._put_in({self._start: (0, 0, "")})
        for class_id in ids:
            own = self._own[class_id]
            ways = self._put_in(
                _best(
                    (target, (num_put_in, num_other + (char != own), text + char))
                    for state, (num_put_in, num_other, text) in ways.items()
                    for char, target in self._moves[state].get(class_id, ())
                )
            )
        return min(way for state, way in ways.items() if state in self._finals)[2]

    def _put_in(self, ways: dict[int, _Way]) -> dict[int, _Way]:
        """These ways and those that go on with characters that the model cannot read."""
        newest = ways
        while newest:
            further = _best(
                (target, (num_put_in + 1, num_other, text + char))
                for state, (num_put_in, num_other, text) in newest.items()
                for char, target in self._skips[state]
            )
            newest = {state: way for state, way in further.items() if state not in ways or way < ways[state]}
            ways = ways | newest
        return ways


def _best(ways: Iterable[tuple[int, _Way]]) -> dict[int, _Way]:
    best: dict[int, _Way] = {}
    for state, way in ways:
        if state not in best or way < best[state]:
            best[state] = way
    return best


def _run_child(task: dict[str, Any], pattern: str) -> dict[str, Any]:
    """The tables of a pattern, built in a process that is ended when it takes too long."""
    if importlib.util.find_spec("interegular") is None:
        raise RareError("interegular is not installed: pip install 'ppocr_rare[pattern]'")
    command = [sys.executable, str(Path(__file__).with_name("pattern_child.py"))]
    # By its path and with our own search path: nothing of the working folder comes before the library.
    surroundings = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    try:
        done = subprocess.run(
            command, input=json.dumps(task), capture_output=True, text=True, timeout=TIME_LIMIT_S, env=surroundings
        )
    except subprocess.TimeoutExpired as error:
        raise ConfigError(f"pattern {pattern!r}: it takes more than {TIME_LIMIT_S:g} s: make it simpler") from error
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["it takes too much memory"])[-1]
        raise ConfigError(f"pattern {pattern!r}: it cannot be built: {reason}")
    tables = json.loads(done.stdout)
    if "fault" in tables:
        raise ConfigError(f"pattern {pattern!r}: {tables['fault']}")
    return tables
