"""How birds are called, and a number of them as an answer."""

from qvq_nb.grading.number import Number

BIRDS = {
    "gull": ("gulls", "海鸥"),
    "heron": ("herons", "苍鹭"),
    "duck": ("ducks", "鸭"),
    "bird": ("birds", "鸟"),
}


def count_of(written: str, asked: str) -> Number:
    """A number of birds of one name, or of all; others may be spoken of with their numbers only."""
    names = {"pelican": ("pelicans", "鹈鹕"), **BIRDS}
    accepts = (asked, *names.pop(asked), "只", "个")
    if asked == "bird":
        return Number(written, accepts=accepts)
    others = tuple(word for name, both in names.items() if name != "bird" for word in (name, both[1]))
    return Number(written, accepts=accepts, others=others)
