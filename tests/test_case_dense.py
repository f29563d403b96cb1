"""A page of small text: what is drawn is what is to be copied, and the error rate is counted rightly."""

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qvq_nb.cases import LANGUAGES, case, facts_and_style
from qvq_nb.cases.reading import dense
from qvq_nb.grading.forms.transcription import Transcription, distance
from qvq_nb.grading.verdict import OUTCOMES, check

LINES = tuple(
    f"the quick brown fox {word} over the lazy dog" for word in ("jumps", "hops", "leaps", "climbs")
)
PAGE = Transcription((*LINES, "纸箱，12把椅子，玻璃杯"))
TEXT = "\n".join(
    PAGE.lines
)  # 152 characters without the spaces, so that three errors are right and four wrong


@pytest.mark.parametrize(
    "wide, seeds",
    [
        (False, (None, *range(200))),
        (True, range(100)),
        pytest.param(True, range(100, 200), marks=pytest.mark.slow),
    ],
)
def test_the_glyphs_of_the_page_read_from_top_to_bottom_are_what_is_to_be_copied(wide, seeds):
    for seed in seeds:
        facts, style = facts_and_style("dense", seed, wide)
        language = LANGUAGES[(seed or 0) % 2]
        glyphs = dense.draw(facts, style, language).glyphs
        rows = sorted({glyph.y for glyph in glyphs})
        read = [
            "".join(glyph.character for glyph in sorted(glyphs, key=lambda one: one.x) if glyph.y == row)
            for row in rows
        ]
        assert read == [line.replace(" ", "") for line in dense.target(facts, language).lines], seed
        assert min(below - above for above, below in zip(rows, rows[1:])) >= 1.4 * facts["size"]
        assert len(read) == 10 if not wide else 10 <= len(read) <= 30


def test_both_languages_and_invented_words_stand_on_the_pages_and_the_sizes_differ():
    pages = [facts_and_style("dense", seed, True)[0] for seed in range(40)]
    assert all(any(line.isascii() for line in page["lines"]) for page in pages)
    assert all(not all(line.isascii() for line in page["lines"]) for page in pages)
    assert {page["size"] for page in pages} == {10, 11, 12, 13}


def changed(text: str, places) -> str:
    return "".join("#" if at in places else letter for at, letter in enumerate(text))


@pytest.mark.parametrize(
    "answer, outcome",
    [
        (f"```\n{TEXT}\n```", "right"),
        (f"The page reads:\n```text\n{TEXT}\n```\nThat is all.", "right"),
        (f"**Final Answer**\n\n{TEXT}", "right"),
        ("```\n" + TEXT.replace("\n", " ").replace("，", ", ") + "\n```", "right"),
        (f"```\n{changed(TEXT, [5, 20, 50])}\n```", "right"),
        (f"```\n{changed(TEXT, [5, 20, 50, 55])}\n```", "wrong"),
        (f"```\n{TEXT[:60]}\n```", "wrong"),
        ("```\n\n```", "wrong"),
        ("```\n" + "\n".join(reversed(PAGE.lines)) + "\n```", "wrong"),
        (f"```\n{TEXT}\n{TEXT}\n```", "wrong"),
        (f"```\n{TEXT}\n```\nor\n```\n{TEXT[1:]}\n```", "unclear"),
        ("I cannot read this page.", "unclear"),
        (r"\boxed{fox}", "unclear"),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_is_graded_by_its_share_of_wrong_characters(answer, outcome, language):
    assert check(PAGE, answer, language).outcome == outcome


def test_the_reason_gives_the_rate_and_the_first_difference():
    wrong = TEXT.replace("leaps over", "leeps ower").replace("climbs", "climps").replace("12把", "13把")
    reason = PAGE.grade(f"```\n{wrong}\n```", "en").reason
    length = len("".join(TEXT.split()))
    assert f"rate is {400 / length:.1f} %, and up to 2.0 % is right" in reason
    assert "in line 3: “epsowerthela”, where “apsoverthela” is right" in reason
    missing = "\n".join(PAGE.lines[:1])
    assert "more than 4.6 %" in PAGE.grade(f"```\n{missing}\n```", "en").reason
    assert "in line 2" in PAGE.grade(f"```\n{missing}\n```", "en").reason
    assert "字符错误率超过" in PAGE.grade(f"```\n{missing}\n```", "zh").reason


def edits(one: str, other: str) -> int:
    """The distance by its definition."""

    @cache
    def from_ends(left: int, right: int) -> int:
        if not left or not right:
            return left + right
        same = from_ends(left - 1, right - 1) + (one[left - 1] != other[right - 1])
        return min(same, from_ends(left - 1, right) + 1, from_ends(left, right - 1) + 1)

    return from_ends(len(one), len(other))


SHORT = st.text("abc", max_size=12)


@given(SHORT, SHORT, st.integers(0, 12))
def test_the_distance_is_the_least_number_of_edits_or_told_to_be_more(one, other, most):
    true = edits(one, other)
    assert distance(one, other, most) == (true if true <= most else None)


class Counting(str):
    looks = 0

    def __getitem__(self, place):
        Counting.looks += 1
        return super().__getitem__(place)


def test_a_hostile_text_is_looked_at_no_more_often_than_its_length_allows():
    for length in (1000, 10_000):
        Counting.looks = 0
        assert distance("ab" * (length // 2), Counting("ba" * (length // 2)), 5) == 2
        assert Counting.looks <= 11 * length
    Counting.looks = 0
    assert distance("a" * 100_000, Counting("b" * 100), 5) is None and Counting.looks == 0


PIECES = st.sampled_from(["```", "\n", TEXT, LINES[0], "|", " ", "~~~", "\\boxed{", "}", "界", "\ud800"])


@given(st.one_of(st.text(), st.lists(PIECES, max_size=20).map("".join)))
def test_no_text_raises(text):
    assert all(PAGE.grade(text, language).outcome in OUTCOMES for language in LANGUAGES)


def test_the_canonical_page_asks_for_one_code_block():
    assert "code block" in case("dense").question and "代码块" in case("dense", language="zh").question
