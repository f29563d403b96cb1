"""Where a reply states its answer: its last box, or what follows "the answer is", 答案是 and the like.

This is how benchmarks read a reply; the kit's own cases are graded by the stricter rule of `grading`.
"""

import re
from typing import NamedTuple

from qvq_nb import trace

LONGEST, MOST_CUES = 20_000, 5  # characters and cues of a final part that are read, from its end
_CONTROL = re.compile(r"</s>|<\|[^|<>\n]{1,40}\|>")
_ASIDE = r"(?:[^.!?。！？\n:：]|\.(?=\d)){0,50}?"
_STRONG = re.compile(
    rf"""\b(?:answers?|options?|choice)\b(?!\s+the\b){_ASIDE}
         (?:\b(?:is|are|was|(?:would|should|must|will|to)\s+be)\b\s*[:：]?|[:：])
       | \bfinal\s+(?:value|result)\b{_ASIDE}(?:\bis\b\s*:?|:)
       | (?:答案|选项|答)(?:应该|应)?(?:选择|选|是|为|[：:])+
       | (?:应选|故选|所以选|因此选|选择|选)(?:择)?[：:]?(?=\s*[(（]?[A-Ja-j])""",
    re.IGNORECASE | re.VERBOSE,
)
_OPENS_STRONGLY = re.compile(r"^\s*\**\s*[(（]?([A-J])[)）]?\**\s*(?:$|[.:)）,\n])")
_SENTENCE = re.compile(r"[.!?](?=[\s\"'*)]|$)[\"'*)]*|[。！？；][”’）*]*|\n+")


class Stated(NamedTuple):
    """What a reply states: its last box (None without one), its final part, and what follows its cues.

    `after_cues` are the rests of the lines after each "the answer is", the last one first.
    """

    box: str | None
    final: str
    after_cues: tuple[str, ...]

    @property
    def told(self) -> str:
        """The box, or else the final part."""
        return self.final if self.box is None else self.box


def stated(text: str) -> Stated:
    """Reads the final part of a reply; without a marker or a box that is all of it."""
    text = _CONTROL.sub(" ", text)
    final = final_part(text)
    box = trace.boxed(final)
    cues = list(_STRONG.finditer(final))[-MOST_CUES:]
    after_cues = tuple(_rest_of_line(final, cue.end()) for cue in reversed(cues))
    if box is None and not any(map(str.isalnum, final)):
        box = trace.boxed(text[-LONGEST:])
    return Stated(box, final, after_cues)


def final_part(text: str) -> str:
    """What follows the thinking, or the sentence with the last box; all of a text without either."""
    parts = trace.split(text)
    found = parts.marker is not None or trace.boxed(text) is not None
    return (parts.final if found else text)[-LONGEST:].strip()


def unthought(text: str) -> str:
    """The final part where the reply thinks before it, and the untouched reply where it does not."""
    parts = trace.split(text)
    if parts.marker is None or not (parts.thinking.strip() or "</think>" in parts.marker):
        return text
    return parts.final


def sentences(text: str) -> list[str]:
    """The sentences of a text without those that ask something, empty ones left out."""
    starts = [0, *(end.end() for end in _SENTENCE.finditer(text)), len(text)]
    pieces = (text[start:end].strip() for start, end in zip(starts, starts[1:]))
    return [piece for piece in pieces if piece and piece[-1] not in "?？"]


def first_sentence(text: str) -> str:
    """The text up to the end of its first sentence."""
    return next(iter(sentences(text)), "")


def _rest_of_line(text: str, position: int) -> str:
    """The line that goes on after a position, or the next one where nothing stands on it."""
    lines = text[position : position + 600].lstrip(" \t\n:：*").split("\n", 1)
    return lines[0].strip()
