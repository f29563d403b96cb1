"""What decides in an answer of a set form: its box, or else its fenced block, or else a part of the text."""

from qvq_nb import trace
from qvq_nb.grading.rule import Unclear, doubt_around


def set_apart(final: str) -> list[str]:
    """The different contents of all boxes, or else of all fenced blocks; empty where there is neither."""
    blocks = [block.content for block in trace.blocks_in(final) if block.kind != "table"]
    return list(dict.fromkeys(piece.strip() for piece in trace.all_boxed(final) or blocks))


def is_doubted(text: str, start: int, end: int) -> bool:
    """Whether the words around text[start:end] deny what stands there, or leave it open."""
    try:
        doubt_around(text[:start], text[end:].partition("\n")[0])
    except Unclear:
        return True
    return False
