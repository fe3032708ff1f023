"""Subscribers in the admin, and the import of a list."""

import re
from datetime import date, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from mscos.email_addresses import WRONG_ADDRESS
from mscos.erasure import overwrite_freed_pages
from mscos.groups import CALL_HANDLERS, MODERATORS
from newsletters.models import Enquiry, Subscriber, SuppressedAddress
from newsletters.subscribers import importing
from newsletters.subscribers.import_forms import NO_SOURCE, NO_WORDING, TWO_SOURCES
from newsletters.subscribers.subscriptions import unsubscribe
from tests.newsletters.conftest import make_subscriber
from tests.newsletters.people_admin.helpers import (
    IMPORT,
    INBOX,
    LISTS,
    SUBSCRIBERS,
    SUPPRESSED,
    count_queries,
    delete_selected,
    erase_page,
    import_list,
    log,
    make_enquiry,
    page_of,
    uploaded,
    words,
)
from tests.people import make_staff, problems, sign_in

pytestmark = pytest.mark.django_db


# Permissions


@pytest.mark.parametrize("group", [MODERATORS, CALL_HANDLERS])
def test_other_staff_see_nothing_of_people(client, enquiry, reader, group):
    sign_in(client, make_staff("other@example.org", groups=[group]))
    index = client.get(reverse("admin:index")).content.decode()
    assert [path for path in LISTS if path in index] == []
    paths = [*LISTS, IMPORT, page_of(enquiry), page_of(reader), erase_page(enquiry), erase_page(reader)]
    assert [client.get(path).status_code for path in paths] == [403] * 8
    assert [client.post(path, {"post": "yes"}).status_code for path in paths] == [403] * 8
    assert (Enquiry.objects.count(), Subscriber.objects.count()) == (1, 1)


def test_the_admin_index_has_plain_names_in_order(signed_in):
    index = signed_in.get(reverse("admin:index")).content.decode()
    names = re.findall(
        r'<a href="/admin/newsletters/(?:subscriber|enquiry|suppressedaddress)/"[^>]*>([^<]+)</a>', index
    )
    assert [name for name in names if name not in {"View", "Change"}] == [
        "Addresses never to write to",
        "Enquiries",
        "Subscribers",
    ]


def test_nobody_adds_or_edits_them_not_even_an_administrator(administrator, reader, enquiry):
    never = SuppressedAddress.objects.create(digest="0" * 64)
    adding = [f"{path}add/" for path in LISTS]
    assert [administrator.get(path).status_code for path in adding] == [403] * 3
    assert [administrator.post(page_of(row), {"email": "x@example.org"}).status_code for row in (reader, never)] == [
        403
    ] * 2
    reader.refresh_from_db()
    assert reader.email == "reader@example.org"


@pytest.mark.parametrize("path", [*LISTS, f"{SUBSCRIBERS}?q=example", f"{INBOX}?state=all"])
def test_a_list_needs_as_many_queries_for_fifty_rows_as_for_one(signed_in, editor, kim, path):
    def add(numbers):
        for number in numbers:
            make_subscriber(f"reader{number}@example.org")
            make_enquiry("A question", state="in hand", answered_by=[editor, kim][number % 2])
            SuppressedAddress.objects.create(digest=f"{number:064}")

    without = count_queries(signed_in, reverse("admin:newsletters_issue_add"))
    add(range(1))
    one = count_queries(signed_in, path)
    add(range(1, 50))
    assert count_queries(signed_in, path) == one
    assert one - without <= 8


@pytest.mark.parametrize("path", LISTS)
def test_a_list_cannot_be_filtered_by_other_columns(signed_in, reader, path):
    columns = ("token__startswith", "message__contains", "digest__startswith", "email__startswith")
    assert [signed_in.get(path, {column: "a"}).status_code for column in columns] == [400] * 4


# Subscribers


def test_the_list_shows_who_agreed_when_and_how_under_its_counts(signed_in, reader):
    make_subscriber(
        "kim@example.org", name="Kim", organisation="A charity", subject_style="full", consent_source="import"
    )
    make_subscriber("new@example.org", state="pending", consent_on=None)
    page = words(signed_in.get(SUBSCRIBERS))
    assert "Waiting to confirm: 1 · Confirmed: 2 · Bounced: 0" in page
    assert "kim@example.org Kim A charity Confirmed Full 1 March 2023 An imported list" in page
    assert "Export" not in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=kim@", ["kim@example.org"]),
        ("q=pat", ["new@example.org"]),
        ("q=charity", ["kim@example.org"]),
        ("state__exact=pending", ["new@example.org"]),
        ("consent_source__exact=import", ["kim@example.org"]),
        ("subject_style__exact=full", ["kim@example.org"]),
        ("q=nobody", []),
    ],
)
def test_subscribers_are_found(signed_in, query, found):
    make_subscriber("kim@example.org", organisation="A charity", subject_style="full", consent_source="import")
    make_subscriber("new@example.org", name="Pat", state="pending", consent_on=None)
    answer = signed_in.get(f"{SUBSCRIBERS}?{query}")
    assert [row.email for row in answer.context["cl"].result_list] == found
    assert ("Nobody matches." in words(answer)) == (not found)


