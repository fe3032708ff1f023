"""Visitors of a portal behind nginx, each with a loopback address of its own."""

import http.client
import re
import socket
import ssl
from dataclasses import dataclass, field
from urllib.parse import urlencode

from tests.deploy.rendering import NAME


@dataclass
class Visitor:
    """A client that keeps cookies. Every machine has the addresses 127.0.0.2, 127.0.0.3 and so on."""

    port: int
    address: str = "127.0.0.2"
    host: str = NAME
    scheme: str = "https"
    first_words: bytes = b""  # the PROXY line that tor sends first
    cookies: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path):
        return self.ask("GET", path)

    def post(self, path, **fields):
        """Fill in the form at a path and send it."""
        return self.send(path, self.fill_in(path, **fields))

    def fill_in(self, path, **fields):
        """Open the page at a path and return the fields of its form: the hidden ones, and these.

        Raises ConnectionError where the page has no form, such as the page of a site that is away.
        """
        page = self.get(path)
        form = re.search(r'<form[^>]*method="post".*?</form>', page.text, re.DOTALL)
        if form is None:
            raise ConnectionError(f"{path} answered {page.status} without a form")
        return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form[0])) | fields

    def send(self, path, fields):
        """Send the fields of a form."""
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.origin}
        return self.ask("POST", path, urlencode(fields, doseq=True), headers)

    @property
    def origin(self):
        return f"{self.scheme}://{self.host}"

    def ask(self, method, path, body=None, headers=None):
        """Send a request and return the answer, with its body in `text`; cookies are kept."""
        connection = http.client.HTTPConnection(self.host)
        connection.sock = self.connect()
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {"Cookie": cookie} if cookie else {}
        connection.request(method, path, body, {**sent, **self.headers, **(headers or {}), "Connection": "close"})
        answer = connection.getresponse()
        answer.text = answer.read().decode()
        connection.close()
        for line in answer.headers.get_all("Set-Cookie") or []:
            self.cookies.update([line.split(";")[0].split("=", 1)])
        return answer

    def connect(self):
        """Return a connection to nginx; with https, one that trusts any certificate."""
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=60, source_address=(self.address, 0))
        plain.sendall(self.first_words)
        if self.scheme == "http":
            return plain
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return context.wrap_socket(plain, server_hostname=self.host)
