"""What was done as the answer: taps on something that changes with each, and the state that they leave."""

import re
from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from qvq_nb.grading.forms.block import is_doubted, set_apart
from qvq_nb.grading.forms.point import Point
from qvq_nb.grading.verdict import Finding, phrase, shortened

Tap = tuple[int, int]  # x and y in thousandths of width and height, from 0 to 1000

MOST_TIMES_THE_SHORTEST = 2
_COMMAND = re.compile(r"tap\(\s*(\d{1,6})\s*,\s*(\d{1,6})\s*\)|done\(\s*\)")
_BETWEEN = re.compile(r"[\s;]*")
_CALL = re.compile(r"\b(?:tap|done)\(")


class Machine(Protocol):
    """Something to tap on. It has no memory of its own: what it knows is in its states."""

    @property
    def start(self) -> Hashable: ...

    def places(self, state) -> list[Tap]:
        """Of everything that can be tapped in a state, the middle."""

    def after(self, state, x: float, y: float) -> Hashable:
        """The state after a tap; the same state where nothing is there."""

    def lacks(self, state, language: str) -> list[str]:
        """In words, what is not as it was asked for; empty where the goal is reached."""


def shortest_way(machine: Machine, start) -> list[Tap] | None:
    """The fewest taps from a state to the goal, found by breadth-first search; None where none lead there."""
    ways, level = {start: []}, [start]
    while level:
        reached = next((state for state in level if not machine.lacks(state, "en")), None)
        if reached is not None:
            return ways[reached]
        following = []
        for state in level:
            for place in machine.places(state):
                after = machine.after(state, *place)
                if after not in ways:
                    ways[after] = [*ways[state], place]
                    following.append(after)
        level = following
    return None


def written(taps) -> str:
    """Taps as text, each on its line, with done() at the end."""
    return "\n".join([*(f"tap({x},{y})" for x, y in taps), "done()"])


@dataclass(frozen=True)
class State:
    """A state of a machine in which nothing is lacking, reached by at most twice the fewest taps.

    An answer is a line `tap(x,y)` for each tap, in thousandths of width and height, and `done()` at the end.
    """

    machine: Machine

    @cached_property
    def way(self) -> list[Tap]:
        """The fewest taps to the goal."""
        return shortest_way(self.machine, self.machine.start)

    @property
    def expected(self) -> str:
        """A shortest way as text."""
        return written(self.way)

    def grade(self, final: str, language: str) -> Finding:
        """Taps what the box, the fenced block or the calls of the text say, and looks at the end."""
        taps, fault = _read(final)
        if fault:
            return Finding("unclear", shortened(final), phrase(fault, language))
        state = self.machine.start
        for x, y in taps:
            state = self.machine.after(state, x, y)
        lacking = self.machine.lacks(state, language)
        words = {
            "count": len(taps),
            "least": len(self.way),
            "lacking": ("; ", "；")[language == "zh"].join(lacking),
        }
        if lacking:
            return Finding("wrong", shortened(final), phrase(_NOT_REACHED, language, **words))
        if len(taps) > MOST_TIMES_THE_SHORTEST * len(self.way):
            return Finding("wrong", shortened(final), phrase(_TOO_LONG, language, **words))
        return Finding("right", shortened(final), phrase(_REACHED, language, **words))


@dataclass(frozen=True)
class FirstTap:
    """The place to tap first; an answer with several taps or `done()` is a way, held against `state`."""

    point: Point
    state: State

    @property
    def expected(self) -> str:
        """The place to tap first."""
        return self.point.expected

    def grade(self, final: str, language: str) -> Finding:
        """Grades a place, or all the taps."""
        is_way = "done(" in final or final.count("tap(") > 1
        return (self.state if is_way else self.point).grade(final, language)


def _read(final: str) -> tuple[list[Tap], tuple[str, str] | None]:
    """The taps of an answer; else the pair of sentences that says why there are none."""
    pieces = set_apart(final)
    if len(pieces) > 1:
        return [], _SEVERAL
    if pieces:
        return _taps(pieces[0])
    calls = list(_CALL.finditer(final))
    if not calls:
        return [], _NOT_ALONE
    start, end = calls[0].start(), final.find(")", calls[-1].end()) + 1 or len(final)
    return ([], _DOUBTED) if is_doubted(final, start, end) else _taps(final[start:end])


def _taps(text: str) -> tuple[list[Tap], tuple[str, str] | None]:
    """The taps of a text that holds nothing but commands."""
    taps, place, ended = [], _BETWEEN.match(text).end(), False
    while place < len(text):
        found = _COMMAND.match(text, place)
        if not found or ended:
            return [], _SEVERAL if ended else _NOT_ALONE
        if found[1]:
            taps.append((int(found[1]), int(found[2])))
        ended = not found[1]
        place = _BETWEEN.match(text, found.end()).end()
    if any(max(tap) > 1000 for tap in taps):
        return [], _BEYOND
    return taps, None if ended else _NO_END


_HOW_EN = (
    " Write each tap on a line, in thousandths of width and height, and then the end: tap(500,300), done()."
)
_HOW_ZH = "请每行写一次点击（宽、高的千分坐标），最后写结束：tap(500,300)、done()。"
_NOT_ALONE = ("The answer is not taps alone." + _HOW_EN, "答案不全是点击。" + _HOW_ZH)
_SEVERAL = (
    "More follows after the end, or several ways stand there." + _HOW_EN,
    "结束之后还有内容，或写了好几种做法。" + _HOW_ZH,
)
_DOUBTED = ("The text denies or doubts the taps." + _HOW_EN, "文本否定或怀疑这些点击。" + _HOW_ZH)
_BEYOND = ("A tap lies beyond the screen." + _HOW_EN, "有一次点击在屏幕之外。" + _HOW_ZH)
_NO_END = ("The end is missing." + _HOW_EN, "没有写结束。" + _HOW_ZH)
_NOT_REACHED = ("Not done (taps: {count}): {lacking}.", "还没有完成（点了 {count} 次）：{lacking}。")
_TOO_LONG = (
    "Done, but not with at most twice the fewest taps (taps: {count}, fewest: {least}).",
    "完成了，但点了 {count} 次；{least} 次就够，最多只能是它的两倍。",
)
_REACHED = ("Done (taps: {count}, fewest: {least}).", "点 {count} 次就完成了；最少要 {least} 次。")
