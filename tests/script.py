"""Days written by hand: a tape whose dials and draws a test says, and the log of such a day in words.

`play` takes changes to a plain shop (one source, one queue, one agent, always open, talks of 60 s, nobody ever hangs
up) and the dials; everything that chance would decide has a plain value unless the test says otherwise.
"""

from __future__ import annotations

import math
import tempfile
import textwrap
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple, cast

import numpy as np

from callsim.calllog import Attempt, Caller, Chunk, Duty, Outcome, Reason, Resolution
from callsim.demand import AttemptDraws, CallerDraws, Day, Floats, Tape
from callsim.engine import simulate
from callsim.scenario import Scenario, load
from callsim.scenario.timetable import DAY
from callsim.scenario.vocabulary import KINDS

SHOP = """
name: A plain shop
calendar: {start: 2026-03-02, days: 1, open: always}   # a Monday
sources:
  ads: {callers: 1 per hour, goes_to: queue sales, hangs_up_ringing: never, hangs_up_waiting: never, talk: 60 s}
queues: {sales: {}}
teams: {desk: {serves: [sales], agents: 1}}
"""
WEB = """
sources:
  web: {callers: 1 per hour, goes_to: queue sales, hangs_up_ringing: never, hangs_up_waiting: never, talk: 60 s}
"""
"""A second source like the first."""
SUPPORT = """
sources:
  help: {callers: 1 per hour, goes_to: queue support, hangs_up_ringing: never, hangs_up_waiting: never, talk: 60 s}
queues: {support: {}}
teams: {helpers: {serves: [support], agents: 1}}
"""
"""A second queue with a source and a team of its own."""

Given = Any
"""A column: one value for all, a list by caller, a map from caller to value; where columns belong to a menu, a team
and so on, also a map from its name to such a column. A list in the place of a caller's value goes by attempt, and
its last value holds on."""


def scenario(*texts: str) -> Scenario:
    """The plain shop with changes: YAML texts, each merged onto what stands before it."""
    with tempfile.TemporaryDirectory() as folder:
        for place, text in enumerate((SHOP, *texts)):
            extends = f"extends: {place - 1}.yaml\n" if place else ""
            Path(folder, f"{place}.yaml").write_text(extends + textwrap.dedent(text))
        return load(Path(folder, f"{len(texts)}.yaml")).variants["base"]


class Columns:
    """A block of the tape: attributes are columns, or maps from names to columns."""

    def __init__(self, **columns: Any) -> None:
        self.__dict__.update(columns)


