"""What a model wrote, in its parts, and how that is shown when it is complete."""

import html
from dataclasses import asdict, dataclass, field

from qvq_nb import trace
from qvq_nb.grading.verdict import phrase

ANSWER_MIME = "application/vnd.qvq.answer+json"
STAMP = (
    "{model} · {tokens} tokens in {seconds:.1f} s{stop}",
    "{model} · {tokens} 个 token，用时 {seconds:.1f} 秒{stop}",
)
NOT_ASKED = ("written by the kit · {model} was not asked", "由工具包写出 · 没有问 {model}")
STOPS = {
    "end": ("", ""),
    "length": (", cut off by length", "，写到长度上限被截断"),
    "loop": (", stopped in a loop", "，陷入重复而停止"),
    "time": (", stopped by the time limit", "，到了时限而停止"),
    "broken": (", broken off", "，中途断开"),
    "filter": (", ended by the provider's content filter", "，被供应商的内容过滤终止"),
}
TITLES = {"en": ("Thinking", "(no final answer)"), "zh": ("思考过程", "（没有最终答案）")}
FRAME_STYLE = "border-left:4px solid #7a6ff0;padding:2px 10px"
TEXT_STYLE = "white-space:pre-wrap;overflow-wrap:anywhere"


@dataclass(frozen=True)
class Answer:
    """What a model wrote about an image, in its parts, and how it came about.

    `stop_reason` is "end" (the model was done), "length" (max_new_tokens reached), "loop" (it repeated
    itself), "time" (the time limit), "broken" (a server's answer broke off), "filter" (a provider's content
    filter ended it) or "refused": then the model was not asked, and the text is the kit's,
    not the model's. `notes` say what was done to the input, such as scaling an image down, and to the
    thinking. `new_tokens` are those that the model wrote itself.
    """

    text: str = field(repr=False)  # it is the thinking and the final part once more
    thinking: str
    final: str
    model: str
    language: str
    visual_tokens: int
    prompt_tokens: int
    new_tokens: int
    seconds: float
    stop_reason: str
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.final

    def to_dict(self) -> dict:
        """Everything as plain values, ready for JSON."""
        return {**asdict(self), "notes": list(self.notes)}

    def _stamp(self) -> str:
        if self.stop_reason == "refused":
            return phrase(NOT_ASKED, self.language, model=self.model)
        words = {"model": self.model, "tokens": self.new_tokens, "seconds": self.seconds}
        return phrase(STAMP, self.language, **words, stop=phrase(STOPS[self.stop_reason], self.language))

    def _repr_html_(self) -> str:
        thinking_title, nothing = TITLES[self.language]
        notes = "".join(f"<div>{html.escape(note)}</div>" for note in self.notes)
        thinking = (
            f"<details><summary>{thinking_title}</summary>"
            f'<div style="{TEXT_STYLE};opacity:.75">{escaped(self.thinking)}</div></details>'
        )
        return (
            f'<div style="{FRAME_STYLE}">'
            f"{'' if self.stop_reason == 'refused' else thinking}"
            f'<div style="{TEXT_STYLE};font-weight:600;margin:4px 0">{escaped(self.final) or nothing}</div>'
            f'<div style="font-size:85%;opacity:.7">{html.escape(self._stamp())}{notes}</div></div>'
        )

    def _repr_markdown_(self) -> str:
        quoted = "\n".join("> " + html.escape(line, quote=False) for line in self.thinking.splitlines())
        notes = "".join(f"  \n*{note}*" for note in self.notes)
        return f"{quoted}\n\n{html.escape(self.final, quote=False)}\n\n*{self._stamp()}*{notes}\n"

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        return {
            ANSWER_MIME: self.to_dict(),
            "text/plain": str(self),
            "text/html": self._repr_html_(),
            "text/markdown": self._repr_markdown_(),
        }


def in_parts(written: dict[str, str], finished: bool) -> tuple[str, str]:
    """(thinking, final part) of what came on the channels "thinking", "answer" and "unparsed".

    A server that parts the text by a marker leaves the marker in the answer, and the answer empty where there
    was none; so both are split once more, as the same text would be on this machine.
    """
    thinking, unparsed, answer = written["thinking"], written["unparsed"], written["answer"]
    if not answer:
        parts = trace.split(thinking + unparsed, finished)
        return _without_tag(parts.thinking), parts.final.strip()
    parts = trace.split(unparsed, finished)
    opening = trace.split(answer)
    if not parts.final and opening.marker and not opening.thinking.strip():
        answer = opening.final
    return _without_tag(thinking + parts.thinking), (parts.final + answer).strip()


def _without_tag(thinking: str) -> str:
    return thinking.strip().removeprefix("<think>").lstrip()


def being_written(text: str) -> str:
    """An unfinished text as HTML, in the same frame as the Answer that takes its place."""
    return f'<div style="{FRAME_STYLE};{TEXT_STYLE};opacity:.75">{escaped(text)}</div>'


def escaped(text: str) -> str:
    """A model's text as HTML that runs nothing; "$" and backslash are coded lest they become a formula."""
    return html.escape(text).replace("$", "&#36;").replace("\\", "&#92;")
