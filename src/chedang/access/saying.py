"""What rules say, in the language of the page: here sentences of packages without Django are translated."""

from __future__ import annotations

from django.utils.translation import gettext as _

from chedang.terms.saying import Said, SaidRefusal


def words(said: Said | str) -> str:
    """A sentence of a rule in the reader's language; a text that is none stays as it is."""
    if not isinstance(said, Said):
        return said
    pattern = _(said.pattern)
    return pattern % {name: _value(value) for name, value in said.values.items()} if said.values else pattern


def words_of(refusal: SaidRefusal) -> str:
    """All that a refusal says."""
    return _("；").join(map(words, refusal.said))


def _value(value: object) -> object:
    if isinstance(value, tuple):
        return _("、").join(str(_value(each)) for each in value)
    return words(value) if isinstance(value, Said) else value
