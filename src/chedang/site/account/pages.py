"""Sign in and sign out."""

from __future__ import annotations

from django.contrib.auth import logout
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Role
from chedang.access.rules import account_purpose
from chedang.site.account.forms import SignInForm
from chedang.site.account.second_factor import needs_code
from chedang.site.guards import person
from chedang.site.owner.phone.pages import note_this_session


class SignIn(LoginView):
    """The sign-in page; a person who is signed in already goes on to the first page of the role."""

    template_name = "account/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        response = super().form_valid(form)
        user = person(self.request)
        note_this_session(self.request, user)
        if needs_code(self.request, user):
            return redirect(f"{resolve_url('second-factor')}?{urlencode({'next': self.get_success_url()})}")
        _note(self.request, AuditAction.SIGN_IN)
        return response


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    _note(request, AuditAction.SIGN_OUT)
    logout(request)
    return redirect("start")


def _note(request: HttpRequest, action: AuditAction) -> None:
    user = person(request)
    record_event(user, action, account_purpose(Role(user.role)), now=timezone.now())
