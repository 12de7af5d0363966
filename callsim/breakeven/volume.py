"""Own people or an answering service: at which volume the cheaper one changes.

At each volume the own people are as many as come cheapest, and the service is billed by the cheapest plan: a staircase
against an envelope, both with the callers that they lose.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from callsim import whatif
from callsim.breakeven import parts
from callsim.breakeven.playing import Asked, Costs, Floats, bounds, one, sign_of
from callsim.engine import choose, expected_attempts
from callsim.errors import CallsimError
from callsim.estimate import Interval
from callsim.pricing import by_plan
from callsim.scenario import Scenario, Study
from callsim.scenario.plans import Tariff
from callsim.scenario.roster import slots_of

FACTORS = (0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
HALVINGS = 4
"""Volumes between two neighbours at which a flip is looked for."""
SCOUTS = 10
"""Replications by which the staffing is chosen; the chosen one is played with all."""
OWN, OUTSOURCED = "own people", "the answering service"


class Point(NamedTuple):
    """One volume. Money and minutes are of a month."""

    factor: float
    """Of the volume of the file."""
    callers_a_day: float
    minutes: float
    """Talked at the service."""
    staff: int
    """Of the team on the roster at the busiest moment, as many as come cheapest."""
    own: Interval
    own_payroll: float
    own_loss: float
    plan: str
    """The cheapest one."""
    outsourced: Interval
    invoices: float
    outsourced_loss: float
    difference: Interval
    """What outsourcing costs more, on the same callers."""


class Flip(NamedTuple):
    """Where the cheaper one changes, in callers a day, and who is the cheaper one below and above."""

    callers_a_day: Interval
    below: str
    above: str


class Others(NamedTuple):
    """The other teams, as the file has them, whose payroll is in the figures too."""

    beside: tuple[str, ...]
    """Of the same queues and of no other: own people who are gone where everything is outsourced."""
    sharing: tuple[str, ...]
    """Of some of the same queues and of others: there on both sides, and taking calls."""
    elsewhere: tuple[str, ...]
    """Of other queues alone: there on both sides."""


class Answer(NamedTuple):
    currency: str | None
    team: str
    """Of which as many come as are cheapest."""
    others: Others
    vendor: str
    staff_today: int
    callers_today: float
    points: tuple[Point, ...]
    flips: tuple[Flip, ...]
    plans: tuple[str, ...]
    left_out: tuple[str, ...]
    """Plans in other currencies."""
    unpriced: tuple[float, ...]
    """Callers a day for which no plan has a price: they are no points."""


def lacking(study: Study, asked: Asked) -> str | None:
    scenario = parts.variant_of(study, asked)
    if not parts.paid_teams(scenario):
        return parts.NO_PAY
    if not scenario.vendors:
        return parts.NO_VENDOR
    return None if parts.counts_loss(scenario) else parts.NO_LOSS


class _Sides(NamedTuple):
    """What is compared at every volume."""

    scenario: Scenario
    team: str
    vendor: str
    plans: Mapping[str, Tariff]
    asked: Asked

    def own(self, factor: float, staff: int, replications: int) -> Costs:
        """Own people without any service, so many of the team."""
        alone = whatif.with_staff(whatif.without_vendors(self.scenario), self.team, staff)
        asked = self.asked._replace(replications=replications)
        name = f"{factor:.3g} times the callers, {staff} of our own"
        return one(whatif.with_volume(alone, factor), asked, name=name).costs

    def outsourced(self, factor: float) -> tuple[Costs, str, Floats, float] | None:
        """Everything at the service: costs without its invoices, the cheapest plan, what it charges, minutes.

        None where no plan has a price for so much.
        """
        queues = self.scenario.teams[self.team].queues
        everything = whatif.with_everything_at(self.scenario, self.vendor, queues)
        name = f"{factor:.3g} times the callers, outsourced"
        found = one(
            whatif.with_volume(everything, factor), self.asked, name=name, keep=("outsourced",), bill_apart=self.vendor
        )
        bills = {plan: by_plan(plan, tariff, found.outsourced).per_month for plan, tariff in self.plans.items()}
        known = {plan: np.array(months) for plan, months in bills.items() if months}
        if not known:
            return None
        plan = min(known, key=lambda name: float(np.mean(known[name])))
        talked = sum(float(calls.traffic.parts["talk"].sum()) / 6e7 for calls in found.outsourced)
        return (
            found.costs,
            plan,
            known[plan],
            talked / len(found.outsourced) * parts.per_month_of(self.scenario.calendar),
        )


def answer(study: Study, asked: Asked) -> Answer:
    scenario = parts.scenario_of(study, asked)
    team, vendor = parts.team_of(scenario, asked), parts.vendor_of(scenario, asked)
    plans = parts.plans_of_vendor(scenario, asked, vendor)
    parts.needed_plans(study, plans, scenario.currency)
    factors = factors_of(asked.at) or FACTORS
    # About four numbers of own people are tried at each volume, besides the service.
    attempts = 5.0 * asked.replications * sum(factors) * expected_attempts(scenario)
    sides = _Sides(scenario, team, vendor, plans[0], asked._replace(engine=choose("auto", attempts)))
    staff_today = max(slots_of(scenario.teams[team]), 1)
    points: dict[float, Point] = {}
    unpriced: list[float] = []
    staff, before = staff_today, 1.0
    for factor in factors:
        point = _point(sides, factor, max(1, round(staff * factor / before)))
        if point is None:
            unpriced.append(parts.callers_a_day(scenario) * factor)
        else:
            points[factor] = point
            staff, before = point.staff, factor
    if not points:
        raise CallsimError(f"{study.path}: no plan has a price for any of these volumes: see `callsim price`")
    if not asked.at:
        _look_closer(sides, points)
    found = [points[factor] for factor in sorted(points)]
    return Answer(
        scenario.currency, team, others_of(scenario, team), vendor, staff_today, parts.callers_a_day(scenario),
        tuple(found), tuple(flips(found)), tuple(plans[0]), tuple(plans[1]), tuple(unpriced),
    )  # fmt: skip


def others_of(scenario: Scenario, team: str) -> Others:
    """The teams beside one, by what they have to do with its queues."""
    own = set(scenario.teams[team].queues)
    queues = {name: set(rules.queues) for name, rules in scenario.teams.items() if name != team}
    beside = tuple(name for name, of in queues.items() if of <= own)
    elsewhere = tuple(name for name, of in queues.items() if not of & own)
    sharing = tuple(name for name in queues if name not in (*beside, *elsewhere))
    return Others(beside, sharing, elsewhere)


def factors_of(texts: Sequence[str]) -> list[float]:
    """Multiples of today's volume, in order."""
    found = []
    for text in texts:
        try:
            factor = float(text)
        except ValueError:
            factor = 0.0
        if not 0.001 <= factor <= 1000.0:
            raise CallsimError(
                f"--at: expected a multiple of the volume from 0.001 to 1000 such as `2`, found `{text}`"
            )
        found.append(factor)
    return sorted(set(found))


