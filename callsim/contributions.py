"""Employers' contributions by law where they are no flat percentage: presets with their date.

Russia: 30 % up to a sum of pay in the year, 15.1 % above it (Tax Code, article 425); small and middle-sized firms
that the law favours pay 15 % on what a month brings above 1.5 minimum wages (article 427). Insurance against
accidents comes on top, here 0.2 %, the lowest class of risk, in which offices are.
"""

from __future__ import annotations

from typing import NamedTuple


class Rules(NamedTuple):
    """One year's rules. Amounts in the currency."""

    currency: str
    as_of: str
    source: str
    year_limit: float
    """Pay of a person since January above which the lower rate holds."""
    below: float
    above: float
    accidents: float
    month_limit: float = float("inf")
    """Pay of a month above which the favoured rate holds."""
    favoured: float = 0.0


_2025 = ("2025-11-18", "klerk.ru and spmag.ru on the Tax Code, articles 425 and 427")
_2026 = ("2026-01-01", "klerk.ru 2025-09-26 and glavkniga.ru 2025/20 on the rules from 2026; check before use")

PRESETS = {
    "russia 2025": Rules("RUB", *_2025, 2_759_000, 0.30, 0.151, 0.002),
    "russia 2025 small business": Rules("RUB", *_2025, 2_759_000, 0.30, 0.151, 0.002, 33_660, 0.15),
    "russia 2026": Rules("RUB", *_2026, 2_979_000, 0.30, 0.151, 0.002),
    "russia 2026 small business": Rules("RUB", *_2026, 2_979_000, 0.30, 0.151, 0.002, 40_639.50, 0.15),
}
"""From 2026 the small-business rate is only for the industries that the government lists."""


def of_month(rules: Rules, gross: float, *, paid_before: float = 0.0) -> float:
    """Contributions on the pay of one month, after so much pay since January."""
    ordinary = min(gross, rules.month_limit)
    # The favoured part counts towards the limit of the year as well, but its own rate stays.
    room = max(0.0, rules.year_limit - paid_before)
    cheap = max(0.0, ordinary - room)
    return (
        (ordinary - cheap) * rules.below
        + cheap * rules.above
        + (gross - ordinary) * rules.favoured
        + gross * rules.accidents
    )


def of_year(rules: Rules, gross: float) -> float:
    """Contributions of a year of twelve equal months of such pay."""
    return sum(of_month(rules, gross, paid_before=month * gross) for month in range(12))


def rate(rules: Rules, gross: float) -> float:
    """The year's contributions as a share of the pay, for whoever earns so much a month all year."""
    return of_year(rules, gross) / (12 * gross) if gross else rules.below + rules.accidents
