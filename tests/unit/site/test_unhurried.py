"""An answer about a binding is never quicker than the least time, and never held up longer than that."""

from __future__ import annotations

import pytest

from chedang.owners.limits import binding_limits
from chedang.site.owner.garage import desk


@pytest.mark.parametrize(("took_seconds", "is_refused"), [(0.0, False), (0.2, True), (5.0, False)])
def test_what_is_left_of_the_least_time_is_waited(
    monkeypatch: pytest.MonkeyPatch, took_seconds: float, is_refused: bool
) -> None:
    now, waited = [100.0], []
    monkeypatch.setattr(desk.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(desk.time, "sleep", waited.append)

    def work() -> None:
        with desk.unhurried():
            now[0] += took_seconds
            if is_refused:
                raise LookupError

    if is_refused:
        with pytest.raises(LookupError):
            work()
    else:
        work()
    assert waited == [pytest.approx(max(0.0, binding_limits().facts.least_seconds - took_seconds))]
