"""Named random streams: chance that nobody else's chance disturbs."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator, Philox, SeedSequence
from numpy.typing import NDArray

from callsim.errors import CallsimError

SEEDS = 1 << 128
"""SeedSequence keeps the seed and the rest of a stream's key apart only up to here."""


def stream_name(*parts: str) -> str:
    """The parts joined by slashes: `source/search ads/patience`.

    A slash inside a part gets a backslash, so that other parts always make another name.
    """
    return "/".join(part.replace("\\", r"\\").replace("/", r"\/") for part in parts)


class _Stream(NamedTuple):
    generator: Generator
    bits: Philox
    counter: NDArray[np.uint64]
    """The words of the counter in `state`, lowest first: draws, day, attempt, leg."""
    state: Any
    """A fresh state: no half-used word, an empty buffer. Only its counter is ever changed."""


class Streams:
    """The streams of one replication.

    A stream is named by what it decides (`source/search ads/patience`), and starts anew for each day, attempt and leg:
    the draws of any day can be had alone, and another source, queue or agent changes nobody's draws.
    """

    def __init__(self, seed: int, replication: int) -> None:
        if not 0 <= seed < SEEDS:
            raise CallsimError(f"seed: expected a whole number from 0 to 2^128 - 1, found {seed}")
        # A replication of two words could be mistaken for another one with a longer name.
        assert 0 <= replication < 1 << 32
        self._seed = seed
        self._replication = replication
        self._known: dict[str, _Stream] = {}

    def at(self, name: str, day: int, attempt: int = 0, leg: int = 0) -> Generator:
        """The generator of a name, set to the start of a block: counter `leg << 192 | attempt << 128 | day << 64`.

        The next call with the same name moves the same generator: draw before asking again.
        """
        stream = self._known.get(name) or self._begin(name)
        stream.counter[1] = day
        stream.counter[2] = attempt
        stream.counter[3] = leg
        stream.bits.state = stream.state
        return stream.generator

    def _begin(self, name: str) -> _Stream:
        bits = Philox(SeedSequence(self._seed, spawn_key=(self._replication, *name.encode())))
        state = bits.state
        return self._known.setdefault(name, _Stream(Generator(bits), bits, state["state"]["counter"], state))
