"""Sample content for a first look at the portal, loaded only into an empty database."""

import secrets
from pathlib import Path

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction

import events.sample
import forums.sample
import newsletters.sample
import outcomes.sample
from mscos.groups import CALL_HANDLERS, EDITORS, MODERATORS
from mscos.models import User
from outcomes.models import Outcome

PEOPLE = (
    ("moderator@example.org", "Sample moderator", (MODERATORS,)),
    ("editor@example.org", "Sample editor", (EDITORS,)),
    ("handler@example.org", "Sample call handler", (CALL_HANDLERS,)),
)


def load_if_empty() -> bool:
    """Fill a database that has neither users nor outcomes; return whether it did.

    The sample accounts get random passwords, stored in a file that only its owner can read (`notes_path`).
    """
    if User.objects.exists() or Outcome.objects.exists():
        return False
    with transaction.atomic():
        outcomes.sample.load()
        events.sample.load()
        notes = [_person(email, name, groups) for email, name, groups in PEOPLE]
        forums.sample.load(by=User.objects.get(email="moderator@example.org"))
        newsletters.sample.load(by=User.objects.get(email="editor@example.org"))
        code = forums.sample.load_request(by=User.objects.get(email="handler@example.org"))
        # Before the commit: else a start that is stopped in between would leave accounts whose passwords nobody knows.
        path = notes_path()
        path.touch(mode=0o600)
        path.write_text("\n".join([*notes, f"Sample request for a call, to open with its code: {code}"]) + "\n")
    return True


def notes_path() -> Path:
    """Return the path of the file with the sample accounts' passwords."""
    return Path(settings.VAR_DIR) / "sample-sign-in.txt"


def _person(email: str, name: str, groups: tuple[str, ...]) -> str:
    password = secrets.token_urlsafe(12)
    user = User.objects.create_user(email, password, display_name=name, is_staff=True)
    user.groups.set(Group.objects.filter(name__in=groups))
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return f"{name}: {email}, password {password}"
