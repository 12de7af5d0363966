"""The tape: all that chance decides, drawn from named streams before the engine runs.

One row per caller born on a day, in the order of dialling; one block of rows for each further attempt, for each leg
of a call that is put through, and for each try to call back. Columns are drawn when first asked for, each from
streams of its own, so asking changes nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from callsim.laws import Law
from callsim.randomness import Common, Streams, stream_name
from callsim.scenario.roster import slots_of
from callsim.scenario.timetable import DAY, FLAT, Profile
from callsim.scenario.vocabulary import KINDS, Scenario, Source

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

BLOCK = 1024
"""Rows that are drawn together where a row takes values of several kinds. Another number makes other draws."""


def draw(law: Law, generator: Generator, size: int) -> Floats:
    """Independent values of a law, seconds. With a larger size the first values stay what they were.

    Only the generator's own methods: their bits are the same everywhere.
    """
    if law.shape == "mix":
        return _in_blocks(size, lambda: _mix(law, generator))
    return _DRAWS[law.shape](generator, size, *law.values)


def spread(cv: float) -> float:
    """The square of a cv. One below 1e-9 is taken for that: nobody could tell, and its square might be 0."""
    return max(cv, 1e-9) ** 2


def _gamma(generator: Generator, size: int, cv: float) -> Floats:
    """Values of mean 1."""
    return generator.gamma(1.0 / spread(cv), spread(cv), size)


def _in_blocks(size: int, block: Callable[[], Floats]) -> Floats:
    """Whole blocks until there are enough values: the first ones do not depend on how many are asked for."""
    values: Floats = np.concatenate([np.empty(0), *(block() for _ in range(0, size, BLOCK))])
    return values[:size]


def branches(mean: float, cv: float) -> tuple[float, float, float]:
    """Of two exponential branches with balanced means the share of the first, and their means (Allen 1990, 3.2.9)."""
    root = math.sqrt((cv**2 - 1.0) / (cv**2 + 1.0))
    often = (1.0 + root) / 2.0
    # 1 - often, which a large cv would round to 0.
    seldom = 1.0 / ((cv**2 + 1.0) * (1.0 + root))
    return often, mean / (2 * often), mean / (2 * seldom)


def _branched(generator: Generator, often: float, *means: float) -> Floats:
    """A block of values."""
    branch = generator.random(BLOCK) < often
    values: Floats = generator.standard_exponential(BLOCK) * np.where(branch, *means)
    return values


def lognormal_parameters(mean: float, cv: float) -> tuple[float, float]:
    """Mean and standard deviation of the logarithm."""
    variance = math.log1p(cv**2)
    return math.log(mean) - variance / 2.0, math.sqrt(variance)


def _empirical(generator: Generator, size: int, *values: float) -> Floats:
    return np.asarray(values)[generator.integers(0, len(values), size)]


_DRAWS: Mapping[str, Callable[..., Floats]] = {
    "constant": lambda _, size, seconds: np.full(size, seconds),
    "never": lambda _, size: np.full(size, math.inf),
    "rings": lambda generator, size, low, high, ring: generator.integers(int(low), int(high) + 1, size) * ring,
    "uniform": lambda generator, size, low, high: generator.uniform(low, high, size),
    "exponential": lambda generator, size, mean: generator.standard_exponential(size) * mean,
    "erlang": lambda generator, size, stages, mean: generator.gamma(stages, mean / stages, size),
    "gamma": lambda generator, size, mean, cv: _gamma(generator, size, cv) * mean,
    "lognormal": lambda generator, size, *of: generator.lognormal(*lognormal_parameters(*of), size),
    "weibull": lambda generator, size, scale, shape: generator.weibull(shape, size) * scale,
    "hyperexponential": lambda generator, size, *of: _in_blocks(size, lambda: _branched(generator, *branches(*of))),
    "empirical": _empirical,
}
"""By shape: values from a generator, a size and the values of the law."""


def _mix(law: Law, generator: Generator) -> Floats:
    part = _share(limits_of([share for share, _ in law.parts]), generator.random(BLOCK))
    values = np.stack([draw(of, generator, BLOCK) for _, of in law.parts])
    chosen: Floats = values[part, np.arange(BLOCK)]
    return chosen


def limits_of(shares: Sequence[float]) -> Floats:
    """Shares added up, the last sum 1."""
    sums = np.cumsum(shares)
    return np.asarray(sums / sums[-1])


def _share(limits: Floats, numbers: Floats) -> Ints:
    """Into which share each number in [0, 1) falls; never into one of 0."""
    return np.searchsorted(limits, numbers, side="right")


class Values(NamedTuple):
    """What a stream gives, one value after another."""

    law: Law | None = None
    """Seconds; with None numbers in [0, 1)."""
    by_mean: bool = False
    """As multiples of the law's mean."""
    shares: tuple[float, ...] = ()
    """In place of each number, that of the share into which it falls."""

    def draw(self, generator: Generator, size: int) -> NDArray[Any]:
        """So many values."""
        if self.law is None:
            numbers = generator.random(size)
            return _share(limits_of(self.shares), numbers) if self.shares else numbers
        if not self.by_mean:
            return draw(self.law, generator, size)
        mean = self.law.mean
        return draw(self.law, generator, size) / mean if mean else np.ones(size)


