"""How fast training pictures are drawn, by one process without an accelerator.

    PYTHONPATH=. python benchmarks/drawing.py           about a minute
    PYTHONPATH=. python benchmarks/drawing.py --keep    the same, kept in benchmarks/results/drawing.md

The trainer draws with `--workers` processes beside it; the accelerator waits when they draw fewer samples per
second than it takes.
"""

import os
import sys
import time
from pathlib import Path
from random import Random

import typer
from machine import processor

from qvq_mini import augment
from qvq_mini.families import TAUGHT
from qvq_mini.samples import sample_from
from qvq_mini.train import CASES_MIXTURE, Stages
from qvq_mini.trainer import Trainer
from qvq_nb.files import write_whole
from qvq_nb.tables import Table

RESULT = Path(__file__).parent / "results" / "drawing.md"
COLUMNS = ("source", "pictures", "samples per second and worker")
PAGE = """# Drawing

How many training pictures one process draws. To repeat it:

```bash
OMP_NUM_THREADS=1 {command}
```

Measured on {machine}, {cores} cores.

{table}

Two cores took about 19 samples per second in training (138,512 samples in 6,750 steps of about 1.06 seconds),
so one worker is enough there; a GPU needs as many as make up its pace.
"""


def main(
    seconds: float = typer.Option(3, help="How long each source is drawn."),
    seed: int = 0,
    keep: bool = typer.Option(False, "--keep", help="Keep the table in results/drawing.md."),
):
    """Prints samples per second of each source, and of whole batches ready for the model."""
    random, rows = Random(seed), []
    for source, _ in CASES_MIXTURE:
        for pictures in ("own layout", "other looks") if source in TAUGHT else ("",):

            def draw(source=source, other=pictures == "other looks"):
                sample_from(source, random, augment.any_size(random) if other else None)
                return 1

            rows.append((source, pictures, f"{_per_second(draw, seconds):.0f}"))
    batches = iter(Trainer(seed, Stages(0, 1, 0)).batches(0))
    per_second = _per_second(lambda: len(next(batches)["input_ids"]), 5 * seconds)
    rows.append(("batches", "", f"{per_second:.0f}"))
    table = Table(COLUMNS, rows, left=(0, 1)).to_markdown()
    if keep:
        command = " ".join(["PYTHONPATH=. python benchmarks/drawing.py", *sys.argv[1:]])
        page = PAGE.format(command=command, machine=processor(), cores=os.cpu_count(), table=table)
        write_whole(RESULT, page)
    print(table)


def _per_second(draw, seconds: float) -> float:
    """How many samples per second `draw`, which returns their number, makes in so many seconds."""
    started, count = time.perf_counter(), 0
    while time.perf_counter() - started < seconds:
        count += draw()
    return count / (time.perf_counter() - started)


if __name__ == "__main__":
    typer.run(main)
