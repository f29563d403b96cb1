"""Damaged and hostile files: what is wrong is said with line and column, and nothing is run."""

import sys

import pytest
from benchmark_files import WHITE, encoded, picture, write_table
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from qvq_nb.errors import QvqError
from qvq_nb.evaluation.sets import read

ROW = {"index": "1", "image": WHITE, "question": "?", "answer": "A", "A": "yes", "B": "no"}
SECOND = {**ROW, "index": "2"}
MANY = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
NAMES = (
    "MMMU_DEV_VAL",
    "MathVista_MINI",
    "MathVision",
    "OlympiadBench",
    "TextVQA_VAL",
    "MMBench_DEV_CN",
    "Own",
)


@pytest.mark.parametrize(
    ("second", "message"),
    [
        ({"image": WHITE[:-3]}, "line 3, column image: the picture is damaged: no whole base64"),
        (
            {"image": WHITE[:80] + "!" + WHITE[81:]},
            "line 3, column image: the picture is damaged: no whole base64",
        ),
        ({"image": encoded(b"x" * 99)}, "line 3, column image: the picture is damaged: neither PNG nor JPEG"),
        ({"image": f"['{WHITE}', '{WHITE[:90]}"}, "line 3, column image: the list of pictures does not hold"),
        ({"image": f"['{WHITE}', 7]"}, "line 3, column image: the list of pictures does not hold"),
        ({"image": "77"}, "line 3, column image: it refers to the picture of row '77', which has none"),
        ({"image": "2"}, "line 3, column image: it refers to the picture of row '2'"),
        ({"index": "1"}, "line 3, column index: the index '1' is that of AI2D_TEST.tsv, line 2, too"),
        ({"index": " "}, "line 3, column index: the cell is empty"),
        ({"question": ""}, "line 3, column question: the cell is empty"),
    ],
)
def test_a_damaged_row_is_named_with_line_and_column(tmp_path, second, message):
    path = write_table(tmp_path, "AI2D_TEST.tsv", ROW, {**SECOND, **second})
    with pytest.raises(QvqError, match=message):
        read(path)


@pytest.mark.parametrize(
    ("name", "row", "message"),
    [
        ("MathVision", {"choices": "['a', "}, r"line 2, column choices: .* is no list of texts"),
        ("MathVision", {"choices": "[open('x')]"}, r"line 2, column choices: .* is no list of texts"),
        ("OlympiadBench", {"error": "about"}, "line 2, column error: 'about' is no number"),
        (
            "MathVista_MINI",
            {"question_type": "free_form", "answer_type": "float", "choices": "", "precision": "two"},
            "line 2, column precision: 'two' is no number of decimals",
        ),
        (
            "MathVista_MINI",
            {"question_type": "", "answer_type": "", "choices": ""},
            "column question_type: the cell is",
        ),
        ("MMMU_DEV_VAL", {"answer": ""}, "has no question that can be asked and scored: 1 with no answer"),
    ],
)
def test_a_cell_that_its_set_cannot_have_is_named(tmp_path, name, row, message):
    olympiad = {
        "source": "OE",
        "final_answer": "['1']",
        "is_multiple_answer": "False",
        "answer_type": "Numerical",
    }
    row = {**ROW, **(olympiad if name == "OlympiadBench" else {}), **row}
    with pytest.raises(QvqError, match=message):
        read(write_table(tmp_path, f"{name}.tsv", row))


@pytest.mark.parametrize(
    ("name", "column"),
    [("AI2D_TEST", "B"), ("MathVision", "choices"), ("OlympiadBench", "final_answer"), ("Own", "answer")],
)
def test_a_missing_column_is_named(tmp_path, name, column):
    row = {key: value for key, value in ROW.items() if key != column}
    with pytest.raises(QvqError, match=f"lacks the columns? .*{column}.*; it has index"):
        read(write_table(tmp_path, f"{name}.tsv", row))


HEADER = b"index\timage\tquestion\tanswer\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (HEADER[:-1] + b"\tA\tB\n", "has no question that can be asked and scored: it has no rows"),
        (HEADER + b"1\tx\t\xff\t2\n", r"line 2: not UTF-8 \(byte 5"),
        ("index\tquestion".encode("utf-16"), "line 1: not UTF-8"),
        (HEADER + b"1\tx\t?\n", "line 2: 3 cells, where the header has 4 columns"),
        (HEADER + b'1\t"x\t?\t2\n', "line 2: a quoted cell does not end where it should"),
        (HEADER + b'1\t"x"y\t?\t2\n', "line 2: a quoted cell does not end where it should"),
        (b"index\tindex\n", "line 1: two columns are called 'index'"),
        (b"index,image,question,answer\n", "line 1: no columns parted by tabs"),
        (b"version https://git-lfs.github.com/spec/v1\n", "only a Git LFS pointer"),
    ],
)
def test_what_is_no_table_is_said_with_its_line(tmp_path, content, message):
    path = tmp_path / "AI2D_TEST.tsv"
    path.write_bytes(content)
    with pytest.raises(QvqError, match=message):
        read(path)


