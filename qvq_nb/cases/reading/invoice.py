"""A Chinese VAT invoice: item, amount, rate and tax of each line, and the totals.

Some wide ones are to be checked: do the taxes of the lines add up to the printed total, and to what? Only
there may that total be wrong. Each question about it says whether the lines or the print is meant, so that no
answer depends on which of them one believes.
"""

import re
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from qvq_nb.cases import names
from qvq_nb.cases.drawing import Canvas, Style, fitting_size
from qvq_nb.cases.scope import Scope, Topic
from qvq_nb.grading.number import Number
from qvq_nb.grading.several import Several
from qvq_nb.grading.text import Text

WIDTH, HEIGHT = 392, 224  # pixels; each line beyond the fourth adds a patch of 28 to the height
SMALLEST_TEXT = 12  # of long names and large amounts; an easy invoice has at least 16
ITEMS = (
    "打印机", "显示器", "键盘", "鼠标", "耳机", "硬盘", "办公桌", "椅子", "台灯", "墨盒",
    "笔记本", "服务费", "咨询费", "运输费", "维修费", "茶叶", "书包", "雨伞", "钟表", "毛巾",
)  # fmt: skip
RATES = (3, 6, 9, 13)  # percent
WIDE_RATES = (0, 1, 3, 5, 6, 9, 13)
# How one may say that the lines add up to the printed total, or that they do not.
YES = ("yes", "是", "是的", "对", "相等", "等于", "一致", "they do", "they add up")
NOT_THE_TAX = ("before tax", "including tax", "tax-free", "pre-tax", "prices", "不含税", "税前")
NO = ("no", "否", "不", "不是", "不对", "不相等", "不等于", "不一致", "they do not", "they don't",
      "they do not add up")  # fmt: skip
NOT_ASKED = {  # what one gave who was asked for the other
    "sum": ("That is the printed total, not the sum of the lines.", "这是打印的合计，不是各行之和。"),
    "print": ("That is the sum of the lines, not the printed total.", "这是各行之和，不是打印的合计。"),
}


