"""GPUs: what a text means, what the driver lists, and the table of those known by name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from survives import survives

from qvq_nb import paths
from qvq_nb.errors import QvqError
from qvq_nb.files import GIB, read_json
from qvq_nb.memory.gpus import GPU, gpus_from_driver, known_gpu, parse_gpus

TABLE = read_json(paths.data_folder() / "gpus.json")


@pytest.mark.parametrize(
    "text", ["0x80", "4x", "nonsense", "", ",", "2x0", "999x80", "4x-3", "4x48@", "65x1", "2xA1000000"]
)
def test_nonsense_for_gpus_is_refused_in_one_sentence(text):
    with pytest.raises(QvqError, match="GPUs"):
        parse_gpus(text)


def test_gpus_are_understood_by_size_bandwidth_and_name():
    assert parse_gpus("2x80@2039") == (GPU("80 GiB", 80 * GIB, 2039e9),) * 2
    assert parse_gpus("1x141, 2xrtx 4090") == (
        GPU("141 GiB", 141 * GIB),
        *(GPU("RTX-4090", 24 * GIB, 1008e9),) * 2,
    )


@pytest.mark.parametrize("row", TABLE["gpus"], ids=lambda row: row["name"])
def test_every_known_gpu_has_a_source_and_is_found_by_each_of_its_names(row):
    assert row["source"] and row["memory_gib"] > 0
    named = GPU(row["name"], row["memory_gib"] * GIB, row["bandwidth_gb_per_second"] * 1e9)
    for name in (row["name"], *row["driver_names"]):
        assert parse_gpus(f"1x{name}") == (named,)
    assert all(known_gpu(f"NVIDIA {name}") == named for name in row["driver_names"])


DRIVER_LISTING = """0, GPU-aaaa-1, NVIDIA L40S, 46068, 45000
1, GPU-bbbb-2, NVIDIA Unheard Of, 8192, 8000
2, GPU-cccc-3, NVIDIA GeForce RTX 4090, 24564, [N/A]
"""


def test_the_driver_lists_this_machines_gpus_with_their_free_memory():
    assert gpus_from_driver(DRIVER_LISTING) == (
        GPU("NVIDIA L40S", 45000 * 2**20, 864e9),
        GPU("NVIDIA Unheard Of", 8000 * 2**20, None),
    )


@pytest.mark.parametrize(
    ("visible", "names"),
    [
        ("1,0", ["Unheard Of", "L40S"]),
        ("GPU-bbbb", ["Unheard Of"]),
        ("", []),
        ("-1", []),
        ("0,9,1", ["L40S"]),
    ],
)
def test_only_visible_gpus_count(visible, names):
    found = gpus_from_driver(DRIVER_LISTING, visible)
    assert [gpu.name.removeprefix("NVIDIA ") for gpu in found] == names


A100_40, A100_80 = known_gpu("A100-40GB"), known_gpu("A100-80GB")
RTX_4090, RTX_3090, H20 = known_gpu("RTX 4090"), known_gpu("RTX 3090"), known_gpu("H20")
AS_PEOPLE_WRITE = {
    "2x4090": (RTX_4090,) * 2, "2×RTX 4090": (RTX_4090,) * 2, "4090*2": (RTX_4090,) * 2,
    "8 张 4090": (RTX_4090,) * 8, "8张RTX4090": (RTX_4090,) * 8, "4090 两张": (RTX_4090,) * 2,
    "双卡4090": (RTX_4090,) * 2, "单卡 4090": (RTX_4090,), "八卡 H20": (H20,) * 8, "8卡H20": (H20,) * 8,
    "3090双卡": (RTX_3090,) * 2, "两块3090显卡": (RTX_3090,) * 2, "８张４０９０": (RTX_4090,) * 8,
    "H20": (H20,), "H20-96G": (H20,), "4090": (RTX_4090,), "two RTX 4090s": (RTX_4090,) * 2,
    "dual 3090": (RTX_3090,) * 2, "4090x2": (RTX_4090,) * 2, "RTX 4090 x2": (RTX_4090,) * 2,
    "8xA100-40G": (A100_40,) * 8, "A100 80GB x4": (A100_80,) * 4, "4xA100-SXM4-80GB": (A100_80,) * 4,
    "8 A100 40GB": (A100_40,) * 8, "4 x A100 (80GB)": (A100_80,) * 4, "8×A100_80G": (A100_80,) * 8,
    "A100-80G PCIe": (known_gpu("A100-80GB-PCIe"),), "H100": (known_gpu("H100-SXM"),),
    "4xH100 NVL": (known_gpu("H100-NVL"),) * 4, "1x MI300X": (known_gpu("MI300X"),),
    "2xL40s": (known_gpu("L40S"),) * 2, "3x L4": (known_gpu("L4"),) * 3, "T4": (known_gpu("T4"),),
    "4080S": (known_gpu("RTX-4080-SUPER"),), "4090D": (known_gpu("RTX-4090-D"),),
    "4090 laptop": (known_gpu("RTX-4090-Laptop"),), "RTX 6000 Ada x2": (known_gpu("RTX-6000-Ada"),) * 2,
    "RTX PRO 6000": (known_gpu("RTX-PRO-6000"),), "2xA6000": (known_gpu("RTX-A6000"),) * 2,
    "4060 Ti 16G": (known_gpu("RTX-4060-Ti-16GB"),), "RTX3060 12G": (known_gpu("RTX-3060"),),
    "DGX H100": (known_gpu("H100-SXM"),) * 8, "dgx spark": (known_gpu("GB10"),),
    "2x4090+1x3090": (*(RTX_4090,) * 2, RTX_3090), "4090和3090": (RTX_4090, RTX_3090),
    "1x4090、2×3090": (RTX_4090, *(RTX_3090,) * 2), "4x48": (GPU("48 GiB", 48 * GIB),) * 4,
    "4x48G": (GPU("48 GiB", 48 * GIB),) * 4, "48GB": (GPU("48 GiB", 48 * GIB),),
    "2 GPUs of 48 GiB": (GPU("48 GiB", 48 * GIB),) * 2, "24G*4": (GPU("24 GiB", 24 * GIB),) * 4,
    "2x24576MiB": (GPU("24 GiB", 24 * GIB),) * 2, "4x48GB@864GB/s": (GPU("48 GiB", 48 * GIB, 864e9),) * 4,
    "8 x 4090 48G": (GPU("RTX-4090 with 48 GiB", 48 * GIB, 1008e9),) * 8,
    "2080Ti 22G x2": (GPU("2080ti with 22 GiB", 22 * GIB),) * 2,
}  # fmt: skip


@survives(
    "machine",
    en=("GPUs as people write them: `2x4090`, `8xA100-40G`, `8 张 4090`",
        "the cards that are meant, with their memory"),
    zh=("人们怎样写 GPU：`2x4090`、`8xA100-40G`、`8 张 4090`", "认出所指的卡和它的显存"),
)  # fmt: skip
@pytest.mark.parametrize("text", AS_PEOPLE_WRITE)
def test_gpus_are_understood_as_people_write_them(text):
    assert parse_gpus(text) == AS_PEOPLE_WRITE[text]


@survives(
    "machine",
    en=("a size that no GPU has, a card that nobody knows, one that comes in two sizes",
        "one sentence that says what to write"),
    zh=("没有 GPU 会有的大小、没人认识的卡、有两种显存的卡", "一句话说明该怎么写"),
)  # fmt: skip
@pytest.mark.parametrize(
    "text",
    ["2x9999", "1x4000GB", "2x1080", "dgx", "A100", "8 A100s", "V100", "4060 Ti", "3080", "4090 Ti", "2xfoo",
     "RTX 6000", "48", "4 48", "80x8", "3080 laptop", "3张", "x4", "+", "2x4090,", "A100 40", "x" * 2000,
     "9" * 900, "1x513", "1x0GB", "٤x48", "²x48", "4x²"],
)  # fmt: skip
def test_names_and_sizes_are_not_mixed_up(text):
    with pytest.raises(QvqError) as told:
        parse_gpus(text)
    assert len(str(told.value)) < 320


@given(st.integers(1, 64), st.integers(1, 512))
def test_a_number_and_a_size_are_what_they_were(count, size):
    for text in (f"{count}x{size}", f"{count} × {size}GB", f"{size}GiB*{count}", f"{count}张{size}G"):
        assert parse_gpus(text) == (GPU(f"{size} GiB", size * GIB),) * count


@given(st.integers(1, 64), st.sampled_from(TABLE["gpus"]))
def test_a_number_and_a_name_are_what_they_were(count, row):
    for text in (f"{count}x{row['name']}", f"{row['name']} x{count}", f"{count}张 {row['name'].lower()}"):
        assert parse_gpus(text) == (known_gpu(row["name"]),) * count


PIECES = [
    "4",
    "x",
    "×",
    "*",
    "张",
    "4090",
    "A100",
    "-",
    "80",
    "GB",
    "@",
    " ",
    ",",
    "双",
    "RTX",
    "dgx",
    "²",
    "(",
    "laptop",
]


@survives(
    "machine",
    en=("any text at all for `--gpus`", "1 to 64 GPUs of at most 512 GiB, or one sentence"),
    zh=("`--gpus` 后面写任何文字", "1 到 64 块、每块不超过 512 GiB 的 GPU，或一句话"),
)  # fmt: skip
@given(st.one_of(st.text(max_size=40), st.lists(st.sampled_from(PIECES), max_size=10).map("".join)))
def test_any_text_gives_plausible_gpus_or_one_sentence(text):
    try:
        gpus = parse_gpus(text)
    except QvqError:
        return
    assert 1 <= len(gpus) <= 64 and all(0 < gpu.memory_bytes <= 512 * GIB for gpu in gpus)
