"""Whatever happens on the line, in any order: with a healthy server the bytes are right in the end, and
little was fetched twice."""

from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from downloading import Place, assert_complete, model_files
from fault_hub import LISTING, Cut, FaultHub, Flip, RangeAs200, Status, Truncated
from hypothesis import given, settings
from hypothesis import strategies as st

from qvq_nb.download import download, fetch
from qvq_nb.download.transfer.client import FILES_AT_ONCE
from qvq_nb.errors import QvqError

FILES = model_files(shard_bytes=5000)
POSITIONS = st.integers(0, 4999)
STATUSES = st.sampled_from([401, 403, 404, 429, 500, 503]).map(Status)
FAULTS = st.one_of(
    POSITIONS.map(Cut),
    POSITIONS.map(Cut),
    POSITIONS.map(Flip),
    POSITIONS.map(Truncated),
    st.just(RangeAs200()),
    STATUSES,
)
SHARDS = st.sampled_from([name for name in FILES if name.endswith(".safetensors")])
ON_A_FILE = st.tuples(SHARDS, FAULTS)
ON_THE_LISTING = st.tuples(st.just(LISTING), STATUSES)


@pytest.fixture(scope="module")
def own_home(tmp_path_factory):
    """The environment of this process as the subprocesses of the other tests have it."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in Place(tmp_path_factory.mktemp("own")).environment().items():
            patch.setenv(name, value)
        patch.setattr(fetch, "FIRST_WAIT_SECONDS", 0.001)
        yield


@pytest.mark.slow
@settings(max_examples=15)
@given(happenings=st.lists(st.one_of(*[ON_A_FILE] * 5, ON_THE_LISTING), max_size=8))
def test_after_any_faults_a_healthy_server_brings_every_byte(own_home, happenings):
    with TemporaryDirectory() as folder, FaultHub(FILES) as hub:
        place = Place(Path(folder))
        for name, fault in happenings:
            hub.faults[name].append(fault)
        with suppress(QvqError):
            download(hub.model, place.target, endpoint=hub.endpoint, progress=False)
        place.check(hub)
        hub.faults.clear()
        download(hub.model, place.target, endpoint=hub.endpoint, progress=False)
        place.check(hub)
        assert_complete(place, hub)
        # Wrong bytes cost the file that they are in, once each; a refusal ends the first download, and with
        # it whatever is
        # between the hub and the disk; of a cut connection the tail is lost: of files as small as these, one
        # file's worth.
        wrong = sum(isinstance(fault, (Flip, Truncated)) for _, fault in happenings)
        ended = any(isinstance(fault, Status) for _, fault in happenings)
        twice = sum(hub.sent[name] - len(content) for name, content in FILES.items())
        assert twice <= (1 + wrong + FILES_AT_ONCE * ended) * max(map(len, FILES.values()))
