"""What would have to be otherwise for another variant to be the cheapest: the values at which two cost the same.

Four levers: what a lost caller costs, what vendors charge, what agents are paid, how many people call. The first three
are reckoned from the replications as played; the last needs further runs at other volumes, on the same seeds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit

from callsim import payroll, value
from callsim.advertising import is_advertised
from callsim.decisions import CONFIDENCE, are_same, values
from callsim.economics import LOSS_KEYS
from callsim.estimate import Array, Estimate, added, difference, scaled
from callsim.replicate import Result, VariantResult
from callsim.scenario import Scenario
from callsim.scenario.pay import Pay

LEAST, MOST = 0.1, 10.0
"""How many times a lever is looked at."""
POINTS = 121
"""Of the grid on which crossings are looked for, evenly in the logarithm."""

Costs = dict[str, Estimate]
"""Total cost by variant."""


class Lever(NamedTuple):
    """Something that the answer may hang on, and what all variants cost where it is so many times what it is."""

    key: str
    costs: Callable[[float], Costs]
    least: float
    most: float
    now: tuple[float, float] | None = None
    """The amounts that the factor multiplies, the lowest and the highest; None where there are none to be told."""
    replications: int | None = None
    """Those that its intervals rest on, where they are fewer than were played for the rest."""


class Crossing(NamedTuple):
    """Where a rival and the cheapest cost the same."""

    rival: str
    at: float | None
    """The factor nearest to 1; None where there is none in the range of the lever."""
    low: float | None
    """Where the paired interval of the difference begins to hold 0; 0 where it does down to the end of the range."""
    high: float | None
    """Where it ends; infinite where it does up to the end. Both None with one replication, or without a crossing."""

    @property
    def far(self) -> float:
        """How far the lever must be moved, as a share of what it is: 0.25 up is as far as 0.25 down."""
        return math.inf if self.at is None else abs(self.at - 1.0)


class Flip(NamedTuple):
    """What a lever does to the answer."""

    lever: str
    least: float
    most: float
    now: tuple[float, float] | None
    crossings: tuple[Crossing, ...]
    """One for each variant but the cheapest."""

    @property
    def nearest(self) -> Crossing:
        """The rival that comes first."""
        return min(self.crossings, key=lambda one: one.far)


def flips(result: Result, scenarios: Mapping[str, Scenario], cheapest: str, volume: Lever | None) -> list[Flip]:
    """All levers, that on which the answer depends most first: none where nothing is dearer than the cheapest."""
    rivals = rivals_of(result, cheapest)
    if not rivals:
        return []
    levers = (of_worth(result, scenarios), of_vendors(result), of_wages(result, scenarios), volume)
    found = [flip(lever, cheapest, rivals) for lever in levers if lever is not None]
    return sorted(found, key=lambda one: one.nearest.far)


def rivals_of(result: Result, cheapest: str) -> list[str]:
    """The other variants, without those that are the same as the cheapest."""
    costs = {variant.name: variant.money["total_cost"] for variant in result.variants}
    return [name for name in costs if name != cheapest and not are_same(costs[cheapest], costs[name])]


# The levers.


def _parts(result: Result, key: str) -> Costs:
    return {variant.name: variant.money[key] for variant in result.variants}


def _scaled_part(result: Result, key: str) -> Callable[[float], Costs]:
    """Total costs where one part of them is so many times what it is."""
    total, part = _parts(result, "total_cost"), _parts(result, key)
    return lambda factor: {name: added(total[name], scaled(part[name], factor - 1.0)) for name in total}


def of_worth(result: Result, scenarios: Mapping[str, Scenario]) -> Lever | None:
    """What a lost caller costs, in the view that is counted."""
    view = result.count_loss_as
    if view is None:
        return None
    return Lever("worth", _scaled_part(result, LOSS_KEYS[view]), LEAST, MOST, _worth_now(result, scenarios, view))


def _worth_now(result: Result, scenarios: Mapping[str, Scenario], view: str) -> tuple[float, float] | None:
    """What a lost new caller costs, the least and the most of all variants; as played where advertising is told of."""
    if any(is_advertised(scenario) for scenario in scenarios.values()):
        lost = [(one.loss_parts["loss_gone"].value, one.loss_parts["new_gone"].value) for one in result.variants]
        amounts = [cost / people for cost, people in lost if people > 0.0]
        return None if not amounts or max(amounts) > min(amounts) * (1.0 + 1e-9) else (amounts[0], amounts[0])
    amounts = [
        value.view_of(value.loss_of_caller(scenario.worth[source.worth].buyer), view)
        for scenario in scenarios.values()
        for source in scenario.sources.values()
        if source.worth
    ]
    return (min(amounts), max(amounts)) if amounts else None


def of_vendors(result: Result) -> Lever | None:
    """Everything that vendors charge."""
    if not any(amounts.value for amounts in _parts(result, "invoices").values()):
        return None
    return Lever("vendors", _scaled_part(result, "invoices"), LEAST, MOST)


def of_wages(result: Result, scenarios: Mapping[str, Scenario]) -> Lever | None:
    """The wages of agents; taxes with their limits, an agency's multiple and what goes by the wage follow them."""
    wages = [
        float(team.pay.wage.amount)
        for scenario in scenarios.values()
        for team in scenario.teams.values()
        if team.pay is not None and team.pay.wage is not None
    ]
    if not any(wages):
        return None
    total, paid = _parts(result, "total_cost"), _parts(result, "payroll")

    def costs(factor: float) -> Costs:
        return {
            variant.name: added(
                total[variant.name],
                scaled(paid[variant.name], -1.0),
                payroll_at(scenarios[variant.name], variant, factor),
            )
            for variant in result.variants
        }

    return Lever("wages", costs, LEAST, MOST, (min(wages), max(wages)))


