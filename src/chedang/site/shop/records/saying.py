"""说明 and 作废: say why a record is right as it is, or that it does not count."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chedang.access.model import AuditAction, ShopPost
from chedang.intake.amending import DeskCorrection, amend_at_desk
from chedang.intake.outcomes import Refused
from chedang.records.model import RecordState, RecordText, StoredVersion
from chedang.site.archive.connections import archive
from chedang.site.guards import for_shop, person
from chedang.site.limits import limits_today
from chedang.site.reviews.wiring import moderator
from chedang.site.shop.records.forms import ExplainForm, VoidForm
from chedang.site.shop.records.one import find_own, write_down
from chedang.site.shop.records.presentation import present_marks
from chedang.workshop import explanations


@require_http_methods(["GET", "HEAD", "POST"])
@for_shop(ShopPost.CLERK)
def explain(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """One sentence about one finding, which ``code`` names."""
    record = find_own(request, record_id)
    code = request.POST.get("code") or request.GET.get("code", "")
    said = explanations.said_of([record_id]).get(record_id, {})
    mark = next((each for each in present_marks(record, said) if each.flag.code == code and each.can_explain), None)
    if mark is None:
        if request.method != "POST":
            raise Http404
        messages.info(request, _("这条记录已经没有这个问题，不用再说明。"))
        return redirect("shop-record", record_id)
    is_post = request.method == "POST"
    write_down(request, record, AuditAction.EXPLAIN_RECORD if is_post else AuditAction.READ_OWN_RECORDS)
    form = ExplainForm(request.POST) if is_post else ExplainForm(initial={"text": mark.said.text if mark.said else ""})
    if is_post and form.is_valid():
        moderated = moderator().check(form.cleaned_data["text"])
        if moderated.is_held:
            form.add_error("text", _("请换一种说法：说明里有不文明的词。"))
        else:
            explanations.explain(
                record,
                code,
                form.cleaned_data["text"],
                mask=lambda text: moderator().check(text).text,
                by=person(request),
                now=timezone.now(),
            )
            messages.success(request, _("说明已保存，车主和主管机关会看到。"))
            return redirect("shop-record", record_id)
    context = {"record": record, "mark": mark, "code": code, "form": form}
    return render(request, "shop/explain.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_shop(ShopPost.CLERK)
def void(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """Ask why, then void. A record that is void already stays so."""
    record = find_own(request, record_id)
    if record.state is RecordState.VOID:
        messages.info(request, _("这条记录已经作废。"))
        return redirect("shop-record", record_id)
    is_post = request.method == "POST"
    write_down(request, record, AuditAction.VOID_RECORD if is_post else AuditAction.READ_OWN_RECORDS)
    form = VoidForm(request.POST if is_post else None)
    if is_post and form.is_valid():
        correction = DeskCorrection(
            record_id_hex=record_id.hex,
            company_code=record.company_code,
            registered_name="",
            actor=record.company_code,
            reason=form.cleaned_data["reason"],
            state=RecordState.VOID,
        )
        try:
            with archive() as connection:
                amend_at_desk(connection, correction, _as_it_is, limits=limits_today(), now=timezone.now())
        except Refused:
            form.add_error(None, _("这条记录现在不能作废，请稍后再试。"))
        else:
            messages.success(request, _("已作废。记录不再出现在车辆档案里，内容留在历史里。"))
            return redirect("shop-record", record_id)
    return render(request, "shop/void.html", {"record": record, "form": form}, status=422 if form.errors else 200)


def _as_it_is(current: StoredVersion) -> RecordText | None:
    """A void keeps what the record said; one that is void already stays so."""
    return None if current.state is RecordState.VOID else current.text
