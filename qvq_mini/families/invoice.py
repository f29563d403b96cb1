"""VAT invoices, as qvq-mini learns them: every line read, and what is asked for read a second time."""

from random import Random

from qvq_mini.families.layouts import tables
from qvq_mini.thinking import Piece, Writer, spaced
from qvq_nb.cases.drawing import Canvas
from qvq_nb.cases.reading import invoice

WEIGHT, OTHER_LOOKS_SHARE = 3.4, 0.5
THING = {"en": "invoice", "zh": "发票"}
STATED = r"\d+\.\d\d|\d+%"
CELLS = {"tax": ("tax", "税额"), "amount": ("amount", "金额"), "rate": ("rate", "税率")}
ITEMS = invoice.ITEMS
ENGLISH_ITEMS = {
    "打印机": "Printer", "显示器": "Monitor", "键盘": "Keyboard", "鼠标": "Mouse", "耳机": "Headset",
    "硬盘": "Hard disk", "办公桌": "Desk", "椅子": "Chair", "台灯": "Lamp", "墨盒": "Ink",
    "笔记本": "Notebook", "服务费": "Service", "咨询费": "Consulting", "运输费": "Transport",
    "维修费": "Repair", "茶叶": "Tea", "书包": "Bag", "雨伞": "Umbrella", "钟表": "Clock", "毛巾": "Towel",
}  # fmt: skip
HEADINGS = (
    ("项目", "金额", "税率", "税额"), ("项目名称", "金额", "税率", "税额"), ("Item", "Amount", "Rate", "Tax"),
    ("Description", "Amount", "Tax rate", "Tax"), ("Item", "Net", "VAT", "Tax"),
    ("项目 Item", "金额", "税率", "税额"),
)  # fmt: skip
WORDINGS = {
    "en": (
        "How much tax is there in total?",
        "What is the sum of the tax column?",
        "Read the total tax from this invoice.",
        "How high is the total tax on the invoice?",
        "What does the invoice give as total tax?",
        "Please tell me the total amount of tax.",
        "Total tax of this invoice?",
        "How many yuan of tax are due on this invoice?",
        "Find the total tax amount.",
        "What is the tax total at the bottom of the invoice?",
        "I need the total tax of this bill.",
    ),
    "zh": (
        "发票上的税额一共是多少？",
        "税额合计多少元？",
        "请读出这张发票的税额合计。",
        "这张发票总共要交多少税？",
        "发票的总税额是多少？",
        "请告诉我税额的合计。",
        "这张发票的税额总数？",
        "税额那一列合计是多少？",
        "找出这张发票的合计税额。",
        "发票最下面的税额合计是多少？",
        "我需要这张票的总税额。",
    ),
}
PARTS = {  # how it is asked, what is asked for, and where it stands
    "en": (
        ("What is {}?", "How much is {}?", "Tell me {}.", "Read {}.", "Find {}.", "Give me {}.",
         "Can you read {}?", "What amount is {}?"),
        ("the total tax", "the sum of all taxes", "the total of the tax column", "all tax together",
         "the tax total", "the tax of all lines together", "the tax in the last row", "the whole tax",
         "the tax sum", "the total VAT", "the tax that all lines have in total"),
        ("", " on this invoice", " of this bill", " here", " in the picture", " on the receipt"),
    ),
    "zh": (
        ("{}是多少？", "{}多少钱？", "{}是几元？", "读出{}。", "告诉我{}。", "求{}。", "{}等于多少？",
         "请找出{}。"),
        ("总税额", "税额总和", "所有税额之和", "全部的税", "税一共", "各行税额加起来", "税额的总数",
         "最后一行的税额", "税额那列的合计", "合计税额", "总共的税"),
        ("", "这张发票上", "票上", "图中", "这里", "这张票的"),
    ),
}  # fmt: skip


def values(facts: dict):
    """The total tax."""
    return facts["answer"]


def other_facts(facts: dict, random: Random) -> dict:
    """The same invoice, now and then with English names of its items."""
    if random.random() < 0.4:
        return {**facts, "lines": [{**line, "item": ENGLISH_ITEMS[line["item"]]} for line in facts["lines"]]}
    return facts


