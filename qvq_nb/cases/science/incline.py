"""A motor pulls a block up an incline; from C on nothing pulls, and the block slides on as far as D.

The answer published with the best-known problem of this kind has a sign wrong. While the block slides up,
friction points down the incline, as gravity does, so that CD = v² / (2g(sin α + μ cos α)), with a plus.
"""

from decimal import Decimal
from fractions import Fraction
from math import asin, cos, sin, tan
from random import Random

from qvq_nb.cases.drawing import Canvas, Style, mix
from qvq_nb.grading.number import Number

WIDTH, HEIGHT = 392, 280  # pixels
COSINES = {"0.6": "0.8", "0.8": "0.6", "0.28": "0.96", "0.96": "0.28"}  # of each sine
GRAVITY = 10  # m/s²
APEX, GROUND = 306, 254  # x of the top of the incline and y of its foot, in pixels
MOST_RISE, MOST_RUN = 164, 214  # pixels
STATIONS = (0.26, 0.58, 0.84)  # the shares of the incline at which A, C and D lie
BLOCK = 26  # the side of the block in pixels
CORD = BLOCK / 2  # pixels from the incline to the cord
LETTERS = "ABCDEFHKLNPQRSTXYZ"  # of points; a G, M or V would be taken for g, m or v
ASKED = ("length", "power", "share")


def _facts(sine: str, friction: str, speed: str, mass: str, asked="length", points="ACD", end="cord") -> dict:
    """Speed in m/s, mass in kg; `points` are where the block starts, is let go and stops."""
    given = {"sine": sine, "friction": friction, "speed": speed, "mass": mass}
    facts = {**given, "asked": asked, "points": points, "end": end}
    rubbing = Fraction(friction) * Fraction(COSINES[sine])
    answer, wrong = (_asked(facts, Fraction(sine), either) for either in (rubbing, -rubbing))
    return {**facts, "answer": _written(answer, asked), "wrong_sign": wrong and str(wrong)}


def _asked(facts: dict, weight: Fraction, rubbing: Fraction) -> Fraction | None:
    """The length in m, the power in W or the share, from both forces down the incline per newton of weight.

    None where the block would never stop.
    """
    if weight + rubbing <= 0:
        return None
    speed = Fraction(facts["speed"])
    if facts["asked"] == "length":
        return speed**2 / (2 * GRAVITY * (weight + rubbing))
    if facts["asked"] == "power":
        return Fraction(facts["mass"]) * GRAVITY * (weight + rubbing) * speed
    return abs(rubbing) / (weight + rubbing)


def _written(answer: Fraction, asked: str) -> str:
    """A share as a fraction, a length and a power in decimals."""
    if asked == "share":
        return str(answer)
    return f"{(Decimal(answer.numerator) / answer.denominator).normalize():f}"


CANONICAL = _facts("0.6", "0.5", "4", "2")


def sample(random: Random, wide: bool = False) -> dict:
    """Facts of a fresh incline: sin α 0.6 or 0.8; wide ones have any letters, 0.28 and 0.96, and decimals."""
    asked, end = random.choice(ASKED), random.choice(("cord", "motor"))
    while True:
        if wide:
            sine, friction = random.choice(list(COSINES)), _decimal(random, 0.02, 1.2, 2)
            places, largest = random.choice((0, 1)), 99_999
            speed, mass = _decimal(random, 1, 40, places), _decimal(random, 1, 999, places)
            points = "".join(random.sample(LETTERS, 3))
        else:
            sine, friction = random.choice(("0.6", "0.8")), random.choice(("0.125", "0.25", "0.5", "0.75"))
            speed, mass, points, largest = str(random.randint(1, 9)), str(random.randint(1, 9)), "ACD", 999
        facts = _facts(sine, friction, speed, mass, asked, points, end)
        answer = Fraction(facts["answer"])
        short = answer.denominator <= 100 if facts["asked"] == "share" else (answer * 100).denominator == 1
        if short and Fraction(1, 10) <= answer <= largest:
            return facts


def _decimal(random: Random, least: float, most: float, places: int) -> str:
    """A number between two others, in decimals, without zeros at its end."""
    unit = 10**places
    return f"{Decimal(random.randint(round(least * unit), round(most * unit))) / unit}"


