"""Every kind of page: accessible, small, whole at 320 pixels, within its CSP, with the leave link in sight."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.helpers import NEUTRAL, press, sign_in

PAGES = {
    "home": "/",
    "outcomes": "/outcomes/",
    "outcome": "/outcomes/housing/",
    "resources": "/resources/",
    "forums": "/forums/",
    "forum": "/forums/housing/",
    "new thread": "/forums/housing/new/",
    "code": "/code/",
    "events": "/events/",
    "past events": "/events/past/",
    "events of a month": "/events/month/?month=2023-03",
    "suggest an event": "/events/suggest/",
    "about": "/about/",
    "safety": "/safety/",
    "accessibility": "/accessibility/",
    "sign in": "/accounts/login/",
    "forgotten password": "/accounts/password/new/",
    "not found": "/nothing-here/",
}
REACHED = {  # pages whose address is random, by the page that links to them and the link
    "thread": ("/forums/housing/", ".rows .row a"),
    "call": ("/forums/housing/", ".notice a"),
    "resource": ("/resources/", ".rows .row a, .cards .card a"),
    "event": ("/events/past/", ".rows .row a"),
    "event that repeats": ("/events/?cost=free", ".rows .row a"),
    "reply": ("/forums/housing/", ".rows .row a"),
}
BUDGETED = ["home", "outcome", "forum", "thread", "event"]
KILOBYTES, KILOBYTES_OF_THIRTY_POSTS = 30, 45
WORDS_A_POST = 120
# Random letters are harder to compress than words of any language.
LONG_THREAD = f"""
import random
from forums.moderation import decisions
from forums.writer_actions import reply, start_thread
from forums.models import Forum, Thread
from mscos.forms import new_submission_id
from mscos.models import User
chance, by = random.Random(30), User.objects.get(email="moderator@example.org")
def words():
    return " ".join("".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=5)) for _ in range({WORDS_A_POST}))
first = start_thread(
    forum=Forum.objects.get(slug="education"), submission_id=new_submission_id(), title="A long thread", body=words()).post
decisions.publish(post=first, by=by)
thread = Thread.objects.select_related("forum").get(pk=first.thread_id)
for number in range(2, 31):
    note = "hard words" if number % 5 == 0 else ""
    sent = reply(thread=thread, submission_id=new_submission_id(), body=words(), content_note=note, in_reply_to=first)
    decisions.publish(post=sent.post, by=by)
print(thread.get_absolute_url())
"""


def open_page(page, site, name):
    """Open a page of this kind."""
    if name in PAGES:
        page.goto(site.url + PAGES[name])
        return
    address, link = REACHED[name]
    page.goto(site.url + address)
    page.goto(page.locator(link).last.evaluate("link => link.href") if name != "thread" else first_open_thread(page))
    if name == "reply":
        page.goto(page.url + "reply/?to=1")


def first_open_thread(page):
    return page.get_by_role("link", name="What has worked when a placement was about to end?").evaluate(
        "link => link.href"
    )


def broken_rules(page):
    violations = Axe().run(page).response["violations"]
    return [(page.title(), rule["id"], [node["html"] for node in rule["nodes"]]) for rule in violations]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", [*PAGES, *REACHED])
def test_no_accessibility_rule_is_broken(visit, site, name, dark):
    page = visit(dark=dark, width=320, height=568)
    open_page(page, site, name)
    assert broken_rules(page) == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_no_accessibility_rule_is_broken_on_the_way_of_a_post(visit, site, dark):
    page = visit(dark=dark, width=320, height=568)
    page.goto(f"{site.forum()}new/")
    send = page.get_by_role("button", name="Send for checking")
    press(page, send)
    broken = broken_rules(page)  # the form with its errors
    page.get_by_label("Title").fill("A title")
    page.get_by_label("Your post").fill("Some words")
    press(page, send)
    broken += broken_rules(page)  # the receipt
    code = page.locator(".code").inner_text()
    page.goto(f"{site.url}/code/")
    page.get_by_label("Your code").fill(code)
    press(page, page.get_by_role("button", name="Show my post"))
    broken += broken_rules(page)
    press(page, page.get_by_role("button", name="Take my post down"))
    broken += broken_rules(page)
    press(page, page.get_by_role("button", name="Take it down"))
    assert broken + broken_rules(page) == []


def test_no_accessibility_rule_is_broken_where_moderators_work(visit, site):
    page = visit()
    sign_in(page, site, "moderator@example.org")
    page.goto(f"{site.url}/admin/forums/post/")
    broken = broken_rules(page)
    press(page, page.locator("#result_list tbody th a").first)
    assert broken + broken_rules(page) == []


@pytest.mark.parametrize("name", [*PAGES, *REACHED])
def test_nothing_scrolls_sideways_and_the_leave_link_stays_in_sight(visit, site, name):
    for width, height in ((320, 568), (1280, 800)):
        page = visit(width=width, height=height)
        open_page(page, site, name)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
        box = page.locator("a.leave").bounding_box()
        assert box["height"] >= 44
        assert box["x"] >= 0
        assert box["y"] >= 0
        assert box["x"] + box["width"] <= width
        assert box["y"] + box["height"] <= height


@pytest.mark.parametrize("name", [*PAGES, *REACHED])
def test_pressable_things_are_big_enough(visit, site, name):
    page = visit(width=320, height=568)
    open_page(page, site, name)
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, .button, input:not([type=hidden]), select, textarea, .pagination a")]
            .filter(each => each.checkVisibility() && !each.closest(".vh"))
            .filter(each => (each.closest("label") ?? each).getBoundingClientRect().height < 44)
            .map(each => each.outerHTML)"""
    )
    assert small == []


