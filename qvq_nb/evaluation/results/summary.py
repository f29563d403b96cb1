"""One run summed up: its scores, what stands beside them, and how they were measured."""

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from qvq_nb.evaluation.interval import percent
from qvq_nb.evaluation.results.counts import LENGTHS, TOTALS, counts
from qvq_nb.evaluation.results.estimates import estimate, repeats
from qvq_nb.evaluation.results.published import beside
from qvq_nb.evaluation.results.rows import scorer_version
from qvq_nb.evaluation.results.tried import Tried, tried
from qvq_nb.evaluation.results.words import Words, interval_cells, shortened
from qvq_nb.tables import Table

ANSWERS = (
    "wanted",
    "answered",
    "errors",
    "not_asked",
    "not_judged",
    "unclear",
    "broken_off",
    "looped",
    "switched",
)
ESTIMATED = ("right", "of", "share", "interval", "error")
LONGEST_SETTING = 1000


@dataclass(frozen=True, repr=False)
class Summary:
    """A run in numbers; `found` has everything as plain values."""

    found: dict

    def to_dict(self) -> dict:
        """Everything as plain values, ready for JSON."""
        return self.found

    def sentences(self, language: str = "en") -> list[str]:
        """What the run amounts to, in words."""
        words, score, answers = Words(language), self.found["score"], self.found["answers"]
        if not score["total"]:
            return [words("nothing")]
        right, total, share, *_ = interval_cells(score)
        ends = {"low": percent(score["low"]), "high": percent(score["high"])}
        whole = self.found["repeats"] is None and score["right"] == int(score["right"])
        said = [words("headline" if whole else "mean", right=right, total=total, share=share, **ends)]
        if score["clusters"] < score["total"]:
            said.append(words("shared", clusters=f"{score['clusters']:,}"))
        if answers["answered"] + answers["not_judged"] < answers["wanted"]:
            worst = percent(self.found["if_missing_wrong"]["accuracy"])
            said.append(
                words(
                    "incomplete",
                    answered=f"{answers['answered']:,}",
                    wanted=f"{answers['wanted']:,}",
                    share=worst,
                )
            )
        return said

    def tables(self, language: str = "en") -> list[Table]:
        """The summary for people, a table for each thing that there is something to say about."""
        words = Words(language)
        makers = (_scores, _categories, _repeats, _published, _answers, _lengths, _harness)
        return [table for make in makers for table in make(self.found, words)]

    @cached_property
    def title(self) -> dict[str, str]:
        """The run's title in each language."""
        names = {
            "model": shortened(self.found["harness"].get("model", "–")),
            "sets": ", ".join(shortened(one["value"]) for one in self.found["parts"] if one["kind"] == "set"),
        }
        return {language: Words(language)("title", **names) for language in ("en", "zh")}

    def __str__(self) -> str:
        return "\n\n".join([*map(str, self.tables()), *self.sentences()])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        said = "".join(f"<p>{html.escape(sentence)}</p>" for sentence in self.sentences())
        return said + "".join(table._repr_html_() for table in self.tables())


def summary(rows: Iterable[dict], harness: dict) -> Summary:
    """A run summed up from its scored rows, those without an answer included.

    `harness` says how it was measured, as plain values: "model", "prompt", "min_pixels", "max_pixels",
    "max_new_tokens" and whatever else was set; "price" {"input", "output"} is that of a million tokens.
    The scorer's version is added. Only answered questions enter the score; what it would be if every missing
    one were wrong is beside it.
    """
    rows = list(rows)
    questions = tried(rows)
    return Summary(
        {
            "harness": {**harness, "scorer": harness.get("scorer") or scorer_version()},
            "questions": len(questions),
            "score": estimate(questions),
            "if_missing_wrong": estimate(questions, _pessimist),
            "parts": _parts(questions),
            "repeats": repeats(questions),
            "answers": counts(rows, harness.get("price")),
            "published": beside(questions, harness),
        }
    )


def _pessimist(question: Tried) -> float | None:
    """A question's score if each of its missing answers were wrong; None of one that has no truth."""
    wanted = {
        repeat for order in question.orders for repeat, row in order.items() if row["outcome"] != "no truth"
    }
    return sum(question.scores) / len(wanted) if wanted else None


