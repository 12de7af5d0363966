"""The marginal agent: what one more, or one less, changes in each interval of the day, by the paid hour."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from callsim import whatif
from callsim.breakeven.parts import NO_LOSS, NO_PAY, counts_loss, paid_teams, scenario_of, team_of, variant_of
from callsim.breakeven.playing import Asked, Costs, bounds, bounds_of, several, sign_of
from callsim.estimate import Interval, difference, mean, ratio, scaled
from callsim.scenario import Scenario, Study
from callsim.scenario.roster import on_duty
from callsim.scenario.timetable import DAY


class Change(NamedTuple):
    """One agent more or less. All sums are for one paid hour that comes to it, or falls away."""

    total: Interval
    """By how much the total cost changes: less than nothing is a gain. Holds together with those of all hours."""
    hour: float
    """What the paid hour itself costs, seats among it."""
    lost: float
    """New callers lost more; less than nothing are callers won."""


class Point(NamedTuple):
    """An interval of the day."""

    slot: whatif.Hours
    """The same as the next two."""
    start: str
    end: str
    agents: str
    """On the roster then, on the days that have any: `2`, or `1-2`."""
    more: Change | None
    less: Change | None
    """None where there is nobody to take away."""
    verdict: str
    """`one more`, `one less`, `as it is`, or `unsure`."""


class Answer(NamedTuple):
    currency: str | None
    team: str
    other_teams: tuple[str, ...]
    points: tuple[Point, ...]
    together: Interval | None
    """By how much the total cost of a month changes when all that is advised is done at once."""


def lacking(study: Study, asked: Asked) -> str | None:
    scenario = variant_of(study, asked)
    if not paid_teams(scenario):
        return NO_PAY
    return None if counts_loss(scenario) else NO_LOSS


def answer(study: Study, asked: Asked) -> Answer:
    scenario = scenario_of(study, asked)
    team = team_of(scenario, asked)
    changed: dict[str, Scenario] = {"": scenario}
    slots = [(start, min(start + asked.every, DAY)) for start in np.arange(0.0, DAY, asked.every).tolist()]
    for slot in slots:
        for change in (1, -1):
            other = whatif.with_agents(scenario, team, change, slot)
            if _hours(other, team) != _hours(scenario, team):
                changed[f"{slot[0]} {change}"] = other
    costs = {name: one.costs for name, one in several(changed, asked).items()}
    number = len(costs) - 1
    points = []
    for start, end in slots:
        more, less = (_change(costs, f"{start} {change}", of=number) for change in (1, -1))
        if more or less:
            agents = _agents(scenario, team, start, end)
            points.append(Point((start, end), clock(start), clock(end), agents, more, less, _verdict(more, less)))
    others = tuple(name for name in paid_teams(scenario) if name != team)
    return Answer(scenario.currency, team, others, tuple(points), _together(scenario, points, team, asked))


def _together(scenario: Scenario, points: list[Point], team: str, asked: Asked) -> Interval | None:
    """Everything that is advised, played at once: what pays at each hour alone need not pay at all of them."""
    advised = {"one more": 1, "one less": -1}
    changed = scenario
    for point in points:
        if point.verdict in advised:
            changed = whatif.with_agents(changed, team, advised[point.verdict], point.slot)
    if changed is scenario:
        return None
    played = several({"as it is": scenario, "all that is advised": changed}, asked)
    before, after = (one.costs.total for one in played.values())
    return bounds(after - before)


def _hours(scenario: Scenario, team: str) -> float:
    """Agent-hours of the team on all days."""
    calendar, rules = scenario.calendar, scenario.teams[team]
    spans = [span for day in range(calendar.days) for span in on_duty(rules, calendar, day)]
    return sum((span.end - span.start) * span.value for span in spans) / 3600.0


def _change(costs: dict[str, Costs], name: str, *, of: int) -> Change | None:
    if name not in costs:
        return None
    base, other = costs[""], costs[name]
    hours = abs(float(np.mean(other.paid_hours - base.paid_hours)))
    if not hours:
        return None
    total = scaled(difference(mean(base.total), mean(other.total)), 1.0 / hours)
    paid = ratio(other.payroll - base.payroll, np.full(len(base.payroll), hours)).value
    return Change(bounds_of(total, of=of), paid, float(np.mean(other.lost - base.lost)) / hours)


def _verdict(more: Change | None, less: Change | None) -> str:
    """A change that surely saves is advised, the staffing that both would surely harm is right."""
    signs = [sign_of(one.total) if one else 1 for one in (more, less)]
    if signs[0] < 0:
        return "one more"
    if signs[1] < 0:
        return "one less"
    return "as it is" if signs == [1, 1] else "unsure"


def _agents(scenario: Scenario, team: str, start: float, end: float) -> str:
    """The headcounts of the middle of the interval on the days that have any."""
    calendar, rules = scenario.calendar, scenario.teams[team]
    middle = (start + end) / 2
    days = range(min(calendar.days, 14))
    spans = [span for day in days for span in on_duty(rules, calendar, day)]
    there = [sum(span.value for span in spans if span.start <= day * DAY + middle < span.end) for day in days]
    found = sorted({int(number) for number in there if number})
    if not found:
        return "0"
    return f"{found[0]}" if len(found) == 1 else f"{found[0]}-{found[-1]}"


def clock(since_midnight: float) -> str:
    """`09:30`, and `09:01:30` where it is no whole minute."""
    minutes, seconds = divmod(since_midnight, 60.0)
    whole = f"{int(minutes) // 60:02d}:{int(minutes) % 60:02d}"
    return f"{whole}:{seconds:0{2 if seconds == int(seconds) else 4}g}" if seconds else whole
