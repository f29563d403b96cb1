"""A text that was copied from a picture, graded by how many of its characters are wrong."""

import unicodedata
from dataclasses import dataclass
from itertools import accumulate

from qvq_nb import trace
from qvq_nb.grading.verdict import Finding, phrase, shortened

MOST_COUNTED = 0.05  # of the characters; of more errors than that it is only said that they are more
SHOWN = 12  # characters from the first difference on
_SAME = str.maketrans("‘’“”–—−", "''\"\"---")


@dataclass(frozen=True)
class Transcription:
    """Lines of text, right up to a share of `most` wrong characters: the character error rate.

    It is the least number of insertions, deletions and replacements, per character of the lines. Spaces,
    line breaks and the width and shape of punctuation do not count.
    """

    lines: tuple[str, ...]
    most: float = 0.02

    @property
    def expected(self) -> str:
        """The lines in a fenced block."""
        return "\n".join(("```", *self.lines, "```"))

    def grade(self, final: str, language: str) -> Finding:
        """Compares the only fenced block, or the final part without one where it is close to the lines."""
        got = shortened(final)
        blocks = {block.content for block in trace.blocks_in(final) if block.kind != "table"}
        copied, true_lines = _plain(next(iter(blocks), final)), [_plain(line) for line in self.lines]
        truth = "".join(true_lines)
        counted = max(1, int(len(truth) * MOST_COUNTED))
        errors = distance(copied, truth, counted)
        if len(blocks) > 1 or (errors is None and not blocks):
            return Finding("unclear", got, phrase(_NO_BLOCK, language))
        if errors == 0:
            return Finding("right", got, phrase(_RIGHT, language, characters=len(truth)))
        place = next((at for at, pair in enumerate(zip(copied, truth)) if len({*pair}) > 1), None)
        place = min(len(copied), len(truth)) if place is None else place
        ends = [*accumulate(map(len, true_lines))]
        words = {
            "rate": f"{100 * (counted if errors is None else errors) / len(truth):.1f}",
            "most": f"{100 * self.most:.1f}",
            "line": next((number for number, end in enumerate(ends, start=1) if place < end), len(ends)),
            "copied": copied[place : place + SHOWN],
            "truth": truth[place : place + SHOWN],
        }
        if errors is None:
            return Finding("wrong", got, phrase(_FAR_OFF, language, **words))
        right = errors <= self.most * len(truth)
        return Finding("right" if right else "wrong", got, phrase(_RATE, language, **words))


def distance(one: str, other: str, most: int) -> int | None:
    """The least number of edits between two texts, None for more than `most`.

    It takes time in proportion to the shorter text times `most`.
    """
    if abs(len(one) - len(other)) > most:
        return None
    far = most + 1
    before = {column: column for column in range(min(most, len(other)) + 1)}
    for row, letter in enumerate(one, start=1):
        now = {}
        for column in range(max(0, row - most), min(len(other), row + most) + 1):
            replaced = before.get(column - 1, far) + (letter != other[column - 1 : column])
            now[column] = min(replaced, before.get(column, far) + 1, now.get(column - 1, far) + 1)
        before = now
    return before[len(other)] if before[len(other)] <= most else None


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).translate(_SAME).split())


_NO_BLOCK = (
    "There is no single text to compare; write all lines in one fenced block, between ``` and ```.",
    "没有一段可以比较的文字；请把所有行写进一个代码块，放在 ``` 和 ``` 之间。",
)
_RIGHT = ("All {characters} characters are right.", "{characters} 个字符全部正确。")
_DIFFERENCE = (
    "the first difference is in line {line}: “{copied}”, where “{truth}” is right.",
    "第一处不同在第 {line} 行：写的是“{copied}”，应为“{truth}”。",
)
_RATE = (
    "The character error rate is {rate} %, and up to {most} % is right; " + _DIFFERENCE[0],
    "字符错误率为 {rate} %，不超过 {most} % 算正确；" + _DIFFERENCE[1],
)
_FAR_OFF = (
    "The character error rate is more than {rate} %, and up to {most} % is right; " + _DIFFERENCE[0],
    "字符错误率超过 {rate} %，不超过 {most} % 才算正确；" + _DIFFERENCE[1],
)
