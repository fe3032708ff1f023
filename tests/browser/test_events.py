"""A reader finds a training, somebody suggests one, and an editor lists it, without JavaScript."""

import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar

from tests.browser.helpers import press, sign_in
from tests.subprocesses import ROOT

EDITOR = "editor@example.org"
LONG_WORD = "x" * 160
MAKE = """
from events.actions import save_event
from events.models import Event
from events.suggestions import suggest
event = Event.objects.upcoming().order_by("starts").first()
event.pk, event.code, event.title = None, "longword", "{title}"
event.repeats, event.repeats_until, event.left_out = "", None, ""
event.booking_url = "https://example.org/"
save_event(event=event)
suggest(submission_id="long", title="{title}", organiser="{title}", stated_time="30 March, 5pm")
"""
READING_GROUP = "Reading group on trauma-informed support (example)"


@pytest.fixture(scope="module")
def long_word(site):
    """Return the address of an event to book whose title is one long word; a suggestion has it too."""
    make = [sys.executable, "manage.py", "shell", "--no-imports", "-c", MAKE.format(title=LONG_WORD)]
    subprocess.run(make, cwd=ROOT, env=site.environment, check=True, timeout=120)
    return f"{site.url}/events/longword/"


def text(page):
    return " ".join(page.locator("main").inner_text().split())


def test_a_reader_narrows_the_list_and_takes_a_training_into_a_calendar(visit, site):
    page = visit(script=False)
    page.goto(f"{site.url}/events/")
    first = page.locator(".row h3").first.bounding_box()
    assert first["y"] + first["height"] < 800
    assert page.locator(".clocks li").nth(1).evaluate("line => getComputedStyle(line).marginBlockStart") == "0px"
    page.get_by_label("Cost").select_option("free")
    page.get_by_label("Show in my time zone").select_option("Asia/Kolkata")
    press(page, page.get_by_role("button", name="Show results"))
    assert "2 found. Remove: Free" in text(page)
    page.get_by_label("Where").select_option("online")
    press(page, page.get_by_role("button", name="Show results"))
    assert page.locator(".chosen").inner_text() == "2 found. Remove: Online, Free"
    assert page.locator(".chosen a").first.evaluate("link => getComputedStyle(link).marginInlineEnd") == "0px"
    press(page, page.get_by_role("link", name=READING_GROUP))
    assert "Kolkata (IST, UTC+5:30)" in text(page)
    assert "Every 2 weeks on" in text(page)
    assert page.locator(".dates li").count() == 5
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Add to calendar with a plain title").click()
    assert waiting.value.suggested_filename == "event.ics"
    [entry] = Calendar.from_ical(waiting.value.path().read_bytes()).walk("VEVENT")
    assert (str(entry["SUMMARY"]), "EXDATE" in entry) == ("Online meeting", True)


@pytest.mark.parametrize("width", [320, 1280])
def test_a_month_is_walked_by_keyboard_and_whole_at_each_width(visit, site, width):
    page = visit(script=False, width=width)
    page.goto(f"{site.url}/events/")
    press(page, page.get_by_role("link", name="See a month at a glance"))
    for _ in range(3):
        if page.locator(".month a").count():
            break
        page.locator("a[rel=next]").focus()
        with page.expect_navigation():
            page.keyboard.press("Enter")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    heads = page.get_by_role("columnheader")
    assert heads.count() == (7 if width == 1280 else 0)
    page.locator(".month a").first.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert re.search(r"/events/\w{8}/$", page.url)


def test_an_event_is_printed_with_its_address_and_without_forms(visit, site):
    page = visit(script=False)
    page.goto(f"{site.url}/events/past/")
    press(page, page.locator(".rows a").first)
    page.emulate_media(media="print")
    assert page.locator("form:visible, .leave:visible, nav:visible").count() == 0
    after = "getComputedStyle(document.querySelector('main a[href^=http]'), '::after').content"
    assert "https://www.survivoralliance.org" in page.evaluate(after)
    assert page.get_by_text("The time is uncertain.").is_visible()


def test_the_page_of_an_event_is_printed_without_what_can_only_be_pressed(visit, site):
    page = visit(script=False)
    page.goto(f"{site.url}/events/")
    press(page, page.get_by_role("link", name=READING_GROUP))
    page.emulate_media(media="print")
    for words in (
        "Add to calendar with a plain title",
        "See all 5 dates to come",
        "Show in my time zone",
        "More events",
    ):
        assert (words, page.get_by_text(words).first.is_visible()) == (words, False)
    assert page.get_by_text("Dates to come", exact=True).is_visible()


def test_the_link_to_book_is_printed_as_a_sentence_and_the_foot_on_the_same_sheet(visit, long_word):
    page = visit(script=False)
    page.goto(long_word)
    page.emulate_media(media="print")
    page.locator("main").evaluate("main => { main.style.blockSize = '850px'; }")  # nearly the whole of a sheet
    assert len(re.findall(rb"/Type /Page\b", page.pdf(format="A4"))) == 1
    shown = page.get_by_text("Opens another website", exact=True)
    assert shown.locator("..").evaluate("line => getComputedStyle(line).display") == "block"


