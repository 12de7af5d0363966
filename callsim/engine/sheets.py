"""The tape of a scenario in machine words: what is to be drawn for the callers of each source.

Which streams there are and what they give is said in demand.py: a sketch of a block there answers with what a column
is to hold, instead of values.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from callsim import demand
from callsim.demand import AttemptDraws, CallerDraws, Column, Ints, Tape, TryDraws, Values
from callsim.engine import records
from callsim.engine.needs import Columns, may_redial
from callsim.engine.records import ATTEMPTS, CALLERS, MOST_TRANSFERS, TRIES, WORK_OF_LEG, address
from callsim.scenario.vocabulary import Scenario, Source

NOTHING = np.array([math.nan])
"""What stands in columns that nobody needs."""
MOST_KEPT = 256
"""Sheets that are kept."""


class _Sketch:
    """A block of the tape without values."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape

    def draw(self, column: Column) -> Any:
        return column


class _Callers(_Sketch, CallerDraws):
    pass


class _Attempts(_Sketch, AttemptDraws):
    pass


class _Tries(_Sketch, TryDraws):
    pass


Mark = tuple[str, int, int]
"""All that decides the values of a column but seed and days; behind it attempt and leg."""


class Part(NamedTuple):
    """What has to be drawn of a block of the tape for the callers of one source."""

    streams: list[str]
    marks: list[Mark]
    is_kept: list[bool]
    """Whether the values of the first attempt hold on."""
    words: Ints
    """What is to be drawn (drawing.py), but for what is told when it is drawn."""

    def at(self, number: int, leg: int) -> Part:
        """The same for another attempt and leg."""
        kept = zip(self.marks, self.is_kept, strict=True)
        return self._replace(marks=[(values, 1 if is_kept else number, leg) for (values, *_), is_kept in kept])


class Sheet(NamedTuple):
    """A block of the tape as it is to be, for all sources."""

    blank: Ints
    """By source and column the address of values and the mask of their rows, as far as nothing has to be drawn."""
    sources: Ints
    """Where columns are to be drawn, part by part: their sources."""
    places: Ints
    """Their columns."""
    parts: list[Part]
    """By source."""


