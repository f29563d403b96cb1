"""A child with three sex chromosomes: in whose meiosis, and in which division, did they fail to part?"""

from random import Random

from qvq_nb.cases.drawing import Canvas, Style, mix
from qvq_nb.grading.choice import LETTERS, Choice

WIDTH, HEIGHT = 364, 252  # pixels
CAUSES = ("father I", "father II", "mother I", "mother II")
HALF = 27  # half the side of a person's sign, in pixels
MARKERS = "123456789"  # what tells one X chromosome from another


def causes(father: list[str], mother: list[str], child: list[str]) -> list[str]:
    """Which single errors give the child: one parent's gamete holds two chromosomes, the other's one.

    In meiosis I a pair of homologous chromosomes stays together, in meiosis II the two copies of one.
    """
    found = set()
    for name, parent, other in (("father", father, mother), ("mother", mother, father)):
        gametes = [(parent, "I"), *(([chromosome] * 2, "II") for chromosome in parent)]
        for pair, division in gametes:
            if any(sorted([*pair, single]) == sorted(child) for single in other):
                found.add(f"{name} {division}")
    return sorted(found)


def _facts(father: list[str], mother: list[str], child: list[str], order: list[str]) -> dict:
    (cause,) = causes(father, mother, child)
    return {"father": father, "mother": mother, "child": child, "options": order, "answer": cause}


CANONICAL = _facts(["X1", "Y"], ["X2", "X3"], ["X1", "X3", "Y"], list(CAUSES))


def sample(random: Random, wide: bool = False) -> dict:
    """Facts of a fresh family: X1, X2, X3; wide ones have any numbers, and some X chromosomes alike."""
    while True:
        one, two, three = random.sample(MARKERS, 3) if wide else MARKERS[:3]
        if wide and random.random() < 0.5:
            two, three = random.choice(((two, two), (one, three), (two, one)))
        parents = {"father": [f"X{one}", "Y"], "mother": [f"X{two}", f"X{three}"]}
        cause = random.choice(CAUSES)
        name, division = cause.split()
        pair = parents[name] if division == "I" else [random.choice(parents[name])] * 2
        child = sorted([*pair, random.choice(parents["mother" if name == "father" else "father"])])
        if causes(*parents.values(), child) == [cause]:
            return _facts(*parents.values(), child, random.sample(CAUSES, 4))


def draw(facts: dict, style: Style, language: str, scale: int = 1) -> Canvas:
    """A pedigree: the parents, joined by a line, and their child, with the sex chromosomes beside each."""
    canvas = Canvas(WIDTH, HEIGHT, style, scale)
    dx, dy = style.shift
    left, middle, right, top, bottom = 76 + dx, 182 + dx, 288 + dx, 70 + dy, 174 + dy
    canvas.line([(left, top), (right, top)])
    canvas.line([(middle, top), (middle, bottom)])
    names = {"en": ("father", "mother", "child"), "zh": ("父亲", "母亲", "孩子")}[language]
    for key, name, x, y in zip(
        ("father", "mother", "child"), names, (left, right, middle), (top, top, bottom)
    ):
        corners, color = (x - HALF, y - HALF, x + HALF, y + HALF), mix((255, 255, 255), style.palette[0], 0.4)
        if "Y" in facts[key]:
            canvas.rectangle(*corners, color, style.ink)
        else:
            canvas.ellipse(*corners, color, style.ink)
        if key == "child":
            canvas.text(x - HALF - 12, y, name, align="right")
        else:
            canvas.text(x, y - HALF - 16, name, align="center")
        canvas.text(
            x, y + HALF + 16, " ".join(facts[key]), style.text_size + 1, bold=True, align="center", key=key
        )
    return canvas


def question(facts: dict, language: str) -> str:
    """Asks for the parent and the division, with the four options in the order of the facts."""
    asked = {
        "en": "X chromosomes with the same number are the same. In whose meiosis, and in which division, "
        "did the child's sex chromosomes fail to separate?",
        "zh": "编号相同的 X 染色体相同。孩子的性染色体异常，是由谁的减数第几次分裂出错造成的？",
    }[language]
    lines = (f"{letter}. {text}" for letter, text in zip(LETTERS, _options(facts, language)))
    return "\n".join((asked, *lines))


def _options(facts: dict, language: str) -> tuple[str, ...]:
    """The texts of A to D."""
    parents = {"father": "父亲", "mother": "母亲"}
    texts = []
    for parent, division in map(str.split, facts["options"]):
        chinese = f"{parents[parent]}减数第{'一' if division == 'I' else '二'}次分裂"
        texts.append({"en": f"{parent}, meiosis {division}", "zh": chinese}[language])
    return tuple(texts)


# What went wrong there is asked, so that these words deny no option.
MATTER = (
    *("did not separate", "didn't separate", "failed to separate", "fail to separate", "do not separate"),
    *(
        "not separating",
        "failure",
        "error",
        "went wrong",
        "未分离",
        "没有分离",
        "没有分开",
        "出错",
        "错误发生",
    ),
)


def target(facts: dict, language: str) -> Choice:
    """The letter of the one cause that is possible."""
    letter = LETTERS[facts["options"].index(facts["answer"])]
    return Choice(letter, _options(facts, language), MATTER)
