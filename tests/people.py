"""Users as an administrator makes them, who sign in with a password and a code."""

import time

from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.contrib.auth.models import Group

from mscos.models import User

PASSWORD = "four quiet brown kettles"
PERIOD = 30  # seconds that a code lasts
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def make_person(email="sam@example.org", *, groups=(), verified=True, second_factor=False, **fields):
    """Return a user with a password and, with `second_factor`, an authenticator app with the key SECRET."""
    person = User.objects.create_user(email, PASSWORD, **{"display_name": "Sam", **fields})
    person.groups.set(Group.objects.filter(name__in=groups))
    EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=verified)
    if second_factor:
        TOTP.activate(person, SECRET)
        RecoveryCodes.activate(person)
    return person


def make_staff(email="sam@example.org", **fields):
    """Return a user who may enter the admin."""
    return make_person(email, **{"is_staff": True, "second_factor": True, **fields})


def sign_in(client, person, password=PASSWORD, **data):
    """Send the sign-in form, and the code where it is asked for; return the last response."""
    answer = client.post("/accounts/login/", {"login": person.email, "password": password, **data})
    if answer.status_code == 302 and answer["Location"] == "/accounts/code/step/":
        answer = client.post("/accounts/code/step/", {"code": code_now()})
    return answer


def code_now(secret=SECRET):
    """Return the code that an authenticator app shows now; wait for the next where it is about to expire."""
    left = PERIOD - time.time() % PERIOD
    if left < 1:
        time.sleep(left)
    return format_hotp_value(hotp_value(secret, int(time.time()) // PERIOD))


def problems(answer):
    """Return the errors of the form on a page."""
    return [problem for field in answer.context["form"].errors.values() for problem in field]
