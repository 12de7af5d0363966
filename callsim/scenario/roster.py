"""Rosters: which slot of a team is on duty when, from headcounts by time or from shifts with breaks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from callsim.scenario.staff import Shift, Team
from callsim.scenario.timetable import DAY, Calendar, Span, Week, WhileOpen, spans_of_day


class Pause(NamedTuple):
    """A break: its beginning and length, seconds."""

    start: float
    lasts: float
    paid: bool


class Stint(NamedTuple):
    """One agent's stretch of duty, seconds since the first midnight, with the breaks due in it in their order."""

    slot: int
    start: float
    end: float
    breaks: tuple[Pause, ...] = ()


def slots_of(team: Team) -> int:
    """How many slots a team's roster has, whether the days on which they are filled are simulated or not."""
    if team.shifts:
        return sum(shift.agents for shift in team.shifts)
    assert team.agents is not None
    return int(_most(team.agents))


def _most(agents: Week | WhileOpen) -> float:
    if isinstance(agents, WhileOpen):
        return agents.value
    values: list[float] = []
    for part in agents.values():
        values.extend([part.value] if isinstance(part, WhileOpen) else (span.value for span in part))
    return max(values, default=0.0)


def places_of(team: Team) -> int:
    """How many places its slots have: one for each chat that an agent holds at once, and so one for each elsewhere.

    The first places of all agents are numbered first, then their second ones, and so on: place `number` is one of agent
    `number % slots_of(team)`. So among places that have been free for as long, the agent with fewer chats comes first.
    """
    return slots_of(team) * team.chats_at_once


def stints_of_places(team: Team, calendar: Calendar, day: int) -> list[Stint]:
    """Who is rostered, by place and time: all places of an agent come and go together. Breaks are told of the last one,
    when the others have come."""
    found, agents = stints(team, calendar, day), slots_of(team)
    alone = [one._replace(breaks=()) for one in found]
    by_place = [*[alone] * (team.chats_at_once - 1), found]
    return [one._replace(slot=place * agents + one.slot) for place, own in enumerate(by_place) for one in own]


def stints(team: Team, calendar: Calendar, day: int) -> list[Stint]:
    """Who is rostered for the spans that belong to a day, by slot and time; absence is not looked at.

    A headcount of n fills the slots 0 to n - 1. Shifts have slots of their own, numbered through in the order of the
    file, the same on every day.
    """
    found = _by_shift(team, calendar, day) if team.shifts else _by_headcount(team, calendar, day)
    return sorted(found)


def _by_headcount(team: Team, calendar: Calendar, day: int) -> Iterator[Stint]:
    assert team.agents is not None
    spans = sorted(spans_of_day(team.agents, calendar, day))
    for slot in range(int(max((span.value for span in spans), default=0.0))):
        for start, end in _joined([span for span in spans if span.value > slot]):
            yield Stint(slot, start, end)


def _joined(spans: list[Span]) -> list[tuple[float, float]]:
    """Spans in order of time as (start, end), those that meet made one."""
    joined: list[tuple[float, float]] = []
    for start, end, _ in spans:
        if joined and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _by_shift(team: Team, calendar: Calendar, day: int) -> Iterator[Stint]:
    midnight = day * DAY
    first = 0
    working = _shifts_of_day(team, calendar, day)
    for shift in team.shifts:
        if any(shift is one for one in working):
            start, end = (midnight + time for time in shift.hours)
            breaks = tuple(Pause(midnight + begins, pause.lasts, pause.paid) for begins, pause in shift.pauses)
            for slot in range(first, first + shift.agents):
                yield Stint(slot, start, end, breaks)
        first += shift.agents


def _shifts_of_day(team: Team, calendar: Calendar, day: int) -> list[Shift]:
    """The shifts that begin on a day: on a holiday those of holidays, where there are such."""
    by_day: dict[str, list[Shift]] = {}
    for shift in team.shifts:
        for key in shift.days:
            by_day.setdefault(key, []).append(shift)
    return calendar.look_up(by_day, day, [])


def on_duty(team: Team, calendar: Calendar, day: int) -> list[Span]:
    """How many are on duty in the spans that belong to a day, breaks left out; spans that overlap add up."""
    if not team.shifts:
        assert team.agents is not None
        return [span for span in spans_of_day(team.agents, calendar, day) if span.value]
    return [span for shift in _shifts_of_day(team, calendar, day) for span in _at_work(shift, day * DAY)]


def _at_work(shift: Shift, midnight: float) -> Iterator[Span]:
    """A shift without its breaks."""
    since = shift.hours[0]
    for start, pause in shift.pauses:
        if start > since:
            yield Span(midnight + since, midnight + start, float(shift.agents))
        since = start + pause.lasts
    if shift.hours[1] > since:
        yield Span(midnight + since, midnight + shift.hours[1], float(shift.agents))
