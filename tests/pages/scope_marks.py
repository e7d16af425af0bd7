"""Words that tell of which division something is, planted in every text of the scene that people wrote or that names.

Company codes and the numbers of things are marks of themselves.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from io import BytesIO
from typing import Final
from zipfile import ZipFile, is_zipfile

import psycopg
from psycopg import sql

_OWN: Final = "{table}.division_code"
_OF_SHOP: Final = "(select division_code from enterprise where enterprise.company_code = {table}.company_code)"


def _through(parent: str, key: str) -> str:
    return f"(select division_code from {parent} where {parent}.id = {{table}}.{key})"  # noqa: S608 - ours, below


_OF_CASE: Final = (
    "coalesce("
    + ", ".join(_through(f"supervision_{parent}", f"{parent}_id") for parent in ("censure", "hand_over", "sanction"))
    + ")"
)
_OF_ACTOR: Final = "(select division_code from access_user where access_user.id = {table}.actor_id)"
TEXTS: Final = (
    ("access_audit_event", "reason", _OF_ACTOR),
    ("access_user", "display_name", _OWN),
    ("counted_shop", "company_name", _OWN),
    ("emission_test_station", "name", _OWN),
    ("enterprise", "address", _OWN),
    ("enterprise", "company_name", _OWN),
    ("enterprise", "linkman_name", _OWN),
    ("filing_cancellation", "text", _OF_SHOP),
    ("filing_inspection", "remark", _OWN),
    ("filing_inspection_step", "text", _through("filing_inspection", "inspection_id")),
    ("owners_binding_request", "explanation", _OWN),
    ("reviews_appeal", "text", _through("reviews_review", "review_id")),
    ("reviews_case_step", "text", _through("reviews_case", "case_id")),
    ("reviews_complaint", "text", _through("reviews_case", "case_id")),
    ("reviews_correction", "text", _through("reviews_case", "case_id")),
    ("reviews_remark", "text", _through("reviews_review", "review_id")),
    ("supervision_announcement", "text", _OWN),
    ("supervision_announcement", "title", _OWN),
    ("supervision_announcement_step", "words", _through("supervision_announcement", "announcement_id")),
    ("supervision_case_step", "text", _OF_CASE),
    ("supervision_censure", "company_name", _OWN),
    ("supervision_censure", "what", _OWN),
    ("supervision_credit_review", "company_name", _OWN),
    ("supervision_credit_review", "objection", _OWN),
    ("supervision_duty", "what", _OWN),
    ("supervision_duty_step", "text", _through("supervision_duty", "duty_id")),
    ("supervision_hand_over", "company_name", _OWN),
    ("supervision_hand_over", "what", _OWN),
    ("supervision_notice", "text", _OWN),
    ("supervision_notice", "title", _OWN),
    ("supervision_report_text", "text", _through("supervision_report", "report_id")),
    ("supervision_sanction", "company_name", _OWN),
    ("supervision_sanction", "decision_number", _OWN),
    ("workshop_number_grant", "why", _OWN),
)
"""Table, column, and the division of a row."""
_NUMBERS: Final = (
    *(("supervision_duty", "code"), ("emission_ticket", "code"), ("emission_test_station", "station_code")),
    *(("reviews_case", "number"), ("enterprise", "company_code"), ("supervision_reminder_letter", "public_id")),
    *((f"supervision_{each}", "public_id") for each in ("censure", "hand_over", "sanction", "notice", "announcement")),
    *((f"supervision_{each}", "public_id") for each in ("credit", "report", "reminder")),
    *(("filing_inspection", "public_id"), ("filing_inspection_draw", "public_id"), ("reviews_review", "public_id")),
)
_WORD: Final = re.compile(r"canary(\d{6})x")
_LENGTH: Final = len("canary330106x")


def plant(connection: psycopg.Connection[tuple[object, ...]]) -> dict[str, str]:
    """Plant the words; gives the division of every number that is a mark of itself."""
    connection.execute("alter table access_audit_event disable trigger user")  # it refuses changes
    for table, column, division in TEXTS:
        found = connection.execute(
            "select coalesce(character_maximum_length, 10000) from information_schema.columns"
            " where table_schema = 'public' and table_name = %s and column_name = %s",
            (table, column),
        ).fetchone()
        assert found is not None, (table, column)
        planted = connection.execute(
            sql.SQL(
                "update {table} set {column} = left({column}, {most}) || 'canary' || {of} || 'x' where {of} <> ''"
            ).format(
                table=sql.Identifier(table),
                column=sql.Identifier(column),
                most=sql.Literal(int(str(found[0])) - _LENGTH),
                of=sql.SQL(division.format(table=table)),
            )
        )
        assert planted.rowcount, f"the scene has nothing in {table}.{column}"
    connection.execute("alter table access_audit_event enable trigger user")
    connection.commit()
    marks: dict[str, str] = {}
    for table, column in _NUMBERS:
        rows = sql.SQL("select {}, division_code from {}").format(sql.Identifier(column), sql.Identifier(table))
        marks.update({str(number): str(division) for number, division in connection.execute(rows)})
    return {mark: division for mark, division in marks.items() if not mark.isalpha()}  # a word may stand anywhere


def divisions_in(content: bytes, marks: dict[str, str], typed: Collection[str] = ()) -> set[str]:
    """Divisions of which something stands in an answer, be it a page, a table or an archive.

    What was ``typed`` itself tells nothing: forms show it again.
    """
    text = _text(content)
    told = {division for mark, division in marks.items() if mark not in typed and mark in text}
    return set(_WORD.findall(text)) | told


def _text(content: bytes) -> str:
    if not is_zipfile(BytesIO(content)):
        return content.decode(errors="replace")
    with ZipFile(BytesIO(content)) as archive:
        return "\n".join(archive.read(name).decode(errors="replace") for name in archive.namelist())
