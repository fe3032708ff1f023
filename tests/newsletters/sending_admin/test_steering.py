"""The commands on a sending: permissions, effects, messages and log."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from mscos.groups import CALL_HANDLERS, MODERATORS
from newsletters.models import Issue, Mailing
from tests.mailbox import sent_mail
from tests.newsletters.issue_admin.helpers import messages_on, text_of
from tests.newsletters.sending.helpers import states
from tests.newsletters.sending_admin.helpers import COMMANDS, LIST, do, end, file, ledger, offered, page, put
from tests.people import make_staff, sign_in

pytestmark = pytest.mark.django_db


def pages(mailing):
    history = reverse("admin:newsletters_mailing_history", args=[mailing.pk])
    return [LIST, page(mailing), page(mailing) + "?follow", ledger(mailing, "queued"), file(mailing, "queued"), history]


def stand():
    """Return the states of the sending and its issue."""
    mailing = Mailing.objects.get()
    return mailing.state, mailing.issue.state, states(mailing)


UNTOUCHED = ("running", "sending", {"queued": 10})


# Permissions


def test_editors_see_sendings(client, mailing):
    assert [client.get(address).status_code for address in pages(mailing)] == [200] * 6


@pytest.mark.parametrize("groups", [[], [MODERATORS], [CALL_HANDLERS]])
def test_nobody_else_sees_or_controls_them(mailing, groups):
    client = Client()
    sign_in(client, make_staff("mo@example.org", groups=groups))
    assert [client.get(address).status_code for address in pages(mailing)] == [403] * 6
    assert [client.post(do(mailing, act)).status_code for act in COMMANDS] == [403] * 6
    assert client.get(do(mailing, "stop")).status_code == 403
    assert (stand(), LogEntry.objects.count()) == (UNTOUCHED, 0)


def test_anonymous_visitors_are_redirected_to_the_sign_in(mailing):
    for address in [*pages(mailing), do(mailing, "stop")]:
        assert Client().get(address)["Location"].startswith("/accounts/login/")
    for act in COMMANDS:
        assert Client().post(do(mailing, act))["Location"].startswith("/accounts/login/")
    assert stand() == UNTOUCHED


def test_with_view_permission_there_are_no_commands(mailing):
    person = make_staff("looker@example.org")
    person.user_permissions.set(Permission.objects.filter(codename="view_mailing"))
    client = Client()
    sign_in(client, person)
    html = client.get(page(mailing)).content.decode()
    assert ("<h2>Being sent</h2>" in html, "<h2>Steer</h2>" in html, offered(html)) == (True, False, [])
    assert [client.post(do(mailing, act)).status_code for act in COMMANDS] == [403] * 6
    assert (client.get(do(mailing, "stop")).status_code, stand()) == (403, UNTOUCHED)


def test_nobody_adds_or_deletes_one(mailing):
    client = Client()
    sign_in(client, make_staff("admin@example.org", is_superuser=True))
    for name, given in (("add", []), ("delete", [mailing.pk])):
        assert client.post(reverse(f"admin:newsletters_mailing_{name}", args=given), {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [mailing.pk], "post": "yes"}
    client.post(LIST, chosen)
    assert stand() == UNTOUCHED


# Methods


def test_a_get_request_does_nothing(client, mailing):
    for act in COMMANDS:
        answers = [client.get(do(mailing, act)), client.head(do(mailing, act))]
        assert [answer.status_code for answer in answers] == [200 if act == "stop" else 404] * 2, act
        assert client.put(do(mailing, act)).status_code == 405
    for read in (ledger, file):
        assert client.post(read(mailing, "queued")).status_code == 405
    client.post(page(mailing), {"state": "done", "subject": "Other"})
    assert (stand(), Mailing.objects.get().subject, LogEntry.objects.count()) == (UNTOUCHED, "Week 5: housing", 0)


def test_a_form_without_a_csrf_token_does_nothing(editor, mailing):
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor)
    assert [client.post(do(mailing, act)).status_code for act in COMMANDS] == [403] * 6
    assert stand() == UNTOUCHED


def test_unknown_sendings_and_commands_are_404(client, mailing):
    assert client.post(do(mailing, "delete")).status_code == 404
    missing = Mailing(pk=mailing.pk + 1)
    assert [client.post(do(missing, act)).status_code for act in COMMANDS] == [404] * 6
    assert [client.get(address).status_code for address in pages(missing)[1:5]] == [404] * 4
    assert client.get(page(mailing).replace(str(mailing.pk), "x")).status_code == 404
    assert client.get(page(mailing).replace(str(mailing.pk), "9" * 30)).status_code == 404


# Effects


@pytest.mark.parametrize(
    ("act", "before", "done", "after"),
    [
        ("pause", ("running", "queued"), "Paused.", ("paused", "sending", {"queued": 10})),
        ("resume", ("paused", "queued"), "It goes on.", ("running", "sending", {"queued": 10})),
        ("stop", ("running", "sent"), "Stopped.", ("stopped", "sent", {"sent": 1, "withheld": 9})),
        ("retry", ("running", "failed"), "The failed are tried again.", ("running", "sending", {"queued": 10})),
        ("send-again", ("running", "uncertain"), "The uncertain are sent again.", UNTOUCHED),
        (
            "take-as-sent",
            ("running", "uncertain"),
            "The uncertain are taken as sent.",
            ("running", "sending", {"queued": 9, "sent": 1}),
        ),
    ],
)
def test_a_command_is_confirmed_and_logged(client, mailing, act, before, done, after):
    state, row = before
    Mailing.objects.update(state=state)
    put(mailing, row, 0)
    answer = client.post(do(mailing, act), follow=True)
    assert answer.redirect_chain == [(page(mailing), 302)]
    assert (messages_on(answer), stand()) == ([done], after)
    assert list(LogEntry.objects.values_list("object_repr", "change_message")) == [("Sending of Week 5", done)]


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        ("pause", "It is not being sent now, so it cannot be paused."),
        ("resume", "It is not paused, so it cannot go on."),
        ("stop", "It has ended already."),
        ("retry", "This sending was stopped for good."),
        ("send-again", "This sending was stopped for good."),
        ("take-as-sent", "No delivery is uncertain any more."),
    ],
)
def test_a_refused_command_is_reported_and_not_logged(client, mailing, act, sentence):
    end(mailing, "stopped")
    before = stand()
    assert messages_on(client.post(do(mailing, act), follow=True)) == [sentence]
    assert (stand(), LogEntry.objects.count()) == (before, 0)


def test_stopping_needs_confirmation(client, mailing):
    put(mailing, "sent", 0)
    asked = client.get(do(mailing, "stop"))
    assert text_of(asked).endswith(
        "Stop sending Week 5? Who still waits will not get Week 5 by mail, and that cannot be undone."
        " What has left cannot be called back. The page stays on the site. To go on later, pause it instead."
        " Stop for good No, go back"
    )
    assert f'href="{page(mailing)}">No, go back' in asked.content.decode()
    assert stand() == ("running", "sending", {"queued": 9, "sent": 1})
    assert messages_on(client.post(do(mailing, "stop"), follow=True)) == ["Stopped."]
    assert stand() == ("stopped", "sent", {"sent": 1, "withheld": 9})
    assert (sent_mail(), Issue.objects.get().recipient_count) == ([], 10)


def test_uncertain_and_failed_deliveries_are_explained_if_there_are_any(client, mailing):
    def explained():
        text = text_of(client.get(page(mailing)))
        return ["Uncertain: the line broke" in text, "Failed: the mail server refused" in text]

    assert explained() == [False, False]
    put(mailing, "uncertain", 0)
    assert explained() == [True, False]
    put(mailing, "failed", 1)
    assert explained() == [True, True]
