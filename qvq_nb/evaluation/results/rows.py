"""Scored rows: one plain dict for each wanted answer, with what came of it."""

import hashlib
import re
from functools import cache
from importlib import metadata
from pathlib import Path

from qvq_nb import trace
from qvq_nb.evaluation import scoring

COUNTED = ("right", "wrong", "unclear")  # outcomes that enter a score
MEASURED = ("stop_reason", "prompt_tokens", "visual_tokens", "new_tokens", "thinking_tokens", "seconds")
LONGEST_QUESTION, LONGEST_ANSWER = 4000, 2000  # characters that a row keeps of them
LEAST_PROSE = 20  # letters or Chinese characters from which a language can be told
SCORING_PACKAGES = ("math-verify", "latex2sympy2_extended", "sympy")


def scored_row(question, repeat: int = 0, line: dict | None = None, verdict=None) -> dict:
    """The row of one answer, made from its question, its line of answers.jsonl and the verdict on it.

    Without a line the question was not asked yet; with a line that has an error it could not be answered.
    Both have the outcome "unanswered" and no score. `score` is between 0 and 1, lengths are in tokens.
    """
    line = line or {}
    text = line.get("text") or ""
    answered = verdict is not None and line.get("error") is None
    row = {
        "set": question.set,
        "id": question.id,
        "repeat": repeat,
        "language": question.language,
        "categories": dict(question.categories),
        "group": question.group,
        "circular": question.circular,
        "question": question.prompt[:LONGEST_QUESTION],
        "answer": text[-LONGEST_ANSWER:],
    }
    row |= {"outcome": "unanswered", "score": None, "got": "", "expected": _written(question.gold)}
    row |= {"reason": "", **{name: line.get(name) for name in MEASURED}}
    row |= {"looped": False, "switched": False, "error": line.get("error")}
    if answered:
        row |= {name: getattr(verdict, name) for name in ("outcome", "got", "expected", "reason")}
        row["score"] = _score(verdict)
        row["looped"] = line.get("stop_reason") == "loop" or trace.is_looping(text)
        row["switched"] = is_switched(text, question.language)
    return row


def is_counted(row: dict) -> bool:
    """Whether a row has an answer that enters a score."""
    return row["error"] is None and row["outcome"] in COUNTED


def is_broken_off(row: dict) -> bool:
    """Whether an answer did not come to its own end: cut by length or time, stopped in a loop, broken."""
    return row["stop_reason"] not in (None, "end", "refused")


def is_switched(text: str, language: str) -> bool:
    """Whether thinking or final part are in another language than the question, English or Chinese."""
    parts = trace.split(text)
    return language in ("en", "zh") and any(
        len(re.findall(r"[A-Za-z\u4e00-\u9fff]", part)) >= LEAST_PROSE and trace.language_of(part) != language
        for part in (parts.thinking, parts.final)
    )


@cache
def scorer_version() -> str:
    """What scored the answers: the kit's rules by the sha256 of their files, and the packages they use."""
    rules = hashlib.sha256()
    for file in sorted(Path(scoring.__file__).parent.glob("*.py")):
        rules.update(file.read_bytes())
    versions = [f"{name} {_version(name)}" for name in SCORING_PACKAGES]
    return ", ".join(
        [f"qvq-notebooks {_version('qvq-notebooks')} (rules {rules.hexdigest()[:12]})", *versions]
    )


def _score(verdict) -> float | None:
    if verdict.outcome not in COUNTED:
        return None
    return float(verdict.ok) if verdict.score is None else float(verdict.score)


def _written(gold) -> str:
    return ", ".join(map(str, gold)) if isinstance(gold, (list, tuple)) else str(gold)


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "–"
