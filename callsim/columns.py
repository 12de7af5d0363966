"""The rows of a log as arrays, block by block, and what their instants imply: waits, talks, dials in open hours."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from callsim.kept import Latest
from callsim.scenario.timetable import DAY, Week, spans_of_day
from callsim.scenario.vocabulary import Scenario

Floats = NDArray[np.float64]

Rows = Any
"""Rows of a log: plain tuples, for the garbage collector soon leaves those alone, but never a NamedTuple; or records
with the same fields."""


class Columns:
    """Some rows of a log as arrays by name, each made when first asked for: the fields as logged, and what they imply.

    Places stand for names, -1 for none, and NaN for what never happened. Columns may be those of others and more.
    """

    def __init__(self, rows: NDArray[Any] | Columns, implied: Mapping[str, Implied]) -> None:
        self._rows = rows
        self.implied = implied
        self._made: dict[str, NDArray[Any]] = {}

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self._rows)

    @property
    def records(self) -> NDArray[Any]:
        """The rows as they are; only those of a log have any."""
        assert isinstance(self._rows, np.ndarray)
        return self._rows

    def only(self, which: NDArray[np.bool_]) -> Columns:
        """Some of the rows; they are copied."""
        rows = self._rows
        # Records that are picked by an index are copied field by field, taken ones whole.
        some = rows.only(which) if isinstance(rows, Columns) else rows.take(np.flatnonzero(which))
        return Columns(some, self.implied)

    def __getitem__(self, name: str) -> NDArray[Any]:
        if name not in self._made:
            implied = self.implied.get(name)
            self._made[name] = np.ascontiguousarray(self._rows[name]) if implied is None else implied(self)
        return self._made[name]


Implied = Callable[[Columns], NDArray[Any]]


def joined(parts: Sequence[Columns]) -> Columns:
    """The rows of several parts of one log."""
    return Columns(_join([part.records for part in parts]), parts[0].implied)


BLOCK = 20_000
"""Rows that are worked on together: so few that their columns stay in the processor's nearer memory."""


def blocks(dtype: np.dtype[Any], parts: Sequence[Rows]) -> list[NDArray[Any]]:
    """The rows of all parts as records, in blocks: small parts are joined, large ones cut."""
    found = [np.asarray(part, dtype) for part in parts if len(part)] or [np.zeros(0, dtype)]
    if sum(map(len, found)) <= BLOCK:
        return [_join(found)]
    joined: list[list[NDArray[Any]]] = [[]]
    size = 0
    for piece in (rows[start : start + BLOCK] for rows in found for start in range(0, len(rows), BLOCK)):
        size += len(piece)
        if size > BLOCK:
            joined.append([])
            size = len(piece)
        joined[-1].append(piece)
    return [_join(block) for block in joined]


