"""Settings of this machine that the hubs' clients obey: a wrong one is named before anything is tried.

The clients fail on them deep inside, with words that name no variable.
"""

import ssl
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import proxy_bypass_environment

from qvq_nb.errors import NetworkError

PROXIES = ("http_proxy", "https_proxy", "all_proxy")
# scheme → the package that each client needs for it; None where the client does not know the scheme
SOCKS = {
    "socks5": {"modelscope": "PySocks", "huggingface": "socksio"},
    "socks5h": {"modelscope": "PySocks", "huggingface": "socksio"},
    "socks4": {"modelscope": "PySocks"},
    "socks4a": {"modelscope": "PySocks"},
}
MODULES = {"PySocks": "socks", "socksio": "socksio"}
CERTIFICATES = {
    "modelscope": ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"),
    "huggingface": ("SSL_CERT_FILE", "SSL_CERT_DIR"),
}
WHOLE_SECONDS = {
    "modelscope": (),  # its client warns of a wrong one and takes its own
    "huggingface": ("HF_HUB_DOWNLOAD_TIMEOUT", "HF_HUB_ETAG_TIMEOUT"),
}


def check_settings(hub: str, endpoint: str, environment: dict[str, str]) -> None:
    """NetworkError naming the variable of `environment` with which the hub's client cannot work."""
    for variable in WHOLE_SECONDS[hub]:
        value = environment.get(variable)
        if value and not (value.strip().isdecimal() and int(value) > 0):
            raise _wrong(variable, "is no number of seconds", "Set it to a whole number such as 30")
    for variable in CERTIFICATES[hub]:
        if value := environment.get(variable):
            _check_certificates(variable, Path(value))
    for name in _proxies(hub, endpoint, environment):
        variable = name if name in environment else name.upper()
        if value := environment.get(variable):
            _check_proxy(hub, variable, value)


def _proxies(hub: str, endpoint: str, environment: dict[str, str]) -> tuple[str, ...]:
    """The variables that the client obeys: ModelScope's those for the address, the other all of them."""
    address, direct = urlsplit(endpoint), environment.get("no_proxy") or environment.get("NO_PROXY") or ""
    if hub == "modelscope":
        if proxy_bypass_environment(address.netloc, {"no": direct}):
            return ()
        return f"{address.scheme}_proxy", "all_proxy"
    return PROXIES


def _check_proxy(hub: str, variable: str, value: str) -> None:
    """The value may hold a password and is never repeated."""
    try:
        parts = urlsplit(value if "://" in value else f"http://{value}")
        scheme, sound = parts.scheme.lower(), bool(parts.hostname) and parts.port != 0
    except ValueError:
        scheme, sound = "", False
    if not sound or any(character.isspace() for character in value):
        raise _wrong(variable, "is no address of a proxy", "Set it to one such as http://127.0.0.1:7890")
    if scheme in ("http", "https"):
        return
    package = SOCKS.get(scheme, {}).get(hub)
    if package is None:
        raise _wrong(variable, f"names a proxy of the kind {scheme}://, which the hub's client does not know",
                     "Set it to an http:// or socks5:// address")  # fmt: skip
    if not find_spec(MODULES[package]):
        raise _wrong(variable, f"names a SOCKS proxy, for which the package {package} is missing",
                     f"Install it (pip install {package}), set it to an http:// address")  # fmt: skip


def _check_certificates(variable: str, path: Path) -> None:
    try:
        if variable == "SSL_CERT_DIR" or (variable != "SSL_CERT_FILE" and path.is_dir()):
            sound = any(path.iterdir())
        else:
            ssl.create_default_context(cafile=path)
            sound = True
    except (OSError, ValueError):
        sound = False
    if not sound:
        what = "folder" if variable == "SSL_CERT_DIR" else "file"
        raise _wrong(
            variable, f"names no {what} with certificates", f"Set it to one (now: {str(path)[:200]})"
        )


def _wrong(variable: str, what: str, cure: str) -> NetworkError:
    return NetworkError(f"{variable} {what}; nothing is fetched with it. {cure}, or unset {variable}.")
