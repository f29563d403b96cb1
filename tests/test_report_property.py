"""Whatever stands in a notebook: the runner reads it or says that it cannot, and the report shows it."""

import json

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from survives import survives
from test_report import case_lesson, result_of, shown

from qvq_nb import case
from qvq_nb.errors import QvqError
from qvq_nb.files import as_json
from qvq_nb.inference.answer import ANSWER_MIME
from qvq_nb.lessons.finding import read_lesson
from qvq_nb.lessons.outputs import failure, typed
from qvq_nb.lessons.report import IMAGE_MIMES, canonical, page, write_report

CASE, VERDICT = "application/vnd.qvq.case+json", "application/vnd.qvq.verdict+json"
MIMES = (CASE, ANSWER_MIME, VERDICT, *IMAGE_MIMES, "text/plain", "text/markdown", "text/html")
TEXTS = st.one_of(
    st.text(), st.text(st.characters(categories=["Cs", "Cc", "L"])), st.just("<script>x</script>")
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=6,
)
FIELDS = ("ok", "expected", "got", "reason", "family", "seed", "final", "thinking", "question", "truth", "id")
NEARLY = st.dictionaries(st.sampled_from(FIELDS), VALUES)
DATA = st.dictionaries(st.sampled_from(MIMES), st.one_of(VALUES, NEARLY))
OUTPUTS = st.one_of(
    VALUES,
    st.fixed_dictionaries(
        {},
        optional={
            "output_type": st.one_of(st.sampled_from(["stream", "error", "display_data"]), VALUES),
            "data": st.one_of(DATA, VALUES),
            "text": VALUES, "traceback": VALUES, "ename": VALUES, "evalue": VALUES, "name": VALUES,
        },
    ),
)  # fmt: skip
GOOD = new_notebook(
    cells=[
        new_markdown_cell("# Title"),
        new_code_cell('model = "a"', metadata={"tags": ["parameters"]}),
        new_code_cell("1", outputs=[shown(VERDICT, {"ok": True})]),
    ]
)


def cell(outputs, **more):
    """A code cell with outputs that nbformat itself would not let through."""
    made = new_code_cell("1", **more)
    made["outputs"] = nbformat.from_dict(outputs)
    return made


@survives(
    "lessons",
    en=("outputs of any kind and type reach the report: half characters, numbers for pictures, lists "
        "for texts",
        "the page is written, and nothing in it is obeyed"),
    zh=("报告遇到任何种类、任何类型的输出：半个字符、用数字充当图片、"
        "用列表充当文本", "页面照样写出，其中的内容一概不执行"),
)  # fmt: skip
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(OUTPUTS, max_size=4), st.one_of(TEXTS, VALUES))
def test_the_report_survives_any_output(tmp_path, outputs, source):
    executed = case_lesson()
    executed.cells += [cell(outputs), new_markdown_cell("# End")]
    executed.cells[-2]["source"] = source
    executed.cells[-2].metadata["papermill"] = {"exception": True}
    text = write_report([result_of(executed)], tmp_path / "report.html").read_text(encoding="utf-8")
    assert "What is the tax?" in text and "<script" not in text
    assert text.endswith("</html>") or text.rstrip().endswith("</html>")
    assert all(isinstance(part, str | int | None) for part in failure(executed))


FALSE = {
    "of another shape": {"x": 1},
    "a list": [1],
    "a number": 5,
    "nothing": None,
    "text": "right",
    "right is a word": {"ok": "yes", "expected": "6", "got": "6", "reason": "r"},
    "no reason": {"ok": True, "expected": "6", "got": "6"},
    "a number as reason": {"ok": True, "expected": "6", "got": "6", "reason": 6},
    "a list as family": {"ok": True, "expected": "6", "got": "6", "reason": "r", "family": ["sofa"]},
    "a text as seed": {"ok": True, "expected": "6", "got": "6", "reason": "r", "seed": "7"},
    "far too long": {"ok": True, "expected": "6", "got": "6" * 10**6, "reason": "r"},
}


@survives(
    "lessons",
    en=("an output looks like a verdict, an answer or a case and is "
        "none", "it is shown as what else it is, and not counted"),
    zh=("输出看起来像判定、回答或例题，其实不是", "按它的其他形式显示，不计入统计"),
)  # fmt: skip
@pytest.mark.parametrize("mime", [CASE, ANSWER_MIME, VERDICT])
@pytest.mark.parametrize("content", FALSE.values(), ids=FALSE)
def test_what_only_looks_like_a_verdict_an_answer_or_a_case_does_no_harm(content, mime):
    false = cell([{"output_type": "display_data", "data": {mime: content, "text/plain": "as it is"}}])
    executed = case_lesson()
    executed.cells.insert(0, false)
    result = result_of(executed)
    assert typed({mime: content}, mime) is None
    assert len(result.verdicts) == 1 and [one.final for one in canonical([result])][0].startswith("$46.2$")
    assert "as it is" in page([result])


def test_a_follow_up_question_is_not_taken_for_the_canonical_case():
    first = case("recognition")
    follow_up = first.follow_up()
    bundles = [
        part._repr_mimebundle_() for part in (follow_up, follow_up.check("4"), first, first.check("6"))
    ]
    for bundle in bundles:
        bundle.pop("image/png", None)
    cells = [cell([{"output_type": "display_data", "data": data, "metadata": {}}]) for data in bundles]
    (shown_case,) = canonical([result_of(nbformat.from_dict({"cells": cells}))])
    assert shown_case.question == first.question != follow_up.question
    assert shown_case.truth == first.truth


def paths(value, way=()):
    """Every place in a JSON value."""
    yield way
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield from paths(one, (*way, key))


@survives(
    "lessons",
    en=("a notebook file has any other value in any place, is cut off, or is no notebook at all",
        "is read, or one sentence says that it cannot be; nothing is run"),
    zh=("notebook 文件的任意位置是别的值、文件被截断，或根本不是 "
        "notebook", "能读就读，不能读就用一句话说明；什么都不运行"),
)  # fmt: skip
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_notebook_is_read_or_refused_in_one_sentence(tmp_path, data):
    content = json.loads(as_json(GOOD))
    *way, last = data.draw(st.sampled_from([way for way in paths(content) if way]))
    place = content
    for key in way:
        place = place[key]
    place[last] = data.draw(VALUES)
    text = json.dumps(content)[: data.draw(st.one_of(st.none(), st.integers(0, 500)))]
    path = tmp_path / "any.ipynb"
    path.write_text(text, encoding="utf-8")
    try:
        lesson = read_lesson(path, {"model": ""})
    except QvqError as error:
        assert "nothing was run" in str(error)
    else:
        nbformat.validate(lesson)


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"[]", b"{}", b"null", b'{"cells": 5}', b"[" * 200_000]
)
def test_what_is_no_notebook_is_refused_in_one_sentence(tmp_path, content):
    (tmp_path / "none.ipynb").write_bytes(content)
    with pytest.raises(QvqError, match="nothing was run"):
        read_lesson(tmp_path / "none.ipynb", {"model": ""})


def test_the_report_of_very_many_and_very_long_outputs_stays_small():
    text = nbformat.v4.new_output("stream", text="x" * 100_000)
    cells = [
        cell([text] * 100),
        cell([shown("text/markdown", "*" * 5_000_000)]),
        new_markdown_cell("[" * 10**6),
    ]
    html = page([result_of(nbformat.from_dict({"cells": cells}))])
    assert len(html) < 1_000_000 and "left out" in html
