"""A phone with a few pages and switches, and something to switch: where does one tap?"""

from dataclasses import dataclass
from random import Random

from qvq_nb.cases.drawing import Canvas, Style, mix
from qvq_nb.errors import QvqError
from qvq_nb.grading.forms.point import Corners, Point
from qvq_nb.grading.forms.state import FirstTap, State, shortest_way, written
from qvq_nb.grading.verdict import Verdict, check, phrase

WIDTH, HEIGHT = 224, 392  # pixels
HEADER, ROWS_TOP, ROW = 56, 80, 52  # y of the middle of the title and of the top of the rows, a row's height
CELLS_TOP, CELL_HEIGHT = 40, 108  # of the apps on the home page, which stand in two columns
BACK = (4, 34, 52, 78)  # corners of the arrow that leads back

# Of each: what stands on the screen, in English and in Chinese.
WORDS = {
    "settings": ("Settings", "设置"), "camera": ("Camera", "相机"), "mail": ("Mail", "邮件"),
    "music": ("Music", "音乐"), "maps": ("Maps", "地图"), "clock": ("Clock", "时钟"),
    "weather": ("Weather", "天气"), "back": ("back", "返回"), "connections": ("Connections", "连接"),
    "display": ("Display", "显示"), "sound": ("Sound", "声音"), "battery": ("Battery", "电池"),
    "wifi": ("Wi-Fi", "无线网络"), "bluetooth": ("Bluetooth", "蓝牙"), "data": ("Mobile data", "移动数据"),
    "hotspot": ("Hotspot", "热点"), "dark": ("Dark mode", "深色模式"), "night": ("Night light", "护眼模式"),
    "rotation": ("Auto-rotate", "自动旋转"), "vibration": ("Vibration", "振动"),
    "keys": ("Key sound", "按键音"), "silent": ("Silent mode", "静音模式"),
    "saver": ("Battery saver", "省电模式"), "percentage": ("Percentage", "电量百分比"),
}  # fmt: skip
APPS = ("camera", "mail", "music", "maps", "clock", "weather")
TOPICS = {
    "connections": ("wifi", "bluetooth", "data", "hotspot"),
    "display": ("dark", "rotation", "night"),
    "sound": ("vibration", "keys", "silent"),
    "battery": ("saver", "percentage"),
}
# Of a switch: whether it was asked for, and whether it is on.
LACKING = {
    (True, True): ("{name} is still on", "{name}还开着"),
    (True, False): ("{name} is still off", "{name}还关着"),
    (False, True): ("{name} was turned on", "{name}被打开了"),
    (False, False): ("{name} was turned off", "{name}被关闭了"),
}
# Page 0 is home with its apps, page 1 the settings with switches and the names of the other pages.
CANONICAL = {
    "apps": ["camera", "settings", "mail", "maps"],
    "settings": ["connections", "dark", "vibration"],
    "pages": {"connections": ["wifi", "bluetooth"]},
    "page": 0,
    "on": ["bluetooth", "vibration", "wifi"],
    "goal": {"bluetooth": False},
}


def sample(random: Random, wide: bool = False) -> dict:
    """Facts of a fresh phone with three pages and four switches, one of which is to be changed.

    A wide one has four or five pages, up to eight switches, and often two to be changed.
    """
    topics = random.sample(list(TOPICS), random.randint(2, 3) if wide else 1)
    most = 3 if len(topics) == 2 else 2
    counts = [min(random.randint(1, most), len(TOPICS[topic])) if wide else 2 for topic in topics]
    pages = {topic: random.sample(TOPICS[topic], count) for topic, count in zip(topics, counts)}
    elsewhere = [switch for topic in TOPICS if topic not in topics for switch in TOPICS[topic]]
    direct = random.sample(elsewhere, random.randint(0, 2) if wide else 2)
    settings, switches = [*topics, *direct], [*direct, *(name for page in pages.values() for name in page)]
    apps = ["settings", *random.sample(APPS, random.randint(3, 5) if wide else 3)]
    random.shuffle(settings)
    random.shuffle(apps)
    on = sorted(switch for switch in switches if random.random() < 0.5)
    asked = random.sample(switches, random.choice((1, 2)) if wide else 1)
    goal = {switch: switch not in on for switch in asked}
    page = random.randrange(2 + len(topics))
    return {"apps": apps, "settings": settings, "pages": pages, "page": page, "on": on, "goal": goal}


