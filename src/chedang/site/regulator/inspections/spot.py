"""On the spot: what two officers write down at the shop, from a phone whose line comes and goes.

Without a script the whole sheet is one form. With it each answer and photo is sent by itself, under a number of the
phone's own, as often as it takes.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose, Role
from chedang.filing import inspections
from chedang.filing.filing_model import FilingRefused
from chedang.filing.inspection_model import Presence, Said, Verdict
from chedang.filing.inspection_photos import take_off
from chedang.filing.inspections import InspectionOvertaken
from chedang.filing.models.inspections import Inspection, InspectionPhoto
from chedang.site.guards import for_roles, person
from chedang.site.organisation import organisation_of
from chedang.site.regulator.inspections.pages import (
    own,
    refused_page,
    write_down,
)
from chedang.site.regulator.inspections.wiring import PhotoHandler, photos, take_files
from chedang.site.shop.filing.wiring import acting
from chedang.site.typed import whole_number

_VERDICTS: Final = frozenset(each.value for each in Verdict)
_PRESENCES: Final = frozenset(each.value for each in Presence)


@require_POST
@for_roles(Role.REGULATOR)
def answer(request: HttpRequest, public_id: str) -> HttpResponse:
    """One answer by a script; gives how many were new. Sent again it is none."""
    inspection, given = own(request, public_id), request.POST
    number, verdict = _uuid(given.get("client_id", "")), given.get("verdict", "")
    if number is None or verdict not in _VERDICTS:
        return _refusal(_("这一项没有填全。"), 422)
    said = Said(client_id=number, item=given.get("item", ""), verdict=Verdict(verdict), note=given.get("note", ""))
    after = {said.item: verdict}
    write_down(person(request), public_id, now=timezone.now(), before=_before(inspection, [said]), after=after)
    try:
        fresh = inspections.say(inspection, [said], acting(person(request)), now=timezone.now())
    except FilingRefused as refused:
        return _refusal(refused.sentence, _status(refused))
    return JsonResponse({"fresh": fresh})


@csrf_exempt  # the form's token is checked below, once the handler is in place: it stands in the same body
@require_POST
@for_roles(Role.REGULATOR)
def add_photo(request: HttpRequest, public_id: str) -> HttpResponse:
    """One photo by a script. Sent again it is the one that is there."""
    inspection = own(request, public_id)
    handler = take_files(request)
    return _add_photo(request, inspection, handler)


@csrf_protect
def _add_photo(request: HttpRequest, inspection: Inspection, handler: PhotoHandler) -> HttpResponse:
    number, file = _uuid(request.POST.get("client_id", "")), request.FILES.get("photo")
    if handler.is_too_much:
        return _refusal(_("照片超过 8 MB，请缩小后再上传。"), 422)
    if number is None or file is None:
        return _refusal(_("没有收到照片。"), 422)
    item, now = request.POST.get("item", ""), timezone.now()
    write_down(person(request), inspection.public_id, now=now, after={"photo_of": item})
    try:
        photo = photos().add(inspection, item, number, file.read(), acting(person(request)), now=now)
    except FilingRefused as refused:
        return _refusal(refused.sentence, _status(refused))
    return JsonResponse({"file_id": str(photo.file_id)})


@csrf_exempt  # as above
@require_POST
@for_roles(Role.REGULATOR)
def save(request: HttpRequest, public_id: str) -> HttpResponse:
    """The whole sheet as a form: what differs from what the page showed is kept, then, if asked, it is finished."""
    inspection = own(request, public_id)
    handler = take_files(request)
    return _save(request, inspection, handler)


@csrf_protect
def _save(request: HttpRequest, inspection: Inspection, handler: PhotoHandler) -> HttpResponse:
    if handler.is_too_much:
        refused = FilingRefused(_("照片太多或太大，请分几次保存，每张不超过 8 MB。"))
        return refused_page(request, inspection, refused)
    officer, now = person(request), timezone.now()
    by, given = acting(officer), request.POST
    said = _said(inspection, given)
    wants_end = given.get("deed") == "finish"
    after: dict[str, object] = {each.item: str(each.verdict) for each in said}
    if wants_end:
        after |= {"state": "finished", "presence": given.get("presence", "")}
    write_down(officer, inspection.public_id, now=now, before=_before(inspection, said), after=after)
    try:
        fresh = inspections.say(inspection, said, by, now=now) if said else 0
        _keep_photos(request, inspection)
        if not wants_end:
            messages.success(request, _("已保存。"))
            return redirect("officer-inspection", inspection.public_id)
        if given.get("presence") not in _PRESENCES:
            raise FilingRefused(_("请选择企业负责人是否在场。"))
        seen = whole_number(given.get("answers_seen"), -1) + fresh
        presence = Presence(given["presence"])
        inspections.finish(inspection, presence, given.get("remark", ""), by, seen=seen, now=now)
    except FilingRefused as refused:
        return refused_page(request, inspection, refused)
    messages.success(request, _("已办结，企业登录后能看到勘验结果。"))
    return redirect("officer-inspection", inspection.public_id)


def _said(inspection: Inspection, given: Any) -> list[Said]:
    """What was chosen otherwise than the page showed, and does not stand yet."""
    standing, found = inspections.answers_of(inspection), []
    for group in inspections.groups_of(inspection):
        for item in group.items:
            verdict, note = given.get(f"verdict-{item.key}", ""), given.get(f"note-{item.key}", "").strip()
            if verdict not in _VERDICTS or f"{verdict}|{note}" == given.get(f"was-{item.key}", ""):
                continue
            if standing.get(item.key) != (Verdict(verdict), note):
                number = uuid5(NAMESPACE_URL, f"{given.get('form_id', '')}/{item.key}/{verdict}/{note}")
                found.append(Said(client_id=number, item=item.key, verdict=Verdict(verdict), note=note))
    return found


def _keep_photos(request: HttpRequest, inspection: Inspection) -> None:
    """Raises FilingRefused."""
    for name in request.FILES:
        for file in request.FILES.getlist(name):
            content = file.read()
            number = uuid5(NAMESPACE_URL, f"{name}/{sha256(content).hexdigest()}")
            item = name.removeprefix("photo-")
            photos().add(inspection, item, number, content, acting(person(request)), now=timezone.now())


@require_safe
@for_roles(Role.REGULATOR)
def photo(request: HttpRequest, public_id: str, file_id: UUID) -> HttpResponse:
    """One photo; the look is written down."""
    return show_photo(request, own(request, public_id), file_id)


@require_POST
@for_roles(Role.REGULATOR)
def remove_photo(request: HttpRequest, public_id: str, file_id: UUID) -> HttpResponse:
    """Take a photo off while the inspection is open."""
    inspection, now = own(request, public_id), timezone.now()
    found = _photo(inspection, file_id)
    before = {"photo_of": found.item}
    write_down(person(request), public_id, now=now, before=before, after={"photo_of": None})
    try:
        take_off(found, acting(person(request)), now=now)
    except FilingRefused as refused:
        return refused_page(request, inspection, refused)
    messages.success(request, _("照片已移除。"))
    return redirect("officer-inspection", public_id)


def show_photo(request: HttpRequest, inspection: Inspection, file_id: UUID) -> HttpResponse:
    """The JPEG. Raises Http404 for one that is gone."""
    reader, found = person(request), _photo(inspection, file_id)
    record_event(
        reader,
        AuditAction.READ_INSPECTION,
        Purpose.OWN_BUSINESS if reader.role == Role.SHOP else Purpose.SUPERVISION,
        now=timezone.now(),
        object_id=inspection.public_id,
        organisation=organisation_of(reader),
    )
    content = photos().read(found)
    if content is None:
        raise Http404
    headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox; default-src 'none'"}
    return HttpResponse(content, content_type="image/jpeg", headers=headers)


def _photo(inspection: Inspection, file_id: UUID) -> InspectionPhoto:
    found = inspection.photos.filter(file_id=file_id, withdrawn_at=None).first()
    if found is None:
        raise Http404
    return found


def _before(inspection: Inspection, said: list[Said]) -> dict[str, object]:
    standing = inspections.answers_of(inspection)
    return {each.item: str(standing[each.item][0]) if each.item in standing else None for each in said}


def _refusal(sentence: str, status: int) -> JsonResponse:
    return JsonResponse({"sentence": sentence}, status=status)


def _status(refused: FilingRefused) -> int:
    return 409 if isinstance(refused, InspectionOvertaken) else 422


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
