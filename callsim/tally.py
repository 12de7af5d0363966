"""Counting the rows of a log by group, block by block: rows that are alike are counted at once. Knows no measure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate
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
        self.belong: Floats
        """The same as numbers, a row for each count."""
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
        names = (*kinds.counts, *lengths)
        self._wanted = {group: [names.index(name) for name in self.names(group)] for group in only}
        """Places of the counts and sums of groups that do not want all of them."""
        ends = dict(zip(groups, accumulate(size + 1 for size in groups.values()), strict=True))
        self._rows = {group: slice(end - groups[group] - 1, end) for group, end in ends.items()}
        """Where the groups stand; what belongs to none of them comes first."""
        self._cells = np.zeros((sum(groups.values()) + len(groups), 0), np.int64)
        self._sums = np.zeros((len(lengths), len(self._cells)))
        self.cells: dict[str, Places] = {}
        """Rows of the log by group and kind: parts of one table."""
        self.sums = {group: self._sums[:, rows] for group, rows in self._rows.items()}
        """By length and group."""
        self.make_room()

    def clear(self) -> None:
        """Begin anew."""
        self._cells.fill(0)
        self._sums.fill(0.0)

    def add(self, log: Columns, *, kind: Places, inside: Bools) -> None:
        """Add rows of these kinds; those that are not inside belong to no group."""
        self.make_room()
        outside = np.flatnonzero(~inside)
        lengths = self._picked(log, kind)
        for group, size in self._groups.items():
            slots = np.add(log[group], 1, dtype=np.int64)
            slots[outside] = 0
            cells = self.cells[group]
            cells += np.bincount(slots * cells.shape[1] + kind, minlength=cells.size).reshape(size + 1, -1)
            for place, name in enumerate(self._lengths):
                if name in lengths and name in self._only.get(group, (name,)):
                    # One after the other, so that no sum depends on how the log is cut.
                    np.add.at(self.sums[group][place], slots, lengths[name])

    def make_room(self) -> None:
        """Have cells for all kinds that have been met."""
        before, number = self._cells, len(self._kinds)
        if before.shape[1] < number or not self.cells:
            self._cells = np.zeros((len(before), number), np.int64)
            self._cells[:, : before.shape[1]] = before
            self.cells = {group: self._cells[rows] for group, rows in self._rows.items()}

    def _picked(self, log: Columns, kind: Places) -> dict[str, Floats]:
        """What each row adds to the sums, 0 where there is no length; only sums to which any kind adds."""
        return {
            name: np.fmax(log[column], 0.0) * self._kinds.counts[whose].astype(np.float64)[kind]
            for name, (whose, column) in self._lengths.items()
            if self._kinds.counts[whose].any()
        }

    def names(self, group: str) -> list[str]:
        """The counts and sums of a group, in the order in which they are told."""
        return [name for name in (*self._kinds.counts, *self._lengths) if name in self._only.get(group, (name,))]

    def told(self) -> dict[str, Floats]:
        """All that was added, by group: a row for each of its names, and a column for each that there is."""
        # Kinds that were met after the last row belong to other logs.
        counted = self._kinds.belong[:, : self._cells.shape[1]] @ self._cells.T.astype(np.float64)
        every = np.concatenate((counted, self._sums))
        found = {group: every[:, rows.start + 1 : rows.stop] for group, rows in self._rows.items()}
        return found | {group: found[group][places] for group, places in self._wanted.items()}
