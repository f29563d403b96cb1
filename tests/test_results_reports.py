"""Reports of evaluations: what is counted beside the score, published scores, pages and files."""

import csv
import json
import re
from types import SimpleNamespace

import pytest
from scored_rows import row, rows_of, unanswered

from qvq_nb.errors import QvqError
from qvq_nb.evaluation.results import (
    comparison,
    scored_row,
    scorer_version,
    summary,
    write_comparison,
    write_report,
)
from qvq_nb.evaluation.results.published import published_scores
from qvq_nb.evaluation.results.writing import report_page
from qvq_nb.evaluation.scoring import score

HARNESS = {"model": "some/model", "prompt": "as VLMEvalKit asks QVQ", "min_pixels": 1_003_520, "seed": 0}
LANGUAGES = ("en", "zh")


def question(**fields):
    told = {"id": "7", "set": "MathVista_MINI", "prompt": "How many?", "gold": "3", "language": "en"}
    rest = {"categories": {"task": "count"}, "group": None, "circular": None}
    return SimpleNamespace(**{**told, **rest, **fields})


def line(written, **fields):
    return {"text": written, "error": None, "stop_reason": "end", "new_tokens": 12, "seconds": 1.5, **fields}


def test_a_row_is_made_of_question_answer_and_verdict():
    text = r"I count them one by one. **Final Answer** \boxed{3}"
    made = scored_row(question(), 1, line(text, thinking_tokens=9), score(text, "3", "integer"))
    assert set(row(7)) == set(made) == set(unanswered(7))
    assert (made["outcome"], made["score"], made["repeat"], made["got"]) == ("right", 1.0, 1, "3")
    assert (made["new_tokens"], made["thinking_tokens"], made["prompt_tokens"]) == (12, 9, None)
    json.dumps(made)


def test_a_metric_keeps_its_part_of_a_point():
    made = scored_row(question(gold=["seven"]), 0, line("sevem"), score("sevem", ["seven"], "anls"))
    assert made["score"] == pytest.approx(0.8)


@pytest.mark.parametrize("told", [None, line("", text=None, error="TimeoutError: late")])
def test_what_was_not_answered_has_no_score(told):
    made = scored_row(question(gold=["3", "three"]), 0, told)
    assert (made["outcome"], made["score"], made["expected"]) == ("unanswered", None, "3, three")
    assert made["error"] == (told and told["error"])


@pytest.mark.parametrize(
    "text, language, switched",
    [
        (r"First I count the red dots in the picture. \boxed{3}", "en", False),
        (r"First I count the red dots in the picture. \boxed{3}", "zh", True),
        ("我先数一数图中一共有多少个红色的圆点，再数蓝色的。答案是 3。", "en", True),
        ("我先数一数图中一共有多少个红色的圆点，再数蓝色的。\n\n**答案**\n\\boxed{A}", "zh", False),
        (r"\boxed{B}", "zh", False),
        ("First I count the red dots in the picture.", "fa", False),
    ],
)
def test_an_answer_in_another_language_is_counted(text, language, switched):
    asked = question(language=language)
    assert scored_row(asked, 0, line(text), score(text, "3", "integer"))["switched"] is switched


def test_loops_are_counted_whoever_stopped_them():
    circling = "Wait, let me check this again. " * 20
    rows = [
        scored_row(question(id=str(number)), 0, line(text, stop_reason=stop), score(text, "3", "integer"))
        for number, (text, stop) in enumerate([(circling, "length"), ("no", "loop"), ("no", "end")])
    ]
    assert [one["looped"] for one in rows] == [True, True, False]


def test_counts_stand_beside_the_score():
    rows = [
        *rows_of("110?"),
        unanswered(5, error="TimeoutError: late"),
        unanswered(6),
        row(7, "no truth", score=None),
        row(8, False, stop_reason="length"),
        row(9, "unclear", stop_reason="loop", looped=True, switched=True),
        row(10, False, stop_reason="refused"),
    ]
    found = summary(rows, HARNESS).to_dict()
    answers = found["answers"]
    told = {"wanted": 10, "answered": 7, "errors": 1, "not_asked": 1, "not_judged": 1, "unclear": 2}
    told |= {"broken_off": 2, "looped": 1, "switched": 1}
    assert {name: answers[name] for name in told} == told
    assert (found["score"]["right"], found["score"]["total"]) == (2, 7)
    # Nine questions have a truth: if both missing ones were wrong, 2 of 9.
    assert found["if_missing_wrong"]["accuracy"] == pytest.approx(2 / 9)


