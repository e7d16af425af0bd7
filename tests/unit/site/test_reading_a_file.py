"""Files of shops are read by threads of the site."""

from __future__ import annotations

from threading import Thread
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest

from chedang.site.shop import reading


def test_a_file_for_which_there_was_no_thread_is_read_at_the_next_look(monkeypatch: pytest.MonkeyPatch) -> None:
    file, taken = uuid4(), list[UUID]()

    def run(_what: str, _company_code: str, file_id: UUID) -> SimpleNamespace:
        taken.append(file_id)
        return SimpleNamespace(returncode=0)

    def refuse(_thread: Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(reading, "_run", run)
    with monkeypatch.context() as short:
        short.setattr(Thread, "start", refuse)
        with pytest.raises(RuntimeError):
            reading.start_reading("330106000000001", file)
    reading.start_reading("330106000000001", file).join()
    assert taken == [file]
