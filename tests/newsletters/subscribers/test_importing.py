"""The import of subscribers from CSV: parsing, and the outcome of each row."""

from datetime import date, timedelta

import pytest
from django.contrib.admin.models import ADDITION, LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mscos.email_addresses import WRONG_ADDRESS
from newsletters.models import Subscriber, SuppressedAddress
from newsletters.subscribers import importing
from newsletters.subscribers.importing import NotAList, Row, import_subscribers, read_rows
from newsletters.subscribers.subscriptions import unsubscribe
from tests.concurrency import all_at_once
from tests.newsletters.conftest import make_subscriber

DAY = date(2023, 3, 20)
ADDED, CONFIRMED, THERE = "Added", "Was waiting to confirm, now confirmed", "Already there"
TWICE, BLOCKED = "Twice in this list", "Asked never to be written to"


def people(text):
    """Return address, name and organisation of each row of a list."""
    return [(row.email, row.name, row.organisation) for row in read_rows(text.encode()).rows]


def found_problems(text):
    """Return the line number and problem of each row."""
    return [(row.line, row.problem) for row in read_rows(text.encode()).rows]


def refused(data):
    """Return the refusal of a file."""
    with pytest.raises(NotAList) as caught:
        read_rows(data)
    return str(caught.value)


def import_list(text, by, *, wording="Signed the paper list", agreed_on=DAY):
    """Import a list; return number, address and outcome of each line."""
    report = import_subscribers(rows=read_rows(text.encode()).rows, wording=wording, agreed_on=agreed_on, by=by)
    return [(line.row.line, line.row.email, line.words) for line in report.lines]


SAM = ("sam@example.org", "Sam", "A charity, London")


@pytest.mark.parametrize(
    "text",
    [
        'email,name,organisation\nsam@example.org,Sam,"A charity, London"',
        'Organisation;NAME;E-mail\n"A charity, London";Sam;sam@example.org',
        "Name\tEmail address\tOrganization\nSam\tsam@example.org\tA charity, London",
        "Phone;Email_Address;Name;Organisation\n0;sam@example.org;Sam;A charity, London",
        "sam@example.org;Sam;A charity, London",
        'sam@example.org, Sam, "A charity, London"',
        '\n\nemail,name,organisation\r\n\r\n,,\r\n"","",""\n sam@example.org , Sam ,"A charity, London"\r\n\n',
        'email,name,organisation\rsam@example.org,Sam,"A charity, London"\r',
        "\ufeffemail;name;organisation\nsam@example.org;Sam;A charity, London",
        'email,name,organisation\nsam@\u200bexample.org,Sa\u202em,"A charity,\u00a0 London"',
    ],
)
def test_headings_separators_quotes_line_ends_and_empty_lines_do_not_matter(text):
    assert people(text) == [SAM]


def test_the_separator_is_the_one_that_isolates_an_address():
    assert people("sam@example.org;Smith, Sam, Dr\nkim@example.org;Jones, Kim") == [
        ("sam@example.org", "Smith, Sam, Dr", ""),
        ("kim@example.org", "Jones, Kim", ""),
    ]
    assert people("sam@example.org\nkim@example.org;Jones, Kim\npat@example.org;Pat") == [
        ("sam@example.org", "", ""),
        ("kim@example.org", "Jones, Kim", ""),
        ("pat@example.org", "Pat", ""),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_the_encodings_that_spreadsheets_write(encoding):
    rows = read_rows("email,name\nzoe@example.org,Zoë O’Neill".encode(encoding)).rows
    assert [(row.email, row.name) for row in rows] == [("zoe@example.org", "Zoë O’Neill")]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "The list is empty"),
        (b"\xef\xbb\xbf \r\n,,;\n", "The list is empty"),
        (b"email,name\n\n", "The list has headings and no rows"),
        (b"name,phone\nSam,0\n", importing.NO_ADDRESSES),
        (b'"email\nsam@example.org', importing.NO_ADDRESSES),
        (b"email,name,E-Mail\nsam@example.org,Sam,kim@example.org", "Two columns have the heading 'email'. Leave one of them, then send"),
        (b"email\nsam@example.org\n\0", importing.NO_TEXT),
        (b"PK\x03\x04\x14\x00\x06\x00\x08\x00", importing.NO_TEXT),
        (bytes(range(1, 256)), importing.NO_TEXT),
        ("email\nsam@example.org".encode("utf-16-le"), importing.NO_TEXT),
        (b"\xff\xfeodd", importing.NO_TEXT),
        (b"a@example.org," + b"x" * 5_000_000, importing.TOO_LARGE),
        (b"a" * 1_000_000, importing.NO_ADDRESSES),
    ],
)  # fmt: skip
def test_a_file_that_is_no_list_is_refused_with_a_remedy(data, problem):
    assert refused(data) == problem


