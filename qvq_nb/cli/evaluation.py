"""`qvq-nb evaluate`."""

import re
from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

from qvq_nb import cases
from qvq_nb.cli import Json, Language, Model
from qvq_nb.errors import QvqError
from qvq_nb.files import as_json as written
from qvq_nb.screen import note, only_notes

OWN = "cases"


def no_keep(file: Path | None) -> None:
    """QvqError naming the option that took the place of `--keep`."""
    if file:
        raise QvqError("--keep FILE is now --to DIR: a folder in which every answer is kept at once.")


def seed_range(seeds: str) -> range:
    """`A:B` as the seeds from A up to, not including, B."""
    first, end = _pair(seeds, r"(\d{1,18}):(\d{1,18})", "--seeds", "range of seeds such as 10000000:10000200")
    if first >= end:
        raise typer.BadParameter(f"{seeds!r} is no range of seeds: it is empty.", param_hint="--seeds")
    return range(first, end)


def part_of(part: str | None) -> tuple[int, int] | None:
    """`K/N` as (K, N), of which K goes from 1 to N."""
    if part is None:
        return None
    number, parts = _pair(part, r"(\d{1,6})/(\d{1,6})", "--part", "part such as 2/8")
    if not 1 <= number <= parts:
        raise typer.BadParameter(
            f"{part!r}: parts go from 1/{parts} to {parts}/{parts}.", param_hint="--part"
        )
    return number, parts


def token_range(tokens: str | None) -> tuple[int, int] | None:
    """`MIN:MAX` as (minimum, maximum)."""
    pattern, words = r"(\d{1,6}):(\d{1,6})", "range of visual tokens such as 4:1280"
    return None if tokens is None else _pair(tokens, pattern, "--visual-tokens", words)


def evaluate(
    name: Annotated[
        str, Argument(metavar="SET", help="`cases`, a family of them, or the file of a benchmark.")
    ] = OWN,
    family: Annotated[list[str] | None, Option(help="May be given several times; all without it.")] = None,
    seeds: Annotated[
        str, Option(metavar="A:B", help="From A up to, not including, B.")
    ] = "10000000:10000200",
    language: Annotated[list[Language] | None, Option(help="Both without it.")] = None,
    model: Model = "qvq-mini",
    to: Annotated[
        Path | None, Option(metavar="DIR", help="Answers are kept there; again it asks only what is missing.")
    ] = None,
    open_requests: Annotated[
        int, Option("--open", min=1, max=1024, help="Questions at a time, at an address.")
    ] = 16,
    part: Annotated[str | None, Option(metavar="K/N", help="One part of the questions, such as 2/8.")] = None,
    repeats: Annotated[
        int, Option(min=1, max=1024, help="Ask each so often, words drawn at random; each has its seed.")
    ] = 1,
    thinking_budget: Annotated[
        list[int] | None,
        Option(metavar="N", min=0, help="Cut the thinking after N tokens; several times for a curve."),
    ] = None,
    max_new_tokens: Annotated[int | None, Option(metavar="N", min=1, help="The longest answer.")] = None,
    visual_tokens: Annotated[
        str | None, Option(metavar="MIN:MAX", help="For each picture; a token is 28 x 28 pixels.")
    ] = None,
    harness: Annotated[
        Path | None, Option(metavar="FILE", help="JSON with other words or pixels for a benchmark.")
    ] = None,
    split: Annotated[
        list[str] | None, Option(help="Of a benchmark; without it those whose score is reported.")
    ] = None,
    time_limit: Annotated[
        float | None, Option(metavar="SECONDS", min=1, help="For each question at an address.")
    ] = None,
    compare: Annotated[
        tuple[Path, Path] | None, Option(metavar="A B", help="Compare what two folders hold; asks nothing.")
    ] = None,
    keep: Annotated[Path | None, Option(hidden=True, callback=no_keep)] = None,
    as_json: Json = False,
):
    """Ask a model many questions and count its right answers, with a 95 % interval.

    Each answer is kept at once: however it ends, the same command goes on from there.
    """
    numbers, part, tokens = seed_range(seeds), part_of(part), token_range(visual_tokens)
    is_own = name in (OWN, *cases.FAMILIES)
    misplaced = (
        {"--harness": harness, "--split": split} if is_own else {"--family": family, "--language": language}
    )
    if wrong := [option for option, given in misplaced.items() if given]:
        kind = "the kit's own cases" if is_own else "a benchmark's file"
        raise typer.BadParameter(f"{wrong[0]} means nothing for {kind}.", param_hint="SET")
    if compare:
        show_comparison(*compare, to, as_json)
        return
    from qvq_nb.evaluation.answers import running
    from qvq_nb.evaluation.answers.keys import setup_of
    from qvq_nb.evaluation.answers.progress import shown
    from qvq_nb.evaluation.evaluating import default_folder, settings_of
    from qvq_nb.inference.reasoner import load

    given = {"visual_tokens": tokens, "max_new_tokens": max_new_tokens, "time_limit_seconds": time_limit}
    given = {name: value for name, value in given.items() if value is not None}
    results, folder, questions = [], None, None
    try:
        with only_notes():
            reasoner = load(model)
            profile = getattr(reasoner, "profile", None)
            if is_own:
                questions = own_questions(name, family, language, numbers, profile)
            else:
                questions = questions_in(name, harness, split)
            folder = to or default_folder(Path(name).stem, model)
            note(f"Answers are kept in {folder}")
            asked = settings_of(getattr(questions, "harness", None), getattr(profile, "is_narrow", False))
            for budget in dict.fromkeys(thinking_budget or [None]):
                setup = setup_of(reasoner, thinking_budget=budget, repeats=repeats, **{**asked, **given})
                with shown() as tell:
                    run = running.run(reasoner, questions, folder, setup, open_requests, part, tell)
                results.append((run, setup))
                tell_outcome(run)
    except running.Stopped as stop:
        show_counts([*results, (stop.run, setup)], as_json)  # no report: what stops it does not wait for one
        raise
    show(results, questions, folder, as_json)


