"""A clip of a ball in a row of numbered cells: how many times does it jump?

Wide clips may show lamps that light up one after another, and ask for one of them by its turn; or a ball or
lamps in a series that comes over and over, and ask what is next. Such a series is seen at least twice: if
it could be read with two lengths, their greatest common divisor would be a length, too, so that one thing
only can be next.
"""

from itertools import pairwise
from random import Random

from qvq_nb.cases import LANGUAGES
from qvq_nb.cases.drawing import Canvas, Film, Style
from qvq_nb.cases.drawing.boards import draw_cells, draw_lamps
from qvq_nb.cases.scenes.find import COLORS as LAMPS
from qvq_nb.grading.number import Number
from qvq_nb.grading.text import Text

WIDTH, HEIGHT = 224, 112  # pixels
CELLS, STATES = 6, 8  # of an easy clip
# Text has to start after the last slice: some releases of transformers count only WIDTH / 28 slices.
MOST_STATES = WIDTH // 28

# Told apart by the colour-blind, too: RGB, and what one such ball is called.
COLORS = {
    "red": ((204, 40, 40), "the red ball", "红球"),
    "blue": ((40, 90, 204), "the blue ball", "蓝球"),
    "yellow": ((240, 200, 30), "the yellow ball", "黄球"),
}
ASKED = {
    None: ("How many times does {ball} jump to another cell?", "{ball}跳到别的格子几次？"),
    "lamps": ("Which lamp lights up {turn}? Each time that a lamp lights up counts. Name its colour.",
              "每次亮起都算，第{turn}次亮起的是什么颜色的灯？"),
    "next lamp": ("The lamps light up in one order over and over, at least twice. Which colour is next?",
                  "这些灯按同一顺序循环亮起，片中至少循环了两遍。接下来亮起的是什么颜色的灯？"),
    "next cell": ("The ball visits cells in one order over and over, at least twice. Which cell is next?",
                  "球按同一顺序循环经过一些格子，片中至少循环了两遍。接下来它在几号格子里？"),
}  # fmt: skip
TURNS = {
    "en": ("first", "second", "third", "fourth", "fifth", "sixth", "seventh"),
    "zh": ("一", "二", "三", "四", "五", "六", "七"),
}


def _facts(cells: int, path: list[int], color: str, other: dict | None = None) -> dict:
    """`path` is the ball's cell, from 1, in each state; `other` is a ball that does not count."""
    answer = str(sum(before != after for before, after in pairwise(path)))
    return {"cells": cells, "path": path, "color": color, "other": other, "answer": answer}


CANONICAL = _facts(CELLS, [6, 5, 5, 4, 5, 5, 4, 3], "red")


def sample(random: Random, wide: bool = False) -> dict:
    """Facts of a fresh clip; with `wide` row, jumps and clip have any length, and half have a second ball.

    Half of the wide clips have another form: "lamps", "next lamp" or "next cell".
    """
    form = random.choice((None, None, None, *FORMS)) if wide else None
    if form:
        return {"form": form, **FORMS[form](random)}
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


def _lamps(random: Random) -> dict:
    """Lamps of which one or none is lit in each state, at first none; the answer is the lamp of one turn."""
    lamps = random.sample(list(LAMPS), random.randint(3, len(LAMPS)))
    lit = [None]
    while len(lightings(lit)) < 2:
        lit = [None, *random.choices((None, *lamps), k=random.randint(3, MOST_STATES - 1))]
    turn = random.randint(1, len(lightings(lit)))
    return {"lamps": lamps, "lit": lit, "turn": turn, "answer": lightings(lit)[turn - 1]}


def lightings(lit: list[str | None]) -> list[str]:
    """The lamps in the order in which they light up, one that does so again once more."""
    return [now for before, now in pairwise([None, *lit]) if now not in (None, before)]


def _next_cell(random: Random) -> dict:
    cells = random.randint(3, 8)
    *path, after = _series(random, range(1, cells + 1), MOST_STATES)
    return {**_facts(cells, path, random.choice(list(COLORS))), "answer": str(after)}


def _next_lamp(random: Random) -> dict:
    lamps = random.sample(list(LAMPS), random.randint(3, len(LAMPS)))
    *lit, after = _series(random, lamps, MOST_STATES - 1)
    return {"lamps": lamps, "lit": [None, *lit], "answer": after}


