import base64
import hashlib
import re
from http import HTTPStatus

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.mail.backends.base import BaseEmailBackend
from django.urls import get_resolver

from mscos.accounts import urls as account_urls
from mscos.models import QueuedEmail, User
from tests.mailbox import sent_mail
from tests.people import PASSWORD, make_person, make_staff, problems, sign_in

pytestmark = pytest.mark.django_db

ADDRESS = "203.0.113.9"
NEW_PASSWORD = "seven slow green lanterns"
WRONG = "The email or password is not right"
LOCKED = "Too many tries. Wait 15 minutes or reset your password."


@pytest.fixture(autouse=True)
def _all_mail_has_left():
    yield
    sent_mail()


def ask_for_link(client, email="sam@example.org", **extra):
    return client.post("/accounts/password/new/", {"email": email}, **extra)


def mailed_link():
    [link] = re.findall(r"^http\S+$", sent_mail()[-1].body, re.MULTILINE)
    return link


def decrypt_link(client, link):
    """Follow a mailed link; return the path of the page that it leads to, and the page."""
    page = client.get(link.removeprefix(settings.SITE_URL), follow=True)
    return page.request["PATH_INFO"], page


def set_password(client, link, password=NEW_PASSWORD):
    path, _ = decrypt_link(client, link)
    return client.post(path, {"password1": password})


def words(answer):
    """Return a page without what differs each time."""
    text = answer.content.decode()
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text).replace("nobody@example.org", "sam@example.org")


# Signing in and out


def test_a_person_signs_in_with_email_and_password(client):
    answer = sign_in(client, make_person())
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/")
    page = client.get("/accounts/")
    assert "sam@example.org" in page.content.decode()
    assert "Go to the staff pages" not in page.content.decode()


def test_signing_in_leads_to_the_page_that_was_asked_for_and_to_no_other_site(client):
    person = make_person()
    assert sign_in(client, person, next="/about/")["Location"] == "/about/"
    client.logout()
    assert sign_in(client, person, next="https://evil.example/")["Location"] == "/accounts/"


def test_the_session_ends_with_the_browser_and_within_a_working_day(client):
    answer = sign_in(client, make_person())
    cookie = answer.cookies["session"]
    assert (cookie["expires"], cookie["max-age"]) == ("", "")
    assert client.session.get_expiry_age() == 8 * 60 * 60


def test_the_email_may_be_typed_in_any_case(client):
    make_person()
    answer = client.post("/accounts/login/", {"login": " SAM@Example.ORG ", "password": PASSWORD})
    assert answer["Location"] == "/accounts/"


def test_sign_in_never_says_which_part_was_wrong(client):
    make_person()
    known = client.post("/accounts/login/", {"login": "sam@example.org", "password": "x"})
    unknown = client.post("/accounts/login/", {"login": "nobody@example.org", "password": "x"})
    assert problems(known) == [WRONG]
    assert (known.status_code, words(known)) == (unknown.status_code, words(unknown))


class CountingHasher(MD5PasswordHasher):
    calls = 0

    def encode(self, password, salt):
        type(self).calls += 1
        return super().encode(password, salt)


@pytest.mark.parametrize("email", ["sam@example.org", "nobody@example.org", "new@example.org", "gone@example.org"])
def test_sign_in_hashes_once_whoever_is_asked_for(client, settings, email):
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    make_person()
    make_person("gone@example.org", is_active=False)
    User.objects.create_user("new@example.org", display_name="No password yet")
    CountingHasher.calls = 0
    client.post("/accounts/login/", {"login": email, "password": "x"})
    assert CountingHasher.calls == 1


def test_a_closed_account_is_told_so_only_after_the_right_password(client):
    person = make_person(is_active=False)
    assert problems(sign_in(client, person, "x")) == [WRONG]
    assert sign_in(client, person)["Location"] == "/accounts/inactive/"


