-- The portal's own role and database. Run as postgres: psql -f role.sql
-- A statement that failed would stand in the server's log with the words of a post: for this role nothing is logged
-- that does not end a connection.
CREATE ROLE portal LOGIN;
ALTER ROLE portal SET log_min_messages = 'fatal';
ALTER ROLE portal SET log_min_error_statement = 'panic';
ALTER ROLE portal SET log_error_verbosity = 'terse';
CREATE DATABASE portal OWNER portal TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8';
REVOKE CONNECT ON DATABASE portal FROM PUBLIC;
