"""One reply against the answer of a benchmark's question, without a judge model."""

from fractions import Fraction
from statistics import fmean

from qvq_nb import trace
from qvq_nb.errors import QvqError
from qvq_nb.evaluation.scoring.choice import Options, chosen, plain
from qvq_nb.evaluation.scoring.formula import EXACT, listed, same, worth
from qvq_nb.evaluation.scoring.numbers import Number, decimals, only_number, stated_formula, stated_number
from qvq_nb.evaluation.scoring.open_text import agrees
from qvq_nb.evaluation.scoring.stated import Stated, stated, unthought
from qvq_nb.evaluation.scoring.text_metrics import anls, relaxed_accuracy, vqa_accuracy
from qvq_nb.grading.verdict import Verdict, phrase, shortened

METRICS = {"anls": anls, "relaxed": relaxed_accuracy, "vqa": vqa_accuracy}
FORMULAS = ("expression", "equation", "interval", "tuple", "list")
KINDS = ("choice", "integer", "float", *FORMULAS, "text", *METRICS)
RIGHT_FROM = 0.5  # of a metric between 0 and 1

_SENTENCES = {
    "right": ("{got} agrees with {expected}.", "{got} 与 {expected} 一致。"),
    "wrong": ("{got} does not agree with {expected}.", "{got} 与 {expected} 不一致。"),
    "unread": ("No answer can be read in it.", "从中读不出答案。"),
    "cut off": ("The text was cut off inside the box.", "文本在答案框内被截断。"),
    "not compared": ("{got} cannot be compared with {expected}.", "无法将 {got} 与 {expected} 比较。"),
    "late": ("The comparison could not be made in time.", "未能在时限内完成比较。"),
    "metric": ("It scores {score:.4g} of 1.", "得分为 {score:.4g}（满分 1）。"),
    "circular": ("{right} of {total} orders of the options were answered right.",
                 "{total} 种选项顺序中答对了 {right} 种。"),
}  # fmt: skip


def score(
    text, gold, kind, *, choices=None, precision=None, unit=None, nearest=False, language="en"
) -> Verdict:
    """The verdict on a reply by the rule of its kind.

    `gold` is the answer or a list of answers, each of which is right; for `list` a list of strings is one
    answer with several entries. A choice's answer is its letter or, with `choices`, its text. `precision` is
    the number of decimals for `float` (without one, those of the answer, at least two) and an absolute
    tolerance for the others, for a list also one each, as [0.1, 0.01] or "0.1,0.01". `unit` may stand beside
    the answer or be left out. With `nearest` a choice that was not named is the one with the nearest text,
    as MathVista has it. Of `anls`, `relaxed` and `vqa` the verdict's `score` is the value, right from 0.5.
    """
    if kind not in KINDS:
        raise QvqError(f"There is no kind of answer {kind!r}; the kinds are {', '.join(KINDS)}.")
    answers = [str(answer) for answer in gold] if isinstance(gold, (list, tuple)) else [str(gold)]
    expected = ", ".join(dict.fromkeys(answers))
    text = str(text)
    if kind in METRICS:
        return _measured(text, answers, kind, expected, language)
    reply = stated(text)
    if reply.box is None and trace.has_open_box(reply.final):
        outcome, got = "cut off", ""
    elif kind == "choice":
        outcome, got = _chosen(reply, answers, choices, nearest)
    elif kind == "text":
        outcome, got = _open(reply, answers)
    elif kind in ("integer", "float"):
        outcome, got = _number(reply, answers, kind, precision, unit)
    else:
        outcome, got = _formula(
            reply, ["; ".join(answers)] if kind == "list" else answers, precision, unit, kind
        )
    return _verdict(outcome, expected, got, language)


def circular(verdicts) -> Verdict:
    """One verdict on all orders in which a question's options were shown: right if every one was right."""
    verdicts = list(verdicts)
    right, total = sum(map(bool, verdicts)), len(verdicts)
    if not total:
        raise QvqError("There are no verdicts to put together; give those on each order of the options.")
    outcome = (
        "right" if right == total else "wrong" if any(v.outcome == "wrong" for v in verdicts) else "unclear"
    )
    language = verdicts[0].language
    return Verdict(
        outcome,
        ", ".join(verdict.expected for verdict in verdicts),
        ", ".join(verdict.got for verdict in verdicts),
        phrase(_SENTENCES["circular"], language, right=right, total=total),
        language=language,
    )


def late(gold, language: str = "en") -> Verdict:
    """The verdict on a reply whose comparison did not end in time."""
    expected = ", ".join(map(str, gold)) if isinstance(gold, (list, tuple)) else str(gold)
    return _verdict("late", expected, "", language)


