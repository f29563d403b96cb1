"""Reports in a folder: pages that are complete in themselves, JSON, and rows for a spreadsheet.

Questions, answers and names come from elsewhere: the template escapes them, nothing is fetched, no script
runs, and no cell of the spreadsheet is a formula.
"""

import csv
import io
import json
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from pathlib import Path

from qvq_nb.evaluation.results.comparison import MOST_CHANGED, Comparison
from qvq_nb.evaluation.results.plots import intervals, lengths
from qvq_nb.evaluation.results.rows import is_counted
from qvq_nb.evaluation.results.summary import Summary
from qvq_nb.evaluation.results.words import Words, points, shortened
from qvq_nb.files import as_json, write_whole
from qvq_nb.screen import clean

MOST_FAILURES = 50
MOST_LINES = 40  # of the drawing of intervals
COLUMNS = (
    "set", "id", "repeat", "language", "categories", "group", "circular", "outcome", "score", "got",
    "expected", "reason", "stop_reason", "prompt_tokens", "visual_tokens", "new_tokens", "thinking_tokens",
    "seconds", "looped", "switched", "error",
)  # fmt: skip
FORMULA_STARTS = tuple("=+-@＝＋－＠\t\r")


def write_report(folder, summary: Summary, rows: Iterable[dict], language: str = "en") -> Path:
    """Writes report.html, failures.html, summary.json and rows.csv into a folder; the path of the first.

    QvqError where the disk refuses.
    """
    folder, rows = Path(folder), list(rows)
    _write(folder / "summary.json", as_json(summary.to_dict()))
    _write(folder / "rows.csv", sheet(rows))
    _write(folder / "failures.html", failures_page(summary, rows, language))
    _write(folder / "report.html", report_page(summary, rows, language))
    return folder / "report.html"


def write_comparison(folder, comparison: Comparison, language: str = "en") -> Path:
    """Writes comparison.html and comparison.json into a folder; the path of the first."""
    folder = Path(folder)
    _write(folder / "comparison.json", as_json(comparison.to_dict()))
    _write(folder / "comparison.html", comparison_page(comparison, language))
    return folder / "comparison.html"


def report_page(summary: Summary, rows: Iterable[dict], language: str) -> str:
    """The page about one run."""
    words, found = Words(language), summary.to_dict()
    published = {one["set"]: one for one in found["published"]}
    lines = [(words("all"), found["score"], None)]
    lines += [(name, one["here"], one["score"]) for name, one in published.items()]
    shown = [part for part in found["parts"] if sum(p["kind"] == part["kind"] for p in found["parts"]) > 1]
    lines += [(words.name(part["value"]), part, None) for part in shown]
    caption = words("interval plot") + (words("diamond") if published else "")
    length = "thinking_tokens" if found["answers"]["lengths"]["thinking_tokens"] else "new_tokens"
    known = [(row[length], row["outcome"]) for row in rows if is_counted(row) and row.get(length) is not None]
    names = {"right": words("right"), "wrong": words("wrong"), "unclear": words("not clear")}
    plot = "length plot" if length == "thinking_tokens" else "written plot"
    notes = [words("published note", **one) for one in list(published.values())[:1]]
    return _page(
        language,
        title=summary.title[words.language],
        lead=[*summary.sentences(language), words("meaning")],
        drawings=[intervals(lines[:MOST_LINES], caption), lengths(known, words(plot), names)],
        tables=summary.tables(language),
        notes=notes,
        link=("failures.html", words("to failures")),
    )


def failures_page(summary: Summary, rows: Iterable[dict], language: str) -> str:
    """The page with the first answers that are not right: question, what was read, what was expected."""
    words = Words(language)
    failed = [row for row in rows if is_counted(row) and row["outcome"] != "right"]
    parts = ("question", "got", "expected", "reason", "answer")
    articles = [
        {
            "title": f"{row['set']} · {row['id']}" + _times(row, words),
            "outcome": words("not clear" if row["outcome"] == "unclear" else "wrong"),
            "parts": [(words(name), row.get(name, "")) for name in parts],
        }
        for row in failed[:MOST_FAILURES]
    ]
    said = words("failures", count=len(articles), total=len(failed)) if failed else words("no failures")
    link = ("report.html", summary.title[words.language])
    return _page(language, title=words("to failures"), lead=[said], articles=articles, link=link)


def comparison_page(comparison: Comparison, language: str) -> str:
    """The page about two runs, with the questions on which they differ."""
    words, found = Words(language), comparison.to_dict()
    a, b = map(shortened, found["names"])
    articles = [
        {
            "title": f"{one['set']} · {one['id']}",
            "outcome": f"{points(one['scores'][0])} → {points(one['scores'][1])} %",
            "parts": [
                (words("question"), one["question"]), (a, one["got"][0]), (b, one["got"][1]),
                (words("expected"), one["expected"]),
            ],
        }
        for one in found["changed"]
    ]  # fmt: skip
    total = found["better"] + found["worse"]
    heading = words("changed", count=min(total, MOST_CHANGED), total=total)
    return _page(
        language,
        title=words("comparison", a=a, b=b),
        lead=[comparison.sentence(language)],
        drawings=[intervals(list(zip((a, b), found["scores"], (None, None))), words("interval plot"))],
        tables=comparison.tables(language),
        notes=[words("many parts")] if len(found["parts"]) > 1 else [],
        heading=heading if articles else "",
        articles=articles,
    )


def sheet(rows: Iterable[dict]) -> str:
    """The rows as CSV, a header first; texts that a spreadsheet would take for formulas begin with '."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(COLUMNS)
    writer.writerows([_cell(row.get(name)) for name in COLUMNS] for row in rows)
    return "\ufeff" + stream.getvalue()  # without the mark Excel takes Chinese for another encoding


def _cell(value):
    if value is None or isinstance(value, (bool, int, float)):
        return value
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list, tuple)) else str(value)
    text = " ".join(clean(text).split("\n"))
    return f"'{text}" if text.lstrip().startswith(FORMULA_STARTS) or text.startswith(FORMULA_STARTS) else text


def _times(row: dict, words: Words) -> str:
    return f" · {words('repeat', number=row['repeat'] + 1)}" if row["repeat"] else ""


def _page(language: str, **parts) -> str:
    now = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %Z")
    return clean(_template().render(language="zh" if language == "zh" else "en", now=now, **parts))


@cache
def _template():
    from jinja2 import Environment, FileSystemLoader

    return Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True).get_template(
        "page.html.j2"
    )


def _write(path: Path, content: str) -> None:
    write_whole(path, content.encode("utf-8", "backslashreplace"))
