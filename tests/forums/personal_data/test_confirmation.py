"""The question about personal-data matches: once for each match, and nothing is stored before the answer."""

import html
import re

import pytest
from django.test import Client

from forums import writer_actions
from forums.models import Post, Thread, Voice
from forums.moderation import decisions
from mscos.forms import new_submission_id
from tests.forums.helpers import CODE, NEW, kept, post_fields, problems, reply_address, title, words
from tests.forums.personal_data.helpers import LINK, PHONE, confirmed_form, is_ticked

pytestmark = pytest.mark.django_db

POSTCODE = "SW1A 1AA"
POST_MAY_POINT = "Your post may point to someone. Change what is marked, or say that it is meant to be public"
TITLE_MAY_POINT = "Title may point to someone. Change what is marked, or say that it is meant to be public"
NOTE_MAY_POINT = "Content note may point to someone. Change what is marked, or say that it is meant to be public"
ASKED = "Could this point to someone?"


def marks(response):
    """Return the texts in <mark>, as a reader sees them."""
    return [html.unescape(each) for each in re.findall(r"<mark>(.*?)</mark>", response.content.decode(), re.DOTALL)]


def explanations_on(response):
    """Return the listed matches with their explanations."""
    panel = response.content.decode().split(ASKED)[1].split("Before you write")[0]
    found = re.findall(r"<li>(.*?)</li>", panel, re.DOTALL)
    return [html.unescape(re.sub("<[^>]+>", "", each)) for each in found]


def field_errors(response):
    """Return the errors beside the fields."""
    return re.findall(r'<p><span class="vh">Error: </span>(.*?)</p>', response.content.decode())


def test_a_number_is_asked_about_and_nothing_is_stored(client, forum):
    response = client.post(NEW, post_fields(body=f"Call me on {PHONE}."))
    assert response.status_code == 200
    assert title(response) == "Error: Write a post – Community of Practice"
    assert (problems(response), field_errors(response)) == ([LINK], [POST_MAY_POINT])
    assert f'<a href="#point">{LINK}</a>' in response.content.decode()
    assert marks(response) == [PHONE]
    assert explanations_on(response) == [
        f"“{PHONE}”: This looks like a phone number. Anybody could ring it and learn whose it is."
    ]
    assert (kept(response, "title"), kept(response, "body")) == ("A quiet room", f"Call me on {PHONE}.")
    assert not is_ticked(response)
    assert (Thread.objects.count(), Post.objects.count(), Voice.objects.count()) == (0, 0, 0)


def test_the_panel_stands_inside_the_form_above_its_fields(client, forum):
    page = client.post(NEW, post_fields(body=f"Call me on {PHONE}.")).content.decode()
    places = [
        page.index(each)
        for each in ("<form method", ASKED, 'name="public"', "Before you write", 'name="title"', 'name="body"')
    ]
    assert places == sorted(places)


def test_the_box_lets_through_what_was_asked_about(client, forum):
    response = client.post(NEW, post_fields(body=f"Call me on {PHONE}."))
    sent = confirmed_form(response)
    code = CODE.search(client.post(NEW, sent).content.decode()).group(1)
    assert Post.objects.get().body == f"Call me on {PHONE}."
    assert CODE.search(client.post(NEW, sent).content.decode()).group(1) == code  # the same form, sent twice
    assert Post.objects.count() == 1


def test_without_the_box_it_is_asked_again(client, forum):
    response = client.post(NEW, post_fields(body=f"Call me on {PHONE}."))
    again = client.post(NEW, confirmed_form(response, public=""))
    assert (problems(again), marks(again)) == ([LINK], [PHONE])
    assert Post.objects.count() == 0


def test_the_box_alone_lets_nothing_through(client, forum):
    response = client.post(NEW, post_fields(body=f"Call me on {PHONE}.", public="on"))
    assert problems(response) == [LINK]
    assert not is_ticked(response)
    assert Post.objects.count() == 0


def test_what_comes_in_after_the_question_is_asked_about_and_the_box_is_empty_again(client, forum):
    response = client.post(NEW, post_fields(body=f"Call me on {PHONE}."))
    again = client.post(NEW, confirmed_form(response, body=f"Call me on {PHONE}, I live in {POSTCODE}."))
    assert (problems(again), marks(again), is_ticked(again)) == ([LINK], [PHONE, POSTCODE], False)
    assert Post.objects.count() == 0
    client.post(NEW, confirmed_form(again))
    assert Post.objects.get().body == f"Call me on {PHONE}, I live in {POSTCODE}."


def test_another_number_in_the_place_of_the_first_is_asked_about(client, forum):
    response = client.post(NEW, post_fields(body=f"Call me on {PHONE}."))
    again = client.post(NEW, confirmed_form(response, body="Call me on 07700 900124."))
    assert marks(again) == ["07700 900124"]
    assert Post.objects.count() == 0


def test_what_was_asked_about_may_move_and_some_of_it_may_go(client, forum):
    response = client.post(NEW, post_fields(body=f"Call me on {PHONE}, I live in {POSTCODE}."))
    client.post(NEW, confirmed_form(response, title=f"Ring {PHONE}", body="It is open to all."))
    assert Thread.objects.get().title == f"Ring {PHONE}"


def test_what_points_is_taken_out_and_the_post_goes_without_a_box(client, forum):
    response = client.post(NEW, post_fields(body=f"Call me on {PHONE}."))
    client.post(NEW, confirmed_form(response, body="Call me.", public=""))
    assert Post.objects.get().body == "Call me."


