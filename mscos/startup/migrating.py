"""Migrations that neither Ctrl+C nor a missing right leaves half done."""

import signal
from typing import Any

from django.core.management import call_command
from django.core.management.commands.migrate import Command as MigrateCommand
from django.db import DatabaseError, OperationalError, connection
from django.db.migrations.exceptions import MigrationSchemaMissing

from mscos.startup.error import StartError
from mscos.startup.readiness import first_line

INSUFFICIENT_PRIVILEGE = "42501"  # https://www.postgresql.org/docs/current/errcodes-appendix.html


class CarefulMigrate(MigrateCommand):
    """Django's migrate, which counts migrations and is stopped by Ctrl+C only between two of them.

    Inside one, Ctrl+C could come after the tables are made and before that is recorded: the next start would make them
    again.
    """

    done = 0
    inside = False
    asked_to_stop = False

    def migration_progress_callback(self, action: str, migration: Any = None, fake: bool = False) -> None:  # noqa: FBT001, FBT002  Django's signature
        """Note whether a migration is under way, and count those that are done."""
        if action == "apply_start":
            self.inside = True
        elif action == "apply_success":
            self.inside = False
            self.done += 1
            if self.asked_to_stop:
                raise KeyboardInterrupt

    def stop(self, *signal_and_frame: object) -> None:
        """Stop now, or after the migration under way; when asked twice, at once."""
        if not self.inside or self.asked_to_stop:
            raise KeyboardInterrupt
        self.asked_to_stop = True


def migrate() -> int:
    """Apply the migrations and return how many there were. Raises StartError where that cannot be done."""
    command = CarefulMigrate()
    before = signal.signal(signal.SIGINT, command.stop)
    try:
        call_command(command, verbosity=0, interactive=False)
    except (DatabaseError, MigrationSchemaMissing) as error:
        raise _as_start_error(error) from error
    finally:
        signal.signal(signal.SIGINT, before)
    return command.done


def _as_start_error(error: Exception) -> Exception:
    """Return a StartError for what an administrator can put right, else the error itself."""
    if _code_of(error) == INSUFFICIENT_PRIVILEGE:
        facts = connection.settings_dict
        return StartError(
            f"The role '{facts['USER']}' may not make or change tables in the database '{facts['NAME']}'. As an "
            f"administrator of PostgreSQL run: ALTER DATABASE {facts['NAME']} OWNER TO {facts['USER']}"
        )
    if isinstance(error, OperationalError):
        return StartError(
            f"The tables could not be brought up to date: {first_line(error)}. Put that right and start again: each "
            "migration was done whole or not at all."
        )
    return error


def _code_of(error: BaseException | None) -> str | None:
    """Return PostgreSQL's code of an error, from whichever of its causes carries it."""
    while error is not None:
        if code := getattr(error, "sqlstate", None):
            return str(code)
        error = error.__cause__ or error.__context__
    return None
