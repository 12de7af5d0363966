"""Logs laid beside each other to the last bit, and a tape that is drawn before anybody looks at the clock."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from itertools import zip_longest
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from callsim.calllog import Attempt, Chunk
from callsim.demand import AttemptDraws, CallerDraws, Day, Draws, Tape
from callsim.engine import records
from callsim.scenario import Scenario
from callsim.scenario.timetable import DAY

Block = TypeVar("Block", bound=Draws)


class DrawnTape(Tape):
    """A tape drawn from end to end beforehand, with all attempts that the scenario allows."""

    def __init__(self, scenario: Scenario, seed: int) -> None:
        super().__init__(scenario, seed, 0)
        redials = [source.redial.at_most if source.redial else 0 for source in scenario.sources.values()]
        attempts = range(1, max(of for of in redials if of is not None) + 2)
        # One day more than is counted: the calls of the last day end on the next.
        days = [super(DrawnTape, self).day(number) for number in range(int(scenario.calendar.end // DAY) + 1)]
        self._days = days
        self._callers = [_drawn(CallerDraws(self, number, day, 0)) for number, day in enumerate(days)]
        self._attempts = [
            [_drawn(AttemptDraws(self, number, day, attempt)) for attempt in attempts]
            for number, day in enumerate(days)
        ]

    def day(self, number: int) -> Day:
        return self._days[number]

    def callers(self, number: int, day: Day, leg: int = 0) -> CallerDraws:
        assert not leg, "nobody is put through in these workloads"
        return self._callers[number]

    def attempts(self, number: int, day: Day, attempt: int, leg: int = 0) -> AttemptDraws:
        assert not leg, "every agent answers in these workloads"
        return self._attempts[number][attempt - 1]


def _drawn(block: Block) -> Block:
    """The block with every column drawn, whether it will be needed or not."""
    for name, part in vars(type(block)).items():
        if isinstance(part, cached_property):
            getattr(block, name)
    return block


def differs(chunks: Iterable[Chunk], others: Iterable[Chunk]) -> str | None:
    """Where two logs differ, in words; nothing where they are the same to the last bit."""
    for one, other in zip_longest(chunks, others):
        if one is None or other is None or one.day != other.day:
            return "they are not of the same days"
        for (log, record), rows, other_rows in zip(records.LOGS.items(), one[1:], other[1:], strict=True):
            first, second = np.array(rows, record), np.array(other_rows, record)
            place = f"day {one.day}, log `{log}`"
            if first.size != second.size:
                return f"{place}: {first.size} rows and {second.size}"
            for name in Attempt._fields if log == "attempt" else record.fields or ():
                if _bits(first[name]) != _bits(second[name]):
                    return f"{place}, field `{name}`"
    return None


def _bits(column: NDArray[Any]) -> bytes:
    """The values; what is missing is the same as what is missing."""
    return np.where(np.isnan(column), np.nan, column).tobytes()
