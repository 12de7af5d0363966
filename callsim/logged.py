"""From the calls of a phone log, redials among them, to the callers who made them.

Whoever knows only the log writes `logged_calls:`. How many calls a caller makes depends on how often callers are
missed, and that on how many there are: solved by simulation, on the same callers in every round.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from callsim.calllog import Caller, Resolution
from callsim.demand import Tape
from callsim.engine import simulate
from callsim.errors import CallsimError
from callsim.quantities import Volume, grouped
from callsim.scenario import Scenario, Study
from callsim.scenario.vocabulary import Source
from callsim.yamlreader import dotted

SEED = 1728
"""Whatever seed a study is played with: the callers are a property of the scenario."""
ENOUGH = 20_000
"""Callers in the sample of a round."""
MOST_REPLICATIONS = 50
MOST_ROUNDS = 25
TOLERANCE = 0.003
"""Simulated and logged calls may differ by so much, relatively, on the sample; on a small one by a caller's worth."""
RUNAWAY = 5.0
"""How many times the expected calls of its days a round may come to before it is broken off: far too many callers."""
ENDLESS = 0.1
"""Share of callers still redialling when the simulation ends from which on calls per caller mean nothing."""
STEEPEST = 20.0
"""Relative growth of calls with callers that a step reckons with at the most."""


class Solved(NamedTuple):
    """What was solved for one source: its calls as logged, and the callers who make them."""

    variant: str
    source: str
    logged_calls: Volume
    callers: Volume

    def __str__(self) -> str:
        calls, callers = _number(self.logged_calls.number), _number(self.callers.number)
        per = self.callers.per
        where = "" if self.variant == "base" else f" (in `{self.variant}`)"
        return f"source {self.source}{where}: {calls} logged calls per {per} are {callers} callers per {per}"


class _Sample(NamedTuple):
    """One source in a round."""

    callers: int
    calls: int
    endless: int
    """Callers whose story had not ended."""


def solve(study: Study, names: Iterable[str]) -> tuple[dict[str, Scenario], tuple[Solved, ...]]:
    """Return variants of a study with callers in place of logged calls, and what was solved.

    The log was written in the first variant: its callers call in all variants that have the same logged calls. A
    variant with others is solved by itself. Raises CallsimError where no number of callers makes the calls.
    """
    first = next(iter(study.variants))
    in_first, solved = _solve_others(study.variants[first], {}, first)
    variants = {first: _with_callers(study.variants[first], in_first)}
    known = {(one.source, one.logged_calls): one.callers for one in solved}
    for name in names:
        if name != first:
            callers, others = _solve_others(study.variants[name], known, name)
            variants[name] = _with_callers(study.variants[name], callers)
            solved += others
    return {name: variants[name] for name in names}, tuple(solved)


def by_itself(scenario: Scenario) -> Scenario:
    """One variant alone, its log its own."""
    return _with_callers(scenario, _solve_others(scenario, {}, scenario.name)[0])


def _solve_others(
    scenario: Scenario, known: Mapping[tuple[str, Volume], Volume], variant: str
) -> tuple[dict[str, Volume], list[Solved]]:
    """The callers of all sources with logged calls; those that are known need not be solved."""
    logged = {name: of.logged_calls for name, of in scenario.sources.items() if of.logged_calls is not None}
    found = {name: known[name, calls] for name, calls in logged.items() if (name, calls) in known}
    fresh = {name: calls for name, calls in logged.items() if name not in found}
    found |= {name: calls for name, calls in fresh.items() if not calls.number}
    unknown = {name: calls for name, calls in fresh.items() if calls.number}
    if unknown:
        found |= _solve(_with_callers(scenario, found), unknown, variant)
    return found, [Solved(variant, name, calls, found[name]) for name, calls in fresh.items()]


def _with_callers(scenario: Scenario, callers: Mapping[str, Volume]) -> Scenario:
    """The scenario with callers instead of the logged calls of some sources."""
    if not callers:
        return scenario
    changed = {
        name: scenario.sources[name].model_copy(update={"callers": volume, "logged_calls": None})
        for name, volume in callers.items()
    }
    return scenario.model_copy(update={"sources": scenario.sources | changed})


def _solve(scenario: Scenario, logged: Mapping[str, Volume], variant: str) -> dict[str, Volume]:
    """The first guess is that every other call is missed; then rounds until simulated and logged calls are alike."""
    replications = _replications(sum(map(_per_day, logged.values())) * scenario.calendar.counted_days)
    searches = {name: _Search(calls, _redial_chance(scenario.sources[name])) for name, calls in logged.items()}
    for _ in range(MOST_ROUNDS):
        callers = {name: search.callers for name, search in searches.items()}
        samples = _play(_with_callers(scenario, callers), replications)
        if samples is not None and all(search.is_met(samples[name]) for name, search in searches.items()):
            _refuse_endless(samples, logged, variant)
            return callers
        for name, search in searches.items():
            if samples is None:
                search.halve()
            else:
                search.go_on(samples[name])
    worst = max(searches, key=lambda name: searches[name].nearest)
    raise _refusal(variant, worst, logged[worst], f"{searches[worst].nearest:.0%} off at best")