@dataclass(frozen=True)
class Pages:
    """What the phone of `facts` does. A state is the page and the set of the switches that are on."""

    facts: dict

    @property
    def start(self) -> tuple[int, frozenset]:
        """The state that the case shows."""
        return self.facts["page"], frozenset(self.facts["on"])

    def elements(self, page: int) -> list[tuple[str, Corners]]:
        """What can be tapped on a page: its name and its corners in pixels."""
        if page == 0:
            return [(name, _cell(index)) for index, name in enumerate(self.facts["apps"])]
        names = {"settings": self.facts["settings"], **self.facts["pages"]}[self.below_home[page - 1]]
        return [("back", BACK), *((name, _row(index)) for index, name in enumerate(names))]

    @property
    def below_home(self) -> list[str]:
        """The names of the pages from 1 on."""
        return ["settings", *self.facts["pages"]]

    def places(self, state) -> list[tuple[int, int]]:
        """The middle of all that can be tapped, in thousandths."""
        return [_middle(corners) for _, corners in self.elements(state[0])]

    def after(self, state, x: float, y: float) -> tuple[int, frozenset]:
        """The state after a tap at (x, y) in thousandths."""
        (page, on), x, y = state, x * WIDTH / 1000, y * HEIGHT / 1000
        for name, (left, top, right, bottom) in self.elements(page):
            if left <= x <= right and top <= y <= bottom:
                if name in self.below_home:
                    return self.below_home.index(name) + 1, on
                page = min(page - 1, 1) if name == "back" else page
                return page, on if name in ("back", *APPS) else on ^ {name}
        return state

    def lacks(self, state, language: str) -> list[str]:
        """Each switch that is not as asked for, or that was to stay as it was."""
        wanted = {name for name, value in self.facts["goal"].items() if value}
        wanted |= {name for name in self.facts["on"] if name not in self.facts["goal"]}
        pairs = {name: LACKING[name in self.facts["goal"], name in state[1]] for name in wanted ^ state[1]}
        return [phrase(pairs[name], language, name=_word(name, language)) for name in sorted(pairs)]


def _cell(index: int) -> Corners:
    """The corners of an app on the home page, its name included."""
    left, top = index % 2 * WIDTH // 2, CELLS_TOP + index // 2 * CELL_HEIGHT
    return left + 10, top + 4, left + WIDTH // 2 - 10, top + CELL_HEIGHT - 4


def _row(index: int) -> Corners:
    """The corners of a row of a page below home."""
    return 8, ROWS_TOP + index * ROW, WIDTH - 8, ROWS_TOP + (index + 1) * ROW


def _middle(corners: Corners) -> tuple[int, int]:
    left, top, right, bottom = corners
    return round(500 * (left + right) / WIDTH), round(500 * (top + bottom) / HEIGHT)


def _word(name: str, language: str) -> str:
    return WORDS[name][language == "zh"]


class Phone:
    """The phone of a case, to be tapped: `screen()` shows it, `tap(x, y)` taps, `done()` gives the verdict.

    x and y are thousandths of the screen's width and height, from the upper left corner.
    """

    def __init__(self, facts: dict, language: str = "en", style: Style | None = None):
        self.facts, self.language, self.style = facts, language, style or Style()
        self.pages = Pages(facts)
        self.state, self.taps = self.pages.start, []

    def screen(self):
        """What the phone shows now, a PIL image of 224 × 392 pixels."""
        return _drawn(self.facts, self.state, self.style, self.language).image()

    def tap(self, x: int, y: int) -> None:
        """Taps once; where nothing is, nothing happens, but the tap counts."""
        for number in (x, y):
            if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= 1000:
                raise QvqError(f"A tap is two whole numbers from 0 to 1000; ({x!r}, {y!r}) is not.")
        self.taps.append((x, y))
        self.state = self.pages.after(self.state, x, y)

    def done(self) -> Verdict:
        """Whether the goal is reached, by at most twice the fewest taps."""
        return check(State(self.pages), written(self.taps), self.language, family=__name__.split(".")[-1])


def draw(facts: dict, style: Style, language: str, scale: int = 1) -> Canvas:
    """The first screen; the style's shift is left out, since the answer is a place."""
    return _drawn(facts, Pages(facts).start, style, language, scale)


