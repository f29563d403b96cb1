"""Which place of the picture each character of a reply is copied from.

Where reading is learned from replies alone, the model writes fluent sentences with invented numbers for a long
time: it has no hint where to look. The pictures are drawn by code, so the place of each copied character is known,
and one attention head can be told to look there while it learns.
"""

from qvq_nb.cases import family_module
from qvq_nb.cases.drawing import Canvas, Glyph
from qvq_nb.mini.reading import bird_marks


def glyphs_of_reply(source: str, facts: dict | None, language: str, canvas: Canvas, reply: str) -> dict[int, Glyph]:
    """For each character of `reply` that is copied from the picture, by its index: the glyph that it is copied from."""
    if source == "recognition":
        return _birds(facts, reply)
    found, cursor = {}, reply.index("\n") + 1 if source == "chart" else 0  # a chart's first line repeats the question
    for piece, glyphs in _pieces(source, facts, language, canvas):
        start = reply.find(piece, cursor)
        if start >= 0:
            found |= {start + index: glyph for index, glyph in enumerate(glyphs) if glyph}
            cursor = start + len(piece)
    return found


def _birds(facts: dict, reply: str) -> dict[int, Glyph]:
    """Each line of the count, up to its end, belongs to one bird."""
    found, start = {}, reply.index("\n") + 1
    for mark in bird_marks(facts):
        end = reply.index("\n", start)
        found |= {index: mark for index in range(start, end)}
        start = end + 1
    return found


def _pieces(source: str, facts: dict | None, language: str, canvas: Canvas):
    """The drawn texts that the reply repeats, with their glyphs, in the reply's order."""
    texts = canvas.texts
    if source == "invoice":
        return [_part(text, text[0].lstrip("¥")) for text in texts[5:]]  # after the title and the headings
    if source == "derivative":
        return texts[5:]  # after the headings
    if source == "sofa":
        long, short, height, depth = texts[:4]
        return [_part(text, text[0].removesuffix(" cm")) for text in (long, short, depth, height)]
    if source == "chemistry":
        chemistry = family_module("chemistry")
        names = (chemistry.ORES[facts["ore"]], chemistry.REAGENTS[facts["anion"]], chemistry.DISPLACERS[facts["displacer"]])
        return [_part(next(text for text in texts if name[language] in text[0]), name[language]) for name in names]
    if source == "chart":
        return _groups(facts, texts[len(facts["benchmarks"]):])
    return texts


def _groups(facts: dict, texts: list) -> list:
    """The names of the groups up to the one that is asked for, then its values; a group's bars are drawn before its name."""
    chart = family_module("chart")
    pieces = []
    for model, values in facts["values"].items():
        end = len(values) + len(chart.name_lines(model))
        group, texts = texts[:end], texts[end:]
        pieces += group[len(values):]
        if model == facts["asked"]:
            return pieces + group[:len(values)]
    raise ValueError(f"no group is called {facts['asked']}")


def _part(text: tuple[str, list], piece: str) -> tuple[str, list]:
    """The piece of a drawn text, with its glyphs."""
    start = text[0].index(piece)
    return piece, text[1][start:start + len(piece)]
