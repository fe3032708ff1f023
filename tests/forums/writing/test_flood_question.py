"""The question that moderators set while programs flood a forum."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from forums.models import Post
from tests.forums.helpers import kept, problems, words
from tests.forums.writing.helpers import NEW, typed_form

pytestmark = pytest.mark.django_db


@pytest.fixture
def flooded(forum):
    forum.question, forum.answers = "Which day comes after Monday?", "Tuesday, tue , Martes"
    forum.full_clean()
    forum.save()
    return forum


def test_nothing_is_asked_while_there_is_no_flood(client, forum):
    assert 'name="answer"' not in client.get(NEW).content.decode()
    client.post(NEW, typed_form(answer="anything"))
    assert Post.objects.count() == 1


def test_the_question_stands_in_the_form_and_needs_no_script_and_no_picture(client, flooded):
    page = client.get(NEW)
    assert "Which day comes after Monday?" in words(page)
    assert 'name="answer"' in page.content.decode()


@pytest.mark.parametrize("answer", ["Tuesday", " tuesday. ", "TUE", "martes!"])
def test_a_right_answer_lets_the_post_in_and_is_not_stored(client, flooded, answer):
    client.post(NEW, typed_form(answer=answer))
    assert (Post.objects.count(), Post.objects.get().body) == (1, "Is there one?")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("", "Answer the question"),
        ("Monday", "That is not the answer that we look for. Try another word"),
        (",", "That is not the answer that we look for. Try another word"),
        ("x" * 201, "Answer the question in a word or two"),
    ],
)
def test_a_wrong_answer_is_told_and_keeps_the_post(client, flooded, answer, message):
    response = client.post(NEW, typed_form(answer=answer))
    assert problems(response) == [message]
    assert (kept(response, "body"), Post.objects.count()) == ("Is there one?", 0)


def test_replies_are_asked_too(client, flooded, thread):
    address = f"{thread.get_absolute_url()}reply/"
    assert problems(client.post(address, typed_form())) == ["Answer the question"]
    client.post(address, typed_form(body="There is.", answer="tuesday"))
    assert Post.objects.filter(body="There is.").count() == 1


@pytest.mark.parametrize(
    ("question", "answers"), [("Which day?", ""), ("", "tuesday"), ("Which day?", " , ,"), ("Which day?", "..")]
)
def test_a_question_without_an_answer_that_can_be_given_is_refused(forum, question, answers):
    forum.question, forum.answers = question, answers
    with pytest.raises(ValidationError):
        forum.full_clean()


def test_the_database_keeps_question_and_answers_together(forum):
    forum.question = "Which day?"
    with pytest.raises(IntegrityError), transaction.atomic():
        forum.save()
