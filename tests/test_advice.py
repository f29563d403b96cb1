"""Advice: the smallest concession, and what is advised is what the plan says of it."""

import pytest

from qvq_nb.errors import QvqError
from qvq_nb.files import GIB
from qvq_nb.memory.advice import advise
from qvq_nb.memory.planning import plan

HOLDERS_OF_24_GIB = (
    "3 GPUs like the first one hold it in nf4, 4 in int8, 7 in bf16; with offload=True it runs here, but"
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
