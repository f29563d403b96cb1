"""Invoices and derivative tables: as a spreadsheet, ruled, or plain."""

from random import Random

from qvq_mini import typefaces
from qvq_mini.layouts.fitting import fitting_size
from qvq_nb.cases import derivative, invoice
from qvq_nb.cases.drawing import Canvas, mix, text_width


def _table(
    canvas: Canvas,
    rows: list[list[tuple[str, str | None]]],
    random: Random,
    aligns: list[str],
    last_is_total=False,
    above: float = 0,
) -> None:
    """Rows of (text, key) as a sheet, a ruled table or a plain one, somewhere on the canvas, `above` pixels from its top."""
    style, (width, height) = canvas.style, (canvas.width, canvas.height)
    sheet = random.random() < 0.35
    left, top = random.uniform(4, width * 0.08), above + random.uniform(4, (height - above) * 0.1)
    right, bottom = width - random.uniform(4, width * 0.08), height - random.uniform(4, height * 0.15)
    if not sheet and random.random() < 0.35:
        canvas.text(
            random.choice((width / 2, width * 0.4)),
            top + 10,
            random.choice(("Table 1", "Invoice", "表", "发票", "Data")),
            min(style.text_size + 2, 20),
            bold=random.random() < 0.5,
            align="center",
        )
        top += 24
    if sheet:
        left, top = left + 24, top + 18
    heaviness = [max(text_width(row[column][0], 16) for row in rows) + 16 for column in range(len(rows[0]))]
    evenness = random.random()
    weights = [weight * (1 - evenness) + evenness * max(heaviness) for weight in heaviness]
    edges = [left]
    for weight in weights:
        edges.append(edges[-1] + (right - left) * weight / sum(weights))
    step = min((bottom - top) / len(rows), random.uniform(24, 46))
    if sheet:
        _sheet_frame(canvas, edges, top, bottom, step)
    size = min(
        fitting_size([text], edges[column + 1] - edges[column] - 9, min(style.text_size, step * 0.72))
        for row in rows
        for column, (text, _) in enumerate(row)
        if text
    )
    line = mix(style.ink, style.paper, random.choice((0, 0.3, 0.6, 0.8)))
    tint = mix(style.palette[0], (255, 255, 255), random.uniform(0.5, 0.85))
    zebra = not sheet and random.random() < 0.25
    for index in range(len(rows)):
        y = top + step * index
        if index == 0 and not sheet and random.random() < 0.5:
            canvas.rectangle(left, y, right, y + step, fill=tint)
        elif zebra and index % 2:
            canvas.rectangle(left, y, right, y + step, fill=mix(style.paper, (120, 130, 150), 0.12))
    ruling = "all" if sheet else random.choice(("all", "all", "rows", "few", "none"))
    for index in range(len(rows) + 1):
        if ruling in ("all", "rows") or (ruling == "few" and index in (0, 1, len(rows))):
            canvas.line([(left, top + step * index), (right, top + step * index)], line, 1)
    if ruling == "all":
        for x in edges:
            canvas.line([(x, top), (x, top + step * len(rows))], line, 1)
    bold_head, bold_first, bold_total = random.random() < 0.5, random.random() < 0.2, random.random() < 0.3
    for index, row in enumerate(rows):
        for column, (text, key) in enumerate(row):
            align = "center" if index == 0 and random.random() < 0.5 else aligns[column]
            x = {
                "left": edges[column] + 5,
                "center": (edges[column] + edges[column + 1]) / 2,
                "right": edges[column + 1] - 5,
            }[align]
            bold = (
                (index == 0 and bold_head)
                or (column == 0 and bold_first)
                or (last_is_total and bold_total and index == len(rows) - 1)
            )
            canvas.text(x, top + step * (index + 0.5), text, size, bold=bold, align=align, key=key)


def _sheet_frame(canvas: Canvas, edges: list[float], top: float, bottom: float, step: float) -> None:
    """The grey row numbers and column letters of a spreadsheet, round its cells."""
    grey, dark, left = (230, 230, 232), (90, 90, 90), edges[0]
    canvas.rectangle(left - 24, top - 18, edges[-1], top, fill=grey)
    canvas.rectangle(left - 24, top - 18, left, bottom, fill=grey)
    for letter, start, end in zip("ABCDEFGH", edges, edges[1:]):
        canvas.text((start + end) / 2, top - 9, letter, 12, dark, align="center")
    for row in range(int((bottom - top) / step)):
        canvas.text(left - 12, top + step * (row + 0.5), str(row + 1), 12, dark, align="center")