@pytest.mark.parametrize("email", ["sam@example.org", "nobody@example.org"])
def test_five_wrong_passwords_lock_an_address_whether_or_not_it_has_an_account(client, email):
    make_person()
    for _ in range(5):
        assert problems(client.post("/accounts/login/", {"login": email, "password": "x"})) == [WRONG]
    answer = client.post("/accounts/login/", {"login": email, "password": PASSWORD}, REMOTE_ADDR="198.51.100.7")
    assert (answer.status_code, problems(answer)) == (HTTPStatus.TOO_MANY_REQUESTS, [LOCKED])


def test_a_lock_ends_after_15_minutes(client):
    person = make_person()
    with time_machine.travel("2023-03-27 10:00Z", tick=False) as clock:
        for _ in range(6):
            sign_in(client, person, "x")
        clock.shift(15 * 60 + 1)
        assert sign_in(client, person)["Location"] == "/accounts/"


def test_a_lock_ends_with_a_new_password(client):
    person = make_person()
    for _ in range(6):
        sign_in(client, person, "x")
    ask_for_link(client)
    set_password(client, mailed_link())
    assert sign_in(client, person, NEW_PASSWORD)["Location"] == "/accounts/"


def test_a_visitor_who_sends_the_form_too_often_gets_the_page_for_it(client):
    answers = [client.post("/accounts/login/").status_code for _ in range(31)]
    assert answers == [200] * 30 + [429]


def test_no_cache_key_or_value_holds_an_address_or_a_plain_hash_of_one(client):
    for _ in range(6):
        client.post("/accounts/login/", {"login": "sam@example.org", "password": "x"}, REMOTE_ADDR=ADDRESS)
    client.post("/accounts/password/new/", {"email": "sam@example.org"}, REMOTE_ADDR=ADDRESS)
    cached = f"{list(cache._cache)} {list(cache._cache.values())}"
    hashes = [hashlib.new(name, ADDRESS.encode()).hexdigest() for name in ("md5", "sha1", "sha256")]
    assert sum(":ip:" in key for key in cache._cache) == 3  # sign-in sent, sign-in failed, link asked for
    assert [mark for mark in (ADDRESS, base64.b64encode(ADDRESS.encode()).decode(), *hashes) if mark in cached] == []


def test_signing_out_takes_a_button(client):
    sign_in(client, make_person())
    client.get("/accounts/logout/")
    assert client.get("/accounts/").status_code == 200
    answer = client.post("/accounts/logout/")
    assert (answer["Location"], answer.cookies["session"].value) == ("/", "")
    assert client.get("/accounts/")["Location"] == "/accounts/login/?next=/accounts/"
    assert Session.objects.count() == 0


# Which pages there are


def test_there_are_these_pages_and_no_sign_up():
    assert [(str(page.pattern), page.name) for page in account_urls.urlpatterns] == [
        ("", "account"),
        ("login/", "account_login"),
        ("logout/", "account_logout"),
        ("inactive/", "account_inactive"),
        ("again/", "account_reauthenticate"),
        ("email/", "account_email_verification_sent"),
        ("email/<str:key>/", "account_confirm_email"),
        ("password/", "account_change_password"),
        ("password/new/", "account_reset_password"),
        ("password/new/sent/", "account_reset_password_done"),
        ("password/new/done/", "account_reset_password_from_key_done"),
        ("^password/new/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$", "account_reset_password_from_key"),
        ("code/", "mfa_index"),
        ("code/step/", "mfa_authenticate"),
        ("code/again/", "mfa_reauthenticate"),
        ("code/on/", "mfa_activate_totp"),
        ("code/off/", "mfa_deactivate_totp"),
        ("code/recovery/", "mfa_view_recovery_codes"),
        ("code/recovery/new/", "mfa_generate_recovery_codes"),
        ("code/recovery/download/", "mfa_download_recovery_codes"),
    ]
    assert "account_signup" not in get_resolver().reverse_dict


