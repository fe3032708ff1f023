"""Requests to the admin of subscribers and enquiries, and readers of its responses."""

import re

from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from newsletters.models import Enquiry
from newsletters.subscribers.enquiries import enquiry_version

SUBSCRIBERS = reverse("admin:newsletters_subscriber_changelist")


IMPORT = reverse("admin:newsletters_subscriber_import")


INBOX = reverse("admin:newsletters_enquiry_changelist")


SUPPRESSED = reverse("admin:newsletters_suppressedaddress_changelist")


LISTS = (SUBSCRIBERS, INBOX, SUPPRESSED)


def make_enquiry(message, **fields):
    return Enquiry.objects.create(message=message, form_digest=f"{Enquiry.objects.count():064}", **fields)


def page_of(row):
    return reverse(f"admin:newsletters_{row._meta.model_name}_change", args=[row.pk])


def erase_page(row):
    return reverse(f"admin:newsletters_{row._meta.model_name}_delete", args=[row.pk])


def words(answer):
    """Return the text of the page's content on one line."""
    html = answer.content.decode().split('id="content"', 1)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def log():
    return [(entry.object_repr, entry.change_message) for entry in LogEntry.objects.order_by("pk")]


def import_list(client, **typed):
    given = {"pasted": "sam@example.org,Sam", "wording": "Signed the paper list", "agreed_on": "2023-03-20"}
    return client.post(IMPORT, {**given, **typed})


def uploaded(data, name="list.csv"):
    return SimpleUploadedFile(name, data)


def count_queries(client, path):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


def delete_selected(client, path, *rows, action="delete_selected", **typed):
    return client.post(path, {"action": action, "_selected_action": [row.pk for row in rows], **typed}, follow=True)


def beginnings(answer):
    return [row.message for row in answer.context["cl"].result_list]


def answer_with(client, enquiry, *, opened=None, **typed):
    """Send the form of an enquiry, from a page that showed it as new, or as `opened`."""
    version = enquiry_version(opened or Enquiry())
    return client.post(page_of(enquiry), {"version": version, **typed}, follow=True)


def standing(enquiry):
    enquiry.refresh_from_db()
    return enquiry.state, enquiry.answered_by