def payroll_at(scenario: Scenario, variant: VariantResult, factor: float) -> Estimate:
    """The payroll of a month at so many times the wages, from the hours that were played."""
    parts = [scaled(variant.money["payroll"], 0.0)]
    for name, team in scenario.teams.items():
        if team.pay is None:
            continue
        pay, hours = _at(team.pay, factor), variant.by_team[name]
        # Every line is linear in hours: what one hour of each sort costs is asked once.
        fixed = payroll.payroll_of(pay, paid_hours=0.0, seats=payroll.seats_of(scenario, name), months=1.0)
        hour = payroll.payroll_of(pay, paid_hours=1.0)
        later = payroll.payroll_of(pay, paid_hours=0.0, overtime_hours=1.0)
        paid, overtime = hours["paid_hours"], hours["overtime_hours"]
        parts += [scaled(paid, hour), scaled(overtime, later), Estimate(fixed, np.zeros(len(paid.influence)))]
    return added(*parts)


def _at(pay: Pay, factor: float) -> Pay:
    if pay.wage is None:
        return pay
    wage = pay.wage._replace(amount=pay.wage.amount * Decimal(repr(factor)))
    return pay.model_copy(update={"wage": wage})


def of_volume(result: Result, others: Mapping[float, Result]) -> Lever:
    """How many people call, from runs at other numbers of callers; between them costs go evenly with the logarithm.

    The replications of those runs say how much a variant's cost changes, paired with the first of the result itself;
    that is added to the cost as all replications have it.
    """
    number = min(one.replications for one in others.values())
    factors = sorted([1.0, *others])
    logs = np.log(factors)
    total = _parts(result, "total_cost")
    changes = {
        name: np.array([_change(cost, others.get(factor), name, number) for factor in factors])
        for name, cost in total.items()
    }

    def costs(factor: float) -> Costs:
        place = min(max(int(np.searchsorted(logs, math.log(factor))) - 1, 0), len(logs) - 2)
        share = (math.log(factor) - logs[place]) / (logs[place + 1] - logs[place])
        return {
            name: added(total[name], _of_first((1.0 - share) * rows[place] + share * rows[place + 1], total[name]))
            for name, rows in changes.items()
        }

    callers = [variant.measures["callers"].value for variant in result.variants]
    return Lever("volume", costs, factors[0], factors[-1], (min(callers), max(callers)), number)


