"""A bad line and a bad server: what `qvq-nb download` says, what its exit code is, and which bytes lie on
the disk then."""

import pytest
from downloading import (
    AUTHORISATION,
    HUBS,
    INTEGRITY,
    NETWORK,
    NOT_FOUND,
    SECRET,
    SHARD,
    Place,
    assert_complete,
    proves,
    safetensors,
)
from fault_hub import LISTING, Cut, FaultHub, Flip, RangeAs200, Redirect, Slow, Stall, Status, Truncated

LOST_BYTES = {
    "modelscope": 0,
    "huggingface": 64 * 1024,
}  # how much a client may forget of what came before a cut


def others(hub):
    """The files of the hub without the shard that the faults are for."""
    return {name: content for name, content in hub.files.items() if name != SHARD}


@pytest.mark.parametrize("source", HUBS)
@proves(
    (
        "the connection is cut once",
        "goes on where it stopped: at the same byte (ModelScope), at most 64 kB before it (Hugging Face)",
    ),
    ("连接断了一次", "接着下：ModelScope 从断开的那个字节继续，Hugging Face 最多往回 64 kB"),
)
def test_a_cut_is_resumed_at_its_byte(place, hub, source):
    hub.faults[SHARD] = [Cut(100_000)]
    assert_complete(place, hub, place.download(hub, "--hub", source))
    first, second = (request.first_byte for request in hub.requests_for(SHARD) if request.method == "GET")
    assert first == 0 and 0 <= 100_000 - second <= LOST_BYTES[source]
    fetched_once = {name: len(content) for name, content in hub.files.items()}
    assert dict(hub.sent) == fetched_once | {SHARD: fetched_once[SHARD] + 100_000 - second}


@pytest.mark.slow
@proves(
    (
        "the connection is cut every 2 MB of a 60 MB file",
        "goes on as often as it takes, as long as bytes arrive",
    ),
    ("60 MB 的文件每下 2 MB 就断一次", "只要还有字节到达，断多少次就续多少次"),
)
def test_a_line_that_is_cut_every_2_mb_brings_60_mb(place):
    with FaultHub({"model.safetensors": safetensors(1, 60_000_000)}) as hub:
        hub.always["model.safetensors"] = Cut(2_000_000)
        assert_complete(place, hub, place.download(hub))
        assert len(hub.requests_for("model.safetensors")) > 29
        assert hub.sent["model.safetensors"] == len(hub.files["model.safetensors"])


@proves(
    (
        "a byte is flipped on the way, once",
        "sees the wrong sha256, fetches that file once more, and only that one",
    ),
    ("传输中有一个字节被改了一次", "发现 sha256 不对，只把那个文件重下一遍"),
)
def test_a_byte_flipped_once_is_fetched_again(place, hub):
    hub.faults[SHARD] = [Flip(150_000)]
    assert_complete(place, hub, place.download(hub))
    assert hub.sent[SHARD] == 2 * len(hub.files[SHARD])
    assert all(hub.sent[name] == len(content) for name, content in others(hub).items())


@pytest.mark.parametrize("source", HUBS)
@proves(
    (
        "a byte is wrong every time",
        "stops after the second fetch, names the file, throws it away and keeps the others; exit code 5",
    ),
    ("每次都有一个字节不对", "重下一遍后停止，指出是哪个文件，丢弃它，保留其余文件；退出码 5"),
)
def test_a_byte_that_is_always_wrong_ends_it(place, hub, source):
    hub.always[SHARD] = Flip(150_000)
    done = place.download(hub, "--hub", source)
    assert done.returncode == INTEGRITY and SHARD in done.stderr
    assert hub.sent[SHARD] == 2 * len(hub.files[SHARD])
    assert (
        SHARD not in place.files()
        and "config.json" in place.files()
        and not (place.target / "qvq-manifest.json").exists()
    )
    hub.heal()
    assert_complete(place, hub, place.download(hub))
    assert hub.sent["config.json"] == 0


@proves(
    (
        "the hub lists no sha256",
        "says for which files there is no proof, and writes that into the manifest; with `--manifest` every "
        "byte is proved all the same",
    ),
    ("网站没有给出 sha256", "说明哪些文件无法证明，并写进清单；用 `--manifest` 给出清单，照样逐字节证明"),
)
def test_without_listed_hashes_nothing_is_called_verified(place, hub, tmp_path):
    hub.hashes = False
    done = place.download(hub)
    assert_complete(place, hub, done)
    assert "NOT verified" in done.stdout and all(
        entry["verified"] is False for entry in place.manifest().values()
    )
    pinned = (place.target / "qvq-manifest.json").read_bytes()
    (tmp_path / "pinned.json").write_bytes(pinned.replace(b'"verified": false', b'"verified": true'))
    hub.heal()
    hub.always[SHARD] = Flip(7)
    mirror = Place(tmp_path, target=tmp_path / "second")
    assert mirror.download(hub, "--manifest", tmp_path / "pinned.json").returncode == INTEGRITY
    assert SHARD not in mirror.files()


