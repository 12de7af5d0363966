"""What it costs when more or fewer callers come than were forecast, with the staffing of the forecast."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from callsim import whatif
from callsim.breakeven import parts
from callsim.breakeven.playing import Asked, Played, bounds, several, sign_of
from callsim.breakeven.volume import factors_of
from callsim.estimate import Interval
from callsim.pricing import Calls, by_plan
from callsim.replicate import variants_of
from callsim.scenario import Scenario, Study
from callsim.scenario.meters import Units
from callsim.scenario.plans import Tariff
from callsim.scenario.routes import vendors_met
from callsim.tariffs.usage import used

RATIOS = (0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3)


class Point(NamedTuple):
    """A variant at a share of the forecast. Money is of a month."""

    share: float
    payroll: float
    invoices: float
    loss: float
    total: Interval
    change: Interval
    """Against the forecast itself."""


class Curve(NamedTuple):
    variant: str
    points: tuple[Point, ...]


class PlanPoint(NamedTuple):
    """A plan at a share of the forecast. Money is of a month."""

    share: float
    bill: Interval
    change: Interval
    """Against the invoice at the forecast itself."""


class PlanCurve(NamedTuple):
    """A plan on the calls at each share of the forecast."""

    plan: str
    kinks: tuple[float, ...]
    """Shares of the forecast at which the price changes; nothing where it has no corridor."""
    points: tuple[PlanPoint, ...]


class Flip(NamedTuple):
    """From one share of the forecast to the next that was played another variant is the cheapest."""

    before: float
    after: float
    cheaper_before: str
    cheaper_after: str
    sure: bool
    """Noise tells them apart at some share below, and the other way round at some share above."""


class Answer(NamedTuple):
    currency: str | None
    curves: tuple[Curve, ...]
    flips: tuple[Flip, ...]
    whose: str
    """Of whom the calls are that the plans bill."""
    plans: tuple[PlanCurve, ...]
    left_out: tuple[str, ...]


def lacking(study: Study, asked: Asked) -> str | None:
    scenario = parts.variant_of(study, asked)
    if scenario.currency is None:
        return "has no money in it: say `currency:`, what teams are paid, and what callers are worth"
    return parts.lacks_pay(study, asked) if parts.counts_loss(scenario) else parts.NO_LOSS


def answer(study: Study, asked: Asked) -> Answer:
    variants, _ = variants_of(study, asked.variants)
    shares = sorted({1.0, *(factors_of(asked.at) or RATIOS)})
    first = next(iter(variants.values()))
    plans = parts.plans_for(first, asked) if asked.plans is not None else ({}, [])
    outsourcing = [name for name, scenario in variants.items() if vendors_met(scenario)]
    kept, keep = (outsourcing[0], "outsourced") if outsourcing else (next(iter(variants)), "own")
    by_share = {
        name: _at_shares(scenario, shares, asked, name=name, keep=keep if plans[0] and name == kept else "")
        for name, scenario in variants.items()
    }
    curves = tuple(Curve(name, tuple(_points(of))) for name, of in by_share.items())
    whose = f"{'vendors' if outsourcing else 'agents'} in `{kept}`"
    calls = {share: getattr(one, keep) for share, one in by_share[kept].items()}
    billed = tuple(_plan_curve(name, tariff, calls) for name, tariff in plans[0].items())
    return Answer(
        first.currency, curves, tuple(_flips(by_share, shares)), whose,
        tuple(one for one in billed if one), tuple(plans[1]),
    )  # fmt: skip


def _at_shares(
    scenario: Scenario, shares: Sequence[float], asked: Asked, *, name: str, keep: str
) -> dict[float, Played]:
    """A variant at each share of the forecast, on the same callers."""
    named = {f"{name} at {share:.4g}": whatif.with_volume(scenario, share) for share in shares}
    found = several(named, asked, keep=(keep,))
    return dict(zip(shares, found.values(), strict=True))


def _points(of: Mapping[float, Played]) -> list[Point]:
    forecast = of[1.0].costs
    return [
        Point(
            share,
            *one.costs.parts,
            bounds(one.costs.total),
            bounds(one.costs.total - forecast.total),
        )
        for share, one in of.items()
    ]


def _flips(by_share: Mapping[str, Mapping[float, Played]], shares: Sequence[float]) -> list[Flip]:

    def cheapest(share: float) -> str:
        return min(by_share, key=lambda name: float(np.mean(by_share[name][share].costs.total)))

    found = []
    best = {share: cheapest(share) for share in shares}
    for before, after in pairwise(shares):
        one, other = best[before], best[after]
        if one != other:
            signs = {
                at: sign_of(bounds(by_share[other][at].costs.total - by_share[one][at].costs.total)) for at in shares
            }
            sure = any(signs[at] > 0 for at in shares if at <= before) and any(
                signs[at] < 0 for at in shares if at >= after
            )
            found.append(Flip(before, after, one, other, sure))
    return found


def _plan_curve(name: str, tariff: Tariff, calls: Mapping[float, Sequence[Calls]]) -> PlanCurve | None:
    """None where the plan has no price for some of the volumes."""
    corridor = tariff.corridor
    fitted = with_forecast(tariff, calls[1.0]) if corridor else tariff
    months = {share: np.array(by_plan(name, fitted, of).per_month) for share, of in calls.items()}
    if not all(len(found) for found in months.values()):
        return None
    kinks = (corridor.at_least, corridor.up_to) if corridor else ()
    points = tuple(PlanPoint(share, bounds(found), bounds(found - months[1.0])) for share, found in months.items())
    return PlanCurve(name, kinks, points)


def with_forecast(tariff: Tariff, calls: Sequence[Calls]) -> Tariff:
    """The contract with the mean volume of these calls, a month of 365/12 days, for its forecast."""
    assert tariff.corridor is not None
    meter = tariff.corridor.forecast.meter
    month = 0.0
    for one in calls:
        units = used(tariff, one.traffic, one.calendar, one.calendar.warm_up, one.calendar.end).units.get(meter, {})
        month += float(sum(units.values())) * parts.per_month_of(one.calendar) / len(calls)
    forecast = Units(Decimal(repr(max(month, 1e-9))), meter)
    return tariff.model_copy(update={"corridor": tariff.corridor.model_copy(update={"forecast": forecast})})
