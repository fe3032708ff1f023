"""Files of backups: named by day, written whole or not at all, encrypted while they are written, and read again."""

import fcntl
import gzip
import os
import re
import subprocess
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.utils import timezone

from mscos.backups.tables import DamagedBackup
from mscos.refusals import Refused

NAME = re.compile(r"portal-(?P<day>\d{4}-\d\d-\d\d)(?:-(?P<number>\d+))?\.jsonl\.gz(?:\.age|\.gpg)?")

CUT_SHORT = (EOFError, gzip.BadGzipFile)


class BackupError(Refused):
    """A backup cannot be written or read; the message is a sentence for the administrator."""


def folder() -> Path:
    """Return the folder of the backups; make it where it is missing."""
    path = Path(settings.BACKUP_DIR)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def write(lines: Iterable[str], *, recipient: str) -> Path:
    """Write a backup, encrypted where there is a recipient, and return its path. Raises BackupError.

    It goes to a draft that only the owner can read, which gets a backup's name once it is whole and on the disk.
    """
    try:
        with _draft() as (draft, file):
            with _encrypted(file, recipient) as pipe, gzip.GzipFile("", "wb", 6, pipe, mtime=0) as packed:
                for line in lines:
                    packed.write(f"{line}\n".encode())
            file.flush()
            os.fsync(file.fileno())
            return _named(draft, _suffix(recipient))
    except OSError as error:
        raise BackupError(
            f"The backup could not be written to {settings.BACKUP_DIR}: {error.strerror or error}. Nothing of it was left there. "
            "Free some space or correct BACKUP_DIR, then try again."
        ) from error


def delete_old(*, keep: int | None) -> int:
    """Delete backups older than BACKUP_DAYS, and all but the newest `keep`; never the newest. Return how many."""
    found = sorted((order, path) for path in folder().iterdir() if (order := _order(path)))
    oldest = timezone.localdate() - timedelta(days=settings.BACKUP_DAYS)
    surplus = len(found) - keep if keep else 0
    old = [path for at, ((day, _), path) in enumerate(found[:-1]) if at < surplus or day < oldest]
    for path in old:
        path.unlink()
    return len(old)


@contextmanager
def reading(path: Path, *, identity: str) -> Iterator[Iterator[str]]:
    """Yield the lines of a backup, decrypted where it is encrypted. Raises BackupError and DamagedBackup."""
    if path.suffix == ".age" and not identity:
        raise BackupError("The backup is encrypted with age. Name the file with the key that opens it: --identity FILE")
    command = {
        ".age": ["age", "--decrypt", "--identity", identity, str(path)],
        ".gpg": ["gpg", "--batch", "--quiet", "--decrypt", str(path)],
    }.get(path.suffix)
    try:
        if command is None:
            with gzip.open(path, "rt", encoding="utf-8") as unpacked:
                yield unpacked
        else:
            with (
                _running(command, stdout=subprocess.PIPE) as tool,
                gzip.open(tool.stdout, "rt", encoding="utf-8") as unpacked,
            ):
                yield unpacked
    except (*CUT_SHORT, zlib.error, ValueError) as error:  # ValueError: no JSON, or no text
        raise DamagedBackup("The backup is damaged or cut short. Take another copy of it, or an older one.") from error


@contextmanager
def _draft() -> Iterator[tuple[Path, IO[bytes]]]:
    """Yield a draft in the folder of the backups, locked by this process, and remove it in any case.

    What a killed process left in an earlier draft is overwritten.
    """
    path = folder() / ".portal-draft"
    with os.fdopen(os.open(path, os.O_CREAT | os.O_RDWR, 0o600), "r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupError("Another backup is being written at this moment. Wait for it.") from None
        try:
            file.truncate()
            yield path, file
        finally:
            path.unlink()


def _named(draft: Path, suffix: str) -> Path:
    """Link a draft to the first free name of the day, and return that path."""
    number = 1
    while True:
        suffix_of_day = f"-{number}" if number > 1 else ""
        path = draft.with_name(f"portal-{timezone.localdate()}{suffix_of_day}.jsonl.gz{suffix}")
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            number += 1
        else:
            return path


def _order(path: Path) -> tuple[date, int] | None:
    """Return the day and the number in the name of a backup; None for any other file."""
    named = NAME.fullmatch(path.name)
    return (date.fromisoformat(named["day"]), int(named["number"] or 1)) if named else None


def _suffix(recipient: str) -> str:
    if not recipient:
        return ""
    return ".age" if recipient.startswith(("age1", "ssh-")) else ".gpg"


@contextmanager
def _encrypted(file: IO[bytes], recipient: str) -> Iterator[IO[bytes]]:
    """Yield a file object that writes to a file, through age or gpg where there is a recipient."""
    if not recipient:
        yield file
        return
    command = {
        ".age": ["age", "--encrypt", "--recipient", recipient],
        ".gpg": ["gpg", "--batch", "--quiet", "--trust-model", "always", "--recipient", recipient, "--encrypt"],
    }[_suffix(recipient)]
    with _running(command, stdin=subprocess.PIPE, stdout=file) as process:
        yield process.stdin


@contextmanager
def _running(command: list[str], **pipes: Any) -> Iterator[Any]:
    """Run a tool and yield its process. Raises BackupError, with its error message, where it is missing or fails."""
    try:
        process = subprocess.Popen(command, stderr=subprocess.PIPE, **pipes)
    except FileNotFoundError as error:
        raise BackupError(f"{command[0]} is not installed. Install it (Debian: apt install {command[0]}).") from error
    broken: Exception | None = None
    try:
        yield process
    except (BrokenPipeError, *CUT_SHORT) as error:  # if the tool ended early, its message says why
        broken = error
    except BaseException:
        process.kill()
        process.wait()
        raise
    message = process.communicate()[1].decode(errors="replace").strip()
    if process.returncode:
        raise BackupError(f"{command[0]} failed: {message}") from broken
    if broken:
        raise broken