def _line(item: str, amount: str, rate: int) -> dict:
    tax = (Decimal(amount) * rate / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return {"item": item, "amount": amount, "rate": rate, "tax": str(tax)}


def _facts(lines: list[dict]) -> dict:
    amount, tax = (str(sum(Decimal(line[name]) for line in lines)) for name in ("amount", "tax"))
    return {"lines": lines, "total_amount": amount, "total_tax": tax, "answer": tax}


CANONICAL = _facts(
    [_line("打印机", "1899.00", 13), _line("办公桌", "1450.00", 13), _line("服务费", "444.67", 6)]
)


def sample(random: Random, wide: bool = False) -> dict:
    """Facts of a fresh invoice with two to four lines; a wide one has up to eight, of any size and name.

    Three in ten wide ones are to be checked; of these, the printed total tax is wrong on six in ten.
    """
    if wide:
        return _wide(random)
    items = random.sample(ITEMS, random.choice((2, 3, 3, 4)))
    return _facts([_line(item, _amount(random), random.choice(RATES)) for item in items])


def _wide(random: Random) -> dict:
    count, items = random.randint(2, 8), []
    while len(items) < count:
        item = names.goods(random)
        if item not in items:
            items.append(item)
    facts = _facts([_line(item, _any_amount(random), random.choice(WIDE_RATES)) for item in items])
    if random.random() >= 0.3:
        return facts
    total = facts["total_tax"]
    printed = _misprinted(random, facts["lines"], total) if random.random() < 0.6 else total
    answer = f"{'yes' if printed == total else 'no'}, {total}"
    return {**facts, "form": "checked", "sum": total, "total_tax": printed, "answer": answer}


def _misprinted(random: Random, lines: list[dict], total: str) -> str:
    """A wrong total: a line left out, two digits swapped, or one digit changed."""
    places = [place for place, character in enumerate(total) if character != "."]
    changed = [total[:place] + random.choice("0123456789") + total[place + 1 :] for place in places]
    swapped = [
        total[:one] + total[other] + total[one + 1 : other] + total[one] + total[other + 1 :]
        for one, other in zip(places, places[1:])
    ]
    left_out = [str(Decimal(total) - Decimal(line["tax"])) for line in lines]
    while True:
        wrong = random.choice(random.choice((changed, swapped, left_out)))
        if re.fullmatch(r"(?:0|[1-9]\d*)\.\d\d", wrong) and wrong not in (total, "0.00"):
            return wrong


def adds_up(facts: dict) -> bool:
    """Whether the taxes of the lines add up to the printed total tax."""
    return facts.get("sum", facts["total_tax"]) == facts["total_tax"]


def _any_amount(random: Random) -> str:
    """Yuan with two decimals, from 0.01 to 99,999.99, each power of ten equally often."""
    cents = round(9_999_999 ** random.random())
    return f"{cents // 100}.{cents % 100:02d}"


def _amount(random: Random) -> str:
    """Yuan with two decimals, from 20 to 2000, small and large ones equally often."""
    cents = round(100 * 20 * 100 ** random.random())
    return f"{cents // 100}.{random.choice((0, 0, 50, random.randrange(100))):02d}"


def draw(facts: dict, style: Style, language: str, scale: int = 1) -> Canvas:
    """The invoice; its headings are Chinese, with English beside them in the English edition."""
    count = len(facts["lines"])
    canvas = Canvas(WIDTH, HEIGHT + 28 * max(0, count - 4), style, scale)
    dx, dy = style.shift
    canvas.text(WIDTH / 2 + dx, 27 + dy, "增值税普通发票", 22, style.accent, bold=True, align="center")
    canvas.line([(WIDTH / 2 - 88 + dx, 43 + dy), (WIDTH / 2 + 88 + dx, 43 + dy)], style.accent, 1)
    left, right, top = 10 + dx, WIDTH - 10 + dx, 53 + dy
    columns = (left, left + 98, left + 206, left + 284, right)
    rows, row_height = _rows(facts, language), {2: 34, 3: 31}.get(count, 26)
    size = min(style.text_size, 16) if language == "en" else style.text_size
    rooms = [end - start - 8 for start, end in zip(columns, columns[1:])]
    sizes = [fitting_size(texts, room, size) for texts, room in zip(zip(*rows[1:]), rooms)]
    last = len(rows) - 1
    for index, row in enumerate(rows):
        middle, fill = top + row_height * (index + 0.5), style.accent if index in (0, last) else None
        for column, text in enumerate(row):
            key = place(index, column, count)
            if column == 0 or index == 0:
                x = (columns[column] + columns[column + 1]) / 2
                canvas.text(x, middle, text, sizes[column] if index else 16, fill, align="center", key=key)
            else:
                canvas.text(columns[column + 1] - 6, middle, text, sizes[column], align="right", key=key)
    for index in (0, 1, last, len(rows)):
        y = top + row_height * index
        canvas.line([(left, y), (right, y)], style.accent, 1)
    for x in columns:
        canvas.line([(x, top), (x, top + row_height * len(rows))], style.accent, 1)
    return canvas


def _rows(facts: dict, language: str) -> list[tuple[str, ...]]:
    """The texts of the table, headings first and totals last."""
    headings, total = {
        "en": (("项目 Item", "金额 Amount", "税率 Rate", "税额 Tax"), "合计 Total"),
        "zh": (("项目", "金额", "税率", "税额"), "合计"),
    }[language]
    lines = [(line["item"], line["amount"], f"{line['rate']}%", line["tax"]) for line in facts["lines"]]
    return [headings, *lines, (total, f"¥{facts['total_amount']}", "", f"¥{facts['total_tax']}")]


def place(row: int, column: int, lines: int) -> str | None:
    """The key of a cell's text on the canvas: "amount 0" is the first line's amount; None for a heading."""
    name = ("item", "amount", "rate", "tax")[column]
    if row == 0:
        return None
    return f"{name} {row - 1}" if row <= lines else f"total {name}"


def question(facts: dict, language: str) -> str:
    """Asks for the total tax, or whether the lines add up to it."""
    english, chinese = "What is the total tax amount on this invoice?", "这张发票的税额合计是多少？"
    if "form" in facts:
        english = "Do the taxes of the lines add up to the printed total tax? Say yes or no, then their sum."
        chinese = "各行税额加起来等于票上打印的税额合计吗？先答是或否，再写出各行税额加起来是多少。"
    return {"en": english, "zh": chinese}[language]


def target(facts: dict, language: str) -> Number | Several:
    """The total tax in yuan; on an invoice to be checked, yes or no, and what the lines come to."""
    if "form" not in facts:
        return _yuan(facts["answer"], facts, others=NOT_THE_TAX)
    right, wrong = (YES, NO) if adds_up(facts) else (NO, YES)
    answer, added = {"en": ("yes or no", "sum"), "zh": ("是或否", "各行之和")}[language]
    said = Text(right[language == "zh"], accepts=right, others=wrong)
    return Several(((answer, said), (added, _sum_or_print("sum", facts))))


def _yuan(written: str, facts: dict, slips: tuple = (), others: tuple = ()) -> Number:
    return Number(written, accepts=("yuan",), names=_items(facts), slips=slips, others=others)


def _sum_or_print(kind: str, facts: dict) -> Number:
    """What the lines come to, or what is printed; whoever gives the one for the other is told so."""
    asked, other = (facts[name] for name in (("sum", "total_tax") if kind == "sum" else ("total_tax", "sum")))
    return _yuan(asked, facts, () if asked == other else ((other, *NOT_ASKED[kind]),))


def _items(facts: dict) -> tuple[str, ...]:
    """The names of the lines, whose digits are no answer."""
    return tuple(line["item"] for line in facts["lines"])


FOLLOW_UPS = {
    "tax": (("What is the tax on {item}?", "How much tax is charged for {item}?", "Read the tax of {item}.",
             "What is the tax amount in the line {item}?"),
            ("{item}的税额是多少？", "{item}这一行的税额是多少？", "读出{item}的税额。", "{item}交多少税？")),
    "amount": (("What is the amount of {item}?", "How much is {item} before tax?",
                "Read the amount in the line {item}."),
               ("{item}的金额是多少？", "{item}这一行的金额是多少？", "读出{item}的金额。")),
    "rate": (("What is the tax rate of {item}?", "Which tax rate applies to {item}?",
              "Read the tax rate in the line {item}."),
             ("{item}的税率是多少？", "{item}这一行的税率是多少？", "读出{item}的税率。")),
    "total amount": (("What is the total amount without tax?",
                      "What is the sum of the amounts on this invoice?",
                      "Read the total of the amount column."),
                     ("不含税的金额合计是多少？", "这张发票的金额合计是多少？", "读出金额那一列的合计。")),
}  # fmt: skip
CHECKED_FOLLOW_UPS = {
    **FOLLOW_UPS,
    "sum": (("What do the taxes of all lines add up to?",
             "Add up the taxes of the lines: what is their sum?"),
            ("各行的税额加起来是多少？", "把每一行的税额相加，得多少？")),
    "print": (("Which total tax is printed on this invoice?", "Read the printed total of the tax column."),
              ("这张发票上打印的税额合计是多少？", "读出税额那一列打印的合计。")),
}  # fmt: skip


def follow_ups(facts: dict) -> dict:
    """The follow-ups of these facts: of an invoice to be checked, the sum and the print, too."""
    return CHECKED_FOLLOW_UPS if "form" in facts else FOLLOW_UPS


def follow_up(kind: str, facts: dict, language: str, random: Random) -> tuple[dict, dict, Number]:
    """One cell of a line, or a total: what is asked about, its words, the target."""
    if kind in ("sum", "print"):
        return {}, {}, _sum_or_print(kind, facts)
    if kind == "total amount":
        return {}, {}, _yuan(facts["total_amount"], facts)
    index = random.randrange(len(facts["lines"]))
    line = facts["lines"][index]
    rate = Number(str(line["rate"]), "%", names=_items(facts))
    asked = rate if kind == "rate" else _yuan(line[kind], facts)
    return {"line": index}, {"item": line["item"]}, asked


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