class Sheets:
    """All sheets of a scenario, made when they are first needed."""

    def __init__(self, scenario: Scenario, columns: Columns) -> None:
        tape = Tape(scenario, 0, 0)
        self.width = max(map(len, columns.of.values()))
        """Columns of the table that has most: each source's part of a block has room for so many."""
        self._sources = tape.sources
        self._columns = columns
        self._sketches = {
            CALLERS: (callers := _Callers(tape)), WORK_OF_LEG: callers, ATTEMPTS: _Attempts(tape), TRIES: _Tries(tape)
        }  # fmt: skip
        self._kinds: dict[Any, Sheet] = {}
        self._known: dict[tuple[int, int, int], Sheet] = {}
        self._held: list[NDArray[Any]] = []
        """Tables that sheets refer to."""

    def of(self, table: int, number: int, leg: int) -> Sheet:
        """The sheet of a block."""
        block = table, number, leg
        found = self._known.get(block)
        if found is None:
            kind = self._kind(*block)
            found = kind._replace(parts=[part.at(number, leg) for part in kind.parts])
            if len(self._known) < MOST_KEPT:
                self._known[block] = found
        return found

    def _kind(self, table: int, number: int, leg: int) -> Sheet:
        """A sheet that differs from that of a block in attempt and leg only."""
        redials = [may_redial(reach, number) for reach in self._columns.reaches] if table == ATTEMPTS else []
        kind = table, min(leg, 1) + (leg > MOST_TRANSFERS), *redials
        if kind not in self._kinds:
            self._kinds[kind] = self._sheet(table, number, leg)
        return self._kinds[kind]

    def _sheet(self, table: int, number: int, leg: int) -> Sheet:
        blank = np.zeros((len(self._sources), self.width, 2), np.int64)
        blank[:, :, 0] = address(NOTHING)
        drawn: list[tuple[int, int]] = []
        parts = []
        for place, ((prefix, source), reach) in enumerate(
            zip(self._sources.items(), self._columns.reaches, strict=True)
        ):
            columns: list[tuple[Column, Values]] = []
            for field_place, field in enumerate(self._columns.needed(table, number, leg, reach)):
                if field is None:
                    continue
                column: Column = field.get(self._sketches[table])
                values = column.of(source)
                known = _only(values)
                if known is None:
                    blank[place, field_place, 1] = -1
                    drawn.append((place, field_place))
                    columns.append((column, values))
                else:
                    blank[place, field_place, 0] = _hold(np.array([known]), self._held)
            parts.append(self._part(prefix, source, columns))
        places = np.array(drawn, np.int64).reshape(-1, 2)
        return Sheet(blank, places[:, 0], places[:, 1], parts)

    def _part(self, prefix: str, source: Source, columns: list[tuple[Column, Values]]) -> Part:
        streams = [f"{prefix}/{column.name}" for column, _ in columns]
        marks = [(f"{stream} {values}", 0, 0) for stream, (_, values) in zip(streams, columns, strict=True)]
        is_kept = [column.attempt(source, 2) == 1 for column, _ in columns]
        rows = [words(values, self._held) for _, values in columns]
        return Part(streams, marks, is_kept, np.array(rows, np.int64).reshape(-1, records.COLUMN.itemsize // 8))


def _only(values: Values) -> float | None:
    """The one value that a stream gives, if it is only one."""
    law = values.law
    if law is None:
        return float(np.flatnonzero(values.shares)[0]) if np.count_nonzero(values.shares) == 1 else None
    if values.by_mean and not law.mean:
        return 1.0
    if law.shape not in ("constant", "never"):
        return None
    value = law.values[0] if law.values else math.inf
    return value / law.mean if values.by_mean else value


def words(values: Values, held: list[NDArray[Any]]) -> Ints:
    """What a stream gives in the words of drawing.py. Tables are added to those that are held."""
    record = np.zeros(1, records.COLUMN)
    law = values.law
    if law is None:
        found: dict[str, float] = {"shape": records.CHANCE}
        if values.shares:
            limits = demand.limits_of(values.shares)
            found = {"shape": records.SHARE, "count": len(limits), "table": _hold(limits, held)}
    elif law.shape == "mix":
        limits = demand.limits_of([share for share, _ in law.parts])
        size = records.LAW.itemsize // 8
        parts = np.array([words(Values(part), held)[:size] for _, part in law.parts])
        found = {"shape": records.MIX, "count": len(limits), "table": _hold(limits, held), "parts": _hold(parts, held)}
    elif law.shape == "empirical":
        found = {"shape": records.EMPIRICAL, "count": len(law.values), "table": _hold(np.array(law.values), held)}
    else:
        found = _PARAMETERS[law.shape](*law.values)
    for name, value in found.items():
        record[name] = value
    if law is not None and values.by_mean:
        record["divisor"] = law.mean
    return record.view(np.int64)


def _hold(table: NDArray[Any], held: list[NDArray[Any]]) -> int:
    held.append(table)
    return address(table)


def _gamma(mean: float, cv: float) -> dict[str, float]:
    spread = demand.spread(cv)
    return {"shape": records.GAMMA, "a": 1.0 / spread, "b": spread, "c": mean}


def _lognormal(mean: float, cv: float) -> dict[str, float]:
    return {"shape": records.LOGNORMAL, **dict(zip("ab", demand.lognormal_parameters(mean, cv), strict=True))}


def _hyperexponential(mean: float, cv: float) -> dict[str, float]:
    return {"shape": records.HYPEREXPONENTIAL, **dict(zip("cab", demand.branches(mean, cv), strict=True))}


_PARAMETERS: Mapping[str, Callable[..., dict[str, float]]] = {
    "constant": lambda seconds: {"shape": records.CONSTANT, "a": seconds},
    "never": lambda: {"shape": records.CONSTANT, "a": math.inf},
    "rings": lambda low, high, ring: {"shape": records.RINGS, "a": low, "count": high - low + 1, "c": ring},
    "uniform": lambda low, high: {"shape": records.UNIFORM, "a": low, "b": high - low},
    "exponential": lambda mean: {"shape": records.EXPONENTIAL, "a": mean},
    "erlang": lambda stages, mean: {"shape": records.GAMMA, "a": stages, "b": mean / stages, "c": 1.0},
    "gamma": _gamma,
    "lognormal": _lognormal,
    "weibull": lambda scale, shape: {"shape": records.WEIBULL, "a": shape, "b": scale},
    "hyperexponential": _hyperexponential,
}
"""By shape, as in demand.py."""
