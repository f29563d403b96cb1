"""The measured parts of qvq-mini's model card, written from what `qvq-nb evaluate --json` counted.

    python -m qvq_mini.card RESULTS.json… [--to data/qvq-mini/README.md]

Beside the card it writes `results.json`, from which the parts are rendered, `budget.png` and the pictures in `failures/`.
The card's prose is left alone.
"""

import io
import json
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from qvq_nb.cases import FAMILIES, LANGUAGES, case
from qvq_nb.errors import QvqError
from qvq_nb.evaluation.counting import Evaluation, table_of, weights_sha256
from qvq_nb.evaluation.curve import curve, curve_table
from qvq_nb.paths import data_folder

RESULTS_FILE, CURVE_FILE, FAILURES_FOLDER = "results.json", "budget.png", "failures"
CURVE_COLOURS = 32  # of the curve's palette, which keeps the file small


def main(
    results: Annotated[
        list[Path],
        typer.Argument(help="Files of `qvq-nb evaluate --json`, with and without a thinking budget."),
    ],
    to: Annotated[
        Path | None, typer.Option("--to", help="The model card; the embedded model's without it.")
    ] = None,
):
    """Writes the measured parts of a model card."""
    try:
        write(
            to or data_folder() / "qvq-mini" / "README.md",
            merge([one for path in results for one in read(path)]),
        )
    except QvqError as error:
        print(f"card: {error}", file=sys.stderr)
        raise typer.Exit(error.exit_code) from None


def read(path: Path) -> list[Evaluation]:
    """The evaluations in a file of `qvq-nb evaluate --json`; QvqError if it is none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        every = [
            Evaluation(one["model"], tuple(one["rows"]), one["thinking_budget"], dict(one["weights"]))
            for one in (content if isinstance(content, list) else [content])
        ]
        if not all(one.rows and one.counts() and [*map(_place, one.rows)] for one in every):
            raise ValueError("nothing was counted")
        return every
    except OSError as error:
        raise QvqError(f"{path} cannot be read ({error.strerror}); the card is left as it is.") from None
    except (ValueError, KeyError, TypeError):
        raise QvqError(
            f"{path} is no result of `qvq-nb evaluate --json`; the card is left as it is."
        ) from None


def merge(evaluations: list[Evaluation]) -> list[Evaluation]:
    """One evaluation for each thinking budget, None last; QvqError where they do not belong together."""
    merged: dict[int | None, Evaluation] = {}
    for one in evaluations:
        if not one.weights or one.weights != evaluations[0].weights:
            raise QvqError(
                "The results are not all of the same weights: their sha256 differ or are missing; measure the same weights."
            )
        earlier = merged.get(one.thinking_budget, replace(one, rows=()))
        twice = {*map(_place, earlier.rows)} & {*map(_place, one.rows)}
        if twice:
            raise QvqError(
                f"{len(twice)} cases were measured twice with the same thinking budget; give each only once."
            )
        merged[one.thinking_budget] = replace(one, rows=tuple(sorted((*earlier.rows, *one.rows), key=_place)))
    if None not in merged:
        raise QvqError("There is no result without a thinking budget; measure that, too.")
    limited = [merged[budget] for budget in sorted(budget for budget in merged if budget is not None)]
    if any([*map(_place, one.rows)] != [*map(_place, limited[0].rows)] for one in limited):
        raise QvqError("The thinking budgets were measured on different cases; measure all on the same ones.")
    return [*limited, merged[None]]


def summary(evaluations: list[Evaluation]) -> dict:
    """What the card shows, as plain values: the tables, a failure of each family, and the commands that repeat them."""
    *limited, free = evaluations
    points = list(limited)
    if limited:
        places = {*map(_place, limited[0].rows)}
        same = [row for row in free.rows if _place(row) in places]
        points += [replace(free, rows=tuple(same))] if len(same) == len(places) else []
    return {
        "model": free.model,
        "weights": free.weights,
        "command": _command(free.rows),
        "table": free.counts(),
        "budget_command": _command(limited[0].rows, [one.thinking_budget for one in limited])
        if limited
        else None,
        "budget": curve(points),
        "failures": _failures(free.rows),
    }


def with_parts(text: str, results: dict) -> str:
    """A card with its measured parts as `summary` gives them; QvqError where it has no place for one."""
    for name, part in parts(results).items():
        text, count = re.subn(
            rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)",
            lambda found: f"{found[1]}{part}\n{found[2]}",
            text,
            flags=re.DOTALL,
        )
        if count != 1:
            raise QvqError(
                f"The card needs the lines <!-- {name} --> and <!-- /{name} -->, once, for what was measured."
            )
    return text


def parts(results: dict) -> dict[str, str]:
    """The measured parts in markdown, by the name of their markers."""
    total = results["table"][-1]["total"]
    weights = ", ".join(f"`{name}`, sha256 `{sha256}`" for name, sha256 in results["weights"].items())
    table = f"{_counted_by(results['command'])}\n\n{table_of(results['table']).to_markdown()}\n\nMeasured weights: {weights}."
    if results["budget"]:
        budget = (
            f"{_counted_by(results['budget_command'])}\n\n{curve_table(results['budget']).to_markdown()}\n\n"
            f"![Accuracy by thinking budget]({CURVE_FILE})"
        )
    else:
        budget = "These weights have not been measured with a thinking budget yet."
    failures = [f"{total - results['table'][-1]['right']} of {total} answers were wrong."]
    if results["failures"]:
        failures[0] += " Of each family the first of them:"
    for one in results["failures"]:
        title = f"{one['family']} {one['language']}, seed {one['seed']}"
        failures.append(
            f"**{title}**\n\n![{title}]({_picture_name(one)})\n\n"
            f"Question: {one['question']}  \nExpected: {_code(one['expected'])}  \nAnswered: {_code(one['answered'])}"
        )
    return {"results": table, "budget": budget, "failures": "\n\n".join(failures)}


def write(card: Path, evaluations: list[Evaluation]) -> None:
    """Writes the card's measured parts and the files beside it; nothing is touched unless everything could be made."""
    results = summary(evaluations)
    folder = card.parent
    if results["weights"] != weights_sha256(folder):
        raise QvqError(f"The results are not those of the weights in {folder}; measure these weights.")
    pictures = {
        folder / _picture_name(one): _png(case(one["family"], one["seed"], one["language"]).image)
        for one in results["failures"]
    }
    if results["budget"]:
        from qvq_nb.display.plots import budget_curve

        pictures[folder / CURVE_FILE] = _png(
            budget_curve(results["budget"]).convert("RGB").quantize(CURVE_COLOURS)
        )
    try:
        text = with_parts(card.read_text(encoding="utf-8"), results)
        for path, content in pictures.items():
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
        for old in [*folder.glob(f"{FAILURES_FOLDER}/*.png"), *folder.glob(CURVE_FILE)]:
            if old not in pictures:
                old.unlink()
        content = json.dumps(results, ensure_ascii=False, indent=1) + "\n"
        (folder / RESULTS_FILE).write_text(content, encoding="utf-8", newline="\n")
        card.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise QvqError(
            f"The card could not be written ({error.strerror}: {error.filename}); the same command writes it whole."
        ) from None


