"""Which of the numbers in a text is its answer: "4 whole and 2 cut off, six in total" states six."""

import re
from collections.abc import Callable
from fractions import Fraction

from qvq_nb.grading.quantities import Quantity, plain, quantities

_HEDGE = re.compile(
    r"(?i)\bor\b|\beither\b|\bmaybe\b|\bperhaps\b|\bpossibly\b|\bbetween\b|或|可能|也许|大概|之间|不确定"
)
_NOT_BEFORE = re.compile(
    r"(?i)(?:\b(?:not|isn't|aren't|never|rather than|instead of)\b|不是|并非|而非)"
    r"\s*(?:[a-zA-Z]'?\(?\d*\)?\s*=)?\s*$"
)
_SUMMING_UP = re.compile(
    r"(?i)\b(?:in total|in all|altogether|total(?:s|ling)?(?: of)?|therefore|thus|hence|so|making)\b"
    r"|一共|总共|总计|合计|共有|共|所以|因此|即"
)
_SAYS_IT_IS = re.compile(r"(?i)\b(?:is|are|equals|was|were|be)\b|是|为|等于|有")
_EXPLAINS = re.compile(
    r"(?i)[(:]|[,;]\s*(?=[^\W\d_])|\b(?:because|since|namely|including|with|of which|on|in|at|for|from)\b"
    r"|因为|其中|包括|由于"
)
_CONDITION = re.compile(r"(?<![A-Za-z])x\s*=\s*[-+]?\d+(?:\.\d+)?")


def chosen(text: str, value: Callable[[Quantity], Fraction]) -> list[Quantity]:
    """The one quantity that a piece of text states; several where it does not decide, none without any.

    `value` gives what two quantities are compared by, so that "3.159 m³" and "3159 L" are one answer.
    """

    def is_one(found):
        return len(set(map(value, found))) == 1

    text = plain(text)
    hedged = bool(_HEDGE.search(text))
    found = _affirmed(text, words=hedged) or _affirmed(text, words=True)
    if found and not is_one(found):
        found = _affirmed(_CONDITION.sub(" ", text), words=hedged) or found
    if not found or is_one(found):
        return found[:1]
    return found if hedged else _narrowed(text, found, is_one) or found


def _affirmed(text: str, words: bool) -> list[Quantity]:
    """The quantities of a text but those that it denies ("not 5")."""
    return [found for found in quantities(text, words) if not _NOT_BEFORE.search(text[: found.start])]


def _narrowed(text: str, found: list[Quantity], is_one) -> list[Quantity]:
    """The answer among several numbers of one sentence: a result after "=", a sum, what follows "is"."""
    if "=" in text:
        edges = [-1, *(place for place, character in enumerate(text) if character == "="), len(text)]
        for start, end in reversed(list(zip(edges, edges[1:]))):
            inside = [quantity for quantity in found if start < quantity.start < end]
            if inside:
                return inside[:1] if is_one(inside) else []
    sums = list(_SUMMING_UP.finditer(text))
    if sums:
        after = [quantity for quantity in found if quantity.start >= sums[-1].end()]
        before = [quantity for quantity in found if quantity.end <= sums[-1].start()]
        if is_one(after):
            return after[:1]
        if not after and before:
            return before[-1:]
    last = found[-1].start
    verbs = [verb.end() for verb in _SAYS_IT_IS.finditer(text) if verb.end() <= last]
    after = [quantity for quantity in found if quantity.start >= (verbs or [0])[-1]]
    explanation = _EXPLAINS.search(text, after[0].end)
    if explanation:
        said = [quantity for quantity in after if quantity.start < explanation.start()]
        if is_one(said):
            return said[:1]
    return []
