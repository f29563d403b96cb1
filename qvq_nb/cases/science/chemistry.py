"""A flow chart of winning a metal from its ore: which salt is left in the last filtrate?"""

from random import Random

from qvq_nb.cases import metals
from qvq_nb.cases.drawing import Canvas, Style, mix, text_width
from qvq_nb.cases.names import CAPITALS
from qvq_nb.cases.scope import Scope, Topic
from qvq_nb.grading.compound import Compound
from qvq_nb.grading.text import Text

WIDTH, HEIGHT = 392, 308  # pixels
FIRST_WIDTH = 84  # pixels that a box of the first column is wide at least

# What the ore is roasted with. Nitrates are made by gentle heating, because roasting would destroy them.
REAGENTS = {
    "sulfate": {"en": "ammonium sulfate", "zh": "硫酸铵", "process": "roast",
                "ion": "SO4", "charge": 2, "salt_zh": "硫酸"},
    "nitrate": {"en": "ammonium nitrate", "zh": "硝酸铵", "process": "heat",
                "ion": "NO3", "charge": 1, "salt_zh": "硝酸"},
    "chloride": {"en": "ammonium chloride", "zh": "氯化铵", "process": "roast",
                 "ion": "Cl", "charge": 1, "salt_zh": "氯化"},
}  # fmt: skip

# The metal powder that drives the won metal out of filtrate C; excess iron leaves iron(II), never iron(III).
DISPLACERS = {
    "iron": {"en": "iron", "zh": "铁", "symbol": "Fe", "charge": 2,
             "salt_en": ("iron(II)", "iron (II)", "ferrous"), "salt_zh": "亚铁"},
    "zinc": {"en": "zinc", "zh": "锌", "symbol": "Zn", "charge": 2, "salt_en": ("zinc",), "salt_zh": "锌"},
    "magnesium": {"en": "magnesium", "zh": "镁", "symbol": "Mg", "charge": 2,
                  "salt_en": ("magnesium",), "salt_zh": "镁"},
    "aluminium": {"en": "aluminium", "zh": "铝", "symbol": "Al", "charge": 3,
                  "salt_en": ("aluminium", "aluminum"), "salt_zh": "铝"},
}  # fmt: skip

_ALL, _LESS_NOBLE = tuple(DISPLACERS), ("zinc", "magnesium", "aluminium")
METALS = {
    "copper": {"en": "copper", "zh": "铜", "symbol": "Cu", "displacers": _ALL},
    "nickel": {"en": "nickel", "zh": "镍", "symbol": "Ni", "displacers": _LESS_NOBLE},
    "lead": {"en": "lead", "zh": "铅", "symbol": "Pb", "displacers": _ALL},
    "silver": {"en": "silver", "zh": "银", "symbol": "Ag", "displacers": _ALL},
}

# The anions that bring the metal into a solution of water: sulfides are roasted, only oxides and carbonates
# are heated with a nitrate; silver chloride, lead chloride and lead sulfate would not dissolve.
_ROASTED, _ANY = ("sulfate", "chloride"), ("sulfate", "nitrate", "chloride")
ORES = {
    "chalcopyrite": {"en": "chalcopyrite", "zh": "黄铜矿", "metal": "copper", "anions": _ROASTED},
    "chalcocite": {"en": "chalcocite", "zh": "辉铜矿", "metal": "copper", "anions": _ROASTED},
    "bornite": {"en": "bornite", "zh": "斑铜矿", "metal": "copper", "anions": _ROASTED},
    "malachite": {"en": "malachite", "zh": "孔雀石", "metal": "copper", "anions": _ANY},
    "azurite": {"en": "azurite", "zh": "蓝铜矿", "metal": "copper", "anions": _ANY},
    "cuprite": {"en": "cuprite", "zh": "赤铜矿", "metal": "copper", "anions": _ANY},
    "millerite": {"en": "millerite", "zh": "针镍矿", "metal": "nickel", "anions": _ROASTED},
    "cerussite": {"en": "cerussite", "zh": "白铅矿", "metal": "lead", "anions": ("nitrate",)},
    "acanthite": {"en": "acanthite", "zh": "辉银矿", "metal": "silver", "anions": ("sulfate",)},
}
ALL_DISPLACERS = {**DISPLACERS, **metals.MORE_DISPLACERS}
ALL_METALS, ALL_ORES = {**METALS, **metals.MORE_METALS}, {**ORES, **metals.MORE_ORES}

LABELS = {
    "en": {
        "crush": "crush", "roast": "roast", "heat": "heat", "gas": "gas", "solid": "solid B",
        "leach": "water leach", "filtrate": "filtrate C", "residue": "residue D", "last": "filtrate E",
        "inputs": "{}, air", "crude": "crude {}", "powder": ("add excess", "{} powder"),
    },
    "zh": {
        "crush": "粉碎", "roast": "焙烧", "heat": "加热", "gas": "气体", "solid": "固体B",
        "leach": "水浸", "filtrate": "滤液C", "residue": "滤渣D", "last": "滤液E",
        "inputs": "{}、空气", "crude": "粗{}", "powder": ("加入过量", "{}粉"),
    },
}  # fmt: skip
LETTERS = {"solid": "B", "filtrate": "C", "residue": "D", "last": "E"}


