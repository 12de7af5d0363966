"""What must hold between the parts of a scenario."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from callsim.laws import Law
from callsim.quantities import Reference
from callsim.scenario.fields import Path_
from callsim.scenario.timetable import DAY, HOLIDAY_NEEDED, Week, WhileOpen, collision, steps
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


def _answers_itself(scenario: Scenario, place: Reference) -> bool:
    """Whether a machine may answer there, so that callers wait under hold patience afterwards."""
    if place.kind == "queue":
        return place.name in scenario.queues and scenario.queues[place.name].answers_after is not None
    return place.kind in ("menu", "self_service")


def _patience(scenario: Scenario) -> Iterator[Found]:
    for name, source in scenario.sources.items():
        machines = [to for to in reachable(scenario, source.goes_to) if _answers_itself(scenario, to)]
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
            yield path, f"the times of {_date(scenario, day)} overlap those that began the day before"


def remarks(scenario: Scenario) -> Iterator[Found]:
    """What is allowed but rarely meant: worth a look before the run."""
    for name in scenario.queues:
        gap = _first_unstaffed(scenario, name)
        if gap is not None:
            yield ("queues", name), f"nobody is on duty at some open hour, first {moment(scenario, gap)}"
    for name, team in scenario.teams.items():
        if team.pay is None and any(other.pay for other in scenario.teams.values()):
            yield ("teams", name), "no `pay:`: this team costs nothing in the comparison"
    yield from _too_late(scenario)


def _too_late(scenario: Scenario) -> Iterator[Found]:
    """Machines that answer when all have hung up."""
    for name, source in scenario.sources.items():
        longest = _longest(source.hangs_up_ringing)
        answer = None
        if source.goes_to.kind == "menu":
            answer = scenario.menus[source.goes_to.name].answers_after
        elif source.goes_to.kind == "queue":
            answer = scenario.queues[source.goes_to.name].answers_after
        if answer is not None and longest is not None and longest < answer:
            place = f"{source.goes_to.kind} {source.goes_to.name}"
            yield ("sources", name), f"every caller has hung up before `{place}` answers"


def _longest(law: Law) -> float | None:
    """The longest time of a law that has one."""
    match law.shape:
        case "constant":
            return law.values[0]
        case "rings":
            return law.values[1] * law.values[2]
        case "uniform":
            return law.values[1]
        case "empirical":
            return law.values[-1]
        case _:
            return None


def _first_unstaffed(scenario: Scenario, queue: str) -> float | None:
    """The first moment in the first simulated weeks when the queue is open and no team of it is on duty."""
    is_open = 0.0
    staff = dict.fromkeys(scenario.teams_of(queue), 0.0)
    for day in range(min(scenario.calendar.days, 14)):
        hours = dict(steps(scenario.open_hours(queue), scenario.calendar, day))
        changes = {team: dict(steps(scenario.teams[team].agents, scenario.calendar, day)) for team in staff}
        for time in sorted(hours.keys() | {time for times in changes.values() for time in times}):
            is_open = hours.get(time, is_open)
            staff = {team: changes[team].get(time, people) for team, people in staff.items()}
            if is_open and not any(staff.values()):
                return time
    return None


def moment(scenario: Scenario, time: float) -> str:
    """`sun 2026-03-01 09:00` of seconds since the first midnight."""
    minutes = int(time % DAY) // 60
    return f"{_date(scenario, int(time // DAY))} {minutes // 60:02d}:{minutes % 60:02d}"


def _date(scenario: Scenario, day: int) -> str:
    """`sun 2026-03-01` of a day counted from 0."""
    calendar = scenario.calendar
    return f"{calendar.day_key(day)} {(calendar.start + timedelta(days=day)).isoformat()}"
