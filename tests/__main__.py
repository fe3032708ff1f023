"""`python -m tests`: the suite on PostgreSQL, where one is found, and on SQLite. The last lines are pytest's own.

TEST_POSTGRES_URL names a server on which databases may be made. REQUIRE (a list like `postgres,redis,browser`) turns
'not found' into a failure; without it what is not found is said and left out.
"""

import os
import subprocess
import sys
from tempfile import TemporaryDirectory

import psycopg

from tests import template

POSTGRES_URL = os.environ.get("TEST_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres")
WORKERS = "3"  # one more than the cores of a small machine: each waits at times, for the database server or a browser
# Python is to keep what it compiled: pytest rewrites each test's file, in each worker and in both runs.
LEFT_OUT = {"DATABASE_URL", "CACHE_URL", "PYTHONDONTWRITEBYTECODE"}
REQUIRED = os.environ.get("REQUIRE", "").split(",")


def postgres_answers() -> bool:
    """Tell whether the PostgreSQL server can be reached."""
    try:
        psycopg.connect(POSTGRES_URL, connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


def run(database_url: str | None, *arguments: str) -> int:
    """Run pytest on one database and return its exit code."""
    environment = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
    if database_url:
        environment["DATABASE_URL"] = database_url
    return subprocess.call([sys.executable, "-m", "pytest", "-n", WORKERS, *arguments], env=environment)


def main() -> int:
    """Run the suite on each database; return 0 where all passed."""
    with TemporaryDirectory() as folder:
        template.make_file(folder)
        return run_both(sys.argv[1:])


def run_both(arguments: list[str]) -> int:
    """Run the suite on PostgreSQL, if it is there, and on SQLite."""
    postgres_code = 0
    if postgres_answers():
        print("The suite on PostgreSQL (the browser tests follow on SQLite):", flush=True)  # noqa: T201
        with template.make_database(POSTGRES_URL):
            postgres_code = run(POSTGRES_URL, "-m", "not browser", *arguments)
    elif "postgres" in REQUIRED:
        sys.exit("PostgreSQL is required and does not answer. Set TEST_POSTGRES_URL to a server that does.")
    else:
        print("No PostgreSQL found (TEST_POSTGRES_URL names one): the suite runs on SQLite only.", flush=True)  # noqa: T201
    print("The suite on SQLite:", flush=True)  # noqa: T201
    return run(None, *arguments) or postgres_code


if __name__ == "__main__":
    sys.exit(main())
