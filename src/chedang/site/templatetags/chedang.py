"""Template filters for the field's own values: plates, masked VINs, kilometres, quantities; the menu of a shop."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from chedang.access.model import Role, ShopPost
from chedang.access.models import ROLE_NAMES
from chedang.site.figures import day_text, number
from chedang.site.findings import mask_vin
from chedang.site.menus import Menu
from chedang.site.regulator.navigation import officer_menu
from chedang.site.settings import NODE
from chedang.site.shop.navigation import shop_menu
from chedang.terms import plate as plates

register = template.Library()
register.filter("number", number)
register.filter("day_text", day_text)

_CLASS_BY_COLOUR = {
    "1": "plate-blue",
    "2": "plate-yellow",
    "3": "plate-black",
    "4": "plate-white",
    "5": "plate-civil-aviation",
    "93": "plate-yellow-green",
    "94": "plate-green",
}
"""Style of a plate by the code of its colour (JT/T 415-2021, 5.4.12)."""


@register.filter
def plate(number: str) -> SafeString:
    """A plate drawn as a plate. An ordinary number may stand on blue or yellow; blue is by far the more common."""
    return _draw(number, "plate")


@register.filter
def small_plate(number: str) -> SafeString:
    """The same within a list."""
    return _draw(number, "plate small")


def _draw(number: str, css: str) -> SafeString:
    found = plates.read(number)
    if not number or (found is not None and not found.colour_codes):
        return format_html('<span class="{} plate-none">{}</span>', css, _("无号牌"))
    colour = _CLASS_BY_COLOUR[found.colour_codes[0]] if found else "plate-none"
    return format_html('<span class="{} {}">{}</span>', css, colour, plates.display(number))


@register.filter
def masked_vin(vin: str) -> str:
    """The VIN with all but its last three characters hidden."""
    return mask_vin(vin)


@register.filter
def plate_text(number: str) -> str:
    """A plate as text, for paper."""
    return plates.display(number) if number else _("无号牌")


@register.filter
def role_name(role: str) -> str:
    """A role in words."""
    return str(ROLE_NAMES[Role(role)])


@register.simple_tag(takes_context=True)
def menu(context: dict[str, Any]) -> Menu:
    """The menu of the shop's person, or of the officer, who reads the page; of others there is none in two rows."""
    match, person = context["request"].resolver_match, context["person"]
    here = match.url_name or "" if match else ""
    if person.role == Role.SHOP:
        return shop_menu(ShopPost(person.shop_post), here)
    return officer_menu(NODE.node.level, here) if person.role == Role.REGULATOR else Menu([], [])
