"""What qvq-mini says that it read, taken from its thinking and held against the facts of the drawing.

Only the forms of `traces` are understood; another model's thinking has no such lines.
"""

import re

from qvq_mini.traces import trace
from qvq_nb.cases import chemistry

_CHECK = re.compile(r"double-check|再核对")
_NAMES = [entry[language] for table in (chemistry.ORES, chemistry.REAGENTS, chemistry.DISPLACERS)
          for entry in table.values() for language in ("en", "zh")]  # fmt: skip
_STATED = {
    "recognition": r"^\d+: ?(\w+)",
    "invoice": r"\d+\.\d\d|\d+%",
    "chart": r"^[^:\n]+(?=: \d$)|(?<![\w.-])\d+\.\d",
    "chemistry": "|".join(sorted(map(re.escape, _NAMES), key=len, reverse=True)),
    "sofa": r"\d+",
    "derivative": r"-?\d+",
}


def stated(family: str, thinking: str) -> list[str]:
    """The numbers and names that the thinking gives as read from the picture, in its order: both readings, no arithmetic."""
    lines = thinking.split("\n")[1:]  # the first line repeats the question
    check = next((index for index, line in enumerate(lines) if _CHECK.search(line)), len(lines))
    if family == "recognition":
        lines = lines[:check]  # the second reading numbers the pelicans and names nothing
    return re.findall(_STATED[family], "\n".join(lines[: check + 1]), re.MULTILINE)


def score(family: str, facts: dict, language: str, thinking: str) -> tuple[int, int]:
    """How many of the stated facts are right, and how many were stated: the longest common subsequence with the true ones."""
    said, true = stated(family, thinking), stated(family, trace(family, facts, language))
    best = [0] * (len(true) + 1)
    for word in said:
        diagonal = 0
        for place, fact in enumerate(true, 1):
            diagonal, best[place] = (
                best[place],
                diagonal + 1 if word == fact else max(best[place], best[place - 1]),
            )
    return best[-1], len(said)
