"""callsim: how many callers are missed, what that costs, and which staffing is the cheapest way to stop it.

study = callsim.load("shop.yaml")                   # a scenario file: its variants, each a frozen Scenario
result = callsim.run(study, replications=50)        # tape -> engine -> call log -> measures -> money
result.variants[0].measures["missed_rate"]          # an estimate; callsim.interval() gives its bounds
best = callsim.compare([study]).decision            # the ranking by total cost, and how sure it is
prices = callsim.price(study, callsim.load_plans("us"))   # every plan on the same calls: invoices, break-evens
logs = callsim.play(study.variants["today"])        # the call log of one replication as Polars frames
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from callsim.errors import CallsimError, Place, Problem, ScenarioError

if TYPE_CHECKING:
    from callsim.comparison import compare
    from callsim.estimate import interval
    from callsim.pricing import price
    from callsim.replicate import Result, play, run
    from callsim.scenario import Scenario, Study, load
    from callsim.scenario.planfile import load_plans

__all__ = [
    "CallsimError",
    "Place",
    "Problem",
    "Result",
    "Scenario",
    "ScenarioError",
    "Study",
    "compare",
    "interval",
    "load",
    "load_plans",
    "play",
    "price",
    "run",
]

_HOMES = {
    "compare": "callsim.comparison",
    "interval": "callsim.estimate",
    "Result": "callsim.replicate",
    "play": "callsim.replicate",
    "run": "callsim.replicate",
    "Scenario": "callsim.scenario",
    "Study": "callsim.scenario",
    "load": "callsim.scenario",
    "load_plans": "callsim.scenario.planfile",
    "price": "callsim.pricing",
}


def __getattr__(name: str) -> Any:
    """Names are fetched when first used: `callsim --help` must not wait for numpy and polars."""
    if name not in _HOMES:
        raise AttributeError(f"module 'callsim' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
