"""Key rotation: encrypts stored texts again with the newest key while the site runs.

A row is changed only if it still has the token that was read: what somebody writes meanwhile is kept, and is encrypted
with the newest key already. No row stays locked.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.apps import apps
from django.db import models

from mscos.encryption import LOST, EncryptedText
from mscos.fields import EncryptedTextField

BATCH = 500
AUTHENTICATOR_SECRETS = ("secret", "seed")  # in an authenticator's data, encrypted by MFAAdapter


@dataclass
class Rotation:
    """How many texts were encrypted again, and how many could not be."""

    renewed: int = 0
    lost: int = 0  # no key decrypts them; left as they are, in case the key is found


def count_rows() -> int:
    """Return how many rows `rotate_field_keys` reads."""
    return sum(model._default_manager.count() for model, _ in encrypted_columns()) + Authenticator.objects.count()


def rotate_field_keys(progress: Callable[[], object] = lambda: None) -> Rotation:
    """Encrypt everything with the newest key; `progress` is called after each row."""
    done = Rotation()
    for model, names in encrypted_columns():
        for row in model._default_manager.only("pk", *names).iterator(chunk_size=BATCH):
            for name in names:
                _rotate_column(model, row, name, done)
            progress()
    for authenticator in Authenticator.objects.iterator(chunk_size=BATCH):
        _rotate_authenticator(authenticator, done)
        progress()
    return done


def unreadable() -> list[str]:
    """Return the names of the models with a text that no key decrypts, among the first BATCH rows of each."""
    return [
        str(model._meta.verbose_name_plural) for model, names in encrypted_columns() if not _all_decrypt(model, names)
    ]


def encrypted_columns() -> Iterator[tuple[type[models.Model], list[str]]]:
    """Yield each model that has encrypted columns, with their names."""
    for model in apps.get_models():
        names = [field.name for field in model._meta.concrete_fields if isinstance(field, EncryptedTextField)]
        if names:
            yield model, names


def _all_decrypt(model: type[models.Model], names: list[str]) -> bool:
    rows = model._default_manager.only("pk", *names)[:BATCH]
    return all(getattr(row, name).reveal() != LOST for row in rows for name in names)


def _renewed(text: EncryptedText, done: Rotation) -> EncryptedText:
    try:
        return text.renewed() if text else text
    except InvalidToken:
        done.lost += 1
        return text


def _rotate_column(model: type[models.Model], row: Any, name: str, done: Rotation) -> None:
    old: EncryptedText = getattr(row, name)
    new = _renewed(old, done)
    if new != old:
        done.renewed += model._default_manager.filter(pk=row.pk, **{name: old}).update(**{name: new})


def _rotate_authenticator(row: Authenticator, done: Rotation) -> None:
    tokens = {
        key: _renewed(EncryptedText(row.data[key]), done).token for key in AUTHENTICATOR_SECRETS if row.data.get(key)
    }
    if any(row.data[key] != token for key, token in tokens.items()):
        same = Authenticator.objects.filter(pk=row.pk, data=row.data)
        done.renewed += same.update(data={**row.data, **tokens})
