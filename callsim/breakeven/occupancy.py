"""How busy own people must be to be as cheap as an answering service by the minute, and how busy they are."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from callsim.breakeven import parts
from callsim.breakeven.playing import Asked, Floats, Played, bounds_of, one, sign_of
from callsim.errors import CallsimError
from callsim.estimate import Estimate, Interval, difference, ratio, scaled
from callsim.payroll import rostered_hours
from callsim.pricing import by_plan
from callsim.scenario import Study


class Point(NamedTuple):
    """One plan on the calls that the team handles now."""

    plan: str
    rate: Interval
    """What a minute that the team works on these calls would cost there, all its fees and rounding in it."""
    minutes: Interval
    """Handled minutes a month at which an employee costs the same; missing where the plan charges nothing."""
    occupancy: Interval
    """The share of the time on duty that they are."""
    verdict: str
    """`own` people are cheaper by the minute as busy as they are, the `service` is, `unsure`, or `never` where not
    even one who works without a pause is cheaper."""


class Answer(NamedTuple):
    currency: str | None
    team: str
    """All figures are of it alone."""
    other_teams: tuple[str, ...]
    """Others that are paid by the hour."""
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
    if not parts.waged_teams(scenario):
        return parts.NO_PAY
    return parts.NO_TARIFF if asked.plans is None and not scenario.tariffs else None


def needed_minutes(employee: float, rate: float) -> float:
    """Handled minutes a month at which an employee of a certain cost a month costs as much as minutes at a rate."""
    return employee / rate


def answer(study: Study, asked: Asked) -> Answer:
    scenario = parts.scenario_of(study, asked)
    team = parts.waged_team_of(scenario, asked)
    plans = parts.plans_for(scenario, asked)
    parts.needed_plans(study, plans, scenario.currency)
    pay = scenario.teams[team].pay
    assert pay is not None
    employee = parts.employee_month(scenario, team)
    capacity = rostered_hours(pay) * 60.0 / 12.0
    played = one(scenario, asked, keep=("own",), of_team=team)
    _needs_calls(study, team, played)
    costs = played.costs
    minute = scaled(ratio(costs.duty, costs.handled), employee / capacity)
    points, unpriced = [], []
    for name, tariff in plans[0].items():
        months = np.array(by_plan(name, tariff, played.own).per_month)
        if len(months):
            points.append(_point(name, months, costs.handled, minute=minute, employee=employee, capacity=capacity))
        else:
            unpriced.append(name)
    points.sort(key=lambda point: point.rate.value or 0.0)
    others = tuple(name for name in parts.waged_teams(scenario) if name != team)
    occupancy = bounds_of(ratio(costs.handled, costs.duty))
    return Answer(
        scenario.currency, team, others, employee, capacity, occupancy, bounds_of(minute), tuple(points),
        (*plans[1], *unpriced),
    )  # fmt: skip


def _needs_calls(study: Study, team: str, played: Played) -> None:
    """Raises CallsimError where the team answered nobody first: there is nothing that a plan could bill."""
    if not any(len(calls.traffic.parts["talk"]) for calls in played.own):
        raise CallsimError(
            f"{study.path}: does not fit `occupancy`: `{team}` answers no call first, so that there are none of its "
            "own to price; `--team` asks about another team, `--variant` about another variant"
        )


def _point(name: str, months: Floats, handled: Floats, *, minute: Estimate, employee: float, capacity: float) -> Point:
    """A plan that charges so much in each replication's month for what was handled in so many minutes."""
    rate = ratio(months, handled)
    if rate.value <= 0.0:
        nothing = Interval(None, None, None)
        return Point(name, bounds_of(rate), nothing, nothing, "never")
    value = needed_minutes(employee, rate.value)
    # m = E / r, and so its influence is that of r times -E / r^2.
    needed = Estimate(value, -value / rate.value * rate.influence)
    sign = sign_of(bounds_of(difference(minute, rate)))
    verdict = "never" if value > capacity else {1: "own", -1: "service", 0: "unsure"}[sign]
    return Point(name, bounds_of(rate), bounds_of(needed), bounds_of(scaled(needed, 1.0 / capacity)), verdict)
