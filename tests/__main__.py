"""`python -m tests`: the whole suite, on PostgreSQL, where a server is found, and on SQLite.

TEST_POSTGRES_URL names a server on which databases may be made. What REQUIRE lists, such as `postgres,redis,browser`,
must be found; other tests whose service is not found are left out, and the first lines say so.
"""

import os
import subprocess
import sys
from tempfile import TemporaryDirectory

import psycopg
import redis

from tests import database_template
from tests.services import CHROMIUM, POSTGRES_URL, REDIS_URL, REQUIRED

WORKERS = "3"  # one more than the cores of a small machine: workers wait for the database server and the browser
# PYTHONDONTWRITEBYTECODE is left out since pytest compiles each test file in each worker and run unless it is cached.
LEFT_OUT = {"DATABASE_URL", "CACHE_URL", "PYTHONDONTWRITEBYTECODE"}
MAX_SECONDS = 40 * 60  # that a run on one database may take
HOW_TO_GET = {
    "postgres": "no PostgreSQL answers: TEST_POSTGRES_URL names a server",
    "redis": "no Redis answers: TEST_REDIS_URL names a server",
    "browser": "no Chromium is found: install the system's chromium",
}


def postgres_answers() -> bool:
    """Return whether the PostgreSQL server can be reached."""
    try:
        psycopg.connect(POSTGRES_URL, connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


def redis_answers() -> bool:
    """Return whether the Redis server can be reached."""
    try:
        return bool(redis.Redis.from_url(REDIS_URL, socket_connect_timeout=3, socket_timeout=3).ping())
    except redis.RedisError:
        return False


def run(database_url: str | None, *arguments: str) -> int:
    """Run pytest on one database and return its exit code; 1 where the run took too long."""
    environment = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
    if database_url:
        environment["DATABASE_URL"] = database_url
    command = [sys.executable, "-m", "pytest", "-n", WORKERS, *arguments]
    try:
        return subprocess.run(command, env=environment, timeout=MAX_SECONDS, check=False).returncode
    except subprocess.TimeoutExpired:
        print(f"The run was ended: it took more than {MAX_SECONDS // 60} minutes.", flush=True)  # noqa: T201
        return 1


def main() -> int:
    """Print what will run, and run it on each database; return 0 where all passed."""
    found = {"postgres": postgres_answers(), "redis": redis_answers(), "browser": CHROMIUM is not None}
    print(what_will_run(found), flush=True)  # noqa: T201
    missing = [HOW_TO_GET[name] for name in REQUIRED if not found.get(name, True)]
    if missing:
        sys.exit(f"Required, but {'; '.join(missing)}.")
    with TemporaryDirectory() as folder:
        database_template.make_file(folder)
        return run_both(found, sys.argv[1:])


def what_will_run(found: dict[str, bool]) -> str:
    """Return lines that say which tests run, about how long that takes, and which services are missing."""
    databases = f"{'PostgreSQL (about 3,350 tests) and ' if found['postgres'] else ''}SQLite (about 4,970 tests)"
    services = f"browser tests: {yes_or_no(found['browser'])}; Redis: {yes_or_no(found['redis'])}"
    lines = [f"Running on {databases}; {services}. Both databases take about 14 minutes on two cores."]
    return "\n".join(lines + [f"Left out: {HOW_TO_GET[name]}." for name in HOW_TO_GET if not found[name]])


def yes_or_no(is_found: bool) -> str:
    return "yes" if is_found else "no"


def run_both(found: dict[str, bool], arguments: list[str]) -> int:
    """Run the suite on PostgreSQL, if it is found, and on SQLite; the browser tests on SQLite only."""
    postgres_code = 0
    if found["postgres"]:
        print("PostgreSQL:", flush=True)  # noqa: T201
        with database_template.make_database(POSTGRES_URL):
            postgres_code = run(POSTGRES_URL, "-m", "not browser", *arguments)
    print("SQLite:", flush=True)  # noqa: T201
    return run(None, *([] if found["browser"] else ["-m", "not browser"]), *arguments) or postgres_code


if __name__ == "__main__":
    sys.exit(main())
