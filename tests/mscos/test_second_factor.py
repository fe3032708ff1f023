import base64
import re

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.contrib.sessions.models import Session

from mscos.encryption import decrypt, encrypt
from mscos.models import User
from tests.people import PASSWORD, SECRET, code_now, make_person, make_staff, problems, sign_in

pytestmark = pytest.mark.django_db

ADDRESS = "203.0.113.9"


def turn_on(client):
    """Turn the second step on; return its key and the answer."""
    page = client.get("/accounts/code/on/")
    secret = page.context["form"].secret
    return secret, client.post("/accounts/code/on/", {"code": code_now(secret)})


def test_the_second_step_is_turned_on_with_a_code_and_then_asked_for(client):
    person = make_person()
    with time_machine.travel("2023-03-27 10:00Z", tick=False):
        sign_in(client, person)
        secret, answer = turn_on(client)
        assert answer["Location"] == "/accounts/code/recovery/"
        client.logout()
        assert client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})["Location"] == (
            "/accounts/code/step/"
        )
        assert client.get("/accounts/").status_code == 302
        assert problems(client.post("/accounts/code/step/", {"code": "000000"})) == [
            "The code is not right. Type the newest one"
        ]
        assert client.post("/accounts/code/step/", {"code": code_now(secret)})["Location"] == "/accounts/"


def test_a_lost_key_lets_nobody_in_and_breaks_nothing(client, settings):
    person = make_staff()
    settings.FIELD_KEY = "another key"
    client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    answer = client.post("/accounts/code/step/", {"code": code_now()})
    assert (answer.status_code, len(problems(answer))) == (200, 1)
    assert client.get("/admin/").status_code == 302


def test_a_code_works_once(client):
    person = make_staff()
    with time_machine.travel("2023-03-27 10:00Z", tick=False):
        assert sign_in(client, person)["Location"] == "/accounts/"
        client.logout()
        assert problems(sign_in(client, person)) == ["The code is not right. Type the newest one"]


def test_a_code_of_the_minute_before_does_not_work(client):
    person = make_staff()
    with time_machine.travel("2023-03-27 10:00Z", tick=False) as clock:
        client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
        old = code_now()
        clock.shift(30)
        assert client.post("/accounts/code/step/", {"code": old}).status_code == 200


def test_five_wrong_codes_lock_the_second_step(client):
    person = make_staff()
    client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    for _ in range(5):
        client.post("/accounts/code/step/", {"code": "x"})
    answer = client.post("/accounts/code/step/", {"code": code_now()})
    assert (answer.status_code, problems(answer)) == (429, ["Too many tries. Wait 15 minutes."])


def test_recovery_codes_are_shown_downloaded_used_once_and_replaced(client):
    person = make_staff()
    sign_in(client, person)
    codes = client.get("/accounts/code/recovery/").context["unused_codes"]
    file = client.get("/accounts/code/recovery/download/")
    assert file["Content-Disposition"] == 'attachment; filename="recovery-codes.txt"'
    assert file.content.decode().split() == codes
    assert client.post("/accounts/code/recovery/new/")["Location"] == "/accounts/code/recovery/"
    fresh = client.get("/accounts/code/recovery/").context["unused_codes"]
    assert (len(fresh), set(fresh) & set(codes)) == (10, set())
    client.logout()
    client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    assert client.post("/accounts/code/step/", {"code": fresh[0]})["Location"] == "/accounts/"
    assert client.get("/accounts/code/recovery/").context["unused_codes"] == fresh[1:]


def test_turning_the_second_step_off_forgets_everything_about_it(client):
    sign_in(client, make_staff())
    answer = client.post("/accounts/code/off/", follow=True)
    assert answer.redirect_chain == [("/accounts/code/", 302), ("/accounts/", 302)]
    assert Authenticator.objects.count() == 0


def test_only_the_page_with_the_qr_code_may_show_images_of_its_own(client):
    sign_in(client, make_person())
    pages = [client.get(path) for path in ("/accounts/", "/accounts/code/on/")]
    images = [re.search("img-src ([^;]*)", page["Content-Security-Policy"])[1] for page in pages]
    assert images == ["'self'", "'self' data:"]
    assert "style=" not in pages[1].content.decode()
    picture = base64.b64decode(re.search(r"base64,([\w+/=]+)", pages[1].content.decode())[1]).decode()
    assert '<rect fill="white"' in picture


def whole_database():
    return repr([list(model.objects.values()) for model in (Authenticator, User)]) + repr(
        [session.get_decoded() for session in Session.objects.all()]
    )


def test_the_database_holds_no_clear_secret_before_or_after_the_second_step_is_turned_on(client):
    sign_in(client, make_person())
    secret = client.get("/accounts/code/on/").context["form"].secret
    assert secret not in whole_database()
    client.post("/accounts/code/on/", {"code": code_now(secret)})
    assert {row.type: set(row.data) for row in Authenticator.objects.all()} == {
        "totp": {"secret"},
        "recovery_codes": {"seed", "used_mask"},
    }
    app, seed = (Authenticator.objects.get(type=kind).data for kind in ("totp", "recovery_codes"))
    assert secret not in whole_database()
    assert decrypt(app["secret"]) == secret
    assert len(decrypt(seed["seed"])) == 80


def test_a_mistyped_first_code_keeps_the_key(client):
    sign_in(client, make_person())
    secret = client.get("/accounts/code/on/").context["form"].secret
    again = client.post("/accounts/code/on/", {"code": "x"})
    assert again.context["form"].secret == secret
    assert client.post("/accounts/code/on/", {"code": code_now(secret)}).status_code == 302


def test_a_first_code_without_a_key_is_refused(client):
    sign_in(client, make_person())
    assert client.post("/accounts/code/on/", {"code": "123456"}).status_code == 200


def test_keys_are_changed_without_losing_what_the_old_one_sealed(settings):
    settings.FIELD_KEY = "old"
    encrypted = encrypt(SECRET)
    settings.FIELD_KEY = "new, old"
    assert decrypt(encrypted) == SECRET
    reencrypted = encrypt(SECRET)
    settings.FIELD_KEY = "new"
    assert decrypt(reencrypted) == SECRET
    with pytest.raises(InvalidToken):
        decrypt(encrypted)


# The password again


def test_the_password_is_asked_for_again_after_five_minutes(client):
    with time_machine.travel("2023-03-27 10:00Z", tick=False) as clock:
        sign_in(client, make_person())
        assert client.get("/accounts/code/on/").status_code == 200
        clock.shift(301)
        asked = client.get("/accounts/code/on/")
        assert asked["Location"] == "/accounts/again/?next=/accounts/code/on/"
        refused = client.post(asked["Location"], {"password": "x"})
        assert problems(refused) == ["The password is not right"]
        assert client.post(asked["Location"], {"password": PASSWORD})["Location"] == "/accounts/code/on/"
        assert client.get("/accounts/code/on/").status_code == 200


def test_a_form_that_comes_too_late_is_not_kept_with_the_visitor_address(client):
    with time_machine.travel("2023-03-27 10:00Z", tick=False) as clock:
        sign_in(client, make_staff())
        clock.shift(301)
        answer = client.post("/accounts/code/off/", REMOTE_ADDR=ADDRESS, HTTP_USER_AGENT="Marked/1.0")
        assert answer["Location"] == "/accounts/again/?next=/accounts/code/off/"
        session = repr(client.session.items())
        assert [mark for mark in (ADDRESS, "Marked") if mark in session] == []
        assert Authenticator.objects.count() == 2
