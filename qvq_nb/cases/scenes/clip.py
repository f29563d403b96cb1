"""A clip of a ball in a row of numbered cells: how many times does it jump?"""

from itertools import pairwise
from random import Random

from qvq_nb.cases.drawing import Canvas, Film, Style, mix
from qvq_nb.grading.number import Number

WIDTH, HEIGHT = 224, 112  # pixels
CELLS, STATES = 6, 8  # of an easy clip
# Text has to start after the last slice: some releases of transformers count only WIDTH / 28 slices.
MOST_STATES = WIDTH // 28
ROW_WIDTH, CELL_HEIGHT = 200, 48  # pixels
MIDDLE, NUMBERS = 42, 84  # y of the middle of the cells, and of the numbers below them, pixels

# Told apart by the colour-blind, too: RGB, and what one such ball is called.
COLORS = {
    "red": ((204, 40, 40), "the red ball", "红球"),
    "blue": ((40, 90, 204), "the blue ball", "蓝球"),
    "yellow": ((240, 200, 30), "the yellow ball", "黄球"),
}


def _facts(cells: int, path: list[int], color: str, other: dict | None = None) -> dict:
    """`path` is the ball's cell, from 1, in each state; `other` is a ball that does not count."""
    answer = str(sum(before != after for before, after in pairwise(path)))
    return {"cells": cells, "path": path, "color": color, "other": other, "answer": answer}


CANONICAL = _facts(CELLS, [6, 5, 5, 4, 5, 5, 4, 3], "red")


def sample(random: Random, wide: bool = False) -> dict:
    """Facts of a fresh clip; with `wide` row, jumps and clip have any length, and half have a second ball."""
    cells, states = (random.randint(3, 8), random.randint(4, MOST_STATES)) if wide else (CELLS, STATES)
    path = _path(random, cells, states, furthest=cells if wide else 1)
    color, second = random.sample(list(COLORS), 2)
    other = (
        {"color": second, "path": _beside(random, cells, path)} if wide and random.random() < 0.5 else None
    )
    return _facts(cells, path, color, other)


def _path(random: Random, cells: int, states: int, furthest: int) -> list[int]:
    """The cell in each state; each number of jumps, from one upwards, comes equally often."""
    jumps = set(random.sample(range(1, states), random.randint(1, states - 1)))
    path = [random.randint(1, cells)]
    for state in range(1, states):
        near = [cell for cell in range(1, cells + 1) if 0 < abs(cell - path[-1]) <= furthest]
        path.append(random.choice(near) if state in jumps else path[-1])
    return path


def _beside(random: Random, cells: int, path: list[int]) -> list[int]:
    """The path of a second ball, which is never in the cell of the first."""
    beside = []
    for taken in path:
        free = [cell for cell in range(1, cells + 1) if cell != taken]
        stays = beside and beside[-1] != taken and random.random() < 0.5
        beside.append(beside[-1] if stays else random.choice(free))
    return beside


def draw(facts: dict, style: Style, language: str, scale: int = 1) -> Film:
    """The row in each state, the same but for the balls."""
    states = []
    for index, cell in enumerate(facts["path"]):
        canvas = Canvas(WIDTH, HEIGHT, style, scale)
        _row(canvas, facts["cells"])
        _ball(canvas, facts["cells"], cell, facts["color"])
        if facts["other"]:
            _ball(canvas, facts["cells"], facts["other"]["path"][index], facts["other"]["color"])
        states.append(canvas)
    return Film(tuple(states))


def _row(canvas: Canvas, cells: int) -> None:
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


def _ball(canvas: Canvas, cells: int, cell: int, color: str) -> None:
    x, y, radius = _middle(canvas, cells, cell), MIDDLE + canvas.style.shift[1], 0.36 * _cell_width(cells)
    canvas.ellipse(x - radius, y - radius, x + radius, y + radius, COLORS[color][0], canvas.style.ink)


def _cell_width(cells: int) -> float:
    return min(CELL_HEIGHT, ROW_WIDTH / cells)


def _middle(canvas: Canvas, cells: int, cell: int) -> float:
    """x of the middle of a cell."""
    return WIDTH / 2 + (cell - (cells + 1) / 2) * _cell_width(cells) + canvas.style.shift[0]


def _ball_name(facts: dict, language: str) -> str:
    """The ball, by its colour where there are two."""
    _, english, chinese = COLORS[facts["color"]] if facts["other"] else (None, "the ball", "球")
    return {"en": english, "zh": chinese}[language]


def question(facts: dict, language: str) -> str:
    """Asks for the number of jumps."""
    ball = _ball_name(facts, language)
    english, chinese = f"How many times does {ball} jump to another cell?", f"{ball}跳到别的格子几次？"
    return {"en": english, "zh": chinese}[language]


def target(facts: dict, language: str) -> Number:
    """The number of jumps."""
    return Number(facts["answer"], accepts=TIMES)


CELL = ("cell", "号格子", "个格子", "格子", "号", "格")
TIMES = ("times", "time", "jumps", "jump", "次", "跳跃")
FOLLOW_UPS = {
    "end": (("In which cell is {ball} at the end?", "What is the number of the cell where {ball} ends up?",
             "Which cell is {ball} in when the clip ends?"),
            ("{ball}最后在几号格子里？", "片子结束时，{ball}在几号格子里？", "{ball}最后停在几号格？")),
    "beginning": (("In which cell is {ball} at the beginning?",
                   "What is the number of the cell where {ball} starts?",
                   "Which cell is {ball} in when the clip begins?"),
                  ("{ball}一开始在几号格子里？", "片子开始时，{ball}在几号格子里？", "{ball}从几号格出发？")),
    "right": (("How many times does {ball} move to the right?", "How often does {ball} jump to the right?",
               "Count the moves of {ball} to the right."),
              ("{ball}向右跳了几次？", "{ball}往右移动了几次？", "数一数{ball}向右跳的次数。")),
}  # fmt: skip


def follow_up(kind: str, facts: dict, language: str, random: Random) -> tuple[dict, dict, Number]:
    """Where the ball is first or last, or how often it goes right: no subject, its name, the target."""
    path = facts["path"]
    right = sum(after > before for before, after in pairwise(path))
    asked = {"end": path[-1], "beginning": path[0], "right": right}[kind]
    target = (
        Number(str(asked), accepts=TIMES) if kind == "right" else Number(str(asked), accepts=CELL, place=True)
    )
    return {}, {"ball": _ball_name(facts, language)}, target