def draw(facts: dict, style: Style, language: str, scale: int = 1) -> Canvas:
    """What happens in two lines, the numbers below, and the incline, as steep as it is, with its motor."""
    canvas = Canvas(WIDTH, HEIGHT, style, scale)
    dx, dy = style.shift
    start, let_go, stop = facts["points"]
    cord = facts["end"] == "cord"
    told = {
        "en": (
            f"From {start} to {let_go}: pulled up at a steady v = {facts['speed']} m/s",
            f"At {let_go}: {'the cord breaks' if cord else 'the motor is off'}; at {stop}: v = 0",
        ),
        "zh": (
            f"从 {start} 到 {let_go}：以 v = {facts['speed']} m/s 匀速上升",
            f"{let_go} 点：{'绳断' if cord else '电机关闭'}；{stop} 点：v = 0",
        ),
    }[language]
    for y, line, key in zip((22, 46), told, ("speed", "end")):
        canvas.text(14 + dx, y + dy, line, 16, key=key)
    for y, name, number in (
        (80, "m", f"{facts['mass']} kg"),
        (104, "μ", facts["friction"]),
        (128, "sin α", facts["sine"]),
        (152, "g", f"{GRAVITY} m/s²"),
    ):
        canvas.text(14 + dx, y + dy, f"{name} = {number}", 16, key=name)
    _incline(canvas, asin(float(facts["sine"])), facts["points"], {"en": "motor", "zh": "电机"}[language])
    return canvas


def _incline(canvas: Canvas, angle: float, points: str, motor: str) -> None:
    """The incline with its angle, the points on it, the block, the cord and the motor at the top."""
    style = canvas.style
    apex, ground = APEX + style.shift[0], GROUND + style.shift[1]
    length = min(MOST_RUN / cos(angle), MOST_RISE / sin(angle))
    foot = apex - length * cos(angle)

    def place(share: float, away: float = 0) -> tuple[float, float]:
        """A place on the incline, or `away` pixels above it."""
        along = share * length
        return foot + along * cos(angle) - away * sin(angle), ground - along * sin(angle) - away * cos(angle)

    canvas.polygon(
        [place(0), place(1), (apex, ground)], mix((255, 255, 255), style.palette[2], 0.35), style.ink
    )
    reach = max(30.0, 13 / tan(angle / 2))  # pixels from the foot to the letter α, which needs room
    turns = [angle * step / 12 for step in range(13)]
    canvas.line(
        [(foot + (reach - 12) * cos(turn), ground - (reach - 12) * sin(turn)) for turn in turns], width=1
    )
    canvas.text(
        foot + reach * cos(angle / 2), ground - reach * sin(angle / 2) + 1, "α", 16, align="center", key="α"
    )
    drum = place(1 + 12 / length, CORD)
    canvas.line([place(STATIONS[0], CORD), drum], style.accent)
    canvas.ellipse(drum[0] - 10, drum[1] - 10, drum[0] + 10, drum[1] + 10, style.palette[1], style.ink)
    canvas.text(drum[0] + 15, drum[1], motor, 16)
    half = BLOCK / 2 / length
    corners = [
        place(STATIONS[0] + side * half, away) for side, away in ((-1, 0), (1, 0), (1, BLOCK), (-1, BLOCK))
    ]
    canvas.polygon(corners, style.palette[0], style.ink)
    faint = mix(style.ink, style.paper, 0.5)
    for letter, share in zip(points, STATIONS):
        if share != STATIONS[0]:
            canvas.line([place(share, -4), place(share, BLOCK + 2)], faint, 1)
        x, y = place(share, BLOCK + 15)
        canvas.text(x, y, letter, align="center", key=f"point {letter}")


def question(facts: dict, language: str) -> str:
    """Asks for the length, for the motor's power or for the share that friction takes."""
    start, let_go, stop = facts["points"]
    return {
        "length": (f"How long is {let_go}{stop}?", f"{let_go}{stop} 段有多长？"),
        "power": (
            f"With what power does the motor pull the block from {start} to {let_go}?",
            f"从 {start} 到 {let_go}，电机拉物块的功率是多少？",
        ),
        "share": (
            f"What fraction of the block's kinetic energy at {let_go} has become heat at {stop}?",
            f"从 {let_go} 到 {stop}，物块的动能有几分之几因摩擦变成了内能？",
        ),
    }[facts["asked"]][language == "zh"]


def target(facts: dict, language: str) -> Number:
    """The number with its unit; the value that friction up the incline would give is known as a slip."""
    told = (
        "That is the value for friction up the incline; while the block moves up, friction points down.",
        "这是把摩擦力当作沿斜面向上算出的值；物块向上运动时，摩擦力沿斜面向下。",
    )
    unit = {"length": "m", "power": "W", "share": None}[facts["asked"]]
    slips = ((facts["wrong_sign"], *told),) if facts["wrong_sign"] else ()
    symbol = facts["points"][1:] if facts["asked"] == "length" else None
    return Number(facts["answer"], unit, slips=slips, symbol=symbol)
