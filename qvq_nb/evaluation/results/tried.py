"""Questions with all answers to them: repeats belong together, and so do the orders of a circular one."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from statistics import fmean

from qvq_nb.evaluation.results.rows import is_counted


@dataclass(frozen=True)
class Tried:
    """One question. `orders` has for each order of its options (most questions have one) repeat → row.

    `cluster` is what it shares with others, such as its picture.
    """

    name: tuple[str, str]  # set, and id or name of the circle
    cluster: tuple[str, str]
    orders: tuple[dict[int, dict], ...]

    @property
    def first(self) -> dict:
        """A row that says what was asked."""
        return next(iter(self.orders[0].values()))

    @cached_property
    def tries(self) -> list[list[dict]]:
        """For each repeat in which every order was answered its rows."""
        repeats = sorted(set.union(*(set(order) for order in self.orders)))
        tries = [[order.get(repeat) for order in self.orders] for repeat in repeats]
        return [rows for rows in tries if all(row is not None and is_counted(row) for row in rows)]

    @cached_property
    def scores(self) -> list[float]:
        """The score of each try, 0 to 1: that of the worst order."""
        return [min(row["score"] for row in rows) for rows in self.tries]

    @cached_property
    def rights(self) -> list[bool]:
        """Whether each try is right: in all orders."""
        return [all(row["outcome"] == "right" for row in rows) for rows in self.tries]

    @property
    def score(self) -> float | None:
        """The mean score over the tries; None where there is none."""
        return fmean(self.scores) if self.tries else None

    @property
    def majority(self) -> float | None:
        """1 where the answer that most tries gave is right (in every order), else 0; None without a try."""
        if not self.tries:
            return None
        return float(all(elected(rows)["outcome"] == "right" for rows in zip(*self.tries)))


def tried(rows: Iterable[dict]) -> list[Tried]:
    """The questions of scored rows in their order. Of a repeated row the first answered one counts."""
    found: dict[tuple, dict[str, dict[int, dict]]] = {}
    for row in rows:
        circle = row["circular"]
        name = (row["set"], row["id"] if circle is None else circle, circle is None)
        order = found.setdefault(name, {}).setdefault(row["id"], {})
        before = order.get(row["repeat"])
        if before is None or (is_counted(row) and not is_counted(before)):
            order[row["repeat"]] = row
    questions = []
    for name, orders in found.items():
        first = next(iter(next(iter(orders.values())).values()))
        alone = first["group"] is None
        cluster = (name[0], "question" if alone else "group", name[1] if alone else first["group"])
        questions.append(Tried(name[:2], cluster, tuple(orders.values())))
    return questions


def elected(rows: Iterable[dict]) -> dict:
    """The row with the answer that most rows give; of equally many the one that came first.

    An unclear row gives no answer; where all are unclear the first one is taken.
    """
    rows = list(rows)
    voting = [row for row in rows if row["outcome"] != "unclear" and row["got"].strip()]
    if not voting:
        return rows[0]
    votes = Counter(normalised(row["got"]) for row in voting)  # counts in the order of coming
    winner = max(votes, key=votes.get)
    return next(row for row in voting if normalised(row["got"]) == winner)


def normalised(answer: str) -> str:
    """An answer without what makes no difference: width of letters, case, spaces, dollars, a full stop."""
    text = re.sub(r"\s|\$|\\left|\\right|\\[,;! ()]", "", unicodedata.normalize("NFKC", answer).casefold())
    text = re.sub(r"\\[dt]frac", r"\\frac", text).rstrip(".。")
    if re.fullmatch(r"[-+]?(\d{1,60}|\d{1,3}(,\d{3}){1,20})(\.\d{1,60})?", text, re.ASCII):
        return str(Fraction(text.replace(",", "")))
    return text
