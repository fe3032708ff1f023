"""Consultations: their pages, their charts, links to them, and their closing."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from forums.models import Consultation, Forum, Post, Thread, Topic
from forums.writer_actions import withdraw
from mscos.forms import new_submission_id
from tests.forums.helpers import CODE, kept, problems, published_reply, title, words
from tests.outcomes.conftest import make_outcome

pytestmark = pytest.mark.django_db

NEW = "/forums/housing/new/"


@pytest.fixture
def heard(consultation):
    """The consultation, closed yesterday, with what we heard."""
    yesterday = timezone.localdate() - timedelta(days=1)
    consultation.opens, consultation.closes, consultation.what_we_heard = "2023-03-20", yesterday, "We heard much."
    consultation.save()
    return consultation


def close(consultation, *, days=1):
    """Set the closing day to `days` ago."""
    Consultation.objects.filter(pk=consultation.pk).update(
        opens="2023-03-20", closes=timezone.localdate() - timedelta(days)
    )


def groups(response):
    """Return the titles of the views under each topic."""
    sections = re.findall(r'<section class="type stack" aria-labelledby="type-(\w+)">(.*?)</section>', response.content.decode(), re.DOTALL)  # fmt: skip
    return {code: re.findall(r"<h4><a [^>]*>(.*?)</a>", html) for code, html in sections}


def table(response):
    """Return the rows of the table without its header."""
    rows = re.findall(r"<tr>(.*?)</tr>", response.content.decode().partition("<tbody>")[2], re.DOTALL)
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in rows]


# The page


def test_views_stand_under_what_they_answer_a_few_of_each(client, start, consultation):
    council, asylum = Topic.objects.order_by("position")
    for number in range(4):
        view = start(f"Council {number}", topic=council)
        Thread.objects.filter(pk=view.pk).update(last_on=f"2026-01-0{number + 1}")
    start("Asylum", topic=asylum)
    start("Neither")
    response = client.get(consultation.get_absolute_url())
    assert groups(response) == {"e": ["Council 3", "Council 2", "Council 1"], "b": ["Asylum"]}
    assert '<a href="/forums/housing/?type=e">4 views<span class="vh"> on Council housing</span></a>' in (
        response.content.decode()
    )


def test_views_that_are_gone_or_wait_are_neither_shown_nor_counted(client, start, consultation, forum):
    topic = Topic.objects.get(code="e")
    start("Stays", topic=topic)
    withdraw(post=start("Gone", topic=topic).posts.get())
    Thread.objects.create(forum=forum, title="Waits", topic=topic)
    response = client.get(consultation.get_absolute_url())
    assert groups(response) == {"e": ["Stays"], "b": []}
    assert table(response) == [
        ["Council housing", "1", "0"],
        ["Asylum accommodation", "0", "0"],
        ["All types", "1", "0"],
    ]


def test_only_the_views_of_this_call_are_shown(client, start, consultation, forum):
    other = Consultation.objects.create(forum=forum, question="And now?", why="To learn.")
    start("To the other", topic=Topic.objects.create(consultation=other, code="e", title="Council housing"))
    assert groups(client.get(consultation.get_absolute_url())) == {"e": [], "b": []}
    assert groups(client.get(other.get_absolute_url())) == {"e": ["To the other"]}


# The picture


def bars_of(response):
    """Return the text and the width of each bar."""
    picture = re.search(r'<div class="chart" aria-hidden="true">(.*?)</div>', response.content.decode(), re.DOTALL)
    bar = r'<p>(.*?)</p>\s*<svg><rect width="([\d.]+%)" height="100%" /></svg>'
    assert re.sub(bar, "", picture.group(1)).strip() == ""
    return re.findall(bar, picture.group(1))


def test_the_picture_shows_the_figures_of_its_table(client, start, consultation, sam):
    council, asylum = Topic.objects.order_by("position")
    for _ in range(3):
        published_reply(start(topic=council), sam)
    published_reply(start(topic=asylum), sam)
    response = client.get(consultation.get_absolute_url())
    assert bars_of(response) == [("Council housing: 3", "100%"), ("Asylum accommodation: 1", "33.33%")]
    assert table(response) == [
        ["Council housing", "3", "3"],
        ["Asylum accommodation", "1", "1"],
        ["All types", "4", "4"],
    ]


def test_the_words_of_a_long_name_stay_words(client, start, consultation):
    Topic.objects.filter(code="e").update(title="Sheltered or <safe> accommodation & what comes after it")
    start(topic=Topic.objects.get(code="e"))
    assert bars_of(client.get(consultation.get_absolute_url())) == [
        ("Sheltered or &lt;safe&gt; accommodation &amp; what comes after it: 1", "100%"),
        ("Asylum accommodation: 0", "0%"),
    ]


def test_nothing_is_drawn_of_nothing(client, consultation):
    html = client.get(consultation.get_absolute_url()).content.decode()
    assert ("<svg" in html, "<figure" in html) == (False, False)


# What we heard, and from where it is linked


def test_what_was_heard_is_linked_from_forum_outcome_and_home(client, heard):
    Forum.objects.update(outcome=make_outcome("housing"))
    link = f'href="{heard.get_absolute_url()}#heard">Read what we heard'
    for address in ("/", "/outcomes/housing/", "/forums/housing/"):
        html = client.get(address).content.decode()
        assert (address, html.count(link), "We need your views" in html) == (address, 1, False)
    assert '<h2 id="heard">What we heard</h2>' in client.get(heard.get_absolute_url()).content.decode()


def test_an_open_call_is_asked_everywhere_even_where_something_was_written_already(client, consultation):
    Consultation.objects.update(what_we_heard="A draft.")
    Forum.objects.update(outcome=make_outcome("housing"))
    for address in ("/", "/outcomes/housing/", "/forums/housing/", "/forums/"):
        page = words(client.get(address))
        assert ("We need your views" in page, "Read what we heard" in page) == (True, False)


def test_a_closed_call_without_an_answer_is_linked_from_its_forum_alone(client, consultation):
    close(consultation)
    Forum.objects.update(outcome=make_outcome("housing"))
    found = [
        consultation.get_absolute_url() in client.get(path).content.decode() for path in ("/", "/outcomes/housing/")
    ]
    assert found == [False, False]
    page = words(client.get("/forums/housing/"))
    assert "Earlier calls for views What would have to change? Closed on" in page
    assert "Read the views : What would have to change?" in page


@pytest.mark.parametrize(("days", "told"), [(60, True), (61, False)])
def test_the_home_page_says_for_sixty_days_what_was_heard(client, heard, days, told):
    close(heard, days=days)
    assert ("What we heard" in words(client.get("/"))) == told
    assert "Read what we heard" in words(client.get("/forums/housing/"))


def test_a_call_that_has_not_opened_is_linked_from_nowhere(client, heard):
    Consultation.objects.update(opens="2999-01-01", closes="2999-02-01")
    Forum.objects.update(outcome=make_outcome("housing"))
    for address in ("/", "/outcomes/housing/", "/forums/housing/"):
        assert heard.get_absolute_url() not in client.get(address).content.decode()


# What closing does


def view(**typed):
    """Return what a browser sends for a view."""
    return {
        "title": "My view",
        "body": "My words",
        "content_note": "threats",
        "topic": "e",
        "submission_id": new_submission_id(),
        **typed,
    }


def test_a_view_written_while_its_call_closed_is_kept_and_offered_to_the_forum(client, consultation):
    close(consultation)
    day = timezone.localdate() - timedelta(days=1)
    sent = view()
    response = client.post(NEW, sent)
    assert problems(response) == [
        f"This call for views closed on {day.day} {day:%B %Y}. Nothing was lost. "
        "Send again to start a thread in this forum instead."
    ]
    assert title(response) == "Error: Write a post – Community of Practice"
    assert [kept(response, name) for name in ("title", "body", "content_note")] == ["My view", "My words", "threats"]
    assert Post.objects.count() == 0
    again = {name: kept(response, name) for name in ("title", "body", "content_note", "submission_id")}
    assert again["submission_id"] == sent["submission_id"]
    assert CODE.search(client.post(NEW, again).content.decode())
    assert (Thread.objects.get().title, Thread.objects.get().topic, Post.objects.get().body) == ("My view", None, "My words")  # fmt: skip


def test_the_type_of_a_closed_call_is_let_go_of_where_another_call_is_open(client, consultation, forum):
    other = Consultation.objects.create(forum=forum, question="And now?", why="To learn.")
    Topic.objects.create(consultation=other, code="x", title="Another type")
    close(consultation)
    response = client.post(NEW, view())
    assert len(problems(response)) == 1
    assert "This call for views closed on" in problems(response)[0]
    choices = re.findall(r'<option value="(\w*)"( selected)?>', response.content.decode())
    assert choices == [("", " selected"), ("x", "")]
    client.post(NEW, view(topic="", submission_id=kept(response, "submission_id")))
    assert Thread.objects.get().topic is None


def test_a_type_that_an_open_call_has_too_goes_to_the_open_call(client, consultation, forum):
    close(consultation)
    other = Consultation.objects.create(forum=forum, question="And now?", why="To learn.")
    topic = Topic.objects.create(consultation=other, code="e", title="Council housing")
    client.post(NEW, view())
    assert Thread.objects.get().topic == topic


def test_what_else_is_wrong_is_told_beside_it(client, consultation):
    close(consultation)
    assert [problem[:30] for problem in problems(client.post(NEW, view(title="")))] == [
        "This call for views closed on ",
        "Enter a title",
    ]


@pytest.mark.parametrize("typed", ["zz", "\ufffd", "e" * 3000, "b,e", " e"])
def test_a_type_that_never_was_is_told_as_before_or_not_at_all(client, consultation, typed):
    assert problems(client.post(NEW, view(topic=typed))) == ["Choose one of the types in the list"]
    close(consultation)
    assert CODE.search(client.post(NEW, view(topic=typed)).content.decode())


def test_a_type_that_is_no_text_ends_nothing(client, consultation):
    assert problems(client.post(NEW, view(topic="\x00"))) == ["Null characters are not allowed."]
    close(consultation)
    assert CODE.search(client.post(NEW, view(topic="\x00")).content.decode())


def test_the_last_day_still_counts(client, consultation):
    close(consultation, days=0)
    assert (Consultation.objects.open().get(), Consultation.objects.closed().exists()) == (consultation, False)
    client.post(NEW, view())
    assert Thread.objects.get().topic.code == "e"


# Words in addresses


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (Forum(slug="refuge", title="Forum", purpose="P"), "slug"),
        (Forum(slug="forum", title="Survivors' forum", purpose="P"), "title"),
    ],
)
def test_a_forum_tells_nothing_in_its_title_and_address(db, row, field):
    with pytest.raises(ValidationError) as error:
        row.full_clean()
    assert list(error.value.error_dict) == [field]


def test_a_type_tells_nothing_in_its_code(consultation):
    with pytest.raises(ValidationError, match="Titles and addresses do not say 'abuse'"):
        Topic(consultation=consultation, code="abuse", title="T").full_clean()
