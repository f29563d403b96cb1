"""How often a model is right about pictures in other hands.

    python -m qvq_mini.foreign                    ten pictures per family and kind, a few minutes
    python -m qvq_mini.foreign --keep pictures    and keeps them, with a page that shows the answers

With `--to benchmarks/results/foreign_drawings.md` the counts are kept, too.
"""

import html
import sys
from pathlib import Path
from typing import Annotated

import typer
from PIL import Image

import qvq_nb
from qvq_mini.families import TAUGHT
from qvq_mini.foreign.counting import ask, counts, table
from qvq_mini.foreign.facts import SEEDS_FROM
from qvq_mini.foreign.pictures import KINDS, can_be_drawn, pictures
from qvq_nb.errors import QvqError
from qvq_nb.files import as_json, write_whole
from qvq_nb.screen import note

PAGE = """# Foreign drawings

How often a model is right about pictures that this project's generators did not make: the kit's own after
JPEG, rotation, margins and resizing, charts and tables by matplotlib, and screenshots of spreadsheets and web
pages (these need chromium; without it they are left out). The fonts are those of the machine, so the pictures
differ a little between machines; those of `qvq_mini/typefaces.py` are to be installed. To repeat it:

```bash
{command}
```

{model}:

{table}

None of these pictures may be looked at or used for training, or for choosing between trainings.
"""


def main(
    model: Annotated[
        str, typer.Option(help="A model's name, folder or endpoint, as for `qvq-nb ask`.")
    ] = "qvq-mini",
    count: Annotated[
        int, typer.Option(min=1, help="Pictures per family and kind; the languages take turns.")
    ] = 10,
    seeds_from: Annotated[int, typer.Option(min=SEEDS_FROM, help="The first seed.")] = SEEDS_FROM,
    kind: Annotated[
        list[str] | None, typer.Option(help=f"Only this kind (may be given again): {', '.join(KINDS)}.")
    ] = None,
    family: Annotated[list[str] | None, typer.Option(help="Only this family (may be given again).")] = None,
    to_json: Annotated[bool, typer.Option("--json", help="Every question and answer as JSON.")] = False,
    keep_in: Annotated[
        Path | None, typer.Option("--keep", help="Keep the pictures in this folder, with a page to look at.")
    ] = None,
    to: Annotated[Path | None, typer.Option("--to", help="Keep the counts in this Markdown file.")] = None,
):
    """Draw foreign pictures, ask about each, and count the right answers."""
    kinds, families = kind or list(KINDS), family or list(TAUGHT)
    unknown = [name for name in (*kinds, *families) if name not in (*KINDS, *TAUGHT)]
    if unknown:
        raise typer.BadParameter(f"{unknown[0]!r} is none of {', '.join((*KINDS, *TAUGHT))}")
    for left_out in [one for one in kinds if not can_be_drawn(one)]:
        note(f"The {left_out} pictures are left out: there is no chromium on this machine.")
        kinds.remove(left_out)
    rows, images = [], []
    try:
        reasoner = qvq_nb.load(model)
        for one in families:
            for each in kinds:
                for case in pictures(each, one, range(seeds_from, seeds_from + count)):
                    rows.append(ask(reasoner, each, case))
                    images.append(case.image)
                note(f"{one}, {each}: done")
    except QvqError as error:
        note(str(error))
        raise typer.Exit(error.exit_code) from None
    if keep_in:
        keep(keep_in, rows, images)
    counted = counts(rows)
    if to:
        command = " ".join(["python -m qvq_mini.foreign", *sys.argv[1:]])
        write_whole(to, PAGE.format(command=command, model=model, table=table(counted).to_markdown()))
    print(as_json({"model": model, "table": counted, "rows": rows}) if to_json else table(counted))


def keep(folder: Path, rows: list[dict], images: list[Image.Image]) -> None:
    """The pictures, and a page that shows each with its question, truth and answer."""
    folder.mkdir(parents=True, exist_ok=True)
    page = ["<!doctype html><meta charset='utf-8'><title>Foreign drawings</title>"]
    for row, image in zip(rows, images):
        name = f"{row['kind']}-{row['family']}-{row['language']}-{row['seed']}.png"
        image.save(folder / name)
        question, truth, answer = (html.escape(row[part]) for part in ("question", "truth", "answer"))
        mark = "✓" if row["ok"] else "✗"
        page.append(f"<p><img src='{name}'><br>{question} <b>{truth}</b> {mark} {answer}</p>")
    (folder / "index.html").write_text("\n".join(page), encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
