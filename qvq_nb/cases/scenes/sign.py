"""A speed limit sign and a speedometer: how does the car's speed compare with the limit?"""

from math import cos, pi, sin
from random import Random

from qvq_nb.cases.drawing import Canvas, Style, mix
from qvq_nb.grading.choice import LETTERS, Choice

WIDTH, HEIGHT = 392, 252  # pixels
SIGN_X, DIAL_X, MIDDLE = 78, 264, 126  # the middles of the sign and of the dial, in pixels
SIGN_RADIUS, DIAL_RADIUS = 60, 78
RED, WHITE, BLACK = (200, 30, 40), (255, 255, 255), (20, 20, 25)  # a sign has these colours in any style
SWEEP = 1.5 * pi  # how far the needle turns from 0 to the end of the dial
EASY_LIMITS = (30, 40, 50, 60, 70, 80, 90, 100, 120)  # km/h
MPH_LIMITS = (15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70)


def _facts(limit: int, speed: int, differences: list[int], unit="km/h", display="dial") -> dict:
    """`differences` are those of the options from the limit; one of them is the true one."""
    answer = LETTERS[differences.index(speed - limit)]
    options = {"limit": limit, "speed": speed, "unit": unit, "options": differences}
    return {**options, "display": display, "answer": answer}


CANONICAL = _facts(60, 80, [10, 20, -20, 0])


def sample(random: Random, wide: bool = False) -> dict:
    """Facts of a fresh drive in tens of km/h; if `wide`, in fives, or any speed in digits, also in mph."""
    unit, display, step, limits = "km/h", "dial", 10, EASY_LIMITS
    if wide:
        unit, display = random.choice(("km/h", "mph")), random.choice(("dial", "digits"))
        step = 5 if display == "dial" else 1
        limits = MPH_LIMITS if unit == "mph" else range(5, 131, 5)
    limit = random.choice(limits)
    steps = [step * count for count in range(1, 5 if step == 10 else 8)]
    over = random.choice((True, True, False))
    near = [size if over else -size for size in steps if over or size < limit]
    true = random.choice([*near, *near, 0])
    rest = {0, -true, true + step, true - step, step, -step, 2 * step} - {true}
    possible = [other for other in rest if limit + other >= 0]
    differences = [true, *random.sample(sorted(possible), 3)]
    random.shuffle(differences)
    return _facts(limit, limit + true, differences, unit, display)


def draw(facts: dict, style: Style, language: str, scale: int = 1) -> Canvas:
    """The sign on the left; on the right the dial with its needle, or the speed in digits."""
    canvas = Canvas(WIDTH, HEIGHT, style, scale)
    dx, dy = style.shift
    _sign(canvas, SIGN_X + dx, MIDDLE + dy, facts)
    (_dial if facts["display"] == "dial" else _digits)(canvas, DIAL_X + dx, MIDDLE + dy, facts)
    return canvas


def _disc(canvas: Canvas, x: float, y: float, radius: float, fill, outline=None) -> None:
    canvas.ellipse(x - radius, y - radius, x + radius, y + radius, fill, outline)


def _sign(canvas: Canvas, x: float, y: float, facts: dict) -> None:
    """A red ring with the limit and its unit in it."""
    _disc(canvas, x, y, SIGN_RADIUS, RED)
    _disc(canvas, x, y, SIGN_RADIUS - 12, WHITE)
    canvas.text(x, y - 7, str(facts["limit"]), 40, BLACK, bold=True, align="center", key="limit")
    canvas.text(x, y + 23, facts["unit"], 16, BLACK, align="center", key="unit")


def _dial(canvas: Canvas, x: float, y: float, facts: dict) -> None:
    """A round dial: a tick for every five, a number outside for every twenty, the needle on the speed."""
    style = canvas.style
    end = -(-max(facts["speed"] + 20, facts["limit"] + 40) // 20) * 20

    def place(speed: float, radius: float) -> tuple[float, float]:
        turn = 0.5 * pi + (2 * pi - SWEEP) / 2 + SWEEP * speed / end
        return x + radius * cos(turn), y + radius * sin(turn)

    _disc(canvas, x, y, DIAL_RADIUS, mix(WHITE, style.palette[0], 0.15), style.ink)
    for speed in range(0, end + 1, 5):
        inner = 12 if speed % 20 == 0 else 9 if speed % 10 == 0 else 5
        canvas.line([place(speed, DIAL_RADIUS - 3), place(speed, DIAL_RADIUS - 3 - inner)], width=1.5)
        if speed % 20 == 0:
            canvas.text(*place(speed, DIAL_RADIUS + 17), str(speed), 16, align="center", key=f"mark {speed}")
    canvas.text(x, y + 32, facts["unit"], 16, align="center", key="speed unit")
    canvas.line([(x, y), place(facts["speed"], DIAL_RADIUS - 5)], style.accent, 3)
    canvas.mark("needle", "", *place(facts["speed"], DIAL_RADIUS - 5))
    _disc(canvas, x, y, 6, style.accent)


def _digits(canvas: Canvas, x: float, y: float, facts: dict) -> None:
    """A dark display with the speed in digits."""
    canvas.rectangle(x - 84, y - 50, x + 84, y + 50, (30, 34, 40), canvas.style.ink, radius=10)
    canvas.text(x, y - 12, str(facts["speed"]), 50, (235, 240, 235), bold=True, align="center", key="speed")
    canvas.text(x, y + 30, facts["unit"], 17, (235, 240, 235), align="center", key="speed unit")


def question(facts: dict, language: str) -> str:
    """Asks for the comparison, with four options."""
    asked = {"en": "How does the car's speed compare with the limit?", "zh": "汽车的速度和限速相比怎么样？"}[
        language
    ]
    lines = (f"{letter}. {text}" for letter, text in zip(LETTERS, _options(facts, language)))
    return "\n".join((asked, *lines))


def _options(facts: dict, language: str) -> tuple[str, ...]:
    """The texts of A to D."""
    texts = []
    for difference in facts["options"]:
        amount = f"{abs(difference)} {facts['unit']}"
        if difference == 0:
            pair = ("exactly at the limit", "正好等于限速")
        elif difference > 0:
            pair = (f"{amount} too fast", f"超速 {amount}")
        else:
            pair = (f"{amount} below the limit", f"比限速低 {amount}")
        texts.append(pair[language == "zh"])
    return tuple(texts)


def target(facts: dict, language: str) -> Choice:
    """The letter of the one true comparison."""
    return Choice(facts["answer"], _options(facts, language))