def test_a_subscribers_page_shows_what_they_agreed_to_and_never_their_token(signed_in, reader):
    html = signed_in.get(page_of(reader)).content.decode()
    assert "Get the newsletter" in html
    assert reader.token not in html
    assert re.findall(r"<title>([^<]*)</title>", html.replace("\n", ""))[0].count("@") == 0
    assert 'name="_save"' not in html


def test_deleting_names_the_person_on_the_page_that_asks_and_nowhere_else(signed_in, reader):
    assert "reader@example.org" in words(signed_in.get(erase_page(reader)))
    answer = signed_in.post(erase_page(reader), {"post": "yes"}, follow=True)
    assert not Subscriber.objects.exists()
    assert "reader@" not in answer.content.decode()
    assert log() == [(f"Subscriber {reader.pk}", "")]
    assert not SuppressedAddress.objects.exists()


def test_deleting_selected_subscribers_needs_confirmation(signed_in, reader):
    other, stays = make_subscriber("kim@example.org"), make_subscriber("stays@example.org")
    page = words(delete_selected(signed_in, SUBSCRIBERS, reader, other))
    assert "kim@example.org reader@example.org" in page
    assert "stays@" not in page
    assert Subscriber.objects.count() == 3
    answer = delete_selected(signed_in, SUBSCRIBERS, reader, other, post="yes")
    assert list(Subscriber.objects.all()) == [stays]
    assert "Successfully deleted 2 subscribers." in answer.content.decode()
    assert sorted(log()) == sorted([(f"Subscriber {reader.pk}", ""), (f"Subscriber {other.pk}", "")])


def test_deleting_and_suppressing_needs_confirmation(signed_in, reader):
    page = words(delete_selected(signed_in, SUBSCRIBERS, reader, action="never_again"))
    assert "Delete and never write to them again?" in page
    assert "reader@example.org" in page
    assert (Subscriber.objects.count(), SuppressedAddress.objects.count()) == (1, 0)
    answer = delete_selected(signed_in, SUBSCRIBERS, reader, action="never_again", post="yes")
    assert (Subscriber.objects.count(), SuppressedAddress.objects.count()) == (0, 1)
    assert SuppressedAddress.objects.contains_address("reader@example.org")
    html = answer.content.decode()
    assert "Deleted. Nobody will write to them again." in html
    assert "reader@" not in html
    assert log() == [(f"Subscriber {reader.pk}", "")]


@pytest.mark.parametrize("action", ["delete_selected", "never_again"])
def test_the_confirmation_page_keeps_the_selection(signed_in, reader, action):
    html = delete_selected(signed_in, SUBSCRIBERS, reader, action=action).content.decode()
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', html.split('id="content"')[1]))
    fields.pop("csrfmiddlewaretoken")
    assert fields == {"_selected_action": str(reader.pk), "action": action, "post": "yes"}


@pytest.mark.parametrize("kind", ["subscriber", "enquiry", "never"])
def test_the_space_of_deleted_rows_is_overwritten(signed_in, kind, django_capture_on_commit_callbacks):
    def make():
        return {
            "subscriber": lambda: make_subscriber("kim@example.org"),
            "enquiry": lambda: make_enquiry("A question"),
            "never": lambda: SuppressedAddress.objects.create(digest="0" * 64),
        }[kind]()

    path = {"subscriber": SUBSCRIBERS, "enquiry": INBOX, "never": SUPPRESSED}[kind]
    with django_capture_on_commit_callbacks() as callbacks:
        signed_in.post(erase_page(make()), {"post": "yes"})
    assert callbacks == [overwrite_freed_pages]
    with django_capture_on_commit_callbacks() as callbacks:
        delete_selected(signed_in, path, make(), post="yes")
    assert callbacks == [overwrite_freed_pages]
    assert (Subscriber.objects.count(), Enquiry.objects.count(), SuppressedAddress.objects.count()) == (0, 0, 0)


# Import


def test_the_list_links_to_the_import(signed_in, reader):
    assert f'href="{IMPORT}"' in signed_in.get(SUBSCRIBERS).content.decode()
    assert 'enctype="multipart/form-data"' in signed_in.get(IMPORT).content.decode()


