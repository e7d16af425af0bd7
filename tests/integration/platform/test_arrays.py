"""Arrays in binary form mean to the server what was put in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chedang.platform import arrays
from chedang.platform.database import connect

anything = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


@pytest.fixture(scope="module")
def connection(postgres: str) -> Iterator[psycopg.Connection[Any]]:
    with connect(postgres, autocommit=True) as opened:
        yield opened


def read_back(connection: psycopg.Connection[Any], array_type: str, array: object) -> list[Any]:
    row = connection.execute(f"select %s::{array_type}[]", (array,)).fetchone()  # type: ignore[call-overload]
    assert row is not None
    return list(row[0])


@anything
@given(st.lists(texts, max_size=5))
def test_any_text_survives(connection: psycopg.Connection[Any], values: list[str]) -> None:
    assert read_back(connection, "text", arrays.text_array(values)) == values


@anything
@given(st.lists(st.none() | texts, max_size=5))
def test_words_and_nulls_survive(connection: psycopg.Connection[Any], values: list[str | None]) -> None:
    assert read_back(connection, "text", arrays.word_array(values)) == values


@anything
@given(st.lists(st.none() | st.dates(date(1900, 1, 1), date(2200, 1, 1)), max_size=5))
def test_days_survive(connection: psycopg.Connection[Any], values: list[date | None]) -> None:
    assert read_back(connection, "date", arrays.date_array(values)) == values


@anything
@given(st.lists(st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)), max_size=5))  # noqa: DTZ001 - made aware below
def test_instants_survive_to_the_microsecond(connection: psycopg.Connection[Any], values: list[datetime]) -> None:
    aware = [value.replace(tzinfo=UTC) + timedelta(microseconds=1) for value in values]
    assert read_back(connection, "timestamptz", arrays.instant_array(aware)) == aware


@anything
@given(st.lists(st.uuids(), max_size=5), st.lists(st.binary(max_size=40), max_size=5))
def test_identifiers_and_bytes_survive(
    connection: psycopg.Connection[Any], identifiers: list[UUID], values: list[bytes]
) -> None:
    assert read_back(connection, "uuid", arrays.uuid_array([each.hex for each in identifiers])) == identifiers
    assert read_back(connection, "bytea", arrays.bytes_array(values)) == values


@anything
@given(st.lists(st.integers(-(2**31), 2**31 - 1), max_size=5))
def test_integers_survive(connection: psycopg.Connection[Any], values: list[int]) -> None:
    assert read_back(connection, "integer", arrays.integer_array(values)) == values
