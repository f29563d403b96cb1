"""What decides in an answer of a set form: its box, or else its fenced block, or else a part of the text."""

import re

from qvq_nb import trace

_DOUBT = r"(?:\b(?:not|never|maybe|perhaps|possibly|or|either|neither|nor|instead of)\b|n't\b)\W+"
_ANSWER = r"(?:the|this|that|an?|my|it|is|be|at|on|to|json|record|answer|place|taps?|click|right|correct)\W+"
_DOUBTED_BEFORE = re.compile(
    rf"(?i){_DOUBT}(?:{_ANSWER}){{0,4}}$"
    r"|(?:不是|并非|而非|不要|可能|也许|或)[者是在点这个以下面的答案记录：:\s]*$"
)
_DOUBTED_AFTER = re.compile(
    r"(?i)[\s`)\]}>.,;。，；]*(?:(?:it |this |that )?(?:is|was|are)(?:n't| not| wrong| incorrect)\b"
    r"|(?:or|maybe|perhaps)\b|或|也许|可能|这?(?:不是|不对|是错))"
)
_NEAR = 80  # characters beside an answer in which a doubt is looked for


def set_apart(final: str) -> list[str]:
    """The different contents of all boxes, or else of all fenced blocks; empty where there is neither."""
    blocks = [block.content for block in trace.blocks_in(final) if block.kind != "table"]
    return list(dict.fromkeys(piece.strip() for piece in trace.all_boxed(final) or blocks))


def is_doubted(text: str, start: int, end: int) -> bool:
    """Whether the words just beside text[start:end] deny what stands there, or offer something else."""
    before, after = text[max(0, start - _NEAR) : start], text[end : end + _NEAR]
    return bool(_DOUBTED_BEFORE.search(before) or _DOUBTED_AFTER.match(after))
