"""The limits that count today: ours, over them what the ministry has published, over both the node's own file."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import structlog

from chedang.platform.database import connect, is_unavailable
from chedang.platform.rulebook import RuleDocument, RuleKind, in_force, read_documents
from chedang.records.limits import Limits, LimitsError, limits_over, load_limits
from chedang.records.model import Judgement, RecordText
from chedang.records.rules import judge
from chedang.terms.dates import SHANGHAI, day_in_china

_LOOK_EVERY_SECONDS = 30.0
_NEVER = datetime.min.replace(tzinfo=UTC)

_log = structlog.get_logger(__name__)


class CurrentLimits:
    """One per process; the limits change by themselves on the day from which a document counts."""

    def __init__(self, path: Path | None) -> None:
        """``path``: the node's own file. Raises LimitsError when it cannot be used."""
        self._path = path
        self._documents: tuple[RuleDocument, ...] = ()
        self._span: tuple[datetime, datetime, Limits] = (_NEVER, _NEVER, load_limits(path))

    def take(self, documents: tuple[RuleDocument, ...]) -> None:
        """Go by these documents from now on."""
        if documents != self._documents:
            self._documents = documents
            self._span = (_NEVER, _NEVER, self._span[2])

    def at(self, instant: datetime) -> Limits:
        """The limits of the day of an instant; the same object all day."""
        since, until, limits = self._span
        if not since <= instant < until:
            day = day_in_china(instant)
            limits = self._of(day)
            begin = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
            self._span = (begin, begin + timedelta(days=1), limits)
        return limits

    def judge(self, text: RecordText, *, registered_name: str, received_at: datetime) -> Judgement:
        """:func:`chedang.records.rules.judge` by the limits of the day of receipt."""
        return judge(text, limits=self.at(received_at), registered_name=registered_name, received_at=received_at)

    @contextmanager
    def kept_current(self, database_url: str) -> Iterator[None]:
        """A thread looks for new documents as long as the block runs."""
        stop = threading.Event()
        thread = threading.Thread(target=self.keep_current, args=(database_url, stop), name="rules", daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def keep_current(self, database_url: str, stop: threading.Event) -> None:
        """Look for new documents until ``stop`` is set; a database that is away changes nothing. For a thread.

        No fault ends it: nobody would see that the limits stay as they are from then on.
        """
        while not stop.is_set():
            try:
                with connect(database_url, name="chedang-rules", autocommit=True) as connection:
                    self.take(read_documents(connection))
            except Exception as fault:
                if not is_unavailable(fault):
                    _log.error("published limits cannot be read, trying again", fault=type(fault).__name__)
            stop.wait(_LOOK_EVERY_SECONDS)

    def _of(self, day: date) -> Limits:
        """A document that this release cannot use is passed over: uploads must not stop for it."""
        document = in_force(self._documents, RuleKind.LIMITS, "", day)
        if document is None:
            return load_limits(self._path)
        try:
            return limits_over(document.content, self._path)
        except LimitsError as fault:
            _log.error("published limits cannot be used", version=document.version, reason=str(fault))
            return load_limits(self._path)
