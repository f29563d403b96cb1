"""What to do next: the smallest concession with which a model fits, enough GPUs, or layers left in RAM."""

from collections.abc import Iterator
from dataclasses import dataclass

from qvq_nb.files import GIB
from qvq_nb.memory.dtypes import FOR_SERVERS, LOADED, NumberFormat, number_format
from qvq_nb.memory.planning import Plan, replanned

SMALLER_BUDGET_TOKENS = 1280  # of visual tokens per image
SHORTEST_ANSWER_TOKENS = 1024  # an answer with less room than this is not worth advising
ANSWER_STEP_TOKENS = 256
MOST_GPUS_ADVISED = 16
FITTING = ("fits", "tight")
PCIE_BYTES_PER_SECOND = 32e9  # PCIe 4.0 with 16 lanes, one way, at best


@dataclass(frozen=True)
class Advice:
    """What to do next with a plan, in one or two sentences.

    `what_fits`: the smallest concession on these GPUs that makes it fit better than now, else how many GPUs
    like the first do; "" for neither. `verdicts`: {number format: verdict} for this question on these GPUs.
    """

    sentence: str
    what_fits: str
    verdicts: dict[str, str]

    @property
    def verdicts_in_words(self) -> str:
        *here, server = (f"{name} {verdict}" for name, verdict in self.verdicts.items())
        return f"{', '.join(here)}; {server} (for servers; not loaded here)"

    def __str__(self) -> str:
        return self.sentence

    def to_dict(self) -> dict:
        """Plain values for JSON, beside those of the plan."""
        return {"verdicts": self.verdicts, "advice": self.sentence}


def advise(plan: Plan) -> Advice:
    """Look at the same question with other number formats, budgets, lengths and numbers of GPUs."""
    verdicts = {one.name: _in_format(plan, one).verdict for one in (*LOADED, FOR_SERVERS)}
    if plan.verdict == "fits":
        return Advice(f"It runs as asked, with memory for {plan.max_new_tokens:,} new tokens.", "", verdicts)
    concession = _concession(plan)
    if plan.verdict == "tight":
        narrow = min(plan.placement, key=lambda place: place.free_bytes)
        said = f"It runs, with only {narrow.free_bytes / GIB:.1f} GiB to spare on {narrow.name}."
        what_fits = f"More comfortable {concession}." if concession else ""
        return Advice(f"{said} Keep other programs away from there. {what_fits}".strip(), what_fits, verdicts)
    what_fits = f"It fits {concession}." if concession else _enough_gpus(plan)
    if plan.verdict == "offload":
        said = f"{_way_to_the_gpu(plan)}."
    elif plan.gpus:
        said = "It does not fit as asked."
    else:
        said = "There is no GPU here, and it does not fit into the free RAM."
    helpful = "; ".join(filter(None, (what_fits.rstrip("."), "" if concession else _if_offloaded(plan))))
    helpful = f" {helpful[0].upper()}{helpful[1:]}." if helpful else ""
    return Advice(said + helpful, what_fits, verdicts)


def _in_format(plan, numbers, **changes) -> Plan:
    return replanned(plan, dtype=numbers.dtype, quantization=numbers.quantization, **changes)


def _concession(plan) -> str:
    """What to give up so that it fits here, such as "in nf4 with at most 7,424 new tokens"; else ""."""
    for numbers, budget, may_be_shorter in _attempts(plan):
        for kept in _fewer_gpus(plan):
            asked = {"budget": budget, "gpus": tuple(plan.gpus[number] for number in kept)}
            given_up = []
            if len(kept) < len(plan.gpus):
                given_up.append(_without_the_others(kept))
            if budget != plan.budget:
                given_up.append(f"with a budget of {budget[1]:,} visual tokens per image")
            if may_be_shorter:
                longest = _longest_answer(plan, numbers, asked)
                if not longest:
                    continue
                given_up.append(
                    f"{'and' if budget != plan.budget else 'with'} at most {longest:,} new tokens"
                )
            elif not _is_better(_in_format(plan, numbers, **asked).verdict, plan):
                continue
            if numbers.name != plan.number_format:
                given_up.insert(0, f"in {numbers.name}")
            return " ".join(given_up)
    return ""


def _is_better(verdict, plan) -> bool:
    return verdict == "fits" or (verdict == "tight" and plan.verdict != "tight")