def salt(anion: str, displacer: str) -> dict:
    """The salt of a displacing metal: its formula, with plain digits, and its names, English and Chinese."""
    acid, metal = REAGENTS[anion], ALL_DISPLACERS[displacer]
    metals, ions = acid["charge"], metal["charge"]
    if metals == ions:  # else the charges 1, 2 and 3 have no common divisor
        metals = ions = 1
    ion = f"({acid['ion']})" if ions > 1 and len(acid["ion"]) > 2 else acid["ion"]
    formula = metal["symbol"] + _count(metals) + ion + _count(ions)
    names = [f"{name} {anion}" for name in metal["salt_en"]] + [acid["salt_zh"] + metal["salt_zh"]]
    return {"formula": formula, "names": names}


def _count(atoms: int) -> str:
    return str(atoms) if atoms > 1 else ""


def _facts(ore: str, anion: str, displacer: str, column: int = 284) -> dict:
    read = {"ore": ore, "won": ALL_ORES[ore]["metal"], "reagent": REAGENTS[anion]["en"], "anion": anion}
    return {**read, "displacer": displacer, "column": column, "answer": salt(anion, displacer)}


CANONICAL = _facts("chalcopyrite", "sulfate", "iron")


def sample(random: Random, wide: bool = False) -> dict:
    """Facts of a fresh chart; every one of the twelve answers is equally likely.

    Wide ones have more ores and metals, other letters and other words in the boxes.
    """
    if wide:
        return _wide_facts(random)
    anion, displacer = random.choice(list(REAGENTS)), random.choice(list(DISPLACERS))
    ores = [
        name
        for name, ore in ORES.items()
        if anion in ore["anions"] and displacer in METALS[ore["metal"]]["displacers"]
    ]
    return _facts(random.choice(ores), anion, displacer, random.randint(282, 288))


def _wide_facts(random: Random) -> dict:
    """An answer that is chemically possible, an ore for it, letters in their order, and words."""
    ways = metals.ways(ALL_ORES, ALL_DISPLACERS)
    anion, displacer = random.choice(list(ways))
    facts = _facts(random.choice(ways[anion, displacer]), anion, displacer, random.randint(282, 288))
    letters = dict(zip(LETTERS, sorted(random.sample(CAPITALS, len(LETTERS)))))
    words = {key: random.randint(0, len(others)) for key, others in metals.OTHER_WORDS["en"].items()}
    return {**facts, "letters": letters, "words": words}


def _labels(facts: dict, language: str) -> dict:
    """What stands in the boxes: the words and the letters that the facts choose, else the lesson's own."""
    labels, others = dict(LABELS[language]), metals.OTHER_WORDS[language]
    for key, number in facts.get("words", {}).items():
        labels[key] = (labels[key], *others[key])[number]
    for key, letter in facts.get("letters", LETTERS).items():
        labels[key] = labels[key][:-1] + letter
    return labels


def draw(facts: dict, style: Style, language: str, scale: int = 1) -> Canvas:
    """The flow chart: right along the first row, down, left along the second, down, right to the products."""
    canvas = Canvas(WIDTH, HEIGHT, style, scale)
    dx, dy = style.shift
    label, acid = _labels(facts, language), REAGENTS[facts["anion"]]
    material = mix(style.paper, (255, 255, 255), 0.5)
    process, product = (mix(color, (255, 255, 255), 0.65) for color in (style.palette[0], style.palette[2]))
    left, column = 13 + dx, facts["column"] + dx
    first, second, third, last = 78 + dy, 136 + dy, 231 + dy, 277 + dy

    ore = _box(canvas, left, first, [ALL_ORES[facts["ore"]][language]], material, "left", FIRST_WIDTH, "ore")
    roast = _box(canvas, column, first, [label[acid["process"]]], process)
    crush = _box(canvas, (ore[2] + roast[0]) / 2, first, [label["crush"]], process)
    canvas.arrow([(ore[2], first), (crush[0], first)])
    canvas.arrow([(crush[2], first), (roast[0], first)])
    inputs = label["inputs"].format(acid[language])
    half = text_width(inputs, style.text_size) / 2
    canvas.text(min(column, WIDTH - 13 + dx - half), 25 + dy, inputs, align="center", key="reagent")
    canvas.arrow([(column, 37 + dy), (column, roast[1])])
    canvas.arrow([(roast[2], first), (roast[2] + 20, first)])
    canvas.text(roast[2] + 25, first, label["gas"])

    solid = _box(canvas, column, second, [label["solid"]], material)
    filtrate = _box(canvas, left, second, [label["filtrate"]], material, "left", FIRST_WIDTH)
    leach = _box(canvas, (filtrate[2] + solid[0]) / 2, second, [label["leach"]], process)
    canvas.arrow([(column, roast[3]), (column, solid[1])])
    canvas.arrow([(solid[0], second), (leach[2], second)])
    canvas.arrow([(leach[0], second), (filtrate[2], second)])
    below = (leach[0] + leach[2]) / 2
    canvas.arrow([(below, leach[3]), (below, 176 + dy)])
    canvas.text(below, 187 + dy, label["residue"], align="center")

    middle = (third + last) / 2
    powder = [line.format(ALL_DISPLACERS[facts["displacer"]][language]) for line in label["powder"]]
    add = _box(canvas, left, middle, powder, process, "left", FIRST_WIDTH, "powder")
    down = (filtrate[0] + filtrate[2]) / 2
    canvas.arrow([(down, filtrate[3]), (down, add[1])])
    products = [label["crude"].format(ALL_METALS[facts["won"]][language]), label["last"]]
    widest = max(text_width(text, style.text_size) for text in products) + 16
    for y, text, key in zip((third, last), products, ("won", "filtrate")):
        box = _box(canvas, column, y, [text], product, "center", widest, key)
        fork = box[0] - 22
        canvas.arrow([(add[2], middle), (fork, middle), (fork, y), (box[0], y)])
    return canvas