class Script(Tape):
    """A tape that says what the test says.

    `dials` are first dials, in order: (time, name of the source), or a time for the first source. Callers are
    counted in that order. Without a word the laws give their means (a constant is its own), nobody hangs up in a
    prompt, everybody presses the first key, is helped by self-service, and redials where there is a chance at all.
    """

    def __init__(self, scenario: Scenario, dials: Sequence[float | tuple[float, str]], **given: Given) -> None:
        sources = list(scenario.sources)
        named = [dial if isinstance(dial, tuple) else (dial, sources[0]) for dial in dials]
        assert all(a[0] <= b[0] for a, b in pairwise(named)), "dials stand in their order"
        self.scenario = scenario
        self.dials = [float(time) for time, _ in named]
        self.source_of = [name for _, name in named]
        self.days = [int(time // DAY) for time in self.dials]
        self.given = given
        unknown = set(given) - {"kind", "work", "work_in", "key", "solved", "ring_patience", "hold_patience", "prompt"}
        unknown -= {"redial_chance", "redial_delay", "hang_up", "takes", "pick_up", "wrap_up"}
        assert not unknown, f"no such columns: {unknown}"

    def identity(self, caller: int) -> tuple[str, int, int]:
        """Source, day and ordinal of a caller."""
        who = list(zip(self.source_of, self.days, strict=True))
        return *who[caller], who[:caller].count(who[caller])

    def day(self, number: int) -> Day:
        here = self._born(number)
        places = [list(self.scenario.sources).index(self.source_of[caller]) for caller in here]
        return Day(
            number << 32,
            np.array([self.dials[caller] for caller in here], dtype=np.float64),
            np.array(places, dtype=np.int64),
            np.array([self.identity(caller)[2] for caller in here], dtype=np.int64),
        )

    def callers(self, number: int, day: Day) -> CallerDraws:
        queues = [name for name, queue in self.scenario.queues.items() if queue.talk is not None]
        columns = Columns(
            kind=self._column("kind", number, 1, lambda _: 0).astype(np.int64),
            work=self._column("work", number, 1, lambda _: 1.0),
            work_in=self._owned("work_in", queues, number, 1, lambda _: 1.0),
            key=self._owned("key", self.scenario.menus, number, 1, lambda _: 0.0),
            solved=self._owned("solved", self.scenario.self_service, number, 1, lambda _: 0.0),
        )
        return cast(CallerDraws, columns)

    def attempts(self, number: int, day: Day, attempt: int) -> AttemptDraws:
        of, at = self.scenario, (number, attempt)
        picks_up = {name: team.answers_after for name, team in of.teams.items() if team.answers_after is not None}
        wraps_up = {name: team.wrap_up for name, team in of.teams.items() if team.wrap_up is not None}
        columns = Columns(
            ring_patience=self._column("ring_patience", *at, self._ring_patience),
            hold_patience=self._column("hold_patience", *at, self._hold_patience),
            redial_chance=self._column("redial_chance", *at, lambda _: 0.0),
            redial_delay=self._column("redial_delay", *at, self._redial_delay),
            prompt=self._owned("prompt", of.menus, *at, lambda name: of.menus[name].prompt.mean),
            hang_up=self._owned("hang_up", of.menus, *at, lambda _: 0.999),
            takes=self._owned("takes", of.self_service, *at, lambda name: of.self_service[name].takes.mean),
            pick_up=self._owned("pick_up", picks_up, *at, lambda name: picks_up[name].mean),
            wrap_up=self._owned("wrap_up", wraps_up, *at, lambda name: wraps_up[name].mean),
        )
        return cast(AttemptDraws, columns)

    def _born(self, number: int) -> list[int]:
        return [caller for caller, day in enumerate(self.days) if day == number]

    def _ring_patience(self, source: str) -> float:
        return self.scenario.sources[source].hangs_up_ringing.mean

    def _hold_patience(self, source: str) -> float:
        law = self.scenario.sources[source].hangs_up_waiting
        return math.inf if law is None else law.mean

    def _redial_delay(self, source: str) -> float:
        redial = self.scenario.sources[source].redial
        return math.inf if redial is None else redial.after.mean

    def _column(self, name: str, number: int, attempt: int, plain: Callable[[str], float]) -> Floats:
        return self._values(self.given.get(name), number, attempt, plain)

    def _owned(
        self, name: str, owners: Mapping[str, Any] | Sequence[str], number: int, attempt: int,
        plain: Callable[[str], float],
    ) -> dict[str, Floats]:  # fmt: skip
        given = self.given.get(name)
        parts = given if isinstance(given, Mapping) and all(isinstance(key, str) for key in given) else None
        return {
            owner: self._values(
                given if parts is None else parts.get(owner), number, attempt, self._always(plain(owner))
            )
            for owner in owners
        }

    def _always(self, value: float) -> Callable[[str], float]:
        return lambda _: value

    def _values(self, given: Given, number: int, attempt: int, plain: Callable[[str], float]) -> Floats:
        values = []
        for caller in self._born(number):
            value = given
            if isinstance(given, Mapping):
                value = given.get(caller)
            elif isinstance(given, list):
                value = given[caller]
            if isinstance(value, list):
                value = value[min(attempt, len(value)) - 1]
            values.append(plain(self.source_of[caller]) if value is None else value)
        return np.array(values, dtype=np.float64)


Row = Any
"""An Attempt, a Caller or a Duty with names for places and None for what never happened."""


class Played(NamedTuple):
    """What happened."""

    rows: list[list[Row]]
    """By caller, then in the order of the log."""
    callers: list[list[Row]]
    """By caller: one row, if the engine is right."""
    duties: list[Row]
    """By team and slot, then in time."""
    chunks: list[Chunk]

    def call(self, caller: int, attempt: int = 1) -> Row:
        (row,) = [row for row in self.rows[caller] if row.attempt == attempt]
        return row

    @property
    def told(self) -> list[list[str]]:
        """Each caller's attempts in words."""
        return [[tell(row) for row in rows] for rows in self.rows]

    @property
    def first(self) -> list[str]:
        """Each caller's first attempt in words."""
        return [tell(self.call(caller)) for caller in range(len(self.rows))]

    @property
    def stories(self) -> list[str]:
        """Each caller's story in words."""
        return [tell_story(row) for (row,) in self.callers]

    @property
    def shifts(self) -> list[str]:
        """All duties in words."""
        return [f"{d.team}/{d.slot}: {d.came:.10g} to {d.due:.10g}, went {d.went:.10g}" for d in self.duties]


def play(*texts: str, dials: Sequence[float | tuple[float, str]], **given: Given) -> Played:
    """Play a day in the plain shop with changes."""
    return perform(scenario(*texts), dials, **given)


def perform(of: Scenario, dials: Sequence[float | tuple[float, str]], **given: Given) -> Played:
    """Play a script in a scenario."""
    script = Script(of, dials, **given)
    return log_of(of, simulate(of, script), [script.identity(caller) for caller in range(len(script.dials))])


def log_of(of: Scenario, days: Any, who: Sequence[tuple[str, int, int]]) -> Played:
    """The chunks as rows with names, by caller: `who` says which callers, each by source, day and ordinal."""
    chunks = list(days)
    attempts = [_named(Attempt(*row), of) for chunk in chunks for row in chunk.attempts]
    callers = [_named(Caller(*row), of) for chunk in chunks for row in chunk.callers]
    duties = [_named(Duty(*row), of) for chunk in chunks for row in chunk.duties]
    place = {name: place for place, name in enumerate(of.teams)}
    return Played(
        [[row for row in attempts if row[:3] == known] for known in who],
        [[row for row in callers if row[:3] == known] for known in who],
        sorted(duties, key=lambda duty: (place[duty.team], duty.slot, duty.came)),
        chunks,
    )


def _named(row: Any, of: Scenario) -> Row:
    names = {
        "source": list(of.sources),
        "kind": list(KINDS),
        "first_queue": list(of.queues),
        "last_queue": list(of.queues),
        "team": list(of.teams),
        "outcome": _words(Outcome),
        "reason": _words(Reason),
        "resolution": _words(Resolution),
    }
    values = {name: _value(value, names.get(name)) for name, value in row._asdict().items()}
    return type(row)(**values)


def _words(numbers: type) -> list[str]:
    return [name.lower() for name in vars(numbers) if name.isupper()]


def _value(value: float, names: list[str] | None) -> float | str | None:
    if value != value or value == -1:
        return None
    return value if names is None else names[int(value)]


def tell(row: Row) -> str:
    """An attempt in one line: its instants in their order, then how it ended, where that is new, and why."""
    words = {"asked": f" {row.first_queue}", "matched": f" {row.team}/{row.slot}"}
    instants = ("dialled", "greeted", "asked", "matched", "answered", "left", "freed")
    happened = [(getattr(row, name), name) for name in instants if getattr(row, name) is not None]
    happened.sort(key=lambda instant: instant[0])
    line = ", ".join(f"{name}{words.get(name, '')} {time:.10g}" for time, name in happened)
    known = row.first_queue if row.asked is not None else None
    where = f" at {row.last_queue}" if row.last_queue != known else ""
    why = f" ({row.reason})" if row.reason != "none" else ""
    return f"{line}: {row.outcome}{where}{why}"


def tell_story(row: Row) -> str:
    """A caller's story in one line."""
    resolved = "" if row.resolved is None else f" {row.resolved:.10g}"
    asked = f"asked {row.asked}" if row.first_queue is None else f"asked {row.asked} ({row.first_queue})"
    missed = "" if row.missed is None else f", missed {row.missed:.10g}"
    return f"{row.resolution}{resolved}: attempts {row.attempts}, {asked}, waited {row.waited:.10g}{missed}"
