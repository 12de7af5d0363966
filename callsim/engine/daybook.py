"""What a scenario's calendar says of each day: openings, duties and breaks, as the compiled engine reads them.

Days repeat: those of one weekday, holiday or not, differ by their midnight only. So each kind of day is looked up once
for a scenario, and moved to where it is needed.
"""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from callsim.calllog import Activity
from callsim.demand import Ints
from callsim.engine import records
from callsim.engine.horizon import horizon
from callsim.engine.records import Records, address
from callsim.scenario.roster import places_of, stints_of_places
from callsim.scenario.timetable import DAY, steps
from callsim.scenario.vocabulary import Scenario

Kind = tuple[str, bool, bool, bool]
"""Weekday, whether it is a holiday, or follows one, and whether it is the very first day."""
MOST_KEPT = 64
"""How many stretches of days are kept, of those that are short."""
SHORT = 4096
"""Rows of a short stretch."""


class Pages(NamedTuple):
    """Some days in a row. In each table the rows of a day follow those of the day before."""

    table: Records
    """A page for each day, but for its place in the table of days."""
    hours: Records
    stints: Records
    pauses: Records
    """Also those of agents who do not come: nobody has them."""
    hours_until: list[int]
    """Where each day's rows end, after a 0."""
    stints_until: list[int]
    pauses_until: list[int]

    def without(self, absent: NDArray[np.bool_]) -> Pages:
        """The same with agents who do not come, by day and slot."""
        day = np.repeat(np.arange(len(absent)), np.diff(self.stints_until))
        comes = ~absent[day, self.stints["slot"]]
        until = np.append(0, np.cumsum(comes))[self.stints_until]
        stints, table = self.stints[comes], self.table.copy()
        _tell_stints(table, stints, until)
        return self._replace(table=table, stints=stints, stints_until=until.tolist())


def _tell_stints(table: Records, stints: Records, until: Ints) -> None:
    """Write into the pages of days where their stints stand; each is a change more."""
    sizes = np.diff(until)
    table["stints"] = address(stints) + until[:-1] * records.STINT.itemsize
    table["changes"] += sizes - table["stint_count"]
    table["stint_count"] = sizes


class _Day(NamedTuple):
    """A kind of day, with times in seconds since its midnight."""

    hours: Records
    stints: Records
    pauses: Records

    def moved(self, seconds: float) -> _Day:
        hours, stints, pauses = (table.copy() for table in self)
        for table, name in ((hours, "time"), (stints, "start"), (stints, "end"), (pauses, "start")):
            table[name] += seconds
        return _Day(hours, stints, pauses)

    @property
    def is_whole(self) -> bool:
        """Whether all times are whole seconds, so that moving them by days rounds nothing."""
        times = (self.hours["time"], self.stints["start"], self.stints["end"], self.pauses["start"])
        return all(bool(np.all(time == np.rint(time))) for time in times)


class Daybook:
    """The calendar of a scenario, opened where it is needed."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.slots = sum(places_of(team) for team in scenario.teams.values())
        self._horizon = horizon(scenario)
        self._holidays = scenario.calendar.holiday_dates()
        self._known: dict[Kind, _Day] = {}
        self._kept: dict[tuple[int, int], Pages] = {}

    def kind(self, day: int) -> Kind:
        """Days of one kind have the same hours, agents and volumes."""
        calendar = self.scenario.calendar
        date = calendar.start + timedelta(days=day)
        is_holiday, was_holiday = (one in self._holidays for one in (date, date - timedelta(days=1)))
        return calendar.day_key(day), is_holiday, was_holiday, day == 0

    def pages(self, first: int, days: int) -> Pages:
        """Some days from a first one on, as if all agents came."""
        found = self._kept.get((first, days))
        if found is None:
            found = self._bound(first, [self._day(day) for day in range(first, first + days)])
            if len(self._kept) < MOST_KEPT and len(found.hours) + len(found.stints) + len(found.pauses) <= SHORT:
                self._kept[first, days] = found
        return found

    def _day(self, day: int) -> _Day:
        kind, midnight = self.kind(day), day * DAY
        known = self._known.get(kind)
        if known is not None:
            return known.moved(midnight)
        looked_up = self._look_up(day)
        since_midnight = looked_up.moved(-midnight)
        if looked_up.is_whole:
            self._known[kind] = since_midnight
        return looked_up

    def _look_up(self, day: int) -> _Day:
        found: list[tuple[float, float, int, int, int]] = []
        pauses: list[tuple[float, float, int]] = []
        calendar, first = self.scenario.calendar, 0
        for team in self.scenario.teams.values():
            for slot, start, end, breaks in stints_of_places(team, calendar, day):
                found.append((start, end, first + slot, len(pauses), len(breaks)))
                for due, lasts, paid in breaks:
                    pauses.append((due, lasts, Activity.PAID_BREAK if paid else Activity.UNPAID_BREAK))
            first += places_of(team)
        return _Day(
            np.array(self._hours(day), records.HOURS), np.array(found, records.STINT), np.array(pauses, records.PAUSE)
        )

    def _hours(self, day: int) -> list[tuple[float, int, bool]]:
        """Openings and closings of queues by their places, and of the desk that calls back as -1."""
        scenario = self.scenario
        weeks = [(place, scenario.open_hours(name)) for place, name in enumerate(scenario.queues)]
        if scenario.callbacks is not None:
            weeks.append((-1, scenario.calendar.open))
        return [
            (time, place, value > 0) for place, week in weeks for time, value in steps(week, scenario.calendar, day)
        ]

    def _bound(self, first: int, days: list[_Day]) -> Pages:
        """Days one after another, from a first one on."""
        hours, stints, pauses = (np.concatenate([day[place] for day in days]) for place in range(3))
        until = [np.cumsum([0, *(len(day[place]) for day in days)]) for place in range(3)]
        breaks = np.diff(until[2])
        stints["first_pause"] += np.repeat(until[2][:-1], np.diff(until[1])).astype(np.int32)
        table = np.zeros(len(days), records.PAGE)
        table["hours"] = address(hours) + until[0][:-1] * records.HOURS.itemsize
        table["hours_count"], table["changes"] = np.diff(until[0]), breaks
        _tell_stints(table, stints, until[1])
        end, stop, runs_out = self._horizon
        midnights = np.arange(first + 1, first + len(days) + 1) * DAY
        table["until"] = np.minimum(midnights, stop)
        table["runs_out"] = runs_out & (midnights - DAY >= end)
        table["may_be_last"] = runs_out & (midnights >= end)
        table["is_last"] = midnights >= stop
        return Pages(table, hours, stints, pauses, *(one.tolist() for one in until))
