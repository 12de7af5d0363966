"""The call log: what engines write down, and the same as tables with names, waits and missing values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, get_type_hints

import numpy as np
from numpy.typing import NDArray

from callsim.columns import BLOCK, LENGTHS, Columns, Implied, Rows, blocks, hours_of
from callsim.scenario.vocabulary import KINDS, Scenario


class Outcome:
    """How an attempt ended: the numbers that stand in the log."""

    ANSWERED = 0
    OUTSOURCED = 1
    SELF_SERVED = 2
    ABANDONED_RINGING = 3
    ABANDONED_QUEUE = 4
    ABANDONED_MENU = 5
    BLOCKED = 6
    CLOSED = 7
    VOICEMAIL = 8
    KEPT_PLACE = 9
    UNFINISHED = 10
    FORM = 11


class Reason:
    """Why an attempt was missed, where its outcome leaves that open."""

    NONE = 0
    NO_LINE = 1
    QUEUE_FULL = 2
    VENDOR_FULL = 3
    ASKED_WHILE_CLOSED = 4
    CLOSED_WHILE_WAITING = 5
    HUNG_UP_IN_PROMPT = 6
    SELF_SERVICE_FAILED = 7
    SENT_AWAY = 8
    LEFT_NO_MESSAGE = 9
    CALLBACK_PROMISED = 10
    WHILE_PUT_THROUGH = 11


class Resolution:
    """How a caller's story ended."""

    SERVED = 0
    OUTSOURCED = 1
    SELF_SERVED = 2
    CALLED_BACK = 3
    UNSERVED = 4
    LOST = 5
    OPEN = 6


class Activity:
    """What a stretch of an agent's time was."""

    DUTY = 0
    PAID_BREAK = 1
    UNPAID_BREAK = 2
    UNAVAILABLE = 3


class CallbackEnd:
    """How a callback ended."""

    REACHED = 0
    GIVEN_UP = 1
    NOT_NEEDED = 2
    OPEN = 3


class CallbackCause:
    """Why a callback was opened."""

    MISSED = 0
    VOICEMAIL = 1
    PROMISED = 2
    UNSERVED = 3
    FORM = 4


GAVE_UP = (Outcome.ABANDONED_RINGING, Outcome.ABANDONED_QUEUE)
ABANDONED = (*GAVE_UP, Outcome.ABANDONED_MENU)
MISSED = (*ABANDONED, Outcome.BLOCKED, Outcome.CLOSED, Outcome.VOICEMAIL)


class Attempt(NamedTuple):
    """One call of a caller, as an engine logs it: places in the scenario's lists, and instants.

    Instants are seconds since the first midnight, NaN where a thing never happened; places are -1 then. Agent, answer
    and release are those of the first talk; what followed a transfer stands in the legs.
    """

    source: int
    day: int
    caller: int
    attempt: int
    kind: int
    dialled: float
    greeted: float
    """A machine answered."""
    asked: float
    """The caller first rang for, or joined, a queue or a vendor."""
    joined: float
    """The caller first rang for, or joined, an open queue."""
    first_queue: int
    last_queue: int
    kept: float
    """The caller hung up and was promised a call back with the place kept."""
    matched: float
    """An agent or a vendor's operator was taken."""
    team: int
    slot: int
    vendor: int
    answered: float
    transferred: float
    """The first talk ended and the caller was put through to another queue."""
    left: float
    freed: float
    """The agent or operator was free again, after the wrap-up."""
    outcome: int
    reason: int


class Leg(NamedTuple):
    """What an attempt's row has no room for: an offer to an agent who did not answer, or the way after a transfer.

    Whoever was put through and talked to nobody has neither agent nor answer here.
    """

    source: int
    day: int
    caller: int
    attempt: int
    leg: int
    """Number of the transfer before it; 0 for offers of the call as it came."""
    queue: int
    vendor: int
    asked: float
    matched: float
    team: int
    slot: int
    answered: float
    left: float
    """The talk ended, the caller hung up, or the agent had not answered for too long."""
    freed: float


