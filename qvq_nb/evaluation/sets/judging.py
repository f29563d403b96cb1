"""An answer's text against its question: a benchmark's by the set's rule, the kit's own by their targets."""

from dataclasses import dataclass

from qvq_nb import trace
from qvq_nb.evaluation.scoring import score
from qvq_nb.evaluation.sets.question import Question
from qvq_nb.grading.verdict import Verdict, say


@dataclass(frozen=True)
class _Stored:
    """What a target reads of an answer."""

    text: str
    final: str
    stop_reason: str


def judge(question: Question, answer_text: str | None, stop_reason: str = "end") -> Verdict:
    """The verdict on a stored answer. None, where there was no answer, is wrong."""
    text = answer_text or ""
    if question.case is not None:
        final = trace.split(text, finished=stop_reason == "end").final.strip()
        return question.case.check(_Stored(text, final, stop_reason))
    if stop_reason == "refused" or not text.strip():
        said = "refused" if stop_reason == "refused" else "empty"
        return Verdict(
            "wrong", expected(question), "", say(said, _spoken(question)), language=_spoken(question)
        )
    return score(**arguments(question, text))


def arguments(question: Question, answer_text: str) -> dict:
    """What `score` and a row of `score_many` take for an answer to a benchmark's question."""
    return {
        "text": answer_text,
        "gold": question.gold,
        "kind": question.kind,
        "choices": list(question.choices) or None,
        "precision": question.precision,
        "unit": question.unit,
        "nearest": question.nearest,
        "language": _spoken(question),
    }


def expected(question: Question) -> str:
    """What is right, as people write it."""
    if question.case is not None:
        return question.case.truth
    answers = question.gold if isinstance(question.gold, (list, tuple)) else [question.gold]
    return ", ".join(dict.fromkeys(map(str, answers)))


def _spoken(question: Question) -> str:
    """The language of the reasons; those of other languages' questions are in English."""
    return "zh" if question.language == "zh" else "en"