def _box(canvas: Canvas, x, y, lines: list[str], fill, align="center", least=0, key=None) -> tuple:
    """Draws a box of `lines`, at least `least` wide; `align` says what of it `x` is. Returns its corners."""
    size = canvas.style.text_size
    width = max(least, *(text_width(line, size) + 16 for line in lines))
    height = 30 if len(lines) == 1 else 54
    left = x - {"left": 0, "center": width / 2}[align]
    canvas.rectangle(left, y - height / 2, left + width, y + height / 2, fill, canvas.style.ink, radius=4)
    for row, line in enumerate(lines):
        canvas.text(left + width / 2, y + 22 * (row - (len(lines) - 1) / 2), line, align="center", key=key)
    return left, y - height / 2, left + width, y + height / 2


def question(facts: dict, language: str) -> str:
    """Asks for the substance in the last filtrate."""
    last = _labels(facts, language)["last"]
    english, chinese = "What chemical substance is {} in the picture?", "图片中的{}是什么化学物质？"
    return {"en": english, "zh": chinese}[language].format(last)


def target(facts: dict, language: str) -> Compound:
    """The salt in the last filtrate, by its name and its formula."""
    names, formula = facts["answer"]["names"], facts["answer"]["formula"]
    expected = {"en": f"{names[0]}, {formula}", "zh": f"{names[-1]}，{formula}"}[language]
    return Compound(expected, formula, tuple(names), label=facts.get("letters", LETTERS)["last"])


FOLLOW_UPS = {
    "metal": (("Which metal is displaced?", "Which crude metal is won in this process?",
               "What metal comes out at the end?", "Name the metal that is driven out of {filtrate}."),
              ("被置换出来的是什么金属？", "这个流程得到的粗金属是什么？", "最后得到什么金属？",
               "{filtrate}中被置换的是哪种金属？")),
    "powder": (("Which metal powder is added?", "What powder is added in excess?",
                "Which metal displaces the other one?"),
               ("加入的是什么金属粉？", "加入的过量粉末是什么？", "哪种金属置换了另一种？")),
    "ore": (("Which ore is used?", "What is the ore at the start?", "Name the ore in the flow chart."),
            ("用的是什么矿石？", "流程开始的矿石是什么？", "说出流程图中的矿石。")),
    "reagent": (("What is the ore heated with?", "Which salt is added to the ore?",
                 "Which reagent is used with air?"),
                ("矿石和什么一起加热？", "往矿石里加的是什么盐？", "和空气一起加入的试剂是什么？")),
}  # fmt: skip
_NAMED = {  # for each kind of question: the table of names, and the fact to look up in it
    "metal": (ALL_METALS, "won"),
    "powder": (ALL_DISPLACERS, "displacer"),
    "ore": (ALL_ORES, "ore"),
    "reagent": (REAGENTS, "anion"),
}


def follow_up(kind: str, facts: dict, language: str, random: Random) -> tuple[dict, dict, Text]:
    """The name of another substance in the chart: what is asked about, its words, the target."""
    table, fact = _NAMED[kind]
    words = {"filtrate": _labels(facts, language)["filtrate"]}
    return {}, words, Text(table[facts[fact]][language])


SCOPE = Scope(
    does={"en": "name the substances in a flow chart of metal winning", "zh": "说出金属冶炼流程图中的物质"},
    en=Topic(
        "filtrate ore reagent chalcopyrite displaced displace displaces",
        "metal powder substance salt crude solid e residue mineral gas element",
        "filtrate excess added add heated roasted roast flow crude displaced replaced replaces pushed driven "
        "leach process left end come extracted obtained start powder chart push drive win won e",
    ),
    zh=Topic(
        "滤液 矿 置换 粗金属 金属粉",
        "金属 粉 物质 试剂 盐 固体 焙烧 加热",
        "加 过量 得到 流程 焙烧 最后 出来 e是",
    ),
)
