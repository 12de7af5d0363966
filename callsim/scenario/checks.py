"""What must hold between the parts of a scenario."""

from __future__ import annotations

from collections.abc import Iterator

from callsim.quantities import Reference
from callsim.scenario.fields import Path_
from callsim.scenario.timetable import HOLIDAY_NEEDED, Week, WhileOpen, collision
from callsim.scenario.vocabulary import Scenario

Found = tuple[Path_, str]
"""Path of the entry and what is wrong with it."""


def cross_check(scenario: Scenario, *, broken: frozenset[Path_] = frozenset()) -> Iterator[Found]:
    """Every contradiction between parts that are each fine in themselves.

    Of a scenario with mistakes only the sound parts are here; `broken` holds the paths of the others, such as
    `("teams", "desk")`, which may be all that a sound part seems to miss.
    """
    yield from _circles(scenario)
    yield from _patience(scenario)
    yield from _worth(scenario)
    if not any(path[:1] == ("teams",) for path in broken):
        yield from _unserved(scenario)
    if ("calendar",) not in broken:
        yield from _timetables(scenario)


def leads_to(scenario: Scenario, place: Reference) -> dict[Path_, Reference]:
    """Where a caller may be sent on from a destination: path of the entry that says so -> destination."""
    match place.kind:
        case "menu" if place.name in scenario.menus:
            keys = scenario.menus[place.name].keys
            return {("menus", place.name, "keys", number, "to"): key.to for number, key in enumerate(keys)}
        case "self_service" if place.name in scenario.self_service:
            return {("self_service", place.name, "otherwise"): scenario.self_service[place.name].otherwise}
        case "queue" if place.name in scenario.queues:
            queue = scenario.queues[place.name]
            return {
                ("queues", place.name, "closed"): queue.closed,
                ("queues", place.name, "full"): queue.full,
            }
        case _:
            return {}


def reachable(scenario: Scenario, start: Reference) -> list[Reference]:
    """All destinations a caller may meet from a start on, the start first."""
    found = {start: None}
    ahead = [start]
    while ahead:
        fresh = {to: None for to in leads_to(scenario, ahead.pop()).values() if to not in found}
        found |= fresh
        ahead.extend(fresh)
    return list(found)


def _circles(scenario: Scenario) -> Iterator[Found]:
    """Rules that could send a caller round for ever: keys and draws stay the same on the next round."""
    starts = [Reference("menu", name) for name in scenario.menus]
    starts += [Reference("self_service", name) for name in scenario.self_service]
    starts += [Reference("queue", name) for name in scenario.queues]
    for start in starts:
        for path, to in leads_to(scenario, start).items():
            if to.name and start in reachable(scenario, to):
                yield path, f"callers could be sent in a circle: `{to.kind} {to.name}` leads back here"


def _unserved(scenario: Scenario) -> Iterator[Found]:
    for name in scenario.queues:
        if not scenario.teams_of(name):
            yield ("queues", name), f"expected a team with `serves: [{name}]`, found none"


def answers_after(scenario: Scenario, place: Reference) -> float | None:
    """Ringing before a machine answers there, so that callers wait under hold patience afterwards; None: none does."""
    match place.kind:
        case "queue" if place.name in scenario.queues:
            return scenario.queues[place.name].answers_after
        case "menu" if place.name in scenario.menus:
            return scenario.menus[place.name].answers_after
        case "menu" | "self_service":
            return 0.0
        case _:
            return None


def _patience(scenario: Scenario) -> Iterator[Found]:
    for name, source in scenario.sources.items():
        machines = [to for to in reachable(scenario, source.goes_to) if answers_after(scenario, to) is not None]
        if source.hangs_up_waiting is None and machines:
            machine = f"{machines[0].kind} {machines[0].name}"
            yield (
                ("sources", name),
                (
                    f"expected `hangs_up_waiting:` such as `exponential 90 s`, found nothing: `{machine}` answers "
                    "callers of this source, and nothing says how long they wait then"
                ),
            )


def _worth(scenario: Scenario) -> Iterator[Found]:
    if scenario.count_loss_as is None:
        return
    for name, source in scenario.sources.items():
        if source.worth is None and source.kinds.get("new"):
            yield (
                ("sources", name),
                (
                    "expected `worth:` such as `worth: buyer`, found nothing: `count_loss_as` puts the lost callers "
                    "of this source into the total cost"
                ),
            )


def _timetables(scenario: Scenario) -> Iterator[Found]:
    """Hours and headcounts against the days on which they are played."""
    tables: dict[Path_, Week | WhileOpen] = {("calendar", "open"): scenario.calendar.open}
    for name, queue in scenario.queues.items():
        if queue.open is not None:
            tables["queues", name, "open"] = queue.open
            if scenario.calendar.holidays and "holiday" not in queue.open:
                yield ("queues", name, "open"), HOLIDAY_NEEDED
    tables |= {("teams", name, "agents"): team.agents for name, team in scenario.teams.items()}
    for path, table in tables.items():
        day = collision(table, scenario.calendar)
        if day is not None:
            yield path, f"the times of {scenario.calendar.date_text(day)} overlap those that began the day before"
