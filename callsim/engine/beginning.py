"""The memory of the compiled engine as all begins: one piece, made once for a scenario, copied for each replication."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from callsim.engine import records
from callsim.engine.layout import Layout
from callsim.engine.records import Records, address, empty

START = 48
"""Calls under way for which there is room at first."""
STRETCH = 1 << 12
"""Rows of a log that are written before they are looked at and written over, or more."""
OF_EACH_CALLER = ("attempt_log", "caller_log")
"""Logs with a row or more for each caller."""
LINE = 64
"""Bytes that a processor reads at once."""

BEGINNINGS: dict[str, dict[str, float]] = {
    "callers": {
        "waited": 0.0, "attempts": 0, "redials": 0, "times_asked": 0, "tries": 0, "outlook": 5, "has_ended": 0,
        "uses": 0,
    },
    "calls": {
        "state": records.DIALLING, "rings": 1, "holds_line": 0, "offers": 0, "outcome": 0, "reason": 0,
        "at_operator": 0, "is_written": 0,
    },
    "changes": {"is_void": 0},
}  # fmt: skip
"""How records begin, where that is not -1 and NaN."""


class Beginning:
    """All tables of a centre before its first day, behind the record of the centre itself."""

    def __init__(self, centre: Records, layout: Layout, least: Mapping[str, int] = MappingProxyType({})) -> None:
        """`least`: lengths that tables have at least."""
        self._layout = layout
        """Its lists and openings are read where they stand."""
        self._rules = int(layout.tables["queues"]["rules"].max(initial=0))
        self._slots = len(layout.tables["slots"])
        self.lengths = self._lengths(least)
        """Of the tables that may grow."""
        self._centre = centre.copy()
        self._tell()
        logs = {f"{name}_log": np.zeros(0, dtype) for name, dtype in records.LOGS.items()}
        tables = {"centre": self._centre, **self._tables(), **logs}
        lengths = {name: self.lengths.get(name, len(table)) for name, table in tables.items()}
        sizes = [-(-table.itemsize * lengths[name] // LINE) * LINE for name, table in tables.items()]
        *starts, self._size = np.cumsum([0, *sizes]).tolist()
        places = dict(zip(tables, starts, strict=True))
        self._addresses = self._refer(tables, places)
        self._image = np.zeros(places["attempt_log"], np.uint8)
        for name, table in tables.items():
            self._image[places[name] : places[name] + table.nbytes] = table.view(np.uint8).ravel()
        seen = {"centre", "schedule", "days", *records.REUSED, *logs}
        self._kinds = [(name, lengths[name], tables[name].dtype, places[name]) for name in tables if name in seen]
        """Tables that are looked at from outside: names, lengths, records and places."""

    def most(self, calls: int) -> int:
        """How many records of a table one event may use, at so many calls under way."""
        return calls * (2 + self._rules) + 2 * self._slots + 64

    def _lengths(self, least: Mapping[str, int]) -> dict[str, int]:
        calls = max(least.get("calls", 0) - 1, START)
        most = self.most(calls)
        lengths = {name: calls + 1 if name == "calls" else most + calls + 1 for name in records.REUSED} | {"days": 4}
        lengths |= {f"{name}_log": most + 2 * calls for name in records.LOGS}
        lengths |= {name: max(lengths[name], 2 * STRETCH) for name in OF_EACH_CALLER}
        return {name: max(length, least.get(name, 0)) for name, length in lengths.items()}

    def _tables(self) -> dict[str, Records]:
        layout, lengths = self._layout, self.lengths
        tables = {name: table.copy() for name, table in layout.tables.items()}
        for place, openings in layout.openings.items():
            tables["queues"]["openings"][place] = address(openings)
            tables["queues"]["opening_count"][place] = len(openings)
        first = {name: empty(dtype, **BEGINNINGS.get(name, {})) for name, dtype in records.REUSED.items()}
        return tables | {
            "takes": np.zeros(max(self._slots * len(layout.tables["queues"]), 1), np.int64),
            "idle": np.zeros(max(sum(layout.pool_rooms), 1), records.IDLE),
            "days": no_days(lengths["days"]),
            "schedule": no_events(lengths["events"]),
            **{name: longer(table, lengths[name], 1) for name, table in first.items()},
        }

    def _tell(self) -> None:
        """What does not depend on where the memory stands."""
        centre, layout, lengths = self._centre, self._layout, self.lengths
        centre["places"], centre["chances"] = address(layout.places), address(layout.chances)
        centre["slot_count"], centre["pool_count"] = self._slots, len(layout.pool_rooms)
        calls = lengths["calls"] - 1
        most = self.most(calls)
        for name in records.REUSED:
            centre[f"{name}_free"], centre[f"{name}_used"] = 1, 0
            centre[f"{name}_mark"] = calls // 2 if name == "calls" else lengths[name] - 1 - most
        for name in records.LOGS:
            centre[f"{name}_rows"], centre[f"{name}_mark"] = 0, lengths[f"{name}_log"] - most

    def _refer(self, tables: Mapping[str, Records], places: Mapping[str, int]) -> NDArray[np.int64]:
        """Note where tables stand, counted from the start of the memory. Returns the words in which that is noted."""
        told = [name for name in tables if name not in ("centre", "idle")]
        for name in told:
            self._centre[name] = places[name]
        words = [records.word_of_centre(name) for name in told]
        pools, rooms = tables["pools"], np.array([0, *self._layout.pool_rooms])
        pools["idle"] = places["idle"] + np.cumsum(rooms)[:-1] * records.IDLE.itemsize
        first = places["pools"] + records.offset(records.POOL, "idle")
        return np.array([*words, *(np.arange(len(pools)) * pools.itemsize + first) // 8])

    def copy(self) -> dict[str, Records]:
        """The centre's record and the tables that may grow; the others stand in the same memory."""
        memory = np.empty(self._size, np.uint8)
        memory[: len(self._image)] = self._image
        memory.view(np.int64)[self._addresses] += address(memory)
        return {name: np.ndarray(length, dtype, memory, start) for name, length, dtype, start in self._kinds}


def longer(table: Records, length: int, used: int) -> Records:
    """A copy with more free records: their chain ended at the old length, and so goes on.

    A record is written when it is taken; until then only the fields are looked at that are set here.
    """
    found = np.empty(length, table.dtype)
    found["next_free"] = np.arange(1, length + 1)
    if "index" in (table.dtype.names or ()):
        found["index"] = -1
    copy_records(table, found, used)
    return found


def copy_records(old: Records, new: Records, number: int) -> None:
    """Copy the first records of a table as plain memory: NumPy would copy them field by field."""
    size = number * old.itemsize
    new.view(np.uint8)[:size] = old.view(np.uint8)[:size]


def no_events(size: int) -> Records:
    """An empty schedule with room for so many events; of the leaves only the first are there."""
    leaves = 1 << max(size - 1, records.LEAVES - 1).bit_length()
    table = np.zeros(2 * leaves, records.ENTRY)
    table["time"].view(np.int64)[:] = records.EMPTY + np.arange(2 * leaves)
    table["event"][records.LEAVES : 2 * records.LEAVES] = np.arange(records.LEAVES)
    return table


def no_days(size: int) -> Records:
    """An empty table of days."""
    table = np.zeros(size, records.DAY)
    table["index"] = -1
    return table
