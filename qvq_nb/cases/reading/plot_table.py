"""A chart of grouped bars, to be written down as a Markdown table."""

from random import Random

from qvq_nb.cases.reading import chart
from qvq_nb.grading.forms.table import TableCells

SMALLEST_TEXT = chart.SMALLEST_TEXT  # of a wide chart; an easy one has at least 16
CANONICAL = {
    "benchmarks": ["AIME", "MATH"],
    "values": {
        "QVQ-72B-Preview": ["31.5", "90.8"],
        "GPT-4o": ["9.3", "76.6"],
        "Qwen2-VL-7B": ["4.1", "58.2"],
    },
}

draw = chart.draw


def sample(random: Random, wide: bool = False) -> dict:
    """Facts of a fresh chart, as those of the charts of which one value is asked."""
    drawn = chart.sample(random, wide)
    return {name: drawn[name] for name in CANONICAL}


def question(facts: dict, language: str) -> str:
    """Asks for the table, of which it gives the header."""
    header = f"| {' | '.join(_header(facts))} |"
    return {
        "en": f"Write this chart as a Markdown table with the header {header}: a row for each model, from "
        "left to right. Give only the table.",
        "zh": f"把这张图写成 Markdown 表格，表头为 {header}，每个模型一行，从左到右。只给出表格。",
    }[language]


def _header(facts: dict) -> tuple[str, ...]:
    return ("Model", *facts["benchmarks"])


def target(facts: dict, language: str) -> TableCells:
    """The values as they are printed on the bars."""
    rows = tuple((model, *values) for model, values in facts["values"].items())
    return TableCells(_header(facts), rows)
