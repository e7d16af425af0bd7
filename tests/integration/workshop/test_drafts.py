"""A draft is one job however often its form comes, and a shop's own; what its records suggest is its own too."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from tests.integration.workshop.desk_world import NOW, Desk, at_once
from tests.pages.filled_province import TODAY

from chedang.records.limits import load_limits
from chedang.records.model import RecordText
from chedang.workshop import drafts
from chedang.workshop.counting import counts_of
from chedang.workshop.models import Draft, Sending
from chedang.workshop.sending import send, send_waiting
from chedang.workshop.sending_model import SendingState
from chedang.workshop.suggestions import own_visit, usual_of_shop, vins_meant

LIMITS = load_limits()
TYPED = RecordText(vin="L", mileage="52")


def test_a_draft_submitted_twice_is_one_record_and_one_number(desk: Desk) -> None:
    # Given a draft typed bit by bit, whose shop has no number of its own
    name = uuid4()
    drafts.save(desk.code, name, TYPED, by=desk.clerk, now=NOW)
    drafts.save(desk.code, name, desk.job(""), by=desk.clerk, now=NOW)
    numbered = drafts.text_of(drafts.give_number(desk.code, name, by=desk.clerk, now=NOW))
    assert numbered.settlement_list_number.endswith("-0001")
    assert drafts.text_of(drafts.give_number(desk.code, name, by=desk.clerk, now=NOW)) == numbered
    assert counts_of(desk.code)[1:] == (0, 1)
    # When it is submitted twice at once
    submit = partial(drafts.submit, desk.code, name, numbered, by=desk.clerk, now=NOW)
    at_once(submit, submit)
    # Then one row waits; it can neither be changed nor deleted, and goes with its record
    row = Sending.objects.get()
    assert counts_of(desk.code)[1:] == (1, 0)
    with pytest.raises(drafts.AlreadySent):
        drafts.save(desk.code, name, TYPED, by=desk.clerk, now=NOW)
    assert not drafts.delete(desk.code, name)
    assert drafts.forget_old(NOW + timedelta(days=60)) == 0
    assert send_waiting(desk.lend, LIMITS, NOW) == 1
    assert drafts.clear_sent() == 1
    # And a late save of the same form makes no draft anew
    with pytest.raises(drafts.AlreadySent):
        drafts.save(desk.code, name, TYPED, by=desk.clerk, now=NOW)
    assert not Draft.objects.exists()
    assert submit() == row
    assert [sent.pk for sent in drafts.sent_of(desk.code, since=NOW)] == [row.pk]
    assert len(desk.records()) == 1


def test_a_refused_draft_is_mended_and_sent_again(desk: Desk) -> None:
    name = uuid4()
    drafts.save(desk.code, name, TYPED, by=desk.clerk, now=NOW)
    row = drafts.submit(desk.code, name, desk.job(mileage=""), by=desk.clerk, now=NOW)
    with desk.lend() as connection:
        assert send(connection, row.pk, limits=LIMITS, now=NOW).state == SendingState.REFUSED
    drafts.save(desk.code, name, desk.job(), by=desk.clerk, now=NOW)
    assert drafts.submit(desk.code, name, desk.job(), by=desk.clerk, now=NOW).pk == row.pk
    assert send_waiting(desk.lend, LIMITS, NOW) == 1
    assert len(desk.records()) == 1


def test_a_draft_is_its_shops_own_and_is_forgotten_after_thirty_days(desk: Desk) -> None:
    other = desk.province.shops["ningbo"]
    old, new, refused = uuid4(), uuid4(), uuid4()
    for name, days in ((old, 31), (new, 29), (refused, 31)):
        drafts.save(desk.code, name, TYPED, by=desk.clerk, now=NOW - timedelta(days=days))
    row = drafts.submit(desk.code, refused, TYPED, by=desk.clerk, now=NOW)
    with desk.lend() as connection:
        send(connection, row.pk, limits=LIMITS, now=NOW)
    # Another shop neither reads nor changes nor deletes it
    for deed in (drafts.find, drafts.delete):
        assert not _does(deed, other, old)
    with pytest.raises(Draft.DoesNotExist):
        drafts.save(other, old, TYPED, by=desk.clerk_of("ningbo"), now=NOW)
    assert drafts.open_of(other).count() == 0
    # The old ones go, with what was refused of them
    drafts.forget_old(NOW)
    assert [draft.public_id for draft in drafts.open_of(desk.code)] == [new]
    assert not Sending.objects.exists()
    assert drafts.delete(desk.code, new)
    assert not drafts.delete(desk.code, new)


def _does(deed: object, company_code: str, name: object) -> object:
    try:
        return deed(company_code, name)
    except Draft.DoesNotExist:
        return None


def test_a_shop_has_at_most_two_hundred_drafts(desk: Desk) -> None:
    made = {"company_code": desk.code, "made_by": desk.clerk, "text": "{}", "made_at": NOW, "changed_at": NOW}
    rows = [Draft(public_id=uuid4(), **made) for _number in range(drafts.MOST_OF_A_SHOP)]
    Draft.objects.bulk_create(rows)
    with pytest.raises(drafts.TooManyDrafts):
        drafts.save(desk.code, uuid4(), TYPED, by=desk.clerk, now=NOW)
    drafts.save(desk.code, rows[0].public_id, TYPED, by=desk.clerk, now=NOW)


def test_only_what_a_shop_did_itself_is_suggested_to_it(desk: Desk) -> None:
    # Given a car that was at this shop twice, last 200 days ago, and at another since
    upload = desk.province.upload
    upload("west lake", desk.car, TODAY - timedelta(days=200), "41000")
    upload("west lake", desk.car, TODAY - timedelta(days=260), "38000", received_at=NOW)
    upload("ningbo", desk.car, TODAY - timedelta(days=100), "60000", projects=())
    desk.province.connection.commit()
    with desk.lend() as connection:
        # When its plate or its VIN is typed, then the shop is told of its own last visit, however the plate is written
        for typed in ({"plate_number": "浙a·6q606"}, {"vin": desk.car.vin.lower()}):
            visit = own_visit(connection, desk.code, **typed)
            assert visit is not None
            assert (visit.vin, visit.plate_number, visit.mileage_km, visit.on) == (
                desk.car.vin,
                desk.car.plate_number,
                41000,
                TODAY - timedelta(days=200),
            )
        # A shop that never saw the car is told nothing, nor is a VIN put right after another's records
        nobody = desk.province.shops["west lake"].replace("330106", "330999")
        assert own_visit(connection, nobody, plate_number=desk.car.plate_number) is None
        slip = desk.car.vin[:-1] + ("7" if desk.car.vin[-1] != "7" else "8")
        assert vins_meant(connection, desk.code, slip) == (desk.car.vin,)
        assert desk.car.vin not in vins_meant(connection, nobody, slip)
        usual = usual_of_shop(connection, desk.province.shops["ningbo"])
        assert usual.items == ()
        assert [part.name for part in usual.parts] == ["全合成机油 5W-30", "机油滤清器"]
        assert own_visit(connection, desk.code, plate_number="无") is None
    assert TODAY - timedelta(days=100) < TODAY
