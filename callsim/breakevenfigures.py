"""Figures as sentences about break-evens say them."""

from __future__ import annotations

from callsim.estimate import Interval
from callsim.quantities import grouped


def money(amount: float | None) -> str:
    """Whole units, and hundredths of what is small."""
    if amount is None:
        return "-"
    return grouped(amount, 2 if 0.0 < abs(amount) < 100.0 else 0)


def share_of(share: float) -> str:
    """`110 %`."""
    return f"{100 * share:.4g} %"


def monthly(currency: str | None) -> str:
    return f"{currency} a month" if currency else "a month"


def known(found: Interval) -> str:
    return money(found.value)


def between(found: Interval) -> str:
    """The bounds; one that more replications would give is a question mark."""
    low, high = ("?" if bound is None else money(bound) for bound in (found.low, found.high))
    return f"{low} and {high}"


def bounds_of(found: Interval) -> str:
    return "" if found.low is None or found.high is None else f" (between {between(found)})"


def half_of(found: Interval) -> str:
    """The spread of a sum of a month in whole units, one at least where there is any; nothing where it is not known."""
    if found.high is None or found.value is None or found.high == found.value:
        return ""
    return f" ±{grouped(max(found.high - found.value, 1.0))}"