def _parts(questions: Sequence[Tried]) -> list[dict]:
    """An estimate for each set, each language and each value of each category, kind by kind."""
    kinds: dict[str, dict[str, list[Tried]]] = {"set": {}, "language": {}}
    for question in questions:
        first = question.first
        categories = {f"category {kind}": str(value) for kind, value in first["categories"].items()}
        for kind, value in {"set": first["set"], "language": first["language"], **categories}.items():
            kinds.setdefault(kind, {}).setdefault(value, []).append(question)
    return [
        {"kind": kind, "value": value, **estimate(part)}
        for kind, values in kinds.items()
        for value, part in values.items()
    ]


def _estimates(title: str, first: str, lines: Iterable[tuple[str, dict]], words: Words) -> Table:
    rows = [(name, *interval_cells(one)) for name, one in lines]
    return Table([first, *(words(name) for name in ESTIMATED)], rows, title=title)


def _scores(found: dict, words: Words) -> list[Table]:
    parts = [part for part in found["parts"] if part["kind"] in ("set", "language")]
    several = [
        part for part in parts if sum(other["kind"] == part["kind"] for other in parts) > 1
    ]  # a single one is the whole
    lines = [(words("all"), found["score"]), *((words.name(part["value"]), part) for part in several)]
    return [_estimates(words("scores"), words("part"), lines, words)]


def _categories(found: dict, words: Words) -> list[Table]:
    kinds: dict[str, list[dict]] = {}
    for part in found["parts"]:
        if part["kind"].startswith("category "):
            kinds.setdefault(part["kind"].removeprefix("category "), []).append(part)
    tables = []
    for kind, parts in kinds.items():
        largest = sorted(parts, key=lambda part: -part["total"])[: words.MOST_ROWS]
        if len(parts) > 1:
            lines = [(shortened(part["value"]), part) for part in largest]
            left_out = words("more", count=len(parts) - len(largest)) if len(parts) > len(largest) else ""
            title = " ".join(filter(None, (words("by", name=words.name(kind)), left_out)))
            tables.append(_estimates(title, words.name(kind), lines, words))
    return tables


def _repeats(found: dict, words: Words) -> list[Table]:
    if found["repeats"] is None:
        return []
    lines = [(words("pass", k=one["k"]), one) for one in found["repeats"]["pass"]]
    lines.append((words("majority"), found["repeats"]["majority"]))
    return [_estimates(words("repeats"), words("measure"), lines, words)]


def _published(found: dict, words: Words) -> list[Table]:
    rows = [
        (
            f"{one['model']}, {one['set']}",
            percent(one["score"]),
            "–" if one["low"] is None else f"{percent(one['low'])} – {percent(one['high'])}",
            *interval_cells(one["here"])[1:4],
            words("comma").join(words(f"differs {what}") for what in one["differences"]),
        )
        for one in found["published"]
    ]
    titles = ("set", "published score", "interval", "of", "here", "interval", "differs")
    table = Table([words(title) for title in titles], rows, left=(0, 6), title=words("published"))
    return [table] if rows else []


def _answers(found: dict, words: Words) -> list[Table]:
    answers = found["answers"]
    rows = [(words(name), f"{answers[name]:,}") for name in ANSWERS]
    if answers["cost"] is not None:
        rows.append((words("cost"), f"{answers['cost']:,.2f} {shortened(_currency(found))}".rstrip()))
    return [Table([words("count"), words("number")], rows, title=words("beside"))]


def _lengths(found: dict, words: Words) -> list[Table]:
    answers, quarters = found["answers"], ("quarter", "median", "three_quarters")
    rows = []
    for name in dict.fromkeys((*LENGTHS, *TOTALS)):
        length = answers["lengths"].get(name)
        total, known = answers["tokens"].get(name), answers["known"].get(name)
        if length or known:
            cells = [f"{length[quarter]:,.1f}" if length else "–" for quarter in quarters]
            sums = ["–" if one is None else f"{one:,}" for one in (total, known)]
            rows.append((words(name), *cells, *sums))
    titles = [words(title) for title in ("length", *quarters, "sum", "known")]
    return [Table(titles, rows, title=words("lengths"))] if rows else []


def _harness(found: dict, words: Words) -> list[Table]:
    rows = [(words.name(name), shortened(value, LONGEST_SETTING)) for name, value in found["harness"].items()]
    return [Table([words("setting"), words("value")], rows, left=(0, 1), title=words("harness"))]


def _currency(found: dict) -> str:
    return (found["harness"].get("price") or {}).get("currency", "")
