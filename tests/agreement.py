"""Whether two engines write the same log to the last bit, and the scenarios and tapes on which that is asked.

`scenarios()` speaks the whole language of scenario files, mostly in whole multiples of one length, so that openings,
shifts, breaks, timers and calls meet at the same moments. `AwkwardTape` does the same to what chance decides.
`disagreement` plays a scenario with both engines and says where they first differ.
"""

from __future__ import annotations

import marshal
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from itertools import pairwise, zip_longest
from pathlib import Path
from random import Random
from typing import Any, NamedTuple, get_type_hints
from zlib import crc32

import numpy as np
from hypothesis import strategies as st

from callsim.calllog import Attempt, Callback, Caller, Chunk, Duty, Leg, Try
from callsim.demand import Day, Floats, Tape
from callsim.engine import reference
from callsim.engine.state import MOST_TRANSFERS
from callsim.scenario import Scenario, load
from callsim.scenario.roster import stints
from callsim.scenario.timetable import DAY, spans_of_day

Engine = Callable[[Scenario, Tape], Iterator[Chunk]]
Row = tuple[float, ...]

# 1. Two logs are the same, or differ first somewhere.

LOGS = {"attempts": Attempt, "legs": Leg, "callers": Caller, "duties": Duty, "tries": Try, "callbacks": Callback}
"""The logs of a chunk and their rows."""


def disagreement(
    scenario: Scenario, tape: Tape, first: Engine = reference.simulate, second: Engine | None = None
) -> str | None:
    """Where two engines' logs first differ, in words; nothing where they are the same. The second is the compiled one
    unless said."""
    if second is None:
        from callsim.engine import compiled

        second = compiled.simulate
    return difference(first(scenario, tape), second(scenario, tape))


def difference(first: Iterator[Chunk], second: Iterator[Chunk]) -> str | None:
    """Where two logs first differ: by day, then by log, row and field."""
    for number, (one, other) in enumerate(zip_longest(first, second)):
        if one is None or other is None:
            return f"day {number}: only the {'second' if one is None else 'first'} log has this day"
        if one.day != other.day:
            return f"day {number}: the first log calls it {one.day}, the second {other.day}"
        for name in LOGS:
            found = _difference(name, rows(getattr(one, name)), rows(getattr(other, name)))
            if found is not None:
                return f"{name} of day {number}, {found}"
    return None


def rows(part: Any) -> list[Row]:
    """A log of a chunk as tuples of Python's own numbers: from such a list, or from a structured array."""
    if isinstance(part, np.ndarray):
        return list(part.tolist())
    if any(isinstance(value, np.generic) for row in part for value in row):
        return [tuple(value.item() if isinstance(value, np.generic) else value for value in row) for row in part]
    return list(part)


def _difference(name: str, first: Sequence[Row], second: Sequence[Row]) -> str | None:
    """The first row and field in which a log differs."""
    # The quick way: the same bytes are the same values.
    if marshal.dumps(first, 2) == marshal.dumps(second, 2):
        return None
    for number, (one, other) in enumerate(zip_longest(first, second)):
        if one is None or other is None:
            row, which = (other, "second") if one is None else (one, "first")
            return f"row {number}: only in the {which} log\n  {_spoken(name, row)}"
        for field, a, b in zip_longest(LOGS[name]._fields, one, other):
            if not _same(a, b, whole=_is_whole(name, field)):
                both = f"\n  {_spoken(name, one)}\n  {_spoken(name, other)}"
                return f"row {number}, field {field}: {a!r} in the first log, {b!r} in the second{both}"
    return None


def _same(one: Any, other: Any, *, whole: bool) -> bool:
    """Whole numbers of the same value, instants of the same bits; what is missing equals what is missing."""
    if one is None or other is None:
        return False
    return bool(one == other) if whole else float(one).hex() == float(other).hex()


@cache
def _is_whole(name: str, field: str) -> bool:
    return get_type_hints(LOGS[name]).get(field) is int


def _spoken(name: str, row: Row) -> str:
    return " ".join(f"{field}={value!r}" for field, value in zip(LOGS[name]._fields, row, strict=False))


# 2. Tapes on which many things happen at once.

