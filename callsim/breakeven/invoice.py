"""What invoices of one billing period come to in good and bad months, not only on average."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from callsim.breakeven import parts
from callsim.breakeven.playing import Asked, bounds
from callsim.estimate import Interval, percentile
from callsim.pricing import Priced, plans_of_study, price
from callsim.scenario import Study


class Point(NamedTuple):
    """One plan on the calls of a variant: the invoices of single billing periods."""

    variant: str
    plan: str
    currency: str | None
    invoices: int
    mean: Interval
    p5: Interval
    p50: Interval
    p95: Interval
    whole: bool
    """The counted days hold whole billing periods."""


class Answer(NamedTuple):
    whose: str
    points: tuple[Point, ...]
    unknown: tuple[str, ...]
    """Plans that have no price for what was used."""
    notes: tuple[str, ...]


def lacking(study: Study, asked: Asked) -> str | None:
    return parts.NO_TARIFF if asked.plans is None and not any(one.tariffs for one in study.variants.values()) else None


def answer(study: Study, asked: Asked) -> Answer:
    plans = plans_of_study(study) if asked.plans is None else asked.plans
    told = _told(asked)
    pricing = price(study, plans, asked.replications, seed=asked.seed, variants=asked.variants, progress=told)
    priced = [(calls.name, one) for calls in pricing.priced for market in calls.markets for one in market.plans]
    points = tuple(_point(name, one) for name, one in priced if one.invoices)
    unknown = tuple(dict.fromkeys(one.name for _, one in priced if not one.invoices))
    return Answer(pricing.whose, points, unknown, pricing.notes)


def _told(asked: Asked) -> Callable[[int, int], None]:
    return lambda done, of: asked.progress(f"{done} of {of} runs")


def _point(variant: str, one: Priced) -> Point:
    """A replication may hold several periods: their invoices are taken for independent months."""
    bills = one.told
    totals = np.array([float(bill.total) for bill in bills])
    p5, p50, p95 = (percentile(totals, share) for share in (0.05, 0.5, 0.95))
    return Point(variant, one.name, one.tariff.currency, len(bills), bounds(totals), p5, p50, p95, bills[0].whole)
