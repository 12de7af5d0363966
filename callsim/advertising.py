"""What a lead costs where a source says what is spent on its advertising. A lead is a caller of kind new."""

from __future__ import annotations

from collections.abc import Mapping

from callsim.scenario.vocabulary import Scenario, Source


def is_advertised(scenario: Scenario) -> bool:
    """Whether any source says what is spent on it."""
    return any(source.is_advertised for source in scenario.sources.values())


def spent(source: Source, *, leads: float, months: float) -> float:
    """What the advertising of a source costs in so many months of 365/12 days that bring so many leads."""
    if source.budget is not None:
        return float(source.budget.amount) * months
    return float(source.cost_per_lead or 0) * leads


def lead_cost(source: Source, *, leads: float, months: float) -> float:
    """What each of the leads costs; where a budget brought none, none is lost, and it is 0."""
    if source.cost_per_lead is not None:
        return float(source.cost_per_lead)
    return spent(source, leads=leads, months=months) / leads if leads else 0.0


def lead_costs(scenario: Scenario, *, brought: Mapping[str, float], months: float) -> dict[str, float]:
    """What a lead costs by source, of all sources that have a worth, where each has brought so many."""
    found = {}
    for name, source in scenario.sources.items():
        if source.worth is not None:
            own = lead_cost(source, leads=brought.get(name, 0.0), months=months)
            found[name] = own if source.is_advertised else scenario.worth[source.worth].buyer.lead_cost
    return found
