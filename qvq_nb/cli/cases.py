"""`qvq-nb case`."""

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from qvq_nb.cli import Language, OneLanguage
from qvq_nb.errors import QvqError
from qvq_nb.files import as_json, replacing
from qvq_nb.screen import note


def case(
    family: Annotated[str, Argument(help="Such as invoice or chart; a wrong one lists them all.")],
    to: Annotated[Path, Option(help="The folder for the picture, pictures or clip, and case.json.")],
    seed: Annotated[int | None, Option(help="A fresh case; without it the canonical one.")] = None,
    language: OneLanguage = Language.en,
    wide: Annotated[bool, Option("--wide", help="Whole ranges of numbers, names and forms.")] = False,
):
    """Write a worked case: the drawing, the question and the truth."""
    from qvq_nb.cases import case as draw
    from qvq_nb.media.clip import Clip

    drawn = draw(family, seed=seed, language=language.value, wide=wide)
    number = "" if len(drawn.media) == 1 else "-{}"
    names = [
        "clip.mp4" if isinstance(one, Clip) else f"image{number.format(place)}.png"
        for place, one in enumerate(drawn.media, start=1)
    ]
    # "image" is the first of "media", as it was when there was one only.
    told = {**drawn.to_dict(), "image": names[0], "media": names}
    try:
        with ExitStack() as stack:
            for name, medium in zip(names, drawn.media):
                medium.save(stack.enter_context(replacing(to / name)))
            stack.enter_context(replacing(to / "case.json")).write_bytes(f"{as_json(told)}\n".encode())
    except OSError as error:
        raise QvqError(
            f"The case could not be written to {to} ({error.strerror}); choose another folder."
        ) from None
    note(f"{' and '.join(str(to / name) for name in (*names, 'case.json'))} are written.")