def test_what_is_no_benchmarks_file_is_said(tmp_path):
    (tmp_path / "set.parquet").write_bytes(b"PAR1")
    for path, message in (
        (tmp_path, "is a folder; give a benchmark's file"),
        (tmp_path / "none.tsv", "There is no file"),
        (tmp_path / "set.parquet", "are read from files that end with .tsv, .json, .jsonl"),
        ("a\0b.tsv", "There is no file"),
    ):
        with pytest.raises(QvqError, match=message):
            read(path)


def test_a_file_that_changed_after_it_was_read_gives_no_other_picture(tmp_path):
    path = write_table(tmp_path, "AI2D_TEST.tsv", ROW)
    [question] = read(path)
    write_table(tmp_path, "AI2D_TEST.tsv", {**ROW, "image": encoded(picture("blue"))}, SECOND)
    with pytest.raises(QvqError, match="has changed since it was read"):
        list(question.pictures)


def test_no_cell_is_run_as_a_program(tmp_path):
    ran = tmp_path / "ran"
    program = f"[__import__('pathlib').Path({str(ran)!r}).write_text('x')]"
    for row in ({"image": program.ljust(80)}, {"choices": program}, {"choices": "[]", "answer": program}):
        row = {"choices": "['a']", **ROW, **row}
        for name in ("MathVision", "DocVQA_VAL", "Own"):
            try:
                read(write_table(tmp_path, f"{name}.tsv", row))
            except QvqError:
                continue
    assert not ran.exists()


HOSTILE = some.one_of(
    some.text(max_size=60),
    some.sampled_from(
        [
            "", "[]", "['a', 'b']", "[" * 300, "[" + "-" * 5000 + "1]", "['\\d']", "[b'x']", "[1, [2]]",
            "[{}]", "9" * 5000, "[" + "9" * 5000 + "]", "nan", "True", "multi_choice",
            "free_form", "float", "1e400",
            WHITE, f"['{WHITE}']", "TP_x", "\ud7ff", "[None]", "{'a': 1}", "[...]", "²", "1000241",
        ]
    ),
)  # fmt: skip
COLUMNS = (
    "image", "question", "answer", "A", "B", "Z", "choices", "hint", "split", "question_type", "answer_type",
    "precision", "answer_option", "source", "final_answer", "is_multiple_answer", "error", "unit", "context",
    "category", "skills", "g_index", "language",
)  # fmt: skip


@MANY
@given(some.sampled_from(NAMES), some.dictionaries(some.sampled_from(COLUMNS), HOSTILE), some.integers(0, 3))
def test_any_cells_are_read_or_refused_in_a_sentence(tmp_path, name, cells, kept):
    row = {**dict.fromkeys(COLUMNS, "1"), **ROW, "choices": "['1', '2']", "source": "OE_MM_maths_en", **cells}
    rows = [row, {**row, "index": "3", "image": "1"}][: kept + 1]
    try:
        questions = read(write_table(tmp_path, f"{name}.tsv", *rows))
    except QvqError as refusal:
        assert str(refusal).count("\n") == 0
    else:
        assert all(len(question.pictures) == len(list(question.pictures)) for question in questions)
        assert all(question.gold and question.parts for question in questions)


@MANY
@given(some.sampled_from([".tsv", ".json", ".jsonl"]), some.binary(max_size=200), some.booleans())
def test_any_bytes_are_refused_in_a_sentence(tmp_path, ending, content, begins_well):
    path = tmp_path / f"MathVista_MINI{ending}"
    path.write_bytes((HEADER if begins_well and ending == ".tsv" else b"") + content)
    with pytest.raises(QvqError):
        read(path)


def test_a_deep_list_does_not_end_the_program(tmp_path):
    row = {**ROW, "choices": "[" * 90_000 + "]" * 90_000}
    with pytest.raises(QvqError, match="column choices"):
        read(write_table(tmp_path, "MathVision.tsv", row))
    assert sys.getrecursionlimit() >= 1000
