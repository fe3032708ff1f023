"""The team's side of people: subscribers, the import of a list, the inbox, addresses never to write to."""

import re
from datetime import date, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from mscos.addresses import WRONG_ADDRESS
from mscos.erasure import overwrite_freed_pages
from mscos.groups import CALL_HANDLERS, EDITORS, MODERATORS
from newsletters import importing
from newsletters.admin.people import AnswerForm
from newsletters.import_forms import NO_LIST, TWO_LISTS, WHERE
from newsletters.models import Enquiry, NeverAgain, Subscriber
from newsletters.subscriptions import unsubscribe
from tests.newsletters.conftest import make_subscriber
from tests.people import make_staff, problems, sign_in

pytestmark = pytest.mark.django_db

SUBSCRIBERS = reverse("admin:newsletters_subscriber_changelist")
IMPORT = reverse("admin:newsletters_subscriber_import")
INBOX = reverse("admin:newsletters_enquiry_changelist")
NEVER = reverse("admin:newsletters_neveragain_changelist")
LISTS = (SUBSCRIBERS, INBOX, NEVER)


@pytest.fixture
def signed_in(client, editor):
    """Robin's browser."""
    sign_in(client, editor)
    return client


@pytest.fixture
def administrator(client):
    person = make_staff("admin@example.org", is_superuser=True)
    sign_in(client, person)
    return client


@pytest.fixture
def kim(db):
    return make_staff("kim@example.org", display_name="Kim", groups=[EDITORS])


@pytest.fixture
def enquiry(db):
    return make_enquiry("Do you know a toolkit?", email="sam@example.org", name="Sam", organisation="A charity")


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


# Who sees what


@pytest.mark.parametrize("group", [MODERATORS, CALL_HANDLERS])
def test_other_staff_see_nothing_of_people(client, enquiry, reader, group):
    sign_in(client, make_staff("other@example.org", groups=[group]))
    index = client.get(reverse("admin:index")).content.decode()
    assert [path for path in LISTS if path in index] == []
    paths = [*LISTS, IMPORT, page_of(enquiry), page_of(reader), erase_page(enquiry), erase_page(reader)]
    assert [client.get(path).status_code for path in paths] == [403] * 8
    assert [client.post(path, {"post": "yes"}).status_code for path in paths] == [403] * 8
    assert (Enquiry.objects.count(), Subscriber.objects.count()) == (1, 1)


def test_the_index_names_them_plainly_and_in_order(signed_in):
    index = signed_in.get(reverse("admin:index")).content.decode()
    names = re.findall(r'<a href="/admin/newsletters/(?:subscriber|enquiry|neveragain)/"[^>]*>([^<]+)</a>', index)
    assert [name for name in names if name not in {"View", "Change"}] == [
        "Addresses never to write to",
        "Enquiries",
        "Subscribers",
    ]


def test_nobody_adds_them_by_hand_or_edits_them_not_even_an_administrator(administrator, reader, enquiry):
    never = NeverAgain.objects.create(digest="0" * 64)
    adding = [f"{path}add/" for path in LISTS]
    assert [administrator.get(path).status_code for path in adding] == [403] * 3
    assert [administrator.post(page_of(row), {"email": "x@example.org"}).status_code for row in (reader, never)] == [
        403
    ] * 2
    reader.refresh_from_db()
    assert reader.email == "reader@example.org"


def count_queries(client, path):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


@pytest.mark.parametrize("path", [*LISTS, f"{SUBSCRIBERS}?q=example", f"{INBOX}?state=all"])
def test_a_list_asks_as_often_for_one_row_as_for_fifty(signed_in, editor, kim, path):
    def add(numbers):
        for number in numbers:
            make_subscriber(f"reader{number}@example.org")
            make_enquiry("A question", state="in hand", answered_by=[editor, kim][number % 2])
            NeverAgain.objects.create(digest=f"{number:064}")

    without = count_queries(signed_in, reverse("admin:newsletters_issue_add"))
    add(range(1))
    one = count_queries(signed_in, path)
    add(range(1, 50))
    assert count_queries(signed_in, path) == one
    assert one - without <= 8


