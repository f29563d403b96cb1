"""Right or wrong, and why: the same check for learner, teacher and CI.

Only the final part of an answer is read, never the thinking, and held against a target, a value that grades
itself.
"""

import html
from dataclasses import asdict, dataclass
from typing import NamedTuple, Protocol

from qvq_nb import trace

VERDICT_MIME = "application/vnd.qvq.verdict+json"
# The sign, the colour and the names of each outcome.
OUTCOMES = {
    "right": ("✓", "#2e8b57", "right", "正确"),
    "wrong": ("✗", "#c0392b", "wrong", "错误"),
    "unclear": ("?", "#b7791f", "unclear", "不明确"),
    "no truth": ("–", "#5f6b7a", "not judged", "不评判"),
}


class Finding(NamedTuple):
    """What a target finds in the final part of an answer: the outcome, what was read, the reason why.

    The outcome is "right", "wrong" or, where the text does not give one answer, "unclear"; of a question
    without a truth it is "no truth".
    """

    outcome: str
    got: str
    reason: str

    @property
    def ok(self) -> bool:
        return self.outcome == "right"


class Target(Protocol):
    """What an answer is held against. `expected` is the truth as people write it."""

    @property
    def expected(self) -> str: ...

    def grade(self, final: str, language: str) -> Finding:
        """Grades the final part of an answer, never empty; `language` is that of the reason, en or zh."""


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
        return f"{sign} {names[self.language == 'zh']}: {self.reason}"

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
        finding = Finding("wrong", "", say("refused", language))
    elif not final.strip():
        finding = Finding("wrong", "", say("empty", language))
    elif stop_reason != "end" and trace.boxed(final) is None and trace.has_open_box(final):
        finding = Finding("wrong", shortened(final), say("broken", language))
    elif stop_reason in ("broken", "filter") and trace.boxed(final) is None:
        finding = Finding("wrong", shortened(final), say("unfinished", language))
    else:
        finding = target.grade(final, language)
    if not getattr(target, "judges", True):  # an empty answer to such a question is not wrong, either
        finding = finding._replace(outcome="no truth")
    return Verdict(
        expected=target.expected,
        model=getattr(answer, "model", None),
        language=language,
        **finding._asdict(),
        **asked,
    )


def _final_of(text: str) -> str:
    """What counts in a bare text: its final part; a paragraph without marker or box is one already."""
    parts = trace.split(text)
    is_one_paragraph = parts.marker is None and "\n" not in text.strip() and trace.boxed(text) is None
    return text if is_one_paragraph else parts.final


_SENTENCES = {
    "empty": ("There is no final answer to read.", "没有可读的最终答案。"),
    "refused": ("The kit refused the question, so the model gave no answer.",
                "工具包拒绝了这个问题，模型没有作答。"),
    "broken": ("The text was cut off inside the box, so the answer is incomplete.",
               "文本在答案框内被截断，答案不完整。"),
    "unfinished": ("The answer did not come to its end, so it is not complete.",
                   "回答没有写完，所以不完整。"),
    "right": ("{got} is what the drawing gives.", "{got} 与图中一致。"),
    "no number": ("The final part states no number.", "最终部分没有给出数字。"),
    "several": ("The final part gives several candidates instead of one answer.",
                "最终部分给出了多个候选，而不是一个答案。"),
    "wrong unit": ("The unit is wrong: {unit}, where {wanted} is asked for.",
                   "单位不对：写的是 {unit}，应为 {wanted}。"),
    "needless unit": ("The answer carries a unit, {unit}, that does not belong to it.",
                      "答案带有不该有的单位 {unit}。"),
    "wrong number": ("{got} is not {expected}.", "{got} 不等于 {expected}。"),
    "right without unit": ("The number is right; no unit was given, and {unit} was assumed.",
                           "数字正确；没有写单位，按 {unit} 计。"),
    "right converted": ("{got} is {expected}.", "{got} 即 {expected}。"),
    "no substance": ("The final part names no compound.", "最终部分没有说出任何化合物。"),
    "denied": ("The final part only says what it is not: {got}.", "最终部分只说了它不是什么：{got}。"),
    "other substance too": ("It also names {got}, which is not part of the answer.",
                            "还提到了 {got}，它不属于答案。"),
    "wrong name": ("{got} is not {expected}.", "{got} 不是 {expected}。"),
    "no box": ("The final part holds no box; write one in thousandths of width and height, as {example}.",
               "最终部分没有框；请按宽、高的千分坐标写一个，例如 {example}。"),
    "several boxes": ("The final part holds several different boxes; write just one, as {example}.",
                      "最终部分有多个不同的框；请只写一个，例如 {example}。"),
    "box denied": ("The text says where it is not; write just the box of the object itself, as {example}.",
                   "文本说的是不在哪里；请只写物体本身的框，例如 {example}。"),
    "box right": ("IoU {overlap} with the true box (read as {form}, in thousandths).",
                  "与正确框的 IoU 为 {overlap}（按{form}、千分坐标读取）。"),
    "box wrong": ("IoU {overlap} with the true box, where {threshold} is needed"
                  " (read as {form}, in thousandths).",
                  "与正确框的 IoU 只有 {overlap}，至少要 {threshold}（按{form}、千分坐标读取）。"),
    "box on another": ("The box lies on the {name}: IoU {overlap} with the true box, where {threshold} is"
                       " needed (read as {form}, in thousandths).",
                       "框到了{name}：与正确框的 IoU 只有 {overlap}，至少要 {threshold}"
                       "（按{form}、千分坐标读取）。"),
    "no multiple of π": (r"No single multiple of π can be read; write it like \boxed{{\frac{{3\pi}}{{4}}}}.",
                         r"读不出一个 π 的倍数；请写成 \boxed{{\frac{{3\pi}}{{4}}}} 这样的形式。"),
    "several multiples of π": (r"Several values stand there; put the answer alone in a box, \boxed{{…}}.",
                               r"写了好几个值；请把答案单独写进 \boxed{{…}}。"),
    "doubted multiple of π": (r"The value is denied or only a bound; write just the answer in \boxed{{…}}.",
                              r"这个值被否定了，或只是一个界限；请只把答案写进 \boxed{{…}}。"),
    "without π": ("{got} lacks the factor π; {expected} is right.", "{got} 漏了因子 π，应为 {expected}。"),
    "not one name": (r"The final part does not name one; write it alone, as in \boxed{{…}}.",
                     r"最终部分没有明确说出是哪一个；请只写出它，例如 \boxed{{…}}。"),
    "not in parts": (r"The answer does not give these parts, and no more, in order: {names}. "
                     r"Write them with commas between, such as \boxed{{2, 13.50}}.",
                     r"答案没有依次给出以下各部分：{names}。请用逗号隔开来写，例如 \boxed{{2, 13.50}}。"),
    "one part": ("{name}: {reason}", "{name}：{reason}"),
    "not one option": (r"The final part does not choose one option; write its letter, such as \boxed{{B}}.",
                       r"最终部分没有选定一个选项；请写出选项的字母，例如 \boxed{{B}}。"),
}  # fmt: skip


def say(what: str, language: str, **words) -> str:
    """The sentence for one reason, in English or Chinese."""
    return phrase(_SENTENCES[what], language, **words)


def phrase(english_and_chinese: tuple[str, str], language: str, **words) -> str:
    """One of two sentences that say the same, with `words` put in."""
    return english_and_chinese[language == "zh"].format(**words)


def shortened(text: str, longest: int = 80) -> str:
    """A text on one line of at most `longest` characters."""
    text = " ".join(text.split())
    return text if len(text) <= longest else text[: longest - 1] + "…"