def _point(sides: _Sides, factor: float, guess: int) -> Point | None:
    billed = sides.outsourced(factor)
    if billed is None:
        return None
    costs, plan, bills, minutes = billed
    staff = best_staff(sides, factor, guess)
    own = sides.own(factor, staff, sides.asked.replications)
    outsourced = costs.total + bills
    return Point(
        factor, parts.callers_a_day(sides.scenario) * factor, minutes, staff,
        bounds(own.total), float(np.mean(own.payroll)), float(np.mean(own.loss)),
        plan, bounds(outsourced), float(np.mean(costs.invoices + bills)), float(np.mean(costs.loss)),
        bounds(outsourced - own.total),
    )  # fmt: skip


def best_staff(sides: _Sides, factor: float, guess: int) -> int:
    """The cheapest number of own people, looked for from a guess on in both directions until two more are dearer."""
    scouts = min(SCOUTS, sides.asked.replications)
    found: dict[int, float] = {}

    def cost(staff: int) -> float:
        if staff not in found:
            found[staff] = float(np.mean(sides.own(factor, staff, scouts).total))
        return found[staff]

    best = guess
    for step in (1, -1):
        while True:
            nearby = [best + step * far for far in (1, 2) if best + step * far >= 1]
            better = next((staff for staff in nearby if cost(staff) < cost(best)), None)
            if better is None:
                break
            best = better
    return best


def _look_closer(sides: _Sides, points: dict[float, Point]) -> None:
    """Add volumes between neighbours of which different sides are cheaper, halving towards the flip."""
    known = sorted(points)
    for start, end in pairwise(known):
        low, high = start, end
        if _mean(points[low]) * _mean(points[high]) >= 0.0:
            continue
        for _ in range(HALVINGS):
            middle = (low * high) ** 0.5
            point = _point(sides, middle, points[low].staff)
            if point is None:
                break
            points[middle] = point
            if _mean(points[middle]) * _mean(points[low]) > 0.0:
                low = middle
            else:
                high = middle


def _mean(point: Point) -> float:
    return point.difference.value or 0.0


def flips(points: Sequence[Point]) -> list[Flip]:
    """Where the sign of the difference surely changes: between two volumes at which noise tells, whatever lies between.

    The value is where the means cross, between neighbours in a straight line; the bounds are where the bounds of the
    difference do.
    """
    sure = [place for place, point in enumerate(points) if sign_of(point.difference)]
    found = []
    for first, last in pairwise(sure):
        sign = sign_of(points[first].difference)
        if sign == sign_of(points[last].difference):
            continue
        between = points[first : last + 1]
        at = [point.callers_a_day for point in between]
        edges = [
            _zero(at, [getattr(point.difference, key) * sign for point in between]) for key in ("value", "low", "high")
        ]
        names = (OWN, OUTSOURCED) if sign > 0 else (OUTSOURCED, OWN)
        found.append(Flip(Interval(edges[0], min(edges), max(edges)), *names))
    return found


def _zero(at: Sequence[float], values: Sequence[float]) -> float:
    """Where values that begin above zero first come below it."""
    for place in range(1, len(at)):
        before, after = values[place - 1], values[place]
        if after <= 0.0:
            return at[place - 1] + (at[place] - at[place - 1]) * before / (before - after)
    return at[-1]
