"""An issue with every kind of content, and readers of pages, mails and histories."""

import re
from functools import partial

import html5lib
from django.utils import timezone

from newsletters.editing import Refused
from newsletters.models import Issue
from tests.concurrency import all_at_once
from tests.newsletters.conftest import add_section, publish

RICH = """\
Some *words*[^1] & a [link](/outcomes/), **loud**.

- one
- two

### A heading

| Country | Cost |
| --- | --- |
| England | 5 |

> Somebody said this.

[^1]: The [note](https://example.org/note).
"""


def make_rich(issue):
    """Add every kind of content to an issue, and publish it."""
    add_section(issue, "text", heading="Rich", body=RICH, content_note="unsafe housing")
    add_section(issue, "notice", body="Only words.", link_words="Write", link_url="mailto:sam@example.org")
    return publish(issue)


def tree(html):
    """Return the tree of valid HTML. Raises html5lib's ParseError."""
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)


def words_within(element):
    """Return the words of an element, without those marked data-screen-only."""
    if "data-screen-only" in element.attrib or element.tag == "style":
        return []
    found = words(element.text)
    for child in element:
        found += words_within(child) if isinstance(child.tag, str) else []
        found += words(child.tail)
    return found


def words(text):
    return re.findall(r"\w+", text or "")


def words_of_parts(html, count):
    elements = {each.get("id"): each for each in tree(html).iter()}
    return [words_within(elements[f"part-{number}"]) for number in range(1, count + 1)]


def writers(history):
    """Return the editor and the type of the rows of a history, oldest first."""
    return [(str(row.history_user), row.history_type) for row in history.order_by("history_id")]


def freeze(issue, state):
    """Put an issue into a state in which it cannot be changed."""
    now = timezone.now()
    Issue.objects.filter(pk=issue.pk).update(
        state=state, publish_at=now, withdrawn_on=now.date() if state == "withdrawn" else None
    )


def at_once(*actions):
    """Run actions concurrently; return the results, or the names of the refusals, sorted."""

    def attempt(action):
        try:
            return action()
        except Refused as refusal:
            return type(refusal).__name__

    return sorted(all_at_once(*[partial(attempt, action) for action in actions]))


def any_address(address):
    """Allow every address, this machine's own too."""
    return True
