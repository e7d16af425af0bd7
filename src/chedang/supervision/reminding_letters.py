"""The third rung: a letter on paper, one sheet a shop, to be printed and posted. Equal content gives equal bytes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, Final

from django.db import connection, transaction
from django.utils.translation import gettext as _

from chedang.access.models import User
from chedang.access.rules import division_prefix
from chedang.platform.documents import FONT_FAMILY, set_pdf
from chedang.supervision.model import NotAllowed, Overtaken
from chedang.supervision.models.reminders import Reminder, ReminderLetter
from chedang.supervision.reminding import note
from chedang.supervision.reminding_model import Concern, ReminderDeed, ReminderState, Rung
from chedang.supervision.shops import SQL, ShopQuery, SupervisedShop, list_shops
from chedang.terms.dates import day_in_china

MOST_SHEETS: Final = 200
_OPENING: Final = "本机关已经通过维修电子健康档案系统提醒你单位，截至本函发出时，系统显示："
_CLOSING: Final = (
    "请自收到本函之日起尽快上传或者改正，并登录维修电子健康档案系统查看提醒的全文。情况已经改变的，请与本机关联系。"
)


def write_letter(
    public_id: str, company_codes: Sequence[str], officer: User, *, authority: str, now: datetime
) -> ReminderLetter:
    """Write the letters of all open cases of these shops, and note them; the same name once more gives the one letter.

    Shops of other divisions and without an open case get no sheet. Raises NotAllowed.
    """
    with transaction.atomic():
        letter, is_new = ReminderLetter.objects.get_or_create(
            public_id=public_id,
            defaults={
                "division_code": officer.division_code,
                "authority": authority,
                "written_on": day_in_china(now),
                "made_at": now,
                "made_by": officer,
            },
        )
        if not is_new:
            if letter.made_by_id != officer.pk:
                raise Overtaken(_("这个编号已经用过，请重新打开页面。"))
            return letter
        cases = _lock_cases(company_codes, officer)
        letter.sheets = _sheets(cases, officer, now)
        letter.save()
        written = {sheet["code"] for sheet in letter.sheets}
        for reminder in (each for each in cases if each.company_code in written):
            reminder.rung = int(Rung.LETTER)
            note(reminder, ReminderDeed.LETTER, now=now, actor=officer, organisation=authority, letter=letter)
    return letter


def letter_pdf(letter: ReminderLetter) -> bytes:
    """The letter as it was written, for the printer."""
    paper = {
        "authority": letter.authority,
        "day": _day(letter.written_on),
        "opening": _OPENING,
        "closing": _CLOSING,
        "sheets": letter.sheets,
    }
    given = {"paper": json.dumps(paper, ensure_ascii=False), "font": FONT_FAMILY}
    return set_pdf("chedang.supervision", "typst/reminder_letter.typ", given)


def facts_of(shop: SupervisedShop, reminder: Reminder) -> list[str]:
    """What a letter says of one case: what is wrong, and by which means the shop was told. In Chinese."""
    told = f"{reminder.authority}于{_day(day_in_china(reminder.reminded_at))}发出提醒，"
    told += f"你单位于{_day(day_in_china(shop.read_at))}打开。" if shop.read_at else "至今没有打开。"
    return [_concern_words(shop), told]


def _concern_words(shop: SupervisedShop) -> str:
    if shop.concern is Concern.UNCONNECTED:
        return "你单位备案以来没有上传过维修电子记录。"
    if shop.concern is Concern.SILENT and shop.last_on is not None:
        return f"你单位最近一次上传是{_day(shop.last_on)}，已经 {shop.silent_days} 天没有上传维修电子记录。"
    if shop.concern is Concern.FALLING:
        days, expected = 7 * (shop.weeks or 0), round(shop.expected or 0)
        return f"你单位近 {days} 天上传维修电子记录 {shop.observed} 条，按往常和当地同期约 {expected} 条。"
    wrong, word = (shop.faulty, "有错误") if shop.concern is Concern.ERRORS else (shop.doubtful, "有错误或者疑问")
    return f"你单位近期上传的 {shop.standing} 条维修电子记录中，{word}的有 {wrong} 条。"


def _lock_cases(company_codes: Sequence[str], officer: User) -> list[Reminder]:
    prefix = division_prefix(officer.division_code)
    found = Reminder.objects.select_for_update().filter(
        company_code__in=company_codes, division_code__startswith=prefix, state=ReminderState.OPEN
    )
    cases = list(found.order_by("company_code", "pk"))
    if not cases:
        raise NotAllowed(_("这些企业没有等改正的提醒。请先发提醒，再打印督促函。"))
    if len({each.company_code for each in cases}) > MOST_SHEETS:
        raise NotAllowed(_("一次最多打印 200 家企业的督促函。"))
    return cases


def _sheets(cases: Iterable[Reminder], officer: User, now: datetime) -> list[dict[str, Any]]:
    """One a shop, with the facts of all its cases as the figures say now; a concern that is gone says nothing."""
    by_concern: dict[str, dict[str, Reminder]] = {}
    for each in cases:
        by_concern.setdefault(each.concern, {})[each.company_code] = each
    facts: dict[str, list[str]] = {}
    for name, reminders in by_concern.items():
        asked = ShopQuery(officer.division_code, concern=Concern(name), codes=tuple(reminders))
        for shop in list_shops(asked, now=now, limit=len(reminders)):
            facts.setdefault(shop.company_code, []).extend(facts_of(shop, reminders[shop.company_code]))
    with connection.cursor() as cursor:
        cursor.execute(SQL["addresses"], {"codes": list(facts)})
        rows = cursor.fetchall()
    if not rows:
        raise NotAllowed(_("这些企业都已经改正，不用打印督促函。"))
    return [
        {"code": code, "name": name, "post": " ".join(filter(None, (postal_code, address, name))), "facts": facts[code]}
        for code, name, address, postal_code in sorted(rows)
    ]


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
