"""Where the time went: seconds of agents on duty and at work, and of callers waiting, by interval."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from callsim.calllog import Activity, Logs, enums
from callsim.columns import Columns, wait_ended
from callsim.scenario.roster import slots_of
from callsim.scenario.vocabulary import Scenario

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

PAID = [Activity.DUTY, Activity.PAID_BREAK, Activity.UNAVAILABLE]
ACTIVITIES = 4


class Spent:
    """Seconds that spans spend in each interval of the calendar's days, by group, clipped to the counted time."""

    def __init__(self, scenario: Scenario, interval: float, number: int) -> None:
        self._window = scenario.calendar.warm_up, scenario.calendar.end
        self._interval = interval
        self.shape = number, round(scenario.calendar.end / interval) + 1
        size = self.shape[0] * self.shape[1]
        self.running = np.zeros(size, np.int64)
        """Spans that run on from an interval into the next, less those that came from the one before and end here."""
        self.before, self.after = np.zeros(size), np.zeros(size)
        """Seconds from an interval's beginning to the starts of spans, and to their ends."""

    def part(self, groups: slice) -> Spent:
        """Some of the groups: added to apart, told together."""
        part, width = copy(self), self.shape[1]
        own = slice(groups.start * width, groups.stop * width)
        part.shape = groups.stop - groups.start, width
        part.running, part.before, part.after = self.running[own], self.before[own], self.after[own]
        return part

    def clear(self) -> None:
        """Begin anew."""
        for table in (self.running, self.before, self.after):
            table.fill(0)

    def add(self, starts: Floats, ends: Floats, groups: Places) -> None:
        """Add spans. `groups` says to which of the groups each belongs; NaN ends lie beyond the horizon."""
        if not len(starts):
            return
        (low, high), rows = self._window, groups * self.shape[1]
        first, before = self._parted(np.minimum(np.maximum(starts, low), high))
        last, after = self._parted(np.maximum(np.fmin(ends, high), low))
        first += rows
        last += rows
        np.add.at(self.before, first, before)
        np.add.at(self.after, last, after)
        np.add.at(self.running, first, 1)
        np.subtract.at(self.running, last, 1)

    def _parted(self, times: Floats) -> tuple[Places, Floats]:
        """In which interval each time lies, and how many seconds after its beginning."""
        places = intervals_of(times, self._interval)
        return places.astype(np.int64), times - places * self._interval

    def seconds(self) -> Floats:
        """What was added up to now, in the shape (groups, intervals)."""
        whole = np.cumsum(self.running.reshape(self.shape), axis=1) * self._interval
        found: Floats = whole + (self.after - self.before).reshape(self.shape)
        return found[:, :-1]


def intervals_of(times: Floats, interval: float) -> Floats:
    """The number of the interval in which each time lies: `times // interval`, a whole number of seconds, but faster.

    No quotient is rounded up to a whole number: the float before a border lies more than 2^-53 of its size away from
    it, and half the distance to the float before a quotient is less than that.
    """
    return np.floor(times / interval)


def seconds_in(
    scenario: Scenario, interval: float, *, starts: Floats, ends: Floats, groups: Places, number: int
) -> Floats:
    """Seconds that some spans spend, all at once."""
    spent = Spent(scenario, interval, number)
    spent.add(starts, ends, groups)
    return spent.seconds()


def counted(scenario: Scenario, interval: float) -> Floats:
    """Counted seconds by interval since the start."""
    start, end = np.array([scenario.calendar.warm_up]), np.array([scenario.calendar.end])
    return seconds_in(scenario, interval, starts=start, ends=end, groups=np.array([0]), number=1).ravel()


TAKEN = {"attempts": "matched", "legs": "matched", "tries": "dialled"}
"""When agents were taken: for calls, for what attempts do not tell (legs after transfers, calls not picked up), and for
tries to call back."""


