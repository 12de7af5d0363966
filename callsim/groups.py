"""Sums of queues, sources, teams and the like, side by side in one table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Numbers(Mapping[str, float]):
    """The sums of one group by name: a row of floats, for whoever wants the same ones of many."""

    def __init__(self, places: Mapping[str, int], row: Floats) -> None:
        self.places = places
        """Where each sum stands in the row."""
        self.row = row

    def __getitem__(self, name: str) -> float:
        return self.row.item(self.places[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self.places)

    def __len__(self) -> int:
        return len(self.places)

    def __contains__(self, name: object) -> bool:
        return name in self.places


class Groups(Mapping[Any, Numbers]):
    """The sums of groups by name: there are many, and few are asked for."""

    def __init__(self, names: Mapping[Any, int], places: Mapping[str, int], table: Floats) -> None:
        """`names`: where each group stands, a column; `places`: where each sum stands, a row."""
        self._names = names
        self._places = places
        self._table = table

    def __getitem__(self, name: Any) -> Numbers:
        return Numbers(self._places, self._table[:, self._names[name]])

    def __iter__(self) -> Iterator[Any]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def every(self, name: str) -> Floats:
        """One of the sums, of all groups that stand there."""
        found: Floats = self._table[self._places[name]]
        return found

    def together(self) -> Numbers:
        """The sums of all groups."""
        return Numbers(self._places, self._table.sum(axis=1))


def columns(groups: Sequence[Numbers]) -> dict[str, Floats]:
    """The same sums of several replications, by name."""
    table = np.array([one.row for one in groups]).T.copy()
    return {name: table[place] for name, place in groups[0].places.items()}


class Side:
    """How groups of one kind stand side by side, in one replication as in all."""

    def __init__(self, groups: Mapping[Any, int], sums: Sequence[str], counted: Floats) -> None:
        """The places of the groups, the names of their sums, and the counted seconds, which are one of these."""
        self._groups = groups
        self._places = {name: place for place, name in enumerate((*sums, "counted_s"))}
        self._counted = counted[None]

    def by_side(self, *sums: Floats) -> Groups:
        """The groups with sums in tables, a row for each sum."""
        return Groups(self._groups, self._places, np.concatenate((*sums, self._counted)))
