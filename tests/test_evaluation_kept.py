"""An evaluation that is stopped or killed: what was counted is kept, and the next call goes on from there."""

import json
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from survives import survives
from test_evaluation import SEEDS, oracle

from qvq_nb.errors import BusyError, QvqError
from qvq_nb.evaluation.counting import Stopped, evaluate
from qvq_nb.evaluation.keeping import Asked, keeping

ROW = {"family": "sofa", "language": "en", "seed": 1, "ok": True, "language_right": True,
       "stop_reason": "end", "seconds": 1.0, "error": None}  # fmt: skip


class Once:
    """Hands a reasoner's answers on, and stops like Ctrl-C at the `last` one."""

    name = "oracle"

    def __init__(self, reasoner, last):
        self.reasoner, self.last, self.asked = reasoner, last, 0

    def ask(self, image, question, **options):
        self.asked += 1
        if self.asked == self.last:
            raise KeyboardInterrupt
        return self.reasoner.ask(image, question, **options)


@pytest.mark.parametrize("last", [1, 2, 6])
def test_ctrl_c_gives_what_was_counted_and_a_later_call_goes_on_from_there(tmp_path, last):
    model, file = oracle(["sofa"], ["en", "zh"]), tmp_path / "kept" / "rows.jsonl"
    with pytest.raises(Stopped, match=f"{last - 1} of 6 cases are counted. They are kept in") as stop:
        evaluate(Once(model, last), "sofa", SEEDS, keep=file)
    assert len(stop.value.evaluation.rows) == last - 1
    rest = Once(model, 0)
    whole = evaluate(rest, "sofa", SEEDS, keep=file)
    assert rest.asked == 7 - last and whole.right == 6
    assert [path.name for path in file.parent.iterdir()] == ["rows.jsonl"]
    again = Once(model, 0)
    assert evaluate(again, "sofa", SEEDS, keep=file).rows == whole.rows and again.asked == 0


def test_without_a_file_ctrl_c_says_that_nothing_is_kept(tmp_path):
    with pytest.raises(Stopped, match="kept in no file.*keep=FILE"):
        evaluate(Once(oracle(["sofa"], ["en"]), 2), "sofa", SEEDS, "en")


def test_each_thinking_budget_has_its_own_rows_in_one_file(tmp_path):
    model = Once(oracle(["sofa"], ["en"]), 0)
    for budget in (0, 5, 0):
        evaluate(model, "sofa", SEEDS, "en", thinking_budget=budget, keep=tmp_path / "rows")
    assert model.asked == 2 * len(SEEDS)


def lines(*contents):
    return b"".join(json.dumps(content).encode() + b"\n" for content in contents)


HEAD = Asked("oracle", {}).head()
OTHERS = {
    "another model": (lines(HEAD | {"model": "other"}), "holds the rows of 'other', not of 'oracle'"),
    "other weights": (lines(HEAD | {"weights": {"a": "1"}}), "other weights of the same name"),
    "a text": (b"my notes", "something else"),
    "a picture": (b"\x89PNG\r\n\x1a\n\xff", "something else"),
    "a list": (b"[1]\n", "something else"),
    "another JSON": (lines({"a": 1}), "something else"),
    "no head": (lines(ROW), "something else"),
    "a row of another kind": (lines(HEAD, {"x": 1}), "something else"),
    "a row with a text as seed": (lines(HEAD, ROW | {"seed": "1"}), "something else"),
    "a row that is a number": (lines(HEAD, 5), "something else"),
    "a broken line in the middle": (lines(HEAD) + b"{\n" + lines(ROW), "something else"),
    "very many brackets": (b"[" * 100_000 + b"\n", "something else"),
}


