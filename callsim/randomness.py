"""Named random streams: chance that nobody else's chance disturbs."""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator, Philox, SeedSequence, _generator
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
        # The entropy of SeedSequence(seed, spawn_key=(replication, *name)) up to the name: at least four words of seed.
        words = [seed >> shift & 0xFFFFFFFF for shift in range(0, 128, 32)]
        self._entropy = np.array([*words, replication], np.uint32)
        self._known: dict[str, _Stream] = {}
        self._keys: dict[str, tuple[int, int]] = {}

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

    def key(self, name: str) -> tuple[int, int]:
        """The key of a name's generator, as two words with a sign."""
        found = self._keys.get(name)
        if found is None:
            low, high = self._sequence(name).generate_state(2, np.uint64).view(np.int64).tolist()
            found = self._keys[name] = low, high
        return found

    def _sequence(self, name: str) -> SeedSequence:
        letters = name.encode()
        words = np.empty(5 + len(letters), np.uint32)
        words[:5], words[5:] = self._entropy, np.frombuffer(letters, np.uint8)
        return SeedSequence(words)

    def _begin(self, name: str) -> _Stream:
        bits = Philox(self._sequence(name))
        state = bits.state
        return self._known.setdefault(name, _Stream(Generator(bits), bits, state["state"]["counter"], state))


class Common:
    """What the tapes of all variants share in one replication, drawn once: make one, and give it to each of them.

    Whoever keeps drawn values in it takes their bytes from its room, and keeps no more where that is used up.
    """

    def __init__(self, seed: int, replication: int, *, room: int = 64 << 20) -> None:
        self.of = seed, replication
        self.streams = Streams(seed, replication)
        self.room = room
        self.kept: dict[Any, Any] = {}
        """Drawn values, by all that decides them."""


FUNCTIONS = (
    "random_standard_uniform_fill", "random_standard_exponential_fill", "random_standard_exponential",
    "random_uniform", "random_gamma", "random_lognormal", "random_weibull", "random_bounded_uint64_fill",
)  # fmt: skip
"""What draws behind the methods of a Generator: C functions that NumPy shows to other languages."""


def bare() -> Philox:
    """A Philox for whoever sets its key and counter."""
    return Philox(key=0)


@cache
def addresses() -> tuple[int, ...]:
    """Where the functions stand in memory; nothing where NumPy does not show them."""
    try:
        library = ctypes.CDLL(_generator.__file__)
        found = [ctypes.cast(getattr(library, name), ctypes.c_void_p).value for name in FUNCTIONS]
    except (AttributeError, OSError):
        return ()
    return tuple(address or 0 for address in found)
