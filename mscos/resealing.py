"""Sealing anew what older keys sealed, while the site runs; and knowing at start when the key that is needed is missing.

A row is changed only if it still holds the seal that was read: what somebody writes meanwhile stays, and has the newest
key already. Nothing is locked for longer than one row.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.apps import apps
from django.db import models

from mscos.fields import SealedField
from mscos.sealing import LOST, Sealed

BATCH = 500
SECOND_STEPS = ("secret", "seed")  # what allauth keeps sealed in an authenticator's data


@dataclass
class Resealed:
    """What became of the seals."""

    renewed: int = 0
    lost: int = 0  # no key of ours opens them; left as they are, in case the key is found


def count_rows() -> int:
    """Return how many rows `reseal` looks at."""
    return sum(model._default_manager.count() for model, _ in sealed_columns()) + Authenticator.objects.count()


def reseal(progress: Callable[[], object] = lambda: None) -> Resealed:
    """Seal everything with the newest key; `progress` is called after each row."""
    done = Resealed()
    for model, names in sealed_columns():
        for row in model._default_manager.only("pk", *names).iterator(chunk_size=BATCH):
            for name in names:
                _renew_column(model, row, name, done)
            progress()
    for authenticator in Authenticator.objects.iterator(chunk_size=BATCH):
        _renew_second_step(authenticator, done)
        progress()
    return done


def unreadable() -> list[str]:
    """Return the names of the tables that hold a seal which no key of ours opens; of large ones some rows are looked at."""
    return [str(model._meta.verbose_name_plural) for model, names in sealed_columns() if not _all_open(model, names)]


def sealed_columns() -> Iterator[tuple[type[models.Model], list[str]]]:
    """Yield each model that has sealed columns, with their names."""
    for model in apps.get_models():
        names = [field.name for field in model._meta.concrete_fields if isinstance(field, SealedField)]
        if names:
            yield model, names


def _all_open(model: type[models.Model], names: list[str]) -> bool:
    rows = model._default_manager.only("pk", *names)[:BATCH]
    return all(getattr(row, name).words != LOST for row in rows for name in names)


def _renewed(seal: Sealed, done: Resealed) -> Sealed:
    try:
        return seal.renewed() if seal else seal
    except InvalidToken:
        done.lost += 1
        return seal


def _renew_column(model: type[models.Model], row: Any, name: str, done: Resealed) -> None:
    old: Sealed = getattr(row, name)
    new = _renewed(old, done)
    if new != old:
        done.renewed += model._default_manager.filter(pk=row.pk, **{name: old}).update(**{name: new})


def _renew_second_step(row: Authenticator, done: Resealed) -> None:
    sealed = {key: _renewed(Sealed(row.data[key]), done).token for key in SECOND_STEPS if row.data.get(key)}
    if any(row.data[key] != token for key, token in sealed.items()):
        same = Authenticator.objects.filter(pk=row.pk, data=row.data)
        done.renewed += same.update(data={**row.data, **sealed})