@pytest.mark.parametrize("path", LISTS)
def test_a_list_cannot_be_asked_about_columns_that_it_does_not_show(signed_in, reader, path):
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


def delete_selected(client, path, *rows, action="delete_selected", **typed):
    return client.post(path, {"action": action, "_selected_action": [row.pk for row in rows], **typed}, follow=True)


def test_deleting_names_the_person_on_the_page_that_asks_and_nowhere_else(signed_in, reader):
    assert "reader@example.org" in words(signed_in.get(erase_page(reader)))
    answer = signed_in.post(erase_page(reader), {"post": "yes"}, follow=True)
    assert not Subscriber.objects.exists()
    assert "reader@" not in answer.content.decode()
    assert log() == [(f"Subscriber {reader.pk}", "")]
    assert not NeverAgain.objects.exists()


def test_deleting_ticked_subscribers_asks_first(signed_in, reader):
    other, stays = make_subscriber("kim@example.org"), make_subscriber("stays@example.org")
    page = words(delete_selected(signed_in, SUBSCRIBERS, reader, other))
    assert "kim@example.org reader@example.org" in page
    assert "stays@" not in page
    assert Subscriber.objects.count() == 3
    answer = delete_selected(signed_in, SUBSCRIBERS, reader, other, post="yes")
    assert list(Subscriber.objects.all()) == [stays]
    assert "Successfully deleted 2 subscribers." in answer.content.decode()
    assert sorted(log()) == sorted([(f"Subscriber {reader.pk}", ""), (f"Subscriber {other.pk}", "")])


def test_deleting_and_never_writing_again_asks_first(signed_in, reader):
    page = words(delete_selected(signed_in, SUBSCRIBERS, reader, action="never_again"))
    assert "Delete and never write to them again?" in page
    assert "reader@example.org" in page
    assert (Subscriber.objects.count(), NeverAgain.objects.count()) == (1, 0)
    answer = delete_selected(signed_in, SUBSCRIBERS, reader, action="never_again", post="yes")
    assert (Subscriber.objects.count(), NeverAgain.objects.count()) == (0, 1)
    assert NeverAgain.objects.holds("reader@example.org")
    html = answer.content.decode()
    assert "Deleted. Nobody will write to them again." in html
    assert "reader@" not in html
    assert log() == [(f"Subscriber {reader.pk}", "")]


@pytest.mark.parametrize("action", ["delete_selected", "never_again"])
def test_the_page_that_asks_carries_what_it_asks_about(signed_in, reader, action):
    html = delete_selected(signed_in, SUBSCRIBERS, reader, action=action).content.decode()
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', html.split('id="content"')[1]))
    fields.pop("csrfmiddlewaretoken")
    assert fields == {"_selected_action": str(reader.pk), "action": action, "post": "yes"}


@pytest.mark.parametrize("kind", ["subscriber", "enquiry", "never"])
def test_the_space_of_what_is_deleted_is_written_over(signed_in, kind, django_capture_on_commit_callbacks):
    def make():
        return {
            "subscriber": lambda: make_subscriber("kim@example.org"),
            "enquiry": lambda: make_enquiry("A question"),
            "never": lambda: NeverAgain.objects.create(digest="0" * 64),
        }[kind]()

    path = {"subscriber": SUBSCRIBERS, "enquiry": INBOX, "never": NEVER}[kind]
    with django_capture_on_commit_callbacks() as callbacks:
        signed_in.post(erase_page(make()), {"post": "yes"})
    assert callbacks == [overwrite_freed_pages]
    with django_capture_on_commit_callbacks() as callbacks:
        delete_selected(signed_in, path, make(), post="yes")
    assert callbacks == [overwrite_freed_pages]
    assert (Subscriber.objects.count(), Enquiry.objects.count(), NeverAgain.objects.count()) == (0, 0, 0)


# Import


