"""Previews of an issue in the admin: frames, test mail, publishing, withdrawing."""

import re
import socket
from datetime import date, timedelta
from email import message_from_bytes, policy

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mscos.groups import CALL_HANDLERS, MODERATORS
from newsletters.models import Issue, Section
from newsletters.preflight.check import MAX_MAIL_BYTES
from tests.mailbox import sent_mail
from tests.newsletters.conftest import publish
from tests.newsletters.issue_admin.helpers import (
    ADD,
    COMMANDS,
    LIST,
    PREVIEWS,
    change,
    directives,
    form_of,
    messages_on,
    opened,
    text_of,
    url,
    version_shown,
)
from tests.people import make_staff, sign_in

pytestmark = pytest.mark.django_db


# The previews


def test_the_previews_are_side_by_side(client, issue, settings):
    page = client.get(url("faces", issue))
    html, text = page.content.decode(), text_of(page)
    frames = re.findall(r'<iframe[^>]* src="([^"]+)"', html)
    assert frames == [url(name, issue) for name in ("face_web", "face_mail", "face_mail_dark", "face_mail")]
    assert (
        re.findall(r"sandbox=\"([^\"]*)\"", html)
        == ["allow-same-origin allow-popups allow-popups-to-escape-sandbox"] * 4
    )
    assert f"plain subject lines {settings.SITE_NAME} &lt;" in text
    assert re.findall(r"<strong>(Week 5[^<]*)</strong>", html) == ["Week 5", "Week 5: housing"]
    assert "After the subject: What is new" in text
    kilobytes, most = re.search(r"The mail has ([\d.]+) kB of at most (\d+) kB", text).groups()
    assert 1 < float(kilobytes) < int(most) == MAX_MAIL_BYTES / 1000
    assert "Thank you, ALL" in text or "Thank you, all" in text


def test_each_preview_can_be_opened_by_itself(client, issue):
    web, mail, dark = (client.get(url(name, issue)).content.decode() for name in PREVIEWS[1:])
    assert "<h1>Week 5: a heading</h1>" in web
    assert [html.count('<head><base target="_blank">') for html in (web, mail, dark)] == [1, 1, 1]
    assert mail != dark
    assert "Thank you" in mail
    assert Issue.objects.get().publish_at is None


def test_only_the_previews_may_be_framed_and_by_this_site_only(client, issue):
    ordinary = directives(client.get(LIST))
    assert ordinary["frame-ancestors"] == ["'none'"]
    faces = client.get(url("faces", issue))
    assert directives(faces) == {**ordinary, "frame-src": ["'self'"]}
    assert faces["X-Frame-Options"] == "DENY"
    framed = {**ordinary, "frame-ancestors": ["'self'"], "script-src": ["'none'"]}
    web, *mails = (client.get(url(name, issue)) for name in PREVIEWS[1:])
    assert directives(web) == framed
    assert [directives(mail) for mail in mails] == [{**framed, "style-src": ["'unsafe-inline'"]}] * 2
    assert [answer["X-Frame-Options"] for answer in (web, *mails)] == ["SAMEORIGIN"] * 3
    assert [answer["Cross-Origin-Embedder-Policy"] for answer in (web, *mails)] == ["require-corp"] * 3
    assert [answer["X-Robots-Tag"] for answer in (web, *mails)] == ["noindex, noarchive"] * 3


def test_blocking_findings_come_first_with_section_and_remedy(client, issue):
    section = issue.sections.get(kind="text")
    section.body = "More on this soon."
    section.save()
    html = client.get(url("faces", issue)).content.decode()
    finding = html.split('<ul class="findings">', 1)[1].split("</li>", 1)[0]
    assert "Mend first:" in finding
    assert f'<a href="{reverse("admin:newsletters_section_change", args=[section.pk])}">Text, “Welcome”</a>' in finding
    assert "It cannot be published yet." in html
    assert 'name="version"' not in html


# The test mail


def test_a_test_mail_is_sent_to_the_editor(client, editor, issue):
    answer = client.post(url("send_test", issue), follow=True)
    assert messages_on(answer) == ["The test is on its way to robin@example.org."]
    (message,) = sent_mail()
    assert (message.subject, message.to, message.cc, message.bcc) == (
        "Test: Week 5: housing",
        ["robin@example.org"],
        [],
        [],
    )
    assert [kind for _, kind in message.alternatives] == ["text/html"]