class Caller(NamedTuple):
    """A caller's whole story. `caller` counts the callers of a source on a day: together they are the identity."""

    source: int
    day: int
    caller: int
    kind: int
    dialled: float
    """First dial."""
    first_queue: int
    attempts: int
    asked: int
    """Attempts that asked for a queue or a vendor."""
    waited: float
    """Seconds on the line between asking and being answered or leaving, over all attempts."""
    resolution: int
    resolved: float
    """When the story ended; NaN while it is open."""
    served: float
    """The talk began that met the need, by call or callback."""
    first_missed: float
    """Dial of the first missed attempt."""
    missed: float
    """Last missed attempt's end."""


class Duty(NamedTuple):
    """One stretch of an agent's time: on duty, overtime from `due` on, or on a break."""

    team: int
    slot: int
    activity: int
    came: float
    due: float
    went: float


class Try(NamedTuple):
    """One try of a team to call somebody back."""

    source: int
    day: int
    caller: int
    number: int
    """Counted over all callbacks of the caller."""
    queue: int
    team: int
    slot: int
    dialled: float
    answered: float
    """The caller was reached."""
    left: float
    freed: float


class Callback(NamedTuple):
    """The job of calling somebody back."""

    source: int
    day: int
    caller: int
    cause: int
    opened: float
    tries: int
    reached: float
    closed: float
    end: int


class Chunk(NamedTuple):
    """What ended on one day: rows with the fields of Attempt, Leg, Caller, Duty, Try and Callback."""

    day: int
    attempts: Rows
    legs: Rows
    callers: Rows
    duties: Rows
    tries: Rows
    callbacks: Rows


if TYPE_CHECKING:
    import polars as pl

_TYPES = {int: "i4", float: "f8"}
RECORDS = {
    name: np.dtype([(field, _TYPES[kind]) for field, kind in get_type_hints(row).items()], align=True)
    for name, row in zip(Chunk._fields[1:], (Attempt, Leg, Caller, Duty, Try, Callback), strict=True)
}
"""The records of each log, in the order of a chunk."""

CALLER = ("source", "day", "caller")
"""The columns that tell callers apart."""
CALL = (*CALLER, "attempt")

Arrays = Mapping[str, NDArray[Any]]
"""Columns of a table by name, or what is computed from them."""


class Logs:
    """The logs of one replication, or of some days of it: as arrays, and as tables made when they are first asked for.

    Whoever iterates over them gets the tables in the order of a chunk.
    """

    attempts: pl.DataFrame
    legs: pl.DataFrame
    callers: pl.DataFrame
    duties: pl.DataFrame
    tries: pl.DataFrame
    callbacks: pl.DataFrame
    _scenario: Scenario
    _replication: int
    _rows: Mapping[str, list[NDArray[Any]]]
    """The records of each log, in blocks."""
    _implied: Mapping[str, Mapping[str, Implied]]

    def __init__(self, *tables: pl.DataFrame) -> None:
        """Tables that come from elsewhere, in the order of a chunk: there are no arrays of them."""
        vars(self).update(zip(RECORDS, tables, strict=False))

    @classmethod
    def of(cls, scenario: Scenario, chunks: Iterable[Chunk], replication: int = 0) -> Logs:
        found, parts = cls(), list(chunks)
        found._scenario, found._replication = scenario, replication
        found._rows = {name: blocks(dtype, [getattr(part, name) for part in parts]) for name, dtype in RECORDS.items()}
        found._implied = LENGTHS | {"attempts": {"while_open": hours_of(scenario).met, **LENGTHS["attempts"]}}
        return found

    def blocks(self, log: str) -> Iterator[Columns]:
        """The arrays of a log, one block of rows after the other, made anew each time: at least one, maybe empty."""
        return (Columns(rows, self._implied[log]) for rows in self._rows[log])

    def arrays(self, log: str, *names: str) -> dict[str, NDArray[Any]]:
        """Columns of a whole log: places instead of names, -1 where there is none, NaN for what never happened."""
        blocks = list(self.blocks(log))
        return {name: np.concatenate([block[name] for block in blocks]) for name in names}

    def __iter__(self) -> Iterator[pl.DataFrame]:
        return (getattr(self, name) for name in RECORDS)

    def __getattr__(self, name: str) -> pl.DataFrame:
        """A table that was not asked for before."""
        if name not in RECORDS:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        found = self._table(name)
        setattr(self, name, found)
        return found

    def _table(self, log: str) -> pl.DataFrame:
        """One column for each array, names instead of places, null for -1 and NaN."""
        import polars as pl

        known = enums(self._scenario)
        columns = self.arrays(log, *(RECORDS[log].names or ()), *self._implied[log])
        series = [pl.Series(name, column) for name, column in columns.items()]
        return pl.DataFrame(series).select(
            pl.lit(self._replication, pl.Int32).alias("replication"),
            *(_meant(one, known.get(one.name)) for one in series),
        )


