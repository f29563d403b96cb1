"""What goes wrong with a model behind an address: each fault is played by a server on loopback.

With every one the key is searched in all that is written: output, logs, repr, JSON, tracebacks.
"""

import datetime
import ipaddress
import signal
import ssl
import threading
from functools import partial

import pytest
from asking import CANARY, PICTURE, QUESTION, nothing_leaks, proves
from scripted_server import Cut, Script, ScriptedServer, Silence, answer, chunk, error

from qvq_nb.errors import QvqError
from qvq_nb.inference.reasoner import load
from qvq_nb.inference.request import connection

WHOLE = Script(answer())
BEGUN = [chunk({"content": "I count them: "}), chunk({"content": "one, two"})]
PAGE = "<html><head><title>Campus login</title></head><body>Please log in</body></html>"


@pytest.fixture(autouse=True)
def a_key_and_short_waits(monkeypatch):
    monkeypatch.setenv("QVQ_NB_API_KEY", CANARY)
    monkeypatch.setenv("OPENAI_API_KEY", CANARY)
    monkeypatch.setattr("openai._base_client.INITIAL_RETRY_DELAY", 0.01)
    for name in ("QVQ_NB_ENDPOINT", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


def asked(*scripts, **options):
    """(what came of one question, the server), as an Answer or as the QvqError that was raised."""
    with ScriptedServer(*scripts) as server, nothing_leaks() as keep:
        came = came_of(server.address, keep, **options)
    return came, server


def came_of(address, keep, **options):
    try:
        reasoner = load(address, name="m", dialect="vllm")
        keep(reasoner)
        came = reasoner.ask(PICTURE, QUESTION, **options)
    except QvqError as fault:
        came = fault
    keep(came)
    return came


def is_kept_as_broken(answer, text="I count them: one, two"):
    """What came before a break is kept, shown as broken off, and grades as no answer."""
    assert (answer.text, answer.stop_reason) == (text, "broken")
    assert "broken off" in answer._repr_html_() and "What had come is kept" in answer.notes[-1]
    return True


@proves(
    ("nobody answers at the address", "says so, and to check server, address and proxy"),
    ("地址上没有服务", "说明情况，并提示检查服务器、地址和代理"),
)
def test_refused():
    with ScriptedServer(WHOLE) as server:
        address = server.address
    with nothing_leaks() as keep:
        assert "Nobody answers at" in str(came_of(address, keep))


@proves(
    ("no key, or a wrong one (401)", "names the environment variable that it looks in; never shows the key"),
    ("没有密钥或密钥不对（401）", "说出它查找的环境变量；绝不显示密钥"),
)
def test_unauthorised(monkeypatch):
    came, server = asked(error(401, f"Incorrect API key provided: {CANARY}"))
    assert "does not take the key in QVQ_NB_API_KEY" in str(came) and len(server.asked) == 1
    assert server.requests[-1][2]["authorization"] == f"Bearer {CANARY}"
    monkeypatch.delenv("QVQ_NB_API_KEY")
    came, server = asked(error(401))
    assert "answers with a key only" in str(came) and "QVQ_NB_API_KEY" in str(came)
    assert "authorization" not in server.requests[-1][2]


@proves(
    ("the key may not do this (403)", "says so with the server's own words"),
    ("密钥没有权限（403）", "转述服务器的说法"),
)
def test_forbidden():
    came, _ = asked(error(403, "Model not enabled for your account"))
    assert "forbids this (403: Model not enabled for your account)" in str(came)


@proves(
    ("there is no such model (404)", "names the model, and those that the server has if it says"),
    ("没有这个模型（404）", "说出模型名；服务器列出了模型时，也列出它们"),
)
def test_no_such_model():
    came, _ = asked(error(404, "The model `m` does not exist."))
    assert "has no model 'm'" in str(came)
    with ScriptedServer(WHOLE, models=(("other", "vllm"),)) as server:
        with pytest.raises(QvqError, match="no model 'm', only other"):
            load(server.address, name="m")
        assert server.asked == []


@proves(
    ("too many questions (429), with a time to wait", "waits as long as the server asks, up to two minutes"),
    ("请求太多（429），并给出等待时间", "按服务器说的时间等，最多两分钟"),
)
def test_busy_with_retry_after():
    came, server = asked(error(429, headers={"retry-after": "1"}), WHOLE)
    first, second = (when for method, *_, when in server.requests if method == "POST")
    assert came.final == "$$ \\boxed{6} $$" and second - first >= 1
    came, server = asked(error(429, headers={"retry-after": "3000"}))
    assert "asks to wait 3000 s" in str(came) and len(server.asked) == 1


@proves(
    ("too many questions (429), without one", "asks twice more, waiting longer, then says so"),
    ("请求太多（429），没有给出等待时间", "再问两次，间隔加长，仍不行就说明"),
)
def test_busy_without_retry_after():
    came, server = asked(error(429, "Quota exceeded"))
    assert "too much to do, or your quota is used up (429: Quota exceeded)" in str(came)
    assert len(server.asked) == 3


@proves(
    ("the server fails once (500)", "asks again; nobody notices"),
    ("服务器出错一次（500）", "再问一次，用户察觉不到"),
)
def test_failing_once():
    came, server = asked(error(500), WHOLE)
    assert came.stop_reason == "end" and len(server.asked) == 2


@proves(
    ("the server fails every time (500)", "says so after the third time, with the server's own words"),
    ("服务器每次都出错（500）", "第三次之后说明，并转述服务器的说法"),
)
def test_failing_for_ever():
    came, server = asked(error(500, "CUDA error"))
    assert "failed, also when asked again (500: CUDA error)" in str(came) and len(server.asked) == 3


@proves(
    ("silence before the first word", "closes the connection after 300 s of silence, and says so"),
    ("第一个字之前一直没有动静", "静默满 300 秒就断开，并说明"),
)
def test_silence_before(monkeypatch):
    monkeypatch.setattr(connection, "SILENCE_SECONDS", 0.2)
    came, server = asked(Script(status=0))
    assert "silent for 0.2 s" in str(came) and server.gone.wait(5)


@proves(
    ("silence in the middle of an answer", "the same; what had come is kept and shown as broken off"),
    ("回答中途没有动静", "同上；已写出的保留，并标明中断"),
)
def test_silence_in_the_middle(monkeypatch):
    monkeypatch.setattr(connection, "SILENCE_SECONDS", 0.2)
    came, server = asked(Script([*BEGUN, Silence]))
    assert is_kept_as_broken(came) and "silent for" in came.notes[-1] and server.gone.wait(5)


@proves(
    (
        "the connection is cut in the middle",
        "keeps what had come and shows it as broken off; asks no second time",
    ),
    ("回答中途连接断开", "已写出的保留，并标明中断；不会重问"),
)
def test_cut_stream():
    came, server = asked(Script([*BEGUN, Cut]))
    assert is_kept_as_broken(came) and "broke off" in came.notes[-1] and len(server.asked) == 1


@proves(
    ("the server reports an error in the middle", "keeps what had come, and gives the server's own words"),
    ("服务器在回答中途报错", "已写出的保留，并转述服务器的说法"),
)
def test_error_event():
    came, _ = asked(Script([*BEGUN, {"error": {"message": "Out of memory", "code": 500}}]))
    assert is_kept_as_broken(came) and "while it answered: Out of memory" in came.notes[-1]


@proves(
    ("the answer stops without a reason for its end", "takes it for broken off, not for finished"),
    ("回答停了，却没有说明结束原因", "视为中断，而不是写完"),
)
def test_no_finish_reason():
    came, _ = asked(Script(BEGUN))
    assert is_kept_as_broken(came) and "without saying that it is finished" in came.notes[-1]


@proves(
    ("the server is stopped in the middle of an answer", "keeps what had come and shows it as broken off"),
    ("服务器在回答中途被停掉", "已写出的保留并标明中断"),
)
def test_stopped_server():
    for reason in ("abort", "error"):  # vLLM and SGLang say these, and end the stream as a whole one
        came, _ = asked(Script([*BEGUN, chunk({}, reason)]))
        assert is_kept_as_broken(came) and f'ended the answer with "{reason}"' in came.notes[-1]


@proves(
    ("broken JSON", "keeps what had come, and asks whether this is a model's server"),
    ("JSON 损坏", "已写出的保留，并提示这可能不是模型服务器"),
)
def test_broken_json():
    came, _ = asked(Script([*BEGUN, "data: {'not json\n\n"]))
    assert is_kept_as_broken(came) and "is not what a model's server sends" in came.notes[-1]
    came, _ = asked(Script(['data: ["a", "list"]\n\n']))
    assert isinstance(came, QvqError)


@proves(
    ("another content type", "names it, and asks whether this is a model's server"),
    ("内容类型不对", "说出是什么类型，并提示这可能不是模型服务器"),
)
def test_wrong_content_type():
    came, _ = asked(Script(body="hello", kind="text/plain"))
    assert "answered with text/plain" in str(came)


@proves(
    ("the login page of a network or a proxy", "says that it is a web page, with its title"),
    ("校园网或代理的登录页", "说明来的是网页，并给出标题"),
)
def test_login_page():
    page = Script(body=PAGE, kind="text/html; charset=utf-8")
    came, _ = asked(page)
    assert 'a web page "Campus login"' in str(came)
    with ScriptedServer(WHOLE, listing=page) as server, pytest.raises(QvqError, match="Campus login"):
        load(server.address)
    came, _ = asked(Script(status=403, body=PAGE, kind="text/html"))
    assert "<" not in str(came) and "Campus login" in str(came)


@proves(
    ("a redirect to another host", "does not follow: neither key nor picture goes there; names that address"),
    ("被重定向到别的主机", "不跟过去：密钥和图片都不会发到那里；只说出那个地址"),
)
def test_redirect():
    with ScriptedServer(WHOLE) as elsewhere:
        to = elsewhere.address.replace("127.0.0.1", "user:password@localhost") + "/there?token=secret"
        came, _ = asked(Script(status=307, body="", headers={"location": to}))
        assert f"sends on to http://localhost:{elsewhere.server_port}/v1/there (307)" in str(came)
        assert elsewhere.requests == []


@proves(
    ("a certificate that is not trusted", "sends nothing, and says what may be missing"),
    ("证书不受信任", "什么都不发送，并说明可能缺少什么"),
)
def test_certificate(tmp_path):
    certificate = self_signed(tmp_path)
    with ScriptedServer(WHOLE) as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        with nothing_leaks() as keep:
            came = came_of(server.address.replace("http:", "https:"), keep)
        assert "certificate" in str(came) and "ca-certificates" in str(came) and server.requests == []


@proves(
    ("a proxy is set in the environment", "does not use it for an address on this machine"),
    ("环境变量里设了代理", "访问本机地址时不使用它"),
)
def test_proxy_and_loopback(monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    came, _ = asked(WHOLE)
    assert came.stop_reason == "end"
    with nothing_leaks() as keep:
        came = came_of("http://192.0.2.1:8000/v1", keep)
    assert "HTTP_PROXY" in str(came)


@proves(
    (
        "the picture is too large for the server (413)",
        "says its size, and the budget that sends half as much",
    ),
    ("图片对服务器来说太大（413）", "说出图片的尺寸，以及只发一半所需的预算"),
)
def test_too_large():
    came, _ = asked(error(413))
    assert "1 picture, 300×200 pixels, PNG" in str(came) and "visual_tokens=(4, 38)" in str(came)


@proves(
    ("the provider's content filter", "says that it was the filter; what had come is kept"),
    ("供应商的内容过滤", "说明是过滤所致；已写出的保留"),
)
def test_content_filter():
    came, _ = asked(Script([*BEGUN, chunk({}, "content_filter")]))
    assert (came.stop_reason, came.text) == ("filter", "I count them: one, two")
    assert "content filter" in came._stamp()
    came, _ = asked(error(400, "Input may contain inappropriate content", code="data_inspection_failed"))
    assert "content filter of" in str(came)


@proves(
    (
        "the cell is interrupted, or the answer not read to its end",
        "closes the connection, so that the server stops",
    ),
    ("中断单元格，或没有读完回答", "关闭连接，服务器随之停下"),
)
def test_closing():
    with ScriptedServer(Script([*BEGUN, Silence])) as server:
        stream = load(server.address).stream(PICTURE, QUESTION)
        next(stream)
        stream.close()
        assert server.gone.wait(5)
        server.gone.clear()
        reasoner, interrupt = load(server.address), partial(signal.pthread_kill, threading.get_ident())
        with pytest.raises(KeyboardInterrupt):
            for piece in reasoner.stream(PICTURE, QUESTION):
                if piece.text == "one, two":
                    threading.Timer(0.2, interrupt, (signal.SIGINT,)).start()
        assert server.gone.wait(5)


@proves(
    ("the server does not take a field of the request", "leaves it out, asks again, and notes that"),
    ("服务器不接受请求里的某个字段", "去掉它再问一次，并写进备注"),
)
def test_a_field_that_is_not_taken():
    new_name = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."
    came, server = asked(error(400, new_name), error(400, "'temperature' must be 1"), WHOLE)
    assert "temperature" not in server.asked[-1] and "max_tokens" not in server.asked[-1]
    assert server.asked[-1]["max_completion_tokens"] == 8192
    assert any("temperature=0; it was left out: 'temperature' must be 1." in note for note in came.notes)


def test_an_answer_may_be_wished_longer_than_the_server_has_room_for():
    vllm = "max_tokens=8192 cannot be greater than max_model_len=2048."
    sglang = (
        "Requested token count exceeds the model's maximum context length of 2048 tokens. You requested "
        "a total of 8300 tokens: 108 tokens from the input messages and 8192 tokens for the completion."
    )
    for words in (vllm, sglang):
        came, server = asked(error(400, words), WHOLE)
        assert came.stop_reason == "end" and "max_tokens" not in server.asked[-1]
        assert f"max_tokens=8192; it was left out: {words[:60]}" in came.notes[-1]


def test_the_interrupt_itself_does_not_hold_the_key(monkeypatch):
    monkeypatch.setattr("httpx2.Client.send", partial(raise_after_taking, KeyboardInterrupt))
    with ScriptedServer(WHOLE) as server, nothing_leaks() as keep:
        reasoner = load(server.address, name="m", dialect="plain")
        with pytest.raises(KeyboardInterrupt) as stopped:
            reasoner.ask(PICTURE, QUESTION)
        keep(stopped.value)


def raise_after_taking(error, *arguments, **options):
    headers = f"authorization: Bearer {CANARY}"
    raise error(f"interrupted with {headers}")


def self_signed(folder):
    """A certificate for 127.0.0.1 that nobody vouches for, with its key in the same file."""
    x509 = pytest.importorskip("cryptography.x509")
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    start, end = datetime.datetime(2020, 1, 1), datetime.datetime(2120, 1, 1)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, start, end)
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    signed = builder.add_extension(names, False).sign(key, hashes.SHA256())
    file = folder / "server.pem"
    form = serialization.Encoding.PEM
    private = key.private_bytes(form, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(private + signed.public_bytes(form))
    return file
