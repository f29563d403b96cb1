"""Coloured shapes on a sheet, of which one is asked for: where is it?"""

from random import Random

from qvq_nb.cases.drawing import Canvas, Style
from qvq_nb.grading.box import Box

WIDTH, HEIGHT = 392, 280  # pixels
COLUMNS, ROWS = 4, 3
CELL_WIDTH, CELL_HEIGHT = WIDTH // COLUMNS, HEIGHT // ROWS
GAP = 4  # pixels at least between two objects, and to the edge of the picture

# Of each: RGB, English, Chinese. Light and dark differ, too, so that the colour-blind tell them apart.
COLORS = {
    "red": ((200, 30, 40), "red", "红色"),
    "blue": ((0, 80, 180), "blue", "蓝色"),
    "green": ((0, 158, 100), "green", "绿色"),
    "yellow": ((245, 205, 30), "yellow", "黄色"),
}
SHAPES = {"circle": ("circle", "圆形"), "square": ("square", "正方形"), "triangle": ("triangle", "三角形")}
KINDS = [(color, shape) for color in COLORS for shape in SHAPES]


def sample(random: Random, wide: bool = False) -> dict:
    """Facts of a fresh sheet: six objects in cells of a grid, or from two to eight anywhere; one is asked."""
    squares = _anywhere(random) if wide else _in_cells(random)
    asked, *rest = random.sample(KINDS, len(KINDS))
    kinds = [asked, *random.choices(rest, k=len(squares) - 1)]
    objects = [
        {"color": color, "shape": shape, "box": [left, top, left + side, top + side]}
        for (color, shape), (left, top, side) in zip(kinds, squares)
    ]
    answer = objects[0]["box"]
    random.shuffle(objects)
    return {"color": asked[0], "shape": asked[1], "objects": objects, "answer": answer}


def _in_cells(random: Random) -> list[tuple[int, int, int]]:
    """Left, top and side of six squares, each somewhere in a cell of its own."""
    squares = []
    for cell in random.sample(range(COLUMNS * ROWS), 6):
        row, column = divmod(cell, COLUMNS)
        side = random.randint(44, 76)
        left = random.randint(GAP, CELL_WIDTH - GAP - side)
        top = random.randint(GAP, CELL_HEIGHT - GAP - side)
        squares.append((column * CELL_WIDTH + left, row * CELL_HEIGHT + top, side))
    return squares


def _anywhere(random: Random) -> list[tuple[int, int, int]]:
    """Left, top and side of two to eight squares; a sheet that leaves no room for the next is begun anew."""
    count = random.randint(2, 8)
    squares, tries = [], 0
    while len(squares) < count:
        tries += 1
        if tries % 200 == 0:
            squares = []
        side = random.randint(24, 90)
        left, top = random.randint(GAP, WIDTH - GAP - side), random.randint(GAP, HEIGHT - GAP - side)
        if all(_are_apart((left, top, side), other) for other in squares):
            squares.append((left, top, side))
    random.shuffle(squares)  # the later ones found less room, so they are smaller
    return squares


def _are_apart(one: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
    return any(
        first[axis] + first[2] + GAP <= second[axis]
        for axis in (0, 1)
        for first, second in ((one, other), (other, one))
    )


CANONICAL = sample(Random(146))


def draw(facts: dict, style: Style, language: str, scale: int = 1) -> Canvas:
    """The objects where the facts say: the style's shift is left out, since the answer is a place."""
    canvas = Canvas(WIDTH, HEIGHT, style, scale)
    for one in facts["objects"]:
        left, top, right, bottom = one["box"]
        fill = COLORS[one["color"]][0]
        if one["shape"] == "circle":
            canvas.ellipse(left, top, right, bottom, fill)
        elif one["shape"] == "square":
            canvas.rectangle(left, top, right, bottom, fill)
        else:
            canvas.polygon([((left + right) / 2, top), (right, bottom), (left, bottom)], fill)
    return canvas


def question(facts: dict, language: str) -> str:
    """Asks for one object."""
    name = _name(facts, language)
    return {"en": f"Locate the {name}.", "zh": f"框出{name}。"}[language]


def _name(one: dict, language: str) -> str:
    color, shape = COLORS[one["color"]][1:], SHAPES[one["shape"]]
    return f"{color[0]} {shape[0]}" if language == "en" else color[1] + shape[1]


def target(facts: dict, language: str) -> Box:
    """The object's box, and those of the others, so that a miss can say what it hit."""
    others = [
        (_name(one, language), tuple(one["box"])) for one in facts["objects"] if one["box"] != facts["answer"]
    ]
    return Box(*facts["answer"], size=(WIDTH, HEIGHT), others=tuple(others))
