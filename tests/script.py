"""Days written by hand: a tape whose dials and draws a test says, and the log of such a day in words.

`play` takes changes to a plain shop (one source, one queue, one agent, always open, talks of 60 s, nobody ever hangs
up) and the dials; everything that chance would decide has a plain value unless the test says otherwise.
"""

from __future__ import annotations

import math
import tempfile
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple, cast

import numpy as np
from agreement import difference

from callsim.calllog import (
    Activity,
    Attempt,
    Callback,
    CallbackCause,
    CallbackEnd,
    Caller,
    Chunk,
    Duty,
    Leg,
    Outcome,
    Reason,
    Resolution,
    Try,
)
from callsim.demand import AttemptDraws, CallerDraws, Day, Floats, Tape, TryDraws
from callsim.engine import simulate
from callsim.engine.cache import numba_version
from callsim.engine.state import MOST_TRANSFERS
from callsim.laws import Law
from callsim.scenario import Scenario, load
from callsim.scenario.roster import slots_of
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
and so on, also a map from its name to such a column. A list in the place of a caller's value goes by attempt, in the
columns of tries by try, and its last value holds on. `Legs` in the place of any of these go by leg."""


class Legs:
    """Values by leg of a call, the first before any transfer; the last holds on, and None is the plain one.

    An agent who does not answer counts as a leg for the next one's pick-up and wrap-up.

    `work=Legs(1.0, 2.0)` for everybody, `wrap_up={3: [Legs(10, 20), 30]}` for the first attempt of caller 3.
    """

    def __init__(self, *values: Given) -> None:
        self.values = values


def _on_leg(given: Given, leg: int) -> Given:
    place = sum(divmod(leg, MOST_TRANSFERS + 1))
    return given.values[min(place, len(given.values) - 1)] if isinstance(given, Legs) else given


class Block(NamedTuple):
    """Which part of the tape is asked for: born on a day, of a number of attempt (or try) and of leg."""

    day: int
    attempt: int
    leg: int = 0


@cache
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


COLUMNS = {
    *("kind", "work", "work_in", "key", "solved", "number_known"),
    *("ring_patience", "hold_patience", "redial_chance", "redial_delay", "split", "prompt", "hang_up", "takes"),
    *("accepts", "transfer", "pick_up", "wrap_up", "resolved", "comes_back"),
    *("vendor_answer", "vendor_wrap_up", "quality", "message"),
    *("reached", "try_wrap_up"),
}


class Script(Tape):
    """A tape that says what the test says.

    `dials` are first dials, in order: (time, name of the source), or a time for the first source. Callers are
    counted in that order. Without a word the laws give their means (a constant is its own), nobody hangs up in a
    prompt, everybody presses the first key, is helped by self-service, and redials where there is a chance at all;
    everybody takes the first way of a split, accepts an offer, has a number that is known, leaves a message, is
    reached by the first try and has the need met; nobody is put through. All agents come: `absence` says by team and
    day which slots do not, `{"desk": {0: [1]}}`. The wrap-up of a try to call back is `try_wrap_up`.
    """

    def __init__(
        self,
        scenario: Scenario,
        dials: Sequence[float | tuple[float, str]],
        *,
        absence: Mapping[str, Mapping[int, Sequence[int]]] | None = None,
        **given: Given,
    ) -> None:
        sources = list(scenario.sources)
        named = [dial if isinstance(dial, tuple) else (dial, sources[0]) for dial in dials]
        assert all(a[0] <= b[0] for a, b in pairwise(named)), "dials stand in their order"
        self.scenario = scenario
        self.dials = [float(time) for time, _ in named]
        self.source_of = [name for _, name in named]
        self.days = [int(time // DAY) for time in self.dials]
        self.given = given
        self.absent = absence or {}
        assert set(given) <= COLUMNS, f"no such columns: {set(given) - COLUMNS}"
        assert all(scenario.teams[team].absence for team in self.absent), "only who may be absent can be absent"

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

    def callers(self, number: int, day: Day, leg: int = 0) -> CallerDraws:
        of, at = self.scenario, Block(number, 1, leg)
        columns = Columns(
            kind=self._column("kind", at, lambda _: 0).astype(np.int64),
            work=self._column("work", at, lambda _: 1.0),
            work_in=self._chances("work_in", at, [name for name, queue in of.queues.items() if queue.talk], 1.0),
            key=self._chances("key", at, of.menus, 0.0),
            solved=self._chances("solved", at, of.self_service, 0.0),
            number_known=self._column("number_known", at, lambda _: 0.0),
        )
        return cast(CallerDraws, columns)

    def attempts(self, number: int, day: Day, attempt: int, leg: int = 0) -> AttemptDraws:
        of, at = self.scenario, Block(number, attempt, leg)
        menus, teams, vendors = of.menus.items(), of.teams.items(), of.vendors.items()
        columns = Columns(
            ring_patience=self._column("ring_patience", at, self._ring_patience),
            hold_patience=self._column("hold_patience", at, self._hold_patience),
            redial_chance=self._column("redial_chance", at, lambda _: 0.0),
            redial_delay=self._column("redial_delay", at, self._redial_delay),
            split=self._column("split", at, lambda _: 0.0),
            prompt=self._lengths("prompt", at, {name: menu.prompt for name, menu in menus}),
            hang_up=self._chances("hang_up", at, of.menus, 0.999),
            takes=self._lengths("takes", at, {name: item.takes for name, item in of.self_service.items()}),
            accepts=self._chances("accepts", at, [name for name, one in of.queues.items() if one.offer_callback], 0.0),
            transfer=self._chances("transfer", at, [name for name, one in of.queues.items() if one.transfer], 0.999),
            pick_up=self._lengths("pick_up", at, {name: team.answers_after for name, team in teams}),
            wrap_up=self._lengths("wrap_up", at, {name: team.wrap_up for name, team in teams}),
            resolved=self._column("resolved", at, lambda _: 0.0),
            comes_back=self._lengths("comes_back", at, {name: team.comes_back_after for name, team in teams}),
            vendor_answer=self._lengths("vendor_answer", at, {name: one.answers_after for name, one in vendors}),
            vendor_wrap_up=self._lengths("vendor_wrap_up", at, {name: one.wrap_up for name, one in vendors}),
            quality=self._chances("quality", at, of.vendors, 0.0),
            message=self._column("message", at, lambda _: 0.0),
        )
        return cast(AttemptDraws, columns)

    def tries(self, number: int, day: Day, number_of_try: int) -> TryDraws:
        at = Block(number, number_of_try)
        wrap_ups = {name: team.wrap_up for name, team in self.scenario.teams.items()}
        columns = Columns(
            reached=self._column("reached", at, lambda _: 0.0),
            wrap_up=self._lengths("try_wrap_up", at, wrap_ups),
        )
        return cast(TryDraws, columns)

    def absence(self, day: int) -> dict[str, Floats]:
        found = {name: np.full(slots_of(team), 0.999) for name, team in self.scenario.teams.items() if team.absence}
        for name, slots in found.items():
            slots[list(self.absent.get(name, {}).get(day, []))] = 0.0
        return found

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

    def _lengths(self, name: str, at: Block, laws: Mapping[str, Law | None]) -> dict[str, Floats]:
        """Columns by owner, for those with a law."""
        return {
            owner: self._values(name, self._of_owner(name, at, owner), at, self._always(law.mean))
            for owner, law in laws.items()
            if law is not None
        }

    def _chances(self, name: str, at: Block, owners: Iterable[str], plain: float) -> dict[str, Floats]:
        """Columns by owner, with one plain value."""
        return {owner: self._values(name, self._of_owner(name, at, owner), at, self._always(plain)) for owner in owners}

    def _of_owner(self, name: str, at: Block, owner: str) -> Given:
        given = _on_leg(self.given.get(name), at.leg)
        by_owner = isinstance(given, Mapping) and all(isinstance(key, str) for key in given)
        return given.get(owner) if by_owner else given

    def _always(self, value: float) -> Callable[[str], float]:
        return lambda _: value

    def _column(self, name: str, at: Block, plain: Callable[[str], float]) -> Floats:
        return self._values(name, self.given.get(name), at, plain)

    def _values(self, name: str, given: Given, at: Block, plain: Callable[[str], float]) -> Floats:
        values = []
        for caller in self._born(at.day):
            source = self.source_of[caller]
            kept = name.endswith("patience") and self.scenario.sources[source].patience_on_redial == "kept"
            value = self._value(given, caller, at._replace(attempt=1) if kept else at)
            values.append(plain(source) if value is None else value)
        return np.array(values, dtype=np.float64)

    def _value(self, given: Given, caller: int, at: Block) -> float | None:
        value = _on_leg(given, at.leg)
        if isinstance(value, Mapping):
            value = value.get(caller)
        elif isinstance(value, list):
            value = value[caller]
        value = _on_leg(value, at.leg)
        if isinstance(value, list):
            value = value[min(at.attempt, len(value)) - 1]
        return cast("float | None", _on_leg(value, at.leg))


Row = Any
"""A row of the log with names for places and None for what never happened."""


class Played(NamedTuple):
    """What happened."""

    rows: list[list[Row]]
    """By caller, then in the order of the log."""
    callers: list[list[Row]]
    """By caller: one row, if the engine is right."""
    duties: list[Row]
    """By team and slot, then in time."""
    leg_rows: list[list[Row]]
    """By caller, then in the order of the log, like those that follow."""
    try_rows: list[list[Row]]
    job_rows: list[list[Row]]
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
    def legs(self) -> list[list[str]]:
        """Each caller's legs, and offers to agents who did not answer, in words."""
        return [[tell_leg(row) for row in rows] for rows in self.leg_rows]

    @property
    def tries(self) -> list[list[str]]:
        """Each caller's tries to be called back in words."""
        return [[tell_try(row) for row in rows] for rows in self.try_rows]

    @property
    def jobs(self) -> list[list[str]]:
        """Each caller's callbacks in words."""
        return [[tell_job(row) for row in rows] for rows in self.job_rows]

    @property
    def shifts(self) -> list[str]:
        """All duties in words."""
        return [tell_duty(row) for row in self.duties]


