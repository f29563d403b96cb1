"""Lines that belong together without a fence: a JSON object, or calls such as `tap(500,300)`."""

import re

_OBJECT = re.compile(r"(?m)^\{")
_CALLS = re.compile(r"(?m)(?:^[a-z_]+\([^()\n]*\)[ \t]*(?:\n|\Z)){2,}")
_DIGIT = re.compile(r"\d")


def bare_start(text: str) -> int | None:
    """Where the last object or the last calls of a text begin, with the line before.

    An object begins with a brace at the start of a line; calls stand on two lines or more. None without them,
    or where more follows than a remark without a number.
    """
    closed = text.rfind("}") + 1
    places = [(found.start(), closed) for found in _OBJECT.finditer(text, 0, closed)]
    places += [found.span() for found in _CALLS.finditer(text)]
    start, end = max(places, default=(0, 0))
    if start == end or _DIGIT.search(text, end):
        return None
    return text[:start].rstrip().rfind("\n") + 1