CHANCE = Values()
NEVER = Law("never")


class Pieces(NamedTuple):
    """The parts of a day in which somebody calls, each of a constant rate."""

    starts: Floats
    """Seconds since midnight, like `ends`."""
    ends: Floats
    weights: Floats
    reached: Floats
    """The integral of the weights up to the end of each."""


def pieces(profile: Profile) -> Pieces:
    weights = np.asarray(profile.weights)
    calls = weights > 0.0
    weights = weights[calls]
    starts = np.asarray(profile.starts)[calls]
    ends = np.append(profile.starts[1:], DAY)[calls]
    return Pieces(starts, ends, weights, np.cumsum((ends - starts) * weights))


def arrival_times(generator: Generator, expected: float, profile: Profile, *, midnight: float = 0.0) -> Floats:
    """The first dials of the day that begins at a midnight, ascending.

    A Poisson process whose rate follows the profile: a unit-rate process of length `expected`, bent by the inverse of
    the cumulative rate (Cinlar 1975, section 4.7). Exact for piecewise-constant rates.
    """
    starts, ends, weights, share = pieces(profile)
    target = _unit_rate(generator, expected) / expected * share[-1]
    piece = np.searchsorted(share[:-1], target, side="right")
    since = target - np.append(0.0, share[:-1])[piece]
    times = midnight + (starts[piece] + since / weights[piece])
    # The last bit may round up to the end of the piece, where nobody may be calling any more.
    inside: Floats = np.minimum(times, np.nextafter(midnight + ends, 0.0)[piece])
    return inside


def _unit_rate(generator: Generator, length: float) -> Floats:
    """The points of a Poisson process of rate 1 before a length."""
    steps = generator.standard_exponential(int(length + 5.0 * math.sqrt(length) + 16.0))
    reached = np.cumsum(steps)
    while reached[-1] < length:
        # Continue the sum from the start, not from its last value: then its bits do not depend on the batches.
        steps = np.append(steps, generator.standard_exponential(steps.size))
        reached = np.cumsum(steps)
    return reached[: np.searchsorted(reached, length)]


class Day(NamedTuple):
    """The callers born on a day, in the order of dialling. Arrays have one row per caller."""

    first: int
    """Number of the first of them; the others follow. Numbers ascend from day to day, with gaps between days."""
    dialled: Floats
    """First dial, seconds since the first midnight."""
    source: Ints
    """Place of the source in the scenario."""
    ordinal: Ints
    """Number of the caller among those of the source on this day: with source and day, the caller's identity."""


class Column(NamedTuple):
    """A column of the tape: each source has a stream of its own."""

    name: str
    """The end of the streams' names, behind the source's."""
    of: Callable[[Source], Values]
    is_patience: bool = False
    """That of the first attempt may be kept."""

    def attempt(self, source: Source, attempt: int) -> int:
        """The attempt whose values hold on an attempt."""
        return 1 if self.is_patience and source.patience_on_redial == "kept" else attempt


