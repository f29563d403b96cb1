"""Fenced blocks and Markdown tables of a text: what is set apart from its sentences."""

import re
from typing import NamedTuple

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})([^`]*)")


class Block(NamedTuple):
    """Where a block starts and ends in its text, what it holds, and its kind.

    The kind is the word behind the opening fence, such as "python", empty without one; of a table without a
    fence it is "table".
    """

    start: int
    end: int
    content: str
    kind: str


def blocks_in(text: str) -> list[Block]:
    """Every closed fenced block, and every table of two rows or more outside of them, in order."""
    blocks, opened, rows, place = [], None, [], 0
    for line in [*text.splitlines(keepends=True), ""]:
        end, bare = place + len(line), line.strip()
        fence = _FENCE.fullmatch(line.rstrip())
        if opened:
            start, signs, kind, begins = opened
            if fence and not fence[2].strip() and fence[1].startswith(signs):
                blocks.append(Block(start, end, text[begins:place], kind))
                opened = None
        elif len(bare) > 1 and bare[0] == bare[-1] == "|":
            rows.append(place)
        else:
            if len(rows) > 1:
                blocks.append(Block(rows[0], place, text[rows[0] : place], "table"))
            rows = []
            if fence:
                opened = (place, fence[1], fence[2].strip().lower(), end)
        place = end
    return blocks
