"""The preview of a post: the page comes back with the post as readers will see it, and nothing is stored."""

import re

import pytest

from forums.models import Forum, Post, Thread, Voice
from mscos.forms import new_submission_id
from tests.forums.helpers import NEW, kept, post_fields, problems, reply_address, title
from tests.forums.personal_data.helpers import LINK, PHONE, confirmed_form, is_ticked

pytestmark = pytest.mark.django_db


def shown(response):
    """Return the preview's markup, None where there is none."""
    found = re.search(r'<section class="panel stack" id="preview".*?</section>', response.content.decode(), re.DOTALL)
    return found and found.group()


def test_a_preview_shows_the_post_as_readers_will_see_it_above_the_fields(client, forum):
    response = client.post(NEW, post_fields(title="A <b>", body="One **two**\n\n- <b>three</b>", preview="yes"))
    preview = shown(response)
    assert response.status_code == 200
    assert title(response) == "Write a post – Community of Practice"
    assert re.findall(r"<h3 .*?>(.*?)</h3>", preview) == ["A &lt;b&gt;"]
    body = re.search(r'<div class="prose" dir="auto">(.*?)</div>', preview, re.DOTALL).group(1)
    assert body == "<p>One <strong>two</strong></p>\n<ul>\n<li>&lt;b&gt;three&lt;/b&gt;</li>\n</ul>\n"
    page = response.content.decode()
    assert page.index('id="preview"') < page.index('name="title"')


def test_a_content_note_stands_before_the_words(client, forum):
    preview = shown(client.post(NEW, post_fields(content_note="threats", preview="yes")))
    assert "<summary>Content note: threats. Show this post</summary>" in preview


def test_all_that_was_typed_is_kept_and_nothing_is_stored(client, forum):
    sent = post_fields(body="Words\nand words", content_note="threats", preview="yes")
    response = client.post(NEW, sent)
    names = ("title", "body", "content_note", "submission_id")
    assert {name: kept(response, name) for name in names} == {name: sent[name] for name in names}
    assert (Thread.objects.count(), Post.objects.count(), Voice.objects.count()) == (0, 0, 0)


def test_after_a_preview_the_same_form_is_sent(client, forum):
    response = client.post(NEW, post_fields(preview="yes"))
    client.post(NEW, confirmed_form(response))
    assert Post.objects.get().body == "Is there one?"


def test_a_preview_is_not_counted_and_not_refused_for_a_limit(client, forum):
    for _ in range(25):
        assert shown(client.post(NEW, post_fields(preview="yes"))) is not None
    for _ in range(20):
        assert title(client.post(NEW, post_fields())) == "Sent – Community of Practice"
    assert client.post(NEW, post_fields()).status_code == 429
    assert client.post(NEW, post_fields(preview="yes")).status_code == 200


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"body": ""}, "Enter your post"),
        ({"title": ""}, "Enter a title"),
        ({"body": f"Ring {PHONE}"}, LINK),
    ],
)
def test_what_is_wrong_is_told_and_no_preview_is_shown(client, forum, typed, message):
    response = client.post(NEW, post_fields(preview="yes", **typed))
    assert (problems(response), shown(response)) == ([message], None)
    assert '<div id="preview" tabindex="-1">' in response.content.decode()  # where the button's address leads
    assert title(response) == "Error: Write a post – Community of Practice"


def test_what_is_meant_to_be_public_can_be_looked_at(client, forum):
    asked = client.post(NEW, post_fields(body=f"Ring {PHONE}"))
    response = client.post(NEW, confirmed_form(asked, preview="yes"))
    assert f"<p>Ring {PHONE}</p>" in shown(response)
    assert is_ticked(response)
    client.post(NEW, confirmed_form(response))
    assert Post.objects.get().body == f"Ring {PHONE}"


def test_a_reply_is_looked_at_and_keeps_its_code_and_what_it_answers(client, thread, published):
    sent = {
        "body": "Yes, *really*.",
        "submission_id": new_submission_id(),
        "to": "1",
        "code": published.code,
        "preview": "yes",
    }
    response = client.post(reply_address(thread), sent)
    assert "<p>Yes, <em>really</em>.</p>" in shown(response)
    assert (kept(response, "code"), kept(response, "to")) == (published.code, "1")
    assert Post.objects.count() == 1


def test_a_preview_is_no_way_around_the_limit_of_wrong_codes(client, thread):
    sent = {"body": "Yes.", "code": "K7QW-3MHT-9XRC-V2PD", "preview": "yes"}
    for _ in range(10):
        client.post(reply_address(thread), {**sent, "submission_id": new_submission_id()})
    assert client.post(reply_address(thread), {**sent, "submission_id": new_submission_id()}).status_code == 429


def test_a_closed_forum_shows_a_preview_and_says_no_only_to_a_post(client, forum):
    Forum.objects.update(state="paused")
    assert shown(client.post(NEW, post_fields(preview="yes"))) is not None
    assert client.post(NEW, post_fields()).status_code == 409


def test_a_page_that_is_only_opened_shows_no_preview_and_both_buttons_sending_first(client, forum, thread):
    for address in (f"{NEW}?preview=yes", f"{reply_address(thread)}?preview=yes"):
        response = client.get(address)
        assert shown(response) is None
        form = response.content.decode().split("<form method")[1].split("</form>")[0]
        assert re.findall(r"<button.*?>(.*?)</button>", form) == ["Send for checking", "Show how it will look"]
