"""A table as a spreadsheet, ruled, or plain: invoices and tables of derivatives."""

from random import Random

from qvq_mini.families.layouts import fitting_size
from qvq_nb.cases.drawing import Canvas, mix, text_width

TITLES = ("Table 1", "Invoice", "表", "发票", "Data")


def draw(
    canvas: Canvas,
    rows: list[list[tuple[str, str | None]]],
    random: Random,
    aligns: list[str],
    last_is_total=False,
    above: float = 0,
) -> None:
    """Rows of (text, key) somewhere on the canvas, `above` pixels from its top; `aligns` per column."""
    style, (width, height) = canvas.style, (canvas.width, canvas.height)
    sheet = random.random() < 0.35
    left, top = random.uniform(4, width * 0.08), above + random.uniform(4, (height - above) * 0.1)
    right, bottom = width - random.uniform(4, width * 0.08), height - random.uniform(4, height * 0.15)
    if not sheet and random.random() < 0.35:
        _title(canvas, top + 10, random)
        top += 24
    if sheet:
        left, top = left + 24, top + 18
    edges = _edges(rows, left, right, random)
    step = min((bottom - top) / len(rows), random.uniform(24, 46))
    if sheet:
        _sheet_frame(canvas, edges, top, bottom, step)
    size = min(
        fitting_size([text], edges[column + 1] - edges[column] - 9, min(style.text_size, step * 0.72))
        for row in rows
        for column, (text, _) in enumerate(row)
        if text
    )
    _lines_and_shades(canvas, edges, top, step, len(rows), sheet, random)
    bold_head, bold_first, bold_total = random.random() < 0.5, random.random() < 0.2, random.random() < 0.3
    for index, row in enumerate(rows):
        for column, (text, key) in enumerate(row):
            align = "center" if index == 0 and random.random() < 0.5 else aligns[column]
            start, end = edges[column], edges[column + 1]
            x = {"left": start + 5, "center": (start + end) / 2, "right": end - 5}[align]
            is_total = last_is_total and index == len(rows) - 1
            bold = (bold_head and index == 0) or (bold_first and column == 0) or (bold_total and is_total)
            canvas.text(x, top + step * (index + 0.5), text, size, bold=bold, align=align, key=key)


def _title(canvas: Canvas, y: float, random: Random) -> None:
    x = random.choice((canvas.width / 2, canvas.width * 0.4))
    title, size = random.choice(TITLES), min(canvas.style.text_size + 2, 20)
    canvas.text(x, y, title, size, bold=random.random() < 0.5, align="center")


def _edges(rows: list[list], left: float, right: float, random: Random) -> list[float]:
    """Where the columns begin and end: as wide as their texts, all alike, or anything between."""
    widths = [max(text_width(text, 16) for text, _ in column) + 16 for column in zip(*rows)]
    evenness = random.random()
    weights = [width * (1 - evenness) + evenness * max(widths) for width in widths]
    edges = [left]
    for weight in weights:
        edges.append(edges[-1] + (right - left) * weight / sum(weights))
    return edges


def _lines_and_shades(
    canvas: Canvas, edges: list[float], top: float, step: float, rows: int, sheet: bool, random: Random
) -> None:
    """A shade behind the headings or every other row, and lines: all, between the rows, few or none."""
    style, left, right = canvas.style, edges[0], edges[-1]
    line = mix(style.ink, style.paper, random.choice((0, 0.3, 0.6, 0.8)))
    tint = mix(style.palette[0], (255, 255, 255), random.uniform(0.5, 0.85))
    stripe = mix(style.paper, (120, 130, 150), 0.12)
    zebra = not sheet and random.random() < 0.25
    for index in range(rows):
        y = top + step * index
        if index == 0 and not sheet and random.random() < 0.5:
            canvas.rectangle(left, y, right, y + step, fill=tint)
        elif zebra and index % 2:
            canvas.rectangle(left, y, right, y + step, fill=stripe)
    ruling = "all" if sheet else random.choice(("all", "all", "rows", "few", "none"))
    for index in range(rows + 1):
        if ruling in ("all", "rows") or (ruling == "few" and index in (0, 1, rows)):
            canvas.line([(left, top + step * index), (right, top + step * index)], line, 1)
    if ruling == "all":
        for x in edges:
            canvas.line([(x, top), (x, top + step * rows)], line, 1)


def _sheet_frame(canvas: Canvas, edges: list[float], top: float, bottom: float, step: float) -> None:
    """The grey row numbers and column letters of a spreadsheet, round its cells."""
    grey, dark, left = (230, 230, 232), (90, 90, 90), edges[0]
    canvas.rectangle(left - 24, top - 18, edges[-1], top, fill=grey)
    canvas.rectangle(left - 24, top - 18, left, bottom, fill=grey)
    for letter, start, end in zip("ABCDEFGH", edges, edges[1:]):
        canvas.text((start + end) / 2, top - 9, letter, 12, dark, align="center")
    for row in range(int((bottom - top) / step)):
        canvas.text(left - 12, top + step * (row + 0.5), str(row + 1), 12, dark, align="center")
