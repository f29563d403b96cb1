"""A Chinese VAT invoice: item, amount, rate and tax of each line, and the totals."""

from decimal import ROUND_HALF_UP, Decimal
from random import Random

from qvq_nb.cases.drawing import Canvas, Style
from qvq_nb.cases.scope import Scope, Topic

WIDTH, HEIGHT = 392, 224  # pixels
ITEMS = (
    "打印机",
    "显示器",
    "键盘",
    "鼠标",
    "耳机",
    "硬盘",
    "办公桌",
    "椅子",
    "台灯",
    "墨盒",
    "笔记本",
    "服务费",
    "咨询费",
    "运输费",
    "维修费",
    "茶叶",
    "书包",
    "雨伞",
    "钟表",
    "毛巾",
)
RATES = (3, 6, 9, 13)  # percent


def _line(item: str, amount: str, rate: int) -> dict:
    tax = (Decimal(amount) * rate / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return {"item": item, "amount": amount, "rate": rate, "tax": str(tax)}


def _facts(lines: list[dict]) -> dict:
    total = {name: str(sum(Decimal(line[name]) for line in lines)) for name in ("amount", "tax")}
    return {
        "lines": lines,
        "total_amount": total["amount"],
        "total_tax": total["tax"],
        "answer": total["tax"],
    }


CANONICAL = _facts(
    [_line("打印机", "1899.00", 13), _line("办公桌", "1450.00", 13), _line("服务费", "444.67", 6)]
)


def sample(random: Random) -> dict:
    """Facts of a fresh invoice with two to four lines."""
    items = random.sample(ITEMS, random.choice((2, 3, 3, 4)))
    return _facts([_line(item, _amount(random), random.choice(RATES)) for item in items])


def _amount(random: Random) -> str:
    """Yuan with two decimals, from 20 to 2000, small and large ones equally often."""
    cents = round(100 * 20 * 100 ** random.random())
    return f"{cents // 100}.{random.choice((0, 0, 50, random.randrange(100))):02d}"


def draw(facts: dict, style: Style, language: str, scale: int = 1) -> Canvas:
    """The invoice; its headings are Chinese, with English beside them in the English edition."""
    canvas = Canvas(WIDTH, HEIGHT, style, scale)
    dx, dy = style.shift
    size = min(style.text_size, 16) if language == "en" else style.text_size
    english = language == "en"
    canvas.text(WIDTH / 2 + dx, 27 + dy, "增值税普通发票", 22, style.accent, bold=True, align="center")
    canvas.line([(WIDTH / 2 - 88 + dx, 43 + dy), (WIDTH / 2 + 88 + dx, 43 + dy)], style.accent, 1)
    left, right = 10 + dx, WIDTH - 10 + dx
    columns = (left, left + 98, left + 206, left + 284, right)
    headings = (
        ("项目 Item", "金额 Amount", "税率 Rate", "税额 Tax") if english else ("项目", "金额", "税率", "税额")
    )
    top = 53 + dy
    row_height = {2: 34, 3: 31, 4: 26}[len(facts["lines"])]
    rows = [headings]
    rows += [(line["item"], line["amount"], f"{line['rate']}%", line["tax"]) for line in facts["lines"]]
    rows.append(
        ("合计 Total" if english else "合计", f"¥{facts['total_amount']}", "", f"¥{facts['total_tax']}")
    )
    bottom = top + row_height * len(rows)
    for index, row in enumerate(rows):
        middle = top + row_height * (index + 0.5)
        heading = index in (0, len(rows) - 1)
        for column, text in enumerate(row):
            key = place(index, column, len(facts["lines"]))
            if column == 0 or index == 0:
                canvas.text(
                    (columns[column] + columns[column + 1]) / 2,
                    middle,
                    text,
                    16 if index == 0 else size,
                    style.accent if heading else None,
                    align="center",
                    key=key,
                )
            else:
                canvas.text(columns[column + 1] - 6, middle, text, size, align="right", key=key)
    for index in range(len(rows) + 1):
        if index in (0, 1, len(rows) - 1, len(rows)):
            y = top + row_height * index
            canvas.line([(left, y), (right, y)], style.accent, 1)
    for x in columns:
        canvas.line([(x, top), (x, bottom)], style.accent, 1)
    return canvas


def place(row: int, column: int, lines: int) -> str | None:
    """The key of a cell's text on the canvas: "amount 0" is the first line's amount; None for a heading."""
    name = ("item", "amount", "rate", "tax")[column]
    if row == 0:
        return None
    return f"{name} {row - 1}" if row <= lines else f"total {name}"


def question(facts: dict, language: str) -> str:
    """What is asked of the invoice."""
    return {"en": "What is the total tax amount on this invoice?", "zh": "这张发票的税额合计是多少？"}[
        language
    ]


def truth(facts: dict, language: str) -> str:
    """The total tax in yuan."""
    return facts["answer"]


SCOPE = Scope(
    does={"en": "read taxes and amounts on a VAT invoice", "zh": "读增值税发票上的税额和金额"},
    en=Topic(
        "invoice vat tax taxed taxes amount",
        "bill receipt total net line printer monitor keyboard mouse headset disk desk chair lamp ink "
        "cartridge notebook service consulting transport repair tea bag umbrella clock towel",
        "total sum amount rate cost much price pay line column yuan",
    ),
    zh=Topic("发票 税 金额", "合计 总额 价格", "多少 合计 总 行 元 几"),
    not_shown=(
        r"\b(?:seller|signed|avoid|invoice number)\b",
        "卖方|避税|报税|发票号|个人所得|税务局|欠税|消费税|销售税",
    ),
)
