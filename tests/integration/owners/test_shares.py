"""Share codes: whoever has one sees the car, so many times and until then, and not once more."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chedang.owners.model import Access, Scope
from chedang.platform.sealing import Digester

if TYPE_CHECKING:
    from chedang.access.models import User
    from chedang.owners.models import Binding

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
VIN = "LXXR9S194MB292903"


class Owned:
    """An owner, the car, and codes of it."""

    def __init__(self, data_dir: Path) -> None:
        from chedang.access.models import User
        from chedang.owners.models import Binding

        self.digest = Digester(data_dir, "share-codes").digest
        self.person: User = User.objects.create(username="owner", display_name="车主", role="owner", password="!")
        self.binding: Binding = Binding.objects.create(
            public_id="car", user=self.person, vin=VIN, kind="own", proof="claim_code", bound_at=NOW
        )

    @property
    def access(self) -> Access:
        return self.binding.as_access()

    def make(self, **choices: Any) -> tuple[Any, str]:
        from chedang.owners.shares import make_share

        chosen = {"scope": Scope.BUYER, "hours": 24, "most_views": 5, "now": NOW} | choices
        made = make_share(self.access, self.person, digest=self.digest, **chosen)
        return made.share, made.code

    def open(self, code: str, now: datetime = NOW, viewer: Any = None) -> Any:
        from chedang.owners.shares import open_share

        return open_share(code, viewer=viewer, digest=self.digest, now=now)

    def is_open(self, code: str, now: datetime = NOW) -> bool:
        from chedang.owners.shares import NoSuchShare

        try:
            self.open(code, now)
        except NoSuchShare:
            return False
        return True


@pytest.fixture
def owned(django_database: str, tmp_path: Path) -> Owned:
    return Owned(tmp_path)


def test_a_code_opens_so_many_times_and_each_view_is_written_down(owned: Owned) -> None:
    from chedang.access.models import AuditEvent
    from chedang.owners.shares import find_share

    share, code = owned.make(most_views=2)
    assert find_share(code, digest=owned.digest, now=NOW).views_left == 2
    assert [owned.is_open(code) for _ in range(4)] == [True, True, False, False]
    events = AuditEvent.objects.order_by("pk")
    assert [event.action for event in events] == ["share:make", "share:read", "share:read"]
    looks = [event for event in events if event.action == "share:read"]
    assert {(look.vin, look.object_id, look.purpose, look.actor_id) for look in looks} == {
        (VIN, share.public_id, "shared", None)
    }
    assert list(share.views.values_list("number", "viewer_id").order_by("number")) == [(1, None), (2, None)]


def test_the_code_itself_stands_nowhere_in_the_database(owned: Owned) -> None:
    from chedang.access.models import AuditEvent
    from chedang.owners.proof_models import Share

    _share, code = owned.make(note="给买家")
    owned.open(code)
    stored = str(list(Share.objects.values())) + str(list(AuditEvent.objects.values()))
    assert code not in stored
    assert code.replace("-", "") not in stored


def test_a_code_ends_with_its_time_by_the_owners_hand_and_with_the_binding(owned: Owned) -> None:
    from chedang.owners.proof_models import Share
    from chedang.owners.shares import revoke_share

    _share, timed = owned.make(hours=1)
    assert not owned.is_open(timed, NOW + timedelta(hours=1))
    assert owned.is_open(timed, NOW + timedelta(minutes=59))
    share, revoked = owned.make()
    for _ in range(2):
        revoke_share(owned.access, owned.person, share.public_id, now=NOW)
    assert not owned.is_open(revoked)
    assert Share.objects.get(pk=share.pk).revoked_at == NOW
    _share, transferred = owned.make()
    owned.binding.ended_at, owned.binding.ended_why = NOW, "transfer"
    owned.binding.save()
    assert not owned.is_open(transferred)


def test_what_was_opened_stays_readable_for_that_browser_until_the_code_ends(owned: Owned) -> None:
    from chedang.owners.shares import NoSuchShare, read_again, revoke_share

    share, code = owned.make(most_views=1, hours=1)
    assert owned.open(code, NOW).readable_until == NOW + timedelta(minutes=30)
    read = {"digest": owned.digest, "now": NOW + timedelta(minutes=20)}
    assert read_again(code, **read).pk == share.pk
    revoke_share(owned.access, owned.person, share.public_id, now=NOW)
    with pytest.raises(NoSuchShare):
        read_again(code, **read)
    late = owned.make(hours=1)[1]
    assert owned.open(late, NOW + timedelta(minutes=50)).readable_until == NOW + timedelta(hours=1)


def test_every_code_that_cannot_be_opened_costs_the_same_work(owned: Owned) -> None:
    from chedang.owners.shares import NoSuchShare, find_share, open_share, revoke_share

    used = owned.make(most_views=1)[1]
    owned.open(used)
    revoked_share, revoked = owned.make()
    revoke_share(owned.access, owned.person, revoked_share.public_id, now=NOW)
    expired = owned.make(now=NOW - timedelta(days=3))[1]
    dead = (used, revoked, expired, "7K2M-9QXD-3FHT-4WZA", "", "啊", "x" * 5000)
    for deed, options in ((find_share, {}), (open_share, {"viewer": None})):
        work = set()
        for code in dead:
            with CaptureQueriesContext(connection) as queries, pytest.raises(NoSuchShare):
                deed(code, digest=owned.digest, now=NOW, **options)
            work.add(tuple(re.sub("[0-9a-f]{64}", "", query["sql"]) for query in queries))
        assert len(work) == 1, deed


def test_twenty_people_at_once_take_five_views_and_no_more(owned: Owned, database_url: str) -> None:
    from django.db import connections

    from chedang.owners.proof_models import Share

    share, code = owned.make(most_views=5)

    def look(_number: int) -> bool:
        try:
            return owned.is_open(code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as pool:
        taken = list(pool.map(look, range(20)))
    assert sum(taken) == 5
    assert Share.objects.get(pk=share.pk).views_taken == 5
    assert sorted(share.views.values_list("number", flat=True)) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    "choice",
    [{"hours": 0}, {"hours": 2}, {"hours": 721}, {"most_views": 0}, {"most_views": 101}, {"note": "长" * 41}],
)
def test_only_what_may_be_chosen_is_made(owned: Owned, choice: dict[str, Any]) -> None:
    from chedang.owners.shares import NotAllowed

    with pytest.raises(NotAllowed):
        owned.make(**choice)


def test_only_the_owner_makes_and_revokes_codes_and_not_after_the_car_is_gone(owned: Owned) -> None:
    from chedang.owners.shares import NoSuchShare, NotAllowed, make_share, revoke_share

    share, code = owned.make()
    owned.binding.kind = "consent"
    guest = owned.access
    chosen = {"scope": Scope.BUYER, "hours": 24, "most_views": 5, "digest": owned.digest, "now": NOW}
    with pytest.raises(NotAllowed):
        make_share(guest, owned.person, **chosen)
    with pytest.raises(NotAllowed):
        revoke_share(guest, owned.person, share.public_id, now=NOW)
    owned.binding.kind = "own"
    stale = owned.access
    owned.binding.public_id = "other-car"
    with pytest.raises(NoSuchShare):
        revoke_share(owned.access, owned.person, share.public_id, now=NOW)
    assert owned.is_open(code)
    owned.binding.public_id, owned.binding.ended_at = "car", NOW
    owned.binding.save()
    with pytest.raises(NotAllowed):
        make_share(stale, owned.person, **chosen)


def test_a_car_has_twenty_codes_at_one_time_and_dead_ones_do_not_count(owned: Owned) -> None:
    from chedang.owners.shares import TooManyShares, revoke_share, shares_of

    made = [owned.make()[0] for _ in range(20)]
    with pytest.raises(TooManyShares):
        owned.make()
    revoke_share(owned.access, owned.person, made[0].public_id, now=NOW)
    owned.make()
    assert len(shares_of(owned.access)) == 21


def test_ten_thousand_guesses_open_nothing_and_lock_nobody_out(owned: Owned) -> None:
    """As from ten thousand addresses: no limit of an address stands between the guess and the codes."""
    from chedang.owners.share_codes import CODE_LENGTH
    from chedang.owners.shares import NoSuchShare, find_share
    from chedang.platform.chance import new_code

    codes = [owned.make()[1] for _ in range(20)]
    opened = 0
    for _ in range(10_000):
        try:
            find_share(new_code(CODE_LENGTH), digest=owned.digest, now=NOW)
            opened += 1
        except NoSuchShare:
            pass
    assert opened == 0
    assert all(owned.is_open(code) for code in codes)


def test_an_address_that_guesses_waits_and_no_other_does(
    owned: Owned, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from django.test import RequestFactory

    from chedang.site.owner.proof import wiring

    monkeypatch.setattr(wiring, "NODE", replace(wiring.NODE, data_dir=tmp_path))

    def tries(address: str, count: int, now: datetime = NOW) -> list[bool]:
        request = RequestFactory().get("/s/x", REMOTE_ADDR=address)
        return [bool(wiring.take_from_address(request, "share:address", most=60, now=now)) for _ in range(count)]

    assert tries("203.0.113.5", 62) == [False] * 60 + [True] * 2
    assert tries("203.0.113.6", 1) == [False]
    assert tries("2001:db8::1", 60) == [False] * 60
    assert tries("2001:db8::ffff", 1) == [True], "one subscriber has one network"
    assert tries("203.0.113.5", 1, NOW + timedelta(minutes=10)) == [False]
