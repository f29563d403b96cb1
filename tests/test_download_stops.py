"""A download that is stopped on its way, in every way that happens: what is kept, and that the next call
continues."""

import json
import signal
import time

import psutil
import pytest
from downloading import BUSY, SAFETY_NET_SECONDS, SHARD, assert_complete, proves
from fault_hub import Stall

HALFWAY_BYTES = 100_000


@pytest.fixture
def hub(hub):
    """A hub that brings a bit more than HALFWAY_BYTES of the shard for each request, until it is healed."""
    hub.always[SHARD] = Stall(HALFWAY_BYTES + 20_000)
    return hub


@pytest.fixture
def place(place):
    """A place where silence is borne for as long as a slow machine may need for a test."""
    place.more = {"MODELSCOPE_DOWNLOAD_TIMEOUT": str(SAFETY_NET_SECONDS)}
    return place


def until(condition, process=None):
    """Wait for a condition, as long as the process runs."""
    deadline = time.monotonic() + SAFETY_NET_SECONDS
    while not condition():
        assert process is None or process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.02)


def on_disk(place) -> int:
    """How many bytes of the shard have come."""
    partial = place.target / f"{SHARD}.incomplete"
    return partial.stat().st_size if partial.exists() else 0


def children(pid: int) -> list[psutil.Process]:
    return psutil.Process(pid).children(recursive=True)


def assert_continues(place, hub, kept):
    """The next call brings the rest, and no byte that is there already."""
    hub.heal()
    assert_complete(place, hub, place.download(hub))
    assert hub.sent[SHARD] == len(hub.files[SHARD]) - kept  # a small file may have been on its way, too


@proves(
    (
        "the process is killed, and the next one as well",
        "leaves nothing that stands in the way: the next call goes on at the same byte",
    ),
    ("进程被强行结束，再来一次又被结束", "不留下任何障碍：下次从同一个字节继续"),
)
def test_killed_twice_it_continues(place, hub):
    for stop in (HALFWAY_BYTES, 2 * HALFWAY_BYTES):
        process = place.start_download(hub)
        until(lambda stop=stop: on_disk(place) > stop, process)
        clients = children(process.pid)
        process.kill()
        process.communicate()
        _, alive = psutil.wait_procs(clients, timeout=SAFETY_NET_SECONDS)
        assert clients and not alive, "the client outlives the command"
        place.check(hub)
    assert hub.requests_for(SHARD)[1].first_byte > HALFWAY_BYTES
    assert_continues(place, hub, kept=on_disk(place))


@proves(
    ("Ctrl-C", "stops the client, says what is kept; the same command goes on; exit code 130"),
    ("Ctrl-C", "停止客户端，说明保留了什么；同一条命令接着下；退出码 130"),
)
def test_ctrl_c_says_what_is_kept(place, hub):
    process = place.start_download(hub, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    until(lambda: on_disk(place) > HALFWAY_BYTES, process)
    clients = children(process.pid)
    process.send_signal(signal.SIGINT)
    done = place.finish(process, hub)
    assert done.returncode == 130 and "kept" in done.stderr
    assert clients and not any(client.is_running() for client in clients)
    assert_continues(place, hub, kept=on_disk(place))


@proves(
    ("the notebook's kernel is interrupted", "the cell stops and says what is kept; the same cell goes on"),
    ("notebook 的内核被中断", "单元格停下并说明保留了什么；再运行同一个单元格就接着下"),
)
def test_an_interrupted_kernel_keeps_what_has_come(place, hub):
    from jupyter_client.manager import start_new_kernel

    cell = (
        f"from qvq_nb.download import download\ndownload({hub.model!r}, {str(place.target)!r}, "
        f"endpoint={hub.endpoint!r})"
    )
    place.more |= {
        "IPYTHONDIR": str(place.root.parent / "ipython"),
        "JUPYTER_RUNTIME_DIR": str(place.root.parent / "runtime"),
    }
    manager, client = start_new_kernel(kernel_name="python3", env=place.environment(), cwd=str(place.root))
    try:
        request = client.execute(cell)
        until(lambda: on_disk(place) > HALFWAY_BYTES)
        clients = children(manager.provisioner.pid)
        manager.interrupt_kernel()
        reply, shown = answer(client, request)
        assert reply["ename"] == "KeyboardInterrupt" and "kept" in reply["evalue"]
        psutil.wait_procs(clients, timeout=SAFETY_NET_SECONDS)
        assert clients and not any(one.is_running() for one in clients)
        kept = on_disk(place)
        assert HALFWAY_BYTES < kept < len(hub.files[SHARD])
        hub.heal()
        reply, shown_then = answer(client, client.execute(cell))
        assert reply["status"] == "ok", reply
        assert len(shown + shown_then) < 20_000, "the notebook's file grows too much"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    assert_complete(place, hub)
    place.check(hub)
    assert hub.sent[SHARD] == len(hub.files[SHARD]) - kept  # a small file may have been on its way, too


def answer(client, request) -> tuple[dict, str]:
    """The kernel's reply to a cell, and all that the cell put into its notebook."""
    shown = []
    while True:
        message = client.get_iopub_msg(timeout=SAFETY_NET_SECONDS)
        if message["parent_header"].get("msg_id") != request:
            continue
        if message["msg_type"] in ("stream", "display_data", "execute_result", "error"):
            shown.append(json.dumps(message["content"]))
        if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
            break
    reply = client.get_shell_msg(timeout=SAFETY_NET_SECONDS)
    while reply["parent_header"].get("msg_id") != request:
        reply = client.get_shell_msg(timeout=SAFETY_NET_SECONDS)
    return reply["content"], "".join(shown)


@proves(
    (
        "a second download goes into the same folder",
        "says which process is at work there, and changes nothing; exit code 8",
    ),
    ("又有一个下载指向同一个文件夹", "说明是哪个进程正在那里下载，什么都不改；退出码 8"),
)
def test_a_second_process_says_who_is_at_work(place, hub):
    first = place.start_download(hub)
    until(lambda: on_disk(place) > HALFWAY_BYTES, first)
    second = place.download(hub)
    assert second.returncode == BUSY and str(first.pid) in second.stderr
    assert first.poll() is None and len(hub.requests_for(SHARD)) == 1
    hub.heal()
    assert_complete(place, hub, place.finish(first, hub))
    assert hub.sent[SHARD] < len(hub.files[SHARD]) - HALFWAY_BYTES