def _change(cost: Estimate, other: Result | None, name: str, number: int) -> Array:
    """By replication: what the cost is more where so many others call."""
    if other is None:
        return np.zeros(number)
    there = next(variant.money["total_cost"] for variant in other.variants if variant.name == name)
    return values(there)[:number] - values(cost)[:number]


def _of_first(changes: Array, whole: Estimate) -> Estimate:
    """The mean of some replications as an estimate over all of them: only the first have a say in it."""
    influence = np.zeros(len(whole.influence))
    influence[: len(changes)] = (changes - changes.mean()) * (len(influence) / len(changes))
    return Estimate(float(changes.mean()), influence)


# Where they cross.


class _Sight(NamedTuple):
    """The difference of two variants seen from one factor: its mean, and how far its interval reaches."""

    mean: float
    half: float


def flip(lever: Lever, cheapest: str, rivals: Sequence[str]) -> Flip:
    """Where each of the rivals costs as much as the cheapest."""
    grid = np.linspace(math.log(lever.least), math.log(lever.most), POINTS).tolist()
    costs = [lever.costs(math.exp(place)) for place in grid]
    found = []
    for rival in rivals:
        sights = [_sight(difference(each[cheapest], each[rival]), lever.replications) for each in costs]
        found.append(_crossing(lever, cheapest, rival, grid=grid, sights=sights))
    return Flip(lever.key, lever.least, lever.most, lever.now, tuple(found))


def _crossing(lever: Lever, cheapest: str, rival: str, *, grid: list[float], sights: list[_Sight]) -> Crossing:
    """Where the rival's cost crosses that of the cheapest, with the factors at which their paired interval holds 0.

    For the levers that costs are linear in, this is Fieller's interval for a ratio of means (Fieller 1954, Journal of
    the Royal Statistical Society B 16), cut at the ends of the range.
    """

    def seen(place: float) -> _Sight:
        costs = lever.costs(math.exp(place))
        return _sight(difference(costs[cheapest], costs[rival]), lever.replications)

    def outside(place: float) -> float:
        sight = seen(place)
        return abs(sight.mean) - sight.half

    signs = [sight.mean > 0.0 for sight in sights]
    brackets = [place for place in range(len(grid) - 1) if signs[place] != signs[place + 1]]
    if not brackets:
        return Crossing(rival, None, None, None)
    number = min(brackets, key=lambda place: abs(math.exp((grid[place] + grid[place + 1]) / 2.0) - 1.0))
    root = _root(lambda place: seen(place).mean, grid[number], grid[number + 1])
    if math.isnan(sights[0].half):
        return Crossing(rival, math.exp(root), None, None)
    free = [abs(sight.mean) > sight.half for sight in sights]
    below = next((place for place in range(number, -1, -1) if free[place]), None)
    above = next((place for place in range(number + 1, len(grid)) if free[place]), None)
    low = 0.0 if below is None else math.exp(_root(outside, grid[below], min(grid[below + 1], root)))
    high = math.inf if above is None else math.exp(_root(outside, grid[above], max(grid[above - 1], root)))
    return Crossing(rival, math.exp(root), low, high)


def _sight(found: Estimate, replications: int | None) -> _Sight:
    number = len(found.influence)
    if number < 2:
        return _Sight(found.value, math.nan)
    error = float(found.influence.std(ddof=1)) / math.sqrt(number)
    freedom = min(number, replications or number) - 1
    half = float(stdtrit(freedom, (1 + CONFIDENCE) / 2)) * error if freedom else math.nan
    return _Sight(found.value, half)


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    """Where a function changes its sign, by halves."""
    positive = function(low) > 0.0
    for _ in range(40):
        middle = (low + high) / 2.0
        if (function(middle) > 0.0) == positive:
            low = middle
        else:
            high = middle
    return (low + high) / 2.0