@pytest.mark.parametrize("name", [*PAGES, *REACHED])
def test_links_are_tall_enough_to_be_hit_on_each_of_their_lines(visit, site, name):
    page = visit(width=320, height=568)
    open_page(page, site, name)
    small = page.evaluate(
        """() => [...document.querySelectorAll("a:not(.skip)")].filter(each => each.checkVisibility())
            .filter(each => [...each.getClientRects()].some(line => line.height && line.height < 24)).map(each => each.outerHTML)"""
    )
    assert small == []


@pytest.mark.parametrize("name", BUDGETED)
def test_a_first_visit_costs_thirty_kilobytes_and_four_requests_at_most(visit, site, name):
    page = visit()
    open_page(page, site, name)
    assert cost_of_a_first_visit(visit(), site, name, page.url) <= KILOBYTES


def test_a_first_visit_to_a_thread_of_thirty_posts_costs_forty_five_kilobytes_at_most(visit, site):
    page, address = visit(), site.url + site.run(LONG_THREAD).strip()
    cost = cost_of_a_first_visit(page, site, "thread of 30 posts", address)
    words = [len(each.split()) for each in page.locator(".post .prose").all_text_contents()]
    assert words == [WORDS_A_POST] * 30
    assert page.get_by_role("navigation", name="Pages").count() == 0
    assert cost <= KILOBYTES_OF_THIRTY_POSTS


def cost_of_a_first_visit(page, site, name, address):
    """Return the kilobytes that a page loads; fail on too many, external or failed requests."""
    client = page.context.new_cdp_session(page)
    client.send("Network.enable")
    sizes, hosts, faults = [], set(), []
    client.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    page.on("console", lambda message: faults.append(message.text))
    page.goto(address, wait_until="networkidle")
    print(f"{name}: {sum(sizes) / 1000:.1f} kB in {len(sizes)} requests")  # noqa: T201  the figure for docs/figures.md
    assert len(sizes) <= 4
    assert hosts == {site.url.split("/")[2]}
    assert faults == []
    return sum(sizes) / 1000


@pytest.mark.parametrize("name", [*PAGES, *REACHED])
def test_the_leave_link_is_among_the_first_three_stops_of_the_keyboard(visit, site, name):
    page = visit()
    open_page(page, site, name)
    stops = []
    for _ in range(3):
        page.keyboard.press("Tab")
        stops.append(page.evaluate("document.activeElement.getAttribute('href')"))
    assert stops[0] == "#main"
    assert stops[1] == "/leave/"


def test_the_admin_keeps_to_the_content_policy(visit, site):
    page = visit()
    faults = []
    page.on(
        "console", lambda message: faults.append(message.text) if "Content Security Policy" in message.text else None
    )
    sign_in(page, site, "editor@example.org")
    for address in (
        "/admin/",
        "/admin/outcomes/outcome/",
        "/admin/outcomes/outcome/1/change/",
        "/admin/outcomes/resource/",
    ):
        page.goto(site.url + address, wait_until="networkidle")
    page.goto(f"{site.url}/admin/outcomes/outcome/1/history/", wait_until="networkidle")
    assert faults == []


def test_the_neutral_site_is_not_fetched_before_leaving(visit, site):
    page = visit()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site.outcome(), wait_until="networkidle")
    assert [address for address in asked if address.startswith(NEUTRAL)] == []
