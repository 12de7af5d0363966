"""Calls as price plans see them: when they were answered, and how long each part of them lasted.

Lengths are whole microseconds: instants are floats, and what lasts a millionth of a second longer than a minute lasts
a minute.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

import numpy as np
import polars as pl
import polars.selectors as cs
from numpy.typing import NDArray

from callsim.calllog import Logs
from callsim.scenario.planparts import BilledIn

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

MICROSECONDS = 1_000_000
MINUTE = 60 * MICROSECONDS

PARTS = {
    # Before a call was passed on it waited for somebody else.
    "queue": pl.when(pl.col("joined").is_null() | pl.col("vendor").is_null()).then(pl.col("matched") - pl.col("asked")),
    "ring": pl.col("answered") - pl.col("matched"),
    "talk": pl.coalesce("transferred", "left") - pl.col("answered"),
    "hold": pl.lit(0.0),
    "wrap_up": pl.col("freed") - pl.coalesce("transferred", "left"),
    "transfer": pl.col("left") - pl.col("transferred"),
    "menu": pl.col("menu_s"),
    "voicemail": pl.lit(0.0),
}
"""The parts of a call that is answered by an agent or an operator, in seconds."""

EVENT = "event_"
"""Begins the names of columns that a recorded log may have: how often something happened in each call."""

NEEDED = (
    "dialled",
    "matched",
    "asked",
    "joined",
    "vendor",
    "answered",
    "transferred",
    "left",
    "freed",
    "menu_s",
    "kind",
    "outcome",
)
"""The columns of a log of attempts that pricing reads."""


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
    whole: Ints = np.rint(np.maximum(np.nan_to_num(seconds), 0.0) * MICROSECONDS).astype(np.int64)
    return whole


LEFT_A_MESSAGE = pl.col("outcome").cast(pl.String) == "voicemail"


def of_calls(came: pl.DataFrame, *, message: pl.Expr = LEFT_A_MESSAGE) -> Traffic:
    """The traffic of the calls that came, answered or not, of a log of attempts; `message` tells who left one."""
    calls = came.filter(pl.col("answered").is_not_null()).sort("answered", maintain_order=True)
    waits = pl.col("answered") - pl.coalesce(pl.when(_PASSED_ON).then(pl.col("matched")), "asked", "dialled")
    arrived = came.select(at=pl.coalesce("asked", "dialled"), waited=waits).sort("at")
    lengths = calls.select(length.cast(pl.Float64).alias(part) for part, length in PARTS.items())
    kinds = calls["kind"].cast(pl.String).fill_null("")
    messages = came.filter(message)["left"]
    return Traffic(
        answered=calls["answered"].to_numpy(),
        parts={part: microseconds(lengths[part].fill_null(0.0).to_numpy()) for part in PARTS},
        kinds={kind: (kinds == kind).to_numpy() for kind in kinds.unique()},
        machine=(calls["outcome"].cast(pl.String).fill_null("") == "self_served").to_numpy(),
        came=arrived["at"].to_numpy(),
        waited=arrived["waited"].fill_null(float("nan")).to_numpy(),
        messages=messages.drop_nulls().sort().to_numpy(),
        events={
            name.removeprefix(EVENT): calls[name].fill_null(0).cast(pl.Int64).to_numpy()
            for name in calls.columns
            if name.startswith(EVENT)
        },
        sums={},
    )


_PASSED_ON = pl.col("joined").is_not_null() & pl.col("vendor").is_not_null()


def at_vendor(logs: Logs, vendor: str | None = None, *, recorders: Collection[str] = ()) -> Traffic:
    """The calls, put through to it or not, that a vendor (or any) answered; `recorders` only take messages."""
    came = logs.attempts.filter(_at(vendor)).select(*NEEDED, cs.starts_with(EVENT))
    if not logs.legs.is_empty():
        call = ["source", "day", "caller", "attempt"]
        known = logs.attempts.select(*call, "dialled", "kind", "outcome")
        legs = logs.legs.filter(_at(vendor)).join(known, on=call, how="left")
        later = legs.with_columns(joined=pl.col("asked"), transferred=pl.lit(None, pl.Float64), menu_s=pl.lit(0.0))
        came = pl.concat([came, later.select(*NEEDED)], how="diagonal")
    answered = pl.col("answered").is_not_null()
    return of_calls(came, message=answered & pl.col("vendor").cast(pl.String).is_in(list(recorders)))


def _at(vendor: str | None) -> pl.Expr:
    return pl.col("vendor").is_not_null() if vendor is None else pl.col("vendor") == vendor


def by_agents(attempts: pl.DataFrame) -> Traffic:
    """The calls of a log that its own agents answered, as if somebody else were to answer them."""
    asked = pl.col("answered").is_not_null() | pl.col("asked").is_not_null()
    own = attempts.filter(pl.col("vendor").is_null() & asked)
    return of_calls(own)


def by_everyone(attempts: pl.DataFrame) -> Traffic:
    """All calls of a log that somebody or a machine answered; those a machine solved are time in its menu."""
    solved = pl.col("outcome").cast(pl.String) == "self_served"
    length = pl.when(solved).then(pl.col("left") - pl.col("greeted")).otherwise(pl.col("menu_s"))
    instants = [
        pl.when(solved).then(pl.col("left")).otherwise(pl.col(name)).alias(name)
        for name in ("answered", "matched", "freed")
    ]
    every = attempts.with_columns(length.alias("menu_s"), *instants)
    return of_calls(every)
