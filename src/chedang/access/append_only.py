"""Rows of histories: written once, never changed, never removed."""

from __future__ import annotations

from typing import Any, NoReturn, TypeVar

from django.db import models

_Row = TypeVar("_Row", bound=models.Model)


class AppendOnly(models.QuerySet[_Row]):
    """Refuses what would change or remove rows that stand already."""

    def update(self, **_kwargs: Any) -> NoReturn:
        raise TypeError("what is written in a history is never changed")

    def delete(self) -> NoReturn:
        raise TypeError("what is written in a history is never deleted")


class AppendOnlyModel(models.Model):
    """A row that is added and stays as it is: saving it again or removing it raises TypeError."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("what is written in a history is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("what is written in a history is never deleted")