def test_each_field_is_asked_about_under_its_name(client, forum):
    sent = post_fields(title=f"Ring {PHONE}", body=f"I live in {POSTCODE}.", content_note="insta: leyla.w")
    response = client.post(NEW, sent)
    assert (problems(response), field_errors(response)) == ([LINK], [TITLE_MAY_POINT, POST_MAY_POINT, NOTE_MAY_POINT])
    assert marks(response) == [PHONE, POSTCODE, "leyla.w"]
    assert re.findall(r"<h3>(.*?)</h3>", response.content.decode()) == ["Title", "Your post", "Content note"]
    client.post(NEW, confirmed_form(response))
    assert Post.objects.get().content_note == "insta: leyla.w"


def test_the_text_is_shown_as_typed_with_its_lines_and_nothing_in_it_is_a_tag(client, forum):
    response = client.post(NEW, post_fields(body=f'<b>One</b> & "two"\n<script>x</script> {PHONE}\n<i>@a<b>'))
    panel = re.search(
        r'<blockquote class="panel" dir="auto">(.*?)</blockquote>', response.content.decode(), re.DOTALL
    ).group(1)
    assert panel == (
        "<p>&lt;b&gt;One&lt;/b&gt; &amp; &quot;two&quot;<br>&lt;script&gt;x&lt;/script&gt; "
        f"<mark>{PHONE}</mark><br>&lt;i&gt;@a&lt;b&gt;</p>"
    )


def test_a_mark_itself_is_escaped(client, forum):
    response = client.post(NEW, post_fields(body="https://x.com/a&b'c"))
    assert "<mark>https://x.com/a&amp;b&#x27;c</mark>" in response.content.decode()
    assert "“https://x.com/a&amp;b&#x27;c”" in response.content.decode()


def test_other_problems_are_told_beside_it_and_a_box_that_was_ticked_stays(client, forum):
    response = client.post(NEW, post_fields(title="", body=f"Call me on {PHONE}."))
    assert problems(response) == [LINK, "Enter a title"]
    again = client.post(NEW, confirmed_form(response))
    assert (problems(again), is_ticked(again)) == (["Enter a title"], True)
    client.post(NEW, confirmed_form(again, title="A title"))
    assert Post.objects.get().body == f"Call me on {PHONE}."


def test_a_question_alone_is_calm_and_a_mistake_is_not(client, forum):
    asked = client.post(NEW, post_fields(body=f"Call me on {PHONE}.")).content.decode()
    both = client.post(NEW, post_fields(title="", body=f"Call me on {PHONE}.")).content.decode()
    wrong = client.post(NEW, post_fields(title="")).content.decode()
    assert ["There is a problem" in page for page in (asked, both, wrong)] == [False, True, True]
    assert ['class="errors asks"' in page for page in (asked, both, wrong)] == [True, False, False]


def test_a_refused_form_keeps_the_answer(forum):
    client = Client()
    response = client.post(NEW, post_fields(body=f"Call me on {PHONE}."))
    strict = Client(enforce_csrf_checks=True)
    refused = strict.post(NEW, confirmed_form(response))
    assert refused.status_code == 403
    assert problems(refused) == ["Something went wrong when sending. Nothing was lost. Check and send again."]
    assert is_ticked(refused)
    client.post(NEW, confirmed_form(refused))
    assert Post.objects.count() == 1


def test_a_page_that_is_only_opened_asks_nothing(client, forum, thread):
    for address in (NEW, f"{NEW}?body={PHONE}&asked=1", f"{reply_address(thread)}?to=1"):
        page = client.get(address).content.decode()
        assert [each in page for each in (ASKED, 'name="public"', 'name="asked"', "<mark>")] == [False] * 4


def test_a_form_with_other_problems_only_shows_no_box(client, forum):
    page = client.post(NEW, post_fields(title="")).content.decode()
    assert [each in page for each in (ASKED, 'name="public"', 'name="asked"')] == [False] * 3


def test_a_reply_is_asked_about_too_and_keeps_its_voice_and_what_it_answers(client, thread, published):
    sent = {"body": f"Call me on {PHONE}.", "submission_id": new_submission_id(), "to": "1", "code": published.code}
    response = client.post(reply_address(thread), sent)
    assert (problems(response), marks(response)) == ([LINK], [PHONE])
    again = {**confirmed_form(response), "to": kept(response, "to"), "code": kept(response, "code")}
    client.post(reply_address(thread), again)
    post = Post.objects.get(body=f"Call me on {PHONE}.")
    assert (post.voice, post.in_reply_to.number) == (published.post.voice, 1)


def test_what_is_asked_about_is_not_counted_as_a_post(client, forum):
    for _ in range(21):
        client.post(NEW, post_fields(body=f"Call me on {PHONE}."))
    assert title(client.post(NEW, post_fields())) == "Sent – Community of Practice"


def test_numbers_of_helplines_and_ordinary_texts_pass(client, forum):
    body = "Ring 08000 121 700 or 999. See pages 159 to 167 and section 14.10 of the 2015 Act, form UC50, off the M25."
    client.post(NEW, post_fields(body=body))
    assert Post.objects.get().body == body


def test_actions_and_moderators_are_not_asked(forum, sam):
    sent = writer_actions.start_thread(forum=forum, submission_id=new_submission_id(), title="T", body=f"Call {PHONE}.")
    decisions.publish_with_changes(post=sent.post, by=sam, title="T", body=f"Ring {PHONE}.", words="Clearer.")
    assert Post.objects.get().body == f"Ring {PHONE}."


def test_the_page_asks_the_database_no_more_than_without_a_question(client, forum, django_assert_num_queries):
    client.post(NEW, post_fields(title=""))
    for typed in (post_fields(title=""), post_fields(body=f"{PHONE} " * 500), post_fields(preview="yes")):
        with django_assert_num_queries(2):
            assert "Send for checking" in words(client.post(NEW, typed))
