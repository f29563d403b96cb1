r"""Formulas as texts: cleaned of dress, cut into the entries of a list, their names made plain.

`\left(1,\,\tfrac{\pi}{2}\right]` and `(1, \frac{\pi}{2}]` become the same.
"""

import re
import unicodedata
import zlib

from qvq_nb import trace

_SIGNS = {
    "π": r"\pi ", "∞": r"\infty ", "√": r"\sqrt ", "×": r"\times ", "·": r"\cdot ", "⋅": r"\cdot ", "÷": "/",
    "−": "-", "–": "-", "±": r"\pm ", "∓": r"\mp ", "≤": r"\leq ", "≥": r"\geq ", "≠": r"\neq ", "≈": "=",
    "½": r"\frac{1}{2}",
    "∪": r"\cup ", "∈": r"\in ", "°": "", "∶": ":", "′": "'", "\\%": "%", "\\$": "", "$": "",
    "α": r"\alpha ", "β": r"\beta ", "γ": r"\gamma ", "θ": r"\theta ", "λ": r"\lambda ", "μ": r"\mu ",
    "φ": r"\phi ", "ω": r"\omega ", "Δ": r"\Delta ", "、": ",", "；": ";", "。": ".",
}  # fmt: skip
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_DRESS = re.compile(
    r"\\(?:left|right|displaystyle|textstyle|limits|[bB]igg?[lr]?)(?![A-Za-z])\.?"
    r"|(?<!\\)\\(?:[,;:()\[\] ]|q?quad(?![A-Za-z])|degree(?![A-Za-z]))"
    r"|~|\^\s*(?:\{\s*\\circ\s*\}|\\circ)|[*]{2}|`"
)
_MATRIX = re.compile(
    r"[(\[]?\s*\\begin\s*\{(?:array\}\s*\{[^{}]*|[bv]?matrix)\}(.*?)"
    r"\\end\s*\{(?:array|[bv]?matrix)\}\s*[)\]]?",
    re.DOTALL,
)
_OPERATORS = ("sum", "prod", "int", "lim", "log", "max", "min", "sup", "inf")
_EQUAL_SIGNS = re.compile(r"\\(?:approx|simeq|sim|equiv)(?![A-Za-z])")
_FONT = re.compile(
    r"\\(?:mathrm|mathbf|mathit|mathsf|boldsymbol|operatorname|bm|rm)(?![A-Za-z])\s*(?:\{\s*([^{}]*?)\s*\})?"
)
_ABOUT = re.compile(
    r"^\\text\s*\{\s*(?:approximately|about|roughly|约|大约)\s*\}|^(?:approximately|about|roughly|大?约)\s*"
)
_TEXT = re.compile(r"\\(?:text|textbf|textit|mbox|hbox|textrm)\s*\{([^{}]*)\}")
_LETTER = re.compile(r"(?<![\\A-Za-z])[A-Za-z]")
_WORDS_BETWEEN = re.compile(r"\s*(?:,\s*)?\b(?:and|or)\b\s*|\s*(?:以及|或者|和|或|与)\s*", re.IGNORECASE)
_HAN = re.compile(r"[\u3400-\u9fff]+")
_SUBSCRIPT = re.compile(
    r"(?P<name>\\[A-Za-z]+|[A-Za-z])\s*(?P<prime>'*|\^\s*(?:\\prime|\{\s*\\prime\s*\}))\s*"
    r"_\s*(?:\{(?P<braced>[^{}]*)\}|(?P<bare>\\[A-Za-z]+|\w))\s*"
    r"(?P<primed>'+|\^\s*(?:\\prime(?![A-Za-z])|\{\s*\\prime\s*\}))?"
)
# Capitals, which the grammar reads as small letters, and letters that it takes for units: 3m, 2h.
_RENAMED = re.compile(r"\\(?:begin|end)\s*\{[^{}]*\}|\\[A-Za-z]+|[A-Zcghlmost]")
# Of texts without opening brackets, and with a space for a closing one.
_TOWER = re.compile(r"\d{1,300}(?:\s*\^\s*\d{1,300})+")
_FACTORIAL = re.compile(r"\d{5,}\s*!|!\s*!|\^\s*\d+\s*!")
MOST_NAMES = 80
GREATEST_POWER = 10_000  # of a number, in a formula that is worked out
_OPENING, _CLOSING = "([{", ")]}"