def test_a_test_mail_has_both_parts_at_a_mail_server(client, issue, settings, mail_server):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", mail_server.port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    assert messages_on(client.post(url("send_test", issue), follow=True)) == [
        "The test is on its way to robin@example.org."
    ]
    sent_mail()
    (envelope,) = mail_server.handler.envelopes
    assert envelope.rcpt_tos == ["robin@example.org"]
    message = message_from_bytes(envelope.content, policy=policy.default)
    assert message["Subject"] == "Test: Week 5: housing"
    assert message["From"].addresses[0].display_name == settings.SITE_NAME
    assert message["To"] == "robin@example.org"
    assert re.fullmatch(r"<http://testserver/unsubscribe/[^/>]+/>(?:,\s*<mailto:[^>]+>)?", message["List-Unsubscribe"])
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert re.search(r"<[a-z.-]+\.testserver>$", message["List-Id"])
    assert message["Message-ID"].endswith("@testserver>")
    machine = socket.getfqdn()
    assert machine in {"localhost", "testserver"} or machine.encode() not in envelope.content
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    text, html = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert "The forum" in text or "the forum" in text
    assert html.startswith("<!DOCTYPE html>") or html.lower().startswith("<!doctype html")
    for words in ("A toolkit", "What would have to change?"):
        assert words in text
        assert words in html


# The preview link


def test_a_preview_link_opens_the_draft_until_it_ends(client, issue):
    stranger = Client()
    client.post(url("make_preview", issue))
    page = client.get(url("faces", issue))
    last = timezone.localdate() + timedelta(days=7)
    assert f"can read the draft until {last:%A} {last.day} {last:%B %Y}" in text_of(page)
    first = re.search(r'href="http://testserver(/newsletter/preview/[^"]+)"', page.content.decode()).group(1)
    assert stranger.get(first).status_code == 200
    client.post(url("make_preview", issue))
    assert stranger.get(first).status_code == 404
    second = Issue.objects.get().get_preview_url()
    assert stranger.get(second).status_code == 200
    client.post(url("end_preview", issue))
    assert stranger.get(second).status_code == 404
    assert "/newsletter/preview/" not in client.get(url("faces", issue)).content.decode()


# Publishing and withdrawing


def test_the_previewed_issue_is_published(client, draft):
    answer = client.post(url("publish", draft), {"version": version_shown(client, draft)}, follow=True)
    assert (messages_on(answer), Issue.objects.get().state) == (["Published."], "sent")
    assert Client().get("/newsletter/week-5/").status_code == 200
    text = text_of(answer)
    assert "Read it on the site" in text
    assert "Withdraw this issue" in text
    assert "Send me a test" in text
    assert "preview link" not in text


def test_an_issue_changed_meanwhile_is_not_published_unseen(client, kim_client, draft):
    version = version_shown(client, draft)
    change(kim_client, draft, subject="Week 5: another one")
    answer = client.post(url("publish", draft), {"version": version}, follow=True)
    assert messages_on(answer) == [
        "This issue changed after you opened the page. Kim was the last to change it. Look at it again, then publish."
    ]
    assert Issue.objects.get().state == "draft"


def test_the_second_of_two_who_publish_learns_of_the_first(client, kim_client, draft):
    version = version_shown(client, draft)
    kim_client.post(url("publish", draft), {"version": version})
    (sentence,) = messages_on(client.post(url("publish", draft), {"version": version}, follow=True))
    assert re.fullmatch(r"Kim published this on \d+ \w+ \d{4}, \d\d:\d\d\.", sentence)


def test_a_blocked_issue_is_not_published_by_hand(client, draft):
    Section.objects.filter(heading="Two").update(body="", body_html="")
    answer = client.post(url("publish", draft), {"version": version_shown(client, draft)}, follow=True)
    assert messages_on(answer) == ["It cannot be published yet. Mend what is listed under 'Before it goes out'."]
    assert Issue.objects.get().state == "draft"


def test_withdrawing_needs_confirmation(client, draft):
    publish(draft)
    assert "This cannot be undone" in text_of(client.get(url("withdraw", draft)))
    assert Issue.objects.get().state == "sent"
    assert messages_on(client.post(url("withdraw", draft), follow=True)) == ["Withdrawn."]
    assert (Issue.objects.get().state, Issue.objects.get().withdrawn_on) == ("withdrawn", timezone.localdate())
    assert messages_on(client.post(url("withdraw", draft), follow=True)) == [
        "Week 5 is withdrawn, so it cannot be changed."
    ]


def test_a_draft_is_not_withdrawn(client, draft):
    assert messages_on(client.post(url("withdraw", draft), follow=True)) == ["Only a published issue can be withdrawn."]
    assert Issue.objects.get().state == "draft"


