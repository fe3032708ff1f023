"""The site as a Tor onion service: the Onion-Location header, and forms."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

from forums.models import Forum
from mscos.checks import check_settings
from mscos.checks.onion import onion_problems

ROOT = Path(__file__).resolve().parent.parent.parent
NAME = f"{'a2' * 28}.onion"
ONION = f"http://{NAME}"


def with_onion(settings):
    settings.ONION_URL = ONION
    settings.ALLOWED_HOSTS = ["testserver", NAME]
    settings.CSRF_TRUSTED_ORIGINS = ["https://testserver", ONION]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("/", f"{ONION}/"),
        ("/resources/?q=a%20b&page=1", f"{ONION}/resources/?q=a%20b&page=1"),
        ("/safety/", f"{ONION}/safety/"),
        ("/forums/a/new/", None),  # a form: changing over would lose what was typed
        ("/code/", None),
        ("/accounts/login/", None),
        ("/nowhere/", None),
    ],
)
def test_public_pages_tell_tor_browser_of_the_onion_service(settings, address, told):
    Forum.objects.create(slug="a", title="A", purpose="A.")
    assert "Onion-Location" not in Client().get(address, secure=True).headers
    with_onion(settings)
    assert Client().get(address, secure=True).headers.get("Onion-Location") == told


@pytest.mark.django_db
def test_the_safety_page_names_the_address_only_where_there_is_one_and_never_as_a_link(settings):
    assert ".onion" not in Client().get("/safety/").content.decode()
    with_onion(settings)
    page = Client().get("/safety/", headers={"host": NAME}).content.decode()
    assert re.findall(r".{6}http://\w+\.onion.{7}", page) == [f"<code>{ONION}</code>"]


def read_settings(folder, **environment):
    script = (
        "import json; from mscos import settings as s; print(json.dumps([s.ALLOWED_HOSTS, s.CSRF_TRUSTED_ORIGINS]))"
    )
    return subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**os.environ, "VAR_DIR": str(folder), "SITE_URL": "https://community.example.org", **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_one_setting_opens_the_onion_address(tmp_path):
    plain, onion = read_settings(tmp_path), read_settings(tmp_path, ONION_URL=f"{ONION}/")
    assert json.loads(plain.stdout) == [["community.example.org"], ["https://community.example.org"]]
    assert json.loads(onion.stdout) == [
        ["community.example.org", NAME],
        ["https://community.example.org", ONION],
    ]


@pytest.mark.parametrize(
    "wrong", ["abc.onion", "http://abc.onion", f"https://{NAME}", f"{ONION}/x", f"http://{'a1' * 28}.onion"]
)
def test_a_wrong_onion_address_stops_the_start(settings, wrong):
    settings.BEHIND_TLS, settings.ONION_URL = True, ONION
    assert list(onion_problems()) == []
    settings.ONION_URL = wrong
    assert [(problem.id, problem.msg) for problem in onion_problems()] == [("mscos.E030", f"ONION_URL is '{wrong}'.")]


def test_an_onion_address_asks_for_a_site_with_https(settings):
    settings.BEHIND_TLS, settings.ONION_URL = False, ONION
    assert [problem.id for problem in check_settings()] == ["mscos.E030"]
