"""What invoices of one billing period come to in good and bad months, not only on average."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from callsim.breakeven.playing import Asked, bounds, one
from callsim.errors import CallsimError
from callsim.estimate import Interval, percentile
from callsim.pricing import Priced, by_plan, price
from callsim.replicate import variants_of
from callsim.scenario import Study
from callsim.scenario.routes import vendors_met


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
    by_plans: bool
    """By plans that were asked for; else by the contracts of each variant."""
    points: tuple[Point, ...]
    unknown: tuple[str, ...]
    """Plans that have no price for what was used."""
    notes: tuple[str, ...]


def lacking(study: Study, asked: Asked) -> str | None:
    names = asked.variants or study.variants
    if asked.plans is None and not any(vendors_met(study.variants[name]) for name in names):
        return "has no variant in which callers come to an answering service: `--plans` bills the calls of own people"
    return None


def answer(study: Study, asked: Asked) -> Answer:
    priced, notes = _of_plans(study, asked) if asked.plans is not None else (list(_of_contracts(study, asked)), ())
    points = tuple(_point(name, one) for name, one in priced if one.invoices)
    if not points:
        raise CallsimError(f"{study.path}: no plan has a price for what was used: see `callsim price`")
    unknown = tuple(dict.fromkeys(one.name for _, one in priced if not one.invoices))
    return Answer(asked.plans is not None, points, unknown, notes)


def _of_contracts(study: Study, asked: Asked) -> Iterator[tuple[str, Priced]]:
    """The calls of every vendor by its own tariff."""
    for name, scenario in variants_of(study, asked.variants)[0].items():
        vendors = vendors_met(scenario)
        for vendor in vendors:
            plan = scenario.vendors[vendor].tariff
            tariff = scenario.tariffs[plan].model_copy(update={"currency": scenario.currency})
            played = one(scenario, asked, name=name, keep=("outsourced",), bill_apart=vendor)
            title = plan if len(vendors) == 1 else f"{plan} ({vendor})"
            yield name, by_plan(title, tariff, played.outsourced)


def _of_plans(study: Study, asked: Asked) -> tuple[list[tuple[str, Priced]], tuple[str, ...]]:
    """The calls of all vendors, or of own people where there is none, by every plan."""

    def told(done: int, of: int) -> None:
        asked.progress(f"{done} of {of} runs")

    pricing = price(
        study, asked.plans or {}, asked.replications, seed=asked.seed, variants=asked.variants, progress=told
    )
    found = [(calls.name, one) for calls in pricing.priced for market in calls.markets for one in market.plans]
    return found, pricing.notes


def _point(variant: str, one: Priced) -> Point:
    """A replication may hold several periods: their invoices are taken for independent months."""
    bills = one.told
    totals = np.array([float(bill.total) for bill in bills])
    p5, p50, p95 = (percentile(totals, share) for share in (0.05, 0.5, 0.95))
    return Point(variant, one.name, one.tariff.currency, len(bills), bounds(totals), p5, p50, p95, bills[0].whole)