ENGLISH_ITEMS = {"打印机": "Printer", "显示器": "Monitor", "键盘": "Keyboard", "鼠标": "Mouse", "耳机": "Headset", "硬盘": "Hard disk",
                 "办公桌": "Desk", "椅子": "Chair", "台灯": "Lamp", "墨盒": "Ink", "笔记本": "Notebook", "服务费": "Service",
                 "咨询费": "Consulting", "运输费": "Transport", "维修费": "Repair", "茶叶": "Tea", "书包": "Bag", "雨伞": "Umbrella",
                 "钟表": "Clock", "毛巾": "Towel"}  # fmt: skip


def in_english(facts: dict) -> dict:
    """The same invoice with English names of its items."""
    return {**facts, "lines": [{**line, "item": ENGLISH_ITEMS[line["item"]]} for line in facts["lines"]]}


def draw_invoice(canvas: Canvas, facts: dict, language: str, random: Random) -> None:
    headings = random.choice(
        (
            ("项目", "金额", "税率", "税额"),
            ("项目名称", "金额", "税率", "税额"),
            ("Item", "Amount", "Rate", "Tax"),
            ("Description", "Amount", "Tax rate", "Tax"),
            ("Item", "Net", "VAT", "Tax"),
            ("项目 Item", "金额", "税率", "税额"),
        )
    )
    comma, currency = random.random() < 0.3, random.choice(("", "", "¥", "¥"))
    total_word = (
        random.choice(("合计", "合计", "总计"))
        if headings[1] == "金额"
        else random.choice(("Total", "Sum", "TOTAL"))
    )

    def money(text, sign):
        return sign + (f"{float(text):,.2f}" if comma else text)

    rows = [[(heading, None) for heading in headings]]
    sign = currency if random.random() < 0.3 else ""
    for index, line in enumerate(facts["lines"], 1):
        cells = (line["item"], money(line["amount"], sign), f"{line['rate']}%", money(line["tax"], sign))
        rows.append(
            [(cell, invoice.place(index, column, len(facts["lines"]))) for column, cell in enumerate(cells)]
        )
    rows.append(
        [
            (total_word, None),
            (money(facts["total_amount"], currency), "total amount"),
            ("", None),
            (money(facts["total_tax"], currency), "total tax"),
        ]
    )
    aligns = [
        random.choice(("left", "center")),
        *random.choice((["right"] * 3, ["center"] * 3, ["right", "center", "right"], ["left"] * 3)),
    ]
    if random.random() < 0.25:  # a column more: number, quantity
        counts = [str(random.randint(1, 9)) for _ in facts["lines"]]
        at = random.choice((0, 1))
        head = random.choice(
            (("No.", "序号")[at == 0 and headings[1] == "金额"], "Qty" if headings[1] != "金额" else "数量")
        )
        for row, text in zip(rows, [head, *counts, ""]):
            row.insert(at, (text, None))
        aligns.insert(at, "center")
    above = 0
    if (
        canvas.height > 34 * (len(rows) + 1) and random.random() < 0.3
    ):  # other lines and numbers, as invoices have them
        for _ in range(random.choice((1, 1, 2))):
            number, day = (
                random.randint(1000, 99_999_999),
                f"20{random.randint(10, 29)}-{random.randint(1, 12):02}-{random.randint(1, 28):02}",
            )
            canvas.text(
                random.uniform(6, 40),
                above + 12,
                random.choice((f"No. {number}", f"No. {number}   {day}", day, f"Invoice {number}")),
                13,
            )
            above += 18
    _table(canvas, rows, random, aligns, last_is_total=True, above=above)


def draw_derivative(canvas: Canvas, facts: dict, language: str, random: Random) -> None:
    columns = facts.get("columns", derivative.COLUMNS)
    prime, minus = random.choice("''′"), random.choice("--−")
    if canvas.style.typeface and canvas.style.typeface[0].name in typefaces.WITHOUT_SIGNS:
        prime, minus = "'", "-"
    brackets = random.choice(("(x)", "(x)", ""))
    rows = [[("x", None), *((name.replace("'", prime) + brackets, f"heading {name}") for name in columns)]]
    for index, row in enumerate(facts["table"]):
        rows.append([(str(row[name]).replace("-", minus), f"{name} {index}") for name in ("x", *columns)])
    if random.random() < 0.22:
        rows = [list(row) for row in zip(*rows)]
    align = random.choice(("center", "center", "right", "left"))
    _table(canvas, rows, random, [align] * len(rows[0]))