class Draws:
    """One block of the tape: columns of values for the callers of a day, for one attempt (or try) and leg of theirs."""

    def __init__(self, tape: Tape, number: int, day: Day, attempt: int, leg: int = 0) -> None:
        self._tape = tape
        self._number = number
        self._attempt = attempt
        self._leg = leg
        sizes = np.bincount(day.source, minlength=len(tape.scenario.sources))
        self._sizes: list[int] = sizes.tolist()
        # Where each caller's value is when those of all sources stand one after another.
        self._rows = (np.cumsum(sizes) - sizes)[day.source] + day.ordinal

    def draw(self, column: Column) -> NDArray[Any]:
        """A column merged from one stream per source, in the order of dialling."""
        streams, number, leg = self._tape.streams, self._number, self._leg
        first, *others = (column.of(source) for source in self._tape.sources.values())
        constant = first.law if first.law and first.law.shape == "constant" and not first.by_mean else None
        if constant and all(other == first for other in others):
            # One value for all rows, stored once.
            return np.broadcast_to(np.float64(constant.values[0]), self._rows.shape)
        parts = []
        for (prefix, source), size in zip(self._tape.sources.items(), self._sizes, strict=True):
            generator = streams.at(f"{prefix}/{column.name}", number, column.attempt(source, self._attempt), leg)
            parts.append(column.of(source).draw(generator, size))
        merged: NDArray[Any] = np.concatenate(parts)[self._rows]
        return merged

    def _uniform(self, *name: str) -> Floats:
        return self.draw(Column(stream_name(*name), lambda _: CHANCE))

    def _law(self, law: Law, *name: str) -> Floats:
        return self.draw(Column(stream_name(*name), lambda _: Values(law)))

    def _chances(self, of: str, owners: Iterable[str], what: str) -> Mapping[str, Floats]:
        """A column of numbers in [0, 1) by owner."""
        return {name: self._uniform(of, name, what) for name in owners}

    def _lengths(self, *of: str, laws: Mapping[str, Law | None], what: str) -> Mapping[str, Floats]:
        """A column of seconds by owner, for those with a law."""
        return {name: self._law(law, *of, name, what) for name, law in laws.items() if law is not None}


class CallerDraws(Draws):
    """What is drawn once for a caller and kept over redials."""

    @cached_property
    def kind(self) -> Ints:
        """Place of the kind in KINDS."""

        def kinds(source: Source) -> Values:
            return Values(shares=tuple(source.kinds.get(kind, 0.0) for kind in KINDS))

        return self.draw(Column("kind", kinds))

    @cached_property
    def work(self) -> Floats:
        """Length of this caller's talk as a multiple of the source's mean."""
        return self.draw(Column("work", lambda source: Values(source.talk, by_mean=True)))

    @cached_property
    def work_in(self) -> Mapping[str, Floats]:
        """The same by queue, for queues with a talk of their own."""
        queues = self._tape.scenario.queues.items()
        return {name: self._work_of(name, queue.talk) for name, queue in queues if queue.talk is not None}

    def _work_of(self, queue: str, talk: Law) -> Floats:
        return self.draw(Column(stream_name("queue", queue, "work"), lambda _: Values(talk, by_mean=True)))

    @cached_property
    def key(self) -> Mapping[str, Floats]:
        """By menu: a number in [0, 1) that falls into the share of the key the caller presses."""
        return self._chances("menu", self._tape.scenario.menus, "key")

    @cached_property
    def solved(self) -> Mapping[str, Floats]:
        """By self-service: a number in [0, 1), below its `resolves` where the need is solved."""
        return self._chances("self_service", self._tape.scenario.self_service, "solved")

    @cached_property
    def number_known(self) -> Floats:
        """A number in [0, 1), below the share of known numbers where this caller can be called back."""
        return self._uniform("number known")


