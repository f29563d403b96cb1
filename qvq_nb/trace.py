"""A reasoning text on plain strings: where the thinking ends, what is in the box, which language, does it loop."""

import re
from dataclasses import dataclass

_TITLE = r"(?:the\s+)?final\s+(?:answers?|solution)|answers?|最终答案|最后答案|最终结果|答案"
# A title in bold or as a heading may stand anywhere; a bare one only at the start of a line and with a colon.
_MARKER = re.compile(
    rf"""(?<!\s)\s*(?:
        \*\*\s*(?:{_TITLE})\s*[:：]?\s*\*\*\s*[:：]?
      | \*\*\s*(?:{_TITLE})\s*[:：](?=[^*\n]+\*\*)
      | 【(?:{_TITLE})】\s*[:：]?
      | (?<![^\n])[ \t]*\#{{1,6}}[ \t]*\**(?:{_TITLE})\**[ \t]*[:：]?\**[ \t]*(?=\n|$)
      | (?<![^\n])[ \t]*(?:{_TITLE})[ \t]*[:：]
      | </think>
    )\s*""",
    re.IGNORECASE | re.VERBOSE,
)
_BOX = re.compile(r"\\boxed\s*\{")
_SENTENCE_END = re.compile(r"[.!?][\"'”’)\]*]*(?=\s)|[。！？][”’）*]*|\n+")
_LATEX = re.compile(r"\$\$.*?\$\$|\$[^$\n]*\$|\\\[.*?\\\]|\\\(.*?\\\)|\\[A-Za-z]+", re.DOTALL)
_OPEN_FORMULA = re.compile(r"(?:\$\$|\\\[)\s*$")
_CJK = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+")

FINAL_OPENINGS = {  # how QVQ begins its final part, up to the content of the box
    "en": "\n\n**Final Answer**\n\n$$ \\boxed{",
    "zh": "\n\n**答案**\n\n$$ \\boxed{",
}
LOOP_REPEATS = 4
LOOP_CHARACTERS = 200
LONGEST_LOOP_CHARACTERS = 1000


@dataclass(frozen=True)
class Trace:
    """A text in its parts. No character is lost: `text` is the original.

    `marker` is what stood between the two, white space included, such as a bold "Final Answer"; None where the
    model wrote none and the final part was found by its box or as the last sentence.
    """

    thinking: str
    final: str
    marker: str | None

    @property
    def text(self) -> str:
        return self.thinking + (self.marker or "") + self.final


def split(text: str, finished: bool = True) -> Trace:
    r"""Splits what a reasoning model wrote into thinking and final answer. `final` is all that a grader may read.

    Tried in this order: the last marker (`**Final Answer**`, `**答案**`, `</think>` …) that is followed by
    something; the sentence with the last `\boxed{…}`; the last sentence. A text that was cut off
    (`finished=False`) has no last sentence: without marker or closed box its final part is empty,
    for a thought that broke off is no answer.
    """
    markers = [found for found in _MARKER.finditer(text) if _says_something(text[found.end() :])]
    if markers:
        last = markers[-1]
        return Trace(text[: last.start()], text[last.end() :], last.group())
    boxes = _boxes(text)
    if boxes:
        start = _sentence_start(text, boxes[-1][0])
    elif finished:
        start = _last_sentence_start(text)
    else:
        start = len(text)
    return Trace(text[:start], text[start:], None)


def final_has_begun(text: str) -> bool:
    """Whether the text holds a marker of the final part, even if nothing follows yet."""
    return _MARKER.search(text) is not None


def boxed(text: str) -> str | None:
    r"""The content of the last closed `\boxed{…}`, braces counted; None where there is none."""
    boxes = _boxes(text)
    return boxes[-1][1] if boxes else None


def all_boxed(text: str) -> list[str]:
    r"""The contents of every closed `\boxed{…}`, in order; of nested ones the inner one comes last."""
    return [content for _, content in _boxes(text)]


def has_open_box(text: str) -> bool:
    r"""Whether a `\boxed{` was begun and never closed."""
    return len(_BOX.findall(text)) > len(_boxes(text))


def is_looping(text: str) -> bool:
    """Whether the text ends in the same words again and again.

    Exact repetition only: at least 4 times, over at least 200 characters (three times that when the repeated
    piece holds neither letter nor digit, as in the rule of a table). Rows that differ in a number are no loop.
    """
    tail = text.rstrip()
    for length in range(1, min(LONGEST_LOOP_CHARACTERS, len(tail) // LOOP_REPEATS) + 1):
        piece = tail[-length:]
        needed_characters = LOOP_CHARACTERS if any(map(str.isalnum, piece)) else 3 * LOOP_CHARACTERS
        repeats = max(LOOP_REPEATS, -(-needed_characters // length))
        if tail.endswith(piece * repeats):
            return True
    return False


def language_of(text: str) -> str:
    """The language, "zh" or "en": Chinese where there are at least as many Chinese characters as words.

    What comes again counts once, so that names quoted from a picture do not outweigh the prose around them.
    Formulas, digits, single letters and abbreviations in capitals say nothing about the language.
    """
    prose = _LATEX.sub(" ", text)
    characters = sum(map(len, set(_CJK.findall(prose))))
    words = len(set(re.findall(r"[a-z]{2,}", prose)))
    return "zh" if characters and characters >= words else "en"


def sentences(text: str) -> list[str]:
    """The sentences of a text, empty ones left out. A decimal point ends none."""
    starts = [0, *(found.end() for found in _SENTENCE_END.finditer(text)), len(text)]
    pieces = (text[start:end].strip() for start, end in zip(starts, starts[1:]))
    return [piece for piece in pieces if piece]


def _boxes(text: str) -> list[tuple[int, str]]:
    """(start, content) of every closed box."""
    boxes = []
    for opening in _BOX.finditer(text):
        depth, position = 1, opening.end()
        while position < len(text):
            character = text[position]
            if character == "\\":
                position += 1  # an escaped brace is a character, not a bracket
            elif character in "{}":
                depth += 1 if character == "{" else -1
                if depth == 0:
                    boxes.append((opening.start(), text[opening.end() : position]))
                    break
            position += 1
    return boxes


def _says_something(text: str) -> bool:
    return any(map(str.isalnum, text))


def _sentence_start(text: str, position: int) -> int:
    """Where the sentence begins that holds this position, with the "$$" or "\\[" that opens its formula."""
    start = max((found.end() for found in _SENTENCE_END.finditer(text, 0, position)), default=0)
    opening = _OPEN_FORMULA.search(text[:start])
    return opening.start() if opening else start


def _last_sentence_start(text: str) -> int:
    """Where the last sentence begins that says something."""
    starts = [0, *(found.end() for found in _SENTENCE_END.finditer(text))]
    for start in reversed(starts):
        if _says_something(text[start:]):
            return start + len(text[start:]) - len(text[start:].lstrip())
    return len(text)
