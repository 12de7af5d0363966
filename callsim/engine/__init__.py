"""Engines: pure functions from a scenario and a tape to a call log."""

from __future__ import annotations

from collections.abc import Iterator

from callsim.calllog import Chunk
from callsim.demand import Tape
from callsim.engine import reference
from callsim.scenario.vocabulary import Scenario


def simulate(scenario: Scenario, tape: Tape) -> Iterator[Chunk]:
    """Play a scenario on a tape, yielding the log day by day, the days of the cool-down included.

    The tape is the one drawn for this scenario; it can be played any number of times.
    """
    return reference.simulate(scenario, tape)