@survives(
    "evaluation",
    en=("the file given as `keep` holds another model's rows, or something "
        "else", "says what it holds, leaves it as it is, and asks nothing"),
    zh=("`keep` 指定的文件里是别的模型的结果，或别的内容", "说明里面是什么，保持原样，不提任何问题"),
)  # fmt: skip
@pytest.mark.parametrize("content, says", OTHERS.values(), ids=OTHERS)
def test_a_file_with_something_else_is_refused_and_left_alone(tmp_path, content, says):
    (tmp_path / "rows").write_bytes(content)
    model = Once(oracle(["sofa"], ["en"]), 0)
    with pytest.raises(QvqError, match=says):
        evaluate(model, "sofa", SEEDS, "en", keep=tmp_path / "rows")
    assert model.asked == 0 and (tmp_path / "rows").read_bytes() == content


@survives(
    "evaluation",
    en=("the file ends in the middle of a row, or anywhere",
        "counts the whole rows, and writes the cut one again"),
    zh=("文件在一行中间或任意位置断开", "完整的行照算，断开的那一行重新写"),
)  # fmt: skip
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, len(lines(HEAD, ROW, ROW | {"seed": 2}))))
def test_a_file_cut_off_anywhere_gives_its_whole_rows(tmp_path, length):
    whole = lines(HEAD, ROW, ROW | {"seed": 2})
    budget = {"thinking_budget": None}
    (tmp_path / "rows").write_bytes(whole[:length])
    with keeping(tmp_path / "rows", Asked("oracle", {})) as kept:
        found = [seed for seed in (1, 2) if kept.row(("sofa", "en", seed))]
        for seed in {1, 2} - set(found):
            kept.keep(ROW | {"seed": seed})
    assert len(found) == max(0, whole[:length].count(b"\n") - 1)
    written = [json.loads(line) for line in (tmp_path / "rows").read_bytes().splitlines()]
    assert written[0] == HEAD and [{**row, **budget} for row in written[1:]] == [
        ROW | {"seed": seed} | budget for seed in (1, 2)
    ]


@survives(
    "evaluation",
    en=("any bytes are given as the file to keep rows in",
        "goes on from them or refuses them in one sentence; never loses them"),
    zh=("用任意字节作为保存结果的文件", "能接着用就接着用，否则用一句话拒绝；绝不丢失"),
)  # fmt: skip
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(), st.booleans())
def test_any_bytes_are_continued_or_refused_and_never_lost(tmp_path, content, has_head):
    content = lines(HEAD) + content if has_head else content
    (tmp_path / "rows").write_bytes(content)
    try:
        with keeping(tmp_path / "rows", Asked("oracle", {})):
            pass
    except QvqError:
        assert (tmp_path / "rows").read_bytes() == content
    else:
        assert (tmp_path / "rows").read_bytes() == content[: content.rfind(b"\n") + 1] or lines(HEAD)


@survives(
    "together",
    en=("two evaluations keep their rows in one file", "the second one says so and asks nothing"),
    zh=("两个评测把结果保存到同一个文件", "第二个会说明，不提任何问题"),
)  # fmt: skip
def test_two_evaluations_do_not_share_a_file(tmp_path):
    with (
        keeping(tmp_path / "rows", Asked("oracle", {})),
        pytest.raises(BusyError, match="Another evaluation"),
    ):
        evaluate(oracle(["sofa"], ["en"]), "sofa", SEEDS, "en", keep=tmp_path / "rows")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
@pytest.mark.parametrize("kind", ["folder", "fifo", "beneath a file", "/dev/full"])
def test_what_cannot_take_rows_is_named(tmp_path, kind):
    file = {"folder": tmp_path, "beneath a file": tmp_path / "a" / "rows", "/dev/full": "/dev/full"}.get(kind)
    (tmp_path / "a").write_text("a file")
    if kind == "fifo":
        os.mkfifo(file := tmp_path / "fifo")
    with pytest.raises(QvqError, match="nothing was asked"):
        evaluate(oracle(["sofa"], ["en"]), "sofa", SEEDS, "en", keep=file)