@proves(
    ("the object on the server is shorter than listed", "does not take it for finished; exit code 5"),
    ("服务器上的文件比列表里的短", "不会当作已下完；退出码 5"),
)
def test_a_truncated_object_is_no_finished_file(place, hub):
    hub.always[SHARD] = Truncated(200_000)
    done = place.download(hub)
    assert done.returncode == INTEGRITY and SHARD in done.stderr
    assert SHARD not in place.files()
    assert len(hub.requests_for(SHARD)) == 2


@pytest.mark.parametrize("source", HUBS)
@proves(
    ("the server is busy for a while (429, 500, 503)", "waits longer and longer and goes on"),
    ("服务器忙一阵（429、500、503）", "等待的时间逐次加长，然后接着下"),
)
def test_busy_servers_are_waited_for(place, hub, source):
    hub.faults[LISTING] = [Status(503), Status(429)]
    hub.faults["config.json"] = [Status(500)] * 3
    hub.faults[SHARD] = [
        Status(429),
        Status(503),
        Status(500),
        Cut(100_000),
        Status(503),
        Status(429, retry_after_seconds=0),
    ]
    assert_complete(place, hub, place.download(hub, "--hub", source))
    assert hub.sent[SHARD] <= len(hub.files[SHARD]) + LOST_BYTES[source]


@proves(
    (
        "the server stays down",
        "gives up at last, says what is kept, and goes on from there next time; exit code 4",
    ),
    ("服务器一直不可用", "最终放弃，说明保留了什么，下次从那里继续；退出码 4"),
)
def test_a_server_that_stays_down_ends_it_and_the_next_call_continues(place, hub):
    hub.faults[SHARD] = [Cut(100_000)]
    hub.always[SHARD] = Status(503)
    done = place.download(hub)
    assert done.returncode == NETWORK and SHARD in done.stderr and "kept" in done.stderr
    assert place.files() == others(hub)
    hub.heal()
    assert_complete(place, hub, place.download(hub))
    assert dict(hub.sent) == {SHARD: len(hub.files[SHARD]) - 100_000}


@pytest.mark.parametrize("source", HUBS)
@proves(
    (
        "a part that has come is damaged before the rest comes",
        "sees it by the sha256 of the whole file and fetches that file again",
    ),
    ("已下的一部分在续传之前被损坏", "从整个文件的 sha256 发现，把那个文件重下一遍"),
)
def test_a_damaged_part_is_not_completed(place, hub, source):
    hub.faults[SHARD] = [Cut(100_000)]
    hub.always[SHARD] = Status(503)
    assert place.download(hub).returncode == NETWORK
    with (place.target / f"{SHARD}.incomplete").open("r+b") as part:
        part.write(b"damage")
    hub.heal()
    assert_complete(place, hub, place.download(hub, "--hub", source))
    assert hub.sent[SHARD] == 2 * len(hub.files[SHARD]) - 100_000


@pytest.mark.parametrize("where", [LISTING, SHARD])
@pytest.mark.parametrize(
    ("code", "exit_code"), [(401, AUTHORISATION), (403, AUTHORISATION), (404, NOT_FOUND)]
)
@proves(
    (
        "the hub refuses (401, 403) or has no such model or file (404)",
        "stops at once without trying again and says which of these it is; exit code 6 or 7",
    ),
    ("网站拒绝（401、403）或没有这个模型或文件（404）", "立即停止，不再尝试，说明是哪一种；退出码 6 或 7"),
)
def test_a_refusal_ends_it_at_once(place, hub, where, code, exit_code):
    hub.always[where] = Status(code)
    done = place.download(hub)
    assert done.returncode == exit_code and str(code) in done.stderr
    assert len(hub.requests_for(where)) == 1
    if where is LISTING:
        assert not place.target.exists() and not hub.sent
    else:
        assert SHARD in done.stderr and SHARD not in place.files()


@proves(("the server is slow", "waits for it"), ("服务器很慢", "慢慢等它"))
def test_a_slow_server_is_waited_for(place, hub):
    hub.always[SHARD] = Slow(150_000)
    assert_complete(place, hub, place.download(hub))
    assert len(hub.requests_for(SHARD)) == 1


@pytest.mark.parametrize("source", HUBS)
@proves(
    ("the line falls silent without an end", "asks again after a while and goes on where it stopped"),
    ("连接没有断开，但再也收不到数据", "过一会儿重新请求，从停下的地方接着下"),
)
def test_silence_is_broken_by_asking_again(place, hub, source):
    place.more = {"MODELSCOPE_DOWNLOAD_TIMEOUT": "1", "HF_HUB_DOWNLOAD_TIMEOUT": "1"}
    hub.faults[SHARD] = [Stall(100_000)]
    assert_complete(place, hub, place.download(hub, "--hub", source))
    assert hub.sent[SHARD] <= len(hub.files[SHARD]) + LOST_BYTES[source]


