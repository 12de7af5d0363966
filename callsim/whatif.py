"""Changed scenarios: what if a number of the world were another. Chance is keyed by name, so callers stay the same."""

from __future__ import annotations

from callsim.scenario import Scenario


def with_volume(scenario: Scenario, factor: float) -> Scenario:
    """The scenario with so many times the callers in every source; everything else, staff among it, stays.

    Whoever knows logged calls only has so many times the calls.
    """
    sources = {}
    for name, source in scenario.sources.items():
        key = "callers" if source.callers is not None else "logged_calls"
        volume = source.volume._replace(number=source.volume.number * factor)
        sources[name] = source.model_copy(update={key: volume})
    return scenario.model_copy(update={"sources": sources})
