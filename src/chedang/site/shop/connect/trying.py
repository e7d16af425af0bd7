"""试一次: a real call against the sandbox of this node's gate, and its answer field by field."""

from __future__ import annotations

import secrets as random
from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose, ShopPost
from chedang.enterprises import secrets
from chedang.site.archive.connections import archive
from chedang.site.guards import for_shop, person
from chedang.site.shop.connect.calls import (
    LONGEST_BODY,
    Call,
    Credentials,
    GateDown,
    WireForm,
    forms_served,
    sample,
    send,
)
from chedang.site.shop.connect.explaining import explain_members, findings_in, read_object

FORM_WORDS: Final = {WireForm.NATIVE: gettext_lazy("原生接口"), WireForm.PROVINCE: gettext_lazy("省级接口")}
_TITLES: Final = {
    "token": gettext_lazy("第一步：取凭证"),
    "upload": gettext_lazy("上传这条记录"),
    "check": gettext_lazy("按规则试判（省级接口的应答装不下这些，真实的软件收不到）"),
}


class TryForm(forms.Form):
    """The sample and, if wanted, a shop of one's own in the sandbox."""

    body = forms.CharField(
        label=gettext_lazy("要发送的报文"),
        help_text=gettext_lazy("可以改，也可以故意改错，看软件会收到什么。请不要填真实的车辆。"),
        max_length=LONGEST_BODY,
        strip=False,
        error_messages={"required": gettext_lazy("请写要发送的报文。")},
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "false", "autocomplete": "off"}),
    )
    account = forms.CharField(label=gettext_lazy("沙箱企业编码"), max_length=30, required=False)
    key = forms.CharField(
        label=gettext_lazy("沙箱密钥"),
        max_length=200,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, wire_form: WireForm, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["key"].help_text = _("空着就用人人可用的示范企业。正式的密钥在沙箱无效，请不要填。")
        if wire_form is WireForm.NATIVE:
            del self.fields["account"]
        else:
            self.fields["key"].label = _("沙箱密码")

    def clean_key(self) -> str:
        """A real secret is not sent anywhere from here."""
        key: str = self.cleaned_data["key"].strip()
        public = secrets.public_part(key)
        if public is not None:
            with archive() as connection:
                if secrets.find(connection, public) is not None:
                    raise forms.ValidationError(_("这是正式的接口密钥，没有发送。请换沙箱的密钥，或者空着。"))
        return key


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_shop(ShopPost.CLERK)
def try_it(request: HttpRequest) -> HttpResponse:
    """Edit the sample, send it, read the answer. Nothing of it reaches the archive."""
    shop, now = person(request), timezone.now()
    served = forms_served()
    wanted = request.GET.get("form", "")
    wire_form = WireForm(wanted) if wanted in served else WireForm.NATIVE
    context: dict[str, Any] = {
        "wire_form": wire_form,
        "tabs": [(each, FORM_WORDS[each]) for each in served],
        "calls": [],
        "is_down": False,
    }
    if request.method != "POST":
        number = f"TRY-{random.token_hex(4).upper()}"
        form = TryForm(
            initial={"body": sample(wire_form, number=number, today=timezone.localdate(now))}, wire_form=wire_form
        )
        return render(request, "connect/try.html", context | {"form": form})
    form = TryForm(request.POST, wire_form=wire_form)
    if not form.is_valid():
        return render(request, "connect/try.html", context | {"form": form}, status=422)
    record_event(shop, AuditAction.TRY_SANDBOX, Purpose.OWN_BUSINESS, now=now, object_id=wire_form.value)
    given = form.cleaned_data
    try:
        calls = send(wire_form, given["body"], Credentials(given.get("account", "").strip(), given["key"]))
    except GateDown:
        return render(request, "connect/try.html", context | {"form": form, "is_down": True}, status=503)
    context |= {"form": form, "calls": [_present(call) for call in calls], "verdict": _verdict(calls)}
    return render(request, "connect/try.html", context)


def _present(call: Call) -> dict[str, Any]:
    document = read_object(call.answer)
    return {
        "call": call,
        "title": _TITLES[call.title],
        "is_json": document is not None,
        "members": explain_members(document or {}),
        "findings": findings_in(document or {}),
    }


def _verdict(calls: list[Call]) -> dict[str, str]:
    """Did the upload go well? In one sentence, with sign and colour."""
    upload = next((call for call in calls if call.title == "upload"), None)
    document = read_object(upload.answer) if upload else None
    is_taken = upload is not None and upload.status < 300 and (document or {}).get("code", "1") == "1"
    if not is_taken:
        return {"tone": "wrong-tone", "sign": "✕", "text": _("没有收下。原因写在下面的应答里。")}
    if any(findings_in(read_object(call.answer) or {}) for call in calls):
        return {"tone": "doubt", "sign": "!", "text": _("收下了，但规则发现了问题，下面逐条写明。")}
    return {"tone": "good", "sign": "✓", "text": _("收下了，没有发现问题。软件这样传就行。")}