class AttemptDraws(Draws):
    """What is drawn anew for each attempt."""

    @cached_property
    def ring_patience(self) -> Floats:
        """Seconds from the dial for which the caller lets it ring."""
        return self.draw(Column("patience/ringing", lambda source: Values(source.hangs_up_ringing), is_patience=True))

    @cached_property
    def hold_patience(self) -> Floats:
        """Seconds for which the caller waits once a machine has answered."""

        def patience(source: Source) -> Values:
            return Values(source.hangs_up_waiting or NEVER)

        return self.draw(Column("patience/waiting", patience, is_patience=True))

    @cached_property
    def redial_chance(self) -> Floats:
        """A number in [0, 1), below the chance of a redial where the caller would redial."""
        return self._uniform("redial", "chance")

    @cached_property
    def redial_delay(self) -> Floats:
        """Seconds until the redial."""
        return self.draw(Column("redial/delay", lambda source: Values(source.redial.after if source.redial else NEVER)))

    @cached_property
    def split(self) -> Floats:
        """A number in [0, 1) that falls into the share of the way the caller goes."""
        return self._uniform("split")

    @cached_property
    def prompt(self) -> Mapping[str, Floats]:
        """By menu: seconds of its prompt."""
        menus = self._tape.scenario.menus
        return self._lengths("menu", laws={name: menu.prompt for name, menu in menus.items()}, what="prompt")

    @cached_property
    def hang_up(self) -> Mapping[str, Floats]:
        """By menu: a number in [0, 1), below the share of hang-ups where the caller hangs up in the prompt."""
        return self._chances("menu", self._tape.scenario.menus, "hang up")

    @cached_property
    def takes(self) -> Mapping[str, Floats]:
        """By self-service: seconds it takes."""
        items = self._tape.scenario.self_service
        return self._lengths("self_service", laws={name: item.takes for name, item in items.items()}, what="takes")

    @cached_property
    def accepts(self) -> Mapping[str, Floats]:
        """By queue that offers to call back: a number in [0, 1), below its `accepts` where the caller accepts."""
        queues = self._tape.scenario.queues.items()
        return self._chances("queue", [name for name, queue in queues if queue.offer_callback], "accepts")

    @cached_property
    def transfer(self) -> Mapping[str, Floats]:
        """By queue that transfers: a number in [0, 1), below the chance where the caller is put through."""
        queues = self._tape.scenario.queues.items()
        return self._chances("queue", [name for name, queue in queues if queue.transfer], "transfer")

    @cached_property
    def pick_up(self) -> Mapping[str, Floats]:
        """By team with a pick-up delay: its seconds."""
        teams = self._tape.scenario.teams
        return self._lengths("team", laws={name: team.answers_after for name, team in teams.items()}, what="pick up")

    @cached_property
    def wrap_up(self) -> Mapping[str, Floats]:
        """By team with wrap-up: its seconds."""
        return self._lengths("team", laws=self._tape.wrap_ups, what="wrap up")

    @cached_property
    def resolved(self) -> Floats:
        """A number in [0, 1), below the team's `resolves` where the need is met."""
        return self._uniform("resolved")

    @cached_property
    def comes_back(self) -> Mapping[str, Floats]:
        """By team that does not always meet the need: seconds until the caller calls again."""
        teams = self._tape.scenario.teams
        laws = {name: team.comes_back_after for name, team in teams.items()}
        return self._lengths("team", laws=laws, what="comes back")

    @cached_property
    def vendor_answer(self) -> Mapping[str, Floats]:
        """By vendor: seconds until an operator answers."""
        vendors = self._tape.scenario.vendors
        return self._lengths("vendor", laws={name: of.answers_after for name, of in vendors.items()}, what="answer")

    @cached_property
    def vendor_wrap_up(self) -> Mapping[str, Floats]:
        """By vendor with wrap-up: its seconds."""
        vendors = self._tape.scenario.vendors
        return self._lengths("vendor", laws={name: of.wrap_up for name, of in vendors.items()}, what="wrap up")

    @cached_property
    def quality(self) -> Mapping[str, Floats]:
        """By vendor: a number in [0, 1), below its quality where the need is met."""
        return self._chances("vendor", self._tape.scenario.vendors, "quality")

    @cached_property
    def message(self) -> Floats:
        """A number in [0, 1), below the share of voicemail's messages where the caller leaves one."""
        return self._uniform("voicemail")


