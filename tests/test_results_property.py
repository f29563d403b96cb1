"""Whatever stands in questions, answers and names: pages show it, spreadsheets do not compute it."""

import csv
import io
from html.parser import HTMLParser

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scored_rows import row

from qvq_nb.evaluation.results import comparison, summary
from qvq_nb.evaluation.results.writing import (
    comparison_page,
    failures_page,
    report_page,
    sheet,
    write_comparison,
    write_report,
)

HOSTILE = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</svg><iframe src=//x>", "&lt;b&gt;",
    "</dd></dl><h1>", "{{ 7*7 }}", "{title}", "%s", "javascript:alert(1)", "=1+1", "@SUM(A1)", "+1", "-1",
    "\t=1", "\r\n=cmd|'/c calc'!A0", " =1", "＝1", "\ud800", "\x1b[2J", "\x00", "", "x" * 5000, "答案\u202e",
)  # fmt: skip
TEXTS = st.one_of(
    st.sampled_from(HOSTILE), st.text(), st.text(st.characters(categories=["Cs", "Cc", "L", "S"]))
)
PLAIN = {"got": "B", "expected": "B", "question": "B", "answer": "B", "reason": "B", "id": "1", "set": "s"}
FIELDS = st.fixed_dictionaries(
    dict.fromkeys(PLAIN, TEXTS),
    optional={
        "group": TEXTS, "circular": TEXTS, "language": TEXTS, "stop_reason": TEXTS,
        "categories": st.dictionaries(TEXTS, TEXTS, max_size=2),
    },
)  # fmt: skip
ROWS = st.lists(st.tuples(st.sampled_from(["right", "wrong", "unclear"]), FIELDS), min_size=1, max_size=4)
HARNESSES = st.dictionaries(TEXTS, st.one_of(TEXTS, st.integers(), st.none()), max_size=3)


class Tags(HTMLParser):
    """The elements of a page with the names of their attributes."""

    def __init__(self, page):
        super().__init__()
        self.found = set()
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.found.add((tag, *sorted(name for name, _ in attributes)))


def rows_with(parts):
    return [{**row(0, outcome, number), **fields} for number, (outcome, fields) in enumerate(parts)]


def allowed_tags():
    """The elements of pages about harmless rows that show everything a page can show."""
    told = {**row(0, "wrong"), **PLAIN, "categories": {"a": "b"}}
    other = {**row(2), "categories": {"a": "c"}, "set": "t"}
    rows = [told, {**told, "repeat": 1}, other, row(3, set="MathVista_MINI")]
    found, other = (
        summary(rows, {"model": "m"}),
        comparison(rows, [{**one, "score": 0.5} for one in rows], ("a", "b"), ({}, {"x": 1})),
    )
    pages = (report_page(found, rows, "en"), failures_page(found, rows, "en"), comparison_page(other, "en"))
    return set().union(*(Tags(page).found for page in pages))


ALLOWED = allowed_tags()


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(ROWS, HARNESSES, st.sampled_from(["en", "zh"]), TEXTS)
def test_no_text_becomes_an_element_of_a_page(parts, harness, language, name):
    rows = rows_with(parts)
    found = summary(rows, {"model": name, **harness})
    other = comparison(
        rows, [{**one, "outcome": "wrong", "score": 0.0} for one in rows], (name, "b"), (harness, {})
    )
    for page in (
        report_page(found, rows, language),
        failures_page(found, rows, language),
        comparison_page(other, language),
    ):
        assert Tags(page).found <= ALLOWED
        assert not any(letter < " " and letter not in "\t\n" for letter in page)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=30)
@given(ROWS, HARNESSES)
def test_every_report_can_be_written_and_printed(tmp_path, parts, harness):
    rows = rows_with(parts)
    found = summary(rows, harness)
    assert write_report(tmp_path, found, rows).read_text("utf-8").rstrip().endswith("</html>")
    write_comparison(tmp_path, comparison(rows, rows, ("a", "b"), (harness, {})))
    assert "\x1b" not in str(found)


@given(ROWS)
def test_no_cell_of_the_sheet_is_a_formula_and_none_is_lost(parts):
    rows = rows_with(parts)
    read = list(csv.DictReader(io.StringIO(sheet(rows).removeprefix("\ufeff"), newline="")))
    assert len(read) == len(rows)
    numbers = (
        "repeat",
        "score",
        "prompt_tokens",
        "visual_tokens",
        "new_tokens",
        "thinking_tokens",
        "seconds",
    )
    for one in read:
        for name, cell in one.items():
            assert name in numbers or not cell.strip().startswith(
                ("=", "+", "-", "@", "＝", "＋", "－", "＠")
            )