def mean_score(verdicts) -> float:
    """The mean of the verdicts' scores; a verdict without one counts 1 where it is right, else 0."""
    return fmean(float(v.ok) if v.score is None else v.score for v in verdicts)


def _verdict(outcome: str, expected: str, got: str, language: str) -> Verdict:
    got = shortened(got)
    reason = phrase(_SENTENCES[outcome], language, got=got, expected=shortened(expected))
    return Verdict(
        outcome if outcome in ("right", "wrong") else "unclear", expected, got, reason, language=language
    )


def _measured(text: str, answers: list[str], kind: str, expected: str, language: str) -> Verdict:
    box = stated(text).box
    said = unthought(text) if box is None else plain(box)
    value = METRICS[kind](said, answers)
    reason = phrase(_SENTENCES["metric"], language, score=value)
    outcome = "right" if value >= RIGHT_FROM else "wrong"
    return Verdict(outcome, expected, shortened(said), reason, language=language, score=value)


def _chosen(reply: Stated, answers: list[str], choices, nearest: bool) -> tuple[str, str]:
    options = Options(choices)
    letter = chosen(reply, options, lambda one, other: same(one, other) is True, nearest)
    truths = {options.letter_of(answer) for answer in answers} - {None}
    if letter is None:
        return _unread(reply)
    return _outcome(letter in truths) if truths else "not compared", letter


def _open(reply: Stated, answers: list[str]) -> tuple[str, str]:
    if not any(map(str.isalnum, reply.told)):
        return _unread(reply)
    right = agrees(reply, answers)
    if not right and reply.box is not None:
        right = any(same(answer, reply.box) for answer in answers if any(map(str.isdigit, answer)))
    return _outcome(right), reply.told


def _number(reply: Stated, answers: list[str], kind: str, precision, unit) -> tuple[str, str]:
    number = stated_number(reply) if reply.box is None else _boxed_number(reply.box)
    if number is None:
        return _formula(reply, answers, None, unit) if reply.box is not None else _unread(reply)
    truths = [truth for answer in answers if (truth := only_number(answer) or _boxed_number(answer))]
    if not truths:
        return _formula(reply, answers, None, unit)
    allowed = tolerances(precision)
    equal = _same_integer if kind == "integer" else _same_decimal
    return _outcome(any(equal(number, truth, allowed) for truth in truths)), number.text


def _same_integer(number: Number, truth: Number, allowed) -> bool:
    values = [value for value in (number.value, number.scaled) if value is not None]
    if allowed and allowed[0]:
        return any(abs(value - truth.value) <= allowed[0] for value in values)
    return int(truth.value) in map(int, values)


def _same_decimal(number: Number, truth: Number, allowed) -> bool:
    places = int(allowed[0]) if allowed else max(2, decimals(truth.text))
    part = number.part if truth.value else None
    values = [value for value in (number.value, number.scaled, part) if value is not None]
    return round(float(truth.value), places) in [round(float(value), places) for value in values]


def _boxed_number(box: str) -> Number | None:
    """The number in a box: written in digits, or the value of a formula such as 2\\sqrt{3}."""
    if (number := only_number(box)) is not None:
        return number
    value = worth(box)
    return None if value is None else Number(Fraction(value), box)


def _formula(reply: Stated, answers: list[str], precision, unit, kind="expression") -> tuple[str, str]:
    allowed = tolerances(precision)
    results = []
    for answer in answers:
        said = stated_formula(reply, several=len(listed(answer)) > 1, number=only_number(answer) is not None)
        if not said.strip():
            return _unread(reply)
        results.append((same(answer, said, allowed, unit, kind in ("expression", "equation")), said))
    outcomes = [equal for equal, _ in results]
    outcome = "right" if True in outcomes else "not compared" if None in outcomes else "wrong"
    return outcome, results[0][1]


def _unread(reply: Stated) -> tuple[str, str]:
    return "unread", reply.final


def _outcome(right: bool) -> str:
    return "right" if right else "wrong"


def tolerances(precision) -> tuple[float, ...] | None:
    """The absolute tolerances that a set gives, one for all or one each; None where it gives none."""
    if precision is None or precision != precision or precision == "":
        return None
    written = precision.split(",") if isinstance(precision, str) else precision
    try:
        each = written if isinstance(written, (list, tuple)) else [written]
        return tuple(EXACT if str(one).strip() == "" else float(one) for one in each) or None
    except (TypeError, ValueError):
        raise QvqError(
            f"The precision {precision!r} is no number; give one, or one for each answer."
        ) from None
