"""Corner sofas, as qvq-mini learns them: four measures read twice, then areas and volume in decimetres."""

from random import Random

from qvq_mini.families.layouts import sofa as layout
from qvq_mini.thinking import Piece, Writer, product, spaced

WEIGHT, OTHER_LOOKS_SHARE = 1.4, 0.75
THING = {"en": "sofa", "zh": "沙发"}
STATED = r"\d+"
MEASURES = {
    "long": ("long side", "长"),
    "short": ("short side", "短边"),
    "depth": ("depth", "宽"),
    "height": ("height", "高"),
}
WORDINGS = {
    "en": (
        "How large is the volume of the sofa?",
        "Calculate the volume of this sofa.",
        "What volume does the sofa have?",
        "Find the volume of the sofa in the picture.",
        "How many cubic centimetres is this sofa?",
        "Work out the sofa's volume.",
        "What is the sofa's volume in cubic centimetres?",
        "Please compute the volume of the corner sofa.",
        "How much space does the sofa take up?",
        "Use the sizes in the drawing to find the volume.",
        "Volume of this sofa?",
    ),
    "zh": (
        "沙发的体积有多大？",
        "计算这个沙发的体积。",
        "这个沙发体积是多少立方厘米？",
        "求图中沙发的体积。",
        "这张沙发是多少立方厘米？",
        "算出沙发的体积。",
        "沙发体积多少？",
        "请计算转角沙发的体积。",
        "沙发占多大的空间？",
        "根据图中的尺寸求体积。",
        "图中沙发的体积等于多少？",
    ),
}
PARTS = {  # how it is asked, what is asked for, and where it stands
    "en": (
        ("What is {}?", "How large is {}?", "Calculate {}.", "Find {}.", "Tell me {}.", "Work out {}.",
         "How big is {}?"),
        ("the volume of the sofa", "the sofa's volume", "the volume of this couch", "the whole volume",
         "the volume in cubic centimetres", "the volume of the L-shaped sofa",
         "the volume of the corner sofa"),
        ("", " in the picture", " here", " from the sizes", " in the drawing"),
    ),
    "zh": (
        ("{}是多少？", "{}有多大？", "求{}。", "计算{}。", "算一下{}。", "{}等于多少？",
         "{}是多少立方厘米？", "{}怎么算，是多少？"),
        ("沙发的体积", "这个沙发的体积", "L形沙发的体积", "沙发体积", "整个沙发的体积", "转角沙发的总体积"),
        ("", "图中", "按图中尺寸", "这里"),
    ),
}  # fmt: skip

draw_otherwise = layout.draw


def values(facts: dict):
    """The four measures."""
    return [facts[name] for name in MEASURES]


def other_facts(facts: dict, random: Random) -> dict:
    """The same sofa."""
    return facts


def think(writer: Writer) -> str:
    """Reads the measures, the ones that are asked for a second time, and calculates in decimetres."""
    facts, kind = writer.facts, writer.kind
    english, chinese = {None: ("volume", "体积"), "area": ("floor area", "底面积"), **MEASURES}[kind]
    writer.wanted(f"the {english}", chinese)
    writer.say("Let me read the sizes: ", "我读出尺寸：")
    first = []
    for name, (english, chinese) in MEASURES.items():
        joint = ("，" if writer.chinese else ", ") if first else ""
        writer.say(f"{joint}{english} ", f"{joint}{chinese}")
        first.append(Piece(str(facts[name]), name))
        writer.read(first[-1:])
        writer.say(" cm", "厘米")
    writer.say(".\nLet me double-check: ", "。\n再核对一遍：")
    again = [kind] if kind in MEASURES else MEASURES
    writer.check(first, spaced([Piece(str(facts[name]), name) for name in again]))
    if kind in MEASURES:
        return f"{facts[kind]}\\ \\text{{cm}}"
    long, short, depth, height = (facts[name] // 10 for name in MEASURES)
    rest = short - depth
    first_area, second_area = long * depth, rest * depth
    area = first_area + second_area
    writer.say("In decimetres:\n", "用分米算：\n")
    writer.say(
        f"{long}×{depth}={first_area}\n{short}-{depth}={rest}\n{rest}×{depth}={second_area}\n"
        f"{first_area}+{second_area}={area}\n"
    )
    if kind == "area":
        writer.say(f"The area is {area} square decimetres.", f"面积是{area}平方分米。")
        return f"{area}00\\ \\text{{cm}}^2"
    volume = area * height
    writer.say(f"{product(area, height)}\n")
    writer.say(f"The volume is {volume} cubic decimetres.", f"体积是{volume}立方分米。")
    return f"{volume}000\\ \\text{{cm}}^3"
