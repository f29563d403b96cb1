"""The invoice as a table of matplotlib, a spreadsheet or a web page's table."""

from random import Random

from matplotlib.figure import Figure

from qvq_mini.foreign.browser import Page
from qvq_mini.foreign.families import tables

STYLES, HAS_CHINESE = ("default",), True  # its items, whatever the language
TITLES = {"en": "VAT invoice", "zh": "增值税普通发票"}
COLUMNS = {"en": ("Item", "Amount", "Rate", "Tax"), "zh": ("项目", "金额", "税率", "税额")}
TOTALS = {"en": "Total", "zh": "合计"}


def cells(facts: dict, language: str, random: Random) -> list[list[str]]:
    """The lines of an invoice, the header first and the totals last."""
    yuan, columns, total = random.choice(("¥", "")), COLUMNS[language], TOTALS[language]
    if language == "en" and random.random() < 0.5:  # as on a bilingual form
        columns = [f"{chinese} {english}" for chinese, english in zip(COLUMNS["zh"], columns)]
        total = f"{TOTALS['zh']} {total}"
    lines = [[line["item"], line["amount"], f"{line['rate']}%", line["tax"]] for line in facts["lines"]]
    return [[*columns], *lines, [total, yuan + facts["total_amount"], "", yuan + facts["total_tax"]]]


def plot(facts: dict, language: str, random: Random, way: int) -> Figure:
    """The invoice as a matplotlib table."""
    texts = cells(facts, language, random)
    size = random.choice(((480, 300), (560, 320), (420, 260), (640, 400)))
    title = random.choice((TITLES[language], TITLES["zh"], ""))
    return tables.plotted(size, texts, (0.26, 0.3, 0.18, 0.26), random.random() < 0.5, random, title)


def page(facts: dict, language: str, random: Random) -> Page:
    """The invoice as a spreadsheet or as a web page's table."""
    texts = cells(facts, language, random)
    title = random.choice((TITLES[language], TITLES["zh"], ""))
    write = random.choice((tables.spreadsheet, tables.web_table))
    widths = random.choice(([96, 120, 90, 100], [110, 130, 100, 110]))
    return write(texts, widths, "right", random, title)
