"""The doctor: what it recognises, what it repairs, and that it leaves a sound environment alone."""

import getpass
import importlib.metadata
import json
import os
import platform
import socket
import subprocess
import sys
import sysconfig
import tempfile
import venv
from pathlib import Path

import pytest

from qvq_nb.doctor import diagnosis, gpus, machine, packages, repair
from qvq_nb.doctor.finding import Finding, without_names
from qvq_nb.errors import QvqError

ROOT = Path(__file__).resolve().parent.parent
SOUND = {
    "torch": "2.13.0+cpu",
    "cuda": None,
    "gpus": [],
    "free": [],
    "copies": [],
    "torchvision": "0.28.0+cpu",
    "operators": True,
    "error": None,
}
MIXED = SOUND | {
    "torchvision": "0.28.0+cu130",
    "operators": False,
    "error": "RuntimeError: operator torchvision::nms does not exist",
}

FAKE_TORCH = {
    "torch/__init__.py": """
from types import SimpleNamespace as Space
from torch import library
__version__ = "2.13.0+cpu"
version = Space(cuda=None)
cuda = Space(device_count=lambda: 0)
backends = Space(mps=Space(is_available=lambda: False))
""",
    "torch/library.py": """
declared = set()
class Library:
    def __init__(self, namespace, kind):
        self.namespace = namespace
    def define(self, schema):
        name = self.namespace + "::" + schema.partition("(")[0]
        if name in declared:
            raise RuntimeError(name + " is declared twice")
        declared.add(name)
""",
}
FAKE_TORCHVISION = {
    "torchvision/__init__.py": "from . import extension, _meta_registrations\n",
    "torchvision/version.py": '__version__ = "0.28.0+{build}"\n',
    "torchvision/extension.py": """
from torch.library import Library
def _has_ops():
    return {sound}
if _has_ops():
    own = Library("torchvision", "DEF")
    own.define("nms(Tensor dets) -> Tensor")
    own.define("qnms(Tensor dets) -> Tensor")
""",
    "torchvision/_meta_registrations.py": """
from torch.library import declared
for name in ("torchvision::nms", "torchvision::qnms"):
    if name not in declared:
        raise RuntimeError("operator " + name + " does not exist")
""",
}


@pytest.fixture
def environment(tmp_path):
    """Makes a site-packages folder with stand-ins for torch and for a sound or unsound torchvision."""

    def make(sound: bool) -> Path:
        build = "cpu" if sound else "cu130"
        for name, text in (FAKE_TORCH | FAKE_TORCHVISION).items():
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text.replace("{sound}", str(sound)).replace("{build}", build))
        return tmp_path

    return make


def run_in(folder: Path, script: str) -> subprocess.CompletedProcess:
    """Run a script as Python does when this folder, and no other, is its site-packages."""
    start = f"import site; site.addsitedir({str(folder)!r})\n"
    return subprocess.run(
        [sys.executable, "-S", "-E", "-c", start + script], capture_output=True, text=True, cwd=folder
    )


def look(folder: Path) -> Finding:
    """What the doctor says about torch and torchvision in a site-packages folder."""
    report = json.loads(run_in(folder, packages.PROBE.read_text()).stdout)
    return packages.torch_pair(report, repaired=repair.is_repaired(folder))


