"""What went wrong with a server, in a sentence or two for a learner. The key is in none of them."""

import re
import ssl

import httpx2
import openai

PROXY_VARIABLES = "HTTPS_PROXY, HTTP_PROXY and NO_PROXY"
MOST_CHARACTERS_OF_A_SERVER = 200
FILTERS = ("content_filter", "data_inspection_failed", "inappropriate content")


def sentence(error: Exception, at, name: str = "that model", served=(), parcel=None) -> str:
    """What happened and what to do next. `at` is the Connection; the rest is what was asked for and sent."""
    if isinstance(error, openai.APIStatusError):
        return _refusal(error, at, name, served, parcel)
    if isinstance(error, (openai.APIConnectionError, httpx2.HTTPError)):
        return _connection(error, at)
    if isinstance(error, openai.APIError):
        return f"{at.host} reported an error while it answered{words_of(error, at)}."
    return f"What {at.host} sent is not what a model's server sends ({type(error).__name__}); is it one?"


def no_key(at) -> str:
    """For a provider that answers nobody without a key."""
    return (
        f"{at.host} answers with a key only: put it into the environment variable {at.key_name}, or under "
        "that name into your notebook service's secret store, and load the model again."
    )


def not_what_was_asked_for(content_type: str, body: str, at) -> str:
    """For a reply of another kind although the server says that all is well."""
    if "html" in content_type:
        return (
            f"{at.host} answered with a web page{_title(body)} instead of a model's words: perhaps a login "
            "page on the way, or the wrong path. Open the address in a browser, or check its end (/v1)."
        )
    kind = content_type or "something without a type"
    return f"{at.host} answered with {kind}, which is not what was asked for; is this a model's server?"


def words_of(error: Exception, at) -> str:
    """What the server itself said, shortened, behind a colon; empty where it said nothing readable."""
    said = _message(getattr(error, "body", None)) or ""
    if "<html" in said.lower() or "<!doctype" in said.lower():
        said = _title(said).strip()
    said = " ".join(at.key.hidden_in(said).split() if at.key else said.split()).rstrip(".")
    if len(said) > MOST_CHARACTERS_OF_A_SERVER:
        said = said[: MOST_CHARACTERS_OF_A_SERVER - 1] + "…"
    return f": {said}" if said else ""


def _message(body) -> str | None:
    """The text within an error's body: {"message": …}, {"error": {"message": …}}, {"detail": …} or text."""
    while isinstance(body, dict):
        body = next((body[name] for name in ("error", "message", "detail", "code") if body.get(name)), None)
    return body if isinstance(body, str) else None


def _title(page: str) -> str:
    found = re.search(r"<title[^>]*>([^<]{1,80})", page, re.IGNORECASE)
    return f' "{found[1].strip()}"' if found else ""


def _refusal(error: openai.APIStatusError, at, name, served, parcel) -> str:
    code, words = error.status_code, words_of(error, at)
    if 300 <= code < 400:
        to = error.response.headers.get("location", "somewhere else")
        to = re.sub(r"[?#].*|(?<=//)[^/@]*@", "", to)
        return (
            f"{at.host} sends on to {to} ({code}). The kit follows nobody with your question and key; "
            "if you trust that address, give it yourself."
        )
    if any(name in f"{words} {error.code or ''}".lower() for name in FILTERS):
        return f"The content filter of {at.host} turned the question or the picture down{words}."
    if code == 401 and at.key is None:
        return no_key(at)
    if code == 401:
        return (
            f"{at.host} does not take the key in {at.key_name} (401{words}). A key belongs to one provider, "
            "and often to one region: check both."
        )
    if code == 403:
        return f"{at.host} forbids this (403{words}): the key may not use {name}, or not from here."
    if code == 404:
        has = f"; it has {', '.join(served)}" if served else ""
        return f"{at.host} has no model {name!r}, or nothing under this path (404{words}){has}."
    if code == 413 and parcel and parcel.said:
        return (
            f"This is too large for {at.host} (413): {parcel.said}. "
            f"Give visual_tokens=({min(4, parcel.half_budget)}, {parcel.half_budget}) to send half as much."
        )
    if code == 429:
        wait = error.response.headers.get("retry-after")
        wait = f" and asks to wait {wait} s" if wait and wait.isdigit() else ""
        return f"{at.host} has too much to do, or your quota is used up (429{words}){wait}; ask again later."
    if code >= 500:
        return f"{at.host} failed, also when asked again ({code}{words}); ask later, or tell who runs it."
    return f"{at.host} does not take this question ({code}{words})."


def _connection(error: Exception, at) -> str:
    causes = [error]
    while following := causes[-1].__cause__ or causes[-1].__context__:
        causes.append(following)
    certificate = next((one for one in causes if isinstance(one, ssl.SSLError)), None)
    if certificate:
        why = getattr(certificate, "verify_message", "") or certificate.reason or "it is not trusted"
        return (
            f"The certificate of {at.host} was not accepted ({why}), and nothing was sent. A slim system may "
            "lack ca-certificates; a network that looks into everything wants its own certificate installed."
        )
    if any(isinstance(one, httpx2.ProxyError) for one in causes):
        return f"The proxy on the way to {at.host} does not let this through; check {PROXY_VARIABLES}."
    if any(isinstance(one, httpx2.ConnectTimeout) for one in causes):
        return f"{at.host} cannot be reached (no answer within {at.connect_seconds:g} s); check the address."
    if any(isinstance(one, httpx2.ConnectError) for one in causes):
        proxied = "" if at.is_loopback else f", and a proxy's ({PROXY_VARIABLES})"
        return f"Nobody answers at {at.address}; is the server running? Check the address{proxied}."
    if any(isinstance(one, httpx2.TimeoutException) for one in causes):
        return f"{at.host} has been silent for {at.silence_seconds:g} s, and the connection was closed."
    return f"The connection to {at.host} broke off."