def test_a_list_has_at_most_twenty_thousand_rows():
    rows = ['"quick to refuse'] * 20_000
    assert len(read_rows("\n".join(["email", *rows, "", ""]).encode()).rows) == 20_000
    assert refused("\n".join(["email", *rows, "one more"]).encode()) == importing.TOO_MANY_ROWS


def test_an_invalid_line_spoils_no_other():
    text = (
        "email,name,organisation\n"
        'a@example.org,"Opened,\n'
        "b@example.org,Fine\n"
        f"c@example.org,{'x' * 2000}\n"
        "d@example.org,Sam,One, two\n"
        "e@example.org;Kim;Other signs\n"
        "not an address\n"
        f"f@example.org,{'n' * 81},{'o' * 121}\n"
        "g@example.org,a\x01b\n"
        "h@example.org,,,,"
    )
    assert found_problems(text) == [
        (2, importing.UNMATCHED_QUOTE),
        (3, ""),
        (4, importing.LINE_TOO_LONG),
        (5, importing.TOO_MANY_CELLS),
        (6, WRONG_ADDRESS),
        (7, WRONG_ADDRESS),
        (8, "Name must be 80 characters or less. Organisation must be 120 characters or less"),
        (9, "Name has characters that we cannot store. Type those words again, then send"),
        (10, ""),
    ]


def test_a_cell_over_two_lines_is_two_invalid_lines():
    assert found_problems('email,name\na@example.org,"Sam\nSmith"\nb@example.org,Kim') == [
        (2, importing.UNMATCHED_QUOTE),
        (3, WRONG_ADDRESS),
        (4, ""),
    ]


def test_days_are_iso_or_british_and_not_in_the_future():
    to_come = timezone.localdate() + timedelta(days=1)
    text = "email,Agreed on\n" + "\n".join(
        f"{place}@example.org,{day}"
        for place, day in enumerate(["2023-03-20", "20/03/2023", "", "03/20/2023", "last May", to_come.isoformat()])
    )
    sheet = read_rows(text.encode())
    assert [(row.agreed_on, row.problem) for row in sheet.rows] == [
        (DAY, ""),
        (DAY, ""),
        (None, ""),
        (None, importing.NO_DAY),
        (None, importing.NO_DAY),
        (None, importing.DAY_IN_FUTURE),
    ]


def test_a_sheet_has_its_headings_days_and_unused_columns():
    def layout(text):
        sheet = read_rows(text.encode())
        return sheet.headings, sheet.has_days, sheet.left_out

    assert layout("Phone;email; ;Consent date\n0;a@example.org") == ("Phone;email; ;Consent date", True, ["Phone"])
    assert layout("email,name\na@example.org,Sam") == ("email,name", False, [])
    assert layout("a@example.org;Sam") == ("email;name;organisation;agreed on", False, [])
    assert layout("a@example.org;Sam;;2023-03-20") == ("email;name;organisation;agreed on", True, [])


