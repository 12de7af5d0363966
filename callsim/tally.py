"""Counting the rows of a log by group, block by block: rows that are alike are counted at once. Knows no measure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from callsim.calllog import Arrays
from callsim.columns import Columns

Floats = NDArray[np.float64]
Places = NDArray[np.int64]
Bools = NDArray[np.bool_]

ENDS = 4
"""Bits for how a row ended, in the number that stands for all that is known of it; a fact takes one."""
FACTS = 12
UNMET = -1


class Kinds:
    """Rows of which the same is known are of one kind. What is counted is decided once for each kind that is met."""

    def __init__(self, facts: Sequence[str], counts: Callable[[Arrays], dict[str, Bools]], *marks: str) -> None:
        """`facts`: what may be known of a row besides how it ended. `counts`: from what is known of each kind, whether
        it belongs to a count. `marks`: the counts of which each kind has a bit in `marks`, the first the lowest."""
        assert len(facts) <= FACTS, "what is known fits into 16 bits"
        self._facts = facts
        self._define = counts
        self._marks = marks
        self.of = np.full(1 << len(facts) + ENDS, UNMET, np.int64)
        """Kinds by number."""
        self._numbers = np.zeros(0, np.uint16)
        """The same the other way round."""
        self.counts: dict[str, Bools]
        """Whether each kind belongs to a count."""
        self.places: dict[str, int]
        self.belong: Floats
        """The same as numbers, in rows of the counts by `places`."""
        self.marks: Places
        self.meet(self._numbers)

    def __len__(self) -> int:
        """How many kinds have been met."""
        return len(self._numbers)

    def of_rows(self, ended: Places, facts: Mapping[str, Bools]) -> Places:
        """The kinds of rows, new ones among them."""
        number = np.zeros(len(ended), np.uint16)
        for name in self._facts:
            number <<= 1
            number |= facts[name]
        number <<= ENDS
        number |= ended.astype(np.uint16)
        kind = self.of[number]
        if kind.min(initial=0) == UNMET:
            self.meet(np.unique(number[kind == UNMET]))
            kind = self.of[number]
        return kind

    def meet(self, numbers: NDArray[np.uint16]) -> None:
        """Take in new kinds."""
        self.of[numbers] = np.arange(len(self), len(self) + len(numbers))
        self._numbers = np.append(self._numbers, numbers)
        known: dict[str, NDArray[Any]] = {"ended": (self._numbers & (1 << ENDS) - 1).astype(np.int64)}
        for bit, name in enumerate(reversed(self._facts), start=ENDS):
            known[name] = self._numbers >> bit & 1 == 1
        self.counts = self._define(known)
        self.places = {name: place for place, name in enumerate(self.counts)}
        self.belong = np.array(list(self.counts.values()), np.float64)
        self.marks = np.zeros(len(self), np.int64)
        for bit, name in enumerate(self._marks):
            self.marks |= self.counts[name].astype(np.int64) << bit


class Tally:
    """Counts, and sums of lengths, of the rows of a log by group."""

    def __init__(
        self,
        groups: Mapping[str, int],
        *,
        kinds: Kinds,
        lengths: Mapping[str, tuple[str, str]],
        only: Mapping[str, Sequence[str]],
    ) -> None:
        """Tell what is wanted.

        `groups`: how many there are, by the column that names them. `lengths`: by the name of a sum, the count whose
        rows it is about and the column that is summed. `only`: the counts and sums of groups that do not want all of
        them.
        """
        self._groups = groups
        self._kinds = kinds
        self._lengths = lengths
        self._only = only
        self.cells = {group: np.zeros((size + 1, 0), np.int64) for group, size in groups.items()}
        """Rows by group and kind; those of no group come first."""
        self.sums = {group: np.zeros((len(lengths), size + 1)) for group, size in groups.items()}
        """By length and group, likewise."""

    def add(self, log: Columns, *, kind: Places, inside: Bools) -> None:
        """Add rows of these kinds; those that are not inside belong to no group."""
        self.make_room()
        outside = np.flatnonzero(~inside)
        lengths = self._picked(log, kind)
        for group, size in self._groups.items():
            slots = np.add(log[group], 1, dtype=np.int64)
            slots[outside] = 0
            number = len(self._kinds)
            self.cells[group] += np.bincount(slots * number + kind, minlength=(size + 1) * number).reshape(
                size + 1, number
            )
            for place, name in enumerate(self._lengths):
                if name in lengths and name in self._only.get(group, (name,)):
                    # One after the other, so that no sum depends on how the log is cut.
                    np.add.at(self.sums[group][place], slots, lengths[name])

    def make_room(self) -> None:
        """Have cells for all kinds that have been met."""
        number = len(self._kinds)
        for group, before in self.cells.items():
            if before.shape[1] < number:
                self.cells[group] = np.zeros((len(before), number), np.int64)
                self.cells[group][:, : before.shape[1]] = before

    def _picked(self, log: Columns, kind: Places) -> dict[str, Floats]:
        """What each row adds to the sums, 0 where there is no length; only sums to which any kind adds."""
        return {
            name: np.fmax(log[column], 0.0) * self._kinds.counts[whose].astype(np.float64)[kind]
            for name, (whose, column) in self._lengths.items()
            if self._kinds.counts[whose].any()
        }

    def by(self, group: str) -> dict[str, Floats]:
        """The counts and sums of each group."""
        wanted = self._only.get(group, (*self._kinds.counts, *self._lengths))
        counted = self._counted(self.cells[group][1:])
        counts = {name: counted[place] for name, place in self._kinds.places.items() if name in wanted}
        sums = zip(self._lengths, self.sums[group][:, 1:], strict=True)
        return counts | {name: of for name, of in sums if name in wanted}

    def total(self) -> dict[str, float]:
        """The counts and sums of all rows that are inside: each of them has an interval."""
        counted = self._counted(self.cells["interval"][1:].sum(axis=0))
        sums = self.sums["interval"][:, 1:].sum(axis=1)
        return dict(zip((*self._kinds.counts, *self._lengths), (*counted.tolist(), *sums.tolist()), strict=True))

    def _counted(self, cells: Places) -> Floats:
        """By count, and group where there is more than one."""
        # Kinds that were met after the last row belong to other logs.
        counted: Floats = self._kinds.belong[:, : cells.shape[-1]] @ cells.T.astype(np.float64)
        return counted
