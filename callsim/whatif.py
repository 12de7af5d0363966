"""Changed scenarios: the same centre with more callers, another agent, another rule. Each is a new scenario.

Random streams have names, so whoever is not concerned by the change does the same as before: results of the old and
the new scenario compare on common random numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise

from callsim.quantities import Reference
from callsim.scenario.roster import slots_of
from callsim.scenario.staff import Break, Shift, Team
from callsim.scenario.timetable import DAY, Span, Week, WhileOpen
from callsim.scenario.vocabulary import Overflow, Queue, Scenario

Hours = tuple[float, float]
"""From and to, seconds since midnight."""


def with_volume(scenario: Scenario, factor: float) -> Scenario:
    """So many times the callers from every source."""
    sources = {}
    for name, source in scenario.sources.items():
        key = "callers" if source.callers else "logged_calls"
        volume = source.volume._replace(number=source.volume.number * factor)
        sources[name] = source.model_copy(update={key: volume})
    return scenario.model_copy(update={"sources": sources})


def with_team(scenario: Scenario, name: str, team: Team) -> Scenario:
    """With a team of that name, in the place of the one that had it, or as a further one."""
    return scenario.model_copy(update={"teams": {**scenario.teams, name: team}})


def with_queue(scenario: Scenario, name: str, queue: Queue) -> Scenario:
    """With other rules for a queue."""
    return scenario.model_copy(update={"queues": {**scenario.queues, name: queue}})


# How many people there are.


def with_staff(scenario: Scenario, team: str, n: int) -> Scenario:
    """With `n` places on the roster of a team, as many as `roster.slots_of` counts.

    Headcounts by time keep their shape: each is scaled with the highest and rounded, and is at least 1 where somebody
    was. Shifts share the places in proportion; one that gets none falls away.
    """
    rules = scenario.teams[team]
    now = slots_of(rules)
    if n == now:
        return scenario
    if rules.shifts:
        return with_team(scenario, team, _with_shifts(rules, _shared(rules.shifts, n)))
    assert rules.agents is not None
    if now == 0:
        return with_team(scenario, team, rules.model_copy(update={"agents": WhileOpen(float(n))}))

    def scaled(value: float) -> float:
        return 0.0 if value == 0.0 or n == 0 else max(1.0, float(int(value * n / now + 0.5)))

    return with_team(scenario, team, rules.model_copy(update={"agents": _each(rules.agents, scaled)}))


def _each(agents: Week | WhileOpen, change: Callable[[float], float]) -> Week | WhileOpen:
    """Every headcount changed alike."""

    def of(part: Sequence[Span] | WhileOpen) -> tuple[Span, ...] | WhileOpen:
        if isinstance(part, WhileOpen):
            return WhileOpen(change(part.value))
        return tuple(span._replace(value=change(span.value)) for span in part)

    if isinstance(agents, WhileOpen):
        return WhileOpen(change(agents.value))
    return {day: of(part) for day, part in agents.items()}  # type: ignore[misc]  # a day may hold a headcount while open


def _shared(shifts: Sequence[Shift], n: int) -> list[Shift]:
    """So many places shared among shifts in proportion: rounded sums from the first on, so that they add up to `n`."""
    whole, before, found = sum(shift.agents for shift in shifts), 0, []
    for shift in shifts:
        begin, before = before, before + shift.agents
        agents = _rounded(before * n, whole) - _rounded(begin * n, whole)
        if agents:
            found.append(shift.model_copy(update={"agents": agents}))
    return found


def _rounded(number: int, by: int) -> int:
    return (2 * number + by) // (2 * by)


def _with_shifts(team: Team, shifts: Sequence[Shift]) -> Team:
    """With other shifts; without any the team has nobody."""
    return team.model_copy(update={"shifts": tuple(shifts), "agents": None if shifts else WhileOpen(0.0)})


# One agent more or less at some hours.


def with_agents(scenario: Scenario, team: str, change: int, hours: Hours) -> Scenario:
    """With one agent more (`change` 1) or less (-1) on a team's roster at some hours of each day.

    More come wherever the team is on duty in these hours or one of its queues is open; fewer where anybody is on duty.
    Without anybody to take away, or any open hour, the scenario is as it was.
    """
    assert change in (1, -1), "one agent"
    rules = scenario.teams[team]
    if not rules.shifts:
        return with_team(
            scenario, team, rules.model_copy(update={"agents": _headcounts(scenario, rules, change, hours)})
        )
    if change > 0:
        return with_team(scenario, team, _with_shifts(rules, [*rules.shifts, *_further(scenario, rules, hours)]))
    return with_team(scenario, team, _with_shifts(rules, _one_less(rules.shifts, hours)))


def _headcounts(scenario: Scenario, team: Team, change: int, hours: Hours) -> Week:
    """A headcount by day and time, changed in some hours."""
    week = roster_week(scenario, team)
    opened = _open_by_day(scenario, team) if change > 0 else {}
    found = {}
    for day in dict.fromkeys([*week, *opened]):
        if day == "holiday" and day not in week:
            continue  # what holds on a holiday is the roster of its weekday
        found[day] = tuple(_changed(week.get(day, ()), opened.get(day, ()), change, hours))
    return found


def roster_week(scenario: Scenario, team: Team) -> dict[str, tuple[Span, ...]]:
    """The headcounts of a team by day, those that hold while open written out."""
    assert team.agents is not None
    opening = scenario.calendar.open
    by_day = dict.fromkeys(opening, team.agents) if isinstance(team.agents, WhileOpen) else team.agents
    return {
        day: tuple(span._replace(value=part.value) for span in opening.get(day, ()))
        if isinstance(part, WhileOpen)
        else tuple(part)
        for day, part in by_day.items()
    }


def _open_by_day(scenario: Scenario, team: Team) -> dict[str, list[Span]]:
    """When any queue of the team is open."""
    found: dict[str, list[Span]] = {}
    for queue in team.queues:
        for day, spans in scenario.open_hours(queue).items():
            found.setdefault(day, []).extend(spans)
    return found


def _changed(spans: Sequence[Span], opened: Sequence[Span], change: int, hours: Hours) -> Iterator[Span]:
    """The spans of a day cut at the hours, changed inside them; where it is open and nobody is there, some come."""
    windows = [hours, (hours[0] + DAY, hours[1] + DAY)]
    ends = {time for span in (*spans, *opened) for time in (span.start, span.end)}
    cuts = sorted(ends | {time for window in windows for time in window})
    for start, end in pairwise(cuts):
        there = next((span.value for span in spans if span.start <= start and end <= span.end), None)
        inside = any(window[0] <= start and end <= window[1] for window in windows)
        is_open = any(span.start <= start and end <= span.end for span in opened)
        value = there or 0.0
        if inside and (there or is_open):
            value = max(0.0, value + change)
        if value or there is not None:
            yield Span(start, end, value)


def _further(scenario: Scenario, team: Team, hours: Hours) -> Iterator[Shift]:
    """Shifts of one agent at the hours in which others are on duty or a queue is open."""
    by_day = _open_by_day(scenario, team)
    named = {day for shift in team.shifts for day in shift.days}
    for shift in team.shifts:
        for day in shift.days:
            by_day.setdefault(day, []).append(Span(*shift.hours, 1.0))
    days: dict[Hours, list[str]] = {}
    for day, spans in by_day.items():
        if day == "holiday" and day not in named:
            continue  # what holds on a holiday are the shifts of its weekday
        for piece in _joined(_within(span, hours) for span in spans):
            days.setdefault(piece, []).append(day)
    for piece, on in days.items():
        yield Shift.model_construct(days=tuple(on), hours=piece, agents=1, breaks=())


def _within(span: Span, hours: Hours) -> Hours:
    return max(span.start, hours[0]), min(span.end, hours[1])


def _joined(pieces: Iterator[Hours]) -> list[Hours]:
    """Stretches of time, those that meet made one; what is empty is left out."""
    found: list[Hours] = []
    for start, end in sorted(piece for piece in pieces if piece[0] < piece[1]):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return found


def _one_less(shifts: Sequence[Shift], hours: Hours) -> list[Shift]:
    """On each day one agent of the shift that covers most of the hours works it without them.

    What is left of that agent's shift stands right behind the others of it, so that the slots of the rest, and with
    them their absences, stay what they were wherever that is possible.
    """
    windows = (hours, (hours[0] + DAY, hours[1] + DAY))
    days = dict.fromkeys(day for shift in shifts for day in shift.days)
    chosen: dict[int, list[str]] = {}
    for day in days:
        covers = [(_cover(shift, windows), -place) for place, shift in enumerate(shifts) if day in shift.days]
        cover, place = max(covers)
        if cover > 0.0:
            chosen.setdefault(-place, []).append(day)
    found: list[Shift] = []
    behind: list[Shift] = []
    for place, shift in enumerate(shifts):
        kept, pieces = _without(shift, chosen.get(place, []), windows)
        found += [*kept, *pieces[:1]]
        behind += pieces[1:]
    return [*found, *behind]


def _cover(shift: Shift, windows: Sequence[Hours]) -> float:
    return sum(max(0.0, min(shift.hours[1], end) - max(shift.hours[0], start)) for start, end in windows)


def _without(shift: Shift, days: Sequence[str], windows: Sequence[Hours]) -> tuple[list[Shift], list[Shift]]:
    """(the shift with one agent less on these days, what is left of that agent's)."""
    if not days:
        return [shift], []
    kept = []
    others = tuple(day for day in shift.days if day not in days)
    if others:
        kept.append(shift.model_copy(update={"days": others}))
    if shift.agents > 1:
        kept.append(shift.model_copy(update={"days": tuple(days), "agents": shift.agents - 1}))
    pieces, start = [], shift.hours[0]
    for window in windows:
        if window[0] > start:
            pieces.append((start, min(window[0], shift.hours[1])))
        start = max(start, window[1])
    pieces.append((start, shift.hours[1]))
    return kept, [_cut(shift, tuple(days), piece) for piece in pieces if piece[0] < piece[1]]


def _cut(shift: Shift, days: tuple[str, ...], piece: Hours) -> Shift:
    """One agent's part of a shift, with what of its breaks falls into it."""
    breaks = []
    for start, pause in shift.pauses:
        begin, end = max(start, piece[0]), min(start + pause.lasts, piece[1])
        if begin < end:
            breaks.append(Break.model_construct(at=begin % DAY, lasts=end - begin, paid=pause.paid))
    return Shift.model_construct(days=days, hours=piece, agents=1, breaks=tuple(breaks))


# Who answers instead.


def vendor(name: str) -> Reference:
    """The way to an answering service."""
    return Reference("vendor", name)


def with_overflow_after(scenario: Scenario, queue: str, seconds: float | None, *, to: str | None = None) -> Scenario:
    """With the rule that passes a queue's callers on to a vendor after so long; None never passes them on.

    Without `to` it is the vendor of the rule that stands there. Rules that pass callers on elsewhere stay.
    """
    rules = scenario.queues[queue]
    own = [rule for rule in rules.overflow if _to_vendor(rule) and rule.after is not None]
    others = tuple(rule for rule in rules.overflow if rule not in own)
    if seconds is None:
        return with_queue(scenario, queue, rules.model_copy(update={"overflow": others}))
    target = vendor(to) if to is not None else own[0].to
    rule = Overflow.model_construct(after=seconds, when=None, to=target, also=None)
    return with_queue(scenario, queue, rules.model_copy(update={"overflow": (*others, rule)}))


def _to_vendor(rule: Overflow) -> bool:
    return rule.to is not None and rule.to.kind == "vendor"


def without_vendors(scenario: Scenario) -> Scenario:
    """Where no queue passes anybody on to a vendor: not while waiting, not when closed, not when full."""
    hang_up = Reference("hang up", "")

    def own(queue: Queue) -> Queue:
        ways = {key: hang_up for key in ("closed", "full") if getattr(queue, key).kind == "vendor"}
        rules = tuple(rule for rule in queue.overflow if not _to_vendor(rule))
        return queue.model_copy(update={**ways, "overflow": rules})

    return scenario.model_copy(update={"queues": {name: own(queue) for name, queue in scenario.queues.items()}})


def with_everything_at(scenario: Scenario, to: str, queues: Sequence[str]) -> Scenario:
    """Where all callers of some queues go to a vendor at once in the hours of the queue, and the teams are not there.

    Nobody is paid for, set-up and flat sums neither, and whoever called back before does so no more.
    """
    found = scenario
    for name in queues:
        alone = with_queue(found, name, found.queues[name].model_copy(update={"overflow": (), "answers_after": None}))
        found = with_overflow_after(alone, name, 0.0, to=to)
    gone = {name for name, team in scenario.teams.items() if set(team.queues) <= set(queues)}
    teams = {name: _nobody(team) if name in gone else team for name, team in scenario.teams.items()}
    calling = scenario.callbacks if scenario.callbacks and scenario.callbacks.by not in gone else None
    return found.model_copy(update={"teams": teams, "callbacks": calling})


def _nobody(team: Team) -> Team:
    pay = team.pay and team.pay.model_copy(update={"flat": None, "set_up": None})
    return _with_shifts(team, ()).model_copy(update={"pay": pay})


def with_closed_to(scenario: Scenario, queues: Sequence[str], to: Reference) -> Scenario:
    """Where callers of some queues go somewhere else while these are closed, and while nobody is on duty."""
    found = scenario
    for name in queues:
        rules = found.queues[name]
        others = tuple(rule for rule in rules.overflow if rule.when is None)
        alone = (Overflow.model_construct(after=None, when="nobody on duty", to=to, also=None),)
        absent = alone if to.kind == "vendor" else ()
        found = with_queue(found, name, rules.model_copy(update={"closed": to, "overflow": (*others, *absent)}))
    return found


def with_seat_round_the_clock(scenario: Scenario, team: str, name: str) -> Scenario:
    """With one agent on duty, under the name of a further team, whenever the queues of a team are closed.

    The queues are open day and night; the new team has the pay of the old one but its flat sum and set-up, and sits
    at the desks that are empty then.
    """
    rules = scenario.teams[team]
    week = {day: _gaps(spans) for day, spans in _always_open(scenario, rules).items()}
    free = {"flat": None, "set_up": None, "seat": None, "systems": None}
    pay = rules.pay and rules.pay.model_copy(update=free)
    night = rules.model_copy(update={"agents": week, "shifts": (), "pay": pay})
    found = with_team(scenario, name, night)
    every = {day: (Span(0.0, DAY, 1.0),) for day in (*_WEEK, "holiday")}
    for queue in rules.queues:
        own = found.queues[queue]
        teams = own.teams and (*own.teams, (name,))
        found = with_queue(found, queue, own.model_copy(update={"open": every, "teams": teams}))
    # The team was on duty in the calendar's hours, and is so still.
    return with_team(found, team, rules)


_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _always_open(scenario: Scenario, team: Team) -> Mapping[str, list[Span]]:
    """The opening hours of each day of the week, those that run past midnight put under the day on which they are."""
    opened = _open_by_day(scenario, team)
    found: dict[str, list[Span]] = {day: [] for day in _WEEK}
    for day, spans in opened.items():
        for span in spans:
            found.setdefault(day, []).append(span._replace(end=min(span.end, DAY)))
            if span.end > DAY and day in _WEEK:
                after = _WEEK[(_WEEK.index(day) + 1) % 7]
                found[after].append(Span(0.0, span.end - DAY, span.value))
    return found


def _gaps(spans: Sequence[Span]) -> tuple[Span, ...]:
    """What of a day is in none of the spans."""
    found, since = [], 0.0
    for span in sorted(spans):
        if span.start > since:
            found.append(Span(since, span.start, 1.0))
        since = max(since, span.end)
    if since < DAY:
        found.append(Span(since, DAY, 1.0))
    return tuple(found)