@pytest.mark.parametrize("path", ["/events/", "/events/past/", "/events/longword/", "/events/month/?month={:%Y-%m}"])
def test_what_stands_alone_can_be_hit(visit, site, long_word, path):
    page = visit(script=False)
    page.goto(f"{site.url}{path.format(datetime.now(UTC) + timedelta(days=45))}")
    alone = page.locator("main :is(.links, .month, .chosen, .row :is(h2, h3)) a")
    heights = [(link.inner_text(), link.bounding_box()["height"]) for link in alone.all()]
    assert heights
    assert [(words, height) for words, height in heights if height < 24] == []


def test_the_training_of_week_5_says_that_its_time_is_uncertain(visit, site):
    page = visit(script=False, width=320, height=568)
    page.goto(f"{site.url}/events/past/")
    press(page, page.get_by_role("link", name="Mental health and wellbeing, with Survivor Alliance"))
    said = text(page)
    for words in (
        "5pm to 6:30pm, London (BST, UTC+1), organiser’s time",
        "Midday to 1:30pm, New York (EDT, UTC−4)",
        "The organiser wrote 5pm GMT and 12pm EST. London was on BST and New York on EDT that day, so the time could be an "
        "hour later. Check with the organiser.",
    ):
        assert words in said


def test_somebody_tells_of_a_training_and_an_editor_lists_it(visit, site):
    teller = visit(script=False, width=320, height=568)
    today = datetime.now(UTC).date()
    day = today + timedelta(days=60)
    written = f"{day.day} {day:%B %Y}, 5 to 6pm BDT"
    teller.goto(f"{site.url}/events/")
    press(teller, teller.get_by_role("link", name="Tell us about an event"))
    press(teller, teller.get_by_role("button", name="Send to the editors"))
    assert teller.title().startswith("Error: ")
    for label, words in (
        ("What is it called?", "A talk on tenancies"),
        ("Who runs it?", "Crisis"),
        ("When is it?", written),
        ("Its web page", "example.org/talk"),
    ):
        teller.get_by_label(label).fill(words)
    press(teller, teller.get_by_role("button", name="Send to the editors"))
    assert "An editor will look at it, usually within 5 working days." in text(teller)
    assert [cookie["name"] for cookie in teller.context.cookies()] == ["form"]

    editor = visit(script=False)
    sign_in(editor, site, EDITOR)
    editor.goto(f"{site.url}/admin/events/suggestion/")
    press(editor, editor.get_by_role("link", name="A talk on tenancies"))
    make = editor.get_by_role("link", name="Make an event of it")
    down, close = editor.get_by_role("button", name="Turn it down"), editor.get_by_role("link", name="Close")
    boxes = [each.bounding_box() for each in (make, down, close)]
    assert min(box["height"] for box in boxes[:2]) >= 35
    assert boxes[0]["y"] == boxes[1]["y"] < boxes[2]["y"]
    press(editor, make)
    assert "What somebody told us" in editor.locator("body").inner_text()
    assert [editor.get_by_label(f"{name}:").bounding_box()["width"] >= 500 for name in ("Title", "Summary")] == [
        True,
        True,
    ]
    assert editor.get_by_label("Starts:").input_value() == f"{day.isoformat()}T17:00"
    assert editor.get_by_label("Address for booking:").input_value() == "https://example.org/talk"
    editor.get_by_label("Ends:").fill(f"{day.isoformat()}T18:00")
    editor.get_by_label("Time as the organiser wrote it:").fill(written.replace("BDT", "EST"))
    editor.get_by_label("Summary:").fill("What tenants should know.")
    press(editor, editor.get_by_role("button", name="Save and continue editing"))
    warned = editor.locator(".messagelist").inner_text()
    assert "5pm EST is another time. This event begins at 17:00 in London." in warned
    press(editor, editor.get_by_role("link", name="View on site"))
    assert "Draft: only editors can see this page." in editor.locator("body").inner_text()
    address = editor.url
    editor.go_back()
    editor.get_by_label("State:").select_option("published")
    press(editor, editor.get_by_role("button", name="Save and continue editing"))
    assert editor.goto(address).status == 200

    press(teller, teller.get_by_role("link", name="Back to the events"))
    press(teller, teller.get_by_role("link", name="A talk on tenancies"))
    assert "The time is uncertain. The organiser wrote 5pm EST." in text(teller)
    editor.go_back()
    editor.get_by_label("Time asked about on:").fill(today.strftime("%d/%m/%Y"))
    press(editor, editor.get_by_role("button", name="Save and continue editing"))
    teller.reload()
    assert "uncertain" not in text(teller)


def width_of(page):
    return page.evaluate("document.documentElement.scrollWidth")


@pytest.mark.parametrize("width", [320, 1000])
def test_a_title_of_one_long_word_widens_no_page(visit, site, long_word, width):
    page = visit(script=False, width=width)
    for address in (long_word, f"{site.url}/events/", f"{site.url}/events/month/"):
        page.goto(address)
        assert (address, width_of(page)) == (address, width)


def test_nor_one_of_the_admin(visit, site, long_word):
    page = visit(script=False, width=1000)
    sign_in(page, site, EDITOR)
    for kind in ("event", "suggestion"):
        page.goto(f"{site.url}/admin/events/{kind}/")
        assert (kind, width_of(page)) == (kind, 1000)
        press(page, page.get_by_role("link", name=LONG_WORD).first)
        assert (page.url, width_of(page)) == (page.url, 1000)
