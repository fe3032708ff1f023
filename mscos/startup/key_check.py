"""The check at start that CODE_KEY is still the key of the stored HMACs of codes and addresses.

The database keeps a check value of the key: the HMAC of an empty text, which opens nothing.
"""

from django.conf import settings

from mscos.codes import key_check_value
from mscos.models import KeyCheckValue
from mscos.startup.error import StartError

NAME = "CODE_KEY"


def check_code_key() -> None:
    """Raise StartError where what is stored was made with another CODE_KEY, unless CODE_KEY_LOST is set."""
    stored = KeyCheckValue.objects.filter(name=NAME).first()
    if stored is None or stored.value == key_check_value() or settings.CODE_KEY_LOST:
        return
    raise StartError(
        "CODE_KEY is not the key with which this database was begun, so no writer's code would open anything. Set "
        "CODE_KEY to that key, or put the file code_key back into VAR_DIR, from your copy. If it is lost for good, set "
        "CODE_KEY_LOST=yes for one run of 'manage.py prepare': the site then starts, and the codes given out before stay "
        "without use."
    )


def store_code_key_check() -> bool:
    """Store the check value; with CODE_KEY_LOST replace another key's. Return whether one was replaced."""
    value = key_check_value()
    stored, _ = KeyCheckValue.objects.get_or_create(name=NAME, defaults={"value": value})
    if stored.value == value or not settings.CODE_KEY_LOST:
        return False
    return bool(KeyCheckValue.objects.filter(pk=stored.pk).update(value=value))