def _drawn(facts: dict, state, style: Style, language: str, scale: int = 1) -> Canvas:
    """The screen in a state."""
    canvas, (page, on) = Canvas(WIDTH, HEIGHT, style, scale), state
    pages, faint = Pages(facts), mix(style.ink, style.paper, 0.7)
    canvas.rectangle(0, 0, WIDTH - 1, HEIGHT - 1, outline=faint, width=1)
    canvas.text(12, 18, "9:41", 16, bold=True)
    canvas.rectangle(184, 12, 210, 24, outline=style.ink, radius=3)
    canvas.rectangle(187, 15, 202, 21, style.ink)
    if page == 0:
        for index, (name, corners) in enumerate(pages.elements(page)):
            _app(canvas, name, corners, style.palette[index % 3], language)
        return canvas
    canvas.arrow([(36, HEADER), (16, HEADER)], width=2.5, head=12)
    canvas.text(60, HEADER, _word(pages.below_home[page - 1], language), 20, bold=True, key="title")
    for name, (left, top, right, bottom) in pages.elements(page)[1:]:
        middle = (top + bottom) / 2
        canvas.text(left + 8, middle, _word(name, language), key=f"row {name}")
        canvas.line([(left, bottom), (right, bottom)], faint, 1)
        if name in TOPICS:
            canvas.line([(right - 18, middle - 7), (right - 11, middle), (right - 18, middle + 7)], width=2)
        else:
            _switch(canvas, name, right - 28, middle, name in on)
    return canvas


def _app(canvas: Canvas, name: str, corners: Corners, color, language: str) -> None:
    """A square with the first letter of the app, or with the gear of the settings, above its name."""
    left, top, right, _ = corners
    middle, y = (left + right) / 2, top + 36
    canvas.rectangle(middle - 28, y - 28, middle + 28, y + 28, mix(color, canvas.style.paper, 0.4), radius=12)
    if name == "settings":
        for dx, dy in ((0, 17), (17, 0), (12, 12), (12, -12)):
            canvas.line([(middle - dx, y - dy), (middle + dx, y + dy)], width=7)
        canvas.ellipse(middle - 13, y - 13, middle + 13, y + 13, canvas.style.ink)
        canvas.ellipse(middle - 6, y - 6, middle + 6, y + 6, canvas.style.paper)
    else:
        canvas.text(middle, y, _word(name, language)[0], 26, bold=True, align="center")
    canvas.text(middle, top + 82, _word(name, language), 16, align="center", key=f"app {name}")


def _switch(canvas: Canvas, name: str, x: float, y: float, is_on: bool) -> None:
    """A switch round (x, y): coloured with its knob on the right where it is on."""
    style, knob = canvas.style, x + (10 if is_on else -10)
    fill = mix(style.palette[0], style.ink, 0.25) if is_on else mix(style.paper, style.ink, 0.25)
    canvas.rectangle(x - 22, y - 12, x + 22, y + 12, fill, radius=12)
    canvas.ellipse(knob - 9, y - 9, knob + 9, y + 9, (255, 255, 255))
    canvas.mark(f"switch {name}", "on" if is_on else "off", knob, y)


def goal(facts: dict, language: str) -> str:
    """What is to be done, such as "Turn Bluetooth off and Dark mode on"."""
    asked = [(_word(name, language), value) for name, value in facts["goal"].items()]
    if language == "zh":
        return "，".join(f"{'打开' if value else '关闭'}{name}" for name, value in asked)
    return "Turn " + " and ".join(f"{name} {'on' if value else 'off'}" for name, value in asked)


def question(facts: dict, language: str) -> str:
    """Says what is to be done, and asks for the tap that comes next."""
    return f"{goal(facts, language)}" + {"en": ". Where do you tap?", "zh": "，点哪里？"}[language]


def target(facts: dict, language: str) -> FirstTap:
    """Each place that begins a shortest way; an answer may also be all the taps."""
    pages, state = Pages(facts), State(Pages(facts))
    elements = pages.elements(facts["page"])
    begins = [
        len(shortest_way(pages, pages.after(pages.start, *_middle(corners)))) < len(state.way)
        for _, corners in elements
    ]
    places = tuple(corners for (_, corners), right in zip(elements, begins) if right)
    others = tuple(
        (_word(name, language), corners) for (name, corners), right in zip(elements, begins) if not right
    )
    return FirstTap(Point(places, (WIDTH, HEIGHT), others), state)
