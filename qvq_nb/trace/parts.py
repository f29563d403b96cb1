"""Where the thinking of a reasoning text ends and its final part begins."""

import re
from dataclasses import dataclass

from qvq_nb.trace.bare import bare_start
from qvq_nb.trace.blocks import blocks_in
from qvq_nb.trace.boxes import boxes_in

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
_ANSWERS = re.compile(
    rf"(?:\*\*|\#+ )?(?:(?:the|my) )?(?:final )?answer is\b|(?:最终|最后)?答案[是为]|(?x:{_MARKER.pattern})",
    re.IGNORECASE,
)
_THINKING_TAG = re.compile(r"<(/?)think>")
_SENTENCE_END = re.compile(r"[.!?][\"'”’)\]*]*(?=\s)|[。！？][”’）*]*|\n+")
_DIGIT = re.compile(r"\d")
_OPEN_FORMULA = re.compile(r"(?:\$\$|\\\[)\s*$")

FINAL_OPENINGS = {  # how QVQ begins its final part, up to the content of the box
    "en": "\n\n**Final Answer**\n\n$$ \\boxed{",
    "zh": "\n\n**答案**\n\n$$ \\boxed{",
}


@dataclass(frozen=True)
class Trace:
    """A text in its parts. No character is lost: `text` is the original.

    `marker` is what stood between the two, white space included, such as a bold "Final Answer"; None where
    the model wrote none, so that the final part was found by its box or as the last sentence.
    """

    thinking: str
    final: str
    marker: str | None

    @property
    def text(self) -> str:
        """All of it, as the model wrote it."""
        return self.thinking + (self.marker or "") + self.final


def split(text: str, finished: bool = True) -> Trace:
    r"""Splits what a reasoning model wrote into thinking and final answer; a grader may read `final` alone.

    Tried in this order: the last marker (`**Final Answer**`, `**答案**`, `</think>` …) that is followed by
    something; the sentence with the last `\boxed{…}`; all of a text that opens with "The answer is"; blocks
    of code or tables after which no more than a remark without a number follows; an object or calls on lines
    of their own, likewise; the last sentence. A text that was cut off (`finished=False`) has no last
    sentence: without marker or closed box its final part is empty, for a thought that broke off is no answer.
    What ends within `<think>` has none, either.
    """
    if not _leaves_thinking(text):
        return Trace(text, "", None)
    markers = [found for found in _MARKER.finditer(text) if _says_something(text[found.end() :])]
    if markers:
        last = markers[-1]
        return Trace(text[: last.start()], text[last.end() :], last.group())
    boxes = boxes_in(text)
    if boxes:
        start = _sentence_start(text, boxes[-1][0])
    elif finished and opening(text)[1]:
        start = 0
    elif finished:
        start = _last_blocks_start(text)
    else:
        start = len(text)
    return Trace(text[:start], text[start:], None)


def opening(final: str, is_marked: bool = False) -> tuple[str, str]:
    """The first paragraph of a final part, where a marker or its words call it the answer, and the rest.

    Without such a paragraph the whole text, and nothing.
    """
    text = final.lstrip()
    first, blank, rest = text.partition("\n\n")
    return (first, blank + rest) if is_marked or _ANSWERS.match(text) else (final, "")


def final_has_begun(text: str) -> bool:
    """Whether the text holds a marker of the final part, even if nothing follows yet."""
    return _MARKER.search(text) is not None


def sentences(text: str) -> list[str]:
    """The sentences of a text, empty ones left out. A decimal point ends none."""
    starts = [0, *(found.end() for found in _SENTENCE_END.finditer(text)), len(text)]
    pieces = (text[start:end].strip() for start, end in zip(starts, starts[1:]))
    return [piece for piece in pieces if piece]


def _leaves_thinking(text: str) -> bool:
    """Whether something is said after the last `</think>`, and no `<think>` is left open."""
    tags = list(_THINKING_TAG.finditer(text))
    return not tags or (tags[-1][1] == "/" and _says_something(text[tags[-1].end() :]))


def _says_something(text: str) -> bool:
    return any(map(str.isalnum, text))


def _sentence_start(text: str, position: int) -> int:
    """Where the sentence begins that holds this position, with the "$$" or "\\[" that opens its formula."""
    start = max((found.end() for found in _SENTENCE_END.finditer(text, 0, position)), default=0)
    opening = _OPEN_FORMULA.search(text[:start])
    return opening.start() if opening else start


def _last_blocks_start(text: str) -> int:
    """Where the blocks begin that end a text, no number between or after them; else the last bare one."""
    start = len(text)
    for block in reversed(blocks_in(text)):
        if _DIGIT.search(text, block.end, start):
            break
        start = block.start
    if start == len(text):
        bare = bare_start(text)
        return _last_sentence_start(text) if bare is None else bare
    return start


def _last_sentence_start(text: str) -> int:
    """Where the last sentence begins that says something."""
    starts = [0, *(found.end() for found in _SENTENCE_END.finditer(text))]
    said = next((place for place in reversed(range(len(text))) if text[place].isalnum()), -1)
    start = max((start for start in starts if start <= said), default=len(text))
    return start + len(text[start:]) - len(text[start:].lstrip())