def tables(scenario: Scenario, chunks: Iterable[Chunk], replication: int = 0) -> Logs:
    """The chunks as tables: names for places, nulls for what never happened, waits and talks beside the instants.

    Attempts also gain `while_open`: dialled in the hours of their first queue, or in the calendar's where they met
    none.
    """
    return Logs.of(scenario, chunks, replication)


def in_stretches(chunks: Iterable[Chunk]) -> Iterator[list[Chunk]]:
    """The chunks, as many together as make some thousand rows; some of them, maybe empty, in any case."""
    held: list[Chunk] = []
    rows = 0
    for chunk in chunks:
        held.append(chunk)
        rows += sum(len(log) for log in chunk[1:])
        if rows >= BLOCK:
            yield held
            held, rows = [], 0
    yield held


def by_day(scenario: Scenario, chunks: Iterable[Chunk], replication: int = 0) -> Iterator[Logs]:
    """The tables day by day, while the simulation runs."""
    return (tables(scenario, [chunk], replication) for chunk in chunks)


def arrays(scenario: Scenario, frame: pl.DataFrame, *names: str) -> dict[str, NDArray[Any]]:
    """Columns of a table as arrays: places instead of names, -1 where there is none, NaN for what never happened."""
    import polars as pl

    known = enums(scenario)
    picked = frame.select(
        pl.col(name).cast(known[name]).to_physical().cast(pl.Int64).fill_null(-1) if name in known else pl.col(name)
        for name in names
    )
    return {name: picked[name].to_numpy() for name in names}


def enums(scenario: Scenario) -> dict[str, pl.Enum]:
    """The names that the places in a column stand for, by column."""
    queues = _enum(tuple(scenario.queues))
    return {
        "source": _enum(tuple(scenario.sources)),
        "kind": _enum(tuple(KINDS)),
        "first_queue": queues,
        "last_queue": queues,
        "queue": queues,
        "team": _enum(tuple(scenario.teams)),
        "vendor": _enum(tuple(scenario.vendors)),
        "outcome": _enum(_names(Outcome)),
        "reason": _enum(_names(Reason)),
        "resolution": _enum(_names(Resolution)),
        "activity": _enum(_names(Activity)),
        "cause": _enum(_names(CallbackCause)),
        "end": _enum(_names(CallbackEnd)),
    }


@cache
def _enum(names: tuple[str, ...]) -> pl.Enum:
    import polars as pl

    return pl.Enum(names)


def _names(numbers: type) -> tuple[str, ...]:
    return tuple(name.lower() for name in vars(numbers) if name.isupper())


def _meant(logged: pl.Series, kind: pl.Enum | None) -> pl.Expr:
    """What a column as logged means."""
    import polars as pl

    column = pl.col(logged.name)
    if kind is not None:
        # -1 does not fit an unsigned number and becomes null. Enum codes are the places themselves: no text is read.
        return column.cast(pl.UInt32, strict=False).cat.to(kind)
    if logged.name == "slot":
        return column.replace(-1, None)
    return column.fill_nan(None) if logged.dtype == pl.Float64 else column
