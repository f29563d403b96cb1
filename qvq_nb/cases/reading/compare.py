"""Two invoices in one drawn style: which of them has more tax, and how much more?"""

from decimal import Decimal
from random import Random

from qvq_nb.cases.drawing import Canvas, Style
from qvq_nb.cases.reading import invoice
from qvq_nb.grading.number import Number
from qvq_nb.grading.several import Several
from qvq_nb.grading.text import Text

SMALLEST_TEXT = 12  # of a wide invoice; an easy one has at least 16
# What the first and the second invoice may be called.
CALLED = (
    ("1", "first", "1st", "former", "第一", "第一张", "第1张", "第一张发票", "发票一", "图一", "前者"),
    ("2", "second", "2nd", "latter", "第二", "第二张", "第2张", "第二张发票", "发票二", "图二", "后者"),
)


def _facts(first: dict, second: dict) -> dict:
    more = Decimal(second["total_tax"]) - Decimal(first["total_tax"])
    which, more = (2, str(more)) if more > 0 else (1, str(-more))
    return {"invoices": [first, second], "which": which, "more": more, "answer": f"{which}, {more}"}


CANONICAL = _facts(
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
    """Facts of two fresh invoices whose taxes differ."""
    while True:
        first, second = (invoice.sample(random, wide=wide) for _ in range(2))
        if first["total_tax"] != second["total_tax"]:
            return _facts(first, second)


def draw(facts: dict, style: Style, language: str, scale: int = 1) -> tuple[Canvas, Canvas]:
    """The two invoices, each a picture of its own."""
    first, second = (invoice.draw(one, style, language, scale) for one in facts["invoices"])
    return first, second


def question(facts: dict, language: str) -> str:
    """Asks for both: which one, and the difference."""
    english = "Which invoice has more tax, and how much more?"
    return {"en": english, "zh": "哪张发票的税额更高，高多少？"}[language]


def target(facts: dict, language: str) -> Several:
    """The number of the invoice, first or second, and the difference in yuan."""
    right, other = CALLED if facts["which"] == 1 else CALLED[::-1]
    which, more = {"en": ("which invoice", "how much more"), "zh": ("哪张发票", "高多少")}[language]
    return Several(
        (
            (which, Text(right[0], accepts=right[1:], others=other)),
            (more, Number(facts["more"], accepts=("yuan", "more", "higher"))),
        )
    )
