"""Scored rows as the evaluation makes them, for tests."""

ANSWERED = {
    "language": "en", "categories": {}, "group": None, "circular": None, "question": "Which?", "answer": "A",
    "expected": "A", "reason": "", "stop_reason": "end", "prompt_tokens": 1000, "visual_tokens": 900,
    "new_tokens": 100, "thinking_tokens": 80, "seconds": 2.0, "looped": False, "switched": False,
    "error": None,
}  # fmt: skip
MEASURED = ("stop_reason", "prompt_tokens", "visual_tokens", "new_tokens", "thinking_tokens", "seconds")
UNANSWERED = {"outcome": "unanswered", "score": None, "got": "", "answer": "", **dict.fromkeys(MEASURED)}


def row(id, right=True, repeat=0, **fields):
    """One answered row of the set "s"; `right` may be an outcome."""
    outcome = right if isinstance(right, str) else "right" if right else "wrong"
    told = {"outcome": outcome, "score": float(outcome == "right"), "got": "A" if outcome == "right" else "B"}
    return {"set": "s", "id": str(id), "repeat": repeat, **ANSWERED, **told, **fields}


def unanswered(id, repeat=0, error=None, **fields):
    """One row without an answer: not asked, or with the error of the asking."""
    return {**row(id, repeat=repeat, **fields), **UNANSWERED, "error": error}


def rows_of(pattern, **fields):
    """A row for each letter of a pattern such as "110?": right, wrong, unclear."""
    outcomes = {"1": "right", "0": "wrong", "?": "unclear"}
    return [row(number, outcomes[letter], **fields) for number, letter in enumerate(pattern)]
