"""Every lesson, not one cell changed, on a model behind an address: transformers serve on this machine."""

import pytest

from qvq_nb.lessons import lesson_names, run
from qvq_nb.serving.server import LocalServer

pytest.importorskip("fastapi")
pytestmark = pytest.mark.slow
TIMEOUT_SECONDS = 1800  # for one lesson; no promise, only an end for one that hangs


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    with LocalServer() as server:
        done = run((), server.address, "en", tmp_path_factory.mktemp("run"), TIMEOUT_SECONDS, parallel=2)
    return {result.lesson: result for result in done}


@pytest.mark.parametrize("lesson", lesson_names("en"))
def test_the_lesson_runs_with_an_address_as_its_model(results, lesson):
    assert results[lesson].status == "passed", results[lesson].error


def test_the_verdicts_name_the_model_at_the_address(results):
    models = {verdict["model"] for result in results.values() for verdict in result.verdicts}
    assert any("127.0.0.1" in str(model) for model in models)
