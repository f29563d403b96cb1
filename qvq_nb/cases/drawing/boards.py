"""Boards on which something moves or shines: a row of numbered cells with balls, a row of lamps."""

from qvq_nb.cases.drawing.canvas import Canvas
from qvq_nb.cases.drawing.style import Color, mix

ROW_WIDTH, CELL_HEIGHT = 200, 48  # pixels
MIDDLE, NUMBERS = 42, 84  # y of the middle of the cells, and of the numbers below them, pixels


def draw_cells(canvas: Canvas, cells: int, balls: list[tuple[int, Color]]) -> None:
    """A row of cells, numbered from 1, and balls in some of them; a number's key is "cell 1" and so on."""
    (_, dy), half = canvas.style.shift, _cell_width(cells) / 2
    left, right = _middle(canvas, cells, 1) - half, _middle(canvas, cells, cells) + half
    top, bottom = MIDDLE - CELL_HEIGHT / 2 + dy, MIDDLE + CELL_HEIGHT / 2 + dy
    fill = mix(canvas.style.palette[0], canvas.style.paper, 0.85)
    canvas.rectangle(left, top, right, bottom, fill, canvas.style.ink)
    for cell in range(1, cells + 1):
        x = _middle(canvas, cells, cell)
        if cell < cells:
            canvas.line([(x + half, top), (x + half, bottom)])
        canvas.text(x, NUMBERS + dy, str(cell), align="center", key=f"cell {cell}")
    for cell, color in balls:
        x, y, radius = _middle(canvas, cells, cell), MIDDLE + dy, 0.36 * _cell_width(cells)
        canvas.ellipse(x - radius, y - radius, x + radius, y + radius, color, canvas.style.ink)


def _cell_width(cells: int) -> float:
    return min(CELL_HEIGHT, ROW_WIDTH / cells)


def _middle(canvas: Canvas, cells: int, cell: int) -> float:
    """x of the middle of a cell."""
    return canvas.width / 2 + (cell - (cells + 1) / 2) * _cell_width(cells) + canvas.style.shift[0]


def draw_lamps(canvas: Canvas, lamps: dict[str, Color], lit: str | None) -> None:
    """A dark board with a lamp for each name, of which one or none is lit; keys are "lamp 0" and so on."""
    (dx, dy), style = canvas.style.shift, canvas.style
    y, board = canvas.height / 2 + dy, mix(style.ink, style.paper, 0.3)
    canvas.rectangle(12 + dx, y - 34, canvas.width - 12 + dx, y + 34, board, style.ink, radius=8)
    for index, (lamp, color) in enumerate(lamps.items()):
        x = canvas.width / 2 + (index - (len(lamps) - 1) / 2) * 48 + dx
        if lamp == lit:
            canvas.ellipse(x - 24, y - 24, x + 24, y + 24, mix(color, (255, 255, 255), 0.75))
        fill = mix(color, (255, 255, 255), 0.1) if lamp == lit else mix(color, (40, 40, 46), 0.55)
        canvas.ellipse(x - 15, y - 15, x + 15, y + 15, fill, style.ink)
        canvas.mark(f"lamp {index}", lamp, x, y)