@pytest.mark.parametrize("source", HUBS)
@proves(
    ("the hub sends you on to another host", "follows, and takes no token along"),
    ("网站把请求转到另一台主机", "跟着去，但不带任何令牌"),
)
def test_a_redirect_gets_no_token(place, hub, source):
    with FaultHub(hub.files) as elsewhere:
        hub.always[SHARD] = Redirect(elsewhere.endpoint.replace("127.0.0.1", "localhost"))
        assert_complete(place, hub, place.download(hub, "--hub", source))
        assert elsewhere.sent == {SHARD: len(hub.files[SHARD])} and not hub.sent[SHARD]
        for request in elsewhere.requests:
            assert not {"authorization", "cookie"} & set(request.headers)
    for request in hub.requests:
        assert not {"authorization", "cookie"} & set(request.headers), "a mirror gets no token either"


@pytest.mark.parametrize("source", HUBS)
def test_a_token_that_the_hub_gets_is_not_forwarded(place, hub, source):
    """As if this hub were one of the hubs' own addresses, to which a login is sent."""
    place.before_the_command = (
        "import qvq_nb.download.transfer.client as client; client.is_official = lambda endpoint: True"
    )
    with FaultHub(hub.files) as elsewhere:
        hub.always[SHARD] = Redirect(elsewhere.endpoint.replace("127.0.0.1", "localhost"))
        done = place.run(
            "download", hub.model, "--to", place.target, "--endpoint", hub.endpoint, "--hub", source
        )
        assert_complete(place, hub, done)
        assert any(SECRET in str(request.headers) for request in hub.requests_for(SHARD))
        assert elsewhere.requests and not any(SECRET in str(request) for request in elsewhere.requests)


@proves(
    ("a resumed request is answered with 200 instead of 206", "goes by the Content-Range"),
    ("续传的请求得到 200 而不是 206", "以 Content-Range 为准"),
)
def test_a_range_answered_with_200_is_resumed(place, hub):
    hub.faults[SHARD] = [Cut(100_000), RangeAs200()]
    assert_complete(place, hub, place.download(hub))
    assert [request.status for request in hub.requests_for(SHARD)] == [200, 200]
    assert hub.sent[SHARD] == len(hub.files[SHARD])


@pytest.mark.parametrize("source", HUBS)
@proves(
    ("names with spaces or Chinese characters", "arrive under the same names"),
    ("文件名里有空格或汉字", "按原名保存"),
)
def test_names_with_spaces_and_chinese_characters(place, source):
    files = {"a b.txt": b"1", "图 片/子 文件夹/权重（一）.bin": b"2", "100%+#?&=.txt": b"3"}
    with FaultHub(files) as hub:
        assert_complete(place, hub, place.download(hub, "--hub", source))


NAMES = (
    "../evil",
    "a/../../evil",
    "/tmp/evil-{}",
    "a\\b",
    "C:/evil",
    "C:evil",
    "a\0b",
    "",
    ".",
    "a//b",
    "link/evil",
)


@pytest.mark.parametrize(
    ("source", "name"), [("huggingface", "../evil"), *(("modelscope", name) for name in NAMES)]
)
@proves(
    (
        "the listing holds a name such as `../x`, `/x`, `a\\b`, `C:x`, or leads through a link",
        "refuses the whole listing before the first byte and names the entry; nothing is written; "
        "exit code 5",
    ),
    (
        "列表里有 `../x`、`/x`、`a\\b`、`C:x` 之类的名字，或者路径经过符号链接",
        "在第一个字节之前就拒绝整个列表并指出该项；什么都不写；退出码 5",
    ),
)
def test_unsafe_names_are_refused_before_the_first_byte(place, name, source, tmp_path):
    name = name.format(tmp_path.name)
    (tmp_path / "elsewhere").mkdir()
    place.target.mkdir()
    (place.target / "link").symlink_to(tmp_path / "elsewhere")
    place.before = place.outside()
    with FaultHub({"config.json": b"{}", name: b"evil"}) as hub:
        done = place.download(hub, "--hub", source)
        assert done.returncode == INTEGRITY and (
            repr(name) in done.stderr or str(place.target / "link") in done.stderr
        )
        assert not hub.sent and place.files() == {}
    assert not (tmp_path / "elsewhere" / "evil").exists()


@proves(
    ("a proxy is set in the environment", "does not use it for an address on this machine"),
    ("环境里设了代理", "访问本机地址时不走代理"),
)
def test_a_proxy_is_not_asked_for_this_machine(place, hub):
    proxy = "http://127.0.0.1:9"  # nobody listens there
    place.more = {"http_proxy": proxy, "HTTP_PROXY": proxy, "https_proxy": proxy, "all_proxy": proxy}
    assert_complete(place, hub, place.download(hub))


def test_a_proxy_is_used_for_other_addresses(place, hub):
    """The hub plays the proxy: a request for another host arrives there."""
    place.more = {"http_proxy": hub.endpoint}
    done = place.run("download", hub.model, "--to", place.target, "--endpoint", "http://hub.invalid")
    assert_complete(place, hub, done)
    assert hub.requests_for(LISTING)[0].path.startswith("http://hub.invalid/")
