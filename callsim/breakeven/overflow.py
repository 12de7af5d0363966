"""How long callers should ring before they are passed on: the total cost by the delay."""

from __future__ import annotations

import math
from typing import NamedTuple

from callsim import whatif
from callsim.breakeven.parts import (
    NO_LOSS,
    NO_VENDOR,
    counts_loss,
    queue_of,
    scenario_of,
    staffed,
    unpaid,
    variant_of,
    vendor_of,
)
from callsim.breakeven.playing import Asked, Played, bounds, several
from callsim.decisions import decide
from callsim.errors import CallsimError
from callsim.estimate import Interval, mean
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
    """The delay that the file has; None where it passes callers on to another service."""
    unpaid: bool
    """Nothing says what the teams are paid: the totals are without them."""


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
    today = _today(scenario, queue, vendor)
    delays = _delays(scenario, asked, today)
    changed = {name: whatif.with_overflow_after(scenario, queue, at, to=vendor) for name, at in delays.items()}
    changed[NEVER] = whatif.with_overflow_after(scenario, queue, None)
    alone = all(set(scenario.teams[name].queues) == {queue} for name in scenario.teams_of(queue))
    if alone and not unpaid(scenario):  # what it saves is the payroll
        changed[EVERY] = whatif.with_everything_at(scenario, vendor, [queue])
    played = several(changed, asked)
    points = points_of(played, delays)
    best = min(points, key=lambda point: point.total.value or 0.0)
    named = NEVER if today is None else _named(today, delays) if math.isfinite(today) else None
    return Answer(scenario.currency, queue, vendor, points, best.name, named, unpaid(scenario))


def points_of(played: dict[str, Played], delays: dict[str, float]) -> tuple[Point, ...]:
    """The curve, each point against the cheapest one."""
    decision = decide("total", {name: mean(one.costs.total) for name, one in played.items()})
    found = []
    for name, one in played.items():
        costs, ranked = one.costs, decision.of(name)
        found.append(
            Point(
                name, delays.get(name), bounds(costs.total), ranked.jointly, *costs.parts, bounds(costs.lost),
                not ranked.is_told_apart,
            )
        )  # fmt: skip
    return tuple(found)


def _delays(scenario: Scenario, asked: Asked, today: float | None) -> dict[str, float]:
    """Delays by their names, in order: those asked for, else by rings where the scenario has them; the file's too."""
    if asked.at:
        found = {text: _seconds(text, scenario.ring) for text in asked.at}
    elif scenario.ring is not None:
        found = {_rings(number): number * scenario.ring for number in RINGS}
    else:
        found = {"at once" if not seconds else spoken(seconds): seconds for seconds in SECONDS}
    if today is not None and math.isfinite(today) and _named(today, found) is None:
        found[_in_words(today, scenario.ring)] = today
    return dict(sorted(found.items(), key=lambda one: one[1]))


def _named(seconds: float, delays: dict[str, float]) -> str | None:
    """The name under which a delay is among these."""
    return next((name for name, at in delays.items() if math.isclose(at, seconds, abs_tol=1e-6)), None)


def _in_words(seconds: float, ring: float | None) -> str:
    """In whole rings where it is that, else in seconds."""
    if not seconds:
        return "at once"
    rings = seconds / ring if ring else 0.0
    return _rings(round(rings)) if rings >= 1.0 and math.isclose(rings, round(rings)) else spoken(seconds)


def _rings(number: int) -> str:
    return "at once" if not number else f"{number} ring{'s' if number > 1 else ''}"


def _seconds(text: str, ring: float | None) -> float:
    try:
        return duration(text, ring=ring)
    except ValueError as error:
        raise CallsimError(f"--at: {error}") from None


def _today(scenario: Scenario, queue: str, vendor: str) -> float | None:
    """Seconds after which the file passes callers on to the vendor; None where it never does, NaN where to another."""
    rules = [rule for rule in scenario.queues[queue].overflow if rule.to and rule.to.kind == "vendor"]
    after = {rule.to.name: rule.after for rule in reversed(rules) if rule.to and rule.after is not None}
    return after.get(vendor, math.nan) if after else None
