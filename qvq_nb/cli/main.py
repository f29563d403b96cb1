"""The command `qvq-nb`.

What a command was asked for goes to standard output, with `--json` as JSON and nothing else; progress, notes and errors
go to standard error. Everything heavy is imported inside the command that needs it, so that `--help` is quick.
"""

import contextlib
import json
import os
import re
import signal
import sys
import tempfile
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperGroup

from qvq_nb.errors import DiskError, IntegrityError, QvqError

EXIT_CODES = (
    "Exit codes: 0 all is well · 1 something failed, or a mistake that the message explains · "
    "2 the command was not understood · 130 stopped by Ctrl-C."
)
DOWNLOAD_EXIT_CODES = (
    EXIT_CODES.removesuffix(".")
    + " · 3 disk full, too small or not writable · 4 network · 5 wrong or unsafe bytes or names · "
    "6 not authorised (401, 403) · 7 not found (404) · 8 another process downloads into this folder."
)


class Commands(TyperGroup):
    """Foreseeable mistakes end as one sentence on standard error."""

    def invoke(self, context):
        try:
            return super().invoke(context)
        except QvqError as error:
            note(f"qvq-nb: {error}")
            raise typer.Exit(error.exit_code) from None
        except BrokenPipeError:  # the reader, such as `head`, has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(1) from None
        except KeyboardInterrupt as stop:
            note(f"qvq-nb: {stop or 'stopped.'}")
            raise typer.Exit(130) from None


class Language(str, Enum):
    en = "en"
    zh = "zh"


Model = Annotated[str, typer.Option("--model", help="A name from `qvq-nb models`, or a model folder.")]
Json = Annotated[bool, typer.Option("--json", help="Write JSON, and nothing else, to standard output.")]
OneLanguage = Annotated[Language, typer.Option("--language", help="English or Chinese.")]

