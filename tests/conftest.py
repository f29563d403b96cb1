"""What the tests share: no network, the embedded model, and a tiny one with random weights for plumbing."""

import ipaddress
import signal
import socket

import pytest
from hypothesis import settings

settings.register_profile("no clock", deadline=None)  # no test depends on how fast the machine is
settings.load_profile("no clock")


@pytest.fixture(autouse=True, scope="session")
def signals_arrive():
    """Processes that share the tests ignore Ctrl-C, under nohup SIGHUP, too; here both act."""
    before = {signal.SIGINT: signal.signal(signal.SIGINT, signal.default_int_handler)}
    if hasattr(signal, "SIGHUP"):
        before[signal.SIGHUP] = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture(autouse=True, scope="session")
def no_network():
    """Any connection that leaves this machine fails the test that tried it."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def guarded(original):
        def connecting(self, address):
            if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(address[0]):
                raise AssertionError(f"a test tried to reach the network: {address}")
            return original(self, address)

        return connecting

    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", guarded(connect))
    patch.setattr(socket.socket, "connect_ex", guarded(connect_ex))
    yield
    patch.undo()


def _is_loopback(host) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory):
    """A complete Qwen2-VL folder with random weights: it babbles, but through the real code."""
    from shapes import SMALL

    from qvq_mini.shape import build_config, build_model, save
    from qvq_mini.tokenizer import build_tokenizer

    folder = tmp_path_factory.mktemp("models") / "tiny"
    tokenizer = build_tokenizer(["how many pelicans are there in this picture", "图中一共有几只鹈鹕"], set())
    save(build_model(build_config(tokenizer, SMALL)), tokenizer, folder)
    return folder


@pytest.fixture(scope="session")
def tiny(tiny_folder):
    """The tiny random model, loaded."""
    from qvq_nb import load

    return load(tiny_folder)


@pytest.fixture(scope="session")
def reasoner():
    """The embedded model, loaded."""
    from qvq_nb import load
    from qvq_nb.models.profiles import get

    if not get("qvq-mini").is_here:
        pytest.skip("data/qvq-mini is not in this checkout")
    return load("qvq-mini")


@pytest.fixture(scope="session")
def tokenizer():
    """The embedded model's tokenizer, which a training made."""
    from transformers import AutoTokenizer

    from qvq_nb.paths import data_folder

    return AutoTokenizer.from_pretrained(data_folder() / "qvq-mini", local_files_only=True)


@pytest.fixture(scope="session")
def untrained(tokenizer, tmp_path_factory):
    """A folder with an untrained model too small for anything else, as the trainer writes it."""
    from shapes import TINY

    from qvq_mini.shape import build_config, build_model, save

    folder = tmp_path_factory.mktemp("untrained")
    save(build_model(build_config(tokenizer, TINY)), tokenizer, folder)
    return folder


@pytest.fixture
def place(tmp_path):
    """Where a download test downloads to."""
    from downloading import Place

    return Place(tmp_path)


@pytest.fixture
def hub():
    """A hub with a small model, and no fault yet."""
    from downloading import model_files
    from fault_hub import FaultHub

    with FaultHub(model_files()) as hub:
        yield hub
