"""The portal as it runs in earnest: `manage.py prepare`, `manage.py serve`, compressed files; and a real Chromium before it.

Each test is another visitor: the server trusts one proxy here, and each browser context sends an address of its own.
"""

import itertools
import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from mscos.forms import TOO_FAST
from tests.parts import CHROMIUM
from tests.template import put_file

ROOT = Path(__file__).resolve().parent.parent.parent
# Without these, Chromium asks its maker's servers for updates while it is watched for requests to other hosts.
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run"]  # fmt: skip
NEUTRAL = "https://weather.example/"
MODERATOR, COLLEAGUE, EDITOR = "moderator@example.org", "colleague@example.org", "editor@example.org"
PHONE, DESK = 320, 1280  # pixels
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
    people: dict[str, str]  # a sample person's address: password
    environment: dict[str, str]

    def work(self):
        """Let the work loop do once what is due."""
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
        """Give somebody an account, unless they have one, and staff groups if any are named."""
        if email in self.people:
            return
        password = secrets.token_urlsafe(12)
        self.run(ADD_PERSON, NEW_PERSON=json.dumps([email, password, name, groups]))
        self.people[email] = password

    def run(self, script, **environment):
        """Run a script in the portal's shell and return what it printed."""
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
    """Start the portal on a free port with an empty data folder, and stop it after the last test."""
    port = _free_port()
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
        _wait_for(f"http://127.0.0.1:{port}/health/")
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
    if CHROMIUM is None:
        if "browser" in os.environ.get("REQUIRE", "").split(","):
            pytest.fail("Browser tests are required and no Chromium is found.")
        pytest.skip("no Chromium found: install the system's chromium to run the browser tests")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
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


def press(page, what):
    """Press a link or button and wait for the page that it leads to, its stylesheet included."""
    with page.expect_navigation():
        what.click()


def sign_in(page, site, email):
    """Sign a sample person in to the admin."""
    page.goto(f"{site.url}/admin/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(site.people[email])
    press(page, page.get_by_role("button", name="Sign in"))


def send(*pages):
    """Send posts after as long as a person needs at the least: what comes sooner waits with the likely spam."""
    pages[0].wait_for_timeout((TOO_FAST + 1) * 1000)
    for page in pages:
        press(page, page.get_by_role("button", name="Send for checking"))


def open_code(page, site, code):
    """Open what a code opens and return its text."""
    page.goto(f"{site.url}/code/")
    page.get_by_label("Your code").fill(code)
    press(page, page.get_by_role("button", name="Show my post"))
    return page.locator("main").inner_text()


def open_in_queue(page, site, words):
    """Open the first post of the moderators' queue whose row begins with these words."""
    page.goto(site.queue())
    press(page, page.get_by_role("link", name=words).first)


def text(page):
    return " ".join(page.locator("main, #content").first.inner_text().split())


def told(page):
    return page.locator(".messagelist li").all_inner_texts()


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def link(page, name):
    return page.get_by_role("link", name=name)


def open_details(page, summary):
    """Open what is folded up under a line."""
    page.locator("summary").filter(has_text=summary).last.click()


def write(page, site, forum, title, body, **typed):
    """Fill in a new thread from the forum's page, up to the button."""
    page.goto(site.forum(forum))
    press(page, link(page, "Start a thread").first)
    page.get_by_label("Title").fill(title)
    page.get_by_label("Your post").fill(body)
    for label, words in typed.items():
        page.get_by_label(label.replace("_", " ")).fill(words)


def publish(page, site, *beginnings):
    """Publish several posts that wait, by the ticks beside them."""
    page.goto(site.queue())
    for words in beginnings:
        row(page, words).get_by_role("checkbox").check()
    page.get_by_label("Action:").select_option("Publish the chosen posts as they are")
    press(page, button(page, "Go"))
    assert told(page) == [
        f"{len(beginnings)} published. To undo one, open it within ten minutes; of one thread the last comes first."
    ]


def row(page, words):
    """Return the row of the queue that holds these words."""
    return page.locator("#result_list tbody tr").filter(has_text=words)


def code_of(page):
    return page.locator(".code").inner_text()


def heading(page):
    return page.get_by_role("heading", level=1).inner_text()


def is_too_wide(page):
    """Tell the page's address if it scrolls sideways."""
    wide = page.evaluate("document.documentElement.scrollWidth") > page.viewport_size["width"]
    return [page.url] if wide else []


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(address):
    for _ in range(450):
        try:
            urllib.request.urlopen(address, timeout=2).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"The portal did not answer at {address}.")
