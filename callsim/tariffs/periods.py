"""Billing periods: calendar months, or so many days, as far as calls were counted in them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple

from callsim.scenario.plans import CALENDAR_MONTH, Tariff
from callsim.scenario.timetable import DAY, Calendar

MEAN_MONTH = Fraction(365, 12)
"""Days of a month of a year of twelve equal ones: what variants are compared by."""


class Period(NamedTuple):
    """A billing period, or the part of it that was counted. Start and end are seconds since the first midnight."""

    start: float
    end: float
    share: Fraction
    """Of a whole period: what fixed sums and volumes are multiplied with."""
    whole: bool
    label: str
    first: bool
    """The contract begins in it."""


def periods(tariff: Tariff, calendar: Calendar, *, mean_months: bool = False) -> Iterator[Period]:
    """The billing periods of the counted time, in order.

    With `mean_months` a month has 365/12 days whichever it is, so that February and March compare. Before a
    contract that begins later nothing is billed.
    """
    contract = None if tariff.starts is None else (tariff.starts - calendar.start).days * DAY
    begins = calendar.warm_up if contract is None else max(calendar.warm_up, contract)
    for start, end in _whole_periods(tariff, calendar):
        counted = max(start, begins), min(end, calendar.end)
        if counted[0] >= counted[1]:
            continue
        # What was paid before counting began is not billed again.
        first = contract is not None and start <= contract < end and contract >= calendar.warm_up // DAY * DAY
        length = MEAN_MONTH * int(DAY) if mean_months and tariff.period == CALENDAR_MONTH else Fraction(end - start)
        share = Fraction(counted[1] - counted[0]) / length
        if first and tariff.prorated == "never" and counted[1] == end:
            share = Fraction(1)
        yield Period(*counted, share, counted == (start, end), _label(calendar, counted), first)


def _whole_periods(tariff: Tariff, calendar: Calendar) -> Iterator[tuple[float, float]]:
    """(start, end) of every period that meets the simulated days, uncut."""
    first = calendar.start if tariff.period == CALENDAR_MONTH else _anchor(tariff, calendar)
    day = first.replace(day=1) if tariff.period == CALENDAR_MONTH else first
    while (day - calendar.start).days * DAY < calendar.end:
        after = _next_month(day) if tariff.period == CALENDAR_MONTH else day + timedelta(days=tariff.period)
        yield (day - calendar.start).days * DAY, (after - calendar.start).days * DAY
        day = after


def _anchor(tariff: Tariff, calendar: Calendar) -> date:
    """Where periods of days are counted from: the contract's beginning, else the day on which counting begins."""
    counted = calendar.start + timedelta(days=calendar.warm_up // DAY)
    if tariff.starts is None:
        return counted
    passed = max(0, (counted - tariff.starts).days // tariff.period)
    return tariff.starts + timedelta(days=passed * tariff.period)


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _label(calendar: Calendar, counted: tuple[float, float]) -> str:
    """`2026-03-01 to 2026-03-31`."""
    first = calendar.start + timedelta(days=counted[0] // DAY)
    last = calendar.start + timedelta(days=-(-counted[1] // DAY) - 1)
    return f"{first.isoformat()} to {last.isoformat()}"