CHANCES = {"key", "solved", "number_known", "redial_chance", "split", "hang_up", "accepts", "transfer", "resolved"}
CHANCES |= {"quality", "message", "reached"}
"""Columns of numbers in [0, 1); `kind` decides nothing, and all others are lengths of time, or multiples of one."""
LAST_ATTEMPT = 6
"""On an awkward tape nobody redials by chance after this attempt, and every need is met then."""
LAST_OFFER = 4
"""On an awkward tape the agent picks up at once after so many who did not: else time could stand nearly still."""


class Rule(NamedTuple):
    """How awkward a tape is: what becomes of its draws."""

    grid: float = 0.0
    """Seconds of which all times are multiples; with 0 they are as drawn."""
    equal: bool = False
    """All lengths of a column are the same, one to three times the grid."""
    zeros: int = 0
    """Every so many-th length is 0; with 0 none is."""
    dials: str = "as drawn"
    """Also `at edges`: a third of the callers dials when a queue opens or closes, or when an agent comes, leaves or
    has a break; `in crowds`: four grids' callers at once."""
    quarters: bool = False
    """Chances are multiples of a quarter, and so often exactly those of the scenario."""
    redials: float = 0.0
    """Everybody redials after so many seconds, if at all; with 0 that is a length like the others."""
    salt: int = 0


def on_grid(values: Floats, grid: float) -> Floats:
    """The nearest multiples."""
    return np.rint(values / grid) * grid if grid else values


def all_equal(values: Floats, length: float) -> Floats:
    """One length for all, but who never leaves never leaves."""
    return np.where(np.isinf(values), values, length)


def with_zeros(values: Floats, every: int, first: int) -> Floats:
    """Every so many-th is 0."""
    return np.where((np.arange(values.size) + first) % every == 0, 0.0, values) if every else values


def at_edges(values: Floats, edges: Floats, first: int) -> Floats:
    """Every third value is moved to the nearest edge."""
    if not edges.size:
        return values
    place = np.searchsorted((edges[:-1] + edges[1:]) / 2.0, values)
    return np.where((np.arange(values.size) + first) % 3 == 0, edges[place], values)


class AwkwardTape(Tape):
    """A tape whose draws are changed by a rule: the same interface, the same answers however often it is asked."""

    def __init__(self, scenario: Scenario, rule: Rule, seed: int = 1) -> None:
        super().__init__(scenario, seed, 0)
        self.rule = rule

    def day(self, number: int) -> Day:
        """The day's callers at their changed times, in order, counted anew within each source."""
        drawn, rule, midnight = super().day(number), self.rule, number * DAY
        width = rule.grid * (4.0 if rule.dials == "in crowds" else 1.0)
        times = drawn.dialled
        if width:
            times = midnight + np.floor((times - midnight) / width) * width
        if rule.dials == "at edges":
            times = at_edges(times, edges(self.scenario, number), rule.salt)
        order = np.argsort(times, kind="stable")
        source = drawn.source[order]
        ordinal = np.empty_like(drawn.ordinal)
        for place in range(len(self.sources)):
            own = source == place
            ordinal[own] = np.arange(own.sum())
        return Day(drawn.first, times[order], source, ordinal)

    def callers(self, number: int, day: Day, leg: int = 0) -> Any:
        return Block(self, super().callers(number, day, leg), day, 1, leg)

    def attempts(self, number: int, day: Day, attempt: int, leg: int = 0) -> Any:
        return Block(self, super().attempts(number, day, attempt, leg), day, attempt, leg)

    def tries(self, number: int, day: Day, number_of_try: int) -> Any:
        return Block(self, super().tries(number, day, number_of_try), day, number_of_try, 0)

    def chance(self, values: Floats) -> Floats:
        return np.floor(values * 4.0) / 4.0 if self.rule.quarters else values

    def absence(self, day: int) -> dict[str, Floats]:
        return {team: self.chance(values) for team, values in super().absence(day).items()}

    @cached_property
    def talks(self) -> Floats:
        """Mean talk by source, seconds."""
        return np.array([source.talk.mean for source in self.scenario.sources.values()])