@pytest.mark.django_db
def test_imported_people_are_confirmed_with_what_they_agreed_to(editor):
    text = "email,name,organisation,agreed on\nSam@Example.org,Sam,A charity,01/02/2023\nkim@example.org,,,"
    assert import_list(text, editor) == [(2, "Sam@example.org", ADDED), (3, "kim@example.org", ADDED)]
    columns = (
        "email",
        "name",
        "organisation",
        "state",
        "subject_style",
        "consent_on",
        "consent_wording",
        "consent_source",
    )
    agreed = ("Signed the paper list", "import")
    assert list(Subscriber.objects.order_by("pk").values_list(*columns)) == [
        ("Sam@example.org", "Sam", "A charity", "confirmed", "plain", date(2023, 2, 1), *agreed),
        ("kim@example.org", "", "", "confirmed", "plain", DAY, *agreed),
    ]
    assert len(set(Subscriber.objects.values_list("token", flat=True))) == 2


@pytest.mark.django_db
def test_each_line_has_its_outcome(editor):
    make_subscriber("there@example.org", name="Pat")
    make_subscriber("Waits@example.org", name="Own name", state="pending", consent_on=None, consent_source="form")
    make_subscriber("bounced@example.org", state="bounced")
    unsubscribe(subscriber=make_subscriber("Never@example.org"), never_again=True)
    before = list(Subscriber.objects.exclude(state="pending").order_by("pk").values())
    text = (
        "email,name\n"
        "THERE@example.org,Another name\n"
        "waits@example.org,Another name\n"
        "bounced@example.org,\n"
        "never@EXAMPLE.org,\n"
        "new@example.org,\n"
        "NEW@example.org,\n"
        "wrong,\n"
    )
    assert import_list(text, editor) == [
        (2, "THERE@example.org", THERE),
        (3, "waits@example.org", CONFIRMED),
        (4, "bounced@example.org", THERE),
        (5, "never@example.org", BLOCKED),
        (6, "new@example.org", ADDED),
        (7, "NEW@example.org", TWICE),
        (8, "wrong", WRONG_ADDRESS),
    ]
    assert list(Subscriber.objects.filter(pk__in=[row["id"] for row in before]).order_by("pk").values()) == before
    waited = Subscriber.objects.by_email("waits@example.org").get()
    assert (waited.email, waited.name, waited.state) == ("Waits@example.org", "Own name", "confirmed")
    assert (waited.consent_on, waited.consent_wording, waited.consent_source) == (
        DAY,
        "Signed the paper list",
        "import",
    )
    assert Subscriber.objects.count() == 4


@pytest.mark.django_db
def test_both_forms_of_a_domain_are_one_address(editor):
    make_subscriber("old@xn--bcher-kva.example.org")
    text = "old@bücher.example.org\nnew@Bücher.example.org\nnew@xn--bcher-kva.example.org"
    assert import_list(text, editor) == [
        (1, "old@xn--bcher-kva.example.org", THERE),
        (2, "new@xn--bcher-kva.example.org", ADDED),
        (3, "new@xn--bcher-kva.example.org", TWICE),
    ]


@pytest.mark.django_db
def test_a_row_without_a_day_is_returned_if_there_is_none_for_all(editor):
    text = "email,agreed on\na@example.org,2023-03-20\nb@example.org,"
    assert import_list(text, editor, agreed_on=None) == [
        (2, "a@example.org", ADDED),
        (3, "b@example.org", importing.NO_DAY),
    ]


@pytest.mark.django_db
def test_a_returned_row_does_not_block_a_valid_one_with_its_address(editor):
    text = f"a@example.org,{'n' * 81}\na@example.org,Sam"
    assert [words for _, _, words in import_list(text, editor)] == ["Name must be 80 characters or less", ADDED]


@pytest.mark.django_db
def test_the_same_list_sent_twice_changes_nothing(editor):
    import_list("a@example.org,Sam", editor)
    before = list(Subscriber.objects.values())
    assert import_list("a@example.org,Kim", editor, wording="Other words") == [(1, "a@example.org", THERE)]
    assert list(Subscriber.objects.values()) == before


