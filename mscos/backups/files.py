"""The files of backups: their names, how one is written whole or not at all, encrypted on its way, and read again."""

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

from mscos.backups.tables import Damaged
from mscos.refusals import Refused

NAME = re.compile(r"portal-(?P<day>\d{4}-\d\d-\d\d)(?:-(?P<number>\d+))?\.jsonl\.gz(?:\.age|\.gpg)?")

CUT_SHORT = (EOFError, gzip.BadGzipFile)


class NotPossible(Refused):
    """A backup cannot be written or read; the message is a sentence for whoever looks after the site."""


def folder() -> Path:
    """Return the folder of the backups, made where it is missing."""
    path = Path(settings.BACKUP_DIR)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def write(lines: Iterable[str], *, recipient: str) -> Path:
    """Write a backup, encrypted where there is a recipient, and return its path. Raises NotPossible.

    It goes to a draft that only the owner can read, and bears its name only once it is whole and on the disk.
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
        raise NotPossible(
            f"The backup could not be written to {settings.BACKUP_DIR}: {error.strerror or error}. Nothing of it was left there. "
            "Free some space or correct BACKUP_DIR, then try again."
        ) from error


def delete_old(*, keep: int | None) -> int:
    """Delete our backups that are older than BACKUP_DAYS, and all but the newest `keep`; return how many."""
    found = sorted((order, path) for path in folder().iterdir() if (order := _order(path)))
    oldest = timezone.localdate() - timedelta(days=settings.BACKUP_DAYS)
    surplus = len(found) - keep if keep else 0
    old = [path for at, ((day, _), path) in enumerate(found[:-1]) if at < surplus or day < oldest]
    for path in old:
        path.unlink()
    return len(old)


@contextmanager
def reading(path: Path, *, identity: str) -> Iterator[Iterator[str]]:
    """Give the lines of a backup, decrypted where it is encrypted. Raises NotPossible and Damaged."""
    if path.suffix == ".age" and not identity:
        raise NotPossible("The backup is encrypted with age. Name the file with the key that opens it: --identity FILE")
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
    except (*CUT_SHORT, zlib.error, ValueError) as error:  # ValueError: what is unpacked is no JSON, or no text
        raise Damaged("The backup is damaged or cut short. Take another copy of it, or an older one.") from error


@contextmanager
def _draft() -> Iterator[tuple[Path, IO[bytes]]]:
    """Give a draft in the folder of the backups, held by this process alone, and remove it in any case.

    What a killed process left of an earlier one is written over.
    """
    path = folder() / ".portal-draft"
    with os.fdopen(os.open(path, os.O_CREAT | os.O_RDWR, 0o600), "r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NotPossible("Another backup is being written at this moment. Wait for it.") from None
        try:
            file.truncate()
            yield path, file
        finally:
            path.unlink()


def _named(draft: Path, suffix: str) -> Path:
    """Give a draft the first name of the day that is free, and return it."""
    number = 1
    while True:
        again = f"-{number}" if number > 1 else ""
        path = draft.with_name(f"portal-{timezone.localdate()}{again}.jsonl.gz{suffix}")
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            number += 1
        else:
            return path


def _order(path: Path) -> tuple[date, int] | None:
    """Return the day and the number in the name of a backup of ours; None for any other file."""
    named = NAME.fullmatch(path.name)
    return (date.fromisoformat(named["day"]), int(named["number"] or 1)) if named else None


def _suffix(recipient: str) -> str:
    if not recipient:
        return ""
    return ".age" if recipient.startswith(("age1", "ssh-")) else ".gpg"


@contextmanager
def _encrypted(file: IO[bytes], recipient: str) -> Iterator[IO[bytes]]:
    """Give what to write to for it to arrive in a file, through age or gpg where there is a recipient."""
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
    """Give a tool at work; raise NotPossible with its own words where it is missing or fails."""
    try:
        process = subprocess.Popen(command, stderr=subprocess.PIPE, **pipes)
    except FileNotFoundError as error:
        raise NotPossible(f"{command[0]} is not installed. Install it (Debian: apt install {command[0]}).") from error
    broken: Exception | None = None
    try:
        yield process
    except (BrokenPipeError, *CUT_SHORT) as error:  # if it ended early it says why
        broken = error
    except BaseException:
        process.kill()
        process.wait()
        raise
    said = process.communicate()[1].decode(errors="replace").strip()
    if process.returncode:
        raise NotPossible(f"{command[0]} failed: {said}") from broken
    if broken:
        raise broken
