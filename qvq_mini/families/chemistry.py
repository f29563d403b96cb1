"""Flow charts of metal winning, as qvq-mini learns them: what goes in is read, the salt follows from it."""

import re
from random import Random

from qvq_mini.families.layouts import chemistry as layout
from qvq_mini.thinking import Piece, Writer, spaced
from qvq_nb.cases.science import chemistry

WEIGHT, OTHER_LOOKS_SHARE = 1.8, 0.8
THING = {"en": "flow chart", "zh": "流程图"}
NAMES = [
    entry[language]
    for table in (chemistry.ORES, chemistry.REAGENTS, chemistry.DISPLACERS)
    for entry in table.values()
    for language in ("en", "zh")
]
STATED = "|".join(sorted(map(re.escape, NAMES), key=len, reverse=True))
# What can be read, by its key in the drawing: the table of names, the fact, and the sentence that says it.
READ = {
    "ore": (chemistry.ORES, "ore", "The ore is ", "矿石是"),
    "reagent": (chemistry.REAGENTS, "anion", "It is heated with ", "加热时加的是"),
    "powder": (chemistry.DISPLACERS, "displacer", "The metal powder in excess is ", "过量的金属粉是"),
    "won": (chemistry.METALS, "won", "The crude metal is ", "粗金属是"),
}
# What is asked for, by the kind of question: its words, and what is read for it.
WANTED = {
    None: ("filtrate E", "滤液E", ("ore", "reagent", "powder")),
    "ore": ("the ore", "矿石", ("ore",)),
    "reagent": ("the reagent", "加热时加的试剂", ("reagent",)),
    "powder": ("the metal powder", "金属粉", ("powder",)),
    "metal": ("the crude metal", "粗金属", ("won",)),
}
WORDINGS = {
    "en": (
        "What is filtrate E?",
        "Which substance is filtrate E?",
        "Which substance is in filtrate E?",
        "Name the chemical substance of filtrate E.",
        "What does filtrate E contain?",
        "Look at the flow chart: what is filtrate E?",
        "Identify filtrate E.",
        "Please name the salt in filtrate E.",
        "What is the substance E in this process?",
        "Give the name and formula of filtrate E.",
        "At the end of the process, what is filtrate E?",
    ),
    "zh": (
        "滤液E是什么？",
        "滤液E是哪种物质？",
        "滤液E中的物质是什么？",
        "请说出滤液E的化学物质。",
        "滤液E含有什么？",
        "看流程图，滤液E是什么？",
        "判断滤液E是什么物质。",
        "请写出滤液E中的盐。",
        "这个流程中的E是什么物质？",
        "写出滤液E的名称和化学式。",
        "流程最后得到的滤液E是什么？",
    ),
}
PARTS = {  # how it is asked, what is asked for, and where it stands
    "en": (
        ("What is {}?", "Which substance is {}?", "Tell me what {} is.", "Name {}.", "Which salt is {}?",
         "Which compound is {}?", "What do you call {}?"),
        ("filtrate E", "the filtrate E", "the last filtrate", "the substance of filtrate E",
         "the salt in filtrate E", "the solution called filtrate E"),
        ("", " in this process", " in the flow chart", " here", " at the end", " in the picture"),
    ),
    "zh": (
        ("{}是什么？", "{}是哪种物质？", "{}是什么盐？", "{}叫什么？", "说出{}。", "写出{}。",
         "{}是哪种化合物？"),
        ("滤液E", "最后的滤液E", "滤液E里的物质", "滤液E中的盐", "滤液E的溶质", "滤液E的主要成分"),
        ("", "流程图中", "图里", "这里", "最后"),
    ),
}  # fmt: skip

draw_otherwise = layout.draw


def values(facts: dict):
    """The ore, the reagent and the powder."""
    return facts["ore"], facts["anion"], facts["displacer"]


def other_facts(facts: dict, random: Random) -> dict:
    """The same flow chart."""
    return facts


def think(writer: Writer) -> str:
    """Reads what goes in, the last two a second time, and names the salt of the metal powder."""
    facts, language = writer.facts, writer.language
    english, chinese, keys = WANTED[writer.kind]
    writer.wanted(english, chinese)
    writer.say("Let me follow the flow chart. ", "我沿着流程图看。")
    first = []
    for key in keys:
        table, fact, *sentence = READ[key]
        writer.say(*sentence)
        first.append(Piece(table[facts[fact]][language], key))
        writer.read(first[-1:])
        writer.say(writer.stop + "\n")

    def another_name(piece):
        names = [entry[language] for entry in READ[piece.key][0].values()]
        return writer.random.choice([name for name in names if name != piece.text])

    writer.say("Let me double-check: ", "再核对一遍：")
    again = [Piece(piece.text, piece.key) for piece in first[-2:]]
    writer.check(first, spaced(again, "、" if writer.chinese else ", "), another_name)
    if writer.kind:
        return f"\\text{{{first[0].text}}}"
    answer, powder = chemistry.target(facts, language).expected, again[-1].text
    writer.say(
        f"So {powder} goes into solution and filtrate E is {answer}.", f"{powder}进入溶液，滤液E是{answer}。"
    )
    return answer
