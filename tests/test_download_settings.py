"""Proxies, certificates and time limits of this machine with which a hub's client cannot work are named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from survives import survives

from qvq_nb.download.transfer import settings as transfer
from qvq_nb.download.transfer.settings import check_settings
from qvq_nb.errors import NetworkError

PASSWORD = "a-password-that-must-not-be-shown"
OFFICIAL = {"modelscope": "https://www.modelscope.cn", "huggingface": "https://huggingface.co"}
VARIABLES = (
    "http_proxy", "HTTPS_PROXY", "all_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE", "HF_HUB_DOWNLOAD_TIMEOUT", "HF_HUB_ETAG_TIMEOUT",
)  # fmt: skip
WRONG = [
    ("huggingface", "ALL_PROXY", "socks5://127.0.0.1:1080", "the package socksio is missing"),
    ("modelscope", "https_proxy", "socks5h://127.0.0.1:1080", "the package PySocks is missing"),
    ("modelscope", "all_proxy", "socks4://127.0.0.1:1080", "the package PySocks is missing"),
    ("huggingface", "HTTPS_PROXY", "socks4://127.0.0.1:1080", "of the kind socks4://"),
    ("huggingface", "http_proxy", f"ftp://me:{PASSWORD}@host:1", "of the kind ftp://"),
    ("modelscope", "HTTPS_PROXY", "http://127.0.0.1:port", "no address of a proxy"),
    ("modelscope", "HTTPS_PROXY", "http://127.0.0.1:99999", "no address of a proxy"),
    ("huggingface", "all_proxy", "http://", "no address of a proxy"),
    ("huggingface", "all_proxy", f"http://me:{PASSWORD}@[::1", "no address of a proxy"),
    ("huggingface", "all_proxy", "http://my proxy:1", "no address of a proxy"),
    ("huggingface", "SSL_CERT_FILE", "/no/such/file.pem", "no file with certificates"),
    ("huggingface", "SSL_CERT_FILE", __file__, "no file with certificates"),
    ("huggingface", "SSL_CERT_DIR", "/no/such/folder", "no folder with certificates"),
    ("modelscope", "REQUESTS_CA_BUNDLE", "/no/such/file.pem", "no file with certificates"),
    ("modelscope", "CURL_CA_BUNDLE", __file__, "no file with certificates"),
    ("huggingface", "HF_HUB_DOWNLOAD_TIMEOUT", "abc", "no number of seconds"),
    ("huggingface", "HF_HUB_DOWNLOAD_TIMEOUT", "-1", "no number of seconds"),
    ("huggingface", "HF_HUB_DOWNLOAD_TIMEOUT", "1.5", "no number of seconds"),
    ("huggingface", "HF_HUB_ETAG_TIMEOUT", "30s", "no number of seconds"),
    ("huggingface", "HF_HUB_ETAG_TIMEOUT", "0", "no number of seconds"),
]


@survives(
    "download",
    en=("a proxy, a file of certificates or a time limit is set that the hub's client cannot use",
        "names the variable, what is wrong with it (a missing package, a missing file) and the cure; a "
        "password "
        "in it is never shown"),
    zh=("设置了客户端用不了的代理、证书文件或时限",
        "指出是哪个变量、哪里不对（缺少软件包、缺少文件）、怎样改；其中的密码从不显示"),
)  # fmt: skip
@pytest.mark.parametrize("hub, variable, value, says", WRONG)
def test_a_setting_that_the_client_cannot_use_is_named(monkeypatch, hub, variable, value, says):
    monkeypatch.setattr(transfer, "find_spec", lambda name: None)
    with pytest.raises(NetworkError, match=rf"^{variable} .*{says}") as error:
        check_settings(hub, OFFICIAL[hub], {variable: value})
    assert PASSWORD not in str(error.value)


RIGHT = [
    ("huggingface", {"HTTPS_PROXY": "http://127.0.0.1:7890"}),
    ("huggingface", {"https_proxy": "127.0.0.1:7890"}),
    ("huggingface", {"https_proxy": "", "HTTPS_PROXY": "socks5://x"}),  # the lower-case one counts
    ("huggingface", {"HF_HUB_DOWNLOAD_TIMEOUT": "30", "MODELSCOPE_DOWNLOAD_TIMEOUT": "abc"}),
    ("huggingface", {"REQUESTS_CA_BUNDLE": "/no/such/file"}),
    ("modelscope", {"http_proxy": "socks5://127.0.0.1:1"}),  # the address is https
    ("modelscope", {"https_proxy": "socks5://127.0.0.1:1", "no_proxy": "modelscope.cn"}),
    ("modelscope", {"HF_HUB_DOWNLOAD_TIMEOUT": "abc", "SSL_CERT_FILE": "/no/such/file"}),
]


@pytest.mark.parametrize("hub, environment", RIGHT)
def test_what_the_client_can_use_or_does_not_read_is_left_alone(monkeypatch, hub, environment):
    monkeypatch.setattr(transfer, "find_spec", lambda name: None)
    check_settings(hub, OFFICIAL[hub], environment)


def test_a_socks_proxy_is_used_where_its_package_is_installed(monkeypatch):
    monkeypatch.setattr(transfer, "find_spec", lambda name: object())
    for hub, official in OFFICIAL.items():
        check_settings(hub, official, {"ALL_PROXY": "socks5://127.0.0.1:1080"})


def test_a_file_of_certificates_is_accepted(monkeypatch, tmp_path):
    certifi = pytest.importorskip("certifi")
    check_settings("huggingface", OFFICIAL["huggingface"], {"SSL_CERT_FILE": certifi.where()})
    (tmp_path / "one.pem").write_text("")
    check_settings("modelscope", OFFICIAL["modelscope"], {"REQUESTS_CA_BUNDLE": str(tmp_path)})


@survives(
    "download",
    en=("any text stands in one of these variables", "is used, or one sentence names the variable"),
    zh=("这些变量里是任意文本", "能用就用，否则用一句话指出是哪个变量"),
)  # fmt: skip
@given(st.sampled_from(sorted(OFFICIAL)), st.sampled_from(VARIABLES), st.text())
def test_any_value_is_used_or_named(hub, variable, value):
    try:
        check_settings(hub, OFFICIAL[hub], {variable: value})
    except NetworkError as error:
        assert variable in str(error)


@pytest.mark.parametrize("hub", sorted(OFFICIAL))
def test_the_command_says_it_in_one_sentence(place, hub):
    variable = {"modelscope": "REQUESTS_CA_BUNDLE", "huggingface": "SSL_CERT_FILE"}[hub]
    place.more = {variable: "/no/such/file.pem"}
    done = place.run("download", "owner/model", "--to", place.target, "--hub", hub)
    assert done.returncode == 4 and done.stderr.count("\n") == 1
    assert f"{variable} names no file with certificates" in done.stderr and not place.target.exists()
