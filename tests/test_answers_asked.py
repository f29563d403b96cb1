"""Runs of questions: how often each is asked, and that no answer is lost, whatever happens on the way."""

import json
import threading
from dataclasses import replace

import pytest
from asked_questions import Counting, Lamps, questions
from scripted_server import FIELD_OF_THINKING, Cut, Script, Silence, answer, error
from survives import survives

from qvq_nb import trace
from qvq_nb.errors import QvqError
from qvq_nb.evaluation.answers.asking import answer_of, judged_text
from qvq_nb.evaluation.answers.keys import Setup, setup_of
from qvq_nb.evaluation.answers.progress import shown, state_of
from qvq_nb.evaluation.answers.running import Patience, Stopped, run
from qvq_nb.inference.reasoner import load
from qvq_nb.media.clip import Clip

AT_ONCE = Patience(pause_seconds=0.0)


def kept(folder):
    """Every line of every file."""
    files = sorted(folder.glob("answers*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_bytes().splitlines()]


def answered(folder):
    return [line["id"] for line in kept(folder) if line["error"] is None]


def once(count):
    return {f"How many lamps are lit in row {number}?": 1 for number in range(count)}


# --- what is asked again, and what is not


def test_a_line_has_what_came_and_what_it_took(tmp_path):
    model = Counting()
    run(model, questions(1), tmp_path, setup_of(model))
    (line,) = kept(tmp_path)
    assert line.pop("at").startswith("20") and len(line.pop("key")) == 64
    assert line == {
        "set": "lamps", "id": "0", "model": "counting", "language": "en", "repeat": 0, "text": "\\boxed{0?}",
        "stop_reason": "end", "prompt_tokens": 90, "visual_tokens": 4, "new_tokens": 5, "seconds": 0.1,
        "notes": [], "final": "\\boxed{0?}", "thinking_tokens": None, "error": None,
    }  # fmt: skip


def test_nothing_is_asked_twice(tmp_path):
    model = Counting()
    for before in (0, 8):
        done = run(model, questions(), tmp_path, setup_of(model))
        assert (len(done.answered), done.failed, done.total, done.answered_before) == (8, (), 8, before)
    assert model.asked == once(8)


def test_more_questions_ask_for_the_new_ones_alone(tmp_path):
    model = Counting()
    for count in (3, 8):
        run(model, questions(count), tmp_path, setup_of(model))
    assert model.asked == once(8)


@pytest.mark.parametrize("scored", [{"gold": "7"}, {"kind": "float"}])
def test_another_way_of_scoring_asks_nothing(tmp_path, scored):
    model = Counting()
    for changes in ({}, scored):
        asked = [replace(question, **changes) for question in questions()]
        run(model, asked, tmp_path, setup_of(model))
    assert model.asked == once(8)


CHANGES = {
    "the prompt": (questions(prompt="Count the lamps of row {}?"), {}),
    "the pictures": (questions(grey=91), {}),
    "the pixels": (questions(), {"visual_tokens": (4, 64)}),
    "the system prompt": (questions(), {"system": "Be brief."}),
    "the length": (questions(), {"max_new_tokens": 99}),
    "the thinking budget": (questions(), {"thinking_budget": 5}),
    "the model": (questions(), {"identity": {"name": "other"}}),
    "the sampling": (questions(), {"repeats": 2}),
}


@pytest.mark.parametrize("asked, changed", CHANGES.values(), ids=CHANGES)
def test_whatever_decides_an_answer_asks_again(tmp_path, asked, changed):
    model = Counting()
    setup = setup_of(model)
    run(model, questions(), tmp_path, setup)
    run(model, asked, tmp_path, replace(setup, **changed))
    again = 8 * changed.get("repeats", 1)
    assert model.asked.total() == 8 + again and len(answered(tmp_path)) == 8 + again
    for _ in range(2):  # and going back and forth costs nothing
        run(model, questions(), tmp_path, setup)
        run(model, asked, tmp_path, replace(setup, **changed))
    assert model.asked.total() == 8 + again


def test_a_picture_is_known_by_its_bytes_and_a_clip_by_every_frame():
    setup, (first, second) = Setup("m"), questions(2)
    (one,), (other,) = first.pictures, second.pictures
    shown_pictures = [
        (one,), (other,), (one, other), (other, one), (), (one.tobytes(),), (one.resize((28, 112)),),
        (Clip((one, other)),), (Clip((other, one)),), (Clip((one, other), 4.0),), (one.convert("L"),),
    ]  # fmt: skip
    keys = [setup.key(replace(first, pictures=pictures)) for pictures in shown_pictures]
    assert len(set(keys)) == len(keys)
    assert keys == [setup.key(replace(first, pictures=pictures, id="9")) for pictures in shown_pictures]


def test_the_same_weights_under_another_name_are_the_same_model(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "model.safetensors").write_bytes(b"weights")
    model, setups = Counting(), []
    for name in ("a", "b"):
        model.name, model.engine = name, type("Engine", (), {"folder": tmp_path / name})
        setups.append(setup_of(model))
    question = questions(1)[0]
    assert setups[0].key(question) == setups[1].key(question)
    (tmp_path / "b" / "model.safetensors").write_bytes(b"others!")
    assert setup_of(model).key(question) != setups[0].key(question)


def test_repeats_have_a_seed_each_and_more_of_them_ask_for_the_new_ones_alone(tmp_path):
    model = Counting()
    for repeats in (1, 2, 4):
        done = run(model, questions(2), tmp_path, setup_of(model, repeats=repeats))
        assert done.total == 2 * repeats
    seeds = [options.get("seed") for options in model.options]
    assert seeds == [None, None, 0, 0, 1, 1, 2, 2, 3, 3]
    assert [line["repeat"] for line in kept(tmp_path)] == [0, 0, 0, 0, 1, 1, 2, 2, 3, 3]


# --- several runners


@pytest.mark.parametrize("parts", [2, 3, 8])
def test_parts_ask_every_question_once_between_them(tmp_path, parts):
    model, totals = Counting(), []
    for part in range(1, parts + 1):
        done = run(model, questions(40), tmp_path, setup_of(model), part=(part, parts))
        totals.append(done.total)
        assert len(done.answered) == done.total
    assert model.asked == once(40) and sum(totals) == 40 and max(totals) < 40
    assert len(list(tmp_path.glob("answers-*-of-*.jsonl"))) == parts
    assert run(model, questions(40), tmp_path, setup_of(model)).answered_before == 40


@survives(
    "together",
    en=("two runs of `evaluate` share a folder",
        "each keeps a file of its own, each answer of one is known to the other"),
    zh=("两个 `evaluate` 使用同一个文件夹", "各写各的文件，一方的回答另一方也知道"),
)  # fmt: skip
def test_two_runners_in_one_folder_lose_nothing_and_hardly_ask_twice(tmp_path):
    with Lamps() as server:
        models, open_requests, dones = [load(server.address) for _ in range(2)], 4, []

        def work(model):
            dones.append(run(model, questions(60), tmp_path, setup_of(model), open_requests=open_requests))

        threads = [threading.Thread(target=work, args=(model,)) for model in models]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [len(done.answered) for done in dones] == [60, 60]
        assert set(answered(tmp_path)) == set(map(str, range(60)))
        assert 60 <= server.prompts().total() < 90
        run(models[0], questions(60), tmp_path, setup_of(models[0]))
        assert server.prompts().total() == len(answered(tmp_path))


# --- what fails


def test_a_question_that_always_fails_is_told_and_asked_again_by_the_next_run(tmp_path):
    model = Counting(fails="row 3")
    for run_number in (1, 2):
        done = run(model, questions(), tmp_path, setup_of(model), tries=2)
        assert [place.question.id for place in done.failed] == ["3"] and len(done.answered) == 7
        assert model.asked["How many lamps are lit in row 3?"] == 2 * run_number
    failures = [line for line in kept(tmp_path) if line["error"]]
    assert {(line["id"], line["text"], line["error"]) for line in failures} == {
        ("3", None, "ValueError: lost the picture")
    }
    assert model.asked.total() == 7 + 4
    model.fails = None
    assert len(run(model, questions(), tmp_path, setup_of(model)).answered) == 8


@survives(
    "evaluation",
    en=("a server says 429 or 500, breaks an answer off, or always refuses one question of many",
        "asks again; of what stays without an answer it tells why, and all others are answered"),
    zh=("许多题同时进行时，服务器返回 429 或 500、回答中途断开，或某一题始终被拒绝",
        "重新问；始终没有回答的说明原因，其余的都答完"),
)  # fmt: skip
@pytest.mark.parametrize(
    "first, always, failed",
    [
        ({"row 3": [error(429, headers={"retry-after": "0"})] * 2}, {}, []),
        ({"row 3": [error(500, headers={"retry-after-ms": "1"})] * 3}, {}, []),
        ({"row 3": [Script([*answer()[:4], Cut])]}, {}, []),
        ({"row 3": [Script(answer(finish="abort"))]}, {}, []),
        ({}, {"row 3": error(400, "this one never")}, ["3"]),
        ({}, {"row 3": Script([*answer()[:4], Cut])}, ["3"]),
    ],
    ids=["429", "500", "cut", "abort", "always 400", "always cut"],
)
def test_a_server_that_fails_now_and_then_costs_no_answer(tmp_path, first, always, failed):
    with Lamps(first, always) as server:
        model = load(server.address)
        done = run(model, questions(), tmp_path, setup_of(model), open_requests=4, patience=AT_ONCE)
        assert [place.question.id for place in done.failed] == failed
        assert sorted(answered(tmp_path)) == [str(number) for number in range(8) if str(number) not in failed]
        asked = server.prompts()
        assert all(count == 1 for prompt, count in asked.items() if "row 3" not in prompt)
        server.always = {}
        assert len(run(model, questions(), tmp_path, setup_of(model)).answered) == 8
        assert server.prompts().total() - asked.total() == len(failed)


def test_an_answer_that_the_time_limit_ends_is_asked_again(tmp_path):
    with Lamps(always={"row 3": Script([*answer()[:4], Silence])}) as server:
        model = load(server.address)
        setup = setup_of(model, time_limit_seconds=0.2)
        done = run(model, questions(5), tmp_path, setup, patience=AT_ONCE, tries=1)
        assert [place.question.id for place in done.failed] == ["3"]
        assert "time limit" in next(line["error"] for line in kept(tmp_path) if line["error"])
        server.always = {}
        assert len(run(model, questions(5), tmp_path, replace(setup, time_limit_seconds=60)).answered) == 5
        assert server.prompts().total() == 6


def test_every_question_at_an_address_has_a_time_limit():
    with Lamps() as server:
        model = load(server.address)
    assert setup_of(model, max_new_tokens=8192).options()["time_limit_seconds"] == 300 + 8192 / 4
    assert setup_of(model, time_limit_seconds=5.0).options()["time_limit_seconds"] == 5.0
    assert "time_limit_seconds" not in setup_of(Counting()).options()


def test_a_server_that_is_gone_ends_the_run_in_one_sentence_and_keeps_what_came(tmp_path):
    with Lamps(always={str(number): error(400, "out of order") for number in range(2, 10)}) as server:
        model = load(server.address)
        patience = Patience(rounds=2, least_failures=6, pause_seconds=0.0)
        with pytest.raises(QvqError, match="The last 6 questions got no answer: .*out of order.* 2 of 60 "):
            run(model, questions(60), tmp_path, setup_of(model), open_requests=2, patience=patience)
        assert sorted(answered(tmp_path)) == ["0", "1"] and len(server.asked) <= 2 + 6 + 2
        server.always = {}
        before = len(server.asked)
        assert len(run(model, questions(60), tmp_path, setup_of(model)).answered) == 60
        assert len(server.asked) - before == 58


def test_the_pause_grows_with_each_round_of_failures_and_has_an_end():
    patience = Patience(pause_seconds=0.5, longest_pause_seconds=30)
    assert [patience.seconds(failures, 16) for failures in (1, 16, 32, 96, 10_000)] == [0.5, 1, 2, 30, 30]
    assert not patience.is_over(39, 1) and patience.is_over(40, 1) and not patience.is_over(127, 16)


# --- many at once, and stopping


@pytest.mark.parametrize("open_requests", [1, 5])
def test_so_many_requests_are_open_at_one_time(tmp_path, open_requests):
    gate, most, waiting = threading.Barrier(open_requests), [], []

    class Together(Lamps):
        def script_for(self, question):
            waiting.append(question)
            gate.wait(30)  # comes back only when as many questions are here
            with self.one_at_a_time:
                most.append(len(waiting))
            gate.wait(30)
            with self.one_at_a_time:
                waiting.clear()
            gate.wait(30)
            return super().script_for(question)

    with Together() as server:
        model = load(server.address)
        run(model, questions(4 * open_requests), tmp_path, setup_of(model), open_requests=open_requests)
    assert set(most) == {open_requests} and len(answered(tmp_path)) == 4 * open_requests


@pytest.mark.parametrize("last", [1, 4, 8])
def test_ctrl_c_keeps_what_was_answered_and_a_later_run_asks_the_rest(tmp_path, last):
    model = Counting(stop_at=last)
    with pytest.raises(Stopped, match=f"{last - 1} of 8 questions are answered, kept in") as stop:
        run(model, questions(), tmp_path, setup_of(model))
    assert len(stop.value.run.answered) == last - 1
    rest = Counting()
    assert len(run(rest, questions(), tmp_path, setup_of(rest)).answered) == 8
    assert rest.asked.total() == 9 - last


def test_what_waits_for_a_word_is_closed_when_the_run_is_stopped(tmp_path):
    words = [*answer()[:-3], Silence]

    def stop(state):
        if state.passed == 7:
            raise KeyboardInterrupt

    with Lamps(always={"row 3": Script(words)}) as server:
        model = load(server.address)
        with pytest.raises(Stopped):
            run(model, questions(), tmp_path, setup_of(model), tell=stop)
    assert len(answered(tmp_path)) == 7


def test_a_model_that_writes_side_by_side_gives_the_same_answers_as_one_by_one(tmp_path):
    from qvq_nb import cases

    model, asked = load("qvq-mini"), []
    for seed in range(3):
        case = cases.case("sofa", seed=seed)
        question = replace(questions(1)[0], id=case.id, prompt=case.question, pictures=case.media, case=case)
        asked.append(question)
    run(model, asked, tmp_path, setup_of(model))
    answers = [model.ask(question.case) for question in asked]
    lines = kept(tmp_path)
    assert [line["text"] for line in lines] == [answer.text for answer in answers]
    assert all(0 < line["thinking_tokens"] < line["new_tokens"] for line in lines)
    again = [answer_of(line) for line in lines]
    assert [(one.thinking, one.final, one.language) for one in again] == [
        (one.thinking, one.final, one.language) for one in answers
    ]


@pytest.mark.parametrize("dialect", FIELD_OF_THINKING)
def test_a_kept_answer_is_judged_by_its_final_part_however_the_server_sent_it(tmp_path, dialect):
    with Lamps() as server:
        server.scripts = [Script(answer(dialect, "There are three and three.\n\nSo 7, or", "It is 6."))]
        model = load(server.address, name="m", dialect=dialect)
        run(model, questions(1), tmp_path, setup_of(model))
        came = model.ask(*questions(1)[0].pictures, questions(1)[0].prompt)
    (line,) = kept(tmp_path)
    assert (answer_of(line).thinking, answer_of(line).final) == (came.thinking, came.final)
    assert trace.split(judged_text(line)).final.strip() == came.final


# --- how far it is


def test_the_end_is_told_from_the_questions_of_this_run_alone(tmp_path):
    class Half:
        total, passed, failed, asked, began = 100, 60, [1], 10, (1000.0, 40, 0)

    state = state_of(Half, now=1005.0)
    assert state.answers_per_second == 2.0 and state.seconds_left == pytest.approx(40 / 4)
    assert str(state).startswith(
        "60 of 100 questions, 1 without an answer, 2 answers a second, done in about 10 s"
    )
    Half.began = None
    assert str(state_of(Half)) == "60 of 100 questions, 1 without an answer"


def test_a_pipe_hears_of_it_too(capsys, tmp_path):
    model = Counting()
    with shown(seconds_between_notes=0) as tell:
        run(model, questions(2), tmp_path, setup_of(model), tell=tell)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2 and lines[-1].startswith("2 of 2 questions, ") and "done in about" in lines[-1]
