"""A flow chart with one loop: what does it print?"""

from random import Random

from qvq_nb.cases.drawing import Canvas, Style, mix
from qvq_nb.grading.forms.code import Code
from qvq_nb.grading.number import Number

WIDTH, HEIGHT = 392, 280  # pixels
COLUMN, BODY = 104, 308  # x of the middle of the main column and of the loop's body
HALF_HEIGHT, HALF_WIDTH = 14, 62  # of every box, in pixels
HALF_DIAMOND = (76, 30)  # half its width and half its height
START, SET, TEST, PRINT, END = 28, 70, 142, 210, 252  # y of the middle of each element
JOIN = 97  # y at which the way back meets the main column
MOST_ROUNDS = 12


def _run(chart: dict) -> tuple[int, int]:
    """What a chart prints, and after how many rounds."""
    x, rounds = chart["start"], 0
    while x < chart["bound"] if chart["comparison"] == "<" else x > chart["bound"]:
        x, rounds = chart["factor"] * x + chart["addend"], rounds + 1
    return x, rounds


def _facts(start: int, comparison: str, bound: int, factor: int, addend: int) -> dict:
    chart = {"start": start, "comparison": comparison, "bound": bound, "factor": factor, "addend": addend}
    output, rounds = _run(chart)
    return {**chart, "rounds": rounds, "answer": str(output)}


CANONICAL = _facts(1, "<", 50, 2, 3)


def sample(random: Random, wide: bool = False) -> dict:
    """Facts of a fresh chart; its numbers have one or two digits, wide ones up to three and either sign."""
    while True:
        if not wide:
            start, factor, addend = random.randint(1, 9), random.choice((1, 1, 2, 2, 3)), random.randint(0, 9)
            rounds, limit = random.randint(2, 5), 99
        elif random.random() < 0.4:
            start, factor, addend = random.randint(-99, 999), 1, -random.randint(1, 99)
            rounds, limit = random.randint(1, MOST_ROUNDS), 999
        else:
            start, factor = random.randint(-99, 99), random.choice((1, 1, 2, 2, 3, 4, 5))
            addend, rounds, limit = random.randint(0, 99), random.randint(1, MOST_ROUNDS), 999
        values = [start]
        for _ in range(rounds):
            values.append(factor * values[-1] + addend)
        last, end = values[-2:]
        # A sequence that grows at first grows ever faster, so that the bound is passed in the last round.
        if addend < 0 and end >= -limit:
            return _facts(start, ">", random.randint(end, last - 1), factor, addend)
        if addend >= 0 and start < values[1] and end <= limit:
            return _facts(start, "<", random.randint(last + 1, end), factor, addend)


def draw(facts: dict, style: Style, language: str, scale: int = 1) -> Canvas:
    """The main column from start to end, and the loop's body on its right."""
    canvas = Canvas(WIDTH, HEIGHT, style, scale)
    dx, dy = style.shift
    x, body = COLUMN + dx, BODY + dx
    start, set_, test, print_, end, join = (y + dy for y in (START, SET, TEST, PRINT, END, JOIN))
    words = {"en": ("Start", "print x", "End", "yes", "no"), "zh": ("开始", "输出 x", "结束", "是", "否")}
    start_word, print_words, end_word, yes, no = words[language]
    wide, high = HALF_DIAMOND
    for above, below in (
        (start + HALF_HEIGHT, set_ - HALF_HEIGHT),
        (set_ + HALF_HEIGHT, test - high),
        (test + high, print_ - HALF_HEIGHT),
        (print_ + HALF_HEIGHT, end - HALF_HEIGHT),
    ):
        canvas.arrow([(x, above), (x, below)])
    canvas.arrow([(x + wide, test), (body - HALF_WIDTH, test)])
    canvas.arrow([(body, test - HALF_HEIGHT), (body, join), (x, join)])
    canvas.text((x + wide + body - HALF_WIDTH) / 2, test - 14, yes, 16, align="center", key="yes")
    canvas.text(x + 9, (test + high + print_ - HALF_HEIGHT) / 2 - 1, no, 16, key="no")
    ends, boxes, decision = (mix((255, 255, 255), color, 0.3) for color in style.palette)
    _box(canvas, x, start, start_word, ends, radius=HALF_HEIGHT)
    _box(canvas, x, end, end_word, ends, radius=HALF_HEIGHT)
    _box(canvas, x, set_, f"x = {_signed(facts['start'])}", boxes, "start")
    _box(canvas, body, test, f"x = {_step(facts['factor'], facts['addend'])}", boxes, "step")
    slant = 8
    left, top, right, bottom = x - HALF_WIDTH, print_ - HALF_HEIGHT, x + HALF_WIDTH, print_ + HALF_HEIGHT
    corners = [(left + slant, top), (right + slant, top), (right - slant, bottom), (left - slant, bottom)]
    canvas.polygon(corners, ends, style.ink)
    canvas.text(x, print_, print_words, align="center")
    canvas.polygon(
        [(x - wide, test), (x, test - high), (x + wide, test), (x, test + high)], decision, style.ink
    )
    condition = f"x {facts['comparison']} {_signed(facts['bound'])}?"
    canvas.text(x, test, condition, align="center", key="condition")
    return canvas


