import json
import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.django_db

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
ASKED = (
    "SECURE_HSTS_SECONDS",
    "SECURE_HSTS_INCLUDE_SUBDOMAINS",
    "SECURE_SSL_REDIRECT",
    "SECURE_PROXY_SSL_HEADER",
    "SESSION_COOKIE_NAME",
    "SESSION_COOKIE_SECURE",
    "CSRF_COOKIE_NAME",
    "CSRF_COOKIE_SECURE",
    "CSRF_TRUSTED_ORIGINS",
    "ALLOWED_HOSTS",
)


def policy(answer):
    return dict(part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";"))


@pytest.mark.parametrize("path", ["/about/", "/safety/", "/accounts/login/", "/no/such/page/", "/leave/"])
def test_every_page_is_shut_against_other_sites(client, path):
    answer = client.get(path)
    assert policy(answer) == POLICY
    expected = HEADERS | ({"Referrer-Policy": "no-referrer"} if path == "/leave/" else {})
    assert {name: answer[name] for name in HEADERS} == expected


@pytest.mark.parametrize("path", ["/about/", "/safety/", "/accessibility/", "/no/such/page/"])
def test_reading_sets_no_cookie_and_touches_no_session(client, path, django_assert_max_num_queries):
    with django_assert_max_num_queries(0):
        answer = client.get(path)
    assert dict(answer.cookies) == {}
    assert "Cookie" not in answer.get("Vary", "")


def test_the_form_token_dies_with_the_browser_and_no_script_reads_it(client):
    cookie = client.get("/accounts/login/").cookies["form"]
    assert (cookie["expires"], cookie["max-age"], cookie["samesite"], cookie["httponly"]) == ("", "", "Strict", True)


def settings_of(site_url, **environment):
    """Return the settings that a start with this environment has: they are computed once."""
    program = f"import json; from mscos import settings; print(json.dumps([getattr(settings, n) for n in {ASKED!r}]))"
    printed = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "SITE_URL": site_url, **environment},
        capture_output=True,
        check=False,
        text=True,
        timeout=120,
    )
    return dict(zip(ASKED, json.loads(printed.stdout), strict=True)) if printed.returncode == 0 else printed.stderr


def test_behind_tls_everything_is_bound_to_it():
    assert settings_of("https://community.example.org", TRUSTED_PROXIES="1") == {
        "SECURE_HSTS_SECONDS": 31536000,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": False,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_PROXY_SSL_HEADER": ["HTTP_X_FORWARDED_PROTO", "https"],
        "SESSION_COOKIE_NAME": "__Host-session",
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_NAME": "__Host-form",
        "CSRF_COOKIE_SECURE": True,
        "CSRF_TRUSTED_ORIGINS": ["https://community.example.org"],
        "ALLOWED_HOSTS": ["community.example.org"],
    }


@pytest.mark.parametrize(
    ("address", "included"), [("https://community.example.org", True), ("http://127.0.0.1", False)]
)
def test_other_hosts_of_the_domain_are_bound_to_tls_only_when_asked_for(address, included):
    asked = settings_of(address, HSTS_INCLUDE_SUBDOMAINS="yes")
    assert asked["SECURE_HSTS_INCLUDE_SUBDOMAINS"] is included


def test_without_proxies_of_ours_no_header_tells_of_tls():
    assert settings_of("https://community.example.org")["SECURE_PROXY_SSL_HEADER"] is None


def test_on_one_own_machine_nothing_asks_for_tls():
    asked = settings_of("http://127.0.0.1:8000")
    assert [asked[name] for name in ASKED[:8]] == [0, False, False, None, "session", False, "form", False]


@pytest.mark.parametrize("address", ["community.example.org", "ftp://example.org", "https://", "https://a.org/portal"])
def test_a_wrong_site_address_stops_the_start_with_a_sentence(address):
    last = settings_of(address).splitlines()[-1]
    assert last.endswith("Set it to the address that readers use, like https://community.example.org")


@pytest.mark.parametrize("charset", ["utf-7", "hex", "unicode_escape", "idna", "nonsense"])
@pytest.mark.parametrize("path", ["/contact/", "/code/"])
def test_a_form_in_an_odd_charset_is_read_as_utf_8(client, path, charset):
    body = b'--b\r\nContent-Disposition: form-data; name="message"\r\n\r\n+AGE-\\x41 \xff\r\n--b--\r\n'
    answer = client.generic("POST", path, body, content_type=f"multipart/form-data; boundary=b; charset={charset}")
    assert answer.status_code == 200