def _longest_answer(plan, numbers, asked) -> int:
    """The longest answer that fits then, in whole steps and shorter than was asked; 0 for none worth it.

    A shorter answer never makes a tight plan comfortable enough to be advised.
    """

    def fits(steps):
        return _in_format(plan, numbers, **asked, new_tokens=steps * ANSWER_STEP_TOKENS).verdict in FITTING

    least, most = SHORTEST_ANSWER_TOKENS // ANSWER_STEP_TOKENS, (plan.new_tokens - 1) // ANSWER_STEP_TOKENS
    if plan.verdict == "tight" or least > most or not fits(least):
        return 0
    while least < most:
        middle = (least + most + 1) // 2
        least, most = (middle, most) if fits(middle) else (least, middle - 1)
    return least * ANSWER_STEP_TOKENS


def _attempts(plan) -> Iterator[tuple[NumberFormat, tuple[int, int], bool]]:
    """(format, budget, is the answer shorter), the smallest concession first.

    Length or picture are given up before the format, and both only with the cheapest one that helps.
    """
    whole, same = plan.budget, number_format(plan.dtype, plan.quantization)
    most = min(SMALLER_BUDGET_TOKENS, whole[1])
    smaller = [(min(whole[0], most), most)] if plan.visual_tokens > most * len(plan.images) else []
    yield same, whole, False
    yield same, whole, True
    yield from ((same, budget, False) for budget in smaller)
    yield from ((cheaper, whole, False) for cheaper in same.cheaper)
    for budget in (whole, *smaller):
        for cheaper in same.cheaper:
            if budget != whole:
                yield cheaper, budget, False
            yield cheaper, budget, True


def _fewer_gpus(plan) -> Iterator[tuple[int, ...]]:
    """The numbers of the GPUs that are kept: all, then without the smallest kind, and so on.

    The layers go to the GPUs in order, so that a small one among large ones can do more harm than good.
    """
    for least in sorted({gpu.memory_bytes for gpu in plan.gpus} or {0}):
        yield tuple(number for number, gpu in enumerate(plan.gpus) if gpu.memory_bytes >= least)


def _without_the_others(kept) -> str:
    named = " and ".join(f"GPU {number}" for number in kept)
    return f"on {named} alone (leave the others out with CUDA_VISIBLE_DEVICES)"


def _enough_gpus(plan) -> str:
    """How many GPUs like the largest hold it, fewest first, each in the best format for that; "" for none."""
    found, same = {}, number_format(plan.dtype, plan.quantization)
    sizes = [gpu.memory_bytes for gpu in plan.gpus]
    for numbers in (same, *same.cheaper) if sizes else ():
        largest = plan.gpus[sizes.index(max(sizes))]
        for count in range(sizes.count(max(sizes)) + 1, MOST_GPUS_ADVISED + 1):
            more = _in_format(plan, numbers, gpus=(largest,) * count)
            if more.verdict in FITTING:
                found.setdefault(count, numbers.name)
                break
    if not found:
        return ""
    (fewest, name), *others = sorted(found.items())
    like = "first" if len(set(sizes)) == 1 else "largest"
    said = f"{fewest} GPUs like the {like} one hold it in {name}"
    return ", ".join([said, *(f"{count} in {other}" for count, other in others)]) + "."


def _if_offloaded(plan) -> str:
    """What it means to leave in RAM or in the files what does not fit; "" where it cannot or need not be."""
    if plan.verdict != "no" or plan.quantization:
        return ""
    if not plan.gpus:
        size = f"{plan.weight_bytes / GIB:.0f} GiB"
        return f"with offload=True it stays in its files, and {size} are read for every token"
    offloaded = replanned(plan, ram_bytes=2 * plan.weight_bytes)
    if offloaded.verdict != "offload":
        return ""
    return f"with offload=True and enough RAM it runs here, but {_way_to_the_gpu(offloaded)}"


def _way_to_the_gpu(plan) -> str:
    """What lies in RAM, and the least time that its way to the GPU takes."""
    size = sum(place.weight_bytes for place in plan.placement if place.device == "cpu")
    told = f"{size / GIB:.0f} GiB of weights go from RAM to the GPU for every token"
    return f"{told}, which takes {size / PCIE_BYTES_PER_SECOND:.2g} s at best (PCIe 4.0)"
