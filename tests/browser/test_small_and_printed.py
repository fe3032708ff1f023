"""The forums on a phone, with large letters and in print, without JavaScript."""

from playwright.sync_api import expect

from tests.browser.helpers import button, is_too_wide, link, open_details, press, send, write
from tests.browser.test_pages import open_page

LEAVE_BAR = 44  # pixels
SCREEN = 568


def top(page, selector):
    """Return how far below the top of the window something begins."""
    return page.locator(selector).first.bounding_box()["y"]


def test_a_question_about_words_is_found_at_once_and_leads_to_the_field(phone, site):
    page = phone()
    write(page, site, "housing", "A title", "Call me on 07700 900123.")
    press(page, button(page, "Send for checking"))
    assert page.locator("#problem a").all_text_contents() == ["Some words may point to someone. See which"]
    expect(page.locator("#problem")).to_be_focused()
    assert LEAVE_BAR < top(page, "#point") < SCREEN
    page.locator("#problem a").click()
    expect(page.locator("#point")).to_be_focused()
    assert LEAVE_BAR < top(page, "#point") < SCREEN / 2
    page.locator("#point").get_by_role("link", name="Your post").click()
    places = [top(page, each) for each in ("label[for=id_body]", "#id_body_error", "#id_body")]
    assert [LEAVE_BAR < place < SCREEN for place in places] == [True] * 3
    expect(page.locator("#id_body")).to_be_focused()


def test_the_results_of_a_filter_are_what_is_seen_after_it(phone, site):
    page = phone()
    page.goto(site.forum())
    open_details(page, "Filter and sort")
    page.get_by_label("Replies").select_option("No replies yet")
    press(page, button(page, "Show results"))
    expect(
        page.locator(".rows .row").first
    ).to_be_in_viewport()  # a browser goes there a moment after the page is there
    assert [LEAVE_BAR < top(page, each) < SCREEN / 2 for each in (".chosen", ".rows .row")] == [True, True]
    assert button(page, "Show results").is_hidden()


def test_the_words_of_the_picture_of_a_call_are_whole_whatever_their_size(phone, site):
    page = phone()
    open_page(page, site, "call")
    cut = "[...document.querySelectorAll('.chart p')].filter(each => each.scrollWidth > each.clientWidth).length"
    for style in ("letter-spacing: .12em; word-spacing: .16em; line-height: 1.5", "font-size: 200%"):
        page.evaluate("style => document.documentElement.style.cssText = style", style)
        assert (page.evaluate(cut), is_too_wide(page)) == (0, [])


def test_the_code_is_printed_only_where_its_owner_asks_for_that(phone, site):
    page = phone()
    write(page, site, "housing", "To be printed", "Some words for a printer.")
    send(page)
    code, printed = page.locator(".code"), []
    for _ in range(2):
        page.emulate_media(media="print")
        printed.append((code.is_visible(), page.get_by_text("The code is not printed.").is_visible()))
        page.emulate_media(media="screen")
        assert code.is_visible()
        open_details(page, "Print the code")
    assert printed == [(False, True), (True, False)]


def test_a_printed_thread_says_what_was_not_opened(phone, site):
    page = phone()
    page.goto(site.forum())
    press(page, link(page, "What has worked when a placement was about to end?"))
    said = "getComputedStyle(document.querySelector('details.note > summary'), '::after').content"
    page.emulate_media(media="print")
    closed = page.evaluate(said)
    page.emulate_media(media="screen")
    open_details(page, "Content note")
    page.emulate_media(media="print")
    assert (closed, page.evaluate(said)) == ('" (not opened, so not printed)"', "none")