def play(*texts: str, dials: Sequence[float | tuple[float, str]], **given: Given) -> Played:
    """Play a day in the plain shop with changes."""
    return perform(scenario(*texts), dials, **given)


def perform(of: Scenario, dials: Sequence[float | tuple[float, str]], **given: Given) -> Played:
    """Play a script in a scenario, on both engines where there are two: their logs are the same."""
    script = Script(of, dials, **given)
    days = list(simulate(of, script, "simpy"))
    if numba_version() is not None:
        assert difference(iter(days), simulate(of, script, "compiled")) is None
    return log_of(of, days, [script.identity(caller) for caller in range(len(script.dials))])


def log_of(of: Scenario, days: Any, who: Sequence[tuple[str, int, int]]) -> Played:
    """The chunks as rows with names, by caller: `who` says which callers, each by source, day and ordinal."""
    chunks = list(days)
    rows = {kind: [_named(kind(*row), of) for chunk in chunks for row in getattr(chunk, part)] for part, kind in _KINDS}
    place = {name: place for place, name in enumerate(of.teams)}

    def by_caller(kind: type) -> list[list[Row]]:
        return [[row for row in rows[kind] if row[:3] == known] for known in who]

    return Played(
        rows=by_caller(Attempt),
        callers=by_caller(Caller),
        duties=sorted(rows[Duty], key=lambda duty: (place[duty.team], duty.slot, duty.came)),
        leg_rows=by_caller(Leg),
        try_rows=by_caller(Try),
        job_rows=by_caller(Callback),
        chunks=chunks,
    )


