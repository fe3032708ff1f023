"""Readers of pages: text, links, title."""

import html
import re


def page(client, address, status=200):
    """Return a page's HTML with entities decoded and whitespace collapsed."""
    answer = client.get(address)
    assert answer.status_code == status
    assert not answer.cookies
    return " ".join(html.unescape(answer.content.decode()).split())


def links(text, pattern):
    """Return the texts of the links whose URLs match."""
    return re.findall(rf'<a[^>]* href="{pattern}"[^>]*>(.*?)</a>', text)


def title(text):
    return re.search("<title>(.*?)</title>", text)[1]