def test_lengths_have_their_quartiles_and_tokens_their_price():
    rows = [
        row(number, new_tokens=length, prompt_tokens=1000) for number, length in enumerate([5, 1, 3, 2, 4])
    ]
    price = {"input": 2.0, "output": 10.0, "currency": "EUR"}
    answers = summary(rows, {"price": price}).to_dict()["answers"]
    assert answers["lengths"]["new_tokens"] == {"quarter": 2, "median": 3, "three_quarters": 4}
    assert answers["tokens"]["new_tokens"] == 15
    assert answers["cost"] == pytest.approx((5 * 1000 * 2 + 15 * 10) / 1_000_000)
    assert "EUR" in str(summary(rows, {"price": price}))


def test_unknown_lengths_and_prices_are_left_out():
    rows = [row(1, thinking_tokens=None), row(2, thinking_tokens=7)]
    answers = summary(rows, {}).to_dict()["answers"]
    assert (answers["cost"], answers["known"]["thinking_tokens"]) == (None, 1)
    assert answers["lengths"]["thinking_tokens"]["median"] == 7


def test_published_scores_have_source_date_and_the_interval_of_their_questions():
    found = {one["set"]: one for one in published_scores()}
    assert {name: one["score"] for name, one in found.items()} == {
        "MMMU (val)": 0.703, "MathVista (mini)": 0.714, "MathVision (full)": 0.359, "OlympiadBench": 0.204,
    }  # fmt: skip
    for one in found.values():
        assert one["source"] and re.fullmatch(r"\d{4}-\d\d-\d\d", one["date"])
        for end in filter(None, (one["low"], one["high"])):
            # The ends are the shares from which the score lies 1.96 of their standard errors away.
            distance = abs(one["score"] - end) / (end * (1 - end) / one["questions"]) ** 0.5
            assert distance == pytest.approx(1.96, abs=1e-3)
    assert found["OlympiadBench"]["low"] is None


@pytest.mark.parametrize(
    "name, model, count, differences",
    [
        ("MathVista_MINI", "Qwen/QVQ-72B-Preview", 1000, []),
        ("MathVista_MINI", "qvq-mini", 1000, ["model"]),
        ("MathVision_MINI", "QVQ-72B-Preview", 304, ["questions"]),
    ],
)
def test_a_published_score_stands_beside_with_what_differs(name, model, count, differences):
    rows = [row(number, number % 2, set=name) for number in range(count)]
    (beside,) = summary(rows, {"model": model}).to_dict()["published"]
    assert beside["differences"] == [*differences, "prompt", "pixels", "scorer"]
    assert beside["here"]["total"] == count


def test_of_mmmu_only_the_validation_questions_stand_beside_the_published_score():
    rows = [
        row(
            number,
            number < 150,
            set="MMMU_DEV_VAL",
            categories={"split": "dev" if number < 150 else "validation"},
        )
        for number in range(1050)
    ]
    (beside,) = summary(rows, {"model": "QVQ-72B-Preview"}).to_dict()["published"]
    assert (beside["here"]["total"], beside["here"]["right"]) == (900, 0)
    assert summary([row(1, set="MMMU_Pro_10c")], {}).to_dict()["published"] == []


def test_scores_are_given_per_set_language_and_category():
    rows = [
        row(1, set="a", language="en", categories={"level": "1"}),
        row(2, False, set="a", language="zh", categories={"level": "2"}),
        row(3, set="b", language="zh", categories={"level": "2"}),
    ]
    found = {(one["kind"], one["value"]): one["accuracy"] for one in summary(rows, {}).to_dict()["parts"]}
    assert found == {
        ("set", "a"): 0.5, ("set", "b"): 1, ("language", "en"): 1, ("language", "zh"): 0.5,
        ("category level", "1"): 1, ("category level", "2"): 0.5,
    }  # fmt: skip
    told = [table.title for table in summary(rows, {}).tables("zh")]
    assert "按难度" in told


def test_a_table_of_very_many_categories_is_short_and_json_has_all():
    rows = [row(number, categories={"skill": f"skill {number}"}) for number in range(200)]
    found = summary(rows, {})
    (table,) = [table for table in found.tables() if table.title.startswith("By skill")]
    assert len(table.rows) == 30 and "170 more" in table.title
    assert sum(part["kind"] == "category skill" for part in found.to_dict()["parts"]) == 200


