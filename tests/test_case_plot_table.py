"""A chart as a table: the values are read again from the drawing, and tables are compared cell by cell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qvq_nb.cases import LANGUAGES, case, facts_and_style
from qvq_nb.cases.reading import plot_table
from qvq_nb.grading.forms.table import TableCells
from qvq_nb.grading.verdict import OUTCOMES, check

SEEDS = range(200)
TABLE = TableCells(
    ("Model", "GPQA", "MATH"), (("GPT-4o", "53.6", "76.6"), ("QwQ-32B-Preview", "65.2", "90.0"))
)
RIGHT = """| Model | GPQA | MATH |
|---|---:|---:|
| GPT-4o | 53.6 | 76.6 |
| QwQ-32B-Preview | 65.2 | 90.0 |"""


def read_again(canvas) -> dict[str, list[str]]:
    """The values of each model, from left to right by where they stand on the chart."""
    texts = {key: "".join(glyph.character for glyph in glyphs) for key, glyphs in canvas.places.items()}
    names = sorted((glyphs[0].x, key) for key, glyphs in canvas.places.items() if key.startswith("name"))
    values = {texts[key]: [] for _, key in names}
    middles = {
        texts[key]: sum(glyph.x for glyph in canvas.places[key]) / len(canvas.places[key]) for _, key in names
    }
    for x, key in sorted(
        (glyphs[0].x, key) for key, glyphs in canvas.places.items() if key.startswith("val")
    ):
        values[min(middles, key=lambda name: abs(middles[name] - x))].append(texts[key])
    return values


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_holds_what_stands_on_the_drawn_chart_from_left_to_right(language, wide):
    for seed in SEEDS if wide else (None, *SEEDS):
        facts, style = facts_and_style("plot_table", seed, wide)
        drawn = read_again(plot_table.draw(facts, style, language))
        target = plot_table.target(facts, language)
        assert [(row[0], list(row[1:])) for row in target.rows] == list(drawn.items()), seed
        header = plot_table.question(facts, language).split("|")[1:-1]
        assert tuple(map(str.strip, header)) == target.header


def test_a_canonical_question_gives_the_header_and_says_the_order():
    assert "| Model | AIME | MATH |: a row for each model, from left to right" in case("plot_table").question
    assert "表头为 | Model | AIME | MATH |" in case("plot_table", language="zh").question


@pytest.mark.parametrize(
    "answer",
    [
        RIGHT,
        f"```markdown\n{RIGHT}\n```",
        f"Here is the table:\n\n{RIGHT}\n\nAll values are printed on the bars.",
        f"**Final Answer**\n\n{RIGHT}",
        RIGHT.replace("53.6", "**53.60**").replace("90.0", "90%"),
        RIGHT.replace("| GPT-4o |", "|gpt-4o|").replace("---:", ":-:"),
        "```\n" + "\n".join(line.strip("| ") for line in RIGHT.splitlines()) + "\n```",
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_right_table_is_right_however_it_is_laid_out(answer, language):
    assert check(TABLE, answer, language).ok, check(TABLE, answer)


@pytest.mark.parametrize(
    "answer, reason",
    [
        (
            RIGHT.replace("76.6", "67.6"),
            "Row 1 below the header, column MATH: “67.6”, where “76.6” is right.",
        ),
        (RIGHT.replace("90.0", "9.0").replace("65.2", "56.2"), "Row 2 below the header, column GPQA"),
        (RIGHT.replace("76.6", ""), "column MATH: “”"),
        (RIGHT.replace(" 76.6 |", ""), "column MATH: “”"),
        (RIGHT.replace("GPT-4o", "GPT-4"), "column Model: “GPT-4”"),
        (RIGHT.replace("GPQA", "AIME"), "The header says “AIME” for GPQA."),
        (RIGHT.rsplit("\n", 1)[0], "1 rows below its header and 3 columns, where 2 and 3"),
        ("\n".join(line + " x |" for line in RIGHT.splitlines()).replace(":| x", ":|---"), "4 columns"),
        ("\n".join(RIGHT.splitlines()[at] for at in (0, 1, 3, 2)), "Row 1 below the header, column Model"),
    ],
)
def test_a_wrong_table_is_told_its_first_wrong_cell(answer, reason):
    verdict = check(TABLE, answer)
    assert verdict.outcome == "wrong" and reason in verdict.reason
    assert check(TABLE, answer, "zh").outcome == "wrong"


@pytest.mark.parametrize(
    "answer",
    [
        "GPT-4o has 53.6 and 76.6.",
        "Model,GPQA,MATH\nGPT-4o,53.6,76.6",
        RIGHT.replace("|---|---:|---:|\n", ""),
        f"{RIGHT}\n\nor\n\n{RIGHT.replace('53.6', '5.36')}",
        r"\boxed{76.6}",
        f"```markdown\n{RIGHT}",  # cut off
    ],
)
def test_what_is_not_one_table_is_unclear(answer):
    verdict = TABLE.grade(answer, "en")
    assert verdict.outcome == "unclear"
    assert "| Model | GPQA | MATH |" in verdict.reason


PIECES = st.sampled_from(
    ["|", "---", "\n", " ", "a", "1", "```", "\\|", ":", "\\boxed{", "}", "Model", "界", "\r"]
)


@given(st.one_of(st.text(), st.lists(PIECES, max_size=60).map("".join)))
def test_no_text_raises(text):
    assert all(TABLE.grade(text, language).outcome in OUTCOMES for language in LANGUAGES)


@given(st.from_regex(r"[b-z]{1,5}|[1-9][0-9]?\.[0-9]", fullmatch=True), st.integers(1, 2), st.integers(0, 2))
def test_any_other_cell_is_seen(cell, row, column):
    lines = [list(one) for one in TABLE.rows]
    lines[row - 1][column] = cell
    other = TableCells(TABLE.header, tuple(map(tuple, lines))).expected
    assert cell == TABLE.rows[row - 1][column] or not TABLE.grade(other, "en").ok
