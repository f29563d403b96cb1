"""A server on loopback that speaks every dialect of the chat completions protocol, and fails on order."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

THINKING, FINAL = "I count them. There are three and three.", "**Final Answer**\n\n$$ \\boxed{6} $$"
SAFETY_NET_SECONDS = 30  # no promise, only an end for a test that hangs


def chunk(delta=None, finish=None, usage=None, **more) -> dict:
    """One event of a stream, as all servers send it."""
    choices = (
        []
        if delta is None and finish is None
        else [{"index": 0, "delta": delta or {}, "finish_reason": finish}]
    )
    return {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "m", "choices": choices,
            "usage": usage, **more}  # fmt: skip


USAGE = {"prompt_tokens": 90, "completion_tokens": 12, "total_tokens": 102}
FIELD_OF_THINKING = {"vllm": "reasoning", "sglang": "reasoning_content", "dashscope": "reasoning_content",
                     "modelscope": "reasoning_content", "plain": None}  # fmt: skip


def answer(dialect: str = "plain", thinking: str = THINKING, final: str = FINAL, finish="stop") -> list:
    """The events of a whole answer in that dialect; "plain" sends untagged text in one channel."""
    field = FIELD_OF_THINKING[dialect]
    words = [word + " " for word in thinking.split(" ")]
    first = [chunk({"role": "assistant", "content": ""})]
    thought = [chunk({field or "content": word, **({"content": None} if field else {})}) for word in words]
    said = [
        chunk({"content": piece}) for piece in (final[: len(final) // 2], final[len(final) // 2 :]) if piece
    ]
    last = [chunk({}, finish), chunk(usage=USAGE)]
    return first + thought + said + last


class Silence:
    """An event that never comes: the server waits until the client has gone."""


class Cut:
    """The connection ends here, in the middle of the body."""


class Script:
    """What the server does with the next question: status, headers, and either a body or events."""

    def __init__(self, events=(), status=200, body=None, headers=None, kind="text/event-stream", done=True):
        self.events, self.status, self.body, self.done = list(events), status, body, done
        self.headers = {"content-type": kind, **(headers or {})}


def error(status: int, message: str = "no", headers=None, code=None) -> Script:
    """A refusal with a JSON body, as OpenAI's protocol has it."""
    body = json.dumps({"error": {"message": message, "code": code}})
    return Script(status=status, body=body, headers=headers, kind="application/json")


class ScriptedServer(ThreadingHTTPServer):
    """Answers questions with its `scripts` in turn, the last one for ever; keeps what it was asked."""

    daemon_threads = True

    def __init__(self, *scripts: Script, models=(("m", "someone"),), listing: Script | None = None):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.scripts, self.models, self.listing = list(scripts), models, listing
        self.pinned = None  # the only model, as transformers serve says it when it is asked for another
        self.asked, self.requests, self.gone = [], [], threading.Event()
        self.one_at_a_time = threading.Lock()

    def __enter__(self):
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

    def handle_error(self, request, client_address):
        """A client that has gone is no news."""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def script_for(self, question: dict) -> Script:
        """What comes next, whatever was asked."""
        with self.one_at_a_time:
            return self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        """Nothing is written to the terminal."""

    def do_GET(self):
        self._keep()
        listed = [{"id": name, "object": "model", "owned_by": owner} for name, owner in self.server.models]
        body = json.dumps({"object": "list", "data": listed})
        self._play(self.server.listing or Script(body=body, kind="application/json"))

    def do_POST(self):
        question = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self._keep()
        if not question["messages"]:
            self._play(
                error(400, f"Server is pinned to '{self.server.pinned}'" if self.server.pinned else "empty")
            )
            return
        self.server.asked.append(question)
        self._play(self.server.script_for(question))

    def _keep(self):
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.requests.append((self.command, self.path, headers, time.monotonic()))

    def _play(self, script: Script):
        if script.status == 0:  # silence before anything has come
            self._wait_until_gone()
            self.close_connection = True
            return
        self.send_response(script.status)
        for name, value in script.headers.items():
            self.send_header(name, value)
        if script.body is not None:
            content = script.body.encode()
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
            return
        self.send_header("transfer-encoding", "chunked")
        self.close_connection = True
        self.end_headers()
        try:
            for event in script.events:
                if event is Silence:
                    self._wait_until_gone()
                    return
                if event is Cut:
                    return
                self._send(event if isinstance(event, str) else f"data: {json.dumps(event)}\n\n")
            if script.done:
                self._send("data: [DONE]\n\n")
            self.wfile.write(b"0\r\n\r\n")
        except OSError:
            self.server.gone.set()

    def _send(self, text: str):
        content = text.encode()
        self.wfile.write(f"{len(content):x}\r\n".encode() + content + b"\r\n")
        self.wfile.flush()

    def _wait_until_gone(self):
        """Reads until the client closes; a client that stays for ever is left at last."""
        self.connection.settimeout(SAFETY_NET_SECONDS)
        if self.connection.recv(1) == b"":
            self.server.gone.set()
