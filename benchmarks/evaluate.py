"""Answers per second of `qvq-nb evaluate` with 1, 4 and 16 open requests, and side by side on this machine.

    PYTHONPATH=.:tests python benchmarks/evaluate.py           some ten minutes on two cores
    PYTHONPATH=.:tests python benchmarks/evaluate.py --keep    kept in benchmarks/results/evaluate.md, too

Three that answer: a server that takes a fixed time for each answer however many are open, as a large batching
server nearly does, which shows what the runner itself costs; qvq-mini behind `transformers serve` on this
machine; and qvq-mini in this process. In each round every way answers as many fresh questions in turn, so
that other programs on the machine slow down all of them; a ratio is the median over the rounds.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import typer
from machine import processor
from scripted_server import Script, ScriptedServer, answer

from qvq_nb.errors import QvqError
from qvq_nb.evaluation.answers.keys import setup_of
from qvq_nb.evaluation.answers.running import run
from qvq_nb.evaluation.sets import cases_set
from qvq_nb.files import write_whole
from qvq_nb.inference.asked import AT_ONCE
from qvq_nb.inference.reasoner import load
from qvq_nb.screen import note
from qvq_nb.serving.server import LocalServer
from qvq_nb.tables import Table

RESULT = Path(__file__).parent / "results" / "evaluate.md"
OPEN = (1, 4, 16)
FIRST_SEED = 400_000  # fresh questions, of no other use
COLUMNS = ("who answers", "way", "answers per second", "ratio to one at a time")
PAGE = """# Evaluating

Answers per second, every answer kept and synced, one at a time and several at a time. To repeat it:

```bash
{command}
```

Measured on {machine}: {rounds} rounds of {count} questions for each way, all ways in turn. A ratio is the
median over the rounds. The paced server takes {pace:g} s for each answer, however many are open.

{table}
"""


class Paced(ScriptedServer):
    """A server that takes a fixed time for each answer."""

    def __init__(self, seconds: float):
        super().__init__(Script(answer()))
        self.seconds = seconds

    def script_for(self, question):
        time.sleep(self.seconds)
        return super().script_for(question)


def main(
    rounds: int = typer.Option(3, min=1, help="How often all ways are measured."),
    count: int = typer.Option(16, min=1, help="Questions for each way in a round."),
    pace: float = typer.Option(0.5, help="Seconds that the paced server takes for an answer."),
    keep: bool = typer.Option(False, "--keep", help="Keep the table in results/evaluate.md."),
):
    """Prints answers per second and ratios."""
    with Paced(pace) as paced, LocalServer("qvq-mini") as served:
        slow, behind, here = (load(place) for place in (paced.address, served.address, "qvq-mini"))
        behind.refuses = False
        ways: dict[tuple[str, str], Callable] = {}
        for name, reasoner in (("a paced server", slow), ("qvq-mini, transformers serve", behind)):
            for number in OPEN:
                ways[name, f"{number} open"] = lambda part, reasoner=reasoner, number=number: _rate(
                    reasoner, part, open_requests=number
                )
        ways["qvq-mini, this process", "1 at a time"] = lambda part: _rate(
            here, *(part[n : n + 1] for n in range(len(part)))
        )
        ways["qvq-mini, this process", f"{AT_ONCE} side by side"] = lambda part: _rate(here, part)
        rates = {way: [] for way in ways}
        for reasoner in (behind, here):  # what is done once belongs to no answer
            _rate(reasoner, cases_set("sofa", "en", [FIRST_SEED - 1]))
        for number in range(rounds):
            seeds = range(FIRST_SEED + number * count, FIRST_SEED + (number + 1) * count)
            questions = cases_set("sofa", "en", seeds)
            for way, measure in ways.items():
                rates[way].append(measure(questions))
            note(f"round {number + 1} of {rounds}: done")
    first = {name: rates[name, way] for name, way in reversed(ways)}
    rows = [
        (name, way, f"{median(found):.2f}", f"{median(map(float.__truediv__, found, first[name])):.2f}")
        for (name, way), found in rates.items()
    ]
    page = PAGE.format(
        command=" ".join(["PYTHONPATH=.:tests python benchmarks/evaluate.py", *sys.argv[1:]]),
        machine=processor(),
        rounds=rounds,
        count=count,
        pace=pace,
        table=Table(COLUMNS, rows).to_markdown(),
    )
    if keep:
        write_whole(RESULT, page)
    print(page)


def _rate(reasoner, *parts, **options) -> float:
    """Answers per second of as many runs as there are parts, each in a folder of its own."""
    setup, seconds = setup_of(reasoner), 0.0
    for part in parts:
        with tempfile.TemporaryDirectory() as folder:
            started = time.perf_counter()
            done = run(reasoner, part, folder, setup, **options)
            seconds += time.perf_counter() - started
        if done.failed:
            raise QvqError(f"A question got no answer: {done.failed[0].error}")
    return sum(map(len, parts)) / seconds


if __name__ == "__main__":
    typer.run(main)
