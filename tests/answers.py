"""Answers to the canonical cases, held against their targets in the language in which they are written."""

import re
from functools import cache

import pytest

from qvq_nb.cases import case

OUTCOMES = ("right", "wrong", "unclear", "never right")


@cache
def _case(family: str, language: str):
    return case(family, language=language)


def outcome(family: str, text: str) -> str:
    """right, wrong or unclear; a text with Chinese characters is one to the Chinese question."""
    return _case(family, "zh" if re.search("[一-鿿]", text) else "en").check(text).outcome


def agrees(family: str, text: str, expected: str) -> bool:
    """Whether the outcome is the expected one, or any but right where "never right" is expected."""
    got = outcome(family, text)
    return got != "right" if expected == "never right" else got == expected


def listed(table: dict[str, dict[str, list[str]]]) -> list:
    """The parameters (family, text, expected outcome) of a table family → outcome → texts."""
    return [
        pytest.param(family, text, expected, id=f"{family} {expected}: {text[:60]}")
        for family, texts in table.items()
        for expected in texts
        for text in texts[expected]
    ]
