"""The sentences for what PostgreSQL refuses, on a server that asks for a password."""

import psycopg
from psycopg import sql

from tests.services import own_postgres
from tests.start.helpers import manage, refused

WORD = "a-password"


def test_each_refusal_says_what_to_correct(tmp_path):
    with (
        own_postgres(password="the-administrators-password") as server,
        psycopg.connect(server.url(), autocommit=True) as admin,
    ):
        admin.execute(sql.SQL("CREATE ROLE portal LOGIN PASSWORD {}").format(WORD))
        admin.execute("CREATE DATABASE portal")
        addresses = {
            "password": server.url("portal", "another", "portal"),
            "database": server.url("portal", WORD, "nothing"),
            "rights": server.url("portal", WORD, "portal"),
        }
        said = {what: manage("prepare", folder=tmp_path, DATABASE_URL=url) for what, url in addresses.items()}
        admin.execute("ALTER DATABASE portal OWNER TO portal")  # as the sentence says
        psycopg.connect(addresses["rights"]).execute("CREATE TABLE may_be_made ()").connection.close()
    failed = f'connection to server at "127.0.0.1", port {server.port} failed: FATAL: '
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