class Work:
    """What occupied the agents of the teams."""

    def __init__(self, scenario: Scenario, interval: float, handled: Mapping[str, Spent]) -> None:
        """`handled`: by log, where the seconds of the teams are added up."""
        self._window = scenario.calendar.warm_up, scenario.calendar.end
        self._interval = interval
        self.shape = len(scenario.teams), round(scenario.calendar.end / interval) + 1
        # Apart, or the last bit of a sum would depend on how the logs are cut.
        self.handled = handled
        self.talk_counts = np.zeros(self.shape[0] * self.shape[1])

    def add(self, log: str, rows: Columns) -> None:
        """Add the work in some rows of a log, one of TAKEN."""
        if not len(rows):
            return
        taken = np.flatnonzero(rows["team"] >= 0)
        team, answered = rows["team"][taken], rows["answered"][taken]
        self.handled[log].add(rows[TAKEN[log]][taken], rows["freed"][taken], team)
        low, high = self._window
        began = np.flatnonzero((answered >= low) & (answered < high))
        places = intervals_of(answered[began], self._interval).astype(np.int64)
        np.add.at(self.talk_counts, team[began] * self.shape[1] + places, 1.0)

    def talks(self) -> Floats:
        """Talks that began in the counted time, in the same shape."""
        return self.talk_counts.reshape(self.shape)[:, :-1]


class Roster(NamedTuple):
    """Seconds of agents, clipped to the counted time, in arrays of the shape (teams, intervals since the start).

    An agent who holds several chats at once has a place for each, and each place counts, but in the last two.
    """

    on_duty: Floats
    """Overtime included, without breaks and without the time in which an agent is not available."""
    overtime: Floats
    paid: Floats
    """On duty, on paid breaks, and not available."""
    breaks: Floats
    """Paid or not."""
    unavailable: Floats
    handling: Floats
    """Pick-up, talk, wrap-up, and tries to call back."""
    paid_to_agents: Floats
    """The same as `paid`, but of each agent as long as one of the places is paid."""
    overtime_of_agents: Floats
    waiting: Floats
    """Of callers on the line for a first answer, by queue."""


class Time:
    """What the teams did, from all their work and their duties, and how long callers waited for them."""

    def __init__(self, scenario: Scenario, interval: float) -> None:
        self._number = len(scenario.teams)
        self._scenario, self._interval = scenario, interval
        self._chatting = {
            place: slots_of(team) for place, team in enumerate(scenario.teams.values()) if team.chats_at_once > 1
        }
        """Agents by place of the teams in which each holds several chats at once."""
        self._duties: dict[str, list[NDArray[Any]]] = {
            name: [] for name in ("team", "slot", "activity", "came", "due", "went")
        }
        """Those of these teams."""
        sizes = self._number * ACTIVITIES, *[self._number] * (1 + len(TAKEN)), len(scenario.queues)
        self._parts = [slice(end - size, end) for size, end in zip(sizes, accumulate(sizes), strict=True)]
        self._every = Spent(scenario, interval, sum(sizes))
        self.spent, self.overtime, *handled, self.waiting = (self._every.part(groups) for groups in self._parts)
        self.work = Work(scenario, interval, dict(zip(TAKEN, handled, strict=True)))

    def clear(self) -> None:
        """Begin anew."""
        self._every.clear()
        self.work.talk_counts.fill(0.0)
        for column in self._duties.values():
            column.clear()

    def add_duties(self, duties: Columns) -> None:
        """Add some rows of the log of duties."""
        if not len(duties):
            return
        team, activity, due, went = (duties[name] for name in ("team", "activity", "due", "went"))
        self.spent.add(duties["came"], went, team * ACTIVITIES + activity)
        late = np.flatnonzero((activity == Activity.DUTY) & (due < went))
        self.overtime.add(due[late], went[late], team[late])
        if self._chatting:
            of_chats = np.isin(team, list(self._chatting))
            for name, column in self._duties.items():
                column.append(duties[name][of_chats])

    def add_calls(self, calls: Columns) -> None:
        """Add the work of some attempts, and the waits of those that were offered, on the line for a first answer."""
        self.work.add("attempts", calls)
        offered = np.flatnonzero(~np.isnan(calls["joined"]))
        self.waiting.add(calls["asked"][offered], wait_ended(calls)[offered], calls["first_queue"][offered])

    def add(self, logs: Logs) -> None:
        """Add duties, legs and tries; attempts are added where they are counted."""
        for duties in logs.blocks("duties"):
            self.add_duties(duties)
        for log in ("legs", "tries"):
            for rows in logs.blocks(log):
                self.work.add(log, rows)

    def roster(self) -> Roster:
        """All that was added up to now."""
        every = self._every.seconds()
        spent, overtime, *handled, waiting = (every[groups] for groups in self._parts)
        times = spent.reshape(self._number, ACTIVITIES, spent.shape[1])
        paid: Floats = times[:, PAID].sum(axis=1)
        paid_to_agents, overtime_of_agents = self._of_agents(paid, overtime)
        return Roster(
            on_duty=times[:, Activity.DUTY],
            overtime=overtime,
            paid=paid,
            breaks=times[:, Activity.PAID_BREAK] + times[:, Activity.UNPAID_BREAK],
            unavailable=times[:, Activity.UNAVAILABLE],
            handling=np.sum(handled, axis=0),
            paid_to_agents=paid_to_agents,
            overtime_of_agents=overtime_of_agents,
            waiting=waiting,
        )

    def _of_agents(self, paid: Floats, overtime: Floats) -> tuple[Floats, Floats]:
        """Paid time and overtime of places as that of agents: what the places of one have together counts once."""
        if not self._chatting:
            return paid, overtime
        duties = {name: np.concatenate([np.empty(0), *column]) for name, column in self._duties.items()}
        paid, overtime = paid.copy(), overtime.copy()
        for place, agents in self._chatting.items():
            own, agent = duties["team"] == place, duties["slot"] % max(agents, 1)
            is_paid = own & np.isin(duties["activity"], PAID)
            is_late = own & (duties["activity"] == Activity.DUTY) & (duties["due"] < duties["went"])
            paid[place] = self._together(is_paid, agent, duties["came"], duties["went"])
            overtime[place] = self._together(is_late, agent, duties["due"], duties["went"])
        return paid, overtime

    def _together(self, rows: NDArray[np.bool_], agent: Floats, starts: Floats, ends: Floats) -> Floats:
        """By interval, seconds of all agents that are in any of each one's rows."""
        each = (rows & (agent == one) for one in np.unique(agent))
        spans = [merged(starts[own], ends[own]) for own in each]
        begun, ended = np.concatenate([np.empty((2, 0)), *spans], axis=1)
        groups = np.zeros(len(begun), np.int64)
        return seconds_in(self._scenario, self._interval, starts=begun, ends=ended, groups=groups, number=1).ravel()