def _join(parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
    if len(parts) == 1:
        return parts[0]
    # As plain memory: NumPy would copy records field by field.
    return np.concatenate([part.view(np.uint8) for part in parts]).view(parts[0].dtype)


def in_window(scenario: Scenario, log: Columns) -> NDArray[np.bool_]:
    """Whether each row was dialled in the counted time."""
    dialled = log["dialled"]
    inside: NDArray[np.bool_] = (dialled >= scenario.calendar.warm_up) & (dialled < scenario.calendar.end)
    return inside


def wait_ended(calls: Columns) -> Floats:
    """When each wait on the line was over: whoever was promised a call with the place kept waits no longer there."""
    found: Floats = np.fmin(np.fmin(calls["kept"], calls["answered"]), calls["left"])
    return found


def _wait(calls: Columns) -> Floats:
    found: Floats = wait_ended(calls) - calls["asked"]
    return found


def _kept_wait(calls: Columns) -> Floats:
    """A place may also be kept after a transfer, when the first talk is over: that is not meant."""
    kept, answered = calls["kept"], calls["answered"]
    return np.where(kept <= answered, answered - kept, np.nan)


def _talk_ended(calls: Columns) -> Floats:
    """The first talk ended."""
    return np.where(np.isnan(calls["transferred"]), calls["left"], calls["transferred"])


def _talk(calls: Columns) -> Floats:
    found: Floats = _talk_ended(calls) - calls["answered"]
    return found


def _wrap_up(calls: Columns) -> Floats:
    return np.where(np.isnan(calls["answered"]), np.nan, calls["freed"] - _talk_ended(calls))


def _in_menus(calls: Columns) -> Floats:
    """Missing for a call that is in a menu when the horizon ends."""
    greeted, left_menu = calls["greeted"], np.fmin(calls["asked"], calls["left"])
    return np.where(np.isnan(greeted) | (greeted >= left_menu), 0.0, left_menu - greeted)


def _leg_wait(legs: Columns) -> Floats:
    answered = legs["answered"]
    found: Floats = np.where(np.isnan(answered), legs["left"], answered) - legs["asked"]
    return found


def _later_talk(talks: Columns) -> Floats:
    found: Floats = talks["left"] - talks["answered"]
    return found


def _later_wrap_up(talks: Columns) -> Floats:
    return np.where(np.isnan(talks["answered"]), np.nan, talks["freed"] - talks["left"])


_LATER: dict[str, Implied] = {"talk_s": _later_talk, "wrap_up_s": _later_wrap_up}
LENGTHS: dict[str, dict[str, Implied]] = {
    "attempts": {
        "wait_s": _wait,
        "kept_wait_s": _kept_wait,
        "talk_s": _talk,
        "wrap_up_s": _wrap_up,
        "menu_s": _in_menus,
    },
    "legs": {"wait_s": _leg_wait, **_LATER},
    "callers": {},
    "duties": {},
    "tries": _LATER,
    "callbacks": {},
}
"""The lengths that a row's instants imply; here and above is the one place where they are defined."""


Picked = Mapping[str, NDArray[Any]]
"""Columns of some rows by name."""


def picked(log: Picked | Columns, names: Sequence[str], which: NDArray[np.bool_]) -> Picked:
    """Columns of the rows that are wanted."""
    rows = np.flatnonzero(which)
    return {name: log[name][rows] for name in names}


def together(parts: Sequence[Picked]) -> Picked:
    """Columns of the same names, one after the other."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


class Hours:
    """When the centre is open, and each queue that has hours of its own."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self.days = 0
        """Known up to this one."""

    def reach(self, dialled: Floats) -> None:
        """Look as many days ahead as there are dials."""
        days = int(dialled.max(initial=0.0) // DAY) + 1
        if days > self.days:
            self.days = max(days, self._scenario.calendar.days)
            self._look_up()

    def _look_up(self) -> None:
        self.usual = self._borders(self._scenario.calendar.open)
        self.own = {
            place: self._borders(queue.open)
            for place, queue in enumerate(self._scenario.queues.values())
            if queue.open is not None
        }

    def _borders(self, hours: Week) -> Floats:
        """When it opens and closes, in turn; hours that touch are one."""
        spans = [span for day in range(self.days) for span in spans_of_day(hours, self._scenario.calendar, day)]
        opens, closes = np.sort([span.start for span in spans]), np.sort([span.end for span in spans])
        apart = opens[1:] > closes[:-1]
        return np.sort(np.concatenate((opens[:1], opens[1:][apart], closes[:-1][apart], closes[-1:])))

    def met(self, calls: Columns) -> NDArray[np.bool_]:
        """Whether each attempt was dialled in the hours that it met."""
        dialled = calls["dialled"]
        self.reach(dialled)
        found = _within(self.usual, dialled)
        for place, borders in self.own.items():
            own = np.flatnonzero(calls["first_queue"] == place)
            found[own] = _within(borders, dialled[own])
        return found


hours_of = Latest(Hours, 32)
"""The hours of a scenario; those of the latest ones are kept."""


def _within(borders: Floats, times: Floats) -> NDArray[np.bool_]:
    """Whether each time lies in the hours, the moment of opening included, that of closing not."""
    if len(borders) == 2:
        found: NDArray[np.bool_] = (times >= borders[0]) & (times < borders[1])
        return found
    return (np.searchsorted(borders, times, side="right") & 1).astype(np.bool_)