# The history and the log


def test_the_history_includes_the_sections(client, kim_client, draft):
    two = draft.sections.get(heading="Two")
    section_page = reverse("admin:newsletters_section_change", args=[two.pk])
    fields = {field.name: field.value() or "" for field in form_of(kim_client.get(section_page))}
    kim_client.post(section_page, {**fields, "initial-position": "20", "body": "Other words", "content_note": "hunger"})
    client.post(reverse("admin:newsletters_section_take_out", args=[two.pk]))
    html = client.get(url("history", draft)).content.decode().split('id="section-history"', 1)[1]
    rows = [
        " ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL)[1:]
    ]
    name = f"Text, section {two.pk}: Two"
    assert [re.sub(r"^\d+ \w+ \d{4}, \d\d:\d\d ", "", row) for row in rows] == [
        f"Robin {name} Taken out Its words Other words",
        f"Kim {name} Changed: words, content note",
        f"Not known {name} Added",
        f"Not known Text, section {two.pk - 1}: One Added",
    ]


def test_an_old_version_can_be_read_and_not_restored(client, draft):
    old = draft.history.get()
    publish(draft)
    address = reverse("admin:newsletters_issue_simple_history", args=[draft.pk, old.history_id])
    page = client.get(address)
    assert "Week 5: a heading" in page.content.decode()
    assert 'value="Revert"' not in page.content.decode()
    assert client.post(address, opened(client, url("change", draft))).status_code == 403
    assert Issue.objects.get().state == "sent"


def test_the_log_names_the_issue_without_its_text(client, draft):
    change(client, draft, title="Telling words")
    for act in ("send_test", "make_preview", "end_preview"):
        client.post(url(act, draft))
    client.post(url("publish", draft), {"version": version_shown(client, draft)})
    client.post(url("withdraw", draft))
    client.post(url("duplicate", draft))
    entries = LogEntry.objects.order_by("pk").values_list("object_repr", "change_message")
    assert list(entries) == [
        ("Week 5", '[{"changed": {"fields": ["Title"]}}]'),
        ("Week 5", "Test sent."),
        ("Week 5", "Preview link made."),
        ("Week 5", "Preview link ended."),
        ("Week 5", "Published."),
        ("Week 5", "Withdrawn."),
        ("Week 6", "Made from Week 5."),
    ]


# Permissions


@pytest.mark.parametrize("groups", [[], [MODERATORS], [CALL_HANDLERS]])
def test_issues_are_for_editors(issue, groups):
    client = Client()
    sign_in(client, make_staff("mo@example.org", groups=groups))
    assert [client.get(address).status_code for address in (LIST, ADD)] == [403, 403]
    for name in ("change", "delete", "history", "withdraw", *PREVIEWS):
        assert client.get(url(name, issue)).status_code == 403, name
    for name in ("change", "delete", *COMMANDS):
        assert client.post(url(name, issue), {"post": "yes", "version": ""}).status_code == 403, name
    assert client.post(reverse("admin:newsletters_issue_start")).status_code == 403
    assert (Issue.objects.get().state, Issue.objects.get().preview_token, sent_mail()) == ("draft", "", [])


def test_anonymous_visitors_are_redirected_to_the_sign_in(issue):
    for name in (*PREVIEWS, "withdraw"):
        assert Client().get(url(name, issue))["Location"].startswith("/accounts/login/")
    for name in COMMANDS:
        assert Client().post(url(name, issue))["Location"].startswith("/accounts/login/")
    assert Issue.objects.get().state == "draft"


def test_a_get_request_does_nothing(client, issue):
    for name in ("duplicate", "send_test", "make_preview", "end_preview", "publish"):
        assert client.get(url(name, issue)).status_code == 405
    assert client.get(reverse("admin:newsletters_issue_start")).status_code == 405
    assert (Issue.objects.count(), Issue.objects.get().preview_token, sent_mail()) == (1, "", [])


def test_a_form_without_a_csrf_token_does_nothing(editor, draft):
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor)
    assert client.post(url("publish", draft)).status_code == 403
    assert Issue.objects.get().state == "draft"


def test_only_what_was_published_can_be_viewed_on_the_site(client, issue):
    assert "viewsitelink" not in client.get(url("change", issue)).content.decode()
    publish(issue, date(2023, 3, 20))
    html = client.get(url("change", issue)).content.decode()
    assert '<a href="/newsletter/week-5/" class="viewsitelink">' in html
