"""Enquiries and suppressed addresses in the admin."""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone

from mscos.email_addresses import WRONG_ADDRESS
from mscos.groups import EDITORS, MODERATORS
from newsletters.admin.people import AnswerForm
from newsletters.models import Enquiry, SuppressedAddress
from newsletters.subscribers.subscriptions import unsubscribe
from tests.newsletters.conftest import make_subscriber
from tests.newsletters.people_admin.helpers import (
    INBOX,
    SUPPRESSED,
    answer_with,
    beginnings,
    delete_selected,
    erase_page,
    log,
    make_enquiry,
    page_of,
    standing,
    words,
)
from tests.people import make_staff, problems

pytestmark = pytest.mark.django_db


# The inbox


def test_the_inbox_shows_waiting_enquiries_oldest_first(signed_in, kim, settings):
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
def test_the_inbox_can_be_filtered_by_state(signed_in, state, found):
    for message, each in (("a", "new"), ("b", "in hand"), ("c", "done")):
        make_enquiry(message, state=each)
    assert beginnings(signed_in.get(INBOX, {"state": state})) == found


def test_an_empty_inbox_says_thank_you_and_a_filter_does_not(signed_in, enquiry):
    assert "No enquiries match. Remove a filter to see what waits." in words(signed_in.get(INBOX, {"state": "done"}))
    Enquiry.objects.update(state="done")
    assert "All answered. Thank you." in words(signed_in.get(INBOX))


def test_an_enquiry_is_escaped_and_has_a_mailto_link(signed_in):
    enquiry = make_enquiry(
        "One <b>two</b>\n\n**three**", email="o&'x?@example.org", name="Sam", organisation="A charity"
    )
    html = signed_in.get(page_of(enquiry)).content.decode()
    assert "<p>One &lt;b&gt;two&lt;/b&gt;</p>\n\n<p>**three**</p>" in html
    assert 'href="mailto:o%26%27x%3F@example.org?subject=Your%20message"' in html
    assert "Sam, A charity" in html
    title = re.findall(r"<title>(.*?)</title>", html, re.DOTALL)[0]
    assert title.split("|")[0].strip() == "An enquiry"


def test_an_enquiry_without_an_address_wants_no_answer(signed_in):
    page = signed_in.get(page_of(make_enquiry("Thank you"))).content.decode()
    assert "None: no answer is asked for" in page
    assert "mailto:" not in page


def test_i_will_answer_assigns_the_enquiry_to_me(signed_in, enquiry, editor):
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


def test_an_assignee_stays_a_choice_after_leaving_the_editors(signed_in, enquiry, kim):
    Enquiry.objects.update(state="in hand", answered_by=kim)
    kim.groups.clear()
    opened = Enquiry(state="in hand", answered_by=kim)
    answer_with(signed_in, enquiry, opened=opened, state="done", answered_by=kim.pk, save="")
    assert standing(enquiry) == ("done", kim)


def test_an_enquiry_in_hand_needs_an_assignee(signed_in, enquiry):
    answer = answer_with(signed_in, enquiry, state="in hand", answered_by="", save="")
    assert problems(answer) == ["Choose who answers"]
    assert standing(enquiry) == ("new", None)


def test_done_redirects_to_the_inbox(signed_in, enquiry):
    answer = answer_with(signed_in, enquiry, state="done", answered_by="", save="")
    assert answer.redirect_chain == [(INBOX, 302)]
    assert standing(enquiry) == ("done", None)


@pytest.mark.parametrize("typed", [{"take": ""}, {"state": "done", "answered_by": "", "save": ""}])
def test_the_second_of_two_editors_learns_who_was_first(signed_in, enquiry, kim, typed):
    Enquiry.objects.update(state="in hand", answered_by=kim)
    answer = answer_with(signed_in, enquiry, **typed)
    assert "Kim is already answering this." in answer.content.decode()
    assert standing(enquiry) == ("in hand", kim)
    assert log() == []


@pytest.mark.parametrize(
    ("state", "who", "message"),
    [
        ("done", "kim", "Kim has answered this."),
        ("done", "", "Somebody has answered this."),
        ("new", "kim", "Somebody changed this after you opened it. Look at it again, then save."),
    ],
)
def test_any_other_concurrent_change_is_reported(signed_in, enquiry, kim, state, who, message):
    Enquiry.objects.update(state=state, answered_by=kim if who else None)
    assert message in answer_with(signed_in, enquiry, take="").content.decode()
    assert standing(enquiry) == (state, kim if who else None)


def test_only_assignee_and_state_can_be_changed(signed_in, enquiry, editor):
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


def test_a_deleted_enquiry_is_404(signed_in, enquiry):
    path = page_of(enquiry)
    enquiry.delete()
    assert signed_in.get(path).status_code == 404


# Suppressed addresses


def test_blocks_are_listed_by_day_and_cannot_be_read(signed_in):
    SuppressedAddress.objects.create(digest="a" * 64, asked_on=date(2023, 3, 20))
    newest = SuppressedAddress.objects.create(digest="b" * 64, asked_on=date(2023, 4, 3))
    html = signed_in.get(SUPPRESSED).content.decode()
    assert re.findall(r">(\d+ \w+ 2023)<", html) == ["3 April 2023", "20 March 2023"]
    assert "bbbb" not in html + signed_in.get(page_of(newest)).content.decode()


def test_a_block_is_found_by_its_whole_address(signed_in):
    for email in ("sam@xn--bcher-kva.example.org", "kim@example.org"):
        unsubscribe(subscriber=make_subscriber(email), never_again=True)
    sam = SuppressedAddress.objects.order_by("pk")[0]

    def found(typed):
        return list(signed_in.get(SUPPRESSED, {"q": typed}).context["cl"].result_list)

    assert found(" SAM@Bücher.example.org ") == [sam]
    assert found("nobody@example.org") == []
    assert "This address is not among them." in words(signed_in.get(SUPPRESSED, {"q": "nobody@example.org"}))
    assert found("sam") == []
    assert WRONG_ADDRESS in signed_in.get(SUPPRESSED, {"q": "sam"}).content.decode()
    assert len(found("")) == 2


def test_lifting_a_block(signed_in):
    unsubscribe(subscriber=make_subscriber("kim@example.org"), never_again=True)
    block = SuppressedAddress.objects.get()
    assert '<option value="delete_selected">Lift the block</option>' in signed_in.get(SUPPRESSED).content.decode()
    delete_selected(signed_in, SUPPRESSED, block, post="yes")
    assert not SuppressedAddress.objects.contains_address("kim@example.org")
    assert log() == [(str(block), "")]
