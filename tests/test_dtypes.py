"""Number formats: two words, `dtype` and `quantization`, and one sentence for whoever mixes them up."""

import pytest

from qvq_nb.errors import QvqError
from qvq_nb.memory import dtypes
from qvq_nb.memory.dtypes import number_format
from qvq_nb.memory.planning import plan


@pytest.mark.parametrize(("short", "long"), [("bf16", "bfloat16"), ("fp16", "float16"), ("fp32", "float32")])
def test_long_names_mean_the_same_as_short_ones(short, long):
    assert number_format(long) == number_format(short) and number_format(long).dtype == short
    assert dtypes.torch_dtype_name(short) == dtypes.torch_dtype_name(long) == long
    assert plan("qvq-mini", "1x8", dtype=long).to_dict() == plan("qvq-mini", "1x8", dtype=short).to_dict()


def test_the_checkpoints_own_dtype_is_left_to_torch():
    assert dtypes.torch_dtype_name("auto") == "auto"
    with pytest.raises(QvqError, match="no dtype 'auto' here"):
        dtypes.dtype_name("auto")


@pytest.mark.parametrize("quantization", ["int8", "fp8", "nf4"])
def test_a_quantization_given_as_dtype_is_told_the_new_word(quantization):
    with pytest.raises(
        QvqError, match=f"write quantization='{quantization}', or --quantization {quantization} "
    ):
        plan("qvq-72b", "4x48", dtype=quantization)


@pytest.mark.parametrize("dtype", ["bf16", "float16"])
def test_a_dtype_given_as_quantization_is_told_the_other_word(dtype):
    with pytest.raises(QvqError, match=f"write dtype='{dtype}', or --dtype {dtype} "):
        plan("qvq-72b", "4x48", quantization=dtype)


@pytest.mark.parametrize(
    ("written", "word"), [("nf4", "quantization"), ("int8", "quantization"), ("bf16", "dtype")]
)
def test_the_old_word_precision_is_told_which_new_one_says_the_same(written, word):
    assert f"write {word}='{written}'" in str(dtypes.instead_of_precision(written))


@pytest.mark.parametrize("nonsense", ["q", "", 16, None, ["bf16"]])
def test_nonsense_lists_what_there_is(nonsense):
    with pytest.raises(QvqError, match="bf16, fp16, fp32"):
        number_format(nonsense)
    if nonsense is not None:
        with pytest.raises(QvqError, match="int8, fp8, nf4"):
            number_format(quantization=nonsense)


def test_a_plan_names_its_number_format_in_both_words():
    planned = plan("qvq-72b", "2x80", quantization="nf4")
    assert (planned.dtype, planned.quantization, planned.number_format) == ("bf16", "nf4", "nf4")
    assert (planned.to_dict()["dtype"], planned.to_dict()["quantization"]) == ("bf16", "nf4")
    assert planned.summary().startswith("qvq-72b in nf4: ")
    assert plan("qvq-72b", "2x80", dtype="float32").number_format == "fp32"


def test_half_and_full_precision_take_two_and_four_bytes():
    half, full = (plan("qvq-72b", "4x48", dtype=dtype) for dtype in ("fp16", "fp32"))
    assert half.weight_bytes == 146_811_120_640 and full.weight_bytes == 2 * half.weight_bytes
    assert full.kv_bytes_per_token == 2 * half.kv_bytes_per_token


def test_only_what_takes_less_is_cheaper():
    named = {
        one.name: [cheaper.name for cheaper in one.cheaper] for one in (*dtypes.LOADED, dtypes.FOR_SERVERS)
    }
    assert named == {"bf16": ["int8", "nf4"], "int8": ["nf4"], "nf4": [], "fp8": ["nf4"]}
    assert [one.name for one in number_format("fp32").cheaper] == ["bf16", "int8", "nf4"]
