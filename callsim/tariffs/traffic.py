"""Calls as price plans see them: when they were answered, and how long each part of them lasted.

Lengths are whole microseconds: instants are floats, and what lasts a millionth of a second longer than a minute lasts
a minute.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from callsim.calllog import CALL, Logs, Outcome
from callsim.columns import Columns, Picked, joined, together
from callsim.scenario.compound import KINDS
from callsim.scenario.planparts import BilledIn

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

MICROSECONDS = 1_000_000
MINUTE = 60 * MICROSECONDS

INSTANTS = ("dialled", "greeted", "asked", "joined", "matched", "answered", "transferred", "left", "freed")
PARTS = ("queue", "ring", "talk", "hold", "wrap_up", "transfer", "menu", "voicemail")
"""The parts of a call that is answered by an agent or an operator."""

EVENT = "event_"
"""Begins the names of columns that a recorded log may have: how often something happened in each call."""


class Calls(NamedTuple):
    """Calls that came, answered or not, as pricing reads a log; instants in seconds, NaN for what never was."""

    instants: Mapping[str, Floats]
    menu_s: Floats
    at_vendor: Flags
    """Whether a vendor had to answer."""
    kinds: Mapping[str, Flags]
    """Whether a call is of a kind."""
    machine: Flags
    """Whether a machine handled the call, and no person."""
    message: Flags
    """Whether a message was left."""
    events: Mapping[str, Ints]
    """How often something with a price of its own happened in each call."""

    def only(self, which: Flags) -> Calls:
        """Some of the calls."""
        return Calls(
            instants={name: of[which] for name, of in self.instants.items()},
            menu_s=self.menu_s[which],
            at_vendor=self.at_vendor[which],
            kinds={name: of[which] for name, of in self.kinds.items()},
            machine=self.machine[which],
            message=self.message[which],
            events={name: of[which] for name, of in self.events.items()},
        )

    @property
    def passed_on(self) -> Flags:
        """Whether a call had waited for somebody else before a vendor had to answer."""
        found: Flags = ~np.isnan(self.instants["joined"]) & self.at_vendor
        return found

    def parts(self) -> dict[str, Floats]:
        """Seconds of each part of the calls, by PARTS; missing where an instant is."""
        at = self.instants
        nothing = np.zeros(len(self.menu_s))
        talk_ended = _first_known(at["transferred"], at["left"])
        return {
            # Before a call was passed on it waited for somebody else.
            "queue": np.where(self.passed_on, np.nan, at["matched"] - at["asked"]),
            "ring": at["answered"] - at["matched"],
            "talk": talk_ended - at["answered"],
            "hold": nothing,
            "wrap_up": at["freed"] - talk_ended,
            "transfer": at["left"] - at["transferred"],
            "menu": self.menu_s,
            "voicemail": nothing,
        }


class Traffic(NamedTuple):
    """Calls in the order of their answers, and those that came without one. All instants are seconds."""

    answered: Floats
    parts: Mapping[str, Ints]
    """Microseconds of each part of each call."""
    kinds: Mapping[str, Flags]
    """Whether a call is of a kind."""
    machine: Flags
    """Whether a machine handled the call, and no person."""
    came: Floats
    """When each call came, answered or not, in order."""
    waited: Floats
    """Seconds until it was answered, NaN where it was not; in the order of `came`."""
    messages: Floats
    """When messages were left."""
    events: Mapping[str, Ints]
    """How often something with a price of its own happened in each call, where the log says so (`event_order`)."""
    sums: dict[Any, Ints]
    """Lengths computed already, by what they are of: many plans bill alike."""

    def lengths(self, bills: tuple[str, ...]) -> Ints:
        """Microseconds of each call that are billed."""
        key = frozenset(bills)
        if key not in self.sums:
            self.sums[key] = _sum([self.parts[part] for part in sorted(key)])
        return self.sums[key]

    def rounded(self, bills: tuple[str, ...], steps: BilledIn | None) -> Ints:
        """The same, each call or each part rounded up to the steps."""
        if steps is None or steps.each == "period":
            return self.lengths(bills)
        key = (frozenset(bills), steps)
        if key not in self.sums:
            whole = steps.each == "call"
            pieces = [self.lengths(bills)] if whole else [self.lengths((part,)) for part in sorted(set(bills))]
            self.sums[key] = _sum([stepped(piece, steps) for piece in pieces])
        return self.sums[key]


def _sum(pieces: list[Ints]) -> Ints:
    total: Ints = pieces[0]
    for piece in pieces[1:]:
        total = total + piece
    return total


def stepped(lengths: Ints, steps: BilledIn) -> Ints:
    """Lengths rounded up to the first step, then to whole further ones; what does not last stays nothing."""
    first, then = (round(step * MICROSECONDS) for step in (steps.first, steps.then))
    beyond = lengths - first
    if then > 1:
        beyond = -(-beyond // then) * then
    billed: Ints = np.where(lengths > 0, first + np.maximum(beyond, 0), 0)
    return billed


def microseconds(seconds: Floats) -> Ints:
    """Whole microseconds; what is missing or negative is nothing."""
    whole: Ints = np.rint(np.fmax(seconds, 0.0) * MICROSECONDS).astype(np.int64)
    return whole


def _first_known(first: Floats, other: Floats) -> Floats:
    return np.where(np.isnan(first), other, first)


def of_calls(came: Calls) -> Traffic:
    """The traffic of the calls that came."""
    at = came.instants
    arrived = _first_known(at["asked"], at["dialled"])
    waits_since = _first_known(np.where(came.passed_on, at["matched"], np.nan), arrived)
    in_order = np.argsort(arrived, kind="stable")
    answered = np.flatnonzero(~np.isnan(at["answered"]))
    by_answer = answered[np.argsort(at["answered"][answered], kind="stable")]
    left = at["left"][came.message]
    return Traffic(
        answered=at["answered"][by_answer],
        parts=dict(zip(PARTS, microseconds(np.array([of[by_answer] for of in came.parts().values()])), strict=True)),
        kinds={kind: of[by_answer] for kind, of in came.kinds.items()},
        machine=came.machine[by_answer],
        came=arrived[in_order],
        waited=(at["answered"] - waits_since)[in_order],
        messages=np.sort(left[~np.isnan(left)]),
        events={name: of[by_answer] for name, of in came.events.items()},
        sums={},
    )


# Simulated calls.


class OutsourcedCalls:
    """The calls that vendors answered, gathered from the parts of a log. Vendors go by their places in the scenario."""

    def __init__(self) -> None:
        self._calls: list[Columns] = []
        self._legs: list[Columns] = []

    def add(self, logs: Logs) -> None:
        """Add the log of a replication, or the next part of it."""
        for calls in logs.blocks("attempts"):
            # Of those that were put through a leg may tell of a vendor.
            self._calls.append(calls.only((calls["vendor"] >= 0) | ~np.isnan(calls["transferred"])))
        for legs in logs.blocks("legs"):
            self._legs.append(legs.only(legs["vendor"] >= 0))

    def traffic(self, vendor: int | None = None, *, recorders: Collection[int] = ()) -> Traffic:
        """The calls, put through to it or not, that a vendor (or any) answered; `recorders` only take messages."""
        calls, legs = joined(self._calls), joined(self._legs)
        came, later = (log.only(_is_at(log["vendor"], vendor)) for log in (calls, legs))
        theirs: Picked = {name: came[name] for name in _OF_ATTEMPTS}
        if len(later):
            theirs = together([theirs, _as_calls({name: later[name] for name in _OF_LEGS}, calls)])
        message = np.zeros(len(theirs["vendor"]), np.bool_)
        for place in recorders:
            message |= ~np.isnan(theirs["answered"]) & (theirs["vendor"] == place)
        return of_calls(_simulated(theirs, message))


_OF_ATTEMPTS = (*CALL, "kind", "outcome", "vendor", "menu_s", *INSTANTS)
_OF_LEGS = (*CALL, "vendor", "asked", "matched", "answered", "left", "freed")


def _is_at(vendors: Ints, vendor: int | None) -> Flags:
    found: Flags = vendors >= 0 if vendor is None else vendors == vendor
    return found


def _as_calls(legs: Picked, calls: Columns) -> Picked:
    """Legs as calls of their own: one that was put through begins where it asks for the vendor."""
    row_of = {call: row for row, call in enumerate(zip(*(calls[name].tolist() for name in CALL), strict=True))}
    rows = np.array([row_of[leg] for leg in zip(*(legs[name].tolist() for name in CALL), strict=True)], np.intp)
    missing, nothing = np.full(len(rows), np.nan), np.zeros(len(rows))
    known = {name: calls[name][rows] for name in ("kind", "outcome", "dialled")}
    return {"greeted": missing, "transferred": missing, "menu_s": nothing, "joined": legs["asked"], **legs, **known}


def _simulated(calls: Picked, message: Flags) -> Calls:
    return Calls(
        instants={name: calls[name] for name in INSTANTS},
        menu_s=calls["menu_s"],
        at_vendor=calls["vendor"] >= 0,
        kinds={kind: calls["kind"] == place for place, kind in enumerate(KINDS)},
        machine=calls["outcome"] == Outcome.SELF_SERVED,
        message=message,
        events={},
    )


# Recorded calls, and simulated ones as a table.


def by_vendors(attempts: pl.DataFrame) -> Traffic:
    """The calls of a recorded log that vendors answered; nothing is known of messages."""
    calls = _recorded(attempts)
    theirs = calls.only(calls.at_vendor)
    return of_calls(theirs._replace(message=np.zeros(len(theirs.message), np.bool_)))


def by_agents(attempts: pl.DataFrame) -> Traffic:
    """The calls of a log that its own agents answered, as if somebody else were to answer them."""
    calls = _recorded(attempts)
    asked = ~np.isnan(calls.instants["answered"]) | ~np.isnan(calls.instants["asked"])
    return of_calls(calls.only(asked & ~calls.at_vendor))


def by_everyone(attempts: pl.DataFrame) -> Traffic:
    """All calls of a log that somebody or a machine answered; those a machine solved are time in its menu."""
    calls = _recorded(attempts)
    at = calls.instants
    solved = {name: np.where(calls.machine, at["left"], at[name]) for name in ("answered", "matched", "freed")}
    menu_s = np.where(calls.machine, at["left"] - at["greeted"], calls.menu_s)
    return of_calls(calls._replace(instants={**at, **solved}, menu_s=menu_s))


def _recorded(attempts: pl.DataFrame) -> Calls:
    import polars as pl

    kinds, outcomes = (attempts[name].cast(pl.String).fill_null("") for name in ("kind", "outcome"))
    return Calls(
        instants={name: _floats(attempts[name]) for name in INSTANTS},
        menu_s=_floats(attempts["menu_s"]),
        at_vendor=attempts["vendor"].is_not_null().to_numpy(),
        kinds={kind: (kinds == kind).to_numpy() for kind in kinds.unique()},
        machine=(outcomes == "self_served").to_numpy(),
        message=(outcomes == "voicemail").to_numpy(),
        events={
            name.removeprefix(EVENT): attempts[name].fill_null(0).cast(pl.Int64).to_numpy()
            for name in attempts.columns
            if name.startswith(EVENT)
        },
    )


def _floats(column: pl.Series) -> Floats:
    import polars as pl

    found: Floats = column.cast(pl.Float64).fill_null(float("nan")).to_numpy()
    return found
