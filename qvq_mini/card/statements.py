"""What qvq-mini says that it read, taken from its thinking and held against the facts of the drawing.

Only the forms in which qvq-mini thinks are understood; another model's thinking has no such lines.
"""

import re

from qvq_mini import families

_CHECK = re.compile(r"double-check|再核对")


def stated(family: str, thinking: str) -> list[str]:
    """What the thinking gives as read from the picture, in its order: both readings, no arithmetic."""
    lines = thinking.split("\n")[1:]  # the first line repeats the question
    check = next((index for index, line in enumerate(lines) if _CHECK.search(line)), len(lines))
    return re.findall(families.module(family).STATED, "\n".join(lines[: check + 1]), re.MULTILINE)


def score(family: str, facts: dict, language: str, thinking: str) -> tuple[int, int]:
    """How many of the stated facts are right, and how many were stated.

    Right ones are those of the longest common subsequence with the statements of a true thinking.
    """
    said, true = stated(family, thinking), stated(family, families.trace(family, facts, language))
    best = [0] * (len(true) + 1)
    for word in said:
        diagonal = 0
        for place, fact in enumerate(true, 1):
            longer = diagonal + 1 if word == fact else max(best[place], best[place - 1])
            diagonal, best[place] = best[place], longer
    return best[-1], len(said)