def cleaned(text: str) -> str:
    """A formula without its box, dollars, sizes, spaces of TeX, degrees and the set that it lies in."""
    boxes = [box for box in trace.all_boxed(text) if r"\boxed" not in box]
    text = ", ".join(boxes) if boxes else text
    text = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+", lambda found: f"^{{{found.group().translate(_SUPERSCRIPTS)}}}", text)
    for sign, written in _SIGNS.items():
        text = text.replace(sign, written)
    text = unicodedata.normalize("NFKC", text)
    text = re.sub(r"\\[dt]frac", r"\\frac", _DRESS.sub(" ", text))
    text = re.sub(r"\{\s*,\s*\}", ",", text.replace(r"\!", ""))
    text = _MATRIX.sub(r"\\begin{pmatrix}\1\\end{pmatrix}", _EQUAL_SIGNS.sub("=", text))
    text = re.sub(r"\\(?:leq|leqslant|le)(?![A-Za-z])|<=", r"\\leq ", text)
    text = re.sub(r"\\(?:geq|geqslant|ge)(?![A-Za-z])|>=", r"\\geq ", text)
    text = re.sub(r"^[^=,;]{0,30}\\in(?![A-Za-z])", "", text)
    text = re.sub(r"\s+", " ", text.replace("\\\\ ", " ") if "begin" not in text else text)
    text = _ABOUT.sub("", text.lstrip(" \n,:;="))
    return text.lstrip(" \n,:;=").rstrip(" \n.,:;?")


def has_names(text: str) -> bool:
    """Whether a formula holds letters that are no command and no text."""
    return _LETTER.search(_TEXT.sub("", text)) is not None


def undressed(text: str) -> str:
    """A formula with `\\text` and fonts replaced by what stands in them, and without Chinese words."""
    return _HAN.sub("", _unwrapped(text)).lstrip(" ,:;").rstrip(" .,:;")


def squeezed(text: str) -> str:
    """What two ways to write one thing have in common: no spaces, no needless braces, small letters kept."""
    return re.sub(r"\{(\w)\}", r"\1", re.sub(r"\s+", "", _unwrapped(text)).rstrip(".,:;"))


def _unwrapped(text: str) -> str:
    return _FONT.sub(lambda found: found[1] or "", _TEXT.sub(r" \1 ", text))


def entries(text: str) -> list[str]:
    r"""The entries of a list without brackets, `\pm` written out: `2, \pm 1` has three."""
    text = _WORDS_BETWEEN.sub(
        ",", _TEXT.sub(lambda found: f" {found[1]} " if _WORDS_BETWEEN.search(found[1]) else found[0], text)
    )
    pieces = [piece for piece in parted(text, ",;") if piece]
    return [one for piece in pieces for one in _both_signs(piece)]


def parted(text: str, marks: str) -> list[str]:
    """A text cut at marks that stand outside of all brackets; the pieces without spaces around them."""
    pieces, depth, start = [], 0, 0
    for place, character in enumerate(text):
        if character in _OPENING:
            depth += 1
        elif character in _CLOSING:
            depth -= 1
        elif character in marks and depth <= 0:
            pieces.append(text[start:place].strip())
            start = place + 1
    return [*pieces, text[start:].strip()]


