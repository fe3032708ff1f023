"""Sample content of the forums, written for it. It is stored by the same actions as everybody's posts."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from events.times import LONDON
from forums import first_content
from forums.call_requests import team_actions
from forums.call_requests.requester_actions import request_call
from forums.models import CallRequest, Consultation, Forum, Post, Thread, Topic
from forums.moderation import decisions
from forums.writer_actions import reply, start_thread
from mscos.forms import new_submission_id
from mscos.models import User
from mscos.text import REDACTED

PROVISION_TYPES = (
    ("a", "Sheltered or safehouse accommodation"),
    ("b", "Asylum accommodation"),
    ("c", "Detention"),
    ("d", "Hotels and other temporary housing"),
    ("e", "Council housing"),
    ("f", "Permanent housing"),
    ("g", "Private landlord accommodation"),
)
WHY = """\
In the study that agreed the seven outcomes, housing was rated among the highest in every round. We want to know \
what would have to change, in practice and in provision, and which ways of working together already show promise.

We will bring the views together by type of provision and publish what we heard here. A view can be a sentence or \
a page. You do not need to tell your own story."""


def load(*, by: User) -> None:
    """Create a forum for each outcome and fill the housing forum; `by` is the moderator who publishes."""
    first_content.load()
    housing = Forum.objects.get(slug="housing")
    topics = _open_consultation(housing)
    welcome = _thread(
        housing,
        "What has worked when a placement was about to end?",
        "We often hear a week before a placement ends that there is nowhere to go next. Some teams seem to manage this "
        "better than others.\n\nWhat have you put in place **early** that made a difference?",
        topics["a"],
    )
    decisions.publish(post=welcome, by=by)
    _replies(welcome, by)
    hotels = _thread(
        housing,
        "A short checklist for the first night in a hotel",
        "We made a list that the person keeps and we keep too:\n\n- Does the door lock from the inside, and who has a key?\n"
        "- Is there somewhere to cook?\n- Who can be called at night, by name?\n- When will somebody visit?\n\n"
        "It takes ten minutes. What would you add?",
        topics["d"],
    )
    decisions.publish(post=hotels, by=by)
    panel = _thread(
        housing,
        "A joint meeting with the council",
        "Our council now holds one meeting for each person with housing, health and the support provider in the room. "
        "Decisions that took a month take a week.",
        topics["e"],
    )
    decisions.publish_with_changes(
        post=panel,
        by=by,
        title=panel.thread.title,
        body=panel.body.replace("Our council", REDACTED),
        words="We took out two words that could have shown where you work.",
    )
    _welcome(housing, by)
    for post, tags in ((welcome, ["move-on"]), (hotels, ["first night", "safety"]), (panel, ["move-on", "councils"])):
        post.thread.tags.add(*tags)
    _waiting_posts(housing, welcome, topics)
    _closed_consultation(Forum.objects.get(slug="support"), by)


def _welcome(forum: Forum, by: User) -> None:
    words = "Say what helps, what does not, and what you have seen work."
    post = _thread(forum, "Welcome to the housing forum", words, author=by)
    decisions.publish(post=post, by=by)
    Thread.objects.filter(pk=post.thread_id).update(pinned=True, state=Thread.State.CLOSED)


def _open_consultation(forum: Forum) -> dict[str, Topic]:
    today = timezone.localdate()
    consultation = Consultation.objects.create(
        forum=forum,
        question="What would need to change so that housing is safe and suitable?",
        why=WHY,
        opens=today - timedelta(days=7),
        closes=today + timedelta(days=56),
    )
    return {
        code: Topic.objects.create(consultation=consultation, code=code, title=title, position=position)
        for position, (code, title) in enumerate(PROVISION_TYPES, start=1)
    }


def _replies(first: Post, by: User) -> None:
    thread = Thread.objects.select_related("forum").get(pk=first.thread_id)
    second = reply(
        thread=thread,
        submission_id=new_submission_id(),
        body="We ask for the move-on plan in the **first** meeting and look at it every month. "
        "The conversation is easier when nobody is packing.",
    )
    decisions.publish(post=second.post, by=by)
    third = reply(
        thread=thread,
        submission_id=new_submission_id(),
        in_reply_to=second.post,
        content_note="being moved without notice",
        body="Please also ask what the person needs to take with them. I was moved in a day and my papers stayed behind.",
    )
    decisions.publish(post=third.post, by=by)
    fourth = reply(
        thread=thread,
        submission_id=new_submission_id(),
        code=second.code,
        in_reply_to=third.post,
        body="Thank you. We have added this to our list.",
    )
    decisions.publish(post=fourth.post, by=by)


def _waiting_posts(forum: Forum, answered: Post, topics: dict[str, Topic]) -> None:
    _thread(
        forum,
        "Deposits for a private flat",
        "Landlords ask for a guarantor and a deposit that nobody has. Has anyone found a scheme that covers both?",
        topics["g"],
    )
    _thread(
        forum,
        "Sharing a room with a stranger",
        "A person I support was put in a room with somebody they did not know and did not sleep for a week.",
        topics["b"],
        content_note="unsafe housing",
    )
    _thread(
        forum,
        "A guarantor scheme that worked",
        "Ask for the tenancy team at the council and say that I sent you. My number is 07700 900871 (an example).",
        topics["g"],
    )
    _thread(forum, "Cheap removals", "We move anything. See www.example.com.", likely_spam=True)
    thread = Thread.objects.select_related("forum").get(pk=answered.thread_id)
    reply(
        thread=thread,
        submission_id=new_submission_id(),
        body="Could the plan be written in the person's own language too?",
    )


def _closed_consultation(forum: Forum, by: User) -> None:
    today = timezone.localdate()
    consultation = Consultation.objects.create(
        forum=forum,
        question="When should support end?",
        why="Support that stops on a fixed day can undo what it achieved. We wanted to know what would be better.",
        opens=today - timedelta(days=60),
        closes=today - timedelta(days=10),
        what_we_heard="- Ask early, and ask again: plans change.\n- Leave a way back in.\n\nThis is an example.",
    )
    topic = Topic.objects.create(
        consultation=consultation, code="a", title="Support that comes to the home", position=1
    )
    view = _thread(
        forum, "Not on a day that was set at the start", "When the person says so, with a way back in.", topic
    )
    decisions.publish(post=view, by=by)


def _thread(forum: Forum, title: str, body: str, topic: Topic | None = None, **fields: Any) -> Post:
    return start_thread(
        forum=forum, submission_id=new_submission_id(), title=title, body=body, topic=topic, **fields
    ).post


def load_request(*, by: User) -> str:
    """Store a call request with times that `by` offers, and return the code that opens it."""
    submitted = request_call(
        submission_id=new_submission_id(),
        forum=Forum.objects.get(slug="housing"),
        how=CallRequest.How.CODE,
        way="",
        contact="",
        times="Monday, Wednesday\nIn the morning, 9am to midday",
        zone=LONDON,
        leave_message=False,
        say_instead="",
        ask_for="Juniper (example)",
        agreed_word="marmalade",
        interpreter="",
        topic="How a case conference could be set up here (example).",
    )
    call_request = CallRequest.objects.by_code(submitted.code).get()
    team_actions.claim(call_request=call_request, by=by)
    # On safe days, at a safe time in London.
    now = timezone.localtime().replace(hour=10, minute=0, second=0, microsecond=0)
    days = [now + timedelta(days=day) for day in range(1, 15)]
    starts = [day for day in days if day.weekday() in {0, 2}][:3]
    team_actions.offer(
        call_request=call_request, by=by, starts=starts, reach="At that time, call 020 7946 0000 (example)."
    )
    team_actions.write(
        call_request=call_request, by=by, words="Thank you for asking. Would one of these times suit you?"
    )
    return submitted.code
