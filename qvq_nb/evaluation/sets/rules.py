"""What each benchmark's rows mean: how they are asked, what is right, and by which rule that is scored."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from qvq_nb.errors import QvqError
from qvq_nb.evaluation.scoring.choice import LETTERS
from qvq_nb.evaluation.scoring.scorer import tolerances
from qvq_nb.evaluation.sets.harness import in_few_words, of_olympiad, with_options
from qvq_nb.evaluation.sets.rows import Row, language_of

NO_ANSWER = "no answer"
NO_OPTION = "an answer that is none of the options"
NO_MACHINE = "not scored by machine"
_OLYMPIAD_KINDS = {"Tuple": "tuple", "Interval": "interval", "Equation": "equation"}


class LeftOut(Exception):
    """A row that is no question to ask; the text says why."""


@dataclass(frozen=True)
class Truth:
    """What is right in a row, and how it is scored; the fields are those of `Question`."""

    kind: str
    gold: str | list[str]
    choices: tuple[str, ...] = ()
    precision: str | int | None = None
    unit: str | None = None
    nearest: bool = False


@dataclass(frozen=True)
class Rule:
    """What is known of a benchmark: the columns that it needs, how its rows are read and asked.

    `splits` are those whose score is reported. With `turns` rows with the same index but for millions are
    one question with its options in other orders. VLMEvalKit shows the pictures before the text, but for
    `pictures_last`.
    """

    needs: tuple[str, ...]
    truth: Callable[[Row], Truth]
    prompt: Callable[..., str]
    language: Callable[[Row], str]
    splits: tuple[str, ...] = ()
    turns: bool = False
    pictures_last: bool = False


def rule_of(name: str, columns) -> Rule:
    """The rule of a set by the beginning of its name, else by its columns; one for any other set."""
    plain = re.sub(r"[\W_]", "", name).casefold()
    for beginning, rule in _BY_NAME.items():
        if plain.startswith(beginning):
            return rule
    if {"final_answer", "is_multiple_answer"} <= set(columns):
        return _OLYMPIAD
    if {"question_type", "answer_type", "choices"} <= set(columns):
        return _MATHVISTA
    return _MATHVISION if "choices" in columns and "A" not in columns else _OTHER


def _lettered(row: Row) -> Truth:
    options = row.options()
    letter = _given(row.text("answer")).strip("() ").upper()
    if letter not in options:
        raise LeftOut(NO_OPTION)
    return Truth(
        "choice", letter, tuple(options.get(one, "") for one in LETTERS[: LETTERS.index(max(options)) + 1])
    )


def _lettered_or_open(row: Row) -> Truth:
    return _lettered(row) if row.options() else Truth("text", _all(row.answers()))


def _any_answer(kind: str) -> Callable[[Row], Truth]:
    return lambda row: Truth(kind, _all(row.answers()))


def _of_mathvista(row: Row) -> Truth:
    if row.needed("question_type") == "multi_choice":
        return _chosen(row, row.text("answer_option"), nearest=True)
    kind, unit = row.needed("answer_type"), row.text("unit") or None
    if kind == "list":
        return Truth("list", row.answers(), unit=unit)
    if kind not in ("integer", "float"):
        return Truth("text", _all(row.answers()))
    places = row.text("precision") if kind == "float" else ""
    if places and not re.fullmatch(r"\d(\.0+)?", places):
        row.fault("precision", f"{places!r} is no number of decimals")
    return Truth(kind, _given(row.text("answer")), precision=int(places[0]) if places else None, unit=unit)


def _of_mathvision(row: Row) -> Truth:
    if row.entries("choices"):
        return _chosen(row, "")
    answer = _given(row.text("answer"))
    return Truth("choice" if re.fullmatch("[A-E]", answer.strip()) else "expression", answer)


def _chosen(row: Row, letter: str, nearest: bool = False) -> Truth:
    """A choice among the texts of `choices`; its answer is one of them, or its letter."""
    choices, answer = tuple(row.entries("choices")), _given(row.text("answer"), letter)
    for written in (letter, LETTERS[choices.index(answer)] if answer in choices[:26] else answer):
        if written.strip().upper() in tuple(LETTERS[: len(choices)]):
            return Truth("choice", written.strip().upper(), choices, nearest=nearest)
    raise LeftOut(NO_OPTION)


def _of_olympiad(row: Row) -> Truth:
    kinds = row.text("answer_type")
    if row.text("source").startswith("TP") or "Need_human_evaluate" in kinds:
        raise LeftOut(NO_MACHINE)
    gold = _given(*row.answers("final_answer")[:1])
    kind = next((kind for name, kind in _OLYMPIAD_KINDS.items() if name in kinds), "expression")
    if is_several(row):
        kind, gold = "list", [gold]
    precision = row.text("error").strip() or None
    try:
        tolerances(precision)
    except QvqError:
        row.fault("error", f"{precision!r} is no number, and no numbers parted by commas")
    precision = None if kind == "tuple" else precision  # its own judge gives a tuple no tolerance
    return Truth(kind, gold, precision=precision, unit=row.text("unit") or None)


def is_several(row: Row) -> bool:
    """Whether a question of OlympiadBench has several answers."""
    return row.text("is_multiple_answer").strip().casefold() in ("true", "1", "1.0")


def _given(*answers: str) -> str:
    """The first answer that says something."""
    for answer in answers:
        if answer.strip():
            return answer
    raise LeftOut(NO_ANSWER)


def _all(answers: list[str]) -> str | list[str]:
    _given(*answers)
    return answers if len(answers) > 1 else answers[0]


def _in_mmmu_words(row, options, harness) -> str:
    return with_options(row, options, harness, english=True)


def _in_olympiad_words(row, options, harness) -> str:
    return of_olympiad(row, row.text("source"), is_several(row))


def _in_common_words(row, options, harness) -> str:
    return (with_options if options else in_few_words)(row, options, harness)


def _as_written(row: Row) -> str:
    question = row.text("question").split("Question:")[-1].split("Choices:")[0]
    return language_of(" ".join([question, *row.options().values()]))


def _of_source(row: Row) -> str:
    return "zh" if "zh" in row.text("source") else "en"


_OPTIONS = ("answer", "A", "B")
_CHOICE = Rule(_OPTIONS, _lettered, with_options, _as_written)
_MMMU = Rule(("answer", "A"), _lettered_or_open, _in_mmmu_words, _as_written, splits=("validation",))
_MATHVISTA = Rule(
    ("answer", "question_type", "answer_type", "choices"), _of_mathvista, in_few_words, _as_written
)
_MATHVISION = Rule(("answer", "choices"), _of_mathvision, in_few_words, _as_written)
_OLYMPIAD = Rule(
    ("source", "final_answer", "is_multiple_answer", "answer_type"),
    _of_olympiad,
    _in_olympiad_words,
    _of_source,
    pictures_last=True,
)
_MMBENCH = Rule(_OPTIONS, _lettered, with_options, _as_written, splits=("dev",), turns=True)
_OTHER = Rule(("answer",), _lettered_or_open, _in_common_words, _as_written)
_BY_NAME = {
    "mmmudev": _MMMU,
    "mathvista": _MATHVISTA,
    "mathvision": _MATHVISION,
    "olympiadbench": _OLYMPIAD,
    "ai2d": _CHOICE,
    "mmbench": _MMBENCH,
    **{
        name: Rule(("answer",), _any_answer(kind), in_few_words, _as_written)
        for name, kind in {
            "docvqa": "anls",
            "infovqa": "anls",
            "textvqa": "vqa",
            "chartqa": "relaxed",
        }.items()
    },
}
