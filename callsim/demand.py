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
from callsim.randomness import Streams, stream_name
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


def _gamma(generator: Generator, size: int, cv: float) -> Floats:
    """Values of mean 1. A cv below 1e-9 is taken for that: nobody could tell, and its square might be 0."""
    spread = max(cv, 1e-9) ** 2
    return generator.gamma(1.0 / spread, spread, size)


def _in_blocks(size: int, block: Callable[[], Floats]) -> Floats:
    """Whole blocks until there are enough values: the first ones do not depend on how many are asked for."""
    values: Floats = np.concatenate([np.empty(0), *(block() for _ in range(0, size, BLOCK))])
    return values[:size]


def _hyperexponential(generator: Generator, mean: float, cv: float) -> Floats:
    """A block from two exponential branches with balanced means (Allen 1990, section 3.2.9)."""
    root = math.sqrt((cv**2 - 1.0) / (cv**2 + 1.0))
    often = (1.0 + root) / 2.0
    # 1 - often, which a large cv would round to 0.
    seldom = 1.0 / ((cv**2 + 1.0) * (1.0 + root))
    branch = generator.random(BLOCK) < often
    return generator.standard_exponential(BLOCK) * np.where(branch, mean / (2 * often), mean / (2 * seldom))


def _lognormal(generator: Generator, size: int, mean: float, cv: float) -> Floats:
    variance = math.log1p(cv**2)
    return generator.lognormal(math.log(mean) - variance / 2.0, math.sqrt(variance), size)


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
    "lognormal": _lognormal,
    "weibull": lambda generator, size, scale, shape: generator.weibull(shape, size) * scale,
    "hyperexponential": lambda generator, size, *of: _in_blocks(size, lambda: _hyperexponential(generator, *of)),
    "empirical": _empirical,
}
"""By shape: values from a generator, a size and the values of the law."""


def _mix(law: Law, generator: Generator) -> Floats:
    part = _share([share for share, _ in law.parts], generator.random(BLOCK))
    values = np.stack([draw(of, generator, BLOCK) for _, of in law.parts])
    chosen: Floats = values[part, np.arange(BLOCK)]
    return chosen


def _share(shares: Sequence[float], numbers: Floats) -> Ints:
    """Into which share each number in [0, 1) falls; never into one of 0."""
    limits = np.cumsum(shares)
    return np.searchsorted(limits / limits[-1], numbers, side="right")


def arrival_times(generator: Generator, expected: float, profile: Profile, *, midnight: float = 0.0) -> Floats:
    """The first dials of the day that begins at a midnight, ascending.

    A Poisson process whose rate follows the profile: a unit-rate process of length `expected`, bent by the inverse of
    the cumulative rate (Cinlar 1975, section 4.7). Exact for piecewise-constant rates.
    """
    reached = _unit_rate(generator, expected)
    weights = np.asarray(profile.weights)
    calls = weights > 0.0
    weights = weights[calls]
    starts = np.asarray(profile.starts)[calls]
    ends = np.append(profile.starts[1:], DAY)[calls]
    share = np.cumsum((ends - starts) * weights)
    target = reached / expected * share[-1]
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