def _box(
    canvas: Canvas, x: float, y: float, text: str, fill, key: str | None = None, radius: float = 0
) -> None:
    """A box round a text in its middle."""
    corners = (x - HALF_WIDTH, y - HALF_HEIGHT, x + HALF_WIDTH, y + HALF_HEIGHT)
    canvas.rectangle(*corners, fill, outline=canvas.style.ink, radius=radius)
    canvas.text(x, y, text, align="center", key=key)


def _signed(number: int) -> str:
    return str(number).replace("-", "−")


def _step(factor: int, addend: int) -> str:
    """What x becomes in a round, such as "2·x + 3", "x − 4" or "3·x"."""
    product = "x" if factor == 1 else f"{factor}·x"
    return product if addend == 0 else f"{product} {'−' if addend < 0 else '+'} {abs(addend)}"


def question(facts: dict, language: str) -> str:
    """Asks for the output."""
    return {"en": "What does it print?", "zh": "输出是什么？"}[language]


def target(facts: dict, language: str) -> Number:
    """The printed value of x."""
    return Number(facts["answer"])


ROUNDS = ("times", "time", "rounds", "round", "iterations", "iteration", "次", "遍", "轮")
FOLLOW_UPS = {
    "rounds": (("How many times is the box on the right run?", "How often does the loop run?",
                "How many times does x change before it is printed?"),
               ("右边的方框执行了几次？", "循环体执行了几次？", "输出之前，x 的值改变了几次？")),
    "bound": (("With which number is x compared?", "Read the number in the diamond."),
              ("x 与哪个数比较？", "读出菱形框里的数。")),
    "program": (("Write it as a Python program that reads the first value of x with int(input()), and "
                 "prints what the chart prints. Give only the program, in one code block.",
                 "Turn the chart into Python: read the first x with int(input()), print the last one. Answer "
                 "with one code block."),
                ("把它写成 Python 程序：x 的初值改用 int(input()) 读入，输出与流程图相同。只给出一个代码块。",
                 "用 Python 改写这个流程图：用 int(input()) 读入 x 的初值，输出最后的 x。只写一个代码块。")),
}  # fmt: skip


def follow_up(kind: str, facts: dict, language: str, random: Random) -> tuple[dict, dict, Number | Code]:
    """The rounds, the bound, or the chart as a program: what is asked about, its words, the target."""
    if kind == "program":
        return {}, {}, _program(facts)
    if kind == "rounds":
        return {}, {}, Number(str(facts["rounds"]), accepts=ROUNDS)
    return {}, {}, Number(str(facts["bound"]))


def _program(facts: dict) -> Code:
    """The chart as a program, and what it prints for the start that is drawn and for others past it."""
    condition, step = f"x {facts['comparison']} {facts['bound']}", _step(facts["factor"], facts["addend"])
    body = f"x = {step.replace('·', ' * ').replace('−', '-')}"
    program = f"x = int(input())\nwhile {condition}:\n    {body}\nprint(x)"
    onward, bound = (1 if facts["comparison"] == "<" else -1), facts["bound"]
    starts = (facts["start"] + onward * steps for steps in (0, 1, 3))
    starts = dict.fromkeys((*starts, bound - onward, bound, bound + onward))
    runs = ((str(start), str(_run({**facts, "start": start})[0])) for start in starts)
    return Code(program, tuple(runs))