app = typer.Typer(
    cls=Commands,
    help="Notebooks that teach visual reasoning models, and what they stand on.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
lessons = typer.Typer(cls=Commands, help="For those who write lessons.", no_args_is_help=True)
app.add_typer(lessons, name="lessons")


@app.command(epilog=EXIT_CODES)
def doctor(
    fix: Annotated[bool, typer.Option("--fix", help="Repair what can be repaired.")] = False,
    as_json: Json = False,
):
    """Look whether this machine is sound for the lessons."""
    from dataclasses import asdict

    from qvq_nb.doctor.diagnosis import diagnose, without_names
    from qvq_nb.doctor.diagnosis import fix as repair

    with only_notes():
        findings = repair(diagnose()) if fix else diagnose()
    if as_json:
        print_json([asdict(finding) for finding in without_names(findings)])
    else:
        for finding in findings:
            print(f"{'ok ' if finding.ok else 'BAD'}  {finding.name}: {clean(finding.message)}")
        if not fix and any(finding.fixable and not finding.ok for finding in findings):
            note("`qvq-nb doctor --fix` repairs this.")
    raise typer.Exit(0 if all(finding.ok for finding in findings) else 1)


@app.command(epilog=EXIT_CODES)
def models():
    """List the models that the lessons know."""
    from qvq_nb.models.profiles import PROFILES

    rows = [
        (p.name, p.tier, f"{p.bytes / 2**30:.1f}" if p.bytes else "", "yes" if p.is_here else "", p.remark)
        for p in PROFILES
    ]
    print_table(("Model", "Runs on", "GiB", "On this disk", "Remark"), rows, right={2})


@app.command(epilog=EXIT_CODES)
def plan(
    model: Annotated[
        str, typer.Option("--model", help="A name from `qvq-nb models`, or a folder with a config.json.")
    ] = "qvq-72b",
    gpus: Annotated[
        str | None,
        typer.Option(
            "--gpus", help="4x48 (GiB), 4x48@864 (GB/s besides), 4xL40S; this machine's own without it."
        ),
    ] = None,
    image: Annotated[
        list[str] | None, typer.Option("--image", metavar="WxH", help="Pixels; may be given several times.")
    ] = None,
    new_tokens: Annotated[
        int | None, typer.Option("--new-tokens", help="The longest answer, thinking included.")
    ] = None,
    dtype: Annotated[str, typer.Option("--dtype", help="bf16, fp16 or fp32.")] = "bf16",
    quantization: Annotated[
        str | None, typer.Option("--quantization", help="int8 or nf4; fp8 for servers such as vLLM.")
    ] = None,
    visual_tokens: Annotated[
        int | None, typer.Option("--visual-tokens", help="The most that one image may take.")
    ] = None,
    ram: Annotated[
        float | None, typer.Option("--ram", metavar="GIB", help="RAM for layers that fit on no GPU.")
    ] = None,
    as_json: Json = False,
):
    """Calculate whether, how and how fast a model would run, before it is downloaded."""
    from qvq_nb.memory import planning
    from qvq_nb.memory.advice import advise

    images = planning.DEFAULT_IMAGES if not image else tuple(map(planning.parse_size, image))
    budget = None if visual_tokens is None else (min(4, visual_tokens), visual_tokens)
    ram_bytes = None if ram is None else planning.gib(ram)
    planned = planning.plan(
        model,
        gpus,
        images=images,
        new_tokens=new_tokens,
        dtype=dtype,
        quantization=quantization,
        visual_tokens=budget,
        ram_bytes=ram_bytes,
    )
    if not planned.gpus:
        note(
            "No NVIDIA GPU is seen on this machine, so the plan is for its CPU; --gpus 4x48 plans for others."
        )
    advice = advise(planned)
    if as_json:
        print_json({**planned.to_dict(), **advice.to_dict()})
    else:
        planned.table().print()
        print(clean(planned.summary(advice)))


@app.command(epilog=EXIT_CODES)
def case(
    family: Annotated[
        str, typer.Argument(help="recognition, invoice, chart, chemistry, sofa or derivative.")
    ],
    to: Annotated[Path, typer.Option("--to", help="The folder for image.png and case.json.")],
    seed: Annotated[
        int | None, typer.Option("--seed", help="A fresh case; without it the canonical one.")
    ] = None,
    language: OneLanguage = Language.en,
):
    """Write a worked case: the drawing, the question and the truth."""
    from qvq_nb.cases import case as draw

    drawn = draw(family, seed=seed, language=language.value)
    description = json.dumps({**drawn.to_dict(), "image": "image.png"}, ensure_ascii=False, indent=1) + "\n"
    try:
        to.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=to, prefix=".unfinished-") as unfinished:
            drawn.image.save(Path(unfinished) / "image.png")
            (Path(unfinished) / "case.json").write_text(description, encoding="utf-8", newline="\n")
            for name in ("image.png", "case.json"):
                os.replace(Path(unfinished) / name, to / name)
    except OSError as error:
        raise QvqError(
            f"The case could not be written to {to} ({error.strerror}); choose another folder."
        ) from None
    note(f"{to / 'image.png'} and {to / 'case.json'} are written.")


@app.command(epilog=EXIT_CODES)
def ask(
    image: Annotated[Path, typer.Argument(help="A picture.")],
    question: Annotated[str, typer.Argument(help="A question about it.")],
    model: Model = "qvq-mini",
    dtype: Annotated[str | None, typer.Option("--dtype", help="bf16, fp16 or fp32.")] = None,
    quantization: Annotated[str | None, typer.Option("--quantization", help="int8 or nf4.")] = None,
    offload: Annotated[
        bool, typer.Option("--offload", help="Leave in the files what does not fit; slow.")
    ] = False,
    max_memory: Annotated[str | None, typer.Option("--max-memory", help="Such as 0=70GiB,cpu=8GiB.")] = None,
    tensor_parallel: Annotated[
        int, typer.Option("--tensor-parallel", min=1, help="Share every layer among so many GPUs.")
    ] = 1,
    thinking_budget: Annotated[
        int | None,
        typer.Option("--thinking-budget", metavar="N", min=0, help="Cut the thinking after N tokens."),
    ] = None,
    as_json: Json = False,
):
    """Ask a model about a picture and watch it think; ends with 1 where the kit refuses a question the model does not know."""
    from qvq_nb.inference.engine import Delta
    from qvq_nb.inference.reasoner import load

    if tensor_parallel > 1 and "RANK" not in os.environ:
        from qvq_nb.inference.local.processes import run_together

        raise typer.Exit(
            run_together([sys.executable, "-m", "qvq_nb.cli.main", *sys.argv[1:]], tensor_parallel)
        )
    parallel = "tensor" if tensor_parallel > 1 else None
    wishes = {"dtype": dtype, "quantization": quantization, "offload": offload, "max_memory": max_memory}
    wishes |= {"parallel": parallel}
    wishes = {name: wish for name, wish in wishes.items() if wish}
    asked = {} if thinking_budget is None else {"thinking_budget": thinking_budget}
    output = sys.stdout
    speaks = not parallel or os.environ["RANK"] == "0"  # under torchrun every process has the terminal
    with only_notes():
        for answer in load(model, **wishes).stream(
            image, question, **asked
        ):  # pieces of text, and last the whole Answer
            if isinstance(answer, Delta) and not as_json and speaks:
                print(clean(answer.text), end="", file=output, flush=True)
    if not speaks:
        return
    if as_json:
        print_json(answer.to_dict())
    elif answer.stop_reason == "refused":
        print()
        note(f"{answer.model} was not asked: the question is none that it knows")
    else:
        print()
        note(
            f"{answer.model} · {answer.new_tokens} tokens in {answer.seconds:.1f} s · stopped by: {answer.stop_reason}"
        )
        for remark in answer.notes:
            note(remark)
    if answer.stop_reason == "refused":
        raise typer.Exit(1)


