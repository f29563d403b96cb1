"""GPUs: what a text means, what the driver lists, and the table of those known by name."""

import pytest

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