def test_a_file_is_imported_with_an_outcome_for_each_line(signed_in, editor):
    unsubscribe(subscriber=make_subscriber("never@example.org"), never_again=True)
    data = b"Name;Phone;Email\nKim;0;kim@example.org\nPat;0;never@example.org\nSam;0;sam@\nKim;0;KIM@example.org\n"
    page = words(import_list(signed_in, pasted="", file=uploaded(data)))
    assert "Added: 1 · Twice in this list: 1 · Asked never to be written to: 1 · Came back: 1" in page
    assert "Columns that are not kept: Phone." in page
    assert "What was not added (3)" in page
    assert f"3 never@example.org Asked never to be written to 4 sam@ {WRONG_ADDRESS} 5 KIM@example.org Twice" in page
    assert "What was added (1) Line Address What happened 2 kim@example.org Added" in page
    kim = Subscriber.objects.get()
    agreed = (kim.consent_on, kim.consent_wording, kim.consent_source)
    assert agreed == (date(2023, 3, 20), "Signed the paper list", "import")
    assert log() == [("import", "Imported 1 address, 1 returned")]
    assert LogEntry.objects.get().user == editor


def test_returned_rows_can_be_corrected_and_sent_again(signed_in):
    data = b"Name;Email\nKim;kim@example.org\n=1+1;sam@\n<b>Pat</b>;pat\n"
    form = import_list(signed_in, pasted="", file=uploaded(data)).context["form"]
    assert form["pasted"].value() == "Name;Email\n=1+1;sam@\n<b>Pat</b>;pat"
    again = {name: str(form[name].value()) for name in ("pasted", "wording", "agreed_on")}
    assert (again["wording"], again["agreed_on"]) == ("Signed the paper list", "2023-03-20")
    answer = import_list(signed_in, **{**again, "pasted": "Name;Email\r\nSam;sam@example.org\r\nPat;pat@example.org"})
    assert answer.context["form"]["pasted"].value() == ""
    assert sorted(Subscriber.objects.values_list("email", flat=True)) == [
        "kim@example.org",
        "pat@example.org",
        "sam@example.org",
    ]


def test_returned_rows_are_escaped(signed_in):
    html = import_list(signed_in, pasted="email\n</textarea><script>x</script>").content.decode()
    assert "<script>x" not in html
    assert html.count("&lt;script&gt;x&lt;/script&gt;") == 2


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({"pasted": ""}, [NO_SOURCE]),
        ({"pasted": " \n "}, [NO_SOURCE]),
        ({"file": b"sam@example.org"}, [TWO_SOURCES, "Choose the file again: it is not kept"]),
        ({"file": b"", "pasted": ""}, ["The list is empty", "Choose the file again: it is not kept"]),
        ({"wording": " "}, [NO_WORDING]),
        ({"wording": "x" * 301}, ["Answer must be 300 characters or less"]),
        ({"agreed_on": ""}, ["Enter the day on which they agreed"]),
        ({"agreed_on": "tomorrow"}, [importing.NO_DAY]),
        ({"agreed_on": (timezone.localdate() + timedelta(days=1)).isoformat()}, [importing.DAY_IN_FUTURE]),
        ({"pasted": "name\nSam"}, [importing.NO_ADDRESSES]),
        ({"pasted": "a\0@example.org"}, [importing.NO_TEXT]),
        ({"file": b"PK\3\4\0\0", "pasted": ""}, [importing.NO_TEXT, "Choose the file again: it is not kept"]),
        ({"file": b"x" * 2_100_000, "pasted": ""}, [importing.TOO_LARGE, "Choose the file again: it is not kept"]),
        ({"file": b"x" * 3_000_000, "pasted": ""}, [importing.TOO_LARGE]),
    ],
)
def test_an_invalid_form_says_what_to_do_and_imports_nothing(signed_in, typed, expected):
    if "file" in typed:
        typed = {**typed, "file": uploaded(typed["file"])}
    answer = import_list(signed_in, **typed)
    assert problems(answer) == expected
    assert "Nothing was imported." in words(answer)
    assert (Subscriber.objects.count(), log()) == (0, [])


def test_a_day_for_all_is_not_required_with_a_column_of_days(signed_in):
    import_list(signed_in, pasted="email,agreed on\nsam@example.org,20/03/2023", agreed_on="")
    assert Subscriber.objects.get().consent_on == date(2023, 3, 20)


def test_the_browser_caches_nothing_of_an_import(signed_in):
    answer = import_list(signed_in)
    assert "no-store" in answer["Cache-Control"]
    assert answer.status_code == 200