@app.command(epilog=EXIT_CODES)
def rehearse(
    model: Annotated[
        str, typer.Option("--model", help="A name from `qvq-nb models`, or a folder with a config.json.")
    ] = "qvq-72b",
    layers: Annotated[
        int | None, typer.Option("--layers", help="Cut down to so many decoder layers; all without it.")
    ] = None,
    dtype: Annotated[str, typer.Option("--dtype", help="bf16, fp16 or fp32.")] = "bf16",
    quantization: Annotated[str | None, typer.Option("--quantization", help="int8 or nf4.")] = None,
    max_memory: Annotated[str | None, typer.Option("--max-memory", help="Such as 0=70GiB,cpu=8GiB.")] = None,
    new_tokens: Annotated[int, typer.Option("--new-tokens", help="How many tokens to generate.")] = 2,
    image: Annotated[
        str, typer.Option("--image", metavar="WxH", help="The picture in the prompt, in pixels.")
    ] = "56x56",
    values: Annotated[
        str, typer.Option("--values", help="zeros, or random where kernels need other numbers.")
    ] = "zeros",
    folder: Annotated[
        Path | None, typer.Option("--folder", help="Where the stand-in is put while it lasts.")
    ] = None,
    as_json: Json = False,
):
    """Load and run a model at full size without its weights, and measure memory and speed."""
    from qvq_nb.memory.planning import parse_size
    from qvq_nb.rehearsal.rehearsing import rehearse as perform

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the stand-in is deleted then, too
    with only_notes():
        measured = perform(
            model, layers=layers, dtype=dtype, quantization=quantization, max_memory=max_memory, new_tokens=new_tokens,
            image=parse_size(image), values=values, folder=folder, progress=note,
        )  # fmt: skip
    if as_json:
        print_json(measured.to_dict())
    else:
        print_table(("", "Measured", "Plan"), measured.rows(), right={1, 2})
        note("This is a rehearsal: no weights, so no answer. The stand-in is deleted.")


@app.command(epilog=EXIT_CODES)
def run(
    lesson: Annotated[
        list[str] | None,
        typer.Argument(help="Such as 05_invoice, invoice or 05, or a notebook's path; all without it."),
    ] = None,
    model: Model = "qvq-mini",
    language: OneLanguage = Language.en,
    to: Annotated[
        Path, typer.Option("--to", help="The folder for executed notebooks and report.html.")
    ] = Path("build/run"),
    timeout: Annotated[
        float, typer.Option("--timeout", metavar="SECONDS", help="The limit for each lesson.")
    ] = 600,
    parallel: Annotated[
        int, typer.Option("--parallel", min=1, help="How many lessons run at a time, the longest first.")
    ] = 1,
):
    """Execute lessons from a clean kernel and write a report."""
    from qvq_nb.lessons import run as execute
    from qvq_nb.lessons import write_report

    with progress_shown() as progress:
        results = execute(lesson or (), model, language.value, to, timeout, progress, parallel=parallel)
    report = write_report(results, to / "report.html", model, language.value)
    rows = [
        (
            r.lesson,
            f"{r.status}: {clean(r.error)}" if r.error else r.status,
            f"{r.seconds:.1f}",
            f"{r.peak_memory_mib:.0f}",
        )
        for r in results
    ]
    print_table(("Lesson", "Status", "Seconds", "Peak memory, MiB"), rows, right={2, 3})
    statuses = [result.status for result in results]
    if {"interrupted", "not run"} & set(statuses):
        finished = len(results) - statuses.count("interrupted") - statuses.count("not run")
        note(
            f"Stopped by Ctrl-C: {finished} of {len(results)} lessons are finished. What was executed is kept in {to}."
        )
        raise typer.Exit(130)
    note(f"The executed notebooks and the report are in {to}; open {report}")
    raise typer.Exit(0 if all(result.passed for result in results) else 1)