def _series(random: Random, things, most: int) -> list:
    """At most so many things and the one after them: a series, at least twice, whose neighbours differ."""
    series, length = [None, None], random.randint(2, most // 2)
    while any(thing == series[index - 1] for index, thing in enumerate(series)):
        series = random.choices(things, k=length)
    return [series[index % length] for index in range(random.randint(2 * length, most) + 1)]


FORMS = {"lamps": _lamps, "next lamp": _next_lamp, "next cell": _next_cell}


def draw(facts: dict, style: Style, language: str, scale: int = 1) -> Film:
    """The row in each state, the same but for the balls, or for what is lit of the lamps."""
    states = []
    for index, shown in enumerate(facts["lit"] if "lamps" in facts else facts["path"]):
        states.append(Canvas(WIDTH, HEIGHT, style, scale))
        if "lamps" in facts:
            draw_lamps(states[-1], {lamp: LAMPS[lamp][0] for lamp in facts["lamps"]}, shown)
            continue
        balls = [(shown, COLORS[facts["color"]][0])]
        if facts["other"]:
            balls.append((facts["other"]["path"][index], COLORS[facts["other"]["color"]][0]))
        draw_cells(states[-1], facts["cells"], balls)
    return Film(tuple(states))


def _ball_name(facts: dict, language: str) -> str:
    """The ball, by its colour where there are two."""
    _, english, chinese = COLORS[facts["color"]] if facts.get("other") else (None, "the ball", "球")
    return {"en": english, "zh": chinese}[language]


def question(facts: dict, language: str) -> str:
    """Asks for the number of jumps, for the lamp of one turn, or for what comes next."""
    turn = TURNS[language][facts.get("turn", 1) - 1]
    asked = ASKED[facts.get("form")][LANGUAGES.index(language)]
    return asked.format(ball=_ball_name(facts, language), turn=turn)


def target(facts: dict, language: str) -> Number | Text:
    """The number of jumps or of a cell, or the colour of a lamp."""
    if "lamps" in facts:
        return _lamp(facts["answer"], language)
    return _cell(facts["answer"]) if "form" in facts else Number(facts["answer"], accepts=TIMES)


CELL = ("cell", "号格子", "个格子", "格子", "号", "格")
TIMES = ("times", "time", "jumps", "jump", "次", "跳跃")


def _cell(number: str) -> Number:
    return Number(number, accepts=CELL, place=True)


def _lamp(color: str, language: str) -> Text:
    """A lamp by its colour, and not by that of another one."""
    names = {lamp: (english, chinese, chinese[0]) for lamp, (_, english, chinese) in LAMPS.items()}
    others = sum((names[lamp] for lamp in names if lamp != color), ())
    return Text(names[color][language == "zh"], accepts=names[color], others=others)


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
LAMP_FOLLOW_UPS = {
    "times": (("How many times does the {lamp} lamp light up?", "How often does the {lamp} lamp go on?"),
              ("{lamp}的灯亮起几次？", "{lamp}的灯一共亮起了几次？")),
    "last": (("Which lamp lights up last? Name its colour.", "What colour is the last lamp that lights up?"),
             ("最后亮起的是什么颜色的灯？", "最后一次亮起的灯是什么颜色？")),
}  # fmt: skip


def follow_ups(facts: dict) -> dict:
    """The follow-ups of these facts: about lamps, or about a ball."""
    return LAMP_FOLLOW_UPS if "lamps" in facts else FOLLOW_UPS


def follow_up(kind: str, facts: dict, language: str, random: Random) -> tuple[dict, dict, Number | Text]:
    """Where the ball is first or last, how often it goes right; which lamp is last, how often one lit up."""
    if kind == "last":
        return {}, {}, _lamp(lightings(facts["lit"])[-1], language)
    if kind == "times":
        lamp = random.choice(facts["lamps"])
        name = LAMPS[lamp][1 + (language == "zh")]
        return {"lamp": lamp}, {"lamp": name}, Number(str(lightings(facts["lit"]).count(lamp)), accepts=TIMES)
    path = facts["path"]
    right = sum(after > before for before, after in pairwise(path))
    counted = Number(str(right), accepts=TIMES)
    target = {"end": _cell(str(path[-1])), "beginning": _cell(str(path[0])), "right": counted}[kind]
    return {}, {"ball": _ball_name(facts, language)}, target