def test_the_report_says_how_it_was_measured_and_by_which_scorer(tmp_path):
    page = write_report(tmp_path, summary(rows_of("10"), HARNESS), rows_of("10")).read_text("utf-8")
    for told in ("some/model", "as VLMEvalKit asks QVQ", "1,003,520", scorer_version()):
        assert told in page
    assert re.search(r"rules [0-9a-f]{12}", scorer_version()) and "math-verify" in scorer_version()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_is_complete_in_itself_and_in_one_language(tmp_path, language):
    rows = [*rows_of("1101?", categories={"category": "x"}), unanswered(8)]
    rows += [row(20, repeat=number, set="MathVista_MINI") for number in range(2)]
    found = summary(rows, HARNESS)
    write_report(tmp_path, found, rows, language)
    assert {file.name for file in tmp_path.iterdir()} == {
        "report.html", "failures.html", "summary.json", "rows.csv",
    }  # fmt: skip
    for name in ("report.html", "failures.html"):
        page = (tmp_path / name).read_text("utf-8")
        assert f'<html lang="{language}">' in page and page.rstrip().endswith("</html>")
        links = re.findall(r'(?:src|href)="([^"]*)"', page)
        assert set(links) <= {"report.html", "failures.html"}
        visible = re.sub(r"<style>.*?</style>|<[^>]*>", "", page, flags=re.DOTALL)
        assert bool(re.search(r"[\u4e00-\u9fff]", visible)) is (language == "zh")
    assert json.loads((tmp_path / "summary.json").read_text("utf-8")) == json.loads(
        json.dumps(found.to_dict())
    )


def places(page, tag, name):
    return [float(place) for place in re.findall(rf'<{tag}[^>]* {name}="([-\d.]+)"', page)]


def test_dots_and_bars_are_drawn_in_proportion():
    rows = [
        row(number, number < 75, categories={"c": str(number // 50)}, new_tokens=1000)
        for number in range(100)
    ]
    rows = [{**one, "thinking_tokens": 10 if number < 80 else 100} for number, one in enumerate(rows)]
    page = report_page(summary(rows, {}), rows, "en")
    # The scale's lines stand at 0, 20, … 100 %; the dots at 75 %, 100 % and 50 %.
    scale, dots = places(page, 'line class="grid"', "x1"), places(page, "circle", "cx")
    shares = [(dot - scale[0]) / (scale[5] - scale[0]) for dot in dots]
    assert shares == pytest.approx([0.75, 1, 0.5], abs=1e-3)
    for label in ("all", "0 %", "100 %", "0", "1"):
        assert re.search(rf"<text [^>]*>{label}</text>", page)
    right, wrong = (
        [height for height in places(page, f'rect class="{outcome}"', "height") if height not in (0, 12)]
        for outcome in ("right", "wrong")
    )
    assert sum(wrong) / sum(right) == pytest.approx(25 / 75, abs=0.01)
    assert max(right) / max(wrong) == pytest.approx(75 / 20, abs=0.01)


def test_the_page_of_failures_has_the_first_fifty(tmp_path):
    rows = [
        row(number, number % 2, question=f"question {number}", expected=f"E{number}") for number in range(140)
    ]
    write_report(tmp_path, summary(rows, HARNESS), rows)
    page = (tmp_path / "failures.html").read_text("utf-8")
    assert "the first 50 of 70" in page and page.count("<article>") == 50
    assert (
        "question 98<" in page
        and "E98<" in page
        and "question 1<" not in page
        and "question 100<" not in page
    )


def test_a_run_without_failures_and_one_without_answers_have_pages(tmp_path):
    for rows, said in (
        ([row(1)], "Every answer is right"),
        ([unanswered(1)], "No question has been answered yet"),
    ):
        write_report(tmp_path, summary(rows, {}), rows)
        assert said in (tmp_path / "failures.html").read_text("utf-8") + (tmp_path / "report.html").read_text(
            "utf-8"
        )


def test_rows_can_be_read_back_from_the_sheet(tmp_path):
    rows = [row(1, got='答案, "A"\nB', categories={"category": "x"}), row(2, False, seconds=1.25)]
    write_report(tmp_path, summary(rows, {}), rows)
    with (tmp_path / "rows.csv").open(encoding="utf-8-sig", newline="") as stream:
        first, second = csv.DictReader(stream)
    assert (first["got"], json.loads(first["categories"])) == ('答案, "A" B', {"category": "x"})
    assert (second["seconds"], second["score"], second["outcome"]) == ("1.25", "0.0", "wrong")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_two_runs_shows_where_they_differ(tmp_path, language):
    found = comparison([*rows_of("1100"), row(8)], rows_of("1010"), ("first run", "second run"))
    page = write_comparison(tmp_path, found, language).read_text("utf-8")
    assert (
        page.count("<article>") == 2
        and "first run" in page
        and found.sentence(language) in page.replace("&#39;", "'")
    )
    assert json.loads((tmp_path / "comparison.json").read_text("utf-8"))["both"] == 4


def test_a_disk_that_refuses_is_told_in_one_sentence(tmp_path):
    (tmp_path / "report.html").mkdir()
    with pytest.raises(QvqError, match="could not be written"):
        write_report(tmp_path, summary([row(1)], {}), [row(1)])
