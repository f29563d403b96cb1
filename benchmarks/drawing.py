"""How fast training pictures are drawn: `python benchmarks/drawing.py`, one process, no accelerator.

The trainer draws with `--workers` processes beside it; the accelerator waits when they draw fewer samples per second
than it takes.
"""

import time
from random import Random

import typer

from qvq_mini import looks
from qvq_mini.dataset import sample_from
from qvq_mini.train import CASES_MIXTURE, Stages, Trainer


def main(seconds: float = typer.Option(3, help="How long each source is drawn."), seed: int = 0):
    """Prints samples per second of each source, and of whole batches ready for the model."""
    random = Random(seed)
    for source, _ in CASES_MIXTURE:
        for name, sized in (("own layout", False), ("other looks", True)):
            started, count = time.perf_counter(), 0
            while time.perf_counter() - started < seconds:
                sample_from(source, random, looks.any_size(random) if sized else None)
                count += 1
            if not sized or source not in ("reading", "arithmetic"):
                print(
                    f"{source:12} {name:12} {count / (time.perf_counter() - started):8.0f} samples per second and worker"
                )
    batches = iter(Trainer(seed, Stages(0, 1, 0)).batches(0))
    started, samples = time.perf_counter(), 0
    while time.perf_counter() - started < 5 * seconds:
        samples += len(next(batches)["input_ids"])
    print(
        f"{'batches':12} {'all sources':12} {samples / (time.perf_counter() - started):8.0f} samples per second and worker"
    )


if __name__ == "__main__":
    typer.run(main)
