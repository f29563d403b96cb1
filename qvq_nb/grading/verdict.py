"""Right or wrong, and why: the same check for learner, teacher and CI.

Only the final part of an answer is read, never the thinking, and held against a target, a value that grades
itself.
"""

import html
from dataclasses import asdict, dataclass

from qvq_nb import trace
from qvq_nb.grading.finding import Finding, Target, shortened
from qvq_nb.grading.rule import Unclear, doubt_in
from qvq_nb.grading.sentences import phrase, say

__all__ = ["Finding", "Target", "Verdict", "check", "phrase", "say", "shortened"]

VERDICT_MIME = "application/vnd.qvq.verdict+json"
# The sign, the colour and the names of each outcome.
OUTCOMES = {
    "right": ("✓", "#2e8b57", "right", "正确"),
    "wrong": ("✗", "#c0392b", "wrong", "错误"),
    "unclear": ("?", "#b7791f", "unclear", "不明确"),
    "no truth": ("–", "#5f6b7a", "not judged", "不评判"),
}


@dataclass(frozen=True)
class Verdict:
    """The outcome, what was expected, what was read from the answer, and the reason in one sentence."""

    outcome: str  # as in Finding
    expected: str
    got: str
    reason: str
    family: str | None = None
    model: str | None = None
    language: str = "en"
    seed: int | None = None
    question: str | None = None
    id: str | None = None  # of the case
    score: float | None = None  # between 0 and 1, of a benchmark whose answers may be right in part

    @property
    def ok(self) -> bool:
        """Whether the answer is right; an unclear one is not."""
        return self.outcome == "right"

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        sign, _, *names = OUTCOMES[self.outcome]
        return f"{sign} {phrase(names, self.language)}{phrase((': ', '：'), self.language)}{self.reason}"

    def to_dict(self) -> dict:
        """Everything as plain values, ready for JSON; a canonical case's seed is null."""
        return {**asdict(self), "ok": self.ok}

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        colour = OUTCOMES[self.outcome][1]
        page = f'<div style="border-left:4px solid {colour};padding:2px 10px">{html.escape(str(self))}</div>'
        return {VERDICT_MIME: self.to_dict(), "text/plain": str(self), "text/html": page}


def check(target: Target, answer, language: str = "en", **asked) -> Verdict:
    """The verdict on an Answer, or on a text (the whole of it or just its final part).

    `asked` are the fields of the verdict that say what was asked: `id`, `family`, `seed`,
    `question`.
    """
    final = answer.final if hasattr(answer, "final") else _final_of(str(answer))
    stop_reason = getattr(answer, "stop_reason", "end")
    if stop_reason == "refused":
        finding = Finding("unclear", "", say("refused", language))
    elif not final.strip():
        finding = Finding("unclear", "", say("empty", language))
    elif stop_reason != "end" and trace.boxed(final) is None and trace.has_open_box(final):
        finding = Finding("unclear", shortened(final), say("broken", language))
    elif stop_reason in ("broken", "filter") and trace.boxed(final) is None:
        finding = Finding("unclear", shortened(final), say("unfinished", language))
    else:
        finding = _explained(target, answer, final, language)
    if not getattr(target, "judges", True):  # an empty answer to such a question is not wrong, either
        finding = finding._replace(outcome="no truth")
    return Verdict(
        expected=target.expected,
        model=getattr(answer, "model", None),
        language=language,
        **finding._asdict(),
        **asked,
    )


def _explained(target: Target, answer, final: str, language: str) -> Finding:
    """What the target finds in all of the final part, or in its opening where the rest only explains that."""
    whole = target.grade(final, language)
    is_marked = trace.split(str(getattr(answer, "text", answer))).marker is not None
    opening, rest = trace.opening(final, is_marked)
    if whole.outcome != "unclear" or not rest.strip():
        return whole
    try:
        doubt_in(rest)
    except Unclear:
        return whole
    decides = target.grade(rest, language).outcome == "unclear"
    return target.grade(opening, language) if decides else whole


def _final_of(text: str) -> str:
    """What counts in a bare text: its final part; one paragraph without marker or box is one already."""
    parts = trace.split(text)
    is_one_paragraph = parts.marker is None and "\n\n" not in text.strip() and trace.boxed(text) is None
    return text if is_one_paragraph and parts.final else parts.final