def _patience_kept(source: Source) -> bool:
    return source.patience_on_redial == "kept"


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

    def _column(
        self,
        name: str,
        values: Callable[[Source, Generator, int], NDArray[Any]],
        *,
        kept: Callable[[Source], bool] = lambda _: False,
    ) -> NDArray[Any]:
        """A column merged from one stream per source, in the order of dialling; where kept, of the first attempt."""
        streams, number, leg = self._tape.streams, self._number, self._leg
        parts = []
        for (prefix, source), size in zip(self._tape.sources.items(), self._sizes, strict=True):
            attempt = 1 if kept(source) else self._attempt
            parts.append(values(source, streams.at(f"{prefix}/{name}", number, attempt, leg), size))
        column: NDArray[Any] = np.concatenate(parts)[self._rows]
        return column

    def _uniform(self, *name: str) -> Floats:
        return self._column(stream_name(*name), lambda _, generator, size: generator.random(size))

    def _law(self, law: Law, *name: str) -> Floats:
        if law.shape == "constant":
            # One value for all rows, stored once.
            return np.broadcast_to(np.float64(law.values[0]), self._rows.shape)
        return self._column(stream_name(*name), lambda _, generator, size: draw(law, generator, size))

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

        def kinds(source: Source, generator: Generator, size: int) -> Ints:
            return _share([source.kinds.get(kind, 0.0) for kind in KINDS], generator.random(size))

        return self._column("kind", kinds)

    @cached_property
    def work(self) -> Floats:
        """Length of this caller's talk as a multiple of the source's mean."""
        return self._column("work", lambda source, generator, size: _multiples(source.talk, generator, size))

    @cached_property
    def work_in(self) -> Mapping[str, Floats]:
        """The same by queue, for queues with a talk of their own."""
        queues = self._tape.scenario.queues.items()
        return {name: self._work_of(name, queue.talk) for name, queue in queues if queue.talk is not None}

    def _work_of(self, queue: str, talk: Law) -> Floats:
        name = stream_name("queue", queue, "work")
        return self._column(name, lambda _, generator, size: _multiples(talk, generator, size))

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


def _multiples(law: Law, generator: Generator, size: int) -> Floats:
    """Values of a law as multiples of its mean."""
    mean = law.mean
    return draw(law, generator, size) / mean if mean else np.ones(size)


class AttemptDraws(Draws):
    """What is drawn anew for each attempt."""

    @cached_property
    def ring_patience(self) -> Floats:
        """Seconds from the dial for which the caller lets it ring."""

        def patience(source: Source, generator: Generator, size: int) -> Floats:
            return draw(source.hangs_up_ringing, generator, size)

        return self._column("patience/ringing", patience, kept=_patience_kept)

    @cached_property
    def hold_patience(self) -> Floats:
        """Seconds for which the caller waits once a machine has answered."""

        def patience(source: Source, generator: Generator, size: int) -> Floats:
            law = source.hangs_up_waiting
            return np.full(size, math.inf) if law is None else draw(law, generator, size)

        return self._column("patience/waiting", patience, kept=_patience_kept)

    @cached_property
    def redial_chance(self) -> Floats:
        """A number in [0, 1), below the chance of a redial where the caller would redial."""
        return self._uniform("redial", "chance")

    @cached_property
    def redial_delay(self) -> Floats:
        """Seconds until the redial."""

        def delays(source: Source, generator: Generator, size: int) -> Floats:
            return np.full(size, math.inf) if source.redial is None else draw(source.redial.after, generator, size)

        return self._column("redial/delay", delays)

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

    def __init__(self, scenario: Scenario, seed: int, replication: int) -> None:
        self.scenario = scenario
        self.streams = Streams(seed, replication)
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

    def _first_dials(self, prefix: str, source: Source, day: int) -> Floats:
        expected = self._expected(prefix, source, day)
        if not expected:
            return np.empty(0)
        generator = self.streams.at(f"{prefix}/arrivals", day)
        return arrival_times(generator, expected, source.calls_by_hour or FLAT, midnight=day * DAY)

    def _expected(self, prefix: str, source: Source, day: int) -> float:
        """Expected callers of a source on a day, given the day factors."""
        assert source.callers is not None, "logged calls are solved for callers before there is a tape"
        per_day = source.callers.number * (24.0 if source.callers.per == "hour" else 1.0)
        weekday = self.scenario.calendar.look_up(source.weekdays, day, 1.0)
        shared = self._day_factor("day factor", self.scenario.day_to_day_variation, day)
        own = self._day_factor(f"{prefix}/day factor", source.day_to_day_variation, day)
        return per_day * weekday * shared * own

    def _day_factor(self, stream: str, variation: float, day: int) -> float:
        """A gamma factor of mean 1 with a coefficient of variation."""
        if not variation:
            return 1.0
        return float(_gamma(self.streams.at(stream, day), 1, variation)[0])
