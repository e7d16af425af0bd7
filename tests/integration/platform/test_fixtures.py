"""The fixtures that every integration test stands on."""

from __future__ import annotations

import psycopg


def test_a_fresh_database_is_migrated_and_empty(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        assert connection.execute("select count(*) from record_version").fetchone() == (0,)
        connection.execute("insert into feed_position (consumer, seq) values ('a test', 1)")


def test_no_test_sees_what_another_stored(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        assert connection.execute("select count(*) from feed_position where consumer = 'a test'").fetchone() == (0,)
