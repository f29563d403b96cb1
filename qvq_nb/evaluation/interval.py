"""How sure a share of right answers is: its 95 % interval."""

import math

NORMAL_QUANTILE_95 = 1.959963984540054


def wilson_interval(right: int, total: int, quantile=NORMAL_QUANTILE_95) -> tuple[float, float]:
    """The 95 % score interval of a share (Wilson 1927); (0, 1) where nothing was counted."""
    if total == 0:
        return 0.0, 1.0
    share, squared = right / total, quantile**2
    scale = 1 + squared / total
    centre = (share + squared / (2 * total)) / scale
    half = quantile * math.sqrt(share * (1 - share) / total + squared / (4 * total**2)) / scale
    # At the ends the formula gives 0 and 1 exactly, but for rounding.
    return 0.0 if right == 0 else centre - half, 1.0 if right == total else centre + half


def accuracy(right: int, total: int) -> dict:
    """`right` of `total` with the share and the ends of its interval, `low` and `high`, as plain values."""
    low, high = wilson_interval(right, total)
    share = right / total if total else None
    return {"right": right, "total": total, "accuracy": share, "low": low, "high": high}


def percent(share: float | None) -> str:
    """A share with one decimal, such as "97.5 %"; "–" where there is none."""
    return "–" if share is None else f"{100 * share:.1f} %"
