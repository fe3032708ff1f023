"""The people who sign in, the rows by which work processes share out their jobs and the mail, and the check of a key."""

from typing import Any

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone


class UserManager(BaseUserManager["User"]):
    """Makes people by their email address; there are no user names."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make and return a person; without a password they set one by 'Forgotten password'.

        Raises IntegrityError where the address is already taken, in whatever case it is written.
        """
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make and return a person who may do everything in the admin."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find a person by address, in whatever case it is typed."""
        return self.get(email__iexact=username)


class User(AbstractUser):
    """A person who signs in by email: an editor, a moderator, a member. Readers and writers need no account."""

    username = None  # type: ignore[assignment]
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    email = models.EmailField("email address", unique=True)
    display_name = models.CharField(max_length=80, help_text="Shown beside anything this person posts by name.")
    organisation = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=120, blank=True, help_text="For example: research lead.")

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["display_name"]

    objects = UserManager()  # type: ignore[assignment, misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_in_any_case_once"),
        ]

    def __str__(self) -> str:
        return self.display_name or self.email

    def get_full_name(self) -> str:
        """Return the name this person goes by here."""
        return self.display_name

    def get_short_name(self) -> str:
        """Return the name this person goes by here."""
        return self.display_name


class Job(models.Model):
    """When a job of the work loop is next due. Claiming moves the time on, so that only one worker runs it."""

    name = models.CharField(max_length=120, unique=True)
    due_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class LetterQuerySet(models.QuerySet["QueuedEmail"]):
    """Reads of queued mail."""

    def due(self) -> "LetterQuerySet":
        """Return those that may leave now, oldest first."""
        return self.filter(due_at__lte=timezone.now()).order_by("due_at", "pk")


class QueuedEmail(models.Model):
    """A mail that waits to leave: encrypted, and deleted once the server took it. Claiming moves the due time on."""

    encrypted = models.TextField()
    due_at = models.DateTimeField(default=timezone.now, db_index=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    objects = LetterQuerySet.as_manager()

    def __str__(self) -> str:
        return f"QueuedEmail {self.pk}"


class KeyCheckValue(models.Model):
    """By what a key that is not in the database is known again (`mscos/startup/key_check.py`)."""

    name = models.CharField(max_length=20, unique=True)
    value = models.CharField(max_length=64)

    def __str__(self) -> str:
        return self.name


class Erasure(models.Model):
    """That a row was deleted or lost its words, for a restored backup to lose them again: no words, no time of day.

    The database writes it by itself: `mscos/backups/erasures.py`. The key is a random word, so that it tells no order.
    """

    key = models.CharField(max_length=32, primary_key=True)
    day = models.DateField()
    table = models.CharField(max_length=63)
    row = models.CharField("key of that row", max_length=64)
    became = models.CharField("what became of the row, empty where it was deleted", max_length=20, blank=True)

    def __str__(self) -> str:
        return f"erasure of {self.day}"
