"""How long an engine plays: to the end of counting, and on until stories have had time to end."""

from __future__ import annotations

from typing import NamedTuple

from callsim.scenario.timetable import DAY
from callsim.scenario.vocabulary import Scenario

LONGEST_COOL_DOWN = 30 * DAY


class Horizon(NamedTuple):
    """Times in seconds since the first midnight."""

    end: float
    """Of counting."""
    stop: float
    runs_out: bool
    """Whether the cool-down lasts only until the counted attempts have ended."""


def horizon(scenario: Scenario) -> Horizon:
    """A day of cool-down where a story may go on after its first attempt, unless the scenario gives one."""
    calendar = scenario.calendar
    cool_down = calendar.cool_down
    if cool_down is None and _has_sequels(scenario):
        cool_down = DAY
    return Horizon(
        calendar.end, calendar.end + (LONGEST_COOL_DOWN if cool_down is None else cool_down), cool_down is None
    )


def _has_sequels(scenario: Scenario) -> bool:
    return (
        scenario.callbacks is not None
        or any(source.redial for source in scenario.sources.values())
        or any(queue.offer_callback for queue in scenario.queues.values())
        or any(team.resolves < 1.0 for team in scenario.teams.values())
    )
