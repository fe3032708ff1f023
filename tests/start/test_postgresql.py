"""What PostgreSQL refuses, said in a sentence; on a server of the test's own, which asks for a password."""

import os

import psycopg
import pytest
from psycopg import sql

from tests.start.helpers import manage, refused
from tests.start.own_postgresql import address, programs, server

WORD = "a-password"


def test_each_refusal_says_what_to_correct(tmp_path):
    if programs() is None:
        if "postgres" in os.environ.get("REQUIRE", "").split(","):
            pytest.fail("PostgreSQL's programs are required and not found.")
        pytest.skip("no PostgreSQL server on this machine")
    with server() as (port, admin):
        admin.execute(sql.SQL("CREATE ROLE portal LOGIN PASSWORD {}").format(WORD))
        admin.execute("CREATE DATABASE portal")
        addresses = {
            "password": address("portal", "another", port, "portal"),
            "database": address("portal", WORD, port, "nothing"),
            "rights": address("portal", WORD, port, "portal"),
        }
        said = {what: manage("prepare", folder=tmp_path, DATABASE_URL=url) for what, url in addresses.items()}
        admin.execute("ALTER DATABASE portal OWNER TO portal")  # as the sentence says
        psycopg.connect(addresses["rights"]).execute("CREATE TABLE may_be_made ()").connection.close()
    failed = f'connection to server at "127.0.0.1", port {port} failed: FATAL: '
    assert said["password"] == refused(
        f'The database cannot be opened: {failed} password authentication failed for user "portal". Correct the user and '
        "password in DATABASE_URL."
    )
    assert said["database"] == refused(
        f'The database cannot be opened: {failed} database "nothing" does not exist. Make this database in PostgreSQL, or '
        "correct the name in DATABASE_URL."
    )
    assert (said["rights"].code, said["rights"].err) == (
        1,
        "The portal did not start. The role 'portal' may not make or change tables in the database 'portal'. As an "
        "administrator of PostgreSQL run: ALTER DATABASE portal OWNER TO portal\n",
    )