class _Search:
    """The secant method on logarithms for one source. Calls grow at least as fast as callers: that bounds a step."""

    def __init__(self, logged: Volume, redial_chance: float) -> None:
        self._logged = logged
        self.callers = logged._replace(number=logged.number * (1.0 - redial_chance / 2.0))
        self._slope = 1.0
        self._too_many = math.inf
        self._before: tuple[float, float] | None = None
        self.nearest = math.inf
        """The smallest miss so far."""

    def miss(self, sample: _Sample) -> float:
        """Simulated calls against logged ones, as a logarithm. Nobody in the sample: nobody who redials."""
        per_caller = sample.calls / sample.callers if sample.callers else 1.0
        return math.log(self.callers.number * per_caller / self._logged.number)

    def is_met(self, sample: _Sample) -> bool:
        return abs(self.miss(sample)) <= max(TOLERANCE, 1.0 / max(sample.callers, 1))

    def go_on(self, sample: _Sample) -> None:
        at, miss = math.log(self.callers.number), self.miss(sample)
        self.nearest = min(self.nearest, abs(miss))
        if self._before is not None and at != self._before[0]:
            slope = (miss - self._before[1]) / (at - self._before[0])
            self._slope = min(max(slope, 1.0), STEEPEST)
        self._before = at, miss
        step = at - miss / self._slope
        self._try(step if step < self._too_many else (at + self._too_many) / 2.0)

    def halve(self) -> None:
        """So many callers that their calls ran away."""
        self._too_many = math.log(self.callers.number)
        self._try(self._too_many - math.log(2.0))

    def _try(self, at: float) -> None:
        self.callers = self._logged._replace(number=math.exp(at))


def _redial_chance(source: Source) -> float:
    """The largest there is."""
    return 0.0 if source.redial is None else max(max(chances) for chances in source.redial.chance.values())


def _replications(calls: float) -> int:
    """How many of so many calls each make a sample."""
    return min(max(math.ceil(ENOUGH / max(calls, 1.0)), 1), MOST_REPLICATIONS)


def _play(scenario: Scenario, replications: int) -> dict[str, _Sample] | None:
    """By source the stories of all whose first dial is counted, with all their calls; None where calls run away."""
    calendar = scenario.calendar
    names = list(scenario.sources)
    tallies = {name: [0, 0, 0] for name in names}
    limit = RUNAWAY * sum(map(_busiest, scenario.sources.values()))
    for replication in range(replications):
        calls = 0
        for chunk in simulate(scenario, Tape(scenario, SEED, replication)):
            calls += len(chunk.attempts)
            if calls > limit * (chunk.day + 1) + ENOUGH:
                return None
            for caller in map(Caller._make, chunk.callers):
                if calendar.warm_up <= caller.dialled < calendar.end:
                    tally = tallies[names[caller.source]]
                    tally[0] += 1
                    tally[1] += caller.attempts
                    tally[2] += caller.resolution == Resolution.OPEN
    return {name: _Sample(*tally) for name, tally in tallies.items()}


def _busiest(source: Source) -> float:
    """Callers on the busiest day of the week."""
    return _per_day(source.volume) * max(source.weekdays.values(), default=1.0)


def _per_day(volume: Volume) -> float:
    return volume.number * (24.0 if volume.per == "hour" else 1.0)


def _refuse_endless(samples: Mapping[str, _Sample], logged: Mapping[str, Volume], variant: str) -> None:
    for name in logged:
        sample = samples[name]
        if sample.endless > ENDLESS * sample.callers:
            share = f"{100 * sample.endless / sample.callers:.0f} % of them"
            raise _refusal(variant, name, logged[name], f"callers redial without end, {share} after the last day")


def _refusal(variant: str, source: str, logged: Volume, found: str) -> CallsimError:
    where = f"{dotted(('sources', source, 'logged_calls'))} in variant `{variant}`"
    calls = f"{_number(logged.number)} calls per {logged.per}, redials among them"
    return CallsimError(f"{where}: expected callers who make {calls}, found none: {found}")


def _number(number: float) -> str:
    """Three digits at least, and no more behind the point than they need."""
    decimals = min(max(2 - math.floor(math.log10(number)), 0), 6) if number > 0.0 else 0
    text = grouped(number, decimals)
    return text.rstrip("0").rstrip(".") if "." in text else text
