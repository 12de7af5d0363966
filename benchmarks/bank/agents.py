"""What the bank's log shows of its agents: their pauses and who was on duty. It has no roster and no wrap-up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks.bank.log import DAY, HALF_HOUR, Floats, Ints

LONGEST_WRAP_UP = 60
"""Seconds that an agent pauses while a caller waits: whoever pauses longer is on a break."""
ORDINARY_KINDS = ("PS", "NW")
"""Calls that any agent may take; stock (NE), internet (IN), English (PE) need skills."""


def queue_length(day: pl.DataFrame) -> Ints:
    """How many ordinary callers wait in each second of two days from midnight: [asked, asked + wait)."""
    queue = day.filter(pl.col("asked_s").is_not_null() & pl.col("kind").is_in(ORDINARY_KINDS))
    change = np.zeros(2 * DAY + 1, dtype=np.int64)
    np.add.at(change, queue["asked_s"].to_numpy(), 1)
    np.add.at(change, (queue["asked_s"] + queue["wait_s"]).to_numpy(), -1)
    return np.cumsum(change)


class Spell(NamedTuple):
    """One server's calls of one day in order of their start."""

    starts: Ints
    ends: Ints


def _spells(day: pl.DataFrame) -> Iterator[Spell]:
    calls = day.drop_nulls(["server", "answered_s"]).sort("answered_s")
    for server in sorted(calls["server"].unique().to_list()):
        own = calls.filter(pl.col("server") == server)
        yield Spell(own["answered_s"].to_numpy(), (own["answered_s"] + own["talk_s"]).to_numpy())


def _gaps(spell: Spell) -> Iterator[tuple[int, int]]:
    for end, start in zip(spell.ends[:-1], spell.starts[1:], strict=True):
        if start >= end:
            yield int(end), int(start)


def busy_gaps(rows: pl.DataFrame) -> Floats:
    """Seconds from a server's end of talk to that server's next call where somebody waited during all of it.

    Nobody who is free lets a caller wait, so such a gap is pick-up and wrap-up; longer than a minute it is a
    break and left out. Too short, as a colleague who takes the last caller often cuts a long gap; too long by
    short breaks.
    """
    seconds: list[int] = []
    for _, day in rows.sort("day").group_by("day", maintain_order=True):
        waiting = queue_length(day)
        seconds += [
            start - end
            for spell in _spells(day)
            for end, start in _gaps(spell)
            if start - end <= LONGEST_WRAP_UP and bool(waiting[end : max(start, end + 1)].all())
        ]
    return np.array(seconds, dtype=np.float64)


def on_duty(rows: pl.DataFrame) -> Floats:
    """Mean number of agents on duty in each half-hour of the day: shape (days in their order, half-hours).

    A server is on duty from the start of the first to the end of the last call of the day, without those gaps
    between two calls in which ordinary callers waited for more than a minute in all: a free agent lets nobody
    wait, so the server was on a break. Too low where the quiet part of a break is cut with it, and before the
    first call; too high where nobody waited during a break.
    """
    days = rows.sort("day").group_by("day", maintain_order=True)
    present = np.array([_seconds_on_duty(day) for _, day in days], dtype=np.float64)
    means: Floats = present.reshape(len(present), -1, HALF_HOUR).mean(axis=2)
    return means[:, : DAY // HALF_HOUR]


def _seconds_on_duty(day: pl.DataFrame) -> Ints:
    """How many servers are on duty in each second of two days from midnight."""
    waiting = queue_length(day)
    present = np.zeros(2 * DAY, dtype=np.int64)
    for spell in _spells(day):
        present += _is_on_duty(spell, waiting)
    return present


def _is_on_duty(spell: Spell, waiting: Ints) -> NDArray[np.bool_]:
    present = np.zeros(2 * DAY, dtype=np.bool_)
    present[spell.starts[0] : spell.ends.max()] = True
    for end, start in _gaps(spell):
        if np.count_nonzero(waiting[end:start]) > LONGEST_WRAP_UP:
            present[end:start] = False
    return present
