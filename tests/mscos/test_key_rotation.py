"""Key rotation: everything is encrypted again while people read and write."""

import base64
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import call_command

from forums.call_requests import requester_actions
from forums.models import CallMessage, CallRequest
from mscos.encryption import LOST, EncryptedText, encrypt
from mscos.forms import new_submission_id
from mscos.key_rotation import count_rows, rotate_field_keys, unreadable
from mscos.startup.error import StartError
from mscos.startup.readiness import check_keys
from tests.bulk_rows import store
from tests.forums.call_requests.helpers import ANSWERS, make_request
from tests.people import SECRET, make_staff, sign_in

pytestmark = pytest.mark.django_db
MANY = 10_000


@pytest.fixture
def old(settings):
    settings.FIELD_KEY = "old"
    return settings


def opens_with(settings, key):
    settings.FIELD_KEY = key
    return {name: getattr(CallRequest.objects.get(), name).reveal() for name in requester_actions.ENCRYPTED}


def test_a_text_says_only_that_it_is_encrypted_until_its_words_are_asked_for():
    encrypted = EncryptedText.of("a word")
    assert (str(encrypted), repr(encrypted), f"{encrypted}", encrypted.reveal()) == (
        "(encrypted)",
        "(encrypted)",
        "(encrypted)",
        "a word",
    )
    assert (str(EncryptedText.of("")), bool(EncryptedText.of("")), EncryptedText.of("").reveal()) == ("", False, "")
    assert EncryptedText.of("a word") != encrypted


def test_a_token_tells_neither_when_nor_how_much_was_typed():
    tokens = [base64.urlsafe_b64decode(EncryptedText.of(text).token) for text in ("a", "a word or two" * 9)]
    assert [token[1:9] for token in tokens] == [bytes(8)] * 2
    assert len(tokens[0]) == len(tokens[1])
    assert EncryptedText.of("é" * 5_000).reveal() == "é" * 5_000
    older = EncryptedText(encrypt("a word"))
    assert (older.reveal(), older.renewed()) == ("a word", older)


def test_a_plain_text_cannot_get_into_a_encrypted_column(db):
    with pytest.raises(TypeError, match=r"EncryptedText\.of"):
        CallRequest(code_digest="x", form_digest="x", how="code", zone="UTC", topic="in clear").save()


def test_after_key_rotation_the_new_key_is_enough(old):
    make_request()
    old.FIELD_KEY = "new,old"
    assert rotate_field_keys().renewed == len(requester_actions.ENCRYPTED)
    assert opens_with(old, "new") == {name: ANSWERS[name] for name in requester_actions.ENCRYPTED}
    assert (rotate_field_keys().renewed, rotate_field_keys().lost) == (0, 0)


def test_a_second_step_goes_on_working_with_the_new_key_alone(client, old):
    person = make_staff()
    before = Authenticator.objects.get(type="totp").data["secret"]
    old.FIELD_KEY = "new,old"
    assert rotate_field_keys().renewed == 2
    old.FIELD_KEY = "new"
    assert Authenticator.objects.get(type="totp").data["secret"] != before
    assert sign_in(client, person).status_code == 302
    assert client.get("/admin/").status_code == 200
    assert SECRET not in before


def test_what_no_key_opens_is_counted_and_left(old):
    make_request()
    old.FIELD_KEY = "new"
    before = CallRequest.objects.get().contact
    done = rotate_field_keys()
    assert (done.renewed, done.lost) == (0, len(requester_actions.ENCRYPTED))
    assert (CallRequest.objects.get().contact, before.reveal()) == (before, LOST)


def test_what_is_written_meanwhile_stays(old):
    asked = make_request()
    old.FIELD_KEY = "new,old"
    seen = []

    def write_meanwhile():
        if not seen:
            seen.append(1)
            CallRequest.objects.filter(pk=asked.call_request.pk).update(topic=EncryptedText.of("Written meanwhile"))

    make_request(topic="Another")
    rotate_field_keys(progress=write_meanwhile)
    old.FIELD_KEY = "new"
    assert CallRequest.objects.get(pk=asked.call_request.pk).topic.reveal() == "Written meanwhile"


def test_ten_thousand_requests_are_encrypted_anew_while_the_site_answers(client, old):
    asked = make_request()
    contact, topic = EncryptedText(encrypt("07700 900123")), EncryptedText(encrypt("a landlord"))
    store(CallRequest, (
        CallRequest(
            code=f"r{number}", code_digest=f"c{number}", form_digest=f"f{number}", how="contact", way="phone",
            zone="Europe/London", contact=contact, topic=topic,
        )
        for number in range(MANY)
    ))  # fmt: skip
    old.FIELD_KEY = "new,old"
    rows, answered = 0, 0

    def look():
        nonlocal rows, answered
        rows += 1
        if rows % 1_000 == 0:
            page = client.post("/code/", {"code": asked.code})
            assert (page.status_code, b"07700 900123, ask twice" in page.content) == (200, True)
            requester_actions.write(
                call_request=asked.call_request, submission_id=new_submission_id(), words="Still there?"
            )
            answered += 1

    done = rotate_field_keys(progress=look)
    assert (done.renewed, done.lost, answered >= 10) == (2 * MANY + len(requester_actions.ENCRYPTED), 0, True)
    old.FIELD_KEY = "new"
    assert CallRequest.objects.get(code=f"r{MANY - 1}").contact.reveal() == "07700 900123"
    assert {message.body.reveal() for message in CallMessage.objects.all()} == {"Still there?"}


def test_the_command_tells_how_much_it_did(old):
    make_request()
    old.FIELD_KEY = "new,old"
    output = StringIO()
    call_command("rotate_field_keys", stdout=output)
    assert output.getvalue() == "7 texts were encrypted again.\n"
    old.FIELD_KEY = "third"
    output = StringIO()
    call_command("rotate_field_keys", stdout=output)
    assert (
        "0 texts were encrypted again.\n7 texts were left as they are: no key in FIELD_KEY decrypts them."
        in output.getvalue()
    )
    assert count_rows() == 1


def test_a_start_without_the_key_stops_and_says_what_to_do(old, monkeypatch):
    make_request()
    assert unreadable() == []
    old.FIELD_KEY = "another"
    with pytest.raises(StartError, match=r"FIELD_KEY does not open what is stored encrypted \(call requests\)"):
        check_keys()
    old.FIELD_KEY_LOST = True
    check_keys()
    old.FIELD_KEY_LOST = False
    old.FIELD_KEY = "another,old"
    check_keys()
