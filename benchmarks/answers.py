"""How much faster qvq-mini answers than plain `generate`, alone and side by side, and with the same words.

    python benchmarks/answers.py           the canonical cases and fresh ones, both languages
    python benchmarks/answers.py --keep    the same, kept in benchmarks/results/answers.md

Every gain is a ratio measured in one run: each question is answered in every way in turn, so that other
programs on the machine slow down all of them. Also: how long `qvq-nb ask` takes from cold.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import typer

import qvq_nb as qvq
from qvq_nb.cases import EVALUATION_SEEDS_FROM, LANGUAGES
from qvq_nb.files import write_whole
from qvq_nb.inference.live import quietly
from qvq_nb.inference.local.generation import GREEDY
from qvq_nb.inference.local.inputs import prepare
from qvq_nb.screen import note
from qvq_nb.tables import Table

RESULT = Path(__file__).parent / "results" / "answers.md"
COLUMNS = ("way", "wall s per answer", "CPU s per answer", "ratio wall", "ratio CPU", "same words")
PAGE = """# Answers

How much faster qvq-mini answers than plain `generate` of transformers, with the same words. To repeat it:

```bash
{command}
```

Measured on {machine}, over {count} questions, each answered in every way in turn. The ratio of "alone" is
the median of the questions, that of "side by side" one of sums. {step}

{table}

From cold, `qvq-nb ask` took {wall:.1f} s, {cpu:.1f} s of a processor (median of {starts}).
"""


@quietly()
def main(
    fresh: int = typer.Option(3, help="Fresh cases of each family and language beside the canonical one."),
    starts: int = typer.Option(3, help="How often `qvq-nb ask` is started from cold."),
    keep: bool = typer.Option(False, "--keep", help="Keep the table in results/answers.md."),
):
    """Prints seconds, ratios and how many answers have the same words as plain `generate`."""
    reasoner = qvq.load("qvq-mini")
    seeds = [None, *range(EVALUATION_SEEDS_FROM + 400, EVALUATION_SEEDS_FROM + 400 + fresh)]
    families = reasoner.profile.families
    groups = [[qvq.case(one, seed, language) for seed in seeds for language in LANGUAGES] for one in families]
    ways = {"plain": [], "alone": [], "side by side": []}
    reasoner.ask(groups[0][0])  # what is done once, such as choosing the step, belongs to no answer
    for cases in groups:
        for case in cases:
            ways["plain"].append(_timed(lambda case=case: [_plainly(reasoner, case)]))
            ways["alone"].append(_timed(lambda case=case: [_text(reasoner.ask(case))]))
        ways["side by side"].append(_timed(lambda cases=cases: [*map(_text, reasoner.ask_many(cases))]))
        note(f"{cases[0].family}: done")
    count = sum(map(len, groups))
    table = Table(COLUMNS, [_row(name, ways, count) for name in ways]).to_markdown()
    cold = [_from_cold(groups[0][0]) for _ in range(starts)]
    step = reasoner.engine.decoding.step()
    threads = [f"{name}={os.environ[name]}" for name in ("OMP_NUM_THREADS",) if name in os.environ]
    page = PAGE.format(
        command=" ".join([*threads, "python", "benchmarks/answers.py", *sys.argv[1:]]),
        machine=_machine(),
        count=count,
        step=f"The step chosen here: {type(step).__name__}.",
        table=table,
        wall=median(wall for wall, _ in cold),
        cpu=median(cpu for _, cpu in cold),
        starts=starts,
    )
    if keep:
        write_whole(RESULT, page)
    print(page)


def _plainly(reasoner, case) -> str:
    """The answer as transformers gives it without the kit around it."""
    asked = reasoner.prepared(case)
    tensors, _ = prepare(reasoner.processor, reasoner.model.config, asked.messages, asked.options)
    sequences = reasoner.model.generate(
        **tensors,
        **GREEDY,
        max_new_tokens=asked.options.max_new_tokens,
        suppress_tokens=reasoner.engine.forbidden_tokens,
        eos_token_id=reasoner.engine.ending_tokens,
        pad_token_id=reasoner.engine.ending_tokens[0],
    )
    return reasoner.engine.decoder.decode(sequences[0, tensors["input_ids"].shape[1] :])


def _text(answer) -> str:
    return answer.text


def _timed(answer) -> tuple[float, float, list[str]]:
    """Wall seconds, CPU seconds, and the texts."""
    wall, cpu = time.perf_counter(), time.process_time()
    texts = answer()
    return time.perf_counter() - wall, time.process_time() - cpu, texts


def _row(name, ways, count) -> tuple[str, ...]:
    walls, cpus = ([one[place] for one in ways[name]] for place in (0, 1))
    ratios = []
    for place, seconds in ((0, walls), (1, cpus)):
        plain = [one[place] for one in ways["plain"]]
        alone = len(plain) == len(seconds)
        ratios.append(median(map(float.__truediv__, plain, seconds)) if alone else sum(plain) / sum(seconds))
    texts, expected = ([text for one in ways[way] for text in one[2]] for way in (name, "plain"))
    same = sum(map(str.__eq__, texts, expected))
    seconds = (f"{sum(walls) / count:.3f}", f"{sum(cpus) / count:.3f}")
    return (name, *seconds, *(f"{ratio:.2f}" for ratio in ratios), f"{same} of {count}")


def _from_cold(case) -> tuple[float, float]:
    """Wall and CPU seconds of one `qvq-nb ask`."""
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder) / "picture.png"
        case.image.save(picture)
        command = [sys.executable, "-m", "qvq_nb.cli", "ask", str(picture), case.question]
        before, started = _children_seconds(), time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        return time.perf_counter() - started, _children_seconds() - before


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _machine() -> str:
    import torch
    import transformers

    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    threads = f"{os.cpu_count()} cores, torch on {torch.get_num_threads()} threads"
    return f"{threads}, torch {torch.__version__}, transformers {transformers.__version__}, load {load}"


if __name__ == "__main__":
    typer.run(main)
