"""A portal that runs as in production, and Chromium.

The server trusts one proxy, and each browser context sends an IP address of its own, so each is another visitor.
"""

import itertools
import json
import os
import secrets
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.helpers import DESK, NEUTRAL, PHONE, sign_in
from tests.database_template import put_file
from tests.services import CHROMIUM, require
from tests.subprocesses import ROOT, answers, free_port, wait_until

# Without these, Chromium requests updates from its maker while tests look for requests to other hosts.
CHROMIUM_OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run"]  # fmt: skip
ADD_PERSON = """
import json, os
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from mscos.models import User
email, password, name, groups = json.loads(os.environ["NEW_PERSON"])
user = User.objects.create_user(email, password, display_name=name, is_staff=bool(groups))
user.groups.set(Group.objects.filter(name__in=groups))
EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
"""
addresses = itertools.count(1)


@dataclass(frozen=True)
class Site:
    """A running portal with sample content."""

    url: str
    people: dict[str, str]  # passwords by email address
    environment: dict[str, str]

    def work(self):
        """Let the background worker do what is due."""
        subprocess.run(
            [sys.executable, "manage.py", "run_worker", "--once"],
            cwd=ROOT,
            env=self.environment,
            check=True,
            timeout=120,
        )

    def outcome(self):
        return f"{self.url}/outcomes/housing/"

    def forum(self, name="housing"):
        return f"{self.url}/forums/{name}/"

    def queue(self):
        return f"{self.url}/admin/forums/post/"

    def add_person(self, email, name, *groups):
        """Make an account, unless there is one, with staff groups if any are named."""
        if email in self.people:
            return
        password = secrets.token_urlsafe(12)
        self.run(ADD_PERSON, NEW_PERSON=json.dumps([email, password, name, groups]))
        self.people[email] = password

    def run(self, script, **environment):
        """Run a script in the portal's shell; return what it printed."""
        command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", script]
        environment = {**self.environment, **environment}
        return subprocess.run(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True, timeout=120
        ).stdout


def pytest_collection_modifyitems(items):
    for item in items:
        if "browser" in Path(str(item.fspath)).parts:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """Start the portal on a free port with sample content, and stop it after the last test."""
    port = free_port()
    folder = tmp_path_factory.mktemp("var")
    put_file(folder)
    environment = {
        **{name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "CACHE_URL", "SITE_URL"}},
        "DJANGO_SETTINGS_MODULE": "mscos.settings",
        "VAR_DIR": str(folder),
        "PORT": str(port),
        "SITE_URL": f"http://127.0.0.1:{port}",
        "SAMPLE_SITE": "yes",
        "TRUSTED_PROXIES": "1",
        "LEAVE_URL": NEUTRAL,
    }
    subprocess.run(
        [sys.executable, "manage.py", "prepare", "--to-serve"], cwd=ROOT, env=environment, check=True, timeout=120
    )
    server = subprocess.Popen([sys.executable, "manage.py", "serve"], cwd=ROOT, env=environment)
    try:
        wait_until(lambda: answers(port))
        notes = (folder / "sample-sign-in.txt").read_text()
        lines = [line for line in notes.splitlines() if ", password " in line]
        people = dict(line.split(": ", 1)[1].split(", password ") for line in lines)
        yield Site(environment["SITE_URL"], people, environment)
    finally:
        server.terminate()
        server.wait(timeout=30)


@pytest.fixture(scope="session")
def browser():
    """The system's Chromium."""
    require("browser", CHROMIUM)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser):
    """Return a function that opens a fresh page, as a visitor of its own, with a phone's or a desk's window."""
    contexts = []

    def open_page(*, script=True, dark=False, width=1280, height=800):
        context = browser.new_context(
            java_script_enabled=script,
            color_scheme="dark" if dark else "light",
            viewport={"width": width, "height": height},
            extra_http_headers={"X-Forwarded-For": f"203.0.113.{next(addresses)}"},
            reduced_motion="reduce",
        )
        context.route(f"{NEUTRAL}**", lambda route: route.fulfill(body="<title>Weather</title><h1>Weather</h1>"))
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def phone(visit):
    """Return a function that opens a page on a phone, as a visitor of its own."""
    return lambda **kwargs: visit(**{"script": False, "width": PHONE, "height": 568} | kwargs)


@pytest.fixture
def staff(visit, site):
    """Return a function that signs somebody in at a desk."""

    def sign(email, *, script=False):
        page = visit(script=script, width=DESK)
        sign_in(page, site, email)
        return page

    return sign
