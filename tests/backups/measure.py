"""`python -m tests.backups.measure`: the time and memory that a backup of 100,000 posts and its restore take."""

import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import django

FILL = """
from forums.models import Forum, Post, Thread, Voice
forum = Forum.objects.create(slug="many", title="Many", purpose="P")
thread = Thread.objects.create(forum=forum, title="T", state="open")
voice = Voice.objects.create(thread=thread, code_digest="d", name="N")
words = "Words that somebody wrote. " * 20
Post.objects.bulk_create(
    (Post(thread=thread, voice=voice, number=n, body=words, body_html=words, state="published") for n in range(1, {0} + 1)),
    batch_size=500,
)
"""


def main() -> None:
    """Measure on SQLite, or on the server of DATABASE_URL."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    from tests.backups.helpers import installation

    with TemporaryDirectory() as folder:
        for count in (1_000, 100_000):
            home = Path(folder) / str(count)
            home.mkdir()
            with installation(home / "a", empty=False) as filled, installation(home / "b", empty=True) as empty:
                filled.shell(FILL.format(count))
                measure(count, filled, "backup")
                [path] = (filled.folder / "backups").glob("portal-*")
                measure(count, empty, "restore", str(path), "--without-erasures")
                size = path.stat().st_size / 1e6
                print(f"{count:,} posts: the file has {size:.1f} MB", flush=True)


def measure(count: int, where: "object", *arguments: str) -> None:
    """Run a command and print its time and the most memory that it took."""
    script = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)"
    )
    command = [sys.executable, "-c", script, sys.executable, "manage.py", *arguments]
    begun = time.monotonic()
    done = subprocess.run(
        command, timeout=3_600, cwd=where.source, env=where.environment(), stdout=subprocess.PIPE, text=True, check=True
    )
    print(f"{count:,} posts: {arguments[0]} {time.monotonic() - begun:.1f} s, {done.stdout.strip()} MB", flush=True)


if __name__ == "__main__":
    main()
