"""The main journey, with JavaScript off: read, post, be moderated, come back with the code, take the post down."""

import re

import pytest

from tests.browser.helpers import NEUTRAL, open_code, open_in_queue, press, send, sign_in

MODERATOR = "moderator@example.org"


@pytest.fixture
def reader(visit):
    return visit(script=False, width=320, height=568)


@pytest.fixture
def moderator(visit, site):
    page = visit(script=False)
    sign_in(page, site, MODERATOR)
    return page


def start_thread(page, site, title, body):
    """Write a thread from the forum's page and return its code."""
    page.goto(site.forum())
    press(page, page.get_by_role("link", name="Start a thread").first)
    page.get_by_label("Title").fill(title)
    page.get_by_label("Your post").fill(body)
    send(page)
    assert page.get_by_role("heading", level=1).inner_text() == "Sent. A moderator will read it"
    return page.locator(".code").inner_text()


def test_a_newcomer_reads_the_housing_outcome(reader, site):
    reader.goto(site.url)
    press(reader, reader.get_by_role("link", name="Read the outcomes"))
    assert reader.locator("main .card").count() == 7
    press(reader, reader.get_by_role("link", name="Secure and suitable housing"))
    text = reader.locator("main").inner_text()
    for words in (
        "The Passage",
        "International NRM Handbook",
        "14.10 to 14.13",
        "159 to 167",
        "A housing caseworker, example",
    ):
        assert words in text, words
    assert reader.title() == "Housing – Community of Practice"
    press(reader, reader.get_by_role("link", name=re.compile("Join the housing discussion")).first)
    assert reader.get_by_role("heading", level=1).inner_text() == "Housing forum"


def test_a_post_is_published_with_a_change_seen_and_taken_down(reader, moderator, site):
    code = start_thread(reader, site, "Keys on the first day", "Ask Jo Bloggs for two keys.")
    assert "Waiting to be checked" in open_code(reader, site, code.lower().replace("-", " "))
    reader.goto(site.forum())
    assert "Keys on the first day" not in reader.locator("main").inner_text()

    open_in_queue(moderator, site, "Ask Jo Bloggs for two keys.")
    moderator.locator("#id_body").fill("Ask [detail removed to protect privacy] for two keys.")
    moderator.get_by_label("Words to the writer").first.fill("We took a name out.")
    press(moderator, moderator.get_by_role("button", name="Show the difference"))
    assert [struck.strip() for struck in moderator.locator("del").all_inner_texts()] == ["Jo Bloggs"]
    press(moderator, moderator.get_by_role("button", name="Publish this version"))
    assert "Published with a change." in moderator.locator("body").inner_text()

    reader.goto(site.forum())
    press(reader, reader.get_by_role("link", name="Keys on the first day"))
    thread = reader.url
    text = reader.locator("main").inner_text()
    assert "Ask [detail removed to protect privacy] for two keys." in text
    assert "Jo Bloggs" not in reader.content()
    text = open_code(reader, site, code)
    assert "Published with a change" in text
    assert "We took a name out." in text

    press(reader, reader.get_by_role("button", name="Take my post down"))
    press(reader, reader.get_by_role("button", name="Take it down"))
    assert reader.get_by_role("heading", level=1).inner_text() == "Your post was taken down"
    assert reader.goto(thread).status == 404


def test_a_reply_is_published_under_its_number(reader, moderator, site):
    reader.goto(site.forum())
    press(reader, reader.get_by_role("link", name="What has worked when a placement was about to end?"))
    press(reader, reader.get_by_role("link", name="Reply to this (number 2)"))
    reader.get_by_text("You are replying to #2").wait_for()
    reader.get_by_label("Your post").fill("We do the same, each month.")
    send(reader)
    assert reader.title() == "Sent – Community of Practice"

    open_in_queue(moderator, site, "We do the same, each month.")
    press(moderator, moderator.get_by_role("button", name="Publish", exact=True))
    assert "Published." in moderator.locator("body").inner_text()

    reader.goto(site.forum())
    press(reader, reader.get_by_role("link", name="What has worked when a placement was about to end?"))
    post = reader.locator(".post").last
    assert "We do the same, each month." in post.inner_text()
    assert "Replying to #2" in post.inner_text()


def test_a_refusal_reaches_the_writer_with_its_reason(reader, moderator, site):
    code = start_thread(reader, site, "A landlord", "The landlord in Elm Street is bad.")
    open_in_queue(moderator, site, "The landlord in Elm Street is bad.")
    press(moderator, moderator.get_by_role("button", name="Do not publish"))
    assert "Choose a reason" in moderator.locator("#problem").inner_text()
    moderator.get_by_label("This post …").select_option("place")
    moderator.locator("#refusal_words").fill("Take the street out and send it again.")
    press(moderator, moderator.get_by_role("button", name="Do not publish"))
    text = open_code(reader, site, code)
    assert "Not published" in text
    assert "We did not publish this because it names a place." in text
    assert "Take the street out and send it again." in text


def test_a_failed_form_comes_back_with_everything_typed(reader, site):
    reader.goto(f"{site.forum()}new/")
    reader.get_by_label("Your post").fill("Words worth keeping")
    press(reader, reader.get_by_role("button", name="Send for checking"))
    assert reader.title() == "Error: Write a post – Community of Practice"
    assert reader.locator("#problem").inner_text().split("\n")[-1] == "Enter a title"
    assert reader.get_by_label("Your post").input_value() == "Words worth keeping"
    assert reader.url.endswith("#problem")
    press(reader, reader.get_by_role("link", name="Enter a title"))
    assert reader.url.endswith("#id_title")


def test_refreshing_the_receipt_shows_the_same_code(visit, site):
    page = visit()
    code = start_thread(page, site, "Once", "Only once.")
    page.reload()
    assert page.locator(".code").inner_text() == code


def test_leaving_works_without_script(reader, site):
    reader.goto(f"{site.forum()}new/")
    assert reader.context.cookies() != []
    with reader.expect_request(f"{NEUTRAL}**") as left:
        reader.locator("a.leave").click()
    assert left.value.headers.get("referer") is None
    assert reader.context.cookies() == []
