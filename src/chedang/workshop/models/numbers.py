"""Serials of the settlement list numbers that we make for shops."""

from __future__ import annotations

from django.db import models


class NumberSerial(models.Model):
    """The last serial given to one shop on one day."""

    company_code = models.CharField(max_length=15)
    day = models.DateField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "workshop_number_serial"
        verbose_name = "结算清单编号"
        constraints = (models.UniqueConstraint(fields=["company_code", "day"], name="workshop_number_serial_day"),)

    def __str__(self) -> str:
        return f"{self.company_code} {self.day:%Y%m%d}"
