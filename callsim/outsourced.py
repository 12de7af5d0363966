"""What vendors did: the calls that came to them, at once or put through, and the callers whom they did not help."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from callsim.calllog import CALL, CALLER, Outcome, Resolution
from callsim.columns import Columns, Implied, Picked, in_window, joined, picked, together
from callsim.scenario.routes import vendors_met
from callsim.scenario.vocabulary import Scenario

Floats = NDArray[np.float64]
Places = NDArray[np.int64]
Bools = NDArray[np.bool_]


class AtVendors:
    """The parts of a log in turn, looked at for what vendors did.

    Which vendor a call was put through to stands in the legs, and a leg may be written after its call: so calls that
    were put through wait here until all legs are known.
    """

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self.met = vendors_met(scenario)
        self._number = len(scenario.vendors)
        self._places = [place for place, name in enumerate(scenario.vendors) if name in self.met]
        self.waits_for_legs = bool(self.met) and any(queue.transfer for queue in scenario.queues.values())
        """Whether a call that was put through may have come to a vendor."""
        self._put_through: list[Columns] = []
        self._legs: list[Picked] = []
        self._unserved: list[Columns] = []
        self._helped_in: list[Picked] = []
        """The calls that a vendor answered, where it may be one or another."""

    def clear(self) -> None:
        """Begin anew."""
        for part in (self._put_through, self._legs, self._unserved, self._helped_in):
            part.clear()

    def known(self, calls: Columns) -> Columns:
        """Those of which the vendor is known, with what `_OF_VENDORS` says of them."""
        if self.waits_for_legs:
            put_through = ~np.isnan(calls["transferred"])
            if put_through.any():
                self._put_through.append(calls.only(put_through))
                calls = calls.only(~put_through)
        return self._seen(Columns(calls, _OF_VENDORS))

    def put_through(self) -> Iterator[Columns]:
        """The others, when all parts have been seen."""
        if self._put_through:
            legs = together(self._legs)
            yield from (self._seen(_with_legs(calls, legs)) for calls in self._put_through)

    def _seen(self, calls: Columns) -> Columns:
        if len(self.met) > 1:
            self._helped_in.append(picked(calls, (*CALL, "met_vendor"), calls["outcome"] == Outcome.OUTSOURCED))
        return calls

    def add_legs(self, legs: Columns) -> None:
        """Add legs, some of them at vendors."""
        if self.waits_for_legs:
            self._legs.append(picked(legs, (*CALL, "vendor", "talk_s"), legs["vendor"] >= 0))

    def add_callers(self, callers: Columns) -> None:
        """Add callers."""
        if self.met:
            unserved = in_window(self._scenario, callers) & (callers["resolution"] == Resolution.UNSERVED)
            self._unserved.append(callers.only(unserved))

    def unserved(self) -> Floats:
        """Counted callers who went unserved, by the vendor of their last call that one answered."""
        found = np.zeros(self._number)
        if len(self.met) == 1:
            # There is no other.
            found[self._places] = sum(map(len, self._unserved))
        elif self._unserved:
            np.add.at(found, self._answered_last(joined(self._unserved)), 1.0)
        return found

    def _answered_last(self, people: Columns) -> Places:
        """The vendors that did."""
        calls = together(self._helped_in)
        latest_first = np.argsort(-calls["attempt"], kind="stable")
        at, _ = _matched([calls[name][latest_first] for name in CALLER], [people[name] for name in CALLER])
        vendors: Places = calls["met_vendor"][latest_first[at]]
        return vendors


def _vendor_minutes(calls: Columns) -> Floats:
    return np.where(calls["vendor"] >= 0, calls["talk_s"], np.nan) / 60.0


_OF_VENDORS: dict[str, Implied] = {
    "met_vendor": lambda calls: calls["vendor"],
    "first_vendor": lambda calls: np.where(np.isnan(calls["transferred"]), calls["vendor"], -1),
    "vendor_minutes": _vendor_minutes,
}
"""The vendor that a call came to, the one that it came to first of all, and the minutes that a vendor talked."""


def _with_legs(calls: Columns, legs: Picked) -> Columns:
    """Calls that were put through, maybe to a vendor."""
    rows, theirs = _matched([calls[name] for name in CALL], [legs[name] for name in CALL])

    def met_vendor(calls: Columns) -> Places:
        found = calls["vendor"].copy()
        found[rows] = np.where(found[rows] < 0, legs["vendor"][theirs], found[rows])
        return found

    def vendor_minutes(calls: Columns) -> Floats:
        found = _vendor_minutes(calls)
        found[rows] = np.where(np.isnan(found[rows]), legs["talk_s"][theirs] / 60.0, found[rows])
        return found

    return Columns(calls, _OF_VENDORS | {"met_vendor": met_vendor, "vendor_minutes": vendor_minutes})


def _matched(first: Sequence[Places], second: Sequence[Places]) -> tuple[Places, Places]:
    """Places at which two tables, given by their columns, have the same row; the first of equal ones in a table."""
    if not (len(first[0]) and len(second[0])):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    one, other = np.zeros(len(first[0]), np.int64), np.zeros(len(second[0]), np.int64)
    for values, others in zip(first, second, strict=True):
        many = int(max(values.max(), others.max())) + 1
        one, other = one * many + values, other * many + others
    _, at, its = np.intersect1d(one, other, return_indices=True)
    return at, its
