"""qvq-nb evaluate: what was asked for is counted, as a table, a curve or JSON."""

import json
from types import SimpleNamespace

import pytest
from commands import qvq

from qvq_nb.evaluation import counting


def test_evaluate_passes_on_what_was_asked_for(monkeypatch):
    asked = []

    def evaluate(reasoner, families, seeds, languages, thinking_budget):
        print("a library prints this")
        asked.extend([reasoner, tuple(families), seeds, tuple(languages), thinking_budget])
        return SimpleNamespace(to_dict=lambda: {"rows": []})

    monkeypatch.setattr("qvq_nb.inference.reasoner.load", lambda model: model)
    monkeypatch.setattr(counting, "evaluate", evaluate)
    code, output, _ = qvq(
        "evaluate", "--family", "sofa", "--seeds", "10000000:10000003", "--language", "zh", "--json"
    )
    assert code == 0 and json.loads(output) == {"rows": []}
    assert asked == ["qvq-mini", ("sofa",), range(10_000_000, 10_000_003), ("zh",), None]


@pytest.fixture
def evaluations(monkeypatch):
    """`evaluate` counts one right answer of two, whatever the budget."""

    def evaluate(reasoner, families, seeds, languages, thinking_budget):
        row = {"family": "sofa", "language": "en", "stop_reason": "end", "language_right": True}
        row |= {"thinking": "", "seconds": 1.0, "error": None}
        rows = tuple({**row, "seed": seed, "ok": not seed} for seed in (0, 1))
        return counting.Evaluation("qvq-mini", rows, thinking_budget)

    monkeypatch.setattr("qvq_nb.inference.reasoner.load", lambda model: model)
    monkeypatch.setattr(counting, "evaluate", evaluate)


def test_evaluate_with_several_thinking_budgets_gives_a_curve(evaluations):
    code, output, _ = qvq(
        "evaluate", "--thinking-budget", "0", "--thinking-budget", "16", "--thinking-budget", "0"
    )
    assert code == 0
    assert [line.split()[:3] for line in output.splitlines()[1:]] == [["0", "1", "2"], ["16", "1", "2"]]


def test_evaluate_gives_a_table_with_the_interval(evaluations):
    code, output, _ = qvq("evaluate")
    assert code == 0
    assert output.splitlines()[1].split()[:9] == ["sofa", "en", "1", "0", "2", "50.0", "%", "9.5", "%"]


def test_evaluate_json_is_one_evaluation_or_a_list_of_them(evaluations):
    assert json.loads(qvq("evaluate", "--thinking-budget", "16", "--json")[1])["thinking_budget"] == 16
    assert json.loads(qvq("evaluate", "--json")[1])["thinking_budget"] is None
    several = json.loads(qvq("evaluate", "--thinking-budget", "0", "--thinking-budget", "16", "--json")[1])
    assert [one["thinking_budget"] for one in several] == [0, 16]
