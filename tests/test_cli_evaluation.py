"""qvq-nb evaluate: what was asked for is asked, kept, counted and shown, however it ends."""

import base64
import io
import json
import os
import signal
import subprocess
import sys
import time

import pytest
from asked_questions import Counting, Lamps, Said
from commands import qvq
from PIL import Image
from scripted_server import Script, Silence, answer
from survives import survives

from qvq_nb import cases

SEEDS = ("--seeds", "5:7")


class Knowing(Counting):
    """Knows the truth of every other case, by its seed."""

    name = "knowing"

    def __init__(self):
        super().__init__()
        drawn = [
            cases.case("sofa", seed=seed, language=language) for seed in (5, 6) for language in ("en", "zh")
        ]
        self.truths = {(case.image.tobytes(), case.question): (case.seed, case.truth) for case in drawn}

    def ask(self, image, question, **options):
        super().ask(image, question, **options)
        seed, truth = self.truths[image.tobytes(), question]
        return Said(f"\\boxed{{{truth if seed == 5 else 'no'}}}", language="zh")


@pytest.fixture
def model(monkeypatch, tmp_path):
    """The model that is loaded, whatever name is given; the user's folders are in tmp_path."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    model = Knowing()

    def load(name):
        print("a library prints this")
        return model

    monkeypatch.setattr("qvq_nb.inference.reasoner.load", load)
    return model


def test_cases_are_asked_once_and_counted(model, tmp_path):
    arguments = ("evaluate", "sofa", *SEEDS, "--to", tmp_path / "a", "--json")
    code, output, notes = qvq(*arguments)
    found = json.loads(output)
    assert code == 0 and (found["model"], found["thinking_budget"]) == ("knowing", None)
    assert [(row["language"], row["seed"], row["ok"], row["error"]) for row in found["rows"]] == [
        ("en", 5, True, None), ("en", 6, False, None), ("zh", 5, True, None), ("zh", 6, False, None),
    ]  # fmt: skip
    assert [count["right"] for count in found["table"]] == [1, 1, 2]
    assert "Answers are kept in" in notes and "a library prints this" in notes
    again = qvq(*arguments)
    assert (
        json.loads(again[1]) == found and model.asked.total() == 4 and "4 of 4 answers were there" in again[2]
    )


def test_the_counts_come_as_a_table_with_the_interval_and_as_a_report(model, tmp_path):
    code, output, _ = qvq("evaluate", "--family", "sofa", "--language", "en", *SEEDS, "--to", tmp_path)
    row = output.splitlines()[1].split()
    assert code == 0 and (row[:3], row[4:9]) == (["sofa", "en", "1"], ["2", "50.0", "%", "9.5", "%"])
    assert "50.0" in (tmp_path / "report.html").read_text("utf-8")
    assert json.loads((tmp_path / "summary.json").read_text("utf-8"))["score"]["right"] == 1


def test_several_thinking_budgets_give_a_curve_and_a_report_each(model, tmp_path):
    budgets = ("--thinking-budget", "0", "--thinking-budget", "16", "--thinking-budget", "0")
    arguments = ("evaluate", "sofa", *SEEDS, "--to", tmp_path, *budgets)
    code, output, _ = qvq(*arguments)
    assert code == 0
    assert [line.split()[:3] for line in output.splitlines()[1:]] == [["0", "2", "4"], ["16", "2", "4"]]
    assert {options["thinking_budget"] for options in model.options} == {0, 16} and model.asked.total() == 8
    assert all((tmp_path / f"budget-{budget}" / "report.html").is_file() for budget in (0, 16))
    assert [one["thinking_budget"] for one in json.loads(qvq(*arguments, "--json")[1])] == [0, 16]


def test_repeats_are_summed_up_by_question(model, tmp_path):
    code, output, _ = qvq("evaluate", "sofa", *SEEDS, "--to", tmp_path, "--repeats", "2", "--json")
    assert code == 0 and model.asked.total() == 8
    found = json.loads(output)
    assert found["questions"] == 4 and found["harness"]["repeats"] == 2 and found["score"]["right"] == 2


def test_without_a_folder_the_answers_go_to_the_users_cache_and_its_name_is_told(model, tmp_path):
    folder = tmp_path / "home" / ".cache" / "qvq-notebooks" / "evaluations" / "sofa-qvq-mini"
    for _ in range(2):
        code, _, notes = qvq("evaluate", "sofa", *SEEDS)
        assert code == 0 and str(folder) in notes
    assert model.asked.total() == 4 and (folder / "answers.jsonl").is_file()


def test_parts_between_them_ask_everything_once(model, tmp_path):
    for part in ("1/2", "2/2"):
        qvq("evaluate", "sofa", *SEEDS, "--to", tmp_path, "--part", part)
    assert model.asked.total() == 4
    assert (
        json.loads(qvq("evaluate", "sofa", *SEEDS, "--to", tmp_path, "--json")[1])["table"][-1]["total"] == 4
    )
    assert model.asked.total() == 4


def test_a_question_without_an_answer_is_told_and_counts_as_wrong(model, tmp_path):
    model.fails = cases.case("sofa", seed=5).question[:20]
    code, output, notes = qvq("evaluate", "sofa", *SEEDS, "--to", tmp_path, "--json")
    rows = json.loads(output)["rows"]
    assert code == 0 and "2 of 4 questions have no answer" in notes
    assert {row["error"] for row in rows if row["language"] == "en"} == {"ValueError: lost the picture"}
    assert not any(row["ok"] for row in rows if row["language"] == "en")


def written(folder, rows=4, right="AB"):
    """A small AI2D_TEST.tsv with a picture for each row; the right answers are those letters in turn."""
    lines = ["index\timage\tquestion\tanswer\tA\tB"]
    for number in range(rows):
        stream = io.BytesIO()
        Image.new("RGB", (28, 28), (number, 0, 0)).save(stream, "PNG")
        picture = base64.b64encode(stream.getvalue()).decode()
        letter = right[number % len(right)]
        lines.append(f"{number}\t{picture}\tWhich one is it in row {number}?\t{letter}\tthe left\tthe right")
    file = folder / "AI2D_TEST.tsv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


@pytest.fixture
def always_a(model, monkeypatch):
    """A model that answers A, whatever is asked."""
    model = Counting()
    model.says = "So it is \\boxed{A}"
    monkeypatch.setattr("qvq_nb.inference.reasoner.load", lambda name: model)
    return model


def test_a_benchmarks_file_is_asked_as_its_harness_says_and_summed_up(always_a, tmp_path):
    arguments = ("evaluate", written(tmp_path), "--to", tmp_path / "a", "--json")
    code, output, notes = qvq(*arguments)
    found = json.loads(output)
    assert code == 0 and (found["score"]["right"], found["score"]["total"]) == (2, 4)
    assert always_a.options[0]["visual_tokens"] == (1280, 16384)
    assert always_a.options[0]["max_new_tokens"] == 8192 and "step-by-step" in always_a.options[0]["system"]
    assert found["harness"]["prompt"] == "VLMEvalKit, QVQ-72B-Preview"
    assert found["harness"]["min_pixels"] == 1280 * 784 and "AI2D_TEST: 4 questions" in notes
    predictions = (tmp_path / "a" / "predictions.tsv").read_text("utf-8").splitlines()
    assert predictions[0].endswith("\tprediction") and len(predictions) == 5
    assert json.loads(qvq(*arguments)[1])["score"] == found["score"] and always_a.asked.total() == 4


def test_other_gold_answers_in_the_file_are_scored_anew_and_ask_nothing(always_a, tmp_path):
    qvq("evaluate", written(tmp_path), "--to", tmp_path / "a")
    code, output, _ = qvq("evaluate", written(tmp_path, right="A"), "--to", tmp_path / "a", "--json")
    assert json.loads(output)["score"]["right"] == 4 and always_a.asked.total() == 4


def test_pixels_and_length_of_a_benchmark_can_be_others(always_a, tmp_path):
    changed = ("--visual-tokens", "4:64", "--max-new-tokens", "99")
    code, output, _ = qvq("evaluate", written(tmp_path), "--to", tmp_path / "a", *changed, "--json")
    assert (always_a.options[0]["visual_tokens"], always_a.options[0]["max_new_tokens"]) == ((4, 64), 99)
    harness = json.loads(output)["harness"]
    assert (harness["max_pixels"], harness["max_new_tokens"]) == (64 * 784, 99)


def test_the_words_of_a_benchmark_can_be_others_and_are_asked_anew(always_a, tmp_path):
    file = written(tmp_path)
    (tmp_path / "mine.json").write_text('{"after_options": "Answer with a letter.", "system": "Be brief."}')
    for more in ((), ("--harness", tmp_path / "mine.json")):
        code, output, _ = qvq("evaluate", file, "--to", tmp_path / "a", *more, "--json")
        assert code == 0
    assert always_a.asked.total() == 8 and always_a.options[-1]["system"] == "Be brief."
    assert sum("Answer with a letter." in question for question in always_a.asked) == 4
    harness = json.loads(output)["harness"]
    assert harness["prompt"].endswith("changed by mine.json") and harness["system"] == "Be brief."


@pytest.mark.parametrize(
    "content, said",
    [('{"words": 1}', "there is no 'words'"), ('{"min_pixels": "many"}', "min_pixels is such as")],
)
def test_a_harness_that_is_none_is_told(always_a, tmp_path, content, said):
    (tmp_path / "mine.json").write_text(content)
    code, _, notes = qvq("evaluate", written(tmp_path), "--harness", tmp_path / "mine.json")
    assert code == 1 and said in notes and not always_a.asked


def test_a_picture_that_cannot_be_read_costs_this_question_alone(always_a, tmp_path):
    file = written(tmp_path)
    lines = file.read_text("utf-8").splitlines()
    whole = lines[2].split("\t")[1]
    lines[2] = lines[2].replace(whole, base64.b64encode(base64.b64decode(whole)[:60]).decode())
    file.write_text("\n".join(lines) + "\n", "utf-8")
    always_a.opens = True
    code, output, notes = qvq("evaluate", file, "--to", tmp_path / "a", "--json")
    answers = json.loads(output)["answers"]
    assert code == 0 and (answers["answered"], answers["errors"]) == (3, 1)
    assert "1 of 4 questions have no answer" in notes and not (tmp_path / "a" / "predictions.tsv").exists()


def test_two_folders_are_compared(model, tmp_path):
    for name in "ab":
        qvq("evaluate", "sofa", *SEEDS, "--to", tmp_path / name)
    code, output, _ = qvq(
        "evaluate", "--compare", tmp_path / "a", tmp_path / "b", "--to", tmp_path / "c", "--json"
    )
    assert code == 0 and json.loads(output)["both"] == 4
    assert (tmp_path / "c" / "comparison.html").is_file()


@pytest.mark.parametrize(
    "arguments, said",
    [
        (("evaluate", "--keep", "rows.jsonl"), "now --to DIR"),
        (("evaluate", "nonsense"), "There is no set 'nonsense'"),
        (("evaluate", "--compare", "nowhere", "nothing"), "holds no scored run"),
        (("evaluate", "--family", "bridge"), "no case family 'bridge'"),
    ],
)
def test_a_mistake_is_one_sentence(model, tmp_path, arguments, said):
    code, output, notes = qvq(*arguments)
    assert code == 1 and output == "" and said in notes and not model.asked


@pytest.mark.parametrize(
    "arguments",
    [
        ("--part", "0/8"),
        ("--part", "9/8"),
        ("--part", "half"),
        ("--visual-tokens", "4"),
        ("--seeds", "5:5"),
        ("--harness", "mine.json"),
        ("--split", "dev"),
        ("AI2D_TEST.tsv", "--family", "sofa"),
    ],
)
def test_what_is_not_understood_ends_with_2(model, arguments):
    assert qvq("evaluate", *arguments)[0] == 2 and not model.asked


def test_ctrl_c_shows_what_was_counted(model, tmp_path):
    model.stop_at = 3
    code, output, notes = qvq("evaluate", "sofa", *SEEDS, "--to", tmp_path)
    assert code == 130 and "stopped: 2 of 4 questions are answered, kept in" in notes and "sofa en" in output


def test_an_empty_ctrl_c_is_told_in_words(monkeypatch):
    def stopped(model):
        raise KeyboardInterrupt

    monkeypatch.setattr("qvq_nb.inference.reasoner.load", stopped)
    code, _, notes = qvq("evaluate", "sofa", *SEEDS)
    assert code == 130 and "stopped. Files that were finished are kept" in notes


# `qvq-nb evaluate` with a model on this machine that answers slowly, or a slow server, and never right.
SLOW = """
import sys, time
from asked_questions import Counting
import qvq_nb.inference.reasoner as reasoner
from qvq_nb.cli import main
class Slow(Counting):
    def ask(self, image, question, **options):
        time.sleep(0.1)
        with open(sys.argv[-1] + ".asked", "a") as asked:
            print(question, file=asked)
        return super().ask(image, question, **options)
