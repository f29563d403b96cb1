"""A number in digits: how it is written, its sign, and whether it only numbers a line."""

import re
from fractions import Fraction
from functools import lru_cache

from qvq_nb.grading.values import numerals

NUMBER = re.compile(
    r"(?P<digits>\d{1,3}(?: \d{3})+(?![\d])(?:\.\d+)?|\d+(?:(?: ?/ ?|[.,'’:])\d+)*|\.\d+)"
    r"(?:\s?[×x·⋅] ?10 ?\^ ?\(?(?P<power>[-+]?\d+)\)?|[eE](?P<e>[-+]?\d{1,3})(?![\w.]))?"
)
_DIGITS = re.compile(
    r"(?P<whole>\d{1,3}(?P<separator>[, '’])\d{3}(?:(?P=separator)\d{3})*(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
    r"(?: ?/ ?(?P<below>\d+(?:\.\d+)?))?"
)
SIGN_WORD = re.compile(r"(?i)(?:\bminus|\bnegative|负) ?$")
_SAYS = re.compile(r"(?i)(?:\b(?:is|are|be|was|equals|to|get|gives?|answer|prints?|outputs?)|[是为得于])$")


def in_digits(match: re.Match) -> Fraction | None:
    """The number without its sign; None where its separators make no sense, or where it is too long."""
    digits = match["digits"]
    power = match["power"] or match["e"] or "0"
    found = _DIGITS.fullmatch(digits) if len(digits) <= numerals.LONGEST else None
    if not found or len(power) > 3:
        return None
    below = Fraction(found["below"] or 1)
    whole = Fraction(re.sub(r"[, '’]", "", found["whole"]))
    return whole / below * Fraction(10) ** int(power) if below else None


def sign_before(text: str, before: str, start: int) -> str | None:
    """The sign of the number that starts there, as written; None where it may be a dash."""
    if word := SIGN_WORD.search(before):
        return word.group()
    found = re.search(r"([-+]) ?$", before)
    if not found:
        return ""
    sign, lead = found.group(), before[: found.start()]
    tight = not lead.endswith(" ")
    last = lead.rstrip(" ")[-1:]
    if not last or last == "\n":
        bullets = sign.endswith(" ") and _lines(text, r"[-+] ") > 1
        return "" if bullets or (sign.endswith(" ") and start > 3) else sign
    if last in "±-+":
        return None
    if last.isdigit() or last in ")]%'π" or (tight and last.isascii() and last.isalpha()):
        return ""
    if last.isascii() and last.isalpha() and sign.endswith(" ") and not _SAYS.search(lead.rstrip()):
        return None
    return sign


def is_list_item(text: str, before: str, match: re.Match) -> bool:
    """Whether digits are the number of a line: where "1." begins one, too."""
    opens = re.search(r"(?:^|\n) ?$", before) and re.match(
        r"[.)、] ?[^\s\d]", text[match.end() : match.end() + 3]
    )
    at_start = match.start() == 0 or "\n" in before
    return bool(opens and at_start) and (match["digits"] == "1" or _lines(text, r"1[.)、]") > 0)


@lru_cache(maxsize=8)
def _lines(text: str, opening: str) -> int:
    """How many lines begin so."""
    return len(re.findall(rf"(?m)^ ?{opening}", text))
