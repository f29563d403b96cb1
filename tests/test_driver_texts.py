"""What nvidia-smi and rocm-smi say in the wild, from 310 to 610, and what plan and doctor make of it."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest
from commands import qvq
from hypothesis import given
from hypothesis import strategies as st
from survives import survives

from qvq_nb.doctor.gpus import cuda_and_driver, graphics_processor
from qvq_nb.files import GIB
from qvq_nb.memory import driver, gpus

MIB = 2**20
CPU_BUILD = {"torch": "2.13.0+cpu", "cuda": None, "gpus": []}
FOR_CUDA = {"torch": "2.13.0+cu130", "cuda": "13.0", "gpus": []}
BANNER = "| NVIDIA-SMI {0}  {1}  |\n"
LINES_OF_610 = BANNER.format("610.43.02", "KMD Version: 610.43.02     CUDA UMD Version: 13.3")
WITHOUT_CUDA = BANNER.format("525.85.05", "Driver Version: 525.85.05  CUDA Version: N/A")
ON_AMD = {"torch": "2.9.0+rocm6.4", "cuda": "6.4.43484-123eb5128", "gpus": []}
LINES_OF_580 = BANNER.format("580.126.09", "Driver Version: 580.126.09     CUDA Version: 13.0")


# -- the driver and its CUDA -----------------------------------------------------------------------


@survives(
    "machine",
    en=("nvidia-smi of any driver from 310 to 610, also under WSL", "driver and newest CUDA are read"),
    zh=("310 到 610 各版驱动的 nvidia-smi，包括 WSL", "读出驱动版本和它支持的最新 CUDA"),
)
@pytest.mark.parametrize(
    ("said", "versions"),
    [
        (LINES_OF_610, ("610.43.02", "13.3")),
        (LINES_OF_580, ("580.126.09", "13.0")),
        ("NVIDIA-SMI 617.14   KMD Version: 617.14   CUDA UMD Version: 13.4", ("617.14", "13.4")),
        ("NVIDIA-SMI 610.57.04    Driver Version: 610.57.04    CUDA Version: 13.1", ("610.57.04", "13.1")),
        ("| NVIDIA-SMI 525.85.05   Driver Version: 525.85.05   CUDA Version: N/A |", ("525.85.05", None)),
        ("| NVIDIA-SMI 410.79   Driver Version: 410.79   CUDA Version: N/A |", ("410.79", None)),
        ("| NVIDIA-SMI 450.66   Driver Version: 418.67   CUDA Version: 10.1 |", ("418.67", "10.1")),
        ("| NVIDIA-SMI 3.295.41   Driver Version: 295.41 |", ("295.41", None)),
        ("| NVIDIA-SMI 384.130   Driver Version: 384.130 |", ("384.130", None)),
        ("| NVIDIA-SMI 560.28.03   Driver Version: 560.70   CUDA Version: 12.6 |", ("560.70", "12.6")),
        ("| NVIDIA-SMI 510.47.03   Driver Version: 510.47.03   CUDA Version: ERR! |", ("510.47.03", None)),
        ("Driver Version  : [Deprecated]\nKMD Version : 610.43\nCUDA UMD Version : 13.3", ("610.43", "13.3")),
        (f"Warning: persistence mode is off\n{LINES_OF_580}WARNING: infoROM is corrupted at gpu 0000:01:00.0",
         ("580.126.09", "13.0")),
    ],
)  # fmt: skip
def test_versions_are_read_from_every_driver(said, versions):
    assert driver.speaks(said) and driver.versions(said) == versions
    assert "install the NVIDIA driver again" not in cuda_and_driver(FOR_CUDA, said).message


@pytest.mark.parametrize(
    ("said", "report", "sound", "words"),
    [
        (LINES_OF_610, FOR_CUDA, True, "NVIDIA driver 610.43.02, for CUDA up to 13.3"),
        (WITHOUT_CUDA, FOR_CUDA, False,
         "NVIDIA_DRIVER_CAPABILITIES"),
        (WITHOUT_CUDA, CPU_BUILD, True, "the CPU"),
        (WITHOUT_CUDA,
         FOR_CUDA | {"gpus": [["T4", 16 * GIB]]}, True, "525.85.05"),
        ("| NVIDIA-SMI 384.130   Driver Version: 384.130 |", FOR_CUDA, False, "update the driver"),
        (BANNER.format("535", "Driver Version: 535  CUDA Version: 12.2"), FOR_CUDA, False, "12.2.*13.0"),
        (LINES_OF_580, ON_AMD, True, "ROCm 6.4"),
        (None, ON_AMD, True, "no AMD driver"),
        (None, ON_AMD | {"gpus": [["MI300X", 192 * GIB]]}, True, "sees its"),
        (None, {"torch": None, "cuda": None, "gpus": []}, True, "No NVIDIA driver"),
    ],
)  # fmt: skip
def test_the_doctor_advises_what_helps(said, report, sound, words):
    finding = cuda_and_driver(report, said)
    assert finding.ok == sound
    for word in words.split(".*"):
        assert word in finding.message


@survives(
    "machine",
    en=("nvidia-smi cannot reach a GPU: eleven ways to say so", "the doctor names the cure of each"),
    zh=("nvidia-smi 够不着 GPU 的十一种说法", "doctor 分别给出对策"),
)
@pytest.mark.parametrize(
    ("said", "cure"),
    [
        ("Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 570", "restart"),
        ("Failed to initialize NVML: Unknown Error", "start it again"),
        ("Failed to initialize NVML: GPU access blocked by the operating system", "wsl --shutdown"),
        ("Failed to initialize NVML: Driver Not Loaded", "--gpus all"),
        ("Failed to initialize NVML: Insufficient Permissions", "ask who runs"),
        ("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the "
         "latest NVIDIA driver is installed and running.", "the driver is not loaded"),
        ("NVIDIA-SMI couldn't find libnvidia-ml.so library in your system. Please make sure …", "--gpus all"),
        ("Unable to determine the device handle for GPU 0000:01:00.0: GPU is lost.  Reboot the system to "
         "recover this GPU", "power"),
        ("Unable to determine the device handle for GPU0: 0000:C1:00.0: Unknown Error", "slot"),
        ("nvidia-smi: cannot execute binary file: Exec format error", "install the NVIDIA driver again"),
        ("'nvidia-smi' 不是内部或外部命令，也不是可运行的程序", "install the NVIDIA driver again"),
        ("", "it says nothing"),
    ],
)  # fmt: skip
def test_a_driver_that_does_not_answer_is_told_with_its_cure(said, cure):
    finding = cuda_and_driver(FOR_CUDA, said)
    assert not finding.ok and cure in finding.message
    assert (said.splitlines() or [""])[0][:60] in finding.message


def test_a_driver_without_devices_is_no_broken_driver():
    finding = cuda_and_driver(FOR_CUDA, "No devices were found")
    assert finding.ok and "finds no GPU" in finding.message
    assert "No GPU" in graphics_processor(CPU_BUILD, "No devices were found").message
    assert "CPU build" in graphics_processor(CPU_BUILD, LINES_OF_610).message


# -- the machine's own GPUs ------------------------------------------------------------------------

A100 = "GPU-48aeb943-9458-4282-da24-e5f49e0db44b"
SLICES = ("MIG-fb42055e-9e53-5764-9278-438605a3014c", "MIG-3d4db13e-c42d-5555-98f4-8b50389791bc")
LISTED = f"""GPU 0: NVIDIA A100-SXM4-40GB (UUID: {A100})
  MIG 3g.20gb     Device  0: (UUID: {SLICES[0]})
  MIG 1g.10gb     Device  1: (UUID: {SLICES[1]})
