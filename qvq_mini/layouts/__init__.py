"""The six families drawn in other ways than the kit's own: other tables, charts, flow charts, sofas and birds.

They are for training alone: a model that has seen one layout per family reads nothing else. Each function draws a
case's facts on a canvas of any size, in a style of any font and colours, with the keys that `traces` reads by.
"""

from random import Random

from qvq_mini import typefaces
from qvq_mini.layouts import birds, charts, flow_charts, sofas, tables
from qvq_nb.cases import derivative
from qvq_nb.cases.drawing import PALETTES, Canvas, Style

PLOTTING_PALETTES = (
    ((31, 119, 180), (255, 127, 14), (44, 160, 44)), ((68, 114, 196), (237, 125, 49), (165, 165, 165)),
    ((102, 194, 165), (252, 141, 98), (141, 160, 203)), ((76, 114, 176), (221, 132, 82), (85, 168, 104)),
    ((66, 133, 244), (219, 68, 55), (244, 180, 0)), ((90, 90, 90), (150, 150, 150), (205, 205, 205)),
    ((226, 74, 51), (52, 138, 189), (152, 142, 213)), ((99, 110, 250), (239, 85, 59), (0, 204, 150)),
)  # fmt: skip


def any_style(random: Random) -> Style:
    """Any font, ink, paper and colours; the text stays darker than the paper by far."""
    latin, chinese = typefaces.installed()
    grey = random.randint(0, 70)
    ink = random.choice(((0, 0, 0), (grey, grey, grey), tuple(random.randint(0, 90) for _ in range(3))))
    paper = random.choice(
        ((255, 255, 255), (255, 255, 255), tuple(random.randint(228, 255) for _ in range(3)))
    )
    palette = random.choice(
        (
            *PALETTES,
            *PLOTTING_PALETTES,
            tuple(tuple(random.randint(40, 230) for _ in range(3)) for _ in range(3)),
        )
    )
    return Style(
        text_size=random.randint(13, 22), ink=ink, paper=paper, palette=palette,
        accent=random.choice((ink, tuple(random.randint(0, 150) for _ in range(3)))),
        shift=(random.randint(-6, 6), random.randint(-6, 6)), line_width=random.choice((0.8, 1.0, 1.5, 2.0, 2.5)),
        typeface=None if random.random() < 0.15 else (random.choice(latin), random.choice(chinese)),
    )  # fmt: skip


def draw(
    family: str, facts: dict, style: Style, language: str, random: Random, width: int, height: int
) -> Canvas:
    """The facts of a case in another layout, `width` × `height` pixels."""
    canvas = Canvas(width, height, style)
    {"recognition": birds.draw, "invoice": tables.draw_invoice, "chart": charts.draw, "chemistry": flow_charts.draw, "sofa": sofas.draw,
     "derivative": tables.draw_derivative}[family](canvas, facts, language, random)  # fmt: skip
    return canvas


def other_facts(family: str, facts: dict, random: Random) -> dict:
    """The facts as another layout may show them: tables with other columns, rows and x, invoices in English."""
    if family == "invoice" and random.random() < 0.4:
        return tables.in_english(facts)
    if family != "derivative":
        return facts
    columns = random.choice(
        (derivative.COLUMNS, derivative.COLUMNS, ("f", "f'", "g", "g'"), ("f", "g", "g'", "f'"))
    )
    table = [dict(row) for row in facts["table"]]
    asked = next(index for index, row in enumerate(table) if row["x"] == facts["x"])
    start = random.choice((-2, 0, 0, 1, 1, random.randint(-4, 5)))
    for index, row in enumerate(table):
        row["x"] = start + index
    while len(table) > 3 and random.random() < 0.3:
        drop = random.choice(
            [index for index in range(len(table)) if index != asked][-1:] + [0] * (asked != 0)
        )
        if drop == asked:
            break
        table.pop(drop)
        asked -= drop < asked
    return {**facts, "x": table[asked]["x"], "table": table, "columns": columns}
