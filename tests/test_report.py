"""The report: what the page shows of the outputs of executed lessons, and that it trusts none of them."""

import base64
import re
from html import unescape

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from qvq_nb.lessons import LessonResult, write_report
from qvq_nb.lessons.report import MAXIMUM_IMAGE_CHARACTERS, MAXIMUM_TEXT_CHARACTERS, page

PNG = base64.b64encode(b"\x89PNG picture").decode()


def shown(mime, data, **more):
    return new_output("display_data", data={mime: data, "text/plain": "…", **more})


def case_lesson(verdict=None, **cell):
    """The executed cells of a lesson: picture, question, answer, verdict."""
    verdict = {
        "family": "invoice",
        "seed": None,
        "language": "en",
        "ok": False,
        "expected": "462.05",
        "got": "46.2",
        "reason": "46.2 is not 462.05",
        "model": "qvq-mini",
        **(verdict or {}),
    }
    case = {
        "family": "invoice",
        "seed": verdict["seed"],
        "question": "What is the tax?",
        "truth": "462.05 yuan",
    }
    answer = {
        "thinking": "Let me <i>see</i>.",
        "final": "$46.2$ <script>alert(1)</script>",
        "model": "qvq-mini",
    }
    outputs = [
        shown("application/vnd.qvq.case+json", case, **{"image/png": PNG}),
        shown("application/vnd.qvq.answer+json", answer),
        shown("application/vnd.qvq.verdict+json", verdict, **{"text/html": "<script>alert(2)</script>"}),
    ]
    return new_notebook(cells=[new_code_cell("case", outputs=[output]) for output in outputs])


def result_of(executed, lesson="05_invoice"):
    return LessonResult(lesson, "passed", 1.0, 100.0, notebook=executed)


def test_the_report_shows_the_canonical_case_with_answer_truth_and_reason():
    html = page([result_of(case_lesson())], "qvq-mini", "en")
    article = unescape(re.search(r"<article>.*?</article>", html, re.S)[0])
    assert f"data:image/png;base64,{PNG}" in article
    for text in (
        "What is the tax?",
        "$46.2$",
        "462.05 yuan",
        "wrong",
        "46.2 is not 462.05",
        "Let me <i>see</i>.",
        "qvq-mini",
    ):
        assert text in article


def test_a_fresh_case_counts_in_the_table_but_is_not_among_the_canonical_ones():
    html = page([result_of(case_lesson({"seed": 7, "ok": True}))], "qvq-mini", "en")
    assert "<article>" not in html
    assert "".join(f'<td class="number">{count}</td>' for count in (1, 0, 0)) + "</tr>" in html


def test_an_unclear_answer_is_neither_right_nor_wrong_in_the_table():
    html = page([result_of(case_lesson({"ok": False, "outcome": "unclear"}))], "qvq-mini", "en")
    assert "".join(f'<td class="number">{count}</td>' for count in (0, 0, 1)) + "</tr>" in html
    assert '<strong class="unclear">unclear</strong>' in html


def test_a_picture_of_a_plot_does_not_take_the_place_of_the_case():
    executed = case_lesson()
    executed.cells.insert(
        1, new_code_cell("plot", outputs=[shown("image/png", base64.b64encode(b"plot").decode())])
    )
    article = re.search(r"<article>.*?</article>", page([result_of(executed)]), re.S)[0]
    assert PNG in article


def test_nothing_that_a_model_or_a_notebook_wrote_is_obeyed():
    executed = case_lesson()
    executed.cells.append(
        new_markdown_cell("<img src=https://x.test/a.png>\n\n![a](https://x.test/b.png)\n\n[c](javascript:d)")
    )
    executed.cells.append(
        new_code_cell("1", outputs=[new_output("stream", text="\x1b[31m<b>red</b>\x1b[0m")])
    )
    executed.cells.append(new_code_cell("2", outputs=[shown("image/png", '"><script>alert(3)</script>')]))
    html = page([result_of(executed, "<script>x</script>")], '"><script>alert(4)</script>', "en")
    assert "<script" not in html.lower() and "<b>red" not in html and "\x1b" not in html
    assert not re.search(r'src="(?!data:)|href="(?!https:|#|[\w.]*")', html)


def test_the_report_fetches_nothing_and_fits_phone_print_and_dark(tmp_path):
    html = write_report([result_of(case_lesson())], tmp_path / "report.html", "qvq-mini", "zh").read_text(
        encoding="utf-8"
    )
    assert "default-src 'none'" in html and "width=device-width" in html
    assert "prefers-color-scheme: dark" in html and "@media print" in html
    assert not re.search(r"<(script|link|iframe|base)\b|@import|url\(", html)
    assert "标准答案" in html


def test_the_report_stays_small_whatever_the_lessons_drew():
    large = base64.b64encode(bytes(MAXIMUM_IMAGE_CHARACTERS // 4)).decode()
    cells = [new_code_cell("plot", outputs=[shown("image/png", large)]) for _ in range(10)]
    html = page([result_of(new_notebook(cells=cells))])
    assert len(html) < 10_000_000
    assert "left out" in html


def test_a_long_output_is_cut_and_the_page_says_so():
    outputs = [new_output("stream", text="x" * (MAXIMUM_TEXT_CHARACTERS + 1))]
    html = page([result_of(new_notebook(cells=[new_code_cell("1", outputs=outputs)]))])
    assert "x" * MAXIMUM_TEXT_CHARACTERS in html and "x" * (MAXIMUM_TEXT_CHARACTERS + 1) not in html
    assert "left out" in html


def test_a_display_that_was_emptied_again_leaves_no_trace():
    executed = case_lesson()
    before = page([result_of(executed)])
    for cell in executed.cells:
        cell.outputs.insert(0, new_output("display_data", data={}))
    result = result_of(executed)
    assert page([result]) == before
    assert len(result.verdicts) == 1


def test_a_solution_is_folded_and_a_markdown_output_is_rendered():
    folded = "<details>\n<summary>One solution</summary>\n\n```python\n1 < 2\n```\n\n</details>"
    cells = [
        new_markdown_cell(folded, metadata={"tags": ["solution"]}),
        new_code_cell("1", outputs=[new_output("display_data", data={"text/markdown": "**bold** <i>"})]),
    ]
    html = page([result_of(new_notebook(cells=cells))])
    assert re.search(r"<details><summary>Solution</summary>\s*<pre><code[^>]*>1 &lt; 2\n</code></pre>", html)
    assert "<strong>bold</strong> &lt;i&gt;" in html and "One solution" not in html


@pytest.mark.parametrize("name", ["javascript:alert(1)", 'a"b<c', "第一课"])
def test_a_link_to_an_executed_notebook_stays_within_the_folder(tmp_path, name):
    result = LessonResult(name, "passed", notebook_path=tmp_path / f"{name}.ipynb", notebook=case_lesson())
    (link,) = re.findall(r'href="([^"#]*)"', page([result]))
    assert re.fullmatch(r"[\w.%-]+", link, re.ASCII) and link.endswith(".ipynb")