@app.command(epilog=EXIT_CODES)
def lab(
    language: OneLanguage = Language.en,
    browser: Annotated[bool, typer.Option(help="Open a browser.")] = True,
    port: Annotated[int, typer.Option(help="The port on 127.0.0.1 to begin with.")] = 8888,
):
    """Open JupyterLab on a copy of the lessons (my-lessons/), on this machine only."""
    from qvq_nb.lessons.lab import open_lab

    raise typer.Exit(open_lab(language.value, browser, port))


Endpoint = Annotated[
    str | None,
    typer.Option("--endpoint", metavar="URL", help="Another address of the hub, such as a mirror."),
]
PinnedManifest = Annotated[
    Path | None, typer.Option("--manifest", help="The only list of files and sha256 to be trusted.")
]


@app.command(epilog=DOWNLOAD_EXIT_CODES)
def download(
    model: Annotated[str, typer.Argument(help="A name from `qvq-nb models`, or a hub id (OWNER/NAME).")],
    to: Annotated[Path, typer.Option("--to", help="The model's own folder; what is there already is kept.")],
    hub: Annotated[
        str, typer.Option("--hub", help="auto (the faster one), modelscope or huggingface.")
    ] = "auto",
    only: Annotated[str | None, typer.Option("--only", help="config: everything but the weights.")] = None,
    endpoint: Endpoint = None,
    manifest: PinnedManifest = None,
    source: Annotated[
        Path | None, typer.Option("--from", metavar="FOLDER", help="Take the files from a disk.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything and fetch nothing.")] = False,
    as_json: Json = False,
):
    """Bring a model onto this disk and prove every byte; the same command continues after an interruption."""
    from qvq_nb.download import download as fetch
    from qvq_nb.download import look

    where = {"hub": hub, "endpoint": endpoint, "manifest": manifest, "source_folder": source}
    result = look(model, to, **where) if dry_run else fetch(model, to, only=only, **where)
    print_json(result.to_dict()) if as_json else print(clean(str(result)))
    raise typer.Exit(DiskError.exit_code if dry_run and not result.fits else 0)


@app.command(epilog=DOWNLOAD_EXIT_CODES)
def verify(
    folder: Annotated[Path, typer.Argument(help="A downloaded model.")],
    full: Annotated[
        bool, typer.Option("--full", help="Read every byte again, not only sizes and times.")
    ] = False,
    manifest: PinnedManifest = None,
    as_json: Json = False,
):
    """Say whether a downloaded model is still whole, and offer to fetch what is not."""
    from qvq_nb.download import verify as look_at

    found = look_at(folder, full=full, manifest=manifest)
    print_json(found.to_dict()) if as_json else print(clean(str(found)))
    if found.ok:
        return
    note(f"This fetches the bad files again, and only these: {found.repair}")
    if as_json or not sys.stdin.isatty() or not typer.confirm("Shall I?", err=True):
        raise typer.Exit(IntegrityError.exit_code)
    from qvq_nb.download import download as fetch

    again = fetch(
        found.model, found.folder, hub=found.hub or "auto", endpoint=found.endpoint or None, manifest=manifest
    )
    print(clean(str(again)))


@lessons.command("build", epilog=EXIT_CODES)
def lessons_build(
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; say which notebooks are out of date.")
    ] = False,
):
    """Build the notebooks of both languages from their sources."""
    from qvq_nb.lessons import build

    changed = build(check=check)
    for path in changed:
        print(path)
    if check and changed:
        note(
            f"{len(changed)} notebooks are not what their sources give; `qvq-nb lessons build` writes them again."
        )
        raise typer.Exit(1)
    note("All notebooks are what their sources give." if check else f"{len(changed)} notebooks changed.")