def edges(scenario: Scenario, day: int) -> Floats:
    """The moments of a day at which hours, duties and breaks begin or end."""
    calendar, found = scenario.calendar, {day * DAY}
    weeks = [calendar.open, *(queue.open for queue in scenario.queues.values() if queue.open)]
    for near in (day - 1, day)[day == 0 :]:
        found |= {edge for week in weeks for span in spans_of_day(week, calendar, near) for edge in span[:2]}
        for stint in (stint for team in scenario.teams.values() for stint in stints(team, calendar, near)):
            found |= {stint.start, stint.end}
            found |= {edge for pause in stint.breaks for edge in (pause.start, pause.start + pause.lasts)}
    return np.array(sorted(edge for edge in found if day * DAY <= edge < (day + 1) * DAY))


class Block:
    """A block of the tape whose columns are changed when they are first asked for."""

    def __init__(self, tape: AwkwardTape, drawn: Any, day: Day, number: int, leg: int) -> None:
        self._tape, self._drawn, self._source = tape, drawn, day.source
        self._number, self._leg = number, leg

    def __getattr__(self, name: str) -> Any:
        column = getattr(self._drawn, name)
        if isinstance(column, Mapping):
            column = {owner: self._changed(name, owner, values) for owner, values in column.items()}
        elif name != "kind":
            column = self._changed(name, "", column)
        setattr(self, name, column)
        return column

    def _changed(self, name: str, owner: str, values: Floats) -> Floats:
        rule, tape = self._tape.rule, self._tape
        if name in CHANCES:
            return self._bounded(name, tape.chance(values))
        # Not by attempt: a patience may be kept.
        first = rule.salt + crc32(f"{name}/{owner}/{self._leg}".encode())
        if name == "work":
            return self._multiples(values, tape.talks[self._source], first)
        if name == "work_in":
            talk = tape.scenario.queues[owner].talk
            assert talk is not None
            return self._multiples(values, np.full(values.size, talk.mean), first)
        if name == "redial_delay" and rule.redials:
            return all_equal(values, rule.redials)
        return self._bounded(name, self._lengths(values, first))

    def _lengths(self, values: Floats, first: int) -> Floats:
        rule = self._tape.rule
        if rule.equal:
            values = all_equal(values, (1 + first % 3) * (rule.grid or 20.0))
        return with_zeros(on_grid(values, rule.grid), rule.zeros, first)

    def _multiples(self, values: Floats, means: Floats, first: int) -> Floats:
        """Lengths of talk as multiples of their mean."""
        lengths = self._lengths(values * means, first)
        return np.divide(lengths, means, out=np.ones_like(values), where=means > 0.0)

    def _bounded(self, name: str, values: Floats) -> Floats:
        """No story goes on for ever: what would be endless where all draws are the same has an end."""
        if name == "redial_chance" and self._number > LAST_ATTEMPT:
            return np.full_like(values, 0.999)
        if name == "resolved" and self._number > LAST_ATTEMPT:
            return np.zeros_like(values)
        if name == "pick_up" and self._leg >= LAST_OFFER * (MOST_TRANSFERS + 1):
            return np.zeros_like(values)
        return values


# 3. Scenarios of the whole language.

LENGTHS = (0, 1, 2, 3)
SHARES = ("25%", "50%", "75%", "100%")
TEAMS = ("desk", "aces", "night")
QUEUES = ("sales", "support", "orders")
PICKS = ("longest idle", "least busy", "in order", "round robin")
ANCHORS = (0, 4, 8, 10, 12, 16, 20, 24, 30)
"""Where hours, shifts and profiles begin and end, in units since the beginning of the day's busy time."""
OPEN_LAWS: tuple[Callable[[int], Any], ...] = (
    lambda mean: f"exponential {mean} s",
    lambda mean: f"uniform 0-{2 * mean} s",
    lambda mean: f"erlang 2 {mean} s",
    lambda mean: f"gamma {mean} s cv 0.7",
    lambda mean: f"lognormal {mean} s cv 0.9",
    lambda mean: f"weibull {mean} s shape 0.7",
    lambda mean: f"hyperexponential {mean} s cv 1.7",
    lambda mean: {"mix": ["25% 0 s", f"75% exponential {mean} s"]},
    lambda mean: f"empirical of 0 s; {mean} s; {2 * mean} s",
    lambda mean: "0-2 rings",
)
"""Laws that may well give less than their mean."""
LAWS = ((lambda mean: f"{mean} s"), *OPEN_LAWS)

Choose = Callable[[int], int]
"""Chooses one of so many possibilities; the first is the simplest."""