if "--model" not in sys.argv:
    reasoner.load = lambda model: Slow()
main.main()
"""


def start(folder, *more):
    arguments = ["evaluate", "sofa", "--language", "en", "--seeds", "1:60", *more, "--to", str(folder)]
    return subprocess.Popen(
        [sys.executable, "-c", SLOW, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def wait_for_answers(folder, count):
    patience, file = time.monotonic() + 300, folder / "answers.jsonl"
    while not file.exists() or file.read_bytes().count(b"\n") < count:
        assert time.monotonic() < patience
        time.sleep(0.05)


def kept(folder):
    return [json.loads(line)["id"] for line in (folder / "answers.jsonl").read_bytes().splitlines()]


@survives(
    "evaluation",
    en=("`evaluate` gets Ctrl-C, SIGTERM or SIGKILL, or its terminal is closed",
        "every complete answer is in the folder, and the same command asks the rest; but for SIGKILL the "
        "table so far and one sentence tell it"),
    zh=("`evaluate` 收到 Ctrl-C、SIGTERM、SIGKILL，或终端被关闭",
        "已完成的回答都在文件夹里，再次运行同一条命令只问其余的；"
        "除 SIGKILL 外，还会打印目前的表格并用一句话说明"),
)  # fmt: skip
@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.slow
@pytest.mark.parametrize("stop", ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"])
def test_a_stopped_command_loses_no_answer_and_asks_none_again(tmp_path, stop):
    folder = tmp_path / "kept"
    process = start(folder)
    wait_for_answers(folder, 3)
    process.send_signal(getattr(signal, stop))
    output, notes = process.communicate()
    before = kept(folder)
    assert len(before) >= 3 and "Traceback" not in notes
    if stop != "SIGKILL":
        assert process.returncode == 130 and f"{len(before)} of 59 questions are answered" in notes
        assert "sofa en" in output and str(folder) in notes
    asked = len((tmp_path / "kept.asked").read_text().splitlines())
    assert asked - len(before) in (0, 1)  # the open one
    last = start(folder)
    assert last.wait() == 0
    assert len(set(kept(folder))) == len(kept(folder)) == 59
    assert len((tmp_path / "kept.asked").read_text().splitlines()) == asked + 59 - len(before)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.slow
@pytest.mark.parametrize("stop", ["SIGINT", "SIGTERM", "SIGKILL"])
def test_a_stopped_command_at_an_address_asks_again_what_was_open_alone(tmp_path, stop):
    class Slow(Lamps):
        def script_for(self, question):
            time.sleep(0.2)
            return super().script_for(question)

    with Slow() as server:
        at = ("--model", server.address, "--open", "4")
        process = start(tmp_path, *at)
        wait_for_answers(tmp_path, 8)
        process.send_signal(getattr(signal, stop))
        _, notes = process.communicate()
        before, asked = len(kept(tmp_path)), len(server.asked)
        assert asked - before <= 4 and "Traceback" not in notes
        if stop != "SIGKILL":
            assert process.returncode == 130 and f"{before} of 59 questions are answered" in notes
        assert start(tmp_path, *at).wait() == 0
        assert len(set(kept(tmp_path))) == len(kept(tmp_path)) == 59
        assert len(server.asked) == asked + 59 - before


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.slow
def test_ctrl_c_does_not_wait_for_a_silent_server(tmp_path):
    with Lamps(first={"": [Script(answer())] * 3}, always={"": Script([*answer()[:4], Silence])}) as server:
        process = start(tmp_path, "--model", server.address, "--open", "4")
        wait_for_answers(tmp_path, 3)
        process.send_signal(signal.SIGINT)
        _, notes = process.communicate()
        assert process.returncode == 130 and "3 of 59 questions are answered" in notes
        assert server.gone.wait(30)
