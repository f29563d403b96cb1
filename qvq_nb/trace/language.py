"""Which language a text is in: that of its prose."""

import re

_LATEX = re.compile(r"\$\$.*?\$\$|\$[^$\n]*\$|\\\[.*?\\\]|\\\(.*?\\\)|\\[A-Za-z]+", re.DOTALL)
_CJK = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+")


def language_of(text: str) -> str:
    """The language, "zh" or "en": Chinese where there are at least as many Chinese characters as words.

    What comes again counts once, so that names quoted from a picture do not outweigh the prose around them.
    Formulas, digits, single letters and abbreviations in capitals say nothing about the language.
    """
    prose = _LATEX.sub(" ", text)
    characters = sum(map(len, set(_CJK.findall(prose))))
    words = len(set(re.findall(r"[a-z]{2,}", prose)))
    return "zh" if characters and characters >= words else "en"