def own_questions(name: str, families, languages, seeds: range, profile):
    """The kit's own cases; without families those that a narrow model knows, or all."""
    from qvq_nb.evaluation.sets import cases_set

    families = [*([] if name == OWN else [name]), *(families or ())]
    known = getattr(profile, "families", ()) or cases.FAMILIES
    return cases_set(families or known, [one.value for one in languages or Language], seeds)


def questions_in(name: str, harness: Path | None, splits: list[str] | None):
    """The questions of a benchmark's file; QvqError where there is none."""
    from qvq_nb.evaluation.evaluating import harness_in
    from qvq_nb.evaluation.sets import read

    if not Path(name).exists():
        raise QvqError(
            f"There is no set {name!r}: give `cases`, a family ({', '.join(cases.FAMILIES)}), "
            "or the file of a benchmark."
        )
    questions = read(name, harness_in(harness), splits)
    note(questions.told())
    return questions


def tell_outcome(run) -> None:
    """A line about answers that were there before, and one about questions without an answer."""
    if run.answered_before:
        note(f"{run.answered_before} of {run.total} answers were there already.")
    if run.failed:
        note(
            f"{len(run.failed)} of {run.total} questions have no answer; the same command asks them again. "
            f"The first: {run.failed[0].error}"
        )


def show(results: list, questions, folder: Path, as_json: bool) -> None:
    """What came of each run: of the kit's own cases their counts, of others the summary; reports in files."""
    from qvq_nb.evaluation.evaluating import Scored, harness_of, predictions, scored_rows

    summaries, harness = [], getattr(questions, "harness", None)
    for run, setup in results:
        if not (run.answered or run.failed):  # none of the questions is of this part
            continue
        budget = "no-limit" if setup.thinking_budget is None else setup.thinking_budget
        place = folder / f"budget-{budget}" if len(results) > 1 else folder
        with only_notes():
            rows = scored_rows(run)
            language = "zh" if {row["language"] for row in rows} == {"zh"} else "en"
            summaries.append(Scored(rows, harness_of(setup, harness)).write(place, language))
            note(f"Report: {place / 'report.html'}")
            if harness and setup.repeats == 1 and (file := predictions(run, place)):
                note(f"For VLMEvalKit's own scorer: {file}")
    if is_counted(results):
        show_counts(results, as_json)
    elif as_json:
        print_json(summaries)
    else:
        print(*summaries, sep="\n\n")


def is_counted(results: list) -> bool:
    """Whether these runs are of the kit's own cases, each asked once: a table of counts says all."""
    return all(
        setup.repeats == 1 and all(place.question.case for place in (*run.answered, *run.failed))
        for run, setup in results
    )


def show_counts(results: list, as_json: bool) -> None:
    """The counts of the kit's own cases, of several thinking budgets a curve; nothing of other questions."""
    from qvq_nb.evaluation.curve import curve, curve_table
    from qvq_nb.evaluation.evaluating import counted

    if not is_counted(results):
        return
    every = [counted(run, setup) for run, setup in results]
    if as_json:
        print_json(every)
    else:
        print(curve_table(curve(every)) if len(every) > 1 else every[0])


def print_json(every: list) -> None:
    """One thing as JSON, or several as a list."""
    plain = [one.to_dict() for one in every]
    print(written(plain[0] if len(plain) == 1 else plain))


def show_comparison(first: Path, second: Path, to: Path | None, as_json: bool) -> None:
    """Two evaluated folders held against each other; with `to`, as a report, too."""
    from qvq_nb.evaluation.evaluating import Scored
    from qvq_nb.evaluation.results import comparison, write_comparison

    runs = [Scored.read(folder) for folder in (first, second)]
    found = comparison(*(run.rows for run in runs), (first, second), [run.harness for run in runs])
    if to:
        note(f"Report: {write_comparison(to, found)}")
    print(written(found.to_dict()) if as_json else found)


def _pair(text: str, pattern: str, option: str, words: str) -> tuple[int, int]:
    """Two whole numbers; what is none is said in the words for it."""
    found = re.fullmatch(pattern, text, re.ASCII)
    if not found:
        raise typer.BadParameter(f"{text!r} is no {words}.", param_hint=option)
    return int(found[1]), int(found[2])
