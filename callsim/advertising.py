"""What a lead costs where a source says what is spent on its advertising. A lead is a caller of kind new."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from callsim.calllog import Logs, Resolution
from callsim.scenario.vocabulary import KINDS, Scenario, Source

NEW = KINDS.index("new")
RESOLUTIONS = Resolution.OPEN + 1


def people(scenario: Scenario, logs: Logs) -> NDArray[np.int64]:
    """The counted callers, those whose first dial lies in the counted time: (sources, kinds, resolutions)."""
    shape = len(scenario.sources), len(KINDS), RESOLUTIONS
    found = np.zeros(shape, np.int64)
    for block in logs.blocks("callers"):
        dialled = block["dialled"]
        inside = (dialled >= scenario.calendar.warm_up) & (dialled < scenario.calendar.end)
        place = (block["source"] * len(KINDS) + block["kind"]) * RESOLUTIONS + block["resolution"]
        found += np.bincount(place[inside], minlength=found.size).reshape(shape)
    return found


def leads(scenario: Scenario, logs: Logs) -> dict[str, float]:
    """Counted callers of kind new by source, missed ones among them: the channel has brought them."""
    return dict(zip(scenario.sources, people(scenario, logs)[:, NEW].sum(axis=1).tolist(), strict=True))


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