def test_sign_up_is_no_page(client):
    assert client.get("/accounts/signup/").status_code == 404


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("login/", "Sign in"),
        ("password/new/", "New password"),
        ("password/new/sent/", "Check your email"),
        ("password/new/done/", "New password"),
        ("password/new/1-wrong/", "New password"),
        ("email/", "Check your email"),
        ("email/wrong/", "Confirm"),
        ("inactive/", "Sign in"),
    ],
)
def test_pages_for_those_who_are_not_signed_in(client, path, title):
    answer = client.get(f"/accounts/{path}")
    assert answer.status_code == 200
    assert f"<title>{title} \N{EN DASH} Community of Practice</title>" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Robots-Tag"] == "noindex, noarchive"
    assert "session" not in answer.cookies


@pytest.mark.parametrize(
    "path",
    ["", "logout/", "password/", "again/", "code/again/", "code/off/", "code/recovery/", "code/recovery/new/"],
)
def test_pages_for_those_who_are_signed_in(client, path):
    sign_in(client, make_staff())
    answer = client.get(f"/accounts/{path}")
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    client.logout()
    assert client.get(f"/accounts/{path}").status_code == 302


def test_browsers_and_password_managers_know_the_fields(client):
    def tokens(path):
        return re.findall(r'autocomplete="([\w-]+)"', client.get(path).content.decode())

    make_person()
    assert tokens("/accounts/login/") == ["username", "current-password"]
    assert tokens("/accounts/password/new/") == ["username"]
    ask_for_link(client)
    assert tokens(decrypt_link(client, mailed_link())[0]) == ["new-password"]
    sign_in(client, User.objects.get())
    assert tokens("/accounts/password/") == ["current-password", "new-password"]
    assert tokens("/accounts/code/on/") == ["one-time-code"]
    assert tokens("/accounts/again/") == ["current-password"]


# A new password


def test_the_answer_to_a_forgotten_password_is_the_same_with_and_without_an_account(client):
    make_person()
    make_person("gone@example.org", is_active=False)
    answers = [ask_for_link(client, email) for email in ("sam@example.org", "nobody@example.org", "gone@example.org")]
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [
        (302, "/accounts/password/new/sent/")
    ] * 3
    assert [letter.to for letter in sent_mail()] == [["sam@example.org"]]
    sent = client.get("/accounts/password/new/sent/").content.decode()
    assert "If there is an account, we have sent a link. It lasts 1 hour." in sent


def test_the_same_work_is_done_for_an_address_without_an_account(client, django_assert_num_queries):
    make_person()
    with django_assert_num_queries(4):
        ask_for_link(client)
    with django_assert_num_queries(4):
        ask_for_link(client, "nobody@example.org")
    assert [message.to for message in sent_mail()] == [["sam@example.org"]]


class BrokenMail(BaseEmailBackend):
    def send_messages(self, messages):
        raise OSError("554 sam@example.org refused")


def test_a_broken_mail_server_answers_nothing_about_an_address(client, settings, caplog):
    settings.EMAIL_BACKEND = f"{__name__}.BrokenMail"
    make_person()
    assert ask_for_link(client)["Location"] == "/accounts/password/new/sent/"
    sent_mail()
    assert [record.message for record in caplog.records] == [
        "The mail server went away or does not answer. Mail waits."
    ]
    assert QueuedEmail.objects.count() == 1


def test_the_mail_says_no_more_than_it_must(client):
    make_person()
    ask_for_link(client, HTTP_USER_AGENT="Marked/1.0", REMOTE_ADDR=ADDRESS)
    [letter] = sent_mail()
    assert letter.subject == "New password"
    assert letter.alternatives == []
    assert letter.body.replace(mailed_link(), "LINK") == (
        "To set a new password, open this link within 1 hour. It works once.\n\nLINK\n\n"
        "If you did not ask for it, do nothing: your password stays as it is.\n\nCommunity of Practice\n"
    )


