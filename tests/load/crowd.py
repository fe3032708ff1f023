"""Simulated readers and writers, each with an IP address of their own."""

import http.client
import random
import re
import secrets
import string
import threading
import time
from collections import Counter

from tests.deploy.visitors import Visitor

RECEIPT = re.compile(r"<h1>(Sent\. A moderator will read it|This page is only shown once)")
MAX_WAIT = 60  # seconds in which a post must have been accepted


class Crowd:
    """Readers and writers in threads, and the results of all that they did."""

    def __init__(self, port, pages, forums):
        self._port, self._pages, self._forums = port, pages, forums
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._threads = []
        self._people = 0
        self.counts = Counter()
        self.failed = []  # reads that failed, with why
        self.accepted = []  # the words of each accepted post
        self.given_up = []  # why a writer could not get a post accepted

    def start(self, readers, writers):
        """Start that many readers and writers."""
        acts = [self._read] * readers + [self._write] * writers
        self._threads = [threading.Thread(target=self._repeat, args=[act]) for act in acts]
        for thread in self._threads:
            thread.start()

    def stop(self):
        """Let everybody finish; a form that is not accepted yet is sent until it is."""
        self._stop.set()
        for thread in self._threads:
            thread.join(2 * MAX_WAIT)

    def _repeat(self, act):
        while not self._stop.is_set():
            try:
                act(self._somebody())
            except (OSError, http.client.HTTPException) as error:
                self.given_up.append(str(error))

    def _somebody(self):
        """Return a visitor with an address that nobody else has: limits count addresses."""
        with self._lock:
            self._people += 1
            number = self._people
        return Visitor(self._port, address=f"127.{1 + number // 60000}.{number // 250 % 240}.{1 + number % 250}")

    def _note(self, what):
        with self._lock:
            self.counts[what] += 1

    def _read(self, visitor):
        path = random.choice(self._pages)
        try:
            status = visitor.get(path).status
        except (OSError, http.client.HTTPException) as error:
            status = type(error).__name__
        self._note("reads")
        if status != http.client.OK:
            self.failed.append(f"{path}: {status}")

    def _write(self, visitor):
        """Write a post, and send its form until it is accepted, as a person would."""
        words = "".join(secrets.choice(string.ascii_lowercase) for _ in range(12))
        path = f"/forums/{random.choice(self._forums)}/new/"
        fields = self._persist(
            lambda: visitor.fill_in(path, title="A question about rooms", body=f"Who knows {words}?")
        )
        self._persist(lambda: self._send(visitor, path, fields))
        self.accepted.append(words)

    def _send(self, visitor, path, fields):
        self._note("forms sent")
        answer = visitor.send(path, fields)
        if answer.status >= http.client.INTERNAL_SERVER_ERROR:
            self._note(f"forms answered {answer.status}")
        if not RECEIPT.search(answer.text):
            raise ConnectionError(f"{answer.status} {re.findall(r'<h1>([^<]*)', answer.text)}")

    def _persist(self, act):
        """Call a function until it succeeds; after MAX_WAIT raise its error."""
        ends = time.monotonic() + MAX_WAIT
        while True:
            try:
                return act()
            except (OSError, http.client.HTTPException) as error:
                self._note(f"tries again after {type(error).__name__}")
                if time.monotonic() > ends:
                    raise
                time.sleep(0.3)