def merged(starts: Floats, ends: Floats) -> Floats:
    """The time that is in any of some spans, as spans apart from each other: a row of starts and one of ends."""
    if not len(starts):
        return np.empty((2, 0))
    order = np.argsort(starts, kind="stable")
    starts, reached = starts[order], np.maximum.accumulate(ends[order])
    apart = np.flatnonzero(starts[1:] > reached[:-1])
    return np.array([starts[np.append(0, apart + 1)], reached[np.append(apart, len(starts) - 1)]])


def roster_log(scenario: Scenario, logs: Logs, interval: float = 1800.0) -> pl.DataFrame:
    """The roster log: agents' seconds by team and interval, clipped to the counted time, where there are any.

    Columns team, start (of the interval, seconds since the first midnight), on_duty_s (without overtime), overtime_s,
    break_s (paid or not), unavailable_s, paid_s, handling_s (pick-up, talk, wrap-up, tries to call back) and idle_s
    (on duty or in overtime, and not handling). Of a team whose agents hold several chats at once, each of an agent's
    places counts in all of these but overtime_s and paid_s.
    """
    import polars as pl

    time = Time(scenario, interval)
    time.add(logs)
    for calls in logs.blocks("attempts"):
        time.add_calls(calls)
    found = time.roster()
    number, width = found.paid.shape
    seconds = {
        "on_duty_s": found.on_duty - found.overtime,
        "overtime_s": found.overtime_of_agents,
        "break_s": found.breaks,
        "unavailable_s": found.unavailable,
        "paid_s": found.paid_to_agents,
        "handling_s": found.handling,
        "idle_s": found.on_duty - found.handling,
    }
    return pl.DataFrame(
        {
            "team": pl.Series(np.repeat(np.arange(number), width), dtype=pl.UInt32).cat.to(enums(scenario)["team"]),
            "start": np.tile(np.arange(width) * interval, number),
            **{name: values.ravel() for name, values in seconds.items()},
        }
    ).filter((pl.col("paid_s") > 0) | (pl.col("break_s") > 0))