_KINDS: tuple[tuple[str, Any], ...] = (
    ("attempts", Attempt), ("legs", Leg), ("callers", Caller), ("duties", Duty), ("tries", Try), ("callbacks", Callback)
)  # fmt: skip
"""Parts of a chunk and the rows in them."""


def _named(row: Any, of: Scenario) -> Row:
    names = {
        "source": list(of.sources),
        "kind": list(KINDS),
        "queue": list(of.queues),
        "first_queue": list(of.queues),
        "last_queue": list(of.queues),
        "team": list(of.teams),
        "vendor": list(of.vendors),
        "outcome": _words(Outcome),
        "reason": _words(Reason),
        "resolution": _words(Resolution),
        "activity": _words(Activity),
        "cause": _words(CallbackCause),
        "end": _words(CallbackEnd),
    }
    values = {name: _value(value, names.get(name)) for name, value in row._asdict().items()}
    return type(row)(**values)


def _words(numbers: type) -> list[str]:
    return [name.lower() for name in vars(numbers) if name.isupper()]


def _value(value: float, names: list[str] | None) -> float | str | None:
    if value != value or value == -1:
        return None
    return value if names is None else names[int(value)]


def _instants(row: Row, **words: str) -> str:
    """What happened when, in order: `dialled 0, left 15`. Words may follow a name."""
    names = ("dialled", "greeted", "asked", "joined", "kept", "matched", "answered", "transferred", "left", "freed")
    happened = [(getattr(row, name), name) for name in names if getattr(row, name, None) is not None]
    happened.sort(key=lambda instant: instant[0])
    return ", ".join(f"{name}{words.get(name, '')} {time:.10g}" for time, name in happened)


