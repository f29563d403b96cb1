"""A clip of a toy game with lamps: the presses show its rule, and then it is played on a new board."""

from random import Random

from qvq_nb.cases.drawing import Canvas, Film, Style, mix
from qvq_nb.grading.number import Number

WIDTH, HEIGHT = 224, 224  # pixels; no more states than WIDTH / 28, as text has to start after the last slice
MOST_PRESSES = 3
LEFT, TOP, ROOM = 44, 36, 150  # where the lamps begin, and the side of the square that they take, in pixels
LIT, DARK = (255, 205, 40), (70, 72, 84)  # RGB

# Which lamps a press switches, by how far below and how far right of the pressed lamp they are.
RULES = {
    "plus": lambda down, right: abs(down) + abs(right) <= 1,
    "row": lambda down, right: down == 0,
    "column": lambda down, right: right == 0,
    "diagonal": lambda down, right: abs(down) == abs(right) <= 1,
    "square": lambda down, right: max(abs(down), abs(right)) <= 1,
    "beside": lambda down, right: abs(down) + abs(right) == 1,
    "around": lambda down, right: max(abs(down), abs(right)) == 1,
    "cross": lambda down, right: 0 in (down, right),
}
LAMPS = ("lamps", "lamp", "lights", "light", "盏灯", "盏")  # may stand beside the number
EASY_RULES = ("plus", "row", "column", "diagonal")


def pressed(board: list[str], rule: str, place: list[int]) -> list[str]:
    """The board, rows of "#" for lit and "." for dark, after a press at (row, column), both from 1."""
    switches, (row, column) = RULES[rule], place
    return [
        "".join(
            ".#"[(lamp == "#") != switches(below - row, beside - column)]
            for beside, lamp in enumerate(lamps, start=1)
        )
        for below, lamps in enumerate(board, start=1)
    ]


def lit(board: list[str]) -> int:
    """How many lamps are lit."""
    return "".join(board).count("#")


def possible(boards: list[list[str]], presses: list[list[int]]) -> list[str]:
    """The rules by which each press leads from one board to the next."""
    return [
        rule
        for rule in RULES
        if all(
            pressed(board, rule, place) == after for board, place, after in zip(boards, presses, boards[1:])
        )
    ]


def _facts(rule: str, first: list[str], presses: list[list[int]], new: list[str], asked: list[int]) -> dict:
    boards = [first]
    for place in presses:
        boards.append(pressed(boards[-1], rule, place))
    answer = str(lit(pressed(new, rule, asked)))
    return {"rule": rule, "boards": boards, "presses": presses, "new": new, "asked": asked, "answer": answer}


CANONICAL = _facts("plus", ["#..", ".#.", "..#"], [[2, 2], [1, 3], [3, 1]], ["##.", "..#", "#.."], [2, 3])


def sample(random: Random, wide: bool = False) -> dict:
    """Facts of a fresh game of which the clip leaves one rule possible, and the press asked for is a new one.

    Easy boards are 3 by 3, wide ones 3 to 5 by 3 to 5, with more rules and any number of presses.
    """
    while True:
        rows, columns = (random.randint(3, 5), random.randint(3, 5)) if wide else (3, 3)
        rule = random.choice(tuple(RULES) if wide else EASY_RULES)
        count = random.randint(1, MOST_PRESSES) if wide else MOST_PRESSES
        places = [[row, column] for row in range(1, rows + 1) for column in range(1, columns + 1)]
        *presses, asked = random.sample(places, count + 1)
        first, new = (["".join(random.choices("#.", k=columns)) for _ in range(rows)] for _ in range(2))
        facts = _facts(rule, first, presses, new, asked)
        if possible(facts["boards"], presses) == [rule] and facts["answer"] != str(lit(new)):
            return facts