class TryDraws(Draws):
    """What is drawn for one try to call each caller back."""

    @cached_property
    def reached(self) -> Floats:
        """A number in [0, 1), below the share of callers reached where this one is."""
        return self._uniform("callback", "reached")

    @cached_property
    def wrap_up(self) -> Mapping[str, Floats]:
        """By team with wrap-up: its seconds after a talk on this try."""
        return self._lengths("callback", "team", laws=self._tape.wrap_ups, what="wrap up")


class Tape:
    """All that chance decides in one replication of a scenario, day by day.

    Days and legs are counted from 0, attempts and tries from 1. Each is drawn when asked for, alone and as often as one
    likes, and is always the same; nothing is kept here. A leg above 0 is what follows so many transfers.
    """

    def __init__(self, scenario: Scenario, seed: int, replication: int, *, common: Common | None = None) -> None:
        assert common is None or common.of == (seed, replication)
        self.scenario = scenario
        self.common = common
        self.streams = Streams(seed, replication) if common is None else common.streams
        self.sources = {stream_name("source", name): source for name, source in scenario.sources.items()}
        """Sources by the beginning of their streams' names."""
        self.wrap_ups = {name: team.wrap_up for name, team in scenario.teams.items()}
        """Laws of wrap-up by team."""

    def day(self, number: int) -> Day:
        """The callers born on a day."""
        times = [self._first_dials(prefix, source, number) for prefix, source in self.sources.items()]
        sizes = [part.size for part in times]
        dialled = np.concatenate(times)
        order = np.argsort(dialled, kind="stable")
        source = np.repeat(np.arange(len(sizes)), sizes)[order]
        ordinal = np.concatenate([np.arange(size) for size in sizes])[order]
        # A running number would need the days before; no day has four billion callers.
        return Day(number << 32, dialled[order], source, ordinal)

    def callers(self, number: int, day: Day, leg: int = 0) -> CallerDraws:
        """What is drawn once for each caller of a day; for a further leg only the work is meant."""
        return CallerDraws(self, number, day, 0, leg)

    def attempts(self, number: int, day: Day, attempt: int, leg: int = 0) -> AttemptDraws:
        """What is drawn for the attempts of one number, from 1, of a day's callers."""
        return AttemptDraws(self, number, day, attempt, leg)

    def tries(self, number: int, day: Day, number_of_try: int) -> TryDraws:
        """What is drawn for the tries of one number, counted over all callbacks of a caller, of a day's callers."""
        return TryDraws(self, number, day, number_of_try)

    def absence(self, day: int) -> dict[str, Floats]:
        """By team with absence, a number in [0, 1) for each slot, below the share where nobody comes on this day."""
        return {
            name: self.streams.at(stream_name("team", name, "absence"), day).random(slots_of(team))
            for name, team in self.scenario.teams.items()
            if team.absence
        }

    def volume(self, source: Source, day: int) -> float:
        """Expected callers of a source on a day of factor 1."""
        assert source.callers is not None, "logged calls are solved for callers before there is a tape"
        per_day = source.callers.number * (24.0 if source.callers.per == "hour" else 1.0)
        return per_day * self.scenario.calendar.look_up(source.weekdays, day, 1.0)

    def _first_dials(self, prefix: str, source: Source, day: int) -> Floats:
        of_arrivals, of_all, of_own = dial_streams(prefix)
        shared = self._day_factor(of_all, self.scenario.day_to_day_variation, day)
        own = self._day_factor(of_own, source.day_to_day_variation, day)
        expected = self.volume(source, day) * shared * own
        if not expected:
            return np.empty(0)
        generator = self.streams.at(of_arrivals, day)
        return arrival_times(generator, expected, source.calls_by_hour or FLAT, midnight=day * DAY)

    def _day_factor(self, stream: str, variation: float, day: int) -> float:
        """A gamma factor of mean 1 with a coefficient of variation."""
        if not variation:
            return 1.0
        return float(_gamma(self.streams.at(stream, day), 1, variation)[0])


def dial_streams(prefix: str) -> tuple[str, str, str]:
    """The streams of a source's first dials: the arrivals, and the day factors of all sources and its own."""
    return f"{prefix}/arrivals", "day factor", f"{prefix}/day factor"