def tell(row: Row) -> str:
    """An attempt in one line: its instants in their order, then how it ended, where that is new, and why.

    Joining the first queue is asking for it, unless the caller asked before.
    """
    first = "" if row.joined is None else f" {row.first_queue}"
    taken = f" {row.team}/{row.slot}" if row.vendor is None else f" vendor {row.vendor}"
    if row.joined == row.asked:
        line = _instants(row._replace(joined=None), asked=first, matched=taken)
    else:
        line = _instants(row, joined=first, matched=taken)
    known = None if row.joined is None else row.first_queue
    places = [row.last_queue] if row.last_queue not in (known, None) else []
    if row.vendor is not None and row.matched is None:
        places.append(f"vendor {row.vendor}")
    where = "".join(f" at {place}" for place in places)
    why = f" ({row.reason})" if row.reason != "none" else ""
    return f"{line}: {row.outcome}{where}{why}"


def tell_leg(row: Row) -> str:
    """A leg in one line: attempt, leg, queue and its instants, `1.1 support: asked 60, left 75`."""
    return f"{row.attempt}.{row.leg} {row.queue}: {_instants(row, matched=f' {row.team}/{row.slot}')}"


def tell_try(row: Row) -> str:
    """A try to call back in one line: `2 desk/0 (sales): dialled 600, left 625, freed 625`."""
    queue = "" if row.queue is None else f" ({row.queue})"
    return f"{row.number} {row.team}/{row.slot}{queue}: {_instants(row)}"


def tell_job(row: Row) -> str:
    """A callback in one line: `missed, opened 15, tries 2, reached 700, closed 760: reached`."""
    instants = [
        f", {name} {getattr(row, name):.10g}" for name in ("reached", "closed") if getattr(row, name) is not None
    ]
    return f"{row.cause}, opened {row.opened:.10g}, tries {row.tries}{''.join(instants)}: {row.end}"


def tell_duty(row: Row) -> str:
    """A stretch of an agent's time in one line: `desk/0: 0 to 60, went 75`, with its name where it is no plain duty."""
    activity = "" if row.activity == "duty" else f" {row.activity}"
    return f"{row.team}/{row.slot}{activity}: {row.came:.10g} to {row.due:.10g}, went {row.went:.10g}"


def tell_story(row: Row) -> str:
    """A caller's story in one line."""
    resolved = "" if row.resolved is None else f" {row.resolved:.10g}"
    asked = f"asked {row.asked}" if row.first_queue is None else f"asked {row.asked} ({row.first_queue})"
    missed = "" if row.missed is None else f", missed {row.missed:.10g}"
    return f"{row.resolution}{resolved}: attempts {row.attempts}, {asked}, waited {row.waited:.10g}{missed}"