GPU 1: NVIDIA L40S (UUID: GPU-5)
"""
MIG_TABLE = """| MIG devices:                                                                            |
| GPU  GI  CI  MIG |              Shared Memory-Usage |        Vol|        Shared         |
|==================+==================================+===========+=======================|
|  0    2   0   0  |             142MiB / 20096MiB    | 56      0 |  4   0    2    0    0 |
|                  |               0MiB / 12211MiB    |           |                       |
|  0    3   0   1  |              71MiB /  9984MiB    | 14      0 |  2   0    1    0    0 |
"""
MIG_LINES = f"0, {A100}, NVIDIA A100-SXM4-40GB, 40960, [N/A]\n1, GPU-5, NVIDIA L40S, 46068, 45000"
TABLE_OF_580 = (
    LINES_OF_580
    + """|   0  NVIDIA L40S                    Off |   00000001:00:00.0 Off |                    0 |
| N/A   43C    P0             66W /  300W |    1068MiB /  46068MiB |     N/A      Default |
|   1  NVIDIA GB10                    On  |   0000000F:01:00.0 Off |                  N/A |
| N/A   36C    P8              3W /  N/A  | Not Supported          |      0%      Default |
"""
)


L40S = "0, GPU-1, NVIDIA L40S, 46068, 45000"
MIG = {"lines": MIG_LINES, "listing": LISTED, "table": MIG_TABLE}


@pytest.fixture
def nvidia_smi(tmp_path, monkeypatch):
    """Puts a stand-in for nvidia-smi in front: what it says to each question, and its exit code."""

    def put(lines="", listing="", table="", code=0, visible=None, name="nvidia-smi"):
        folder = tmp_path / "bin"
        folder.mkdir(exist_ok=True)
        for kind, text in {"lines": lines, "listing": listing, "table": table}.items():
            (folder / kind).write_text(text)
        script = (
            f'#!/bin/sh\ncase "$1" in --*) f=lines;; -L) f=listing;; *) f=table;; esac\ncat {folder}/$f\n'
        )
        (folder / name).write_text(f"{script}exit {code}\n")
        (folder / name).chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}/bin{os.pathsep}/usr/bin")
        monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
        if visible is not None:
            monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
        free = SimpleNamespace(available=100 * GIB, total=120 * GIB)
        monkeypatch.setattr(gpus.psutil, "virtual_memory", lambda: free)

    return put


@survives(
    "machine",
    en=("GPUs as drivers list them: cut by MIG, sharing the RAM (GB10), with warnings, old tables",
        "each with the memory that is free"),
    zh=("驱动列出的各种 GPU：MIG 切分、与内存共用（GB10）、夹着警告、旧式表格",
        "各按空闲显存计算"),
)  # fmt: skip
@pytest.mark.parametrize(
    ("said", "free"),
    [
        (MIG, [20096 - 142]),
        ({**MIG, "visible": SLICES[1]}, [9984 - 71]),
        ({**MIG, "visible": SLICES[1][:12]}, [9984 - 71]),
        ({**MIG, "visible": ",".join(SLICES)}, [20096 - 142]),
        ({**MIG, "visible": "1"}, [45000]),
        ({"lines": MIG_LINES, "listing": LISTED, "visible": SLICES[1]}, [10**10 / MIB]),
        ({"lines": "0, GPU-1, NVIDIA GB10, [N/A], [N/A]"}, [100 * 1024]),
        ({"lines": "0, GPU-1, NVIDIA GB10, [Not Supported], [Not Supported]"}, [100 * 1024]),
        ({"lines": "0, GPU-1, Orin (nvgpu), [N/A], [N/A]"}, [100 * 1024]),
        ({"lines": "0, GPU-1, NVIDIA L40S, 46068 MiB, 45000 MiB"}, [45000]),
        ({"lines": "WARNING: infoROM is corrupted at gpu 0000:01:00.0\n0, GPU-1, NVIDIA L40S, 46068, 45000\n",
          "code": 14}, [45000]),
        ({"lines": "0, GPU-1, GRID A100-10C, 10240, 9000"}, [9000]),
        ({"lines": L40S, "visible": "0,0"}, []),
        ({"lines": L40S, "visible": " 0 , 7"}, [45000]),
        ({"lines": 'Field "uuid" is not a valid field', "table": TABLE_OF_580}, [45000, 100 * 1024]),
    ],
)  # fmt: skip
def test_this_machines_gpus_have_the_memory_that_is_free(nvidia_smi, said, free):
    nvidia_smi(**said)
    assert [gpu.memory_bytes for gpu in gpus.machine().gpus] == [size * MIB for size in free]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"lines": "0, GPU-1, NVIDIA Unheard Of, [N/A], [N/A]"}, "does not tell how much memory is free"),
        ({"lines": "0, GPU-1, NVIDIA L40S, 46068, [Unknown Error]"}, "does not tell how much memory is free"),
        ({"lines": L40S + "\n1, GPU-2, Unheard Of, [N/A], [N/A]"}, "GPU 1 (Unheard Of)"),
        ({"lines": MIG_LINES, "visible": SLICES[0]}, "names a MIG slice"),
        ({"lines": L40S, "visible": ""}, "CUDA_VISIBLE_DEVICES= leaves none"),
        ({"lines": L40S, "visible": "-1"}, "leaves none of this machine's 1 GPU"),
        ({"lines": "No devices were found", "code": 6}, "No NVIDIA GPU is seen"),
        ({"lines": "Failed to initialize NVML: Unknown Error", "code": 255}, "NVML: Unknown Error"),
        ({"lines": "", "code": 9}, "nvidia-smi reaches no GPU"),
    ],
)  # fmt: skip
def test_what_cannot_be_planned_is_said_and_never_taken_for_no_gpu(nvidia_smi, said, words):
    nvidia_smi(**said)
    here = gpus.machine()
    assert words in here.said
    assert ("No NVIDIA GPU is seen" in here.said) == ("No devices" in said["lines"])
    _, _, notes = qvq("plan", "--model", "qvq-mini")
    assert words in notes and "--gpus" in notes


def test_a_gpu_that_shares_the_ram_is_not_counted_twice(nvidia_smi):
    nvidia_smi("0, GPU-1, NVIDIA GB10, [N/A], [N/A]")
    here = gpus.machine()
    assert here.ram_bytes == 0 and here.gpus[0].bandwidth_bytes_per_second == 273e9 and here.said == ""


@pytest.mark.parametrize(
    "said",
    [
        '{"card0": {"VRAM Total Memory (B)": "9", "VRAM Total Used Memory (B)": "3", "Card Series": "X"}}',
        'WARNING: low-power state\n{"card0": {"VRAM Total Memory (B)": "9", "VRAM Total Used Memory (B)": '
        '"3", "Card series": "X"}, "system": {"Driver version": "6.8.5"}}\n',
    ],
)
def test_without_nvidia_smi_the_gpus_of_rocm_smi_count(nvidia_smi, said, monkeypatch):
    nvidia_smi(said, name="rocm-smi")
    assert gpus.machine().gpus == (gpus.GPU("X", 6),)
    monkeypatch.setenv("HIP_VISIBLE_DEVICES", "-1")
    assert gpus.machine().gpus == ()


@pytest.mark.parametrize(
    "said", ["", "ERROR: GPU[0] : Unable to get", "{", '{"card0": 5}', "[]", '{"card0": {}}']
)
def test_a_rocm_smi_that_lists_nothing_ends_in_no_error(nvidia_smi, said):
    nvidia_smi(said, name="rocm-smi")
    assert gpus.machine().gpus == ()


# -- generated ------------------------------------------------------------------------------------

CELL = st.one_of(
    st.sampled_from(
        ["0", "1", "²", "[N/A]", "GPU-1", A100, "NVIDIA GB10", "99999999999", "-1", "MIB", "|", "²³"]
    ),
    st.integers(-5, 10**20).map(str),
    st.text(max_size=12),
)
TEXT = st.lists(st.lists(CELL, max_size=7).map(", ".join), max_size=6).map("\n".join)
PIECES = st.sampled_from(
    [LISTED, MIG_TABLE, TABLE_OF_580, LINES_OF_610, MIG_LINES, '{"card0":', "}", "\x00", "\n"]
)
SAID = st.lists(st.one_of(TEXT, PIECES, st.text(max_size=80)), max_size=5).map("".join)
VISIBLE = st.one_of(st.none(), st.text(max_size=30), st.lists(CELL, max_size=4).map(",".join))


@survives(
    "machine",
    en=("any text at all from nvidia-smi and rocm-smi", "GPUs with the memory that is told, or none"),
    zh=("nvidia-smi 和 rocm-smi 说出任何文字", "要么按说明的显存得到 GPU，要么没有，绝不报错"),
)  # fmt: skip
@given(SAID, SAID, SAID, VISIBLE)
def test_no_text_of_a_driver_ends_in_an_error(lines, listing, table, visible):
    parts = driver.slices(listing, table)
    devices = [*driver.listed(lines), *driver.in_table(table), *driver.amd_devices(lines)]
    used = driver.visible_devices(devices, parts, visible)
    assert len(used) <= max(1, len(devices))
    assert all(gpu.memory_bytes >= 0 for gpu in gpus.gpus_from_driver(lines, visible))
    for report in (CPU_BUILD, FOR_CUDA):
        assert cuda_and_driver(report, table).message and graphics_processor(report, table).message


@given(st.integers(0, 2**17), st.integers(0, 2**17), st.text("abcXYZ 0123-()", min_size=1).filter(str.strip))
def test_a_line_of_the_driver_is_read_as_it_is_written(total, free, name):
    (device,) = driver.listed(f"3, GPU-x, {name}, {total}, {free}")
    assert (device.name, device.total_bytes, device.free_bytes) == (name.strip(), total * MIB, free * MIB)


def test_wsls_own_nvidia_smi_is_found_outside_the_path(tmp_path, monkeypatch):
    (tmp_path / "nvidia-smi").write_text("#!/bin/sh\necho here\n")
    (tmp_path / "nvidia-smi").chmod(0o755)
    monkeypatch.setattr(driver, "WSL_FOLDER", tmp_path)
    monkeypatch.setenv("PATH", "/nowhere")
    assert Path(driver.program("nvidia-smi")).parent == tmp_path