def think(writer: Writer) -> str:
    """Reads all lines for a total, else finds the line that is asked for."""
    if "line" in writer.subject:
        return _one_line(writer, writer.subject["line"])
    lines, name = writer.facts["lines"], "amount" if writer.kind else "tax"
    english, chinese = f"total {name}", f"{CELLS[name][1]}合计"
    writer.wanted(f"the {english}", chinese)
    writer.say("Let me read each line: amount, rate, tax.\n", "我逐行读：金额、税率、税额。\n")
    for index, line in enumerate(lines):
        writer.say(f"{index + 1}: ")
        writer.read([*_cells(line, index), Piece("\n")])
    writer.say("Total: ", "合计: ")
    first = spaced([Piece(writer.facts[f"total_{one}"], f"total {one}") for one in ("amount", "tax")])
    writer.read(first)
    value = writer.facts[f"total_{name}"]
    writer.say(f"\nLet me double-check the {english}: ", f"\n再核对一遍{chinese}：")
    writer.check(first, [Piece(value, f"total {name}")])
    writer.say(f"The {english} is {value} yuan.", f"{chinese}是{value}元。")
    return value


def _one_line(writer: Writer, wanted: int) -> str:
    lines, kind = writer.facts["lines"], writer.kind
    line, (english, chinese) = lines[wanted], CELLS[kind]
    writer.wanted(f"the {english} of {line['item']}", f"{line['item']}的{chinese}")
    writer.find([one["item"] for one in lines], wanted, "item")
    first = _cells(line, wanted)
    writer.read(first)
    value = f"{line['rate']}%" if kind == "rate" else line[kind]
    writer.say(f"\nLet me double-check the {english}: ", f"\n再核对一遍{chinese}：")
    writer.check(first, [Piece(value, f"{kind} {wanted}")])
    return value.replace("%", "\\%")


def _cells(line: dict, index: int) -> list[Piece]:
    texts = {"amount": line["amount"], "rate": f"{line['rate']}%", "tax": line["tax"]}
    return spaced([Piece(text, f"{name} {index}") for name, text in texts.items()])


def draw_otherwise(canvas: Canvas, facts: dict, language: str, random: Random) -> None:
    """The invoice as one of the training's tables, with other headings, columns and lines above it."""
    headings = random.choice(HEADINGS)
    comma, currency = random.random() < 0.3, random.choice(("", "", "¥", "¥"))
    chinese = headings[1] == "金额"
    total_word = random.choice(("合计", "合计", "总计") if chinese else ("Total", "Sum", "TOTAL"))

    def money(text, sign):
        return sign + (f"{float(text):,.2f}" if comma else text)

    rows = [[(heading, None) for heading in headings]]
    sign = currency if random.random() < 0.3 else ""
    for index, line in enumerate(facts["lines"], 1):
        cells = (line["item"], money(line["amount"], sign), f"{line['rate']}%", money(line["tax"], sign))
        keys = [invoice.place(index, column, len(facts["lines"])) for column in range(len(cells))]
        rows.append([*zip(cells, keys)])
    totals = [(money(facts[f"total_{name}"], currency), f"total {name}") for name in ("amount", "tax")]
    rows.append([(total_word, None), totals[0], ("", None), totals[1]])
    others = (["right"] * 3, ["center"] * 3, ["right", "center", "right"], ["left"] * 3)
    aligns = [random.choice(("left", "center")), *random.choice(others)]
    if random.random() < 0.25:
        _number_or_count(rows, aligns, chinese, random)
    above = _lines_above(canvas, len(rows), random)
    tables.draw(canvas, rows, random, aligns, last_is_total=True, above=above)


def _number_or_count(rows: list[list], aligns: list[str], chinese: bool, random: Random) -> None:
    """A column more: number, or quantity."""
    counts = [str(random.randint(1, 9)) for _ in rows[1:-1]]
    at = random.choice((0, 1))
    number, count = ("序号" if at == 0 else "No.", "数量") if chinese else ("No.", "Qty")
    for row, text in zip(rows, [random.choice((number, count)), *counts, ""]):
        row.insert(at, (text, None))
    aligns.insert(at, "center")


def _lines_above(canvas: Canvas, rows: int, random: Random) -> float:
    """Now and then other lines and numbers, as invoices have them; returns their height in pixels."""
    if canvas.height <= 34 * (rows + 1) or random.random() >= 0.3:
        return 0
    above = 0
    for _ in range(random.choice((1, 1, 2))):
        number = random.randint(1000, 99_999_999)
        day = f"20{random.randint(10, 29)}-{random.randint(1, 12):02}-{random.randint(1, 28):02}"
        x = random.uniform(6, 40)
        text = random.choice((f"No. {number}", f"No. {number}   {day}", day, f"Invoice {number}"))
        canvas.text(x, above + 12, text, 13)
        above += 18
    return above