def contents(folder: Path) -> dict[Path, bytes]:
    return {
        path: path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_a_mixed_install_is_told_in_one_sentence_and_can_be_fixed():
    finding = packages.torch_pair(MIXED)
    assert not finding.ok and finding.fixable
    assert "CPU build (2.13.0+cpu)" in finding.message and "CUDA build (0.28.0+cu130)" in finding.message
    assert finding.message.count(". ") == 0 and finding.message.endswith("`qvq-nb doctor --fix`.")


def test_a_sound_pair_is_well_and_leaves_nothing_to_fix():
    finding = packages.torch_pair(SOUND)
    assert finding.ok and not finding.fixable


def test_a_cpu_torchvision_beside_a_cuda_torch_is_named_but_does_not_stop_anyone():
    finding = packages.torch_pair(SOUND | {"torch": "2.13.0+cu130", "cuda": "13.0"})
    assert finding.ok and not finding.fixable
    assert "mixed install" in finding.message


def test_another_import_error_is_not_taken_for_a_mixed_install():
    finding = packages.torch_pair(
        MIXED | {"error": "ImportError: libjpeg.so.8: cannot open shared object file"}
    )
    assert not finding.ok and not finding.fixable
    assert "libjpeg.so.8" in finding.message


def test_torch_and_torchvision_that_are_both_for_cuda_are_not_offered_the_repair():
    finding = packages.torch_pair(MIXED | {"torch": "2.12.0+cu130", "cuda": "13.0"})
    assert not finding.ok and not finding.fixable


def test_the_repair_lets_a_plain_script_import_torchvision(environment):
    folder = environment(sound=False)
    assert "nms does not exist" in run_in(folder, "import torchvision").stderr
    assert look(folder).fixable
    repair.write_repair(folder)
    done = run_in(folder, "import torchvision")
    assert done.returncode == 0, done.stderr
    assert look(folder).ok and not look(folder).fixable


def test_the_repair_imports_no_torch_until_torchvision_is_imported(environment):
    folder = environment(sound=False)
    repair.write_repair(folder)
    assert run_in(folder, "import sys; print('torch' in sys.modules)").stdout == "False\n"


def test_the_repair_declares_nothing_once_torchvision_has_its_own_operators(environment):
    folder = environment(sound=True)
    repair.write_repair(folder)
    done = run_in(folder, "import torchvision")
    assert done.returncode == 0, done.stderr


def test_a_second_repair_changes_nothing(environment):
    folder = environment(sound=False)
    repair.write_repair(folder)
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    repair.write_repair(folder)
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == before


def test_a_repair_that_is_no_longer_needed_is_removed_without_a_trace(environment, monkeypatch):
    folder = environment(sound=True)
    before = contents(folder)
    repair.write_repair(folder)
    finding = look(folder)
    assert finding.ok and finding.fixable
    monkeypatch.setattr(repair, "site_packages", lambda: folder)
    monkeypatch.setattr(diagnosis, "diagnose", lambda: [look(folder)])
    assert [after.fixable for after in diagnosis.fix([finding])] == [False]
    assert contents(folder) == before


def test_fixing_a_sound_environment_touches_nothing(environment, monkeypatch):
    folder = environment(sound=True)
    before = contents(folder)
    monkeypatch.setattr(repair, "site_packages", lambda: folder)
    diagnosis.fix([look(folder)])
    assert contents(folder) == before


def test_site_packages_that_cannot_be_written_are_named_and_nothing_is_left_behind(tmp_path, monkeypatch):
    def refuse(*arguments, **options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(tempfile, "mkstemp", refuse)
    with pytest.raises(QvqError, match="cannot be written to .*Permission denied"):
        repair.write_repair(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_repair_that_breaks_off_leaves_no_half_written_file(tmp_path, monkeypatch):
    def fail(source, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(QvqError, match="No space left on device"):
        repair.write_repair(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def model(tmp_path):
    """The folder of a model that is complete, and the bytes of its weights."""
    for name, text in {
        "config.json": '{"model_type": "qwen2_vl"}',
        "preprocessor_config.json": "{}",
        "tokenizer.json": "{}",
    }.items():
        (tmp_path / name).write_text(text)
    header = json.dumps({"weight": {"dtype": "BF16", "shape": [2, 2], "data_offsets": [0, 8]}}).encode()
    weights = len(header).to_bytes(8, "little") + header + bytes(8)
    (tmp_path / "model.safetensors").write_bytes(weights)
    return tmp_path, weights


def test_weights_are_whole_only_at_the_length_that_their_header_promises(model):
    folder, whole = model
    assert machine.embedded_model(folder).ok
    for damaged in (whole[:-1], whole[:20], b"", b"version https"):
        (folder / "model.safetensors").write_bytes(damaged)
        finding = machine.embedded_model(folder)
        assert not finding.ok and "model.safetensors" in finding.message and "install" in finding.message


@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "preprocessor_config.json"])
def test_a_model_folder_that_is_not_whole_is_told_by_the_file_that_it_lacks(model, name):
    (model[0] / name).unlink()
    finding = machine.embedded_model(model[0])
    assert not finding.ok
    assert name in finding.message


def test_a_package_outside_its_range_is_told_with_both_versions(monkeypatch):
    monkeypatch.setattr(
        importlib.metadata, "requires", lambda name: ["numpy<1", "absent-package>=2; extra == 'dev'"]
    )
    finding = packages.package_versions()
    assert not finding.ok and "numpy is" in finding.message and "<1 is needed" in finding.message
    assert "absent-package" not in finding.message


def test_too_little_memory_is_told_in_gibibytes():
    finding = machine.enough("memory", 1024**3, 2 * 1024**3, "close other programs")
    assert not finding.ok
    assert finding.message == "Only 1.0 GiB are free and the lessons need 2.0 GiB: close other programs."


def test_a_kernel_of_another_environment_is_recognised(tmp_path, monkeypatch):
    kernel = tmp_path / "kernels" / "python3"
    kernel.mkdir(parents=True)
    spec = {
        "argv": ["/elsewhere/bin/python", "-m", "ipykernel_launcher"],
        "display_name": "x",
        "language": "python",
    }
    (kernel / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    finding = machine.notebook_kernel()
    assert not finding.ok and "/elsewhere/bin/python" in finding.message


@pytest.mark.slow
def test_after_the_fix_a_plain_script_imports_the_qwen2_vl_classes_of_this_environment(tmp_path):
    venv.create(tmp_path / "venv", with_pip=False, symlinks=os.name != "nt")
    python = str(tmp_path / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python")
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    folder = Path(
        subprocess.run([python, "-c", where], capture_output=True, text=True, check=True).stdout.strip()
    )
    (folder / "borrowed.pth").write_text(
        f"{sysconfig.get_path('purelib')}\n{sysconfig.get_path('platlib')}\n"
    )

    fix = "from qvq_nb.doctor.diagnosis import diagnose, fix; fix(diagnose())"
    subprocess.run([python, "-c", fix], check=True, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)})
    classes = "AutoProcessor, Qwen2VLForConditionalGeneration, Qwen2VLImageProcessor"
    script = f"from transformers import {classes}\nimport torchvision"
    plain = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run([python, "-c", script], capture_output=True, text=True, cwd=tmp_path, env=plain)
    assert done.returncode == 0, done.stderr


TWO_GPUS = SOUND | {
    "torch": "2.13.0+cu130",
    "cuda": "13.0",
    "torchvision": "0.28.0+cu130",
    "gpus": [["NVIDIA L40S", 48 * 2**30]] * 2,
    "free": [47 * 2**30, 10 * 2**30],
    "copies": [[0, 1, True], [1, 0, True]],
}
NVIDIA_SMI = "| NVIDIA-SMI 580.65.06    Driver Version: 580.65.06     CUDA Version: {newest}     |\n"


def test_a_driver_that_is_too_old_for_torch_is_told_with_both_versions_and_the_cure():
    finding = gpus.cuda_and_driver(TWO_GPUS, NVIDIA_SMI.format(newest="12.4"))
    assert not finding.ok and all(said in finding.message for said in ("12.4", "13.0", "update the driver"))
    assert gpus.cuda_and_driver(TWO_GPUS, NVIDIA_SMI.format(newest="13.1")).ok


def test_a_driver_that_does_not_answer_is_a_finding_and_none_at_all_is_not():
    assert not gpus.cuda_and_driver(TWO_GPUS, "").ok
    assert gpus.cuda_and_driver(SOUND, None).ok


def test_every_gpu_has_a_line_and_a_full_one_its_cure():
    first, second = gpus.free_gpu_memory(TWO_GPUS)
    assert first.ok and "47.0 of 48.0 GiB" in first.message
    assert not second.ok and "10.0 of 48.0 GiB" in second.message and "nvidia-smi" in second.message
    assert gpus.free_gpu_memory(SOUND) == []


def test_a_copy_that_arrives_damaged_is_told_with_its_direction():
    finding = gpus.peer_copies(TWO_GPUS | {"copies": [[0, 1, True], [1, 0, False]]})
    assert not finding.ok and "GPU 1 to 0" in finding.message and "CUDA_VISIBLE_DEVICES" in finding.message
    assert gpus.peer_copies(TWO_GPUS).ok and gpus.peer_copies(SOUND).ok


TWO_FAKE_GPUS = """
from types import SimpleNamespace as Space
__version__ = "2.13.0+cu130"
version = Space(cuda="13.0")
backends = Space(mps=Space(is_available=lambda: False))
cuda = Space(
    device_count=lambda: 2,
    get_device_properties=lambda number: Space(name="fake", total_memory=2**34),
    mem_get_info=lambda number: (2**33, 2**34),
)
class Tensor:
    def __init__(self, intact=True, device="cpu"):
        self.intact, self.device = intact, device
    def to(self, device):
        return Tensor(self.intact and (self.device, device) != ("cuda:1", "cuda:0"), device)
    def cpu(self):
        return self
arange = lambda count: Tensor()
equal = lambda sent, arrived: sent.intact == arrived.intact
"""


def test_the_probe_finds_the_direction_in_which_a_copy_is_damaged(environment):
    folder = environment(sound=True)
    (folder / "torch" / "__init__.py").write_text(TWO_FAKE_GPUS)
    report = json.loads(run_in(folder, packages.PROBE.read_text()).stdout)
    assert report["free"] == [2**33] * 2 and report["copies"] == [[0, 1, True], [1, 0, False]]


def test_a_port_in_use_is_named(monkeypatch):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        monkeypatch.setattr(machine, "USUAL_PORTS", (other.getsockname()[1],))
        finding = machine.ports()
    assert finding.ok and str(machine.USUAL_PORTS[0]) in finding.message


def test_a_machine_without_ports_is_told(monkeypatch):
    def refuse(self, address):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(socket.socket, "bind", refuse)
    assert not machine.ports().ok


def test_what_may_be_published_has_no_names_paths_or_secrets(monkeypatch):
    monkeypatch.setattr(Path, "home", lambda: Path("/srv/people/alice"))
    monkeypatch.setattr(getpass, "getuser", lambda: "alice")
    monkeypatch.setattr(platform, "node", lambda: "lab-7.school.example")
    monkeypatch.setenv("SOME_API_KEY", "abcdefgh12345")
    said = "/srv/people/alice/venv on lab-7.school.example (lab-7), /data/alice/x, "
    said += "abcdefgh12345, hf_0123456789abc, torch 2.13"
    (finding,) = without_names([Finding("kernel", False, said)])
    assert finding.message == "~/venv on (host) ((host)), /data/(user)/x, (secret), (secret), torch 2.13"


def test_the_real_machine_gets_one_finding_of_each_kind():
    names = [finding.name for finding in diagnosis.diagnose()]
    assert {
        "python",
        "packages",
        "torchvision",
        "driver",
        "gpu",
        "copies",
        "memory",
        "disk",
        "ports",
        "qvq-mini",
        "kernel",
    } <= set(names)
    assert len(names) == len(set(names))
