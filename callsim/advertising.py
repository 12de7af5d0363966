"""What a lead costs where a source says what is spent on its advertising. A lead is a caller of kind new."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from callsim.calllog import Resolution
from callsim.columns import Columns, in_window
from callsim.scenario.vocabulary import KINDS, Scenario, Source

NEW = KINDS.index("new")
RESOLUTIONS = Resolution.OPEN + 1


class People:
    """The counted callers, those whose first dial lies in the counted time, where any source is advertised."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self.are_wanted = any(source.is_advertised for source in scenario.sources.values())
        self.number = np.zeros((len(scenario.sources), len(KINDS), RESOLUTIONS), np.int64)
        """By source, kind and resolution."""

    def add(self, callers: Columns) -> None:
        """Add callers."""
        if self.are_wanted:
            inside = in_window(self._scenario, callers)
            place = (callers["source"] * len(KINDS) + callers["kind"]) * RESOLUTIONS + callers["resolution"]
            self.number += np.bincount(place[inside], minlength=self.number.size).reshape(self.number.shape)

    def leads(self) -> dict[str, float]:
        """Those of kind new by source, missed ones among them: the channel has brought them."""
        return dict(zip(self._scenario.sources, self.number[:, NEW].sum(axis=1).tolist(), strict=True))


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
