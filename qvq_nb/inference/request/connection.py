"""The way to a server: its address, the key for it, and what it says it has."""

import re
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx2
import openai

from qvq_nb.errors import QvqError
from qvq_nb.files import NOT_WHAT_WAS_EXPECTED
from qvq_nb.inference import providers
from qvq_nb.inference.request import faults
from qvq_nb.models import keys
from qvq_nb.models.resolve import endpoint

SILENCE_SECONDS = 300  # the longest silence, also before the first word; an answer may take longer
CONNECT_SECONDS = 10
RETRIES = 2  # only before the first word: 408, 409, 429, 5xx, no connection; retry-after up to 120 s
HEADERS = ("host", "content-type", "content-length", "accept", "accept-encoding", "connection")
PINNED = re.compile(r"pinned to '([^']+)'")  # transformers serve, which lists no folder


class Served(NamedTuple):
    """A model that a server says it has."""

    name: str
    owner: str


class Connection:
    """One client for one address. What goes over it: the request, and the key for this address, if any.

    Redirects are not followed, so that a key goes nowhere else; on this machine no proxy is used.
    """

    def __init__(self, address: str, silence_seconds: float | None = None, retries: int = RETRIES):
        self.address, self.host = address, urlsplit(address).netloc
        self.is_loopback = providers.is_loopback(address)
        self.key_name = providers.key_name(address)
        self.key = keys.find(self.key_name) if self._may_have_the_key() else None
        self.silence_seconds = silence_seconds or SILENCE_SECONDS
        self.connect_seconds = min(CONNECT_SECONDS, self.silence_seconds)
        self.client = openai.OpenAI(
            base_url=address,
            api_key="none",  # the key is put into the request itself, so that the client does not have it
            max_retries=retries,
            timeout=self.timeout(self.silence_seconds),
            http_client=openai.DefaultHttpxClient(
                trust_env=not self.is_loopback,
                follow_redirects=False,
                event_hooks={"request": [self._send_only_what_is_needed]},
            ),
        )

    def __repr__(self):
        return f"Connection({self.address!r})"

    def _may_have_the_key(self) -> bool:
        """The key for a class's server goes nowhere else, whatever address a notebook names."""
        there = endpoint() if self.key_name == keys.OWN_KEY else None
        return there is None or urlsplit(there).netloc == self.host

    def timeout(self, seconds: float) -> httpx2.Timeout:
        return httpx2.Timeout(min(seconds, self.silence_seconds), connect=self.connect_seconds)

    def served(self) -> list[Served]:
        """The models that the server lists; none where it keeps no list. QvqError where it refuses."""
        fault = listed = None
        try:
            response = self.client.get("/models", cast_to=httpx2.Response)
            kind = response.headers.get("content-type", "")
            if "json" in kind:
                listed = [Served(str(one["id"]), str(one.get("owned_by"))) for one in response.json()["data"]]
            else:
                fault = faults.not_what_was_asked_for(kind, response.text, self)
        except openai.NotFoundError:
            listed = []
        except (openai.APIError, httpx2.HTTPError, *NOT_WHAT_WAS_EXPECTED) as error:
            fault = faults.sentence(error, self)
        if fault:
            raise QvqError(fault)
        return listed

    def pinned(self) -> str | None:
        """The only model of a server that says so when it is asked for none; None for all others."""
        try:
            self.client.with_options(max_retries=0).chat.completions.create(model="", messages=[])
        except openai.APIStatusError as error:
            found = PINNED.search(str(error.body))
            return found[1] if found else None
        except (openai.APIError, httpx2.HTTPError, *NOT_WHAT_WAS_EXPECTED):
            return None

    def _send_only_what_is_needed(self, request: httpx2.Request) -> None:
        """The client would also tell the operating system, its versions and what OPENAI_… variables hold."""
        for name in [name for name in request.headers if name.lower() not in HEADERS]:
            del request.headers[name]
        request.headers["user-agent"] = "qvq-notebooks"
        if self.key:
            request.headers["authorization"] = self.key.header()