def test_the_list_leads_to_the_import(signed_in, reader):
    assert f'href="{IMPORT}"' in signed_in.get(SUBSCRIBERS).content.decode()
    assert 'enctype="multipart/form-data"' in signed_in.get(IMPORT).content.decode()


def test_a_file_is_imported_and_answered_line_by_line(signed_in, editor):
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


def test_rows_that_come_back_can_be_mended_and_sent_again(signed_in):
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


def test_what_comes_back_is_text_and_no_markup(signed_in):
    html = import_list(signed_in, pasted="email\n</textarea><script>x</script>").content.decode()
    assert "<script>x" not in html
    assert html.count("&lt;script&gt;x&lt;/script&gt;") == 2


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"pasted": ""}, [NO_LIST]),
        ({"pasted": " \n "}, [NO_LIST]),
        ({"file": b"sam@example.org"}, [TWO_LISTS, "Choose the file again: it is not kept"]),
        ({"file": b"", "pasted": ""}, ["The list is empty", "Choose the file again: it is not kept"]),
        ({"wording": " "}, [WHERE]),
        ({"wording": "x" * 301}, ["Answer must be 300 characters or less"]),
        ({"agreed_on": ""}, ["Enter the day on which they agreed"]),
        ({"agreed_on": "tomorrow"}, [importing.NO_DAY]),
        ({"agreed_on": (timezone.localdate() + timedelta(days=1)).isoformat()}, [importing.DAY_TO_COME]),
        ({"pasted": "name\nSam"}, [importing.NO_ADDRESSES]),
        ({"pasted": "a\0@example.org"}, [importing.NO_TEXT]),
        ({"file": b"PK\3\4\0\0", "pasted": ""}, [importing.NO_TEXT, "Choose the file again: it is not kept"]),
        ({"file": b"x" * 2_100_000, "pasted": ""}, [importing.TOO_LARGE, "Choose the file again: it is not kept"]),
        ({"file": b"x" * 3_000_000, "pasted": ""}, [importing.TOO_LARGE]),
    ],
)
def test_a_form_that_cannot_be_read_says_what_to_do_and_imports_nothing(signed_in, typed, told):
    if "file" in typed:
        typed = {**typed, "file": uploaded(typed["file"])}
    answer = import_list(signed_in, **typed)
    assert problems(answer) == told
    assert "Nothing was imported." in words(answer)
    assert (Subscriber.objects.count(), log()) == (0, [])


def test_a_day_for_all_is_not_asked_for_where_a_column_says_it(signed_in):
    import_list(signed_in, pasted="email,agreed on\nsam@example.org,20/03/2023", agreed_on="")
    assert Subscriber.objects.get().consent_on == date(2023, 3, 20)


def test_nothing_of_an_import_is_kept_by_the_browser(signed_in):
    answer = import_list(signed_in)
    assert "no-store" in answer["Cache-Control"]
    assert answer.status_code == 200


# The inbox


def beginnings(answer):
    return [row.message for row in answer.context["cl"].result_list]


def test_the_inbox_shows_what_waits_oldest_first(signed_in, kim, settings):
    today = timezone.localdate()
    make_enquiry("Newest", name="Pat")
    make_enquiry(
        "Older\n\nand " + "long " * 30, name="Sam", state="in hand", answered_by=kim, received_on=date(2023, 3, 20)
    )
    make_enquiry("Answered", state="done")
    settings.ENQUIRY_DAYS = 10
    answer = signed_in.get(INBOX)
    assert [message[:6] for message in beginnings(answer)] == ["Older\n", "Newest"]
    page = words(answer)
    assert f"{('Older and ' + 'long ' * 30)[:79]}… Sam In hand Kim 20 March 2023 30 March 2023" in page
    erased = today + timedelta(days=10)
    assert f"Newest Pat New nobody yet {today:%-d %B %Y} {erased:%-d %B %Y}" in page
    assert page.index("By state Waiting New In hand Done All") > 0


