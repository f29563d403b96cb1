"""Advice: the smallest concession, and what is advised is what the plan says of it."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from survives import survives

from qvq_nb.errors import QvqError
from qvq_nb.files import GIB
from qvq_nb.memory.advice import advise
from qvq_nb.memory.planning import plan, replanned

HOLDERS_OF_24_GIB = (
    "3 GPUs like the first one hold it in nf4, 4 in int8, 7 in bf16; "
    "with offload=True and enough RAM it runs here, but"
)


@pytest.mark.parametrize(
    ("gpus", "advised"),
    [("1x24", HOLDERS_OF_24_GIB), ("1x48", "It fits in nf4 with at most 7,424 new tokens."),
     ("2x24", HOLDERS_OF_24_GIB), ("2x48", "It fits in int8."), ("4x24", "It fits in int8."),
     ("1x80", "It fits in nf4."), ("8x24", "It runs as asked"), ("1x141", "It fits in int8."),
     ("4x40", "More comfortable in int8.")],
)  # fmt: skip
def test_advice_is_the_smallest_concession_here_else_the_fewest_gpus(gpus, advised):
    assert advised in advise(plan("qvq-72b", gpus)).sentence


def test_advice_for_a_large_picture_is_a_smaller_budget():
    advice = advise(plan("qvq-72b", "4x40", images=[(2480, 3508)]))
    assert "1,280 visual tokens" in advice.what_fits and advice.what_fits in str(advice)


def test_a_smaller_budget_is_advised_even_below_the_least_that_was_asked():
    asked = {"images": [(2480, 3508)], "visual_tokens": (2000, 16384)}
    assert "1,280 visual tokens" in advise(plan("qvq-72b", "4x40", **asked)).what_fits


@pytest.mark.parametrize(
    ("gpus", "arguments", "verdicts"),
    [("2x24", {"quantization": "nf4"}, ("no",)), ("3x24", {"quantization": "nf4"}, ("fits", "tight")),
     ("3x24", {"quantization": "int8"}, ("no",)), ("4x24", {"quantization": "int8"}, ("fits",)),
     ("6x24", {}, ("no",)), ("7x24", {}, ("fits", "tight")),
     ("1x48", {"quantization": "nf4", "new_tokens": 7424}, ("tight",)),
     ("4x40", {"images": [(2480, 3508)], "visual_tokens": (4, 1280)}, ("tight",))],
)  # fmt: skip
def test_what_is_advised_is_what_the_plan_says_of_it(gpus, arguments, verdicts):
    assert plan("qvq-72b", gpus, **arguments).verdict in verdicts


def test_offloading_is_told_with_what_goes_to_the_gpu_for_every_token():
    offloaded = plan("qvq-72b", "1x24", ram_bytes=300 * GIB)
    in_ram = offloaded.placement[1].weight_bytes
    told = (
        f"{in_ram / GIB:.0f} GiB of weights go from RAM to the GPU for every token, "
        f"which takes {in_ram / 32e9:.2g} s"
    )
    assert offloaded.verdict == "offload" and told in advise(offloaded).sentence
    assert told in advise(plan("qvq-72b", "1x24")).sentence
    assert "offload" not in advise(plan("qvq-72b", "1x24", quantization="nf4")).sentence


def test_without_a_gpu_the_model_stays_in_its_files():
    advice = advise(plan("qvq-72b", (), ram_bytes=10 * GIB))
    assert advice.sentence == (
        "There is no GPU here, and it does not fit into the free RAM. "
        "With offload=True it stays in its files, and 137 GiB are read for every token."
    )


@pytest.mark.parametrize("gpus", ["2x80", "1x141", "2x24"])
def test_the_verdicts_are_those_of_a_plan_in_each_format(gpus):
    advice = advise(plan("qvq-72b", gpus))
    planned = {"bf16": plan("qvq-72b", gpus)}
    planned |= {name: plan("qvq-72b", gpus, quantization=name) for name in ("int8", "nf4", "fp8")}
    assert advice.verdicts == {name: one.verdict for name, one in planned.items()}
    assert advice.to_dict() == {"verdicts": advice.verdicts, "advice": advice.sentence}


def test_the_formats_called_loadable_are_those_that_load_takes():
    from qvq_nb.inference.loading.wishes import Wishes
    from qvq_nb.memory.dtypes import FOR_SERVERS, LOADED

    for one in LOADED:
        assert Wishes(dtype=one.dtype, quantization=one.quantization).quantization == one.quantization
    with pytest.raises(QvqError, match="not loaded"):
        Wishes(quantization=FOR_SERVERS.quantization)
    planned = plan("qvq-72b", "4x48")
    assert "nf4 fits; fp8 fits (for servers; not loaded here)" in planned.summary(advise(planned))


@pytest.mark.parametrize(
    ("gpus", "asked", "advised"),
    [("2x80,1x8", {"quantization": "nf4"}, "It fits on GPU 0 and GPU 1 alone"),
     ("1x80,1x8", {"quantization": "nf4"}, "It fits on GPU 0 alone"),
     ("1x8,1x80", {"quantization": "nf4"}, "It runs as asked"),
     ("2x80,1x8", {}, "It fits on GPU 0 and GPU 1 alone"),
     ("1x80,1x8", {}, "It fits in nf4 on GPU 0 alone"),
     ("1x141,2x8", {}, "It fits in int8 on GPU 0 alone"),
     ("1x48,1x6", {"quantization": "nf4"}, "with at most 7,424 new tokens"),
     ("1x24,1x8", {}, "3 GPUs like the largest one hold it in nf4"),
     ("1x8,1x24", {}, "3 GPUs like the largest one hold it in nf4"),
     ("4x48,1x6", {}, "on GPU 0 and GPU 1 and GPU 2 and GPU 3 alone")],
)  # fmt: skip
def test_advice_for_mixed_cards_tries_leaving_the_small_ones_out(gpus, asked, advised):
    assert advised in advise(plan("qvq-72b", gpus, **asked)).sentence


def test_an_advised_answer_is_the_longest_that_fits_in_whole_steps():
    planned = plan("qvq-72b", "1x48", quantization="nf4")
    (longest,) = re.findall(r"at most ([\d,]+) new tokens", advise(planned).what_fits)
    longest = int(longest.replace(",", ""))
    assert replanned(planned, new_tokens=longest).verdict == "tight"
    assert replanned(planned, new_tokens=longest + 256).verdict == "no"


FORMATS = ("bf16", "int8", "nf4")
SIZES = st.sampled_from([4, 6, 8, 12, 16, 24, 32, 40, 48, 80, 96, 141])
CARDS = st.lists(st.tuples(st.integers(1, 4), SIZES), min_size=1, max_size=3)


def advised_plan(planned, sentence):
    """The plan for what the advice says: its format, cards, budget and length."""
    changes = {}
    if named := re.search(r"\bin (int8|nf4|bf16)\b", sentence):
        changes["quantization"] = None if named[1] == "bf16" else named[1]
    if "alone" in sentence:
        kept = map(int, re.findall(r"GPU (\d+)", sentence.split(" alone")[0]))
        changes["gpus"] = tuple(planned.gpus[number] for number in kept)
    if budget := re.search(r"budget of ([\d,]+) visual", sentence):
        most = int(budget[1].replace(",", ""))
        changes["budget"] = (min(planned.budget[0], most), most)
    if length := re.search(r"at most ([\d,]+) new", sentence):
        changes["new_tokens"] = int(length[1].replace(",", ""))
    return replanned(planned, **changes), changes


@survives(
    "machine",
    en=("any mixture of cards, pictures and lengths", "what the plan advises fits by its own "
        "calculation, and nothing smaller does"),
    zh=("任意混搭的卡、图片和长度", "建议的做法按同一计算必定放得下，更小的让步则不行"),
)  # fmt: skip
@settings(max_examples=20)
@given(
    CARDS,
    st.sampled_from([None, "int8", "nf4"]),
    st.sampled_from([1, 2048, 8192]),
    st.booleans(),
    st.booleans(),
)
def test_what_is_advised_fits_and_nothing_smaller_does(cards, quantization, new_tokens, large, small_model):
    planned = plan(
        "qwen2-vl-7b" if small_model else "qvq-72b",
        ",".join(f"{count}x{size}" for count, size in cards),
        quantization=quantization,
        new_tokens=new_tokens,
        images=[(2480, 3508)] if large else [(1024, 768)],
    )
    what = advise(planned).what_fits
    good = {"fits"} if planned.verdict == "tight" else {"fits", "tight"}
    if "hold it in" in what:
        check_numbers_of_gpus(planned, what)
        return
    if not what:
        return
    advised, changes = advised_plan(planned, what)
    assert advised.verdict in good
    for smaller in smaller_concessions(planned, changes):
        assert replanned(planned, **smaller).verdict not in good


def check_numbers_of_gpus(planned, what):
    largest = max(planned.gpus, key=lambda gpu: gpu.memory_bytes)
    for count, name in re.findall(r"(\d+)(?: GPUs like the \w+ one hold it)? in (int8|nf4|bf16)", what):
        asked = {"quantization": None if name == "bf16" else name}
        assert replanned(planned, gpus=(largest,) * int(count), **asked).verdict in ("fits", "tight")
        fewer = (
            planned.gpus.count(largest) if int(count) - 1 <= planned.gpus.count(largest) else int(count) - 1
        )
        assert replanned(planned, gpus=(largest,) * fewer, **asked).verdict not in ("fits", "tight")


def smaller_concessions(planned, changes):
    """Each step of what was advised taken back: the cards, the length, the budget, the format."""
    if "gpus" in changes:
        sizes = sorted(
            {
                gpu.memory_bytes
                for gpu in planned.gpus
                if gpu.memory_bytes < min(one.memory_bytes for one in changes["gpus"])
            }
        )
        for least in sizes:
            yield changes | {"gpus": tuple(gpu for gpu in planned.gpus if gpu.memory_bytes >= least)}
    if "new_tokens" in changes:
        yield changes | {"new_tokens": changes["new_tokens"] + 256}
        yield {name: value for name, value in changes.items() if name != "new_tokens"}
    if "budget" in changes:
        yield {name: value for name, value in changes.items() if name not in ("budget", "new_tokens")}
    if "quantization" in changes:
        first = FORMATS.index(planned.quantization or "bf16")
        for finer in FORMATS[first : FORMATS.index(changes["quantization"] or "bf16")]:
            asked = {"quantization": None if finer == "bf16" else finer}
            yield {name: value for name, value in changes.items() if name == "gpus"} | asked
