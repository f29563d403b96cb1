"""Birds on a quay, as qvq-mini learns them: counted from left to right, by columns of visual tokens."""

from random import Random

from qvq_mini.families.layouts import recognition as layout
from qvq_mini.thinking import Piece, Writer
from qvq_nb.cases.scenes.recognition import BIRDS

WEIGHT, OTHER_LOOKS_SHARE = 2.8, 0.7
THING = {"en": "birds", "zh": "鸟"}
STATED = r"^\d+: ?(\w+)"  # the second reading numbers the birds and names none
MANY = {"pelican": ("pelicans", "鹈鹕"), **BIRDS}
COLUMN_PIXELS, LAST_COLUMN = 28, 13  # of visual tokens; the last one of the kit's own drawing
WORDINGS = {
    "en": (
        "How many pelicans can you see?",
        "Count the pelicans in the picture.",
        "What is the number of pelicans in this image?",
        "How many of the birds are pelicans?",
        "Please count all pelicans, also those that are cut off by the edge.",
        "How many pelicans are on the quay?",
        "Tell me how many pelicans are shown here.",
        "Look at the picture. How many pelicans are in it?",
        "I want to know the number of pelicans.",
        "How many pelicans does the photo show?",
        "Pelicans: how many?",
    ),
    "zh": (
        "图里有多少只鹈鹕？",
        "请数一数图中的鹈鹕。",
        "这张图片中鹈鹕的数量是多少？",
        "这些鸟里有几只是鹈鹕？",
        "请数出所有的鹈鹕，包括被边缘切掉的。",
        "码头上有几只鹈鹕？",
        "告诉我图上有几只鹈鹕。",
        "看图，鹈鹕有几只？",
        "我想知道鹈鹕的只数。",
        "照片里能看到多少只鹈鹕？",
        "鹈鹕一共几只？",
    ),
}
PARTS = {  # how it is asked, what is asked for, and where it stands
    "en": (
        ("How many {}?", "Count {}.", "Please count {}.", "Tell me the number of {}.",
         "What is the number of {}?", "Give me the count of {}.", "Could you count {}?",
         "Can you say how many {}?"),
        ("pelicans", "the pelicans", "pelican birds", "birds that are pelicans", "pelicans altogether",
         "pelicans only"),
        ("", " here", " on the picture", " standing there", " at the water", " in this scene",
         " by the sea", " among these birds"),
    ),
    "zh": (
        ("{}有几只？", "{}有多少只？", "{}多少只？", "数一下{}。", "请你数{}有几只。", "{}的数量是几？",
         "{}总共有多少？", "能数出{}有几只吗？"),
        ("鹈鹕", "鹈鹕这种鸟", "其中的鹈鹕", "所有鹈鹕", "是鹈鹕的鸟"),
        ("", "图中", "这里", "画面里", "岸上", "水边", "这些鸟里"),
    ),
}  # fmt: skip

draw_otherwise = layout.draw


def values(facts: dict):
    """The birds from left to right."""
    return [bird["name"] for bird in facts["birds"]]


def other_facts(facts: dict, random: Random) -> dict:
    """The same birds."""
    return facts


def think(writer: Writer) -> str:
    """Names each bird behind its column, then numbers those that are asked for."""
    wanted = writer.subject.get("birds", "pelican")
    english, chinese = MANY[wanted]
    columns = _columns(writer)
    writer.say(
        f"Let me count the {english} from left to right, column by column.\n",
        f"我从左到右数{chinese}，先写列号。\n",
    )
    true = [bird["name"] for bird in writer.facts["birds"]]
    seen, slip = [*true], None
    if writer.slips():
        slip = writer.random.randrange(len(seen))
        seen[slip] = writer.random.choice([name for name in MANY if name not in ("bird", seen[slip])])
    for index, name in enumerate(seen):
        shown, key = MANY[name][1] if writer.chinese else f" {name}", f"bird {index}"
        writer.read([Piece(f"{columns[index]}:", key), Piece(shown, key, index != slip), Piece("\n")])
    found, before = (
        [index for index, name in enumerate(names) if wanted in ("bird", name)] for names in (true, seen)
    )
    writer.say(f"Let me double-check the {english}:", f"再核对一遍{chinese}：")
    writer.read(
        [Piece(f" {columns[index]}:{number}", f"bird {index}") for number, index in enumerate(found, 1)]
    )
    if not found:
        writer.say(" none.", "没有。")
    if found == before:
        writer.say("\n")
    else:
        writer.say("\nI miscounted before.\n", "\n刚才数错了。\n")
    writer.say(f"The number of {english} is {len(found)}.", f"一共有{len(found)}只{chinese}。")
    return str(len(found))


def _columns(writer: Writer) -> list[int]:
    """Each bird's column of visual tokens."""
    birds = writer.facts["birds"]
    if writer.places is None:
        return [min(max(int(bird["x"] // COLUMN_PIXELS), 0), LAST_COLUMN) for bird in birds]
    return [int(writer.places[f"bird {index}"][0].x // COLUMN_PIXELS) for index in range(len(birds))]
