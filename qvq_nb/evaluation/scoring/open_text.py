"""Open questions as MMMU scores them: a number equal when rounded to two places, or a text that is in it."""

import re

from qvq_nb.evaluation.scoring.numbers import numbers, only_number
from qvq_nb.evaluation.scoring.stated import Stated

_KEYS = ("could be ", "so ", "is ", "thus ", "therefore ", "final ", "answer ", "result ")
_TRIVIAL = set(":,.!?;'")
MOST_LINES = 40  # of a reply, from its end


def agrees(reply: Stated, answers: list[str]) -> bool:
    """Whether one of the answers is in the box, or in what the lines of a reply conclude."""
    pieces = [reply.box] if reply.box is not None else _conclusions(reply.final)
    values = {_rounded(number.value) for piece in pieces for number in numbers(piece)}
    return any(
        _rounded(truth.value) in values if (truth := _number(answer)) else _inside(_folded(answer), pieces)
        for answer in answers
    )


def _number(answer: str):
    """A true answer that is a number in digits and nothing else."""
    return (
        only_number(answer) if re.fullmatch(r"[-+]?[\d,]*\.?\d+(?:[eE][-+]?\d+)?", answer.strip()) else None
    )


def _rounded(value) -> float:
    return round(float(value), 2) if abs(value) < 10**300 else float("inf")


def _inside(answer: str, pieces: list[str]) -> bool:
    folded = [_folded(piece) for piece in pieces]
    if len(answer) == 1:  # never inside a word
        return any(re.search(rf"(?<!\w){re.escape(answer)}(?!\w)", piece) for piece in folded)
    return bool(answer) and any(answer in piece for piece in folded)


def _folded(text: str) -> str:
    text = re.sub(r"\\(?:text|mathrm|mathbf|textbf)(?![A-Za-z])|[{}$*]|\\(?=[%$&_# ])", "", text)
    return " ".join(text.casefold().split()).strip(" .")


def _conclusions(final: str) -> list[str]:
    """The shortest rest of each line after "is", "so" … , of the last one also after "="; else the whole."""
    lines = final.strip().strip(".").split("\n")[-MOST_LINES:]
    rests = []
    for place, line in enumerate(lines):
        keys = (*_KEYS, "=") if place == len(lines) - 1 else _KEYS
        after = [line[found + len(key) :].strip() for key in keys if (found := line.lower().rfind(key)) >= 0]
        shortest = min((rest for rest in after if rest), key=len, default="")
        if shortest and shortest not in _TRIVIAL:
            rests.append(shortest)
    return rests or [final]
