"""Users, the due times of jobs, queued mail, the check value of CODE_KEY and the list of erasures."""

from typing import Any

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone


class UserManager(BaseUserManager["User"]):
    """Makes users by their email address; there are no user names."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make and return a user; without a password they set one by 'Forgotten password'.

        Raises IntegrityError where the address is taken, in any case.
        """
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make and return a user who may do everything in the admin."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Return the user with an address, in any case."""
        return self.get(email__iexact=username)


class User(AbstractUser):
    """A user, who signs in by email: an editor, a moderator, a member. Readers and writers need no account."""

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
        """Return the display name."""
        return self.display_name

    def get_short_name(self) -> str:
        """Return the display name."""
        return self.display_name


class Job(models.Model):
    """The next due time of a job. Claiming the job postpones it, so that only one worker runs it."""

    name = models.CharField(max_length=120, unique=True)
    due_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class QueuedEmailQuerySet(models.QuerySet["QueuedEmail"]):
    """Queries of queued mail."""

    def due(self) -> "QueuedEmailQuerySet":
        """Return the mail that is due, oldest first."""
        return self.filter(due_at__lte=timezone.now()).order_by("due_at", "pk")


class QueuedEmail(models.Model):
    """A mail to be sent: encrypted, and deleted once the server took it. Claiming it postpones its due time."""

    encrypted = models.TextField()
    due_at = models.DateTimeField(default=timezone.now, db_index=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    objects = QueuedEmailQuerySet.as_manager()

    def __str__(self) -> str:
        return f"QueuedEmail {self.pk}"


class KeyCheckValue(models.Model):
    """The value by which a key that is not in the database is recognised (`mscos/startup/key_check.py`)."""

    name = models.CharField(max_length=20, unique=True)
    value = models.CharField(max_length=64)

    def __str__(self) -> str:
        return self.name


class Erasure(models.Model):
    """A note that a row was deleted or its words were erased, so that a restored backup loses them too.

    It has no words and no time of day, and its key is random, so that it tells no order. Triggers of the database write
    it: `mscos/backups/erasures.py`.
    """

    key = models.CharField(max_length=32, primary_key=True)
    day = models.DateField()
    table = models.CharField(max_length=63)
    row = models.CharField("key of that row", max_length=64)
    became = models.CharField("what became of the row, empty where it was deleted", max_length=20, blank=True)

    def __str__(self) -> str:
        return f"erasure of {self.day}"