@pytest.mark.django_db
def test_the_admins_log_says_how_many_and_no_address(editor):
    import_list("a@example.org\nb@example.org\nwrong@", editor)
    import_list("c@example.org", editor)
    entries = LogEntry.objects.order_by("pk")
    assert [(entry.user, entry.content_type.model, entry.object_id, entry.object_repr) for entry in entries] == [
        (editor, "subscriber", None, "import")
    ] * 2
    assert [(entry.action_flag, entry.change_message) for entry in entries] == [
        (ADDITION, "Imported 2 addresses, 1 returned"),
        (ADDITION, "Imported 1 address, 0 returned"),
    ]


@pytest.mark.django_db
def test_a_report_counts_what_occurs(editor):
    rows = read_rows(b"a@example.org\nA@example.org\nwrong@").rows
    report = import_subscribers(rows=rows, wording="On paper", agreed_on=DAY, by=editor)
    assert report.counts == [("Added", 1), ("Twice in this list", 1), ("Came back", 1)]
    assert [line.row.line for line in report.added] == [1]
    assert [line.row.line for line in report.not_added] == [2, 3]


@pytest.mark.django_db
def test_a_long_list_is_imported_in_a_bounded_number_of_queries(editor):
    SuppressedAddress.objects.create(digest=importing.address_digest("person7@example.org"))
    make_subscriber("person4999@example.org", state="pending", consent_on=None)
    rows = [Row(number, "", f"person{number}@example.org") for number in range(5000)]
    with CaptureQueriesContext(connection) as queries:
        report = import_subscribers(rows=rows, wording="On paper", agreed_on=DAY, by=editor)
    assert report.counts == [("Added", 4998), (CONFIRMED, 1), (BLOCKED, 1)]
    # 900 at once to look up, twice; SQLite takes 99 rows of ten columns in one insert.
    assert len(queries) <= 2 * 6 + 51 + 10


def meanwhile(moment, act):
    """Run something just 'before' or just 'after' the addresses of a list are inserted."""
    steps = [act]

    def wrapper(execute, sql, *args):
        if not sql.startswith("INSERT") or "newsletters_subscriber" not in sql or not steps:
            return execute(sql, *args)
        step = steps.pop()
        if moment == "before":
            step()
        done = execute(sql, *args)
        if moment == "after":
            step()
        return done

    return connection.execute_wrapper(wrapper)


@pytest.mark.django_db
def test_one_who_signs_up_during_an_import_is_confirmed(editor):
    def sign_up():
        make_subscriber("A@example.org", state="pending", consent_on=None)

    with meanwhile("before", sign_up):
        assert import_list("a@example.org", editor) == [(1, "a@example.org", CONFIRMED)]
    assert list(Subscriber.objects.values_list("email", "state")) == [("A@example.org", "confirmed")]


@pytest.mark.django_db
def test_one_who_unsubscribes_during_an_import_is_returned(editor):
    make_subscriber("a@example.org")
    with meanwhile("after", Subscriber.objects.all().delete):
        assert import_list("a@example.org", editor) == [(1, "a@example.org", importing.UNSUBSCRIBED_MEANWHILE)]
    assert not Subscriber.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_concurrent_imports_and_a_waiting_subscriber_do_not_fail(editor):
    make_subscriber("a5@example.org", state="pending", consent_on=None)
    addresses = [f"a{number}@example.org" for number in range(2000)]
    one, other = all_at_once(
        lambda: import_list("\n".join(addresses), editor), lambda: import_list("\n".join(addresses[::-1]), editor)
    )
    assert sorted(what for _, _, what in one + other) == sorted([ADDED] * 1999 + [CONFIRMED] + [THERE] * 2000)
    assert Subscriber.objects.confirmed().count() == 2000
