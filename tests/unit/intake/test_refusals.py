"""Answers as they are kept: masked, cut, and otherwise as they were sent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chedang.intake.corrections import ModifyRequest, RecordChanges, RecordReference
from chedang.intake.outcomes import BatchRequest, Extra, ExtraCategory, UploadRequest
from chedang.intake.refusals import MASK, MOST_ANSWER_BYTES, clean_client, mask_answer, telling_values
from chedang.records.model import RecordText

VIN = "LXXAA11A3R1000017"


@pytest.mark.parametrize(
    "told",
    [VIN, VIN.lower(), "浙A12345", "浙A·D12345", "浙 A 12345", "14200009001", "142 0000 9001", "someone@example.org"],
)
def test_numbers_of_cars_and_people_are_blotted_out(told: str) -> None:
    kept = mask_answer(f'{{"status":"“{told}”不对"}}'.encode())
    assert told not in kept
    assert kept == f'{{"status":"“{MASK}”不对"}}'


@pytest.mark.parametrize(
    "kept",
    [
        '{"code":"-1","status":"参数无效：/basicInfo/vin：车架号有 16 位，应为 17 位。请按提示改正后重新上传"}',
        '{"recordid":"0123456789abcdef0123456789abcdef","costlistcode":"JS202603030001"}',
        '{"code":"-18","status":"含有标准以外的字段：mobilephone、caruser"}',
    ],
)
def test_what_names_nobody_stays_as_it_was_sent(kept: str) -> None:
    assert mask_answer(kept.encode()) == kept


def test_values_of_the_call_are_blotted_out_whatever_they_look_like() -> None:
    request = UploadRequest(
        "",
        RecordText(vin="LXX-11A3", plate_number="临时八号", fault_description="车主欧阳说异响"),
        0,
        extras=(
            Extra(ExtraCategory.OWNER, "caruser", "欧阳某某"),
            Extra(ExtraCategory.PHOTOGRAPH, "p", b"\x89PNG"),
        ),
        echo=(("enginenumber", "ENG-778"),),
    )
    answer = "LXX-11A3 临时八号 车主欧阳说异响 欧阳某某 ENG-778 caruser"
    assert mask_answer(answer.encode(), telling_values(request)) == " ".join([MASK] * 5) + " caruser"


def test_values_of_corrections_and_batches_are_known_too() -> None:
    changes = ModifyRequest("", RecordReference(), RecordChanges(plate_number="临时八号"), "")
    assert telling_values(changes) == ("临时八号",)
    item = UploadRequest("", RecordText(vin="LXX-11A3"), 0)
    assert telling_values(BatchRequest((item,))) == ("LXX-11A3",)
    assert telling_values(None) == ()


@given(st.text(), st.integers(0, 3000))
def test_whatever_is_answered_fits_and_can_be_kept(text: str, filler: int) -> None:
    kept = mask_answer(("规" * filler + text).encode("utf-8", "surrogatepass"))
    assert len(kept.encode()) <= MOST_ANSWER_BYTES
    assert "\0" not in kept


def test_a_number_across_the_cut_does_not_stay_in_half() -> None:
    kept = mask_answer(b"x" * (MOST_ANSWER_BYTES - 10) + b" " + VIN.encode() + b" and more")
    assert VIN[:7] not in kept


def test_a_programme_s_name_is_cleaned() -> None:
    assert clean_client("Repair-5.2\r\n 14200009001") == "Repair-5.2  ***"
    assert len(clean_client("x" * 1000)) == 120
