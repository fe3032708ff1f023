import re
import time

import pytest
import time_machine
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.core import mail
from django.urls import resolve, reverse
from model_bakery import baker

from mscos.groups import CALL_HANDLERS
from mscos.models import User
from tests.admin_forms import save
from tests.mailbox import sent_mail
from tests.people import PASSWORD, SECRET, code_now, make_person, make_staff, sign_in

pytestmark = pytest.mark.django_db

PEOPLE = "/admin/mscos/user/"


@pytest.fixture
def administrator(client):
    """Somebody who makes accounts, signed in."""
    person = make_staff("root@example.org", is_superuser=True, display_name="Root")
    sign_in(client, person)
    return person


def form_for(person=None, **fields):
    """Return what the form of a person sends."""
    names = ("email", "display_name", "organisation", "role")
    held = {name: getattr(person, name) for name in names} if person else {"display_name": "Kim"}
    return {"is_active": "on", **held, **fields}


# Who comes in


def test_a_visitor_is_sent_to_sign_in_and_back(client):
    answer = client.get("/admin/mscos/user/?q=sam")
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/admin/mscos/user/%3Fq%3Dsam")


def test_the_admin_has_no_sign_in_form_of_its_own(client):
    assert client.get("/admin/login/?next=/admin/mscos/")["Location"] == "/accounts/login/?next=/admin/mscos/"
    assert client.post("/admin/login/", {"username": "x", "password": "x"})["Location"] == (
        "/accounts/login/?next=/admin/"
    )


def test_a_member_is_refused(client):
    sign_in(client, make_person(second_factor=True))
    assert client.get("/admin/").status_code == 403