def bracketed(text: str) -> tuple[str, str, str] | None:
    r"""(opening, inside, closing) of an interval, a tuple or a set `\{…\}`; None of anything else."""
    text = (
        text.strip().replace(r"\{", "⦃").replace(r"\}", "⦄").replace(r"\lbrace", "⦃").replace(r"\rbrace", "⦄")
    )
    if len(text) < 3 or text[0] not in "([⦃" or text[-1] not in ")]⦄":
        return None
    depth = 0
    for place, character in enumerate(text):
        depth += (character in "([⦃") - (character in ")]⦄")
        if depth == 0 and place < len(text) - 1:
            return None
    return text[0], text[1:-1].replace("⦃", r"\{").replace("⦄", r"\}"), text[-1]


def without_thousands(text: str) -> str:
    """1,234,567 as 1234567, and 12 345 as 12345."""
    text = re.sub(
        r"(?<![\d.])(\d{1,3})((?:\s*,\s*\d{3})+)(?!\d)",
        lambda found: re.sub(r"[\s,]", "", found.group()),
        text,
    )
    return re.sub(r"(?<![\d.])\d{1,3}(?: \d{3})+(?!\d)", lambda found: found.group().replace(" ", ""), text)


def with_plain_names(text: str) -> str:
    r"""A formula whose names a grammar can read: `R_{\odot}`, `k_\mathrm{B}`, `a'` and capitals get numbers.

    Equal names get equal numbers, so that R and r stay two things.
    """

    def named(found):
        if found["name"].lstrip("\\") in _OPERATORS:
            return found.group()
        below = re.sub(r"[\s\\{}]", "", found["braced"] if found["braced"] is not None else found["bare"])
        primes = found["prime"] or found["primed"] or ""
        return _numbered(found["name"], below, "'" if primes else "")

    text = _SUBSCRIPT.sub(named, text)
    text = re.sub(
        r"(\\[A-Za-z]+|[A-Za-z])\s*(?:\^\s*\{\s*\\prime\s*\}|\^\s*\\prime(?![A-Za-z])|')",
        lambda found: _numbered(found[1], "", "'"),
        text,
    )
    return _RENAMED.sub(
        lambda found: found.group() if found.group()[0] == "\\" else _numbered(found.group()), text
    )


def depth(text: str) -> int:
    """How many brackets are open at once at most."""
    deepest = now = 0
    for character in text:
        now += (character in _OPENING) - (character in _CLOSING)
        deepest = max(deepest, now)
    return deepest


def is_prose(text: str) -> bool:
    """Whether a text holds more letters than a formula has names."""
    return len(re.findall(r"[A-Za-z]", re.sub(r"\\[A-Za-z]+", "", text))) > MOST_NAMES


def is_bomb(text: str) -> bool:
    """Whether a power or a factorial in a formula is larger than any answer."""
    text = re.sub(r"[)\]}]", " ", re.sub(r"[(\[{]", "", text))
    if _FACTORIAL.search(text):
        return True
    for tower in _TOWER.findall(text):
        *lower, exponent = map(float, re.findall(r"\d+", tower))
        try:
            while len(lower) > 1:
                exponent = lower.pop() ** exponent
        except OverflowError:
            return True
        if lower[0] > 1 and exponent > GREATEST_POWER:
            return True
    return False


def _numbered(*name: str) -> str:
    short = len(name) == 1 and len(name[0]) == 1
    number = ord(name[0]) if short else 1000 + zlib.crc32("|".join(name).encode()) % 10**6
    return f" z_{{{number}}} "


def _both_signs(text: str) -> list[str]:
    if r"\pm" not in text and r"\mp" not in text:
        return [text]
    upper = re.sub(r"\\pm(?![A-Za-z])", "+", re.sub(r"\\mp(?![A-Za-z])", "-", text))
    lower = re.sub(r"\\pm(?![A-Za-z])", "-", re.sub(r"\\mp(?![A-Za-z])", "+", text))
    return [upper.strip().removeprefix("+").strip(), lower.strip()]
