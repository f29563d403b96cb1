r"""A text without TeX, Markdown and typographic dress: `$3{,}159\ \text{cm}^3$` becomes `3,159 cm^3`."""

import html
import re
import unicodedata

_SUPERSCRIPTS = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+")
_AS_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_PART = r"\s?(?:\{\s?([-+]?\s?[\d.,]+)\s?\}|(\d))"
_SIMPLE_FRACTION = re.compile(rf"(?:(?<![\d./^\w])(\d+)\s?)?\\[dt]?frac{_PART}{_PART}")
_FRACTION = re.compile(r"\\[dt]?frac\s?(\{[^{}]*\}|\d|π)\s?(\{[^{}]*\}|\d|π)")
_COMMANDS = {
    r"pi": "π", r"neq?|not|cancel|sout|xcancel|bcancel|neg|lnot": " ≠ ", r"pm|mp": "±",
    r"geq?|geqslant|gt|gg": " ≥ ", r"leq?|leqslant|lt|ll": " ≤ ", r"approx|sim|simeq|thickapprox": " ≈ ",
    r"times|cdot|ast": "×", r"div": "/", r"[lc]?dots": "...",
    r"to|(?:long)?rightarrow|xrightarrow|Rightarrow|implies|Longrightarrow": " → ",
    # What changes the number that follows it, so that this one is not the value.
    r"sqrt|overline|bar|dot|binom|log|ln|exp|sin|cos|tan|lfloor|lceil|bmod|mod|pmod": " √",
}  # fmt: skip
_TEX = [(re.compile(rf"\\(?:{names})(?![A-Za-z])"), sign) for names, sign in _COMMANDS.items()]
_STEPS = [
    (re.compile(written), meant)
    for written, meant in (
        (r"~~([^~\n]{1,80})~~", r" ≠ \1 "),  # struck out
        (r"<su[pP]>", "^"),
        (r"</?[A-Za-z][^<>\n]{0,60}>", ""),
        (r"\*\*?(?=\s?≠)", ""),
        (r"-{1,2}>|={1,2}>|[⟶⇒➔⇌]", "→"),
        (r"\\\$", " USD "),
        (r"\$\$", " "),
        (r"\$(?=[^\s$])([^$\n]*)(?<=[^\s$])\$(?!\d)", r" \1 "),
        (r"\$", " USD "),
        (r"\^\s?\{?\s?\\prime\s?\}?", "'"),
        (r"\^\s?\{?\s?\\circ\s?\}?|\\degree(?![A-Za-z])", "°"),
        (r"\\[ ,;:!\[\]()]", " "),
        (r"\\\\", "\n"),
        (r"(?<=\d)~|~(?=\s?[A-Za-z\\])", " "),
        (r"~", "≈"),
        (r"(?<=[\dπ)])\s?\*\*\s?(?=\d)", "^"),
        (r"(?<=[\w)]) ?\* ?(?=[\dπ(])", "×"),
        (r"[*`#]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])", " "),
    )
]


def one_spaced(text: str) -> str:
    """The text with every run of white space as one space or one new line."""
    return re.sub(r" ?\n[ \n]*", "\n", re.sub(r"[^\S\n]+", " ", text))


def plain(text: str) -> str:
    """The text as people would type it: π for its names, a fraction as 3/10 or as ((a)/(b))."""
    text = one_spaced(html.unescape(text))
    text = re.sub(r"(\d?)([¼½¾⅐-⅞])", _vulgar, text)
    text = _SUPERSCRIPTS.sub(lambda found: "^" + found.group().translate(_AS_DIGITS), text)
    text = re.sub("[−–﹣－‒]", "-", unicodedata.normalize("NFKC", text))
    text = re.sub("[𝜋𝛑ϖ]", "π", text).replace("{,}", ",").replace("÷", "/").replace("≒", "≈")
    for written, meant in _TEX:
        text = written.sub(meant, text)
    text = re.sub(r"(?:\\math[a-z]+\s?|(?<=\d))\{\s?π\s?\}", "π", text)
    text = _SIMPLE_FRACTION.sub(_typed, text)
    for _ in range(3):
        text = _FRACTION.sub(lambda found: f"(({found[1].strip('{}')})/({found[2].strip('{}')}))", text)
    text = re.sub(r"\\[dt]?frac(?![A-Za-z])", " √", text)  # one left cannot be read
    for written, meant in _STEPS:
        text = written.sub(meant, text)
    text = re.sub(r"√\s?\{([^{}]*)\}", r"√(\1)", text)
    text = re.sub(r"\\[A-Za-z]+\s?", " ", text)  # \text, \mathrm …: what is in their braces stays
    text = re.sub(r"\^\s?\{\s?([^{}\s]*)\s?\}", r"^\1", text)
    text = re.sub(r"\\(.)", r"\1", text)
    return one_spaced(re.sub(r"[{}]", " ", text))


def _vulgar(found: re.Match) -> str:
    above, _, below = unicodedata.normalize("NFKC", found[2]).partition("⁄")
    return f"{found[1]}\\frac{{{above}}}{{{below}}}"


def _typed(found: re.Match) -> str:
    whole, *parts = found.groups()
    above, below = (part.replace(" ", "") for part in parts if part)
    if whole:
        return f"({whole}+{above}/{below})"  # 3\frac{1}{2}
    negative_below = below.startswith(("-", "+"))
    return f"(({above})/({below}))" if negative_below else f"{above}/{below}"
