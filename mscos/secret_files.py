"""Secrets: from the environment where it has them, else made once into a file that only the owner can read."""

import os
import secrets
from pathlib import Path


def secret(name: str, folder: Path) -> str:
    """Return the secret called `name`, from the environment or `folder`, made there on first use.

    A file made here has mode 0600. Two processes that start at once agree: the first to create the file wins.
    Raises OSError where the folder can be neither read nor written.
    """
    if value := os.environ.get(name):
        return value
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / name.lower()
    draft = folder / f".{name.lower()}.{os.getpid()}"
    if not path.exists():
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
