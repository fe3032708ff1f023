"""The addresses on which the web process may listen."""

import pytest
from django.core.checks import run_checks


@pytest.mark.parametrize(
    ("host", "proxies", "problems"),
    [
        ("127.0.0.1", 0, []),
        ("::1", 0, []),
        ("localhost", 0, []),
        ("0.0.0.0", 0, ["mscos.E020"]),
        ("::", 0, ["mscos.E020"]),
        ("192.0.2.1", 0, ["mscos.E020"]),
        ("portal.example", 0, ["mscos.E020"]),
        ("0.0.0.0", 1, []),
    ],
)
def test_others_reach_the_portal_through_a_proxy_only(settings, host, proxies, problems):
    settings.HOST, settings.TRUSTED_PROXIES = host, proxies
    assert [problem.id for problem in run_checks()] == problems
