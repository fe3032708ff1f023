"""Checks of the state that two web processes must share: published posts, sessions and limits."""

import re
import time

from tests.load.layout import WEBS, WithoutProxy

QUEUE = "/admin/forums/post/"
ROW = re.compile(r'name="_selected_action" value="([^"]+)"')
TRIES = 9  # wrong codes that a visitor may send; the next is refused (`WRONG_CODES` in forums/code_lookup.py)


def problems(layout, passwords):
    """Yield a sentence for each thing that the web processes do not share."""
    yield from _published(layout, passwords)
    yield from _limited(layout)


def _published(layout, passwords):
    """Sign in at one web process, publish at the other, and read at once at the first."""
    here, there = (WithoutProxy(layout.ports[name], address="192.0.2.1") for name in WEBS)
    title, email = "A question about keys", "moderator@example.org"
    fields = here.fill_in("/forums/housing/new/", title=title, body="Who keeps the second key?")
    time.sleep(3)  # a form sent sooner counts as likely spam
    here.send("/forums/housing/new/", fields)
    here.post("/accounts/login/?next=/admin/", login=email, password=passwords[email])
    there.cookies = here.cookies  # the same browser, led to the other machine by the proxy
    queue = there.get(QUEUE)
    if queue.status != 200:
        yield f"whoever signed in at one web process meets {queue.status} at the other"
        return
    there.post(QUEUE, action="publish_chosen", _selected_action=ROW.findall(queue.text))
    if title not in here.get("/forums/housing/").text:
        yield "what one web process published is not seen at the other at once"


def _limited(layout):
    """Send wrong codes to both in turn."""
    visitors = [WithoutProxy(layout.ports[name], address="192.0.2.2") for name in WEBS]
    answers = [visitors[number % 2].post("/code/", code="ABCD-EFGH-JKMN-PQRS").status for number in range(TRIES + 1)]
    if answers != [200] * TRIES + [429]:
        yield f"the web processes count wrong codes apart: {answers}"
