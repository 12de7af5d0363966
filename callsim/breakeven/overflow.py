"""How long callers should ring before they are passed on: the total cost by the delay."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from callsim import whatif
from callsim.breakeven.parts import (
    NO_LOSS,
    NO_VENDOR,
    counts_loss,
    queue_of,
    scenario_of,
    staffed,
    variant_of,
    vendor_of,
)
from callsim.breakeven.playing import Asked, Played, bounds, several, sign_of
from callsim.errors import CallsimError
from callsim.estimate import Interval
from callsim.quantities import duration, spoken
from callsim.scenario import Scenario, Study

RINGS = (0, 1, 2, 3, 4, 5, 6, 8)
SECONDS = (0.0, 5.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0, 120.0)
NEVER, EVERY = "never", "every call, no own people"


class Point(NamedTuple):
    """One delay. Money and counts are of a month; differences to the cheapest hold together for all delays."""

    name: str
    seconds: float | None
    """None stands for the two ends: never, and every call at once with nobody of our own."""
    total: Interval
    difference: Interval
    payroll: float
    invoices: float
    loss: float
    lost: Interval
    """New callers."""
    alike: bool
    """Cannot be told from the cheapest."""


class Answer(NamedTuple):
    currency: str | None
    queue: str
    vendor: str
    points: tuple[Point, ...]
    best: str
    today: str | None
    """The delay that the file has."""


def lacking(study: Study, asked: Asked) -> str | None:
    scenario = variant_of(study, asked)
    if not scenario.vendors:
        return NO_VENDOR
    if not staffed(scenario):
        return "has no queue that a team serves: add one under `queues:` and `teams:`, from which callers overflow"
    return None if counts_loss(scenario) else NO_LOSS


def answer(study: Study, asked: Asked) -> Answer:
    scenario = scenario_of(study, asked)
    queue, vendor = queue_of(scenario, asked), vendor_of(scenario, asked)
    delays = _delays(scenario, asked)
    changed = {name: whatif.with_overflow_after(scenario, queue, at, to=vendor) for name, at in delays.items()}
    changed[NEVER] = whatif.with_overflow_after(scenario, queue, None)
    if all(set(scenario.teams[name].queues) == {queue} for name in scenario.teams_of(queue)):
        changed[EVERY] = whatif.with_everything_at(scenario, vendor, [queue])
    played = several(changed, asked)
    points = points_of(played, delays)
    best = min(points, key=lambda point: point.total.value or 0.0)
    return Answer(scenario.currency, queue, vendor, points, best.name, _today(scenario, queue, delays))


def points_of(played: dict[str, Played], delays: dict[str, float]) -> tuple[Point, ...]:
    """The curve, each point against the cheapest one."""
    best = min(played.values(), key=lambda one: float(np.mean(one.costs.total)))
    others = max(len(played) - 1, 1)
    found = []
    for name, one in played.items():
        costs = one.costs
        apart = bounds(costs.total - best.costs.total, of=others)
        alike = one is best or sign_of(apart) == 0
        found.append(Point(name, delays.get(name), bounds(costs.total), apart, *costs.parts, bounds(costs.lost), alike))
    return tuple(found)


def _delays(scenario: Scenario, asked: Asked) -> dict[str, float]:
    """Delays by their names, in order: those asked for, else by rings where the scenario has them."""
    if asked.at:
        return dict(sorted(((text, _seconds(text, scenario.ring)) for text in asked.at), key=lambda one: one[1]))
    if scenario.ring is not None:
        return {_rings(number): number * scenario.ring for number in RINGS}
    return {"at once" if not seconds else spoken(seconds): seconds for seconds in SECONDS}


def _rings(number: int) -> str:
    return "at once" if not number else f"{number} ring{'s' if number > 1 else ''}"


def _seconds(text: str, ring: float | None) -> float:
    try:
        return duration(text, ring=ring)
    except ValueError as error:
        raise CallsimError(f"--at: {error}") from None


def _today(scenario: Scenario, queue: str, delays: dict[str, float]) -> str | None:
    """The delay of the file, by its name here where it has one."""
    after = [rule.after for rule in scenario.queues[queue].overflow if rule.to and rule.to.kind == "vendor"]
    seconds = next((one for one in after if one is not None), None)
    if seconds is None:
        return NEVER
    return next((name for name, at in delays.items() if at == seconds), spoken(seconds))
