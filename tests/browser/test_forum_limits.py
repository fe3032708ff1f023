"""The forums' pages with extreme words, and the accessibility rules on every step of writing.

Where no browser test looked before: what is asked back, previews, refusals, new versions, reports, named posts.
"""

from tests.browser.helpers import (
    MODERATOR,
    button,
    code_of,
    is_too_wide,
    link,
    open_code,
    open_details,
    open_in_queue,
    press,
    publish,
    send,
    text,
    write,
)
from tests.browser.test_pages import broken_rules

LONG_TITLE = "W" * 120
LONG_WORD = "w" * 8_000
RIGHT_TO_LEFT = "نحتاج إلى مزيد من الوقت"
HOSTILE_BODY = f"{RIGHT_TO_LEFT} 👩‍👩‍👧‍👦🏳️‍🌈 {'🫠' * 60}"


def test_hostile_words_stay_within_every_page(phone, staff, site):
    first, second, moderator = phone(), phone(), staff(MODERATOR)
    write(first, site, "medical", LONG_TITLE, LONG_WORD)
    write(second, site, "medical", RIGHT_TO_LEFT, HOSTILE_BODY)
    wide = []
    for page in (first, second):
        press(page, button(page, "Show how it will look"))
        assert page.locator("#preview").is_visible()
        wide += is_too_wide(page)
    send(first, second)
    codes = code_of(first), code_of(second)

    moderator.goto(site.queue())
    wide += is_too_wide(moderator)
    for words in (LONG_WORD[:20], RIGHT_TO_LEFT):
        open_in_queue(moderator, site, words)
        wide += is_too_wide(moderator)
    assert direction(moderator, ".post-words p") == "rtl"
    publish(moderator, site, LONG_WORD[:20], RIGHT_TO_LEFT)

    for page, title in ((first, LONG_TITLE), (second, RIGHT_TO_LEFT)):
        for address in ("", "/forums/", "/forums/medical/"):
            page.goto(site.url + address)
            wide += is_too_wide(page)
        press(page, link(page, title))
        wide += is_too_wide(page)
        if page is second:
            assert (direction(page, "h1"), direction(page, ".prose")) == ("rtl", "rtl")
        press(page, link(page, "Reply to this (number 1)"))
        open_details(page, "You are replying to #1")
        assert page.locator(".panel .prose").is_visible()
        wide += is_too_wide(page)
    for page, code in ((first, codes[0]), (second, codes[1])):
        open_code(page, site, code)
        open_details(page, "Show the post")
        open_details(page, "What we hold about this post")
        wide += is_too_wide(page)
    assert direction(second, ".prose") == "rtl"
    assert wide == []


def direction(page, where):
    """Return the way in which the words of the first such element run."""
    return page.locator(where).first.evaluate("element => getComputedStyle(element).direction")


def broken_in_either_light(page):
    """Return what axe finds on a page in light and in dark."""
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found += broken_rules(page)
    return found


def test_no_accessibility_rule_is_broken_where_writers_go_on(phone, staff, site):
    writer, moderator = phone(script=True), staff(MODERATOR)
    write(writer, site, "safety", "A safe street", "Ring me on 07700 900123.")
    press(writer, button(writer, "Send for checking"))
    broken = broken_in_either_light(writer)
    writer.get_by_label("It is meant to be public").check()
    press(writer, button(writer, "Show how it will look"))
    assert writer.locator("#preview").is_visible()
    broken += broken_in_either_light(writer)
    send(writer)
    broken += broken_in_either_light(writer)
    code = code_of(writer)
    open_in_queue(moderator, site, "Ring me on")
    moderator.get_by_label("This post …").select_option("has details that could point to someone")
    moderator.locator("#refusal_words").fill("Leave the number out.")
    press(moderator, button(moderator, "Do not publish"))
    open_code(writer, site, code)
    for summary in ("Write to the moderators", "What we hold about this post", "Show the post"):
        open_details(writer, summary)
    broken += broken_in_either_light(writer)
    press(writer, button(writer, "Send a new version"))
    broken += broken_in_either_light(writer)
    assert broken == []


def test_no_accessibility_rule_is_broken_in_reports_and_under_ones_name(phone, site):
    site.add_person("member@example.org", "Rowan Ash")
    page = phone(script=True)
    page.goto(site.forum())
    press(page, link(page, "A short checklist for the first night in a hotel"))
    press(page, link(page, "Report number 1"))
    broken = broken_in_either_light(page)
    page.get_by_label("breaks the house rules in another way").check()
    press(page, button(page, "Send the report"))
    broken += broken_in_either_light(page)
    page.goto(f"{site.forum('safety')}new/named/")
    page.get_by_label("Email address").fill("member@example.org")
    page.get_by_label("Password").fill(site.people["member@example.org"])
    press(page, button(page, "Sign in"))
    assert "This post will bear your name: Rowan Ash." in text(page)
    broken += broken_in_either_light(page)
    page.get_by_label("Title").fill("Lamps")
    page.get_by_label("Your post").fill("A lamp at each door.")
    press(page, button(page, "Send for checking"))
    broken += broken_in_either_light(page)
    press(page, link(page, "Posts under your name"))
    broken += broken_in_either_light(page)
    press(page, link(page, "Lamps"))
    broken += broken_in_either_light(page)
    assert broken == []
