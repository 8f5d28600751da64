"""Turns a regular expression into tables; a process of its own, for a pattern may ask for endless time and memory.

Standard input: a JSON object: ``pattern``, ``classes`` (class of each readable character), ``max_steps``,
``max_states`` and ``max_bytes`` (of memory). Standard output: a JSON object: either ``fault``, a line; or what
``Pattern`` reads.
"""

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from ppocr_rare.utils.platforms import limit_memory

_TOKENS = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\\\]])*\]|[*+?}]\+|\{\}|\(\?(?:<?[=!]|[a-zA-Z]*-)|.", re.DOTALL)
# What interegular takes, but reads in another way than Python: a class that begins with ], possessive repetition,
# braces without a number, what looks around, and flags that are taken back.
_READ_OTHERWISE = re.compile(r"\[\^?\]|[*+?}]\+|\{\}|\(\?")
# It knows the ASCII letters, digits and spaces alone; Python's \W would not match what is one beyond ASCII.
_KNOWS_ASCII_ALONE = re.compile(r"\\[dDsSwW]|\(\?[a-zA-Z]*i")


class _FaultyPattern(Exception):
    """Why a pattern cannot be used, a line."""


class _Characters:
    """The automaton of a pattern over characters, and which of them a model can read.

    Args:
        pattern: a regular expression of Python.
        classes: class of each character that the model can read.

    Attributes:
        start: first state.
        finals: where a text may end.
        moves: of a state, for each class that goes on: the characters it stands for, each with the next state.
        skips: of a state, the characters that the model cannot read and that are put in without it, each with the
            next state.
    """

    def __init__(self, pattern: str, classes: Mapping[str, int]):
        fsm = _parse(pattern)
        from interegular.fsm import anything_else

        self.start, self.finals = fsm.initial, fsm.finals
        known = {symbol for symbol in fsm.alphabet if symbol is not anything_else and len(symbol) == 1}
        is_ascii_alone = _KNOWS_ASCII_ALONE.search(pattern) is not None
        readable = [char for char in classes if char in known or char.isascii() or not is_ascii_alone]
        # Space before its like, what can be seen before what cannot.
        unreadable = sorted(known - set(classes), key=lambda char: (char != " ", not char.isprintable(), char))
        self.moves: dict[int, dict[int, list[tuple[str, int]]]] = {}
        self.skips: dict[int, list[tuple[str, int]]] = {}
        for state, following in fsm.map.items():
            moves: dict[int, list[tuple[str, int]]] = defaultdict(list)
            skips: dict[int, list[str]] = defaultdict(list)
            for char in readable:
                if (target := following.get(fsm.alphabet[char])) is not None:
                    moves[classes[char]].append((char, target))
            places = {target for ways in moves.values() for _, target in ways}
            for char in unreadable:
                # A place that a readable character can take is never skipped: \w has the underscore, too.
                target = following.get(fsm.alphabet[char])
                if target is not None and target not in places:
                    skips[target].append(char)
            self.moves[state] = dict(moves)
            self.skips[state] = [(chars[0], target) for target, chars in skips.items() if _may_choose(chars)]

    def closure(self, states: Iterable[int]) -> frozenset[int]:
        """These states and those behind characters that the model cannot read."""
        found, waiting = set(states), list(states)
        while waiting:
            new = {target for _, target in self.skips.get(waiting.pop(), ())} - found
            found |= new
            waiting.extend(new)
        return frozenset(found)


def _may_choose(characters: list[str]) -> bool:
    """Which hyphen or space it was matters little; which of several letters, nobody can tell."""
    return len(characters) == 1 or not any(map(str.isalnum, characters))


def _parse(pattern: str) -> Any:
    """The smallest deterministic automaton of a pattern."""
    import interegular

    try:
        re.compile(pattern)
    except (re.error, OverflowError) as error:
        raise _FaultyPattern(f"not a regular expression: {error}") from error
    tokens = _TOKENS.findall(pattern)
    if other := [token for token in tokens if len(token) > 1 and _READ_OTHERWISE.match(token)]:
        raise _FaultyPattern(f"not supported: {other[0]}")
    # Interegular knows no anchors. At the ends, where the whole text must match, they say nothing.
    tokens = tokens[tokens[:1] == ["^"] :]
    tokens = tokens[: len(tokens) - (tokens[-1:] == ["$"])]
    try:
        return interegular.parse_pattern("".join(tokens)).to_fsm().reduce()
    except interegular.Unsupported as error:
        raise _FaultyPattern(f"not supported: {error}") from error
    except (interegular.InvalidSyntax, AttributeError) as error:  # AttributeError: of what it parses to nothing
        raise _FaultyPattern("it has a construct that is not supported") from error


def _build(pattern: str, classes: Mapping[str, int], max_steps: int, max_states: int) -> dict:
    """The tables of a pattern, of all texts of up to ``max_steps`` readable characters: a subset construction."""
    characters = _Characters(pattern, classes)
    start = characters.closure([characters.start])
    numbers, level = {start: 0}, [start]
    edges: list[tuple[int, int, int]] = []
    for _ in range(max_steps):
        next_level = []
        for states in level:
            following: dict[int, set[int]] = defaultdict(set)
            for state in states:
                for class_id, ways in characters.moves.get(state, {}).items():
                    following[class_id].update(target for _, target in ways)
            closed = {targets: characters.closure(targets) for targets in set(map(frozenset, following.values()))}
            for class_id, targets in following.items():
                subset = closed[frozenset(targets)]
                if subset not in numbers:
                    numbers[subset] = len(numbers)
                    next_level.append(subset)
                edges.append((numbers[states], class_id, numbers[subset]))
            if len(numbers) > max_states:
                raise _FaultyPattern(f"it takes more than {max_states:,} states: make it simpler")
        level = next_level
    return {
        "edges": list(zip(*edges, strict=True)) if edges else [[], [], []],
        "is_final": [not states.isdisjoint(characters.finals) for states in numbers],
        "start": characters.start,
        "finals": sorted(characters.finals),
        "moves": [[state, list(moves.items())] for state, moves in characters.moves.items()],
        "skips": list(characters.skips.items()),
    }


def _main() -> None:
    task = json.load(sys.stdin)
    limit_memory(task.pop("max_bytes"))
    try:
        answer = _build(**task)
    except _FaultyPattern as error:
        answer = {"fault": str(error)}
    except (MemoryError, RecursionError):
        answer = {"fault": "it takes too much memory: make it simpler"}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    _main()
