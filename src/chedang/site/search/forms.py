"""What somebody looks for among the shops."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chedang.enterprises.profile_model import CREDIT_GRADES, ShopQuery
from chedang.site.enterprise_view import category_name
from chedang.terms import division

ANY = gettext_lazy("不限")
_CATEGORIES = ("01", "02", "03")
_RATINGS = (("4", gettext_lazy("4 分以上")), ("3", gettext_lazy("3 分以上")))
NEAREST, BEST_RATED, BY_NAME = "near", "rating", "name"


class SearchForm(forms.Form):
    """All fields may stay empty. The position comes from the browser, in the body of a request only."""

    use_required_attribute = False

    words = forms.CharField(label=gettext_lazy("店名"), required=False, max_length=40)
    division = forms.ChoiceField(label=gettext_lazy("区县"), required=False)
    category = forms.ChoiceField(label=gettext_lazy("类别"), required=False)
    brand = forms.ChoiceField(label=gettext_lazy("品牌"), required=False)
    grade = forms.ChoiceField(label=gettext_lazy("质量信誉等级"), required=False)
    rating = forms.ChoiceField(label=gettext_lazy("车主评分"), required=False)
    nev = forms.BooleanField(label=gettext_lazy("能修新能源汽车"), required=False)
    station = forms.BooleanField(label=gettext_lazy("排放维护维修站（M 站）"), required=False)
    sort = forms.ChoiceField(label=gettext_lazy("排列"), required=False)
    latitude = forms.FloatField(min_value=-90, max_value=90, required=False, widget=forms.HiddenInput())
    longitude = forms.FloatField(min_value=-180, max_value=180, required=False, widget=forms.HiddenInput())

    def __init__(self, data: Any, *, divisions: Iterable[str], brands: Iterable[str]) -> None:
        super().__init__(data)
        self._choose("division", _by_prefecture(divisions))
        self._choose("category", [(code, category_name(code)) for code in _CATEGORIES])
        self._choose("brand", [(brand, brand) for brand in brands])
        self._choose("grade", [(grade, _("%(grade)s 及以上") % {"grade": grade}) for grade in CREDIT_GRADES[:-1]])
        self._choose("rating", list(_RATINGS))
        orders = [(BEST_RATED, _("评分高的在前")), (BY_NAME, _("按店名"))]
        if self.has_position:
            orders.insert(0, (NEAREST, _("近的在前")))
        self._field("sort").choices = orders

    @property
    def has_position(self) -> bool:
        """Did the browser say where it is?"""
        return bool(self.data.get("latitude")) and bool(self.data.get("longitude"))

    def query(self) -> ShopQuery:
        """What a valid form asks for."""
        asked = self.cleaned_data
        is_placed = self.has_position and asked["latitude"] is not None and asked["longitude"] is not None
        return ShopQuery(
            division_prefix=_prefix(asked["division"]),
            words=asked["words"],
            category_code=asked["category"],
            brand=asked["brand"],
            only_nev=asked["nev"],
            only_emission_station=asked["station"],
            lowest_grade=asked["grade"],
            latitude=asked["latitude"] if is_placed else None,
            longitude=asked["longitude"] if is_placed else None,
        )

    def order(self) -> str:
        """How a valid form wants the list: by distance when there is a position and nothing else was chosen."""
        chosen: str = self.cleaned_data["sort"]
        return chosen or (NEAREST if self.has_position else BEST_RATED)

    def lowest_rating(self) -> int | None:
        """Of a valid form."""
        return int(self.cleaned_data["rating"]) if self.cleaned_data["rating"] else None

    def _choose(self, name: str, choices: list[Any]) -> None:
        self._field(name).choices = [("", ANY), *choices]

    def _field(self, name: str) -> forms.ChoiceField:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - named above
        return field


def _prefix(code: str) -> str:
    return code.removesuffix("00") if code.endswith("00") else code


def _by_prefecture(counties: Iterable[str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Prefectures as groups: the whole of each first, then its counties."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for county in counties:
        prefecture = f"{county[:4]}00"
        name = division.full_name(prefecture).removeprefix(division.full_name(f"{county[:2]}0000")) or prefecture
        options = groups.setdefault(name, [(prefecture, _("%(prefecture)s全部") % {"prefecture": name})])
        if county != prefecture:
            options.append((county, division.full_name(county).removeprefix(division.full_name(prefecture)) or county))
    return list(groups.items())
