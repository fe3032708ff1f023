"""Secrets from the environment or, where it has none, from files that are made once and only their owner can read."""

import os
import secrets
import stat
import tempfile
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

PUT_BACK = "Put the key back from your copy. If nothing was ever kept with it, delete the file: a new key is then made."


def secret(name: str, folder: Path) -> str:
    """Return the secret called `name`, from the environment or from `folder`, where it is made on first use.

    Raises ImproperlyConfigured, with a sentence, where it can be neither read nor made.
    """
    if name in os.environ:
        return _from_environment(name)
    path = folder / name.lower()
    try:
        if not path.exists():
            _make(path)
    except OSError as error:
        raise ImproperlyConfigured(unusable(folder, error)) from error
    return _from_file(name, path)


def unusable(folder: Path, error: OSError) -> str:
    """Return the sentence for a VAR_DIR in which files cannot be read and written."""
    reason = "a file stands in its place" if isinstance(error, FileExistsError) else error.strerror
    return (
        f"VAR_DIR is '{folder}', which cannot be used: {reason}. Let the portal's user read and write that folder, or set "
        "VAR_DIR to another."
    )


def _from_environment(name: str) -> str:
    value = os.environ[name].strip()
    if not value:
        raise ImproperlyConfigured(f"{name} is set and empty. Set it to your key, or leave it out: one is then made.")
    if not value.isprintable():
        raise ImproperlyConfigured(f"{name} holds something that is not text. Set it to letters, digits and signs.")
    return value


def _make(path: Path) -> None:
    """Write a new secret with mode 0600. Of two processes that start at once, the first to link the file wins."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())  # or a power cut could leave an empty file under the final name
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        Path(draft).unlink()


def _from_file(name: str, path: Path) -> str:
    try:
        mode, value = stat.S_IMODE(path.stat().st_mode), path.read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"{path} cannot be read: {error.strerror}. Let the portal's user read this file, or set {name}."
        ) from error
    except UnicodeDecodeError:
        raise ImproperlyConfigured(f"{path} holds something that is not text. {PUT_BACK}") from None
    if mode & stat.S_IRWXO:
        raise ImproperlyConfigured(f"Everybody on this machine may open {path}. Run: chmod 600 '{path}'")
    if not value:
        raise ImproperlyConfigured(f"{path} is empty. {PUT_BACK}")
    if not value.isprintable():
        raise ImproperlyConfigured(f"{path} holds something that is not text. {PUT_BACK}")
    return value
