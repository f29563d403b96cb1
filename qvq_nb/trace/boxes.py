r"""What stands in `\boxed{…}`, braces counted."""

import re
from typing import NamedTuple

_BOX = re.compile(r"\\boxed\s*\{")
# An escaped brace is a character, not a bracket.
_BRACE = re.compile(rf"(?s)(?P<opening>(?P<box>{_BOX.pattern})|\{{)|(?P<closing>\}})|\\(?!{_BOX.pattern}).")


class Boxed(NamedTuple):
    r"""A closed `\boxed{…}`: what is in it, and where it begins and ends in the text."""

    start: int
    content: str
    end: int


def boxed(text: str) -> str | None:
    r"""The content of the last closed `\boxed{…}`, braces counted; None where there is none."""
    found = boxes_in(text)
    return found[-1].content if found else None


def all_boxed(text: str) -> list[str]:
    r"""The contents of every closed `\boxed{…}`, in order; of nested ones the inner one comes last."""
    return [box.content for box in boxes_in(text)]


def has_open_box(text: str) -> bool:
    r"""Whether a `\boxed{` was begun and never closed."""
    return len(_BOX.findall(text)) > len(boxes_in(text))


def boxes_in(text: str) -> list[Boxed]:
    """Every closed box, by where they begin; in one pass over the text."""
    boxes, open_braces = [], []  # of each open brace the match, which tells whether it opens a box
    for brace in _BRACE.finditer(text):
        if brace["opening"]:
            open_braces.append(brace)
        elif brace["closing"] and open_braces:
            opening = open_braces.pop()
            if opening["box"]:
                boxes.append(Boxed(opening.start(), text[opening.end() : brace.start()], brace.end()))
    return sorted(boxes)