@pytest.mark.parametrize(
    ("state", "found"), [("new", ["a"]), ("in hand", ["b"]), ("done", ["c"]), ("all", ["a", "b", "c"]), ("odd", [])]
)
def test_the_inbox_can_be_asked_for_any_state(signed_in, state, found):
    for message, each in (("a", "new"), ("b", "in hand"), ("c", "done")):
        make_enquiry(message, state=each)
    assert beginnings(signed_in.get(INBOX, {"state": state})) == found


def test_an_empty_inbox_says_thank_you_and_a_filter_does_not(signed_in, enquiry):
    assert "No enquiries match. Remove a filter to see what waits." in words(signed_in.get(INBOX, {"state": "done"}))
    Enquiry.objects.update(state="done")
    assert "All answered. Thank you." in words(signed_in.get(INBOX))


def test_an_enquiry_is_shown_as_text_with_a_way_to_answer(signed_in):
    enquiry = make_enquiry(
        "One <b>two</b>\n\n**three**", email="o&'x?@example.org", name="Sam", organisation="A charity"
    )
    html = signed_in.get(page_of(enquiry)).content.decode()
    assert "<p>One &lt;b&gt;two&lt;/b&gt;</p>\n\n<p>**three**</p>" in html
    assert 'href="mailto:o%26%27x%3F@example.org?subject=Your%20message"' in html
    assert "Sam, A charity" in html
    title = re.findall(r"<title>(.*?)</title>", html, re.DOTALL)[0]
    assert title.split("|")[0].strip() == "An enquiry"


def test_an_enquiry_without_an_address_asks_for_no_answer(signed_in):
    page = signed_in.get(page_of(make_enquiry("Thank you"))).content.decode()
    assert "None: no answer is asked for" in page
    assert "mailto:" not in page


def answer_with(client, enquiry, *, seen="new ", **typed):
    return client.post(page_of(enquiry), {"seen": seen, **typed}, follow=True)


def standing(enquiry):
    enquiry.refresh_from_db()
    return enquiry.state, enquiry.answered_by


def test_i_will_answer_puts_it_in_my_hand(signed_in, enquiry, editor):
    answer = answer_with(signed_in, enquiry, take="")
    assert standing(enquiry) == ("in hand", editor)
    assert "Saved." in answer.content.decode()
    assert "I will answer" not in words(answer)
    assert log() == [(f"Enquiry {enquiry.pk}", "In hand")]
    answer_with(signed_in, enquiry, take="")  # pressed twice
    assert standing(enquiry) == ("in hand", editor)


def test_a_colleague_is_chosen_among_the_editors(signed_in, enquiry, editor, kim):
    make_staff("mo@example.org", groups=[MODERATORS])
    make_staff("left@example.org", groups=[EDITORS], is_active=False)
    make_staff("reader@example.org", groups=[EDITORS], is_staff=False)
    assert list(AnswerForm(enquiry=enquiry).fields["answered_by"].queryset) == [kim, editor]
    answer_with(signed_in, enquiry, state="in hand", answered_by=kim.pk, save="")
    assert standing(enquiry) == ("in hand", kim)


def test_whoever_answers_stays_in_the_choice_after_leaving_the_editors(signed_in, enquiry, kim):
    Enquiry.objects.update(state="in hand", answered_by=kim)
    kim.groups.clear()
    answer_with(signed_in, enquiry, seen=f"in hand {kim.pk}", state="done", answered_by=kim.pk, save="")
    assert standing(enquiry) == ("done", kim)


def test_what_is_in_hand_needs_a_name(signed_in, enquiry):
    answer = answer_with(signed_in, enquiry, state="in hand", answered_by="", save="")
    assert problems(answer) == ["Choose who answers"]
    assert standing(enquiry) == ("new", None)


def test_done_leads_back_to_the_inbox(signed_in, enquiry):
    answer = answer_with(signed_in, enquiry, state="done", answered_by="", save="")
    assert answer.redirect_chain == [(INBOX, 302)]
    assert standing(enquiry) == ("done", None)


