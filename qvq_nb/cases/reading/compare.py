"""Two pictures in one drawn style: which invoice has more tax, or which chart higher values; and by how much?

Half of the wide cases have charts, of one form. Where their values are read off an axis, the question says
how exactly, and the two highest values differ by more than that, so that it is not in doubt which is higher.
"""

from decimal import Decimal
from random import Random

from qvq_nb.cases.drawing import Canvas, Style
from qvq_nb.cases.reading import chart, invoice
from qvq_nb.grading.number import Number
from qvq_nb.grading.several import Several
from qvq_nb.grading.text import Text

SMALLEST_TEXT = 12  # of wide pictures; an easy one has at least 16
# What the first and the second picture may be called.
CALLED = (
    ("1", "first", "1st", "former", "第一", "第一张", "第1张", "第一张发票", "发票一", "图一", "前者"),
    ("2", "second", "2nd", "latter", "第二", "第二张", "第2张", "第二张发票", "发票二", "图二", "后者"),
)


def _facts(kind: str, first: dict, second: dict) -> dict:
    more = _compared(second) - _compared(first)
    which, more = (2, str(more)) if more > 0 else (1, str(-more))
    return {kind: [first, second], "which": which, "more": more, "answer": f"{which}, {more}"}


def _compared(facts: dict) -> Decimal:
    """The total tax of an invoice, or the highest value of a chart."""
    if "lines" in facts:
        return Decimal(facts["total_tax"])
    return max(map(Decimal, sum(facts["values"].values(), [])))


CANONICAL = _facts(
    "invoices",
    {
        "lines": [
            {"item": "显示器", "amount": "1200.00", "rate": 13, "tax": "156.00"},
            {"item": "茶叶", "amount": "350.00", "rate": 9, "tax": "31.50"},
        ],
        "total_amount": "1550.00",
        "total_tax": "187.50",
        "answer": "187.50",
    },
    invoice.CANONICAL,
)


def sample(random: Random, wide: bool = False) -> dict:
    """Facts of two fresh invoices that add up, and whose taxes differ; or if `wide` of two grouped charts."""
    if wide and random.random() < 0.5:
        return _charts(random)
    while True:
        first, second = (invoice.sample(random, wide=wide) for _ in range(2))
        if first["total_tax"] != second["total_tax"] and invoice.adds_up(first) and invoice.adds_up(second):
            return _facts("invoices", first, second)


def _charts(random: Random) -> dict:
    while True:
        charts = first, second = [chart.sample(random, wide=True) for _ in range(2)]
        low, high = sorted(map(_compared, charts))
        alike = all(first[name] == second[name] for name in ("stacked", "lying", "printed"))
        if alike and not first["stacked"] and _slack(charts) < high - low < 3 * low:
            return _facts("charts", first, second)


def _slack(charts: list[dict]) -> Decimal:
    """How far off the difference of two values may be that are read off these charts."""
    return sum(map(chart.tolerance, charts))


def draw(facts: dict, style: Style, language: str, scale: int = 1) -> tuple[Canvas, Canvas]:
    """The two invoices or charts, each a picture of its own."""
    family, pair = (chart, facts["charts"]) if "charts" in facts else (invoice, facts["invoices"])
    first, second = (family.draw(one, style, language, scale) for one in pair)
    return first, second


def question(facts: dict, language: str) -> str:
    """Asks for both: which one, and the difference."""
    english, chinese = "Which invoice has more tax, and how much more?", "哪张发票的税额更高，高多少？"
    if "charts" in facts:
        english = "Which chart reaches the higher value, and how much higher is it?"
        chinese = "哪张图表的最高值更高，高多少？"
        if slack := _slack(facts["charts"]):
            english += f" Read the values off the axes; the difference may be off by {slack.normalize():f}."
            chinese += f"请从坐标轴上读数，差值的误差不超过 {slack.normalize():f}。"
    return {"en": english, "zh": chinese}[language]


LESS = ("less", "lower", "smaller", "少", "低")


def target(facts: dict, language: str) -> Several:
    """The number of the picture, first or second, and the difference, of taxes in yuan."""
    right, other = CALLED if facts["which"] == 1 else CALLED[::-1]
    which, more = {"en": ("which invoice", "how much more"), "zh": ("哪张发票", "高多少")}[language]
    difference = Number(facts["more"], accepts=("yuan", "more", "higher"), others=LESS)
    if "charts" in facts:
        which = {"en": "which chart", "zh": "哪张图表"}[language]
        difference = Number(
            facts["more"],
            accepts=("%", "more", "higher"),
            others=LESS,
            tolerance=str(_slack(facts["charts"])),
        )
    return Several(((which, Text(right[0], accepts=right[1:], others=other)), (more, difference)))
