"""Trains qvq-mini from scratch: `python -m qvq_mini.train --to DIR`, resumable with `--resume`.

Three stages. `read`: small pictures of text, with arithmetic on text alone. `cases`: the six families.
`cool`: the same with the learning rate falling to zero. With `--vision-from` the vision tower of an earlier
run is taken over and, but for its merger, held fast: the language model learns faster from a tower that can
read. With `--start-from` all weights and the vocabulary are taken over, and fresh heads learn alone a while.
"""

import csv
import time
from dataclasses import dataclass
from pathlib import Path

import typer

from qvq_mini import families
from qvq_mini.families import TAUGHT
from qvq_mini.shape import save
from qvq_mini.trainer import MATRIX_LEARNING_RATE, Trainer

WARM_UP_STEPS = 50
READ_MIXTURE = [("reading", 8), ("arithmetic", 1)]
CASES_MIXTURE = [
    *((family, families.module(family).WEIGHT) for family in TAUGHT),
    ("arithmetic", 1.6),
    ("reading", 0.2),
]
BATCH_SIZE = {"reading": 32, "arithmetic": 48}
CASE_BATCH_SIZE = 12


@dataclass(frozen=True)
class Stages:
    """Lengths of the three stages in steps."""

    read: int
    cases: int
    cool: int

    @property
    def steps(self) -> int:
        """All steps together."""
        return self.read + self.cases + self.cool

    def mixture(self, step: int) -> list[tuple[str, float]]:
        """What a step's batch is drawn from."""
        return READ_MIXTURE if step < self.read else CASES_MIXTURE

    def batch_size(self, source: str) -> int:
        """How many samples of a source make a batch."""
        return BATCH_SIZE.get(source, CASE_BATCH_SIZE)

    def rate(self, step: int) -> float:
        """The learning rate of a step, as a share of the full one."""
        return min((step + 1) / WARM_UP_STEPS, 1, max(self.steps - step, 0) / max(self.cool, 1))


def main(
    to: Path = typer.Option(..., help="The model folder to write."),
    read: int = typer.Option(400, help="Steps of the reading stage."),
    cases: int = typer.Option(1000, help="Steps on the six families."),
    cool: int = typer.Option(2900, help="Steps with the learning rate falling to zero."),
    minutes: float = typer.Option(None, help="Stop after so many minutes, with a checkpoint."),
    resume: bool = typer.Option(False, help="Continue from the checkpoint beside the model folder."),
    vision_from: Path = typer.Option(
        None, help="A trained model folder whose vision tower is taken over and held fast."
    ),
    start_from: Path = typer.Option(None, help="A trained model folder to go on from."),
    learning_rate: float = typer.Option(MATRIX_LEARNING_RATE, help="Of the matrices; the rest gets a tenth."),
    seed: int = 0,
    workers: int = 1,
    save_every: int = 200,
    device: str = "cpu",
):
    """Trains qvq-mini and writes it to a folder; checkpoint and log.csv go to a folder beside it."""
    trainer = Trainer(
        seed,
        Stages(read, cases, cool),
        device,
        vision_from=vision_from,
        start_from=start_from,
        learning_rate=learning_rate,
    )
    side = to.with_name(to.name + "-training")
    if resume:
        trainer.load(side)
    side.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    with open(side / "log.csv", "a" if resume else "w", newline="") as file:
        log = None
        for batch in trainer.batches(workers):
            row = trainer.train_step(batch) | {"seconds": round(time.monotonic() - started, 1)}
            if log is None:
                log = csv.DictWriter(file, list(row))
                if not resume:
                    log.writeheader()
            log.writerow(row)
            file.flush()
            out_of_time = minutes is not None and time.monotonic() - started > 60 * minutes
            finished = trainer.step >= trainer.stages.steps
            if trainer.step % save_every == 0 or finished or out_of_time:
                trainer.save(side)
            if finished or out_of_time:
                break
    save(trainer.model, trainer.tokenizer, to)


if __name__ == "__main__":
    typer.run(main)