def test_the_link_stands_on_the_site_own_address_whatever_host_was_asked(client, settings):
    settings.ALLOWED_HOSTS = ["*"]
    make_person()
    ask_for_link(client, HTTP_HOST="evil.example")
    assert mailed_link().startswith("http://testserver/accounts/password/new/")


def test_the_link_sets_a_password_once_and_ends_other_sessions(client):
    person = make_person()
    sign_in(client, person)
    ask_for_link(client)
    link = mailed_link()
    client.logout()
    assert set_password(client, link)["Location"] == "/accounts/password/new/done/"
    assert "<h1>You have a new password</h1>" in client.get("/accounts/password/new/done/").content.decode()
    assert "This link has been used" in decrypt_link(client, link)[1].content.decode()
    assert problems(sign_in(client, person)) == [WRONG]
    assert sign_in(client, person, NEW_PASSWORD)["Location"] == "/accounts/"


@pytest.mark.parametrize(("minutes", "works"), [(59, True), (61, False)])
def test_the_link_lasts_an_hour(client, minutes, works):
    make_person()
    with time_machine.travel("2023-03-27 10:00Z", tick=False) as clock:
        ask_for_link(client)
        link = mailed_link()
        clock.shift(minutes * 60)
        assert ('type="password"' in decrypt_link(client, link)[1].content.decode()) == works


def test_the_key_leaves_the_address_bar(client):
    make_person()
    ask_for_link(client)
    link = mailed_link()
    assert decrypt_link(client, link)[0] == re.sub(r"^http://testserver(/.*/\w+)-.*$", r"\1-set-password/", link)


@pytest.mark.parametrize("password", ["short", "1q2w3e4r5t6y", "sam@example.org"])
def test_a_weak_password_is_refused(client, password):
    make_person()
    ask_for_link(client)
    assert set_password(client, mailed_link(), password).status_code == 200
    assert User.objects.get().check_password(PASSWORD)


def test_the_link_proves_the_address_that_it_was_sent_to(client):
    person = make_person(verified=False)
    ask_for_link(client)
    set_password(client, mailed_link())
    assert EmailAddress.objects.get().verified
    assert sign_in(client, person, NEW_PASSWORD)["Location"] == "/accounts/"


def test_of_several_addresses_the_link_proves_none(client):
    person = make_person(verified=False)
    EmailAddress.objects.create(user=person, email="other@example.org", verified=False)
    ask_for_link(client)
    set_password(client, mailed_link())
    assert [address.verified for address in EmailAddress.objects.all()] == [False, False]


def test_changing_the_password_needs_the_current_one(client):
    person = make_person()
    sign_in(client, person)
    refused = client.post("/accounts/password/", {"oldpassword": "x", "password1": NEW_PASSWORD})
    assert problems(refused) == ["The current password is not right"]
    answer = client.post("/accounts/password/", {"oldpassword": PASSWORD, "password1": NEW_PASSWORD}, follow=True)
    assert answer.redirect_chain == [("/accounts/", 302)]
    assert "Your password is changed." in answer.content.decode()
    assert sent_mail() == []


# An address that is not yet proven


def test_an_unproven_address_is_confirmed_before_sign_in(client):
    person = User.objects.create_superuser("Root@Example.org", PASSWORD, display_name="Root")
    assert sign_in(client, person)["Location"] == "/accounts/email/"
    [letter] = sent_mail()
    assert letter.subject == "Please confirm your email address"
    path, page = decrypt_link(client, mailed_link())
    assert "root@example.org" in page.content.decode()
    assert not EmailAddress.objects.get().verified  # opening a link changes nothing: programs open links too
    assert client.post(path)["Location"] == "/accounts/login/"
    assert "Your email address is confirmed." in client.get("/accounts/login/").content.decode()
    assert sign_in(client, person)["Location"] == "/accounts/"
