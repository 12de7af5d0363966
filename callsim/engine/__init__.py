"""Engines: pure functions from a scenario and a tape to a call log. There are two, and their logs are the same."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from callsim.calllog import Chunk, in_stretches
from callsim.demand import Tape
from callsim.engine import cache, machine
from callsim.engine.horizon import horizon
from callsim.errors import CallsimError
from callsim.scenario.timetable import DAY
from callsim.scenario.vocabulary import Scenario

ENGINES = ("auto", "simpy", "compiled")
ATTEMPTS_PER_SECOND = 100_000
"""What the SimPy engine plays, roughly."""
LOADING = 0.1
"""Seconds until the compiled engine plays, roughly, where its machine code is kept from a former run."""
COMPILING = 20.0
"""Where it is not."""


def simulate(scenario: Scenario, tape: Tape, engine: str = "auto") -> Iterator[Chunk]:
    """Play a scenario on a tape, yielding the log day by day, the days of the cool-down included.

    The tape is the one drawn for this scenario; it can be played any number of times. Both engines write the same
    rows, bit for bit: `simpy` as lists of tuples, `compiled` as structured arrays. Raises CallsimError for the
    compiled engine where Numba is not installed.
    """
    if choose(engine, expected_attempts(scenario)) == "simpy":
        from callsim.engine import reference

        return reference.simulate(scenario, tape)
    load()
    from callsim.engine import compiled

    return compiled.simulate(scenario, tape)


def stretches(scenario: Scenario, tape: Tape, engine: str = "auto") -> Iterator[list[Chunk]]:
    """The same in stretches of some thousand rows, for whoever needs none of it again: what comes holds until then."""
    if choose(engine, expected_attempts(scenario)) == "simpy":
        return in_stretches(simulate(scenario, tape, "simpy"))
    load()
    from callsim.engine import compiled

    return ([chunk] for chunk in compiled.stretches(scenario, tape))


def choose(engine: str, attempts: float) -> str:
    """The engine to play so many attempts with; `auto` compares what the SimPy engine takes with loading the other."""
    if engine not in ENGINES:
        raise CallsimError(f"engine: expected {', '.join(ENGINES[:-1])} or {ENGINES[-1]}, found `{engine}`")
    if engine == "compiled" and cache.numba_version() is None:
        raise CallsimError(
            "engine `compiled`: expected Numba, found none; install it with: pip install 'callsim[fast]'"
        )
    if engine != "auto":
        return engine
    if cache.numba_version() is None:
        return "simpy"
    if machine.is_loaded():
        return "compiled"
    seconds = attempts / ATTEMPTS_PER_SECOND
    return "compiled" if seconds > LOADING and (seconds > COMPILING or cache.is_compiled()) else "simpy"


def expected_attempts(scenario: Scenario) -> float:
    """About how many attempts a run comes to, redials left out."""
    days = horizon(scenario).end / DAY
    volumes = [source.volume for source in scenario.sources.values()]
    return days * sum(volume.number * (24.0 if volume.per == "hour" else 1.0) for volume in volumes)


def load() -> None:
    """Load the compiled engine; where it has to be compiled first, say so."""
    if machine.is_loaded():
        return
    if cache.kept() is None:
        _say(
            "no folder for the compiled engine can be written: it is compiled anew in each run, in twenty seconds"
            if cache.folder() is None
            else "compiling the engine once for this installation, in twenty seconds (`callsim warm-up` does it ahead)"
        )
    machine.code()


def _say(text: str) -> None:
    print(f"callsim: {text}", file=sys.stderr, flush=True)
