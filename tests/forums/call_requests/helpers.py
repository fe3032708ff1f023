"""Helpers of the tests of call requests: a stored call request, and commands of the team."""

from datetime import UTC, datetime
from types import SimpleNamespace

from forums.call_requests import requester_actions, team_actions
from forums.models import CallRequest
from mscos.forms import new_submission_id

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
ANSWERS = {
    "how": "contact",
    "way": "phone",
    "contact": "07700 900123, ask twice",
    "times": "Monday, Friday\nIn the morning, 9am to midday",
    "zone": "America/New_York",
    "leave_message": False,
    "say_instead": "a survey about parks",
    "ask_for": "Juniper",
    "agreed_word": "marmalade",
    "interpreter": "Amharic",
    "topic": "a landlord who keeps the deposit",
}
TYPED = [ANSWERS[name] for name in requester_actions.ENCRYPTED]
QUEUE = "/admin/forums/callrequest/"


def make_request(forum=None, **answers):
    """Store a call request and return it with its code."""
    code = requester_actions.request_call(submission_id=new_submission_id(), forum=forum, **{**ANSWERS, **answers}).code
    return SimpleNamespace(code=code, call_request=CallRequest.objects.by_code(code).get())


def reload(asked):
    """Return the call request as it is now."""
    return CallRequest.objects.get(pk=asked.call_request.pk)


def page_url(asked):
    return f"{QUEUE}{asked.call_request.pk}/change/"


def send_command(client, asked, name, **typed):
    call_request = CallRequest.objects.filter(pk=asked.call_request.pk).first()
    version = team_actions.call_request_version(call_request) if call_request else ""
    return client.post(page_url(asked), {"act": name, "version": version, **typed}, follow=True)
