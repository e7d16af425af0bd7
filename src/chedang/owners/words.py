"""What the pages call kinds, proofs and scopes."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from chedang.owners.model import Kind, Proof, Scope

KIND_WORDS = {Kind.OWN: _("本人车辆"), Kind.CONSENT: _("他人车辆"), Kind.COMPANY: _("单位车辆")}
PROOF_WORDS = {
    Proof.CLAIM_CODE: _("认领码"),
    Proof.VISIT_FACTS: _("上次维修的单据"),
    Proof.OFFICER: _("人工核对"),
    Proof.TRANSFER: _("过户码"),
    Proof.CONSENT: _("车主同意"),
    Proof.ROSTER: _("单位车辆清单"),
}
SCOPE_WORDS = {Scope.VERDICT: _("只看里程判断"), Scope.BUYER: _("买家视图"), Scope.FULL: _("全部内容")}
SCOPE_CHOICES = [(str(scope), word) for scope, word in SCOPE_WORDS.items()]