def _place(row: dict) -> tuple[int, int, int]:
    """Where a row stands in the card: families and languages in the order of the lessons, then by seed."""
    return FAMILIES.index(row["family"]), LANGUAGES.index(row["language"]), row["seed"]


def _command(rows, budgets=()) -> str:
    """The command that repeats these rows; QvqError where no single one does."""
    families = [family for family in FAMILIES if any(row["family"] == family for row in rows)]
    languages = [language for language in LANGUAGES if any(row["language"] == language for row in rows)]
    seeds = {row["seed"] for row in rows}
    first, end = min(seeds), max(seeds) + 1
    if len(rows) != len(families) * len(languages) * (end - first):
        raise QvqError(
            "The results leave gaps; measure every family and language on the same unbroken range of seeds."
        )
    words = ["qvq-nb evaluate", f"--seeds {first}:{end}"]
    words += [f"--family {family}" for family in families if len(families) < len(FAMILIES)]
    words += [f"--language {language}" for language in languages if len(languages) < len(LANGUAGES)]
    return " ".join([*words, *(f"--thinking-budget {budget}" for budget in budgets)])


def _failures(rows) -> list[dict]:
    """The first wrong answer of each family."""
    wrong = sorted(
        (row for row in rows if not row["ok"]),
        key=lambda row: (row["seed"], LANGUAGES.index(row["language"])),
    )
    first = [
        next(row for row in wrong if row["family"] == family)
        for family in FAMILIES
        if any(row["family"] == family for row in wrong)
    ]
    return [
        {
            "family": row["family"], "language": row["language"], "seed": row["seed"],
            "question": case(row["family"], row["seed"], row["language"]).question,
            "expected": row["expected"], "answered": row["got"] or row["error"] or row["reason"],
        }
        for row in first
    ]  # fmt: skip


def _counted_by(command: str) -> str:
    return f"Counted by\n\n```bash\n{command}\n```"


def _picture_name(failure: dict) -> str:
    return f"{FAILURES_FOLDER}/{failure['family']}-{failure['language']}-{failure['seed']}.png"


def _code(text: str) -> str:
    return f"`{' '.join(text.replace('`', ' ').split())}`"


def _png(image) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "PNG", optimize=True)
    return stream.getvalue()


if __name__ == "__main__":
    typer.run(main)
