"""A mean over questions and how sure it is; errors are those over questions, not over answers."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from math import comb
from statistics import fmean

from qvq_nb.errors import QvqError
from qvq_nb.evaluation.interval import accuracy
from qvq_nb.evaluation.results.tried import Tried


def clustered_error(values: Sequence[float], clusters: Sequence) -> float | None:
    """The standard error of the mean of values that share clusters; None with fewer than two clusters.

    √(G/(G−1) · Σ_g (Σ_{i in g} (x_i − mean))²) ÷ n over G clusters: the sandwich of Liang and Zeger (1986)
    for a mean, as Miller (2024, "Adding Error Bars to Evals") has it, with the usual factor for few clusters.
    Where every value is its own cluster it is the standard deviation ÷ √n.
    """
    sums: dict = {}
    mean = fmean(values) if values else 0.0
    for value, cluster in zip(values, clusters):
        sums[cluster] = sums.get(cluster, 0.0) + value - mean
    count = len(sums)
    if count < 2:
        return None
    return math.sqrt(count / (count - 1) * sum(one**2 for one in sums.values())) / len(values)


def effective_size(values: Sequence[float], clusters: Sequence, answers: float) -> float:
    """How many independent right-or-wrong answers tell as much as these: n ÷ the design effect (Kish 1965).

    The design effect is the clustered variance of the mean (or that without clusters, if it is larger) ÷ that
    of n independent answers, p(1−p) ÷ (n−1). It is at least n ÷ the number of `answers` that the values are
    means of, and at most Σ n_g² ÷ n, which is reached where all questions of a cluster end alike. That is
    assumed where the values do not tell: all the same, or a single cluster.
    """
    total, mean = len(values), fmean(values)
    most = sum(size**2 for size in Counter(clusters).values()) / total
    error, plain = clustered_error(values, clusters), clustered_error(values, range(total))
    if not error or not plain:
        return total / most
    effect = max(error, plain) ** 2 * (total - 1) / (mean * (1 - mean))
    return total / min(max(total / answers, effect), most)


def estimate(
    questions: Iterable[Tried], value: Callable = lambda question: question.score, drawn: int = 1
) -> dict:
    """The mean of a value over questions (those where it is None are left out) as plain values.

    `low` and `high` are Wilson's interval for so many independent answers as these are worth (as Korn and
    Graubard did in 1998 with the exact interval); with one answer a question, right or wrong, and no shared
    pictures it is Wilson's own. `standard_error` is that over questions, clustered; all between 0 and 1.
    `drawn` is how many answers make one value, such as the k of pass@k.
    """
    found = [(one, question) for question in questions if (one := value(question)) is not None]
    if not found:
        return {**accuracy(0, 0), "standard_error": None, "clusters": 0}
    values, counted = zip(*found)
    clusters = [question.cluster for question in counted]
    answers = sum(max(1.0, len(question.tries) / drawn) for question in counted)
    mean, size = fmean(values), effective_size(values, clusters, answers)
    return {
        **accuracy(min(mean, 1.0) * size, size),
        "right": math.fsum(values),
        "total": len(values),
        "accuracy": mean,
        "standard_error": clustered_error(values, clusters),
        "clusters": len(set(clusters)),
    }


def pass_at(tries: int, right: int, k: int) -> float:
    """The chance that of `k` answers, drawn from `tries` of which `right` are right, at least one is right.

    1 − C(n−c, k) ÷ C(n, k), the estimator without bias of Chen et al. (2021, "Evaluating Large Language
    Models Trained on Code").
    """
    if not 0 < k <= tries:
        raise QvqError(f"pass@{k} needs at least {max(k, 1)} answers to a question; there are {tries}.")
    return 1 - comb(tries - right, k) / comb(tries, k)


def repeats(questions: Sequence[Tried]) -> dict | None:
    """pass@k for k = 1, 2, 4 … and the most tries, and the majority vote; None where all were asked once."""
    most = max((len(question.tries) for question in questions), default=0)
    if most < 2:
        return None
    steps = sorted({2**power for power in range(most.bit_length())} | {most})

    def passed(k):
        return lambda one: pass_at(len(one.tries), sum(one.rights), k) if len(one.tries) >= k else None

    return {
        "most": most,
        "pass": [{"k": k, **estimate(questions, passed(k), drawn=k)} for k in steps],
        "majority": estimate(questions, lambda question: question.majority, drawn=most),
    }
