"""Two runs on the same questions: which is better, and whether that is more than chance."""

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from qvq_nb.evaluation.interval import NORMAL_QUANTILE_95
from qvq_nb.evaluation.results.estimates import clustered_error, estimate
from qvq_nb.evaluation.results.tried import Tried, tried
from qvq_nb.evaluation.results.words import Words, interval_cells, points, shortened, signed
from qvq_nb.tables import Table

FOUND_FOUR_OF_FIVE = 2.801585218112969  # standard errors: the normal quantiles of 0.975 and 0.8 together
MOST_CHANGED = 50  # questions on which the runs differ that a report shows
Pair = tuple[Tried, Tried]


@dataclass(frozen=True, repr=False)
class Comparison:
    """Two runs held against each other; `found` has everything as plain values."""

    found: dict

    def to_dict(self) -> dict:
        """Everything as plain values, ready for JSON."""
        return self.found

    def sentence(self, language: str = "en") -> str:
        """What the comparison tells, in words."""
        return _sentence(self.found, Words(language))

    def tables(self, language: str = "en") -> list[Table]:
        """The comparison for people: both scores, the parts, and the settings that differ."""
        return _tables(self.found, Words(language))

    def __str__(self) -> str:
        return "\n\n".join([*map(str, self.tables()), self.sentence()])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        tables = "".join(table._repr_html_() for table in self.tables())
        return f"<p>{html.escape(self.sentence())}</p>{tables}"


def comparison(
    rows_a: Iterable[dict],
    rows_b: Iterable[dict],
    names: Sequence[str] = ("A", "B"),
    harnesses: Sequence[dict] = ({}, {}),
) -> Comparison:
    """Two runs compared on the questions that both answered, found by set and id.

    The difference is that of the second run to the first, question by question, with its standard error
    clustered by picture. `p` is that of McNemar's exact test on the questions of which one run did better.
    `harnesses` are both runs' settings, of which those that differ are reported.
    """
    answers_a, answers_b = ({one.name: one for one in tried(rows) if one.tries} for rows in (rows_a, rows_b))
    both = [(answers_a[name], answers_b[name]) for name in answers_a if name in answers_b]
    changed = [pair for pair in both if pair[0].score != pair[1].score]
    return Comparison(
        {
            "names": [str(name) for name in names],
            "both": len(both),
            "only": [len(answers_a) - len(both), len(answers_b) - len(both)],
            "scores": [estimate(side) for side in (zip(*both) if both else ((), ()))],
            **paired(both),
            "parts": [{**part, **paired(pairs)} for part, pairs in _parts(both)],
            "settings": _settings(*harnesses),
            "changed": [_changed(pair) for pair in changed[:MOST_CHANGED]],
        }
    )


def paired(pairs: Sequence[Pair]) -> dict:
    """The mean difference of pairs with interval and test as plain values.

    The interval is the difference ± 1.96 clustered standard errors of the differences (Miller 2024), which
    wants some thirty pictures or more; the test takes every question for independent. `tells_apart` asks for
    both: no 0 within the interval, and p < 0.05. `detectable` is the difference that so many questions would
    show four times out of five, if it were there.
    """
    differences = [b.score - a.score for a, b in pairs]
    error = clustered_error(differences, [a.cluster for a, _ in pairs])
    mean = fmean(differences) if pairs else None
    low, high = (
        (None, None) if error is None else (mean + side * NORMAL_QUANTILE_95 * error for side in (-1, 1))
    )
    better, worse = sum(one > 0 for one in differences), sum(one < 0 for one in differences)
    p = mcnemar(better, worse)
    return {
        "questions": len(pairs),
        "difference": mean,
        "standard_error": error,
        "low": low,
        "high": high,
        "better": better,
        "worse": worse,
        "same": len(pairs) - better - worse,
        "p": p,
        "tells_apart": error is not None and p < 0.05 and not low <= 0 <= high,
        "detectable": error and FOUND_FOUR_OF_FIVE * error,
    }


def mcnemar(better: int, worse: int) -> float:
    """McNemar's exact test: how likely a split at least so uneven is if both were equally likely.

    Twice the lower tail of a binomial distribution with one half (McNemar 1947; exact as Liddell 1983).
    """
    total, term, tail = better + worse, 1, 0
    for number in range(min(better, worse) + 1):
        tail += term
        term = term * (total - number) // (number + 1)
    return min(1.0, 2 * tail / 2**total)


def _parts(both: Sequence[Pair]) -> list[tuple[dict, list[Pair]]]:
    """The pairs by set, language and each category that tells more than one value apart."""
    kinds: dict[str, dict[str, list[Pair]]] = {}
    for pair in both:
        first = pair[0].first
        for kind, value in {
            "set": first["set"],
            "language": first["language"],
            **first["categories"],
        }.items():
            kinds.setdefault(kind, {}).setdefault(str(value), []).append(pair)
    return [
        ({"kind": kind, "value": value}, pairs)
        for kind, values in kinds.items()
        if len(values) > 1
        for value, pairs in values.items()
    ]


def _settings(a: dict, b: dict) -> list[dict]:
    names = [name for name in dict.fromkeys([*a, *b]) if a.get(name) != b.get(name)]
    return [{"name": name, "values": [a.get(name), b.get(name)]} for name in names]


def _changed(pair: Pair) -> dict:
    shared = {name: pair[0].first.get(name, "") for name in ("set", "id", "question", "expected")}
    got = ["; ".join(", ".join(row["got"] for row in rows) for rows in side.tries) for side in pair]
    return {**shared, "scores": [side.score for side in pair], "got": got}


def _sentence(found: dict, words: Words) -> str:
    a, b = (shortened(name) for name in found["names"])
    if not found["both"]:
        return words("nothing in common", a=a, b=b)
    said = words(
        "difference", a=a, b=b, both=found["both"], better=found["better"], worse=found["worse"],
        difference=signed(found["difference"]), p=f"{found['p']:.2g}",
    )  # fmt: skip
    if found["standard_error"] is None:
        return said + words("no error")
    said += words("difference interval", low=signed(found["low"]), high=signed(found["high"]))
    said += words("apart" if found["tells_apart"] else "not apart")
    return said + (words("detectable", points=points(found["detectable"])) if found["detectable"] else "")


def _tables(found: dict, words: Words) -> list[Table]:
    names, titles = found["names"], ("run", "right", "of", "share", "interval", "error")
    scores = [(shortened(name), *interval_cells(one)) for name, one in zip(names, found["scores"])]
    tables = [Table([words(title) for title in titles], scores, title=words("both answered"))]
    columns = ("part", "questions", "difference in points", "interval", "better", "worse", "p")
    parts = [(words("all"), found)]
    for part in found["parts"][: words.MOST_ROWS]:
        parts.append(
            (words("one part", kind=words.name(part["kind"]), value=words.name(part["value"])), part)
        )
    lines = [
        (
            name, one["questions"], signed(one["difference"]), _ends(one), one["better"], one["worse"],
            f"{one['p']:.2g}",
        )
        for name, one in parts
    ]  # fmt: skip
    tables.append(Table([words(title) for title in columns], lines, title=words("difference title")))
    if found["settings"]:
        lines = [(words.name(one["name"]), *map(shortened, one["values"])) for one in found["settings"]]
        title = words("settings that differ")
        tables.append(Table([words("setting"), *map(shortened, names)], lines, left=(0, 1, 2), title=title))
    return tables


def _ends(one: dict) -> str:
    return "–" if one["low"] is None else f"{signed(one['low'])} … {signed(one['high'])}"
