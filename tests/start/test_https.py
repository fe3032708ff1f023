"""The settings that a site with an https URL must have."""

import pytest

from tests.start.helpers import HTTPS, CommandResult, manage, prepared, refused

PROXY = (
    "TRUSTED_PROXIES is 0, and SITE_URL begins with https. The portal speaks no TLS, so a proxy stands in front. Set "
    "TRUSTED_PROXIES to how many do, 1 as a rule: else all readers share one limit, and each page redirects to itself."
)
MAIL = (
    "No mail leaves this site, and SITE_URL begins with https. Set EMAIL_URL to smtp+tls://user:password@host:587, or "
    "EMAIL_SERVICE to a mail service."
)
DEBUG = "DEBUG is on, and SITE_URL begins with https. Take DEBUG out of the settings: its error pages show what people typed."


@pytest.mark.parametrize(
    ("change", "sentences"),
    [
        ({"DEBUG": "yes"}, [DEBUG]),
        ({"TRUSTED_PROXIES": "0"}, [PROXY]),
        ({"EMAIL_URL": "filemail:"}, [MAIL]),
        ({"EMAIL_URL": "consolemail:"}, [MAIL]),
        ({"DEBUG": "yes", "TRUSTED_PROXIES": "0", "EMAIL_URL": "filemail:"}, [DEBUG, PROXY, MAIL]),
    ],
)
def test_what_is_wrong_is_told_a_line_for_each(tmp_path, change, sentences):
    assert manage("prepare", folder=tmp_path, **HTTPS | change) == refused(*sentences)


def test_a_mail_service_sends_mail_too(tmp_path):
    service = {"EMAIL_SERVICE": "postmark", "EMAIL_SERVICE_SETTINGS": "POSTMARK_SERVER_TOKEN=w,WEBHOOK_SECRET=w:w"}
    settings = {name: value for name, value in HTTPS.items() if name != "EMAIL_URL"}
    prepared(tmp_path / "var", **settings | service)


def test_a_site_with_all_of_it_starts(tmp_path):
    folder = prepared(tmp_path / "var", **HTTPS)
    assert manage("check_start", folder=folder, **HTTPS) == CommandResult(0, "", "")
