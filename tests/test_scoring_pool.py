"""Replies scored in processes: in order, and one that hangs costs itself alone."""

import itertools
import signal
import subprocess
import sys
import time

import psutil
import pytest

from qvq_nb.errors import QvqError
from qvq_nb.evaluation.scoring import score, score_many

PATIENCE = 300.0  # seconds, far more than any row here takes
# Not one of the shapes that are refused at sight, and more work than anyone waits for.
ENDLESS = "\\boxed{\\prod_{k=1}^{10^{8}} k}"


def row(text, gold="2", kind="expression", **more):
    return {"text": text, "gold": gold, "kind": kind, **more}


ROWS = [
    row("\\boxed{2}"),
    row("\\boxed{3}"),
    row("The answer is C.", "C", "choice", choices=["x", "y", "z"], language="zh"),
    row("abcd", ["abcx"], "anls"),
    row("\\boxed{\\frac{4}{2}}"),
]


def test_the_verdicts_are_those_of_score_in_the_same_order():
    assert list(score_many(ROWS, workers=2, deadline=PATIENCE)) == [score(**one) for one in ROWS]


def test_rows_are_taken_from_any_iterable_and_verdicts_may_be_left_unread():
    verdicts = score_many(iter(ROWS), workers=1, deadline=PATIENCE)
    assert next(verdicts).ok
    verdicts.close()
    assert list(score_many([], workers=1)) == []


def test_a_reply_that_hangs_is_unclear_and_the_run_goes_on():
    verdicts = list(score_many([row(ENDLESS), row(ENDLESS)], workers=1, deadline=3.0))
    assert [verdict.outcome for verdict in verdicts] == ["unclear", "unclear"]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL here")
def test_no_process_outlives_a_run_that_was_killed():
    code = f"from qvq_nb.evaluation.scoring import score_many; list(score_many([{row(ENDLESS)!r}], 1, 600))"
    run = subprocess.Popen([sys.executable, "-c", code])
    # After so much work the libraries are loaded, and the reply is what is worked on.
    while not (workers := psutil.Process(run.pid).children()) or workers[0].cpu_times().user < 5:
        time.sleep(0.1)
    run.send_signal(signal.SIGKILL)
    run.wait()
    _, left = psutil.wait_procs(workers, timeout=PATIENCE / 10)
    assert left == []


@pytest.mark.slow
def test_bombs_cost_one_verdict_each():
    bombs = [
        "\\boxed{10^{10^{10^{10}}}}",
        "\\boxed{99999999!}",
        "\\boxed{" + "{" * 5000 + "}" * 5000 + "}",
        ENDLESS,
    ]
    rows = list(itertools.chain.from_iterable((row("\\boxed{2}"), row(bomb)) for bomb in bombs))
    verdicts = list(score_many(rows, workers=1, deadline=30.0))
    assert all(verdict.ok for verdict in verdicts[::2])
    assert not any(verdict.ok for verdict in verdicts[1::2])


def test_a_mistake_in_a_row_is_raised_where_its_verdict_is_read():
    verdicts = score_many([ROWS[0], row("1", kind="essay")], workers=1, deadline=PATIENCE)
    assert next(verdicts).ok
    with pytest.raises(QvqError, match="essay"):
        next(verdicts)
