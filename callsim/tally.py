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


class Tally:
    """Counts, and sums of lengths, of the rows of a log by group.

    Rows of which the same is known are of one kind. What is counted is decided once for each kind that there is.
    """

    def __init__(
        self,
        groups: Mapping[str, int],
        *,
        counts: Callable[[Arrays], dict[str, Bools]],
        lengths: Mapping[str, tuple[str, str]],
        only: Mapping[str, Sequence[str]],
        same: Mapping[str, str],
    ) -> None:
        """Tell what is wanted.

        `groups`: how many there are, by the column that names them. `counts`: from what is known of each kind, whether
        it belongs to a count. `lengths`: by the name of a sum, the count whose rows it is about and the column that is
        summed. `only`: the counts and sums of groups that do not want all of them. `same`: sums that equal others.
        """
        self._groups = groups
        self._define = counts
        self._lengths = {name: of for name, of in lengths.items() if name not in same}
        self._sums_of = {name: same.get(name, name) for name in lengths}
        self._only = only
        self._kind_of = np.zeros(0, np.int64)
        """The kinds, counted from 1, by number."""
        self._numbers = np.zeros(0, np.int64)
        """The same the other way round."""
        self._cells = {group: np.zeros((size + 1, 0), np.int64) for group, size in groups.items()}
        """Rows by group and kind; those of no group come first."""
        self._sums = {group: {name: np.zeros(size + 1) for name in self._lengths} for group, size in groups.items()}
        self.known: dict[str, NDArray[Any]] = {}
        """What is known of each kind: how it `ended`, and the facts."""
        self.counts: dict[str, Bools] = {}
        """Whether each kind belongs to a count."""

    def add(self, log: Columns, *, ended: Places, facts: Mapping[str, Bools], inside: Bools) -> Places:
        """Add rows; those that are not inside belong to no group. Returns the kind of each."""
        kind, outside = self._kinds(ended, facts), np.flatnonzero(~inside)
        lengths = self._picked(log, kind)
        for group, size in self._groups.items():
            wanted = self._only.get(group, (*self.counts, *lengths))
            if self._any(wanted):
                slots = np.add(log[group], 1, dtype=np.int64)
                slots[outside] = 0
                self._count(group, size, slots, kind)
                for name in lengths.keys() & wanted:
                    np.add.at(self._sums[group][name], slots, lengths[name])
        return kind

    def _kinds(self, ended: Places, facts: Mapping[str, Bools]) -> Places:
        """The kinds of rows, new ones among them."""
        assert len(facts) <= FACTS, "what is known fits into 16 bits"
        number = np.zeros(len(ended), np.uint16)
        for fact in facts.values():
            number <<= 1
            number |= fact
        number <<= ENDS
        number |= ended.astype(np.uint16)
        more = int(number.max(initial=0)) + 1 - len(self._kind_of)
        if more > 0:
            self._kind_of = np.append(self._kind_of, np.zeros(more, np.int64))
        kind = self._kind_of[number]
        if not (kind.all() and self.counts):
            self._meet(np.unique(number[kind == 0]), tuple(facts))
            kind = self._kind_of[number]
        kind -= 1
        return kind

    def _meet(self, numbers: NDArray[np.uint16], facts: Sequence[str]) -> None:
        """Take in new kinds."""
        self._numbers = np.append(self._numbers, numbers)
        self._kind_of[self._numbers] = np.arange(1, len(self._numbers) + 1)
        self.known = {"ended": self._numbers & (1 << ENDS) - 1}
        for bit, name in enumerate(reversed(facts), start=ENDS):
            self.known[name] = self._numbers >> bit & 1 == 1
        self.counts = self._define(self.known)

    def _picked(self, log: Columns, kind: Places) -> dict[str, Floats]:
        """What each row adds to the sums, 0 where there is no length; only sums to which any kind adds."""
        return {
            name: np.fmax(log[column], 0.0) * self.counts[whose].astype(np.float64)[kind]
            for name, (whose, column) in self._lengths.items()
            if self._any((whose,))
        }

    def _any(self, names: Sequence[str]) -> bool:
        """Whether any kind belongs to one of the counts."""
        return any(self.counts[name].any() for name in names if name in self.counts)

    def _count(self, group: str, size: int, slots: Places, kind: Places) -> None:
        kinds, before = len(self._numbers), self._cells[group]
        cells = np.bincount(slots * kinds + kind, minlength=(size + 1) * kinds).reshape(size + 1, kinds)
        cells[:, : before.shape[1]] += before
        self._cells[group] = cells

    def by(self, group: str) -> dict[str, Floats]:
        """The counts and sums of each group."""
        wanted = self._only.get(group, (*self.counts, *self._sums_of))
        counted = self._counted(self._cells[group][1:], [name for name in wanted if name in self.counts])
        sums = self._sums[group]
        return counted | {name: sums[of][1:] for name, of in self._sums_of.items() if name in wanted}

    def total(self) -> dict[str, float]:
        """The counts and sums of all rows that are inside: each of them has an interval."""
        counted = self._counted(self._cells["interval"][1:].sum(axis=0), tuple(self.counts))
        sums = {name: float(np.sum(of[1:])) for name, of in self._sums["interval"].items()}
        return {name: float(of) for name, of in counted.items()} | {
            name: sums[of] for name, of in self._sums_of.items()
        }

    def _counted(self, cells: Places, names: Sequence[str]) -> dict[str, Floats]:
        # A group that was left out of the last blocks has only the kinds before them.
        belong = np.array([self.counts[name][: cells.shape[-1]] for name in names], np.float64)
        return dict(zip(names, (cells.astype(np.float64) @ belong.T).T, strict=True))
