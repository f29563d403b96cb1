"""What the training knows of each drawing family, one file per family. The kit's own drawings are in qvq_nb.

A family's module has
    think(writer)               writes the thinking, returns the answer
    values(facts)               what the answer hangs on: the canonical case's values are never trained on
    other_facts(facts, random)  the facts as another layout may show them
    draw_otherwise(canvas, facts, language, random)  another layout, with the keys that `think` reads by
    THING                       what cannot be seen where the picture does not show it
    STATED                      the pattern of what the thinking gives as read from the picture
    WORDINGS, PARTS             other wordings of the case's question, whole and in parts
    WEIGHT, OTHER_LOOKS_SHARE   its weight among the batches, and the share of its batches in other looks
"""

from importlib import import_module
from random import Random

from qvq_mini.thinking import Asked, Piece, Writer, final_answer

TAUGHT = ("recognition", "invoice", "chart", "chemistry", "sofa", "derivative")


def module(family: str):
    """The module of a family."""
    return import_module(f"qvq_mini.families.{family}")


def reply(
    family: str,
    facts: dict,
    language: str,
    asked: Asked | None = None,
    random: Random | None = None,
    places: dict | None = None,
) -> list[Piece]:
    """The reply in pieces, to the case's own question or to `asked`; `random` puts in slips now and then.

    `places` are the glyphs of each drawn text by its key, where the picture is not the case's own.
    """
    writer = Writer(facts, language, asked, random, places)
    answer = module(family).think(writer)
    last = writer.pieces.pop()
    return [*writer.pieces, last._replace(text=last.text.rstrip("\n")), Piece(final_answer(answer, language))]


def trace(family: str, facts: dict, language: str) -> str:
    """The whole reply to a case's question: the thinking, then the final answer as QVQ writes it."""
    return "".join(piece.text for piece in reply(family, facts, language))


def not_seen(family: str, language: str) -> str:
    """The reply where the picture does not show what is asked about."""
    thing = module(family).THING[language]
    if language == "zh":
        return f"图里看不到{thing}。" + final_answer(r"\text{看不到}", language)
    return f"I cannot see any {thing} in the picture." + final_answer(r"\text{not visible}", language)