@pytest.mark.parametrize("typed", [{"take": ""}, {"state": "done", "answered_by": "", "save": ""}])
def test_of_two_at_once_the_second_is_told_who_was_first(signed_in, enquiry, kim, typed):
    Enquiry.objects.update(state="in hand", answered_by=kim)
    answer = answer_with(signed_in, enquiry, **typed)
    assert "Kim is already answering this." in answer.content.decode()
    assert standing(enquiry) == ("in hand", kim)
    assert log() == []


@pytest.mark.parametrize(
    ("state", "who", "told"),
    [
        ("done", "kim", "Kim has answered this."),
        ("done", "", "Somebody has answered this."),
        ("new", "kim", "Somebody changed this after you opened it. Look at it again, then save."),
    ],
)
def test_whatever_else_happened_meanwhile_is_told(signed_in, enquiry, kim, state, who, told):
    Enquiry.objects.update(state=state, answered_by=kim if who else None)
    assert told in answer_with(signed_in, enquiry, take="").content.decode()
    assert standing(enquiry) == (state, kim if who else None)


def test_only_who_answers_and_how_far_can_be_changed(signed_in, enquiry, editor):
    before = Enquiry.objects.values("message", "email", "name", "organisation", "received_on", "form_digest").get()
    other = {"message": "x", "email": "x@example.org", "name": "x", "organisation": "x", "received_on": "2023-03-20"}
    answer_with(signed_in, enquiry, state="in hand", answered_by=editor.pk, save="", **other)
    assert Enquiry.objects.values(*before).get() == before
    assert standing(enquiry) == ("in hand", editor)


def test_deleting_an_enquiry_leaves_no_word_in_the_log(signed_in, enquiry):
    page = words(signed_in.get(erase_page(enquiry)))
    assert f"Enquiry {enquiry.pk}, received on" in page
    assert "toolkit" not in page
    answer = signed_in.post(erase_page(enquiry), {"post": "yes"}, follow=True)
    assert not Enquiry.objects.exists()
    assert "toolkit" not in answer.content.decode()
    assert log() == [(f"Enquiry {enquiry.pk}", "")]


def test_an_enquiry_that_is_gone_is_not_found(signed_in, enquiry):
    path = page_of(enquiry)
    enquiry.delete()
    assert signed_in.get(path).status_code == 404


# Addresses never to write to


def test_blocks_are_listed_by_day_and_cannot_be_read(signed_in):
    NeverAgain.objects.create(digest="a" * 64, asked_on=date(2023, 3, 20))
    newest = NeverAgain.objects.create(digest="b" * 64, asked_on=date(2023, 4, 3))
    html = signed_in.get(NEVER).content.decode()
    assert re.findall(r">(\d+ \w+ 2023)<", html) == ["3 April 2023", "20 March 2023"]
    assert "bbbb" not in html + signed_in.get(page_of(newest)).content.decode()


def test_a_block_is_found_by_its_whole_address(signed_in):
    for email in ("sam@xn--bcher-kva.example.org", "kim@example.org"):
        unsubscribe(subscriber=make_subscriber(email), never_again=True)
    sam = NeverAgain.objects.order_by("pk")[0]

    def found(typed):
        return list(signed_in.get(NEVER, {"q": typed}).context["cl"].result_list)

    assert found(" SAM@Bücher.example.org ") == [sam]
    assert found("nobody@example.org") == []
    assert "This address is not among them." in words(signed_in.get(NEVER, {"q": "nobody@example.org"}))
    assert found("sam") == []
    assert WRONG_ADDRESS in signed_in.get(NEVER, {"q": "sam"}).content.decode()
    assert len(found("")) == 2


def test_lifting_a_block(signed_in):
    unsubscribe(subscriber=make_subscriber("kim@example.org"), never_again=True)
    block = NeverAgain.objects.get()
    assert '<option value="delete_selected">Lift the block</option>' in signed_in.get(NEVER).content.decode()
    delete_selected(signed_in, NEVER, block, post="yes")
    assert not NeverAgain.objects.holds("kim@example.org")
    assert log() == [(str(block), "")]