class Choices:
    """Ways to choose, all made of one."""

    def __init__(self, choose: Choose) -> None:
        self.choose = choose
        self.tastes: dict[str, int] = {}

    def pick(self, *options: Any) -> Any:
        return options[self.choose(len(options))]

    def yes(self, quarters: int = 2) -> bool:
        """With a chance of so many quarters."""
        return self.choose(4) >= 4 - quarters

    def likes(self, what: str) -> bool:
        """Whether there is such a thing here: some scenarios are full of it, and some have none."""
        if what not in self.tastes:
            self.tastes[what] = self.choose(4)
        return self.tastes[what] > 0 and self.yes(self.tastes[what] + 1)

    def some(self, names: Sequence[Any], number: int | None = None) -> list[Any]:
        """A number of different ones, or at least one, in any order."""
        left = list(names)
        number = 1 + self.choose(len(left)) if number is None else number
        return [left.pop(self.choose(len(left))) for _ in range(number)]


class Words(Choices):
    """Chooses the words of one scenario, in an order in which each is known when it is needed.

    Places to which callers are sent at once stand in an order and lead to later ones only: nobody goes in a circle.
    """

    def __init__(self, choose: Choose) -> None:
        super().__init__(choose)
        self.has_holidays = self.yes(1)
        self.has_sequels = self.yes(3)
        """Whether a story may go on after its first attempt."""
        self.unit = self.pick(20, 60, 300)
        self.start = self.pick(0, 9 * 3600, int(DAY) - 12 * self.unit)
        """Seconds since midnight at which the day's busy time begins; it may run past the next midnight."""
        self.has_never = self.yes(1 if self.has_sequels else 3)
        """Whether some callers never leave: then nobody is sent back and forth."""
        self.has_relief = self.yes(1)
        """Whether one team leaves when the next one comes."""
        self.is_busy = self.has_relief or self.yes(2)
        """Whether most callers come to queues that are open and staffed, and have the patience to wait there."""
        self.queues = QUEUES[: self.pick(1, 2, 3)]
        self.teams = TEAMS[: self.pick(*((2, 3) if self.has_relief else (1, 1, 2, 2, 3)))]
        self.vendors = ("night desk", "bureau")[: self.pick(0, 1, 2)]
        self.menus = ("main", "second")[: self.pick(0, 1, 2)]
        self.services = ("hours",)[: self.pick(0, 1)]
        self.has_voicemail, self.has_callbacks = self.yes(2), self.has_sequels and self.yes(2)
        self.chats = self.pick("no", "no", "no", "with calls", "only", "apart")
        """Whether people chat: to the same teams that others call, nobody calls, or to a team of their own."""
        self.has_voicemail &= self.chats in ("no", "apart")
        self.has_forms = self.has_callbacks and self.yes(2)
        self.calling = self.pick(*self.teams)
        """The team that calls back, if any does."""
        self.answers = bool(self.menus or self.services)
        """Whether something answers that is no person, so that patience on hold is needed."""
        queues = [f"queue {name}" for name in self.queues]
        machines = [f"menu {name}" for name in self.menus] + [f"self_service {name}" for name in self.services]
        self.places: list[str] = self.pick(
            machines + queues, queues + machines, self.some(queues + machines, len(queues + machines))
        )
        self.ends = ["hang up", *(f"vendor {name}" for name in self.vendors)]
        self.ends += ["voicemail"] * self.has_voicemail + ["callback"] * self.has_callbacks

    def lasts(self, *units: int) -> str:
        return f"{self.pick(*(units or LENGTHS)) * self.unit} s"

    def law(self, *units: int, of: Sequence[Callable[[int], Any]] = LAWS) -> Any:
        return self.pick(*of)(self.pick(*(units or (1, 2, 3))) * self.unit)

    def later(self, place: str) -> str:
        """Where callers may be sent at once."""
        found = self.places[self.places.index(place) + 1 :]
        return self.told(self.pick(*found, *found, *self.ends))

    def elsewhere(self, place: str) -> str:
        """Where they may be sent when time has passed: back as well, unless they would be for ever."""
        if self.has_never:
            return self.later(place)
        queues = [f"queue {name}" for name in self.queues]
        return self.told(self.pick(*(one for one in queues + self.places + self.ends if one != place)))

    def told(self, place: str) -> str:
        self.answers |= place in ("voicemail", "callback")
        return place

    # Times.

    def clock(self, units: int, *, ends: bool = False) -> str:
        seconds = self.start + units * self.unit
        seconds = seconds if ends and seconds == DAY else seconds % int(DAY)
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"

    def span(self, start: int, end: int) -> str:
        return f"{self.clock(start)}-{self.clock(end, ends=True)}"

    def cuts(self, number: int, among: Sequence[int] = ANCHORS) -> list[int]:
        """Some different moments, in order."""
        return sorted(self.some(among, number))

    def hours(self, *, holiday: bool) -> Any:
        if self.yes(1 if self.has_sequels else 2):
            return "always"
        cuts = self.pick([0, 30], [4, 30], [0, 10, 12, 30], self.cuts(2), self.cuts(4))
        if self.is_busy and self.yes(3):
            cuts = self.pick(*([0, 30], [0, 8], [0, 10, 12, 30]) if self.has_relief else ([0, 30], [2, 30]))
        spans = [self.span(*pair) for pair in zip(cuts[::2], cuts[1::2], strict=True)]
        days = self.pick({"every day": spans}, {"mon": spans, "tue": "closed", "wed-sun": spans}, {"mon-tue": spans})
        return days | ({"holiday": self.pick("closed", spans)} if holiday else {})

    # Parts.

    def text(self) -> str:
        teams = {name: self.team(number) for number, name in enumerate(self.teams)}
        parts: dict[str, Any] = {
            "calendar": self.calendar(),
            "queues": {name: self.queue(name, teams) for name in self.queues},
            "menus": {name: self.menu(f"menu {name}") for name in self.menus},
            "self_service": {name: self.service(f"self_service {name}") for name in self.services},
            "vendors": {name: self.vendor() for name in self.vendors},
            "teams": teams,
        }
        parts["sources"] = self.sources()
        if self.chats == "apart":
            parts["queues"]["talks"] = self.queue_of_chats()
            teams["chatters"] = self.team(2) | {"serves": ["talks"], "chats_at_once": self.pick(2, 3)}
            parts["sources"]["site"] = self.source("chat") | {"goes_to": "queue talks"}
        if self.has_forms:
            parts["sources"]["forms"] = self.source("form")
        if self.likes("lines"):
            parts["lines"] = self.pick(*((8, 5, 12) if self.is_busy else (3, 1, 2)))
        if self.yes(1):
            parts["day_to_day_variation"] = "50%"
        if self.vendors:
            parts |= {"currency": "EUR", "tariffs": {"flat": {"base": "1 EUR per month"}}}
        if self.has_voicemail:
            parts["voicemail"] = {"leaves": self.pick(*SHARES), "takes": self.lasts()}
        if self.has_callbacks:
            parts["callbacks"] = self.callbacks()
        return written({"name": "Everything at once", "ring": f"{self.unit} s"} | parts)

    def calendar(self) -> Any:
        found = {"start": "2026-03-02", "days": self.pick(1, 1, 2, 3), "open": self.hours(holiday=self.has_holidays)}
        if self.has_holidays:
            found["holidays"] = ["2026-03-03"]
        if self.yes(1):
            found["warm_up"] = f"{self.pick(5, 10) * self.unit} s"
        lengths = (None, None, "0 s", f"{10 * self.unit} s", "5 days" if self.has_never else "1 day")
        cool_down = self.pick(*lengths) if self.has_sequels or self.yes(1) else None
        return found | ({"cool_down": cool_down} if cool_down else {})

    def levels(self, names: Sequence[str]) -> list[Any]:
        """Names by preference: each a level of its own, or with the next one."""
        found: list[Any] = []
        for name in names:
            if found and self.yes(2):
                found[-1] = [*(found[-1] if isinstance(found[-1], list) else [found[-1]]), name]
            else:
                found.append(name)
        return found

    def team(self, number: int) -> Any:
        every = len(self.queues) if self.is_busy and self.yes(3) else None
        found = {"serves": self.levels(self.some(self.queues, every))}
        if self.has_relief and number < 2:
            found["agents"] = {"every day": {self.span(*((0, 10), (10, 30))[number]): self.pick(1, 1, 2)}}
        else:
            found |= {"shifts": self.shifts()} if self.likes("shifts") else {"agents": self.agents()}
        if self.yes(2):
            rings_out = self.likes("ringing out")
            found["answers_after"] = self.law(1, 1, 2, of=OPEN_LAWS if rings_out else LAWS)
            if rings_out:
                found |= {"no_answer_after": self.lasts(1, 2), "unavailable_for": self.lasts(1, 2, 4)}
        if self.yes(2):
            found["wrap_up"] = self.law()
        if self.likes("speed"):
            found["speed"] = self.pick(0.5, 1.5, 1.1)
        if (
            self.chats == "only"
            and self.yes(3)
            and not (self.has_callbacks and number == self.teams.index(self.calling))
        ):
            found["chats_at_once"] = self.pick(2, 3)
        if self.likes("absence"):
            found["absence"] = self.pick("25%", "50%")
        if self.has_sequels and self.likes("coming back"):
            found |= {"resolves": self.pick("50%", "75%"), "comes_back_after": self.law(1, 4)}
        return found

    def agents(self) -> Any:
        """Headcounts while open, by day, or by time; spans may meet."""
        form = self.pick("open", "open", "by day", "by time")
        if form == "open":
            return self.pick(1, 1, 2, 3, *[0] * (not self.has_sequels))
        if form == "by day":
            return {"mon": self.pick(1, 3), "tue": self.pick(0, 1, 2), "wed-sun": self.pick(2, 1)}
        spans = {self.span(*pair): self.pick(1, 2, 3, 0, 1) for pair in pairwise(self.cuts(self.pick(2, 3, 4)))}
        return self.pick({"every day": spans}, {"mon": spans, "wed-sun": spans})

    def shifts(self) -> Any:
        return [self.shift() for _ in range(self.pick(1, 2, 3))]

    def shift(self) -> Any:
        start, end = [0, 30] if self.is_busy and self.yes(2) else self.pick([0, 30], [0, 20], self.cuts(2))
        hours = "00:00-24:00" if self.yes(1) and not self.start else self.span(start, end)
        found = {
            "days": self.pick("every day", "every day", "every day", "mon-tue", "tue-sun", "holiday"),
            "hours": hours,
        }
        found["agents"] = self.pick(1, 1, 2)
        if self.likes("breaks"):
            within = range(start, end + 1)
            cuts = self.cuts(self.pick(2, 4) if len(within) > 4 else 2, within)
            found["breaks"] = [
                {"at": self.clock(at), "lasts": f"{(until - at) * self.unit} s", "paid": self.yes(2)}
                for at, until in zip(cuts[::2], cuts[1::2], strict=True)
            ]
        return found

    def queue(self, name: str, teams: Mapping[str, Any]) -> Any:
        place = f"queue {name}"
        serving = [team for team, rules in teams.items() if name in flat(rules["serves"])]
        found = {"pick": self.pick(*PICKS), "at_closing": self.pick("serve", "serve", "closed")}
        if self.likes("own hours"):
            found["open"] = self.hours(holiday=self.has_holidays)
        if self.yes(2):
            machines = [one for one in self.places[self.places.index(place) + 1 :] if not one.startswith("queue")]
            found["closed"] = self.pick(*machines) if machines and self.yes(2) else self.later(place)
        if self.likes("room"):
            found |= {"room_for": self.pick(2, 0, 1, 3), "full": self.later(place)}
        if self.likes("greeting"):
            self.answers = True
            found["answers_after"] = self.lasts()
        if self.likes("own talk"):
            found["talk"] = self.law()
        if self.likes("priority"):
            found["priority"] = self.pick(1, 2)
        if serving and self.likes("ranks"):
            found["teams"] = self.levels(self.some(serving, len(serving)))
        return found | self.moves(place, alone=not serving)

    def queue_of_chats(self) -> Any:
        """One to which nobody calls."""
        closed = self.pick("hang up", "callback") if self.has_callbacks else "hang up"
        found = {"pick": self.pick(*PICKS), "at_closing": self.pick("serve", "closed"), "closed": closed}
        if self.likes("room"):
            found["room_for"] = self.pick(2, 0, 1)
        return found | ({"open": self.hours(holiday=self.has_holidays)} if self.yes(1) else {})

    def moves(self, place: str, *, alone: bool) -> Any:
        """How callers leave the queue without hanging up."""
        found: dict[str, Any] = {}
        rules = (
            [self.overflow(place) for _ in range(self.pick(1, 2, 3))]
            if self.has_relief or self.likes("overflow")
            else []
        )
        if alone and not rules:
            rules = [self.overflow(place)]
        if rules:
            found["overflow"] = rules
        if self.has_sequels and self.chats in ("no", "apart") and self.likes("kept places"):
            self.answers = True
            found["offer_callback"] = {"after": self.lasts(), "accepts": self.pick(*SHARES)}
        if self.likes("transfer"):
            self.answers = True
            found["transfer"] = {"chance": self.pick(*SHARES), "to": f"queue {self.pick(*self.queues)}"}
        return found

    def overflow(self, place: str) -> Any:
        """A rule: at once to what comes later, with time to any other place."""
        units = None if self.yes(3 if self.has_relief else 1) else self.pick(1, 2, 3, 0)
        found: dict[str, Any] = {"when": "nobody on duty"} if units is None else {"after": f"{units * self.unit} s"}
        ahead = self.places if units and not self.has_never else self.places[self.places.index(place) + 1 :]
        others = [one for one in ahead if one != place and one.startswith("queue ")]
        if others and self.likes("waiting in two queues"):
            return found | {"also": self.pick(*others)}
        return found | {"to": self.elsewhere(place) if units else self.later(place)}

    def menu(self, place: str) -> Any:
        shares = self.pick(("100%",), ("50%", "50%"), ("25%", "50%", "25%"))
        found = {"answers_after": self.lasts(0, 1, 2), "prompt": self.law(), "hangs_up": self.pick("0%", "25%", "50%")}
        return found | {"keys": [{"share": share, "to": self.later(place)} for share in shares]}

    def service(self, place: str) -> Any:
        return {"takes": self.law(), "resolves": self.pick(*SHARES), "otherwise": self.later(place)}

    def vendor(self) -> Any:
        found = {"answers_after": self.law(), "tariff": "flat", "quality": self.pick(*SHARES, "100%")}
        if self.likes("operators"):
            found["operators"] = self.pick(1, 2)
        if self.likes("vendor's lines"):
            found["lines"] = self.pick(1, 2, 3)
        if self.yes(1):
            found["speed"] = self.pick(0.5, 1.1)
        if self.yes(2):
            found["wrap_up"] = self.law()
        return found | {"takes_message": self.yes(1), "releases_line": self.yes(2)}

    def callbacks(self) -> Any:
        return {
            "for": self.some(("missed", "voicemail", "unserved")) + ["form"] * self.has_forms,
            "by": self.calling,
            "number_known": self.pick(*SHARES, "100%"),
            "reaches": self.pick(*SHARES),
            "tries": {"at_most": self.pick(1, 2, 3), "every": self.lasts(1, 5, 0)},
            "no_answer_takes": self.lasts(),
        }

    def sources(self) -> Any:
        found = {name: self.source(self.channel()) for name in ("ads", "web", "post")[: self.pick(1, 2, 3)]}
        for source in found.values():
            if source["channel"] == "call" and (self.answers or self.yes(3)):
                source["hangs_up_waiting"] = self.patience()
        return found

    def channel(self) -> str:
        if self.chats == "with calls":
            return str(self.pick("call", "chat"))
        return "chat" if self.chats == "only" else "call"

    def source(self, channel: str) -> Any:
        talk = self.law(*((2, 3, 6) if self.is_busy else (1, 2, 4)))
        found = self.volume() | {"channel": channel, "talk": talk}
        if self.yes(1):
            found["kinds"] = {"new": "50%", "existing": "25%", "junk": "25%"}
        if channel == "form":
            return found
        found["hangs_up_waiting" if channel == "chat" else "hangs_up_ringing"] = self.patience()
        found["goes_to"] = self.ways()
        if channel == "call" and "vendor" in str(found["goes_to"]):
            found["uses_line"] = self.yes(2)
        if self.has_sequels and self.yes(3):
            found["redial"] = self.redial()
            found["patience_on_redial"] = self.pick("redrawn", "kept")
        return found

    def volume(self) -> Any:
        if self.yes(1):
            return {"callers": f"{self.pick(1, 3)} per hour"}
        cuts = self.pick([0, 10, 20], [0, 10, 30], [0, 10, 30] if self.is_busy else self.cuts(3))
        weights = dict(zip(cuts, (1, self.pick(1, 5), 0), strict=True))
        found = {
            "callers": f"{self.pick(*((20, 40, 60, 100) if self.is_busy else (5, 20, 40)))} per day",
            "calls_by_hour": dict(sorted((self.clock(at), weight) for at, weight in weights.items())),
        }
        return found | ({"weekdays": {"mon": 2, "tue": self.pick(0, 0.5)}} if self.yes(1) else {})

    def patience(self) -> Any:
        if self.has_never and self.yes(3):
            return self.pick("never", {"mix": ["50% never", f"50% exponential {self.unit} s"]})
        return self.law(*((8, 4, 16) if self.is_busy else (4, 1, 2, 8)))

    def ways(self) -> Any:
        queues = [f"queue {name}" for name in self.queues]
        places = queues if self.is_busy or self.yes(1) else queues + self.places + self.ends
        shares = self.pick(("100%",), ("100%",), ("50%", "50%"), ("25%", "50%", "25%"), ("25%", "75%"))
        ways = [(share, self.told(self.pick(*places))) for share in shares]
        if len(ways) == 1:
            return ways[0][1]
        return dict(ways) if len(ways) == len(set(shares)) else [{"share": share, "to": to} for share, to in ways]

    def redial(self) -> Any:
        at_most = self.pick(1, 0, 2, 3, "never")
        last = self.pick(*(SHARES if at_most != "never" else SHARES[:2]))
        by_attempt = [self.pick(*SHARES), last]
        chance = self.pick(by_attempt, {"abandoned": last, "closed": by_attempt}, {"blocked": last, "closed": last})
        return {"chance": chance, "after": self.law(1, 2, 5), "at_most": at_most}


