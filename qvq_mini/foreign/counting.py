"""Foreign pictures asked about and counted: by family and kind, with 95 % intervals."""

from qvq_nb.cases import Case
from qvq_nb.evaluation.counting import COLUMNS, table_of
from qvq_nb.evaluation.curve import SHOWN
from qvq_nb.evaluation.interval import accuracy
from qvq_nb.tables import Table


def ask(reasoner, kind: str, case: Case) -> dict:
    """One picture asked about: what was answered, and whether it is right."""
    answer = reasoner.ask(case.image, case.question)
    verdict = case.check(answer)
    return {
        "kind": kind,
        "family": case.family,
        "language": case.language,
        "seed": case.seed,
        "ok": verdict.ok,
        "question": case.question,
        "truth": case.truth,
        "answer": answer.final,
        "reason": verdict.reason,
        "thinking": getattr(answer, "thinking", ""),
        "seconds": getattr(answer, "seconds", None),
    }


def counts(rows: list[dict]) -> list[dict]:
    """One count per family and kind, one per kind and one for all."""
    families, kinds = dict.fromkeys(row["family"] for row in rows), dict.fromkeys(row["kind"] for row in rows)
    groups = [(family, kind) for family in (*families, "all") for kind in kinds] + [("all", "all")]
    counted = []
    for family, kind in groups:
        found = [
            row["ok"] for row in rows if family in ("all", row["family"]) and kind in ("all", row["kind"])
        ]
        if found:
            counted.append({"family": family, "kind": kind, **accuracy(sum(found), len(found))})
    return counted


def table(counted: list[dict]) -> Table:
    """The counts for people."""
    named = {"family": lambda count: count["family"], "kind": lambda count: count["kind"]}
    return table_of(counted, {**named, **{title: COLUMNS[title] for title in SHOWN}})