def test_staff_with_password_and_second_step_come_in(client):
    answer = sign_in(client, make_staff(), next="/admin/")
    assert answer["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_staff_without_a_second_step_are_led_to_it_and_told_why(client):
    with time_machine.travel("2023-03-27 10:00Z", tick=False):
        sign_in(client, make_staff(second_factor=False))
        answer = client.get("/admin/", follow=True)
        assert answer.redirect_chain == [("/accounts/code/on/", 302)]
        assert "The staff pages show what people wrote in confidence." in answer.content.decode()
        secret = answer.context["form"].secret
        client.post("/accounts/code/on/", {"code": code_now(secret)})
        assert client.get("/admin/").status_code == 200


def test_the_password_alone_does_not_let_in_who_has_a_second_step(client):
    person = make_staff()
    client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    assert [record["method"] for record in client.session[AUTHENTICATION_METHODS_SESSION_KEY]] == ["password"]
    assert client.get("/admin/")["Location"] == "/accounts/login/?next=/admin/"
    assert client.get("/accounts/")["Location"] == "/accounts/login/?next=/accounts/"


@pytest.mark.parametrize("required", [True, False])
def test_a_session_older_than_the_second_step_must_take_it_first(client, settings, required):
    settings.REQUIRE_SECOND_FACTOR = required
    person = make_staff(second_factor=False)
    sign_in(client, person)
    TOTP.activate(person, SECRET)  # in another browser
    answer = client.get("/admin/")
    assert answer["Location"] == "/accounts/code/again/?next=/admin/"
    assert client.post(answer["Location"], {"code": code_now()})["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_somebody_else_second_step_in_the_same_browser_does_not_count(client):
    sign_in(client, make_staff("kim@example.org"))
    client.force_login(make_staff())
    assert client.get("/admin/")["Location"] == "/accounts/code/again/?next=/admin/"


def test_a_sample_site_needs_no_second_step(client, settings):
    settings.REQUIRE_SECOND_FACTOR = False
    sign_in(client, make_staff(second_factor=False))
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize("change", [{"verified": False}, {"primary": False}, {"email": "other@example.org"}])
def test_without_a_proven_address_nobody_comes_in(client, change):
    sign_in(client, make_staff())
    EmailAddress.objects.update(**change)
    assert client.get("/admin/")["Location"] == "/accounts/login/?next=/admin/"
    assert client.get("/accounts/").status_code == 302  # signed out


@pytest.mark.parametrize(("hours", "status"), [(7.9, 200), (8.1, 302)])
def test_nobody_stays_signed_in_longer_than_a_working_day_however_busy(client, hours, status):
    with time_machine.travel("2023-03-27 10:00Z", tick=False) as clock:
        sign_in(client, make_staff())
        session = client.session
        session["busy"] = True  # each save puts the session's own end off
        clock.shift(4 * 60 * 60)
        session.save()
        clock.shift((hours - 4) * 60 * 60)
        assert client.get("/admin/").status_code == status


def test_somebody_who_left_is_out_at_once(client):
    sign_in(client, make_staff())
    User.objects.update(is_active=False)
    assert client.get("/admin/")["Location"] == "/accounts/login/?next=/admin/"


# The pages


def test_the_admin_is_kept_by_no_cache_and_no_search_engine(client, administrator):
    for path in ("/admin/", PEOPLE, f"{PEOPLE}add/"):
        answer = client.get(path)
        assert "no-store" in answer["Cache-Control"]
        assert answer["X-Robots-Tag"] == "noindex, noarchive"
    client.logout()
    assert client.get("/admin/")["X-Robots-Tag"] == "noindex, noarchive"


@pytest.mark.parametrize("path", ["/admin/", PEOPLE, f"{PEOPLE}?q=root", f"{PEOPLE}add/", f"{PEOPLE}{{}}/change/"])
def test_the_admin_has_nothing_inline(client, administrator, path):
    page = client.get(path.format(administrator.pk)).content.decode()
    assert re.findall(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)(?![^>]*application/json)[^>]*>", page) == []


def test_signing_out_and_passwords_are_those_of_the_portal(client, administrator):
    assert client.get("/admin/password_change/")["Location"] == "/accounts/password/"
    assert client.get("/admin/password_change/done/")["Location"] == "/accounts/"
    assert client.get("/admin/logout/").status_code == 200
    assert client.post("/admin/logout/")["Location"] == "/"
    assert client.get("/admin/").status_code == 302


def test_the_preview_of_markdown_is_for_those_who_may_come_in(client):
    assert reverse("admin:markdown_preview") == "/admin/preview/"
    assert resolve("/admin/preview/").view_name == "admin:markdown_preview"
    assert client.post("/admin/preview/", {"text": "x"})["Location"] == "/accounts/login/?next=/admin/preview/"


# People


def test_groups_addresses_and_second_steps_are_not_edited_by_hand():
    assert [admin.site.is_registered(model) for model in (Group, EmailAddress, Authenticator)] == [False] * 3


def test_only_administrators_see_people(client):
    sign_in(client, make_staff(groups=["Moderators", "Editors", "Call handlers"]))
    statuses = [client.get(path).status_code for path in (PEOPLE, f"{PEOPLE}add/", f"{PEOPLE}1/change/")]
    assert statuses == [403, 403, 403]


def test_a_new_person_has_no_password_and_an_unproven_address(client, administrator):
    moderators = Group.objects.get(name="Moderators")
    sent = form_for(email="Kim@Example.org", is_staff="on", groups=[moderators.pk])
    answer = client.post(f"{PEOPLE}add/", sent)
    assert answer["Location"] == PEOPLE
    kim = User.objects.get(email="kim@example.org")
    assert (kim.has_usable_password(), kim.is_staff, kim.is_superuser, list(kim.groups.all())) == (
        False,
        True,
        False,
        [moderators],
    )
    assert list(kim.emailaddress_set.values_list("email", "primary", "verified")) == [("kim@example.org", True, False)]


def test_two_people_may_not_differ_in_the_case_of_their_address_only(client, administrator):
    answer = client.post(f"{PEOPLE}add/", form_for(email="ROOT@example.org"))
    assert answer.status_code == 200
    assert User.objects.count() == 1


def test_a_changed_address_must_be_proven_again_and_the_old_one_is_forgotten(client, administrator):
    kim = make_staff("kim@example.org", display_name="Kim")
    save(client, f"{PEOPLE}{kim.pk}/change/", form_for(kim, email="kim@new.example.org", is_staff="on"))
    assert list(kim.emailaddress_set.values_list("email", "verified")) == [("kim@new.example.org", False)]


def test_saving_a_person_without_a_change_leaves_address_and_password(client, administrator):
    kim = make_person("kim@example.org", display_name="Kim")
    save(client, f"{PEOPLE}{kim.pk}/change/", form_for(kim))
    kim.refresh_from_db()
    assert kim.check_password(PASSWORD)
    assert list(kim.emailaddress_set.values_list("email", "verified")) == [("kim@example.org", True)]


def test_no_page_of_a_person_holds_a_password_hash(client, administrator):
    page = client.get(f"{PEOPLE}{administrator.pk}/change/").content.decode()
    assert 'name="password"' not in page
    assert administrator.password not in page


def test_people_are_found_by_name_and_group(client, administrator):
    make_person("kim@example.org", display_name="Kim", groups=["Editors"])
    make_person("lee@example.org", display_name="Lee", groups=["Moderators", "Editors"])

    def found(query):
        return [person.display_name for person in client.get(f"{PEOPLE}?{query}").context["cl"].result_list]

    assert found("q=lee") == ["Lee"]
    assert found("q=kim@example") == ["Kim"]
    assert found(f"groups__id__exact={Group.objects.get(name='Editors').pk}") == ["Kim", "Lee"]
    assert ">Editors, Moderators</td>" in client.get(PEOPLE).content.decode()


def test_the_list_of_people_asks_as_little_for_fifty_as_for_one(client, administrator, django_assert_num_queries):
    with django_assert_num_queries(8):
        client.get(PEOPLE)
    for person in baker.make(User, 49):
        person.groups.set(Group.objects.all())
    with django_assert_num_queries(8):
        client.get(PEOPLE)


def test_an_administrator_helps_somebody_who_lost_their_phone(client, administrator):
    kim = make_staff("kim@example.org")
    client.post(PEOPLE, {"action": "remove_second_step", "_selected_action": [kim.pk]})
    assert list(Authenticator.objects.values_list("user", flat=True).distinct()) == [administrator.pk]


# The whole way of a new moderator


def test_from_a_new_account_to_the_admin(client, administrator):
    client.post(f"{PEOPLE}add/", form_for(email="kim@example.org", is_staff="on"))
    client.post("/accounts/logout/")

    client.post("/accounts/password/new/", {"email": "kim@example.org"})
    sent_mail()
    [link] = re.findall(r"http://testserver(/\S+)", mail.outbox[0].body)
    form = client.get(link)["Location"]
    client.post(form, {"password1": PASSWORD})

    kim = User.objects.get(email="kim@example.org")
    assert sign_in(client, kim, next="/admin/")["Location"] == "/admin/"
    assert client.get("/admin/")["Location"] == "/accounts/code/on/"
    secret = client.get("/accounts/code/on/").context["form"].secret
    assert client.post("/accounts/code/on/", {"code": code_now(secret)})["Location"] == "/accounts/code/recovery/"
    assert client.get("/admin/").status_code == 200
    assert len(mail.outbox) == 1

    client.post("/accounts/logout/")
    client.post("/accounts/login/", {"login": "kim@example.org", "password": PASSWORD})
    with time_machine.travel(time.time() + 30):
        assert client.post("/accounts/code/step/", {"code": code_now(secret)})["Location"] == "/accounts/"
    assert client.get("/admin/").status_code == 200


def test_nobody_makes_themself_a_call_handler_and_others_can(client, administrator):
    handlers = Group.objects.get(name=CALL_HANDLERS).pk
    other = make_person("other@example.org")

    def change(person):
        sent = {
            "email": person.email,
            "display_name": "Name",
            "groups": [handlers],
            "is_staff": "on",
            "is_active": "on",
            "is_superuser": "on",
        }
        return save(client, f"{PEOPLE}{person.pk}/change/", sent)

    assert "You cannot make yourself a call handler." in change(administrator).content.decode()
    assert change(other).status_code == 302
    assert list(User.objects.filter(groups=handlers)) == [other]


def test_the_page_to_delete_a_person_does_not_list_what_they_did(client, administrator):
    person = make_person("other@example.org")
    LogEntry.objects.create(user=person, action_flag=2, object_repr="request abc", change_message="Marked urgent")
    page = client.get(f"{PEOPLE}{person.pk}/delete/").content.decode()
    assert ("request abc" in page, "Marked urgent" in page) == (False, False)


@pytest.mark.parametrize("number", ["+1", " 1", "%201", "1x", "-1", "1/2"])
def test_the_way_to_a_rows_own_page_takes_no_number_in_disguise(client, number):
    sign_in(client, make_staff("sam@example.org", groups=["Editors"]))
    assert client.get(f"/admin/r/{number}/1/").status_code == 404
