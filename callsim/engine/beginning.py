"""The memory of the compiled engine as all begins: one piece, made once for a scenario, copied for each replication."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from callsim.engine import records
from callsim.engine.layout import Layout
from callsim.engine.records import Records, address, empty

START = 48
"""Calls under way for which there is room at first."""
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
    """All tables of a centre before its first day."""

    def __init__(self, centre: Records, layout: Layout, room: int = START) -> None:
        """`room`: for so many calls under way."""
        self.room = room
        self._layout = layout
        """Its lists and openings are read where they stand."""
        self._rules = int(layout.tables["queues"]["rules"].max(initial=0))
        self._slots = len(layout.tables["slots"])
        most = self.most(room)
        tables = self._tables(layout, most)
        logs = {f"{name}_log": (dtype, most + 2 * room) for name, dtype in records.LOGS.items()}
        self._kinds = {name: (table.dtype, len(table)) for name, table in tables.items()} | logs
        sizes = [-(-dtype.itemsize * length // LINE) * LINE for dtype, length in self._kinds.values()]
        *starts, self._size = np.cumsum([0, *sizes]).tolist()
        self._starts = dict(zip(self._kinds, starts, strict=True))
        self._image = np.zeros(self._starts["attempt_log"], np.uint8)
        for name, table in tables.items():
            start = self._starts[name]
            self._image[start : start + table.nbytes] = table.view(np.uint8).ravel()
        self._centre = centre
        self._tell(layout, most)
        told = self._starts.keys() - {"idle"}
        self._words = np.array([records.word_of_centre(name) for name in told])
        self._offsets = np.array([self._starts[name] for name in told])

    def most(self, calls: int) -> int:
        """How many records of a table one event may use, at so many calls under way."""
        return calls * (2 + self._rules) + 2 * self._slots + 64

    def _tables(self, layout: Layout, most: int) -> dict[str, Records]:
        tables = {name: table.copy() for name, table in layout.tables.items()}
        for place, openings in layout.openings.items():
            tables["queues"]["openings"][place] = address(openings)
            tables["queues"]["opening_count"][place] = len(openings)
        rooms = np.array([0, *layout.pool_rooms])
        # Counted from where the first pool begins, until that is known.
        tables["pools"]["idle"] = np.cumsum(rooms)[:-1] * records.IDLE.itemsize
        lengths = {name: self.room + 1 if name == "calls" else most + self.room + 1 for name in records.REUSED}
        first = {name: empty(dtype, **BEGINNINGS.get(name, {})) for name, dtype in records.REUSED.items()}
        return tables | {
            "takes": np.zeros(max(self._slots * len(layout.tables["queues"]), 1), np.int64),
            "idle": np.zeros(max(int(rooms.sum()), 1), records.IDLE),
            "days": no_days(4),
            "schedule": np.zeros(lengths["events"], records.ENTRY),
            **{name: longer(table, lengths[name], 1) for name, table in first.items()},
        }

    def _tell(self, layout: Layout, most: int) -> None:
        """What does not depend on where the memory stands."""
        centre = self._centre
        centre["places"], centre["chances"] = address(layout.places), address(layout.chances)
        centre["slot_count"], centre["pool_count"] = self._slots, len(layout.pool_rooms)
        for name in records.REUSED:
            centre[f"{name}_free"], centre[f"{name}_used"] = 1, 0
            centre[f"{name}_mark"] = self.room // 2 if name == "calls" else self.room
        for name in records.LOGS:
            centre[f"{name}_rows"], centre[f"{name}_mark"] = 0, 2 * self.room

    def copy(self) -> tuple[Records, dict[str, NDArray[Any]]]:
        """The centre's record and its tables."""
        memory, record = np.empty(self._size, np.uint8), self._centre.copy()
        memory[: len(self._image)] = self._image
        record.view(np.int64)[self._words] = self._offsets + address(memory)
        starts = self._starts
        held = {name: np.ndarray(length, dtype, memory, starts[name]) for name, (dtype, length) in self._kinds.items()}
        held["pools"]["idle"] += address(held["idle"])
        return record, held


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


def no_days(size: int) -> Records:
    """An empty table of days."""
    table = np.zeros(size, records.DAY)
    table["index"] = -1
    return table