@app.command(epilog=EXIT_CODES)
def evaluate(
    family: Annotated[
        list[str] | None, typer.Option("--family", help="May be given several times; all without it.")
    ] = None,
    seeds: Annotated[
        str, typer.Option("--seeds", metavar="A:B", help="From A up to, not including, B.")
    ] = "10000000:10000200",
    language: Annotated[list[Language] | None, typer.Option("--language", help="Both without it.")] = None,
    model: Model = "qvq-mini",
    thinking_budget: Annotated[
        list[int] | None,
        typer.Option(
            "--thinking-budget",
            metavar="N",
            min=0,
            help="Cut the thinking after N tokens; several times for a curve.",
        ),
    ] = None,
    as_json: Json = False,
):
    """Count how many fresh cases a model answers right, with a 95 % interval."""
    numbers = seed_range(seeds)
    from qvq_nb.cases import FAMILIES
    from qvq_nb.evaluation.counting import curve
    from qvq_nb.evaluation.counting import evaluate as count
    from qvq_nb.inference.reasoner import load

    languages = tuple(one.value for one in language or Language)
    with only_notes(), counting() as progress:
        reasoner = load(model)
        evaluations = [
            count(reasoner, tuple(family or FAMILIES), numbers, languages, progress, budget)
            for budget in dict.fromkeys(thinking_budget or [None])
        ]
    if as_json:
        every = [evaluation.to_dict() for evaluation in evaluations]
        print_json(every if len(every) > 1 else every[0])
    else:
        print(curve(evaluations) if len(evaluations) > 1 else evaluations[0].table())


def main():
    """The entry point of the command."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # a terminal that cannot show 图 shows \\u56fe
    app()


# --- what goes where


def note(text: str) -> None:
    """A line for people."""
    print(clean(text), file=sys.stderr)


def print_json(value) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=1))


def print_table(columns, rows, right=(), heading=None) -> None:
    """A table whose cells are taken as they are: no mark-up in them is obeyed."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=heading)
    for number, title in enumerate(columns):
        table.add_column(title, justify="right" if number in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(str(cell)) for cell in row))
    Console().print(table)


def clean(text: str) -> str:
    """The text without control characters: a model's output must not steer the terminal."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", "", text)


def only_notes():
    """Whatever a library prints meanwhile goes to standard error."""
    return contextlib.redirect_stdout(sys.stderr)


@contextlib.contextmanager
def progress_shown():
    """A progress bar in a terminal, one plain line per lesson elsewhere."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda step: step.result and note(line(step.result))
        return
    name, cell = (
        TextColumn("{task.description}", markup=False),
        TextColumn("cell {task.completed:.0f} of {task.total:.0f}"),
    )
    with Progress(name, BarColumn(), cell, TimeElapsedColumn(), console=console) as bar:
        tasks = {}

        def show(step):
            if step.lesson not in tasks:
                tasks[step.lesson] = bar.add_task(step.lesson, total=step.cells)
            bar.update(tasks[step.lesson], completed=step.cell)
            if step.result:
                bar.update(tasks[step.lesson], description=line(step.result))
                bar.stop_task(tasks[step.lesson])

        yield show


@contextlib.contextmanager
def counting():
    """A progress bar for cases in a terminal, nothing elsewhere."""
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress

    with Progress(*Progress.get_default_columns(), MofNCompleteColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task("cases", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def line(result) -> str:
    """One lesson's result on one line."""
    said = f" ({clean(result.error)})" if result.error else ""
    return f"{result.lesson}: {result.status}{said}, {result.seconds:.1f} s, {result.peak_memory_mib:.0f} MiB"


def seed_range(seeds: str) -> range:
    """`A:B` as the seeds from A up to, not including, B."""
    found = re.fullmatch(r"(\d+):(\d+)", seeds)
    if not found or int(found[1]) >= int(found[2]):
        raise typer.BadParameter(
            f"{seeds!r} is no range of seeds such as 10000000:10000200.", param_hint="--seeds"
        )
    return range(int(found[1]), int(found[2]))


if __name__ == "__main__":
    main()
