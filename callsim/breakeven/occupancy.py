"""How busy own people must be to be as cheap as an answering service by the minute, and how busy they are."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from callsim.breakeven import parts
from callsim.breakeven.playing import Asked, bounds_of, one, sign_of
from callsim.estimate import Interval, difference, mean, ratio, scaled
from callsim.payroll import rostered_hours
from callsim.pricing import by_plan
from callsim.scenario import Study


class Point(NamedTuple):
    """One plan on the calls that own people handle now."""

    plan: str
    rate: Interval
    """What a minute that own people work on these calls would cost there, all its fees and rounding in it."""
    minutes: Interval
    """Handled minutes a month at which an employee costs the same."""
    occupancy: Interval
    """The share of the time on duty that they are."""
    verdict: str
    """`own` people are cheaper by the minute as busy as they are, the `service` is, `unsure`, or `never` where not
    even one who works without a pause is cheaper."""


class Answer(NamedTuple):
    currency: str | None
    team: str
    employee: float
    """What a full-time employee costs in a month."""
    capacity: float
    """Minutes a month that one is on duty."""
    occupancy: Interval
    """As simulated."""
    minute: Interval
    """What a handled minute of own people costs at this occupancy."""
    points: tuple[Point, ...]
    left_out: tuple[str, ...]


def lacking(study: Study, asked: Asked) -> str | None:
    scenario = parts.variant_of(study, asked)
    if not any(team.pay and team.pay.wage for team in scenario.teams.values()):
        return parts.NO_PAY
    return parts.NO_TARIFF if asked.plans is None and not scenario.tariffs else None


def needed_minutes(employee: float, rate: float) -> float:
    """Handled minutes a month at which an employee of a certain cost a month costs as much as minutes at a rate."""
    return employee / rate


def answer(study: Study, asked: Asked) -> Answer:
    scenario = parts.scenario_of(study, asked)
    team = parts.team_of(scenario, asked)
    plans = parts.plans_for(scenario, asked)
    parts.needed_plans(study, plans, scenario.currency)
    pay = scenario.teams[team].pay
    assert pay is not None
    employee = parts.employee_month(scenario, team)
    capacity = rostered_hours(pay) * 60.0 / 12.0
    played = one(scenario, asked, keep=("own",))
    costs = played.costs
    minute = scaled(ratio(costs.duty, costs.handled), employee / capacity)
    points, unpriced = [], []
    for name, tariff in plans[0].items():
        priced = by_plan(name, tariff, played.own)
        if not priced.per_month:
            unpriced.append(name)
            continue
        rate = ratio(np.array(priced.per_month), costs.handled)
        # m = E / r, and so its influence is that of r times -E / r^2.
        needed = mean(np.zeros(len(costs.handled)))._replace(
            value=needed_minutes(employee, rate.value), influence=-employee / rate.value**2 * rate.influence
        )
        sign = sign_of(bounds_of(difference(minute, rate)))
        verdict = {1: "own", -1: "service", 0: "unsure"}[sign]
        if needed.value > capacity:
            verdict = "never"
        found = bounds_of(rate), bounds_of(needed), bounds_of(scaled(needed, 1.0 / capacity))
        points.append(Point(name, *found, verdict))
    points.sort(key=lambda point: point.rate.value or 0.0)
    occupancy = bounds_of(ratio(costs.handled, costs.duty))
    return Answer(
        scenario.currency, team, employee, capacity, occupancy, bounds_of(minute), tuple(points),
        (*plans[1], *unpriced),
    )  # fmt: skip