def flat(levels: Sequence[Any]) -> list[str]:
    return [name for level in levels for name in (level if isinstance(level, list) else [level])]


def written(parts: Mapping[str, Any]) -> str:
    """A scenario file: sections and their entries on lines of their own, what is in them in one."""
    lines = []
    for name, part in parts.items():
        if isinstance(part, dict) and all(isinstance(entry, dict) for entry in part.values()):
            lines += [f"{name}:", *(f"  {key}: {flow(entry)}" for key, entry in part.items())] if part else []
        else:
            lines.append(f"{name}: {flow(part)}")
    return "\n".join(lines) + "\n"


def flow(value: Any) -> str:
    """A value in one line of YAML: none of the words here needs quotes."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flow(entry)}" for key, entry in value.items()) + "}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(flow, value))}]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def understood(text: str) -> Scenario:
    """The scenario of a file with this text."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "scenario.yaml")
        path.write_text(text)
        return load(path).variants["base"]


class Case(NamedTuple):
    """A scenario and what becomes of its tape's draws."""

    text: str
    rule: Rule | None
    """None: they stay as drawn, on a plain tape."""
    seed: int

    def __repr__(self) -> str:
        return f"Case({self.rule}, seed={self.seed}):\n{self.text}"

    def read(self) -> tuple[Scenario, Tape]:
        scenario = understood(self.text)
        if self.rule is None:
            return scenario, Tape(scenario, self.seed, 0)
        return scenario, AwkwardTape(scenario, self.rule, self.seed)


def rule(of: Choices, unit: int) -> Rule | None:
    """What becomes of a tape's draws; every fifth stays as it is."""
    if not of.choose(5):
        return None
    return Rule(
        grid=of.pick(float(unit), 1.0, float(unit), 2.0 * unit, 0.0),
        equal=of.yes(1),
        zeros=of.pick(0, 0, 2, 5),
        dials=of.pick("as drawn", "at edges", "in crowds"),
        quarters=of.yes(2),
        redials=of.pick(0.0, 0.0, 60.0, 300.0),
        salt=of.choose(1000),
    )


def case(choose: Choose) -> Case:
    words = Words(choose)
    return Case(words.text(), rule(words, words.unit), choose(1000))


def numbered(number: int) -> Case:
    """One of endlessly many cases, each with a number, all equally likely to have this or that in them."""
    return case(Random(number).randrange)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """The same for hypothesis, which finds the simplest one that fails."""
    return case(lambda number: draw(_among(number)))


@st.composite
def scenarios(draw: st.DrawFn) -> str:
    """Texts of scenario files."""
    return Words(lambda number: draw(_among(number))).text()


_among = cache(lambda number: st.integers(0, number - 1))
