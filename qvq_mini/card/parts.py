"""The measured parts of the card in Markdown, rendered from what `results.summary` gives."""

import re

from qvq_nb.errors import QvqError
from qvq_nb.evaluation.counting import COLUMNS, table_of
from qvq_nb.evaluation.curve import curve_table
from qvq_nb.evaluation.interval import percent

CURVE_FILE, FAILURES_FOLDER = "budget.png", "failures"


def with_parts(text: str, results: dict) -> str:
    """A card with its measured parts as `summary` gives them; QvqError where it has no place for one."""
    for name, part in parts(results).items():
        pieces = re.split(rf"(<!-- /?{name} -->)", text)
        if pieces[1::2] != [f"<!-- {name} -->", f"<!-- /{name} -->"]:
            raise QvqError(
                f"The card needs the lines <!-- {name} --> and <!-- /{name} -->, once, for what was measured."
            )
        pieces[2] = f"\n{part}\n"
        text = "".join(pieces)
    return text


def parts(results: dict) -> dict[str, str]:
    """The measured parts by the name of their markers."""
    return {"results": _accuracy(results), "budget": _budget(results), "failures": _failures(results)}


def picture_name(failure: dict) -> str:
    """The file beside the card that shows a failure."""
    return f"{FAILURES_FOLDER}/{failure['family']}-{failure['language']}-{failure['seed']}.png"


def _accuracy(results: dict) -> str:
    table = table_of(results["table"], _columns_with_facts()).to_markdown()
    weights = ", ".join(f"`{name}`, sha256 `{sha256}`" for name, sha256 in results["weights"].items())
    return f"{_counted_by(results['command'])}\n\n{table}\n\nMeasured weights: {weights}."


def _columns_with_facts() -> dict:
    """An evaluation's columns, and behind `language` the share of right ones among the stated facts."""
    titles = [title for title in COLUMNS if title != "unclear"]  # the card is older than that count
    titles.insert(titles.index("language") + 1, "facts")
    return {title: COLUMNS.get(title, _facts) for title in titles}


def _facts(count: dict) -> str:
    return percent(count["facts_right"] / count["facts_stated"] if count["facts_stated"] else None)


def _budget(results: dict) -> str:
    if not results["budget"]:
        return "These weights have not been measured with a thinking budget yet."
    table = curve_table(results["budget"]).to_markdown()
    picture = f"![Accuracy by thinking budget]({CURVE_FILE})"
    return f"{_counted_by(results['budget_command'])}\n\n{table}\n\n{picture}"


def _failures(results: dict) -> str:
    count = results["table"][-1]
    told = [f"{count['total'] - count['right']} of {count['total']} answers were wrong."]
    if results["failures"]:
        told[0] += " Of each family the first of them:"
    for one in results["failures"]:
        title = f"{one['family']} {one['language']}, seed {one['seed']}"
        told.append(
            f"**{title}**\n\n![{title}]({picture_name(one)})\n\n"
            f"Question: {one['question']}  \nExpected: {_code(one['expected'])}  \n"
            f"Answered: {_code(one['answered'])}"
        )
    return "\n\n".join(told)


def _counted_by(command: str) -> str:
    return f"Counted by\n\n```bash\n{command}\n```"


def _code(text: str) -> str:
    return f"`{' '.join(text.replace('`', ' ').split())}`"
