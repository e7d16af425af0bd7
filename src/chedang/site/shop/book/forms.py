"""The form of an order. Whatever is typed is taken, so that nothing is lost; what does not fit stands beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from chedang.site.shop.book.words import FIELD_WORDS, KIND_NAMES, LACK_WORDS, OLD_PARTS_NAMES
from chedang.site.shop.rows import Column, Pick, RowTable, is_empty, press, read_rows
from chedang.terms.phone import normalise as normal_phone
from chedang.terms.text import tidy
from chedang.workshop.order_model import Customer, Item, OldParts, OrderContent, OtherFee, PartKind, PartLine
from chedang.workshop.order_rules import Fault
from chedang.workshop.shop_terms import MOST_DAYS, MOST_KM, Promised

_DECIMAL: Final = {"inputmode": "decimal", "autocomplete": "off"}
_YES, _NO = "yes", ""
_OWN: Final = ((_NO, _("否")), (_YES, _("是")))
ITEM_COLUMNS: Final = (
    Column("name", _("维修项目"), is_wide=True),
    Column("hours", _("工时"), mode="decimal", unit=_("小时"), longest=20),
    Column("unit_price", _("工时单价"), mode="decimal", unit=_("元"), longest=20),
    Column("technician", _("技师"), longest=64),
    Column("note", _("备注"), longest=100),
)
PART_COLUMNS: Final = (
    Column("name", _("名称"), is_wide=True),
    Column("code", _("配件编码"), longest=50),
    Column("brand", _("品牌"), longest=50),
    Column("quantity", _("数量"), mode="decimal", longest=20),
    Column("unit_price", _("单价"), mode="decimal", unit=_("元"), longest=20),
    Column("kind", _("配件属性"), choices=tuple((kind.value, name) for kind, name in KIND_NAMES.items())),
    Column("is_customers", _("托修方自备"), choices=_OWN),
    Column("is_nev", _("新能源专用"), choices=_OWN),
)
FEE_COLUMNS: Final = (
    Column("name", _("项目"), is_wide=True),
    Column("amount", _("金额"), mode="decimal", unit=_("元"), longest=20),
)
_TABLES: Final = (
    ("items", _("维修项目"), _("再加一个项目"), ITEM_COLUMNS),
    ("parts", _("配件和材料"), _("再加一个配件"), PART_COLUMNS),
    ("other_fees", _("其他费用"), _("再加一项费用"), FEE_COLUMNS),
)
_CUSTOMER: Final = tuple(Customer.__struct_fields__)


def _text(name: str, longest: int, **attributes: str) -> forms.CharField:
    return forms.CharField(
        label=FIELD_WORDS[name],
        required=False,
        max_length=longest,
        widget=forms.TextInput({"autocomplete": "off"} | attributes),
    )


class OrderForm(forms.Form):
    """Everything of an order but its lines."""

    use_required_attribute = False

    plate_number = _text("plate_number", 20)
    vin = _text("vin", 40, autocapitalize="characters", spellcheck="false")
    mileage = _text("mileage", 20, inputmode="numeric")
    arrived_on = forms.CharField(
        label=FIELD_WORDS["arrived_on"], required=False, max_length=20, widget=forms.DateInput({"type": "date"})
    )
    model = _text("model", 60)
    engine_number = _text("engine_number", 40)
    vehicle_kind = _text("vehicle_kind", 40)
    is_nev = forms.ChoiceField(label=FIELD_WORDS["is_nev"], required=False, choices=_OWN)
    fault_description = forms.CharField(
        label=FIELD_WORDS["fault_description"], required=False, max_length=200, widget=forms.Textarea({"rows": 2})
    )
    owner_name = _text("owner_name", 60)
    sender_name = _text("sender_name", 60)
    phone = _text("phone", 40, inputmode="tel")
    tax = _text("tax", 20, **_DECIMAL)
    discount = _text("discount", 20, **_DECIMAL)
    rounding = _text("rounding", 20, **_DECIMAL)
    prepaid = _text("prepaid", 20, **_DECIMAL)
    old_parts = forms.ChoiceField(
        label=FIELD_WORDS["old_parts"],
        required=False,
        help_text=_("换下来的配件，请客户确认过再选；没有换配件的不用选。"),
        choices=[(choice.value, name) for choice, name in OLD_PARTS_NAMES.items()],
    )
    note = forms.CharField(
        label=FIELD_WORDS["note"],
        help_text=_("只在工单里，不打印，不上传。"),
        required=False,
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
    )

    def groups(self) -> dict[str, list[forms.BoundField]]:
        """Fields as the page groups them."""
        return {
            "vehicle": [self[name] for name in ("plate_number", "vin", "mileage", "arrived_on")],
            "more": [self[name] for name in ("model", "engine_number", "vehicle_kind", "is_nev")],
            "customer": [self[name] for name in _CUSTOMER],
            "sums": [self[name] for name in ("tax", "discount", "rounding", "prepaid")],
        }


class OrderTyping:
    """What somebody typed into an order: fields and rows; also how it is shown again."""

    def __init__(self, form: OrderForm, rows: Mapping[str, list[dict[str, str]]]) -> None:
        self.form = form
        self._rows = rows

    @classmethod
    def of(cls, content: OrderContent, customer: Customer) -> OrderTyping:
        """An order as it stands, ready to be changed."""
        values: dict[str, Any] = {
            name: value
            for name in OrderForm.base_fields
            if isinstance(value := getattr(content, name, getattr(customer, name, None)), str)
        }
        values["is_nev"] = _YES if content.is_nev else _NO
        return cls(
            OrderForm(values), {name: _as_rows(getattr(content, name), columns) for name, *_words, columns in _TABLES}
        )

    @classmethod
    def sent(cls, post: QueryDict) -> OrderTyping:
        """What came with a form."""
        return cls(OrderForm(post), {name: read_rows(post, name, columns) for name, *_words, columns in _TABLES})

    def press(self, post: QueryDict, picks: Mapping[str, list[Pick]]) -> bool:
        """Do what a button of the rows asks; False when none was pressed."""
        return any(
            press(post, name, columns, self._rows[name], picks.get(name, [])) for name, *_words, columns in _TABLES
        )

    def content(self) -> OrderContent:
        """The order; rows in which nothing was typed are none."""
        typed = self._typed()
        items = self._filled("items", ITEM_COLUMNS)
        parts = self._filled("parts", PART_COLUMNS)
        fees = self._filled("other_fees", FEE_COLUMNS)
        texts = {name: typed[name] for name in OrderForm.base_fields if name not in {*_CUSTOMER, "is_nev", "old_parts"}}
        old_parts = typed["old_parts"] if typed["old_parts"] in set(OldParts) else OldParts.UNSAID.value
        return OrderContent(
            **texts,
            is_nev=typed["is_nev"] == _YES,
            old_parts=old_parts,
            items=tuple(Item(**row) for row in items),
            parts=tuple(_part(row) for row in parts),
            other_fees=tuple(OtherFee(**row) for row in fees),
        )

    def customer(self) -> Customer:
        """Who brought the car."""
        typed = self._typed()
        return Customer(typed["owner_name"], typed["sender_name"], normal_phone(typed["phone"]))

    def show_faults(self, faults: Iterable[Fault]) -> None:
        """Put what keeps the order from being settled beside its field."""
        for fault in faults:
            if fault.place in self.form.fields:
                self.form.is_valid()
                self.form.add_error(fault.place, LACK_WORDS[fault.lack])

    def tables(self, picks: Mapping[str, list[Pick]], faults: Iterable[Fault] = ()) -> dict[str, RowTable]:
        """The three tables of lines; with an empty line at the end of each for what comes next."""
        problems: dict[str, dict[tuple[int, str], list[Any]]] = {}
        for fault in faults:
            if fault.place.count("-") == 2:
                table, row, column = fault.place.split("-")
                problems.setdefault(table, {}).setdefault((int(row), column), []).append(LACK_WORDS[fault.lack])
        return {
            name: RowTable(name, legend, add, columns, self._rows[name], picks.get(name, []), problems.get(name, {}))
            for name, legend, add, columns in _TABLES
        }

    def _typed(self) -> dict[str, str]:
        """What stands in the fields, in one line each but for the long ones; nothing that cannot be seen."""
        read = {name: str(self.form.data.get(name) or "").splitlines() for name in self.form.fields}
        longest = {name: getattr(field, "max_length", None) or 40 for name, field in self.form.fields.items()}
        return {name: "\n".join(map(tidy, lines)).strip()[: longest[name]] for name, lines in read.items()}

    def _filled(self, name: str, columns: tuple[Column, ...]) -> list[dict[str, str]]:
        return [row for row in self._rows[name] if not is_empty(row, columns)]


class TermsForm(forms.Form):
    """What a shop proposes in every order."""

    use_required_attribute = False

    hour_price = forms.CharField(
        label=_("工时单价（元/小时）"),
        help_text=_("开单时自动填上，每一行都可以改。"),
        required=False,
        max_length=20,
        widget=forms.TextInput(_DECIMAL),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for promised in Promised:
            self.fields[f"{promised.value}_km"] = _count(_("千米"), MOST_KM)
            self.fields[f"{promised.value}_days"] = _count(_("天"), MOST_DAYS)


class ReasonForm(forms.Form):
    """Why something is taken back."""

    use_required_attribute = False

    reason = forms.CharField(
        label=_("原因"),
        max_length=200,
        error_messages={"required": _("请写明原因。")},
        widget=forms.TextInput({"autocomplete": "off"}),
    )


def _count(label: Any, most: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=1,
        max_value=most,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"invalid": _("请填整数。")},
    )


def _as_rows(lines: Iterable[Any], columns: tuple[Column, ...]) -> list[dict[str, str]]:
    return [{column.name: _cell(getattr(line, column.name)) for column in columns} for line in lines]


def _cell(value: str | bool) -> str:
    return value if isinstance(value, str) else (_YES if value else _NO)


def _part(row: dict[str, str]) -> PartLine:
    texts = {name: row[name] for name in ("name", "code", "brand", "quantity", "unit_price")}
    return PartLine(
        **texts,
        kind=row["kind"] if row["kind"] in set(PartKind) else PartKind.UNKNOWN.value,
        is_customers=row["is_customers"] == _YES,
        is_nev=row["is_nev"] == _YES,
    )
