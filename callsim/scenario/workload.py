"""The work that callers bring, beside the agents who are there for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from callsim.quantities import Reference
from callsim.scenario.checks import Found
from callsim.scenario.presence import days_looked_at, moment, overlap, pieces
from callsim.scenario.roster import on_duty
from callsim.scenario.timetable import DAY, FLAT, Span, spans_of_day
from callsim.scenario.vocabulary import Scenario, Source

HALF_HOUR = 1800.0
MOST_LEGS = 10
"""Transfers of one caller that are followed: what is left after them is no work to speak of."""
TOO_MUCH = 1.05
"""Work for each agent from which on a half-hour is worth a remark: with less, breaks and rounding decide."""


class Group(NamedTuple):
    """Queues and teams that share callers or agents, each at least with one other."""

    queues: tuple[str, ...]
    teams: tuple[str, ...]


class Load(NamedTuple):
    """Agents that the callers of a half-hour would keep busy, and agents on duty."""

    needed: float
    there: float


def remarks_on_workload(scenario: Scenario) -> Iterator[Found]:
    """Groups of teams that even without any redial have more work than they can do, at their worst half-hour."""
    for group in groups(scenario):
        if any(_spills(scenario, queue) for queue in group.queues):
            continue
        loads = _loads(scenario, group)
        busy_times = [time for time, load in loads.items() if load.needed >= TOO_MUCH * load.there]
        if busy_times:
            start = max(busy_times, key=lambda time: loads[time].needed - loads[time].there)
            others = "".join(f" and those of `{name}`" for name in group.queues[1:])
            busy = f"its callers{others} would keep {round(loads[start].needed, 2):g} agents busy"
            worst = f"the half-hour from {moment(scenario, start)} is the worst"
            yield ("queues", group.queues[0]), f"{busy}, {_there(loads[start])}: {worst}"


def _there(load: Load) -> str:
    """Who is on duty, in a half-hour with changes on average."""
    there = round(load.there, 2)
    return f"{there:g} on duty" + ("" if there == int(there) else " on average, less breaks and absence")


def groups(scenario: Scenario) -> list[Group]:
    """Queues and the teams that serve them, taken together where a team or an overflow rule joins queues."""
    joined = [set(team.queues) for team in scenario.teams.values()]
    for name, queue in scenario.queues.items():
        to = [rule.to or rule.also for rule in queue.overflow]
        joined.append({name, *(place.name for place in to if place is not None and place.kind == "queue")})
    sets: list[set[str]] = []
    for names in joined:
        apart = [one for one in sets if not one & names]
        sets = [*apart, names.union(*(one for one in sets if one & names))]
    return [
        Group(
            tuple(queue for queue in scenario.queues if queue in names),
            tuple(name for name, team in scenario.teams.items() if names & set(team.queues)),
        )
        for names in sets
    ]


def _spills(scenario: Scenario, queue: str) -> bool:
    """Whether a vendor takes what the teams cannot do."""
    rules = scenario.queues[queue]
    to = [rules.full, *(rule.to for rule in rules.overflow)]
    return any(place is not None and place.kind == "vendor" for place in to)


def _loads(scenario: Scenario, group: Group) -> dict[float, Load]:
    """By the beginning of each half-hour at which somebody of the group is on duty."""
    found: dict[float, Load] = {}
    flows = {
        name: {queue: share for queue, share in _flows(scenario, source).items() if queue in group.queues}
        for name, source in scenario.sources.items()
    }
    for day in days_looked_at(scenario):
        there = {name: _by_half_hour(_present(scenario, name, day), day) for name in group.teams}
        calls = {name: _callers(scenario, source, day) for name, source in scenario.sources.items()}
        hours = {queue: _by_half_hour(_open(scenario, queue, day), day) for queue in group.queues}
        for number in range(int(DAY / HALF_HOUR)):
            duty = {name: counts[number] for name, counts in there.items()}
            needed = sum(
                calls[name][number] * share * hours[queue][number] * _handling(scenario, name, queue, duty)
                for name, shares in flows.items()
                for queue, share in shares.items()
            )
            if any(duty.values()):
                found[day * DAY + number * HALF_HOUR] = Load(needed / HALF_HOUR, sum(duty.values()))
    return found


def _present(scenario: Scenario, name: str, day: int) -> list[Span]:
    """Agents on duty on a day, those that began the day before among them, less the share that does not come."""
    team = scenario.teams[name]
    spans = [span for one in (day - 1, day) if one >= 0 for span in on_duty(team, scenario.calendar, one)]
    return [span._replace(value=span.value * (1.0 - team.absence)) for span in spans]


def _open(scenario: Scenario, queue: str, day: int) -> list[Span]:
    week = scenario.open_hours(queue)
    return [span for one in (day - 1, day) if one >= 0 for span in spans_of_day(week, scenario.calendar, one)]


def _by_half_hour(spans: list[Span], day: int) -> list[float]:
    """Mean of the spans' values over each half-hour of a day."""
    slots = [Span(day * DAY + at * HALF_HOUR, day * DAY + (at + 1) * HALF_HOUR, 0.0) for at in range(48)]
    return [sum(overlap(span, slot) * span.value for span in spans) / HALF_HOUR for slot in slots]