def draw(facts: dict, style: Style, language: str, scale: int = 1) -> Film:
    """Of each press the board with a ring round the lamp, then what came of it; last the new board."""
    press, after, new = {"en": ("press {}", "after that", "new board"),
                         "zh": ("按下 {}", "按下之后", "新的一局")}[language]  # fmt: skip
    states = []
    for place, board, following in zip(facts["presses"], facts["boards"], facts["boards"][1:]):
        states.append(_board(board, press.format(_written(place)), style, scale, place))
        states.append(_board(following, after, style, scale))
    return Film((*states, _board(facts["new"], new, style, scale)))


def _board(
    board: list[str], caption: str, style: Style, scale: int, ringed: list[int] | None = None
) -> Canvas:
    canvas = Canvas(WIDTH, HEIGHT, style, scale)
    dx, dy = style.shift
    cell = ROOM / max(len(board), len(board[0]))
    canvas.text(
        LEFT + cell * len(board[0]) / 2 + dx, TOP + cell * len(board) + 16 + dy, caption, align="center"
    )
    for column in range(1, len(board[0]) + 1):
        canvas.text(LEFT + cell * (column - 0.5) + dx, TOP - 14 + dy, str(column), 16, align="center")
    for row, lamps in enumerate(board, start=1):
        y = TOP + cell * (row - 0.5) + dy
        canvas.text(LEFT - 16 + dx, y, str(row), 16, align="center")
        for column, lamp in enumerate(lamps, start=1):
            x, radius = LEFT + cell * (column - 0.5) + dx, 0.3 * cell
            fill = LIT if lamp == "#" else mix(DARK, style.paper, 0.1)
            canvas.ellipse(x - radius, y - radius, x + radius, y + radius, fill, style.ink)
            canvas.mark(f"lamp {row} {column}", lamp, x, y)
            if [row, column] == ringed:
                radius = 0.44 * cell
                canvas.ellipse(x - radius, y - radius, x + radius, y + radius, None, style.accent, 3)
    return canvas


def _written(place: list[int]) -> str:
    return f"({place[0]}, {place[1]})"


def question(facts: dict, language: str) -> str:
    """Asks for the lit lamps of the new board after a press."""
    place = _written(facts["asked"])
    english = (
        "The clip shows which lamps a press switches; the rule stays the same. (1, 2) is row 1, column 2. "
        f"How many lamps of the new board are lit after pressing {place}?"
    )
    chinese = (
        "片子演示了按一盏灯会切换哪些灯，规则不变；(1, 2) 表示第 1 行第 2 列。"
        f"在新的一局里，按下 {place} 后亮几盏？"
    )
    return {"en": english, "zh": chinese}[language]


def target(facts: dict, language: str) -> Number:
    """How many lamps are lit in the end."""
    return _lamps(facts["answer"], facts)


def _lamps(written: str, facts: dict) -> Number:
    """A number of lamps; the numbers of a lamp's place are no answer."""
    row, column = facts["asked"]
    forms = ("({}, {})", "({},{})", "row {}, column {}", "第{}行第{}列", "第 {} 行第 {} 列", "第{}行，第{}列")
    return Number(written, accepts=LAMPS, names=tuple(form.format(row, column) for form in forms))


FOLLOW_UPS = {
    "before": (("How many lamps of the new board are lit before it is pressed?",
                "How many lamps are lit in the last frame?"),
               ("新的一局按下之前亮着几盏？", "最后一帧里亮着几盏灯？")),
    "switched": (("How many lamps of the new board does pressing {place} switch?",
                  "How many lamps change on the new board when {place} is pressed?"),
                 ("在新的一局里按下 {place}，会切换几盏灯？", "新的一局里按下 {place} 后，有几盏灯改变？")),
}  # fmt: skip


def follow_up(kind: str, facts: dict, language: str, random: Random) -> tuple[dict, dict, Number]:
    """How many lamps are lit at first, or change: no subject, the pressed place, the target."""
    new, asked = facts["new"], facts["asked"]
    after = pressed(new, facts["rule"], asked)
    changed = sum(one != other for one, other in zip("".join(new), "".join(after)))
    number = {"before": lit(new), "switched": changed}[kind]
    return {}, {"place": _written(asked)}, _lamps(str(number), facts)
