"""What stands beside a score: what was not answered, how answers ended, their lengths and what they cost."""

from collections.abc import Iterable, Sequence
from statistics import quantiles

from qvq_nb.evaluation.results.rows import is_broken_off, is_counted

LENGTHS = ("thinking_tokens", "new_tokens", "seconds")
TOTALS = ("prompt_tokens", "visual_tokens", "thinking_tokens", "new_tokens")


def counts(rows: Iterable[dict], price: dict | None = None) -> dict:
    """Counts over answers as plain values; `price` is that of a million tokens: {"input", "output"}.

    Lengths have the quartiles of the answers that know them. Tokens are summed over those, too: `known` says
    how many. `prompt_tokens` include those of pictures, `new_tokens` those of the thinking.
    """
    rows = list(rows)
    answered = [row for row in rows if is_counted(row)]
    return {
        "wanted": len(rows),
        "answered": len(answered),
        "errors": sum(row["error"] is not None for row in rows),
        "not_asked": sum(row["error"] is None and row["outcome"] == "unanswered" for row in rows),
        "not_judged": sum(row["error"] is None and row["outcome"] == "no truth" for row in rows),
        "unclear": sum(row["outcome"] == "unclear" for row in answered),
        "broken_off": sum(map(is_broken_off, answered)),
        "looped": sum(bool(row["looped"]) for row in answered),
        "switched": sum(bool(row["switched"]) for row in answered),
        "lengths": {name: quartiles(_known(answered, name)) for name in LENGTHS},
        "tokens": {name: sum(_known(rows, name)) for name in TOTALS},
        "known": {name: len(_known(rows, name)) for name in TOTALS},
        "cost": cost(rows, price),
    }


def quartiles(values: Sequence[float]) -> dict | None:
    """The three quartiles (of the sample itself, between neighbours by their distance); None of nothing."""
    if not values:
        return None
    low, middle, high = quantiles(values, n=4, method="inclusive") if len(values) > 1 else 3 * list(values)
    return {"quarter": low, "median": middle, "three_quarters": high}


def cost(rows: Iterable[dict], price: dict | None) -> float | None:
    """What the answers cost at a price per million tokens, {"input", "output"}; None without a price."""
    if not price:
        return None
    rows = list(rows)
    paid = (("prompt_tokens", "input"), ("new_tokens", "output"))
    return sum(sum(_known(rows, name)) * price.get(kind, 0) for name, kind in paid) / 1_000_000


def _known(rows, name) -> list:
    return [row[name] for row in rows if row.get(name) is not None]