def _callers(scenario: Scenario, source: Source, day: int) -> list[float]:
    """Expected callers by half-hour of a day."""
    profile = list(pieces(source.calls_by_hour or FLAT, day))
    whole = sum((end - start) * weight for start, end, weight in profile)
    daily = source.volume.number * (24.0 if source.volume.per == "hour" else 1.0)
    daily *= scenario.calendar.look_up(source.weekdays, day, 1.0)
    return [weight * HALF_HOUR / whole * daily for weight in _by_half_hour(profile, day)]


def _flows(scenario: Scenario, source: Source) -> Mapping[str, float]:
    """Share of a source's callers who come to each queue as their first, and who are put through to it."""
    first: dict[str, float] = {}
    for way in source.goes_to:
        for queue, share in _first_queues(scenario, way.to, way.share):
            first[queue] = first.get(queue, 0.0) + share
    found = dict(first)
    for _ in range(MOST_LEGS):
        further: dict[str, float] = {}
        for queue, share in first.items():
            transfer = scenario.queues[queue].transfer
            if transfer is not None:
                further[transfer.to.name] = further.get(transfer.to.name, 0.0) + share * transfer.chance
        for queue, share in further.items():
            found[queue] = found.get(queue, 0.0) + share
        first = further
    return found


def _first_queues(scenario: Scenario, place: Reference, share: float) -> Iterator[tuple[str, float]]:
    """(queue, share) behind menus and self-service."""
    match place.kind:
        case "queue":
            yield place.name, share
        case "menu":
            menu = scenario.menus[place.name]
            for key in menu.keys:
                yield from _first_queues(scenario, key.to, share * (1.0 - menu.hangs_up) * key.share)
        case "self_service":
            service = scenario.self_service[place.name]
            yield from _first_queues(scenario, service.otherwise, share * (1.0 - service.resolves))


def _handling(scenario: Scenario, source: str, queue: str, duty: Mapping[str, float]) -> float:
    """Mean seconds that a caller takes of an agent, over the agents on duty who serve the queue."""
    talk = (scenario.queues[queue].talk or scenario.sources[source].talk).mean
    teams = [(scenario.teams[name], duty[name]) for name in scenario.teams_of(queue)]
    if not any(agents for _, agents in teams):
        teams = [(team, 1.0) for team, _ in teams]
    whole = sum(agents for _, agents in teams)
    seconds = sum(
        agents
        * (talk * team.speed + sum(law.mean for law in (team.wrap_up, team.answers_after) if law is not None))
        / team.chats_at_once
        for team, agents in teams
    )
    return seconds / whole if whole else 0.0
