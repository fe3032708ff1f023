"""A portal that runs as in production, a visitor of it, and the addresses of all public pages."""

import html
import os
import re
import resource
import shlex
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path

import pytest
from django.urls import get_resolver

from mscos.codes import public_code
from tests.subprocesses import ROOT, free_port, wait_for_port

LEFT_OUT = {"DATABASE_URL", "CACHE_URL", "SITE_URL", "SAMPLE_SITE", "DJANGO_SETTINGS_MODULE"}
STAFF = ("admin/", "accounts/", "mail-events/")
WORDS = "The landlord – “Mr” K. – keeps\r\nmy passport & my <b>phone</b>"
MAX_SECONDS = 60  # in which an answer must come


class Site:
    """The web process that the Procfile names, with a data folder of its own."""

    def __init__(self, folder, **settings):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "log"
        kept = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
        self.environment = {
            **kept,
            "PATH": f"{Path(sys.executable).parent}:{kept['PATH']}",
            "DJANGO_SETTINGS_MODULE": "mscos.settings",
            "VAR_DIR": str(folder),
            "PORT": str(self.port),
            "SITE_URL": self.url,
            **settings,
        }

    def manage(self, *arguments):
        """Run a command of manage.py and return what it printed."""
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command,
            cwd=ROOT,
            env=self.environment,
            check=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
        ).stdout

    def shell(self, script):
        """Run a script in the portal's shell and return what it printed."""
        return self.manage("shell", "-v", "0", "-c", script).strip()

    @contextmanager
    def running(self, largest_file=resource.RLIM_INFINITY):
        """Serve until the block ends; no file can become larger than that many bytes."""
        [command] = [
            line.split(":", 1)[1] for line in (ROOT / "Procfile").read_text().splitlines() if line.startswith("web:")
        ]
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        process = subprocess.Popen(
            shlex.split(command.removeprefix(" exec")),
            cwd=ROOT,
            env=self.environment,
            stdout=self.log.open("a"),
            stderr=subprocess.STDOUT,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, hard)),  # noqa: PLW1509  no threads here
        )
        try:
            wait_for_port(self.port, process)
            yield
        finally:
            process.terminate()
            process.wait(timeout=MAX_SECONDS)


class Visitor:
    """A browser without JavaScript: it keeps cookies, follows no redirects and sends forms as a page has them."""

    def __init__(self, site):
        class NoRedirect(urllib.request.HTTPRedirectHandler):
            def redirect_request(self, *_):
                return None

        self.site, self.statuses = site, []
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()), NoRedirect)

    def get(self, path):
        """Return the status of a page."""
        return self._open(path)[0]

    def fill_in(self, path, **typed):
        """Open a form; return its hidden fields with what is typed."""
        return {**hidden_in(self._open(path)[1]), **typed}

    def send(self, path, fields):
        """Send a form; return the status and the page."""
        return self._open(path, urllib.parse.urlencode(fields).encode())

    def send_until_taken(self, path, fields):
        """Send a form again, as its page says, until it is accepted; return that page."""
        for _ in range(MAX_SECONDS):
            status, page = self.send(path, fields)
            if status != 503:
                return page
            fields = {**hidden_in(page), **texts_in(page)}
            time.sleep(0.5)
        pytest.fail("The form was not taken.")

    def _open(self, path, body=None):
        try:
            answer = self.opener.open(f"{self.site.url}{path}", body, timeout=MAX_SECONDS)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            page = answer.read().decode(errors="replace")
        self.statuses.append(answer.status)
        return answer.status, page


def hidden_in(page):
    """Return the hidden fields of a page: name and value."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in found}


def texts_in(page):
    """Return the text areas of a page: name and text."""
    found = re.findall(r'<textarea name="([^"]+)"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    return {name: html.unescape(text) for name, text in found}


def public_addresses():
    """Return the name and a URL of each public view."""
    return sorted(_walk(get_resolver(), ""))


def _walk(resolver, prefix):
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if route.startswith(STAFF):
            continue
        if hasattr(pattern, "url_patterns"):
            yield from _walk(pattern, route)
        else:
            yield pattern.lookup_str.rsplit(".", 1)[-1], f"/{_filled(pattern.pattern, prefix)}"


def _filled(pattern, prefix):
    """Return a route with an example for each of its parameters."""
    address = prefix + str(pattern)
    for name, converter in pattern.converters.items():
        example = "2" if type(converter).__name__ == "IntConverter" else public_code()
        for place in (name, f"slug:{name}", f"str:{name}", f"int:{name}"):
            address = address.replace(f"<{place}>", example)
    return address
