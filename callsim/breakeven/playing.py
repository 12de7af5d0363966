"""What changed scenarios come to, played on the same callers: the ground that every break-even stands on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from callsim import economics
from callsim.calllog import Logs
from callsim.demand import Tape
from callsim.economics import LOSS_KEYS, Ledger
from callsim.engine import choose, expected_attempts
from callsim.estimate import Estimate, Interval, interval, mean
from callsim.metrics import MONTH
from callsim.pricing import Calls
from callsim.randomness import Common
from callsim.replicate import Books
from callsim.scenario import Scenario
from callsim.scenario.plans import Tariff
from callsim.sums import Sums
from callsim.tariffs import recorders
from callsim.tariffs.traffic import OutsourcedCalls, Traffic, by_agents

Floats = NDArray[np.float64]
Progress = Callable[[str], None]
"""Is told what is played."""


class Asked(NamedTuple):
    """A question's options; what it does not use is as it is here."""

    replications: int = 30
    seed: int = 1
    variants: tuple[str, ...] = ()
    plans: Mapping[str, Tariff] | None = None
    """None stands for the scenario's own tariffs."""
    team: str | None = None
    queue: str | None = None
    vendor: str | None = None
    at: tuple[str, ...] = ()
    """The points of the curve: factors, delays or shares, as the question reads them."""
    every: float = 3600.0
    """Seconds of an interval of the day."""
    engine: str = "auto"
    """For each of several rounds: whoever plays many says what all of them together deserve."""
    progress: Progress = lambda _: None


class Costs(NamedTuple):
    """What a scenario comes to by replication, each an array (R,): money and counts a month of 365/12 days."""

    payroll: Floats
    invoices: Floats
    lines: Floats
    """Rent of phone lines."""
    loss: Floats
    """Of the view that the scenario counts; nothing where callers have no worth."""
    lost: Floats
    """Lost callers of kind new; of those called back the share of interest that had cooled."""
    lost_each: Floats
    """What they cost, without existing customers."""
    paid_hours: Floats
    handled: Floats
    """Minutes in which agents work on calls; of a single team where one was asked about."""
    duty: Floats
    """Minutes on duty, of the same."""

    @property
    def total(self) -> Floats:
        found: Floats = self.payroll + self.invoices + self.lines + self.loss
        return found

    @property
    def apart(self) -> Floats:
        """The total without what lost new callers cost."""
        found: Floats = self.total - self.lost_each
        return found

    @property
    def parts(self) -> tuple[float, float, float]:
        """Means of payroll, invoices and loss."""
        return float(np.mean(self.payroll)), float(np.mean(self.invoices)), float(np.mean(self.loss))


class Played(NamedTuple):
    """A scenario, its costs, and the calls of each replication that a price plan could bill."""

    scenario: Scenario
    costs: Costs
    outsourced: tuple[Calls, ...]
    """Answered by vendors; nothing where they were not asked for."""
    own: tuple[Calls, ...]
    """Answered by agents."""


def several(
    scenarios: Mapping[str, Scenario],
    asked: Asked,
    *,
    keep: Sequence[str] = (),
    bill_apart: str | None = None,
    of_team: str | None = None,
) -> dict[str, Played]:
    """Play scenarios on the same callers.

    `keep` may name `outsourced` and `own` calls that are wanted for pricing. The calls of the vendor `bill_apart` get
    no invoice here, and are the only outsourced ones that are kept. Of the team `of_team` alone are the minutes handled
    and on duty, and the own calls: those that it answers first, and those that nobody answered in its queues.
    """
    engine = choose(asked.engine, asked.replications * sum(map(expected_attempts, scenarios.values())))
    books = {
        name: Books(scenario, _prices(scenario, bill_apart), engine=engine) for name, scenario in scenarios.items()
    }
    rows: dict[str, list[Costs]] = {name: [] for name in scenarios}
    kept: dict[str, list[list[Calls]]] = {name: [[], []] for name in scenarios}
    for replication in range(asked.replications):
        common = Common(asked.seed, replication)
        for name, scenario in scenarios.items():
            asked.progress(f"replication {replication + 1} of {asked.replications}: {name}")
            tape = Tape(scenario, asked.seed, replication, common=common)
            calls = _Kept(keep)
            sums, ledger = books[name].added_up(tape, shown=calls.add)
            rows[name].append(_costs(scenario, sums, ledger, of_team=of_team))
            for of, traffic in zip(kept[name], calls.traffic(scenario, bill_apart, of_team), strict=True):
                of += [Calls(one, scenario.calendar) for one in traffic]
    return {
        name: Played(scenario, _stacked(rows[name]), tuple(kept[name][0]), tuple(kept[name][1]))
        for name, scenario in scenarios.items()
    }


class _Kept:
    """The calls of a replication that are wanted for pricing, part by part of its log."""

    def __init__(self, keep: Sequence[str]) -> None:
        self._outsourced = OutsourcedCalls() if "outsourced" in keep else None
        self._own: list[pl.DataFrame] | None = [] if "own" in keep else None

    def add(self, part: Logs) -> None:
        """Add the next part."""
        if self._outsourced is not None:
            self._outsourced.add(part)
        if self._own is not None:
            self._own.append(part.attempts)

    def traffic(self, scenario: Scenario, vendor: str | None, team: str | None) -> tuple[list[Traffic], list[Traffic]]:
        """Answered by a vendor (or by any), and by a team (or by any); nothing of what is not wanted."""
        place = None if vendor is None else list(scenario.vendors).index(vendor)
        outsourced = [] if self._outsourced is None else [
            self._outsourced.traffic(place, recorders=recorders(scenario))
        ]  # fmt: skip
        if self._own is None:
            return outsourced, []
        own = pl.concat(self._own)
        if team is not None:
            missed = pl.col("team").is_null() & pl.col("last_queue").cast(pl.String).is_in(scenario.teams[team].queues)
            own = own.filter((pl.col("team") == team) | missed)
        return outsourced, [by_agents(own)]


def one(
    scenario: Scenario,
    asked: Asked,
    *,
    name: str = "",
    keep: Sequence[str] = (),
    bill_apart: str | None = None,
    of_team: str | None = None,
) -> Played:
    """Play a single scenario."""
    return several({name: scenario}, asked, keep=keep, bill_apart=bill_apart, of_team=of_team)[name]


def _prices(scenario: Scenario, bill_apart: str | None) -> economics.Prices:
    found = economics.prices(scenario)
    return found._replace(contracts={name: of for name, of in found.contracts.items() if name != bill_apart})


def _stacked(rows: Sequence[Costs]) -> Costs:
    return Costs(*(np.array(column, dtype=np.float64) for column in zip(*rows, strict=True)))


def _costs(scenario: Scenario, sums: Sums, ledger: Ledger, *, of_team: str | None) -> Costs:
    """One replication; every field is a number here. A team without pay costs nothing: `parts.unpaid` knows of it."""
    per_month = MONTH / sums.total["counted_s"]
    amounts, price = ledger.amounts(sums), ledger.settled(sums)
    lost = ledger.stories()["new"].lost
    view = LOSS_KEYS.get(price.counted_as or "", "")
    none = dict.fromkeys(scenario.sources, 0.0)
    new = economics.losses(price, lost=lost, missed=none).get(view, 0.0)
    found = (
        amounts.get("payroll", 0.0),
        amounts.get("invoices", 0.0),
        amounts.get("phone_lines", 0.0),
        amounts.get(view, 0.0),
        sum(lost.values()),
        new,
        _of_teams(sums, "paid_hours"),
        _of_teams(sums, "handling_s", of_team) / 60.0,
        _of_teams(sums, "duty_s", of_team) / 60.0,
    )
    return Costs(*(np.float64(number * per_month) for number in found))  # type: ignore[arg-type]  # stacked later


def _of_teams(sums: Sums, column: str, team: str | None = None) -> float:
    """Of one team, else of all."""
    return float(sum(of[column] for name, of in sums.by_team.items() if team in (None, name)))


def bounds(values: Floats, *, of: int = 1) -> Interval:
    """The mean over replications with its 95 % interval; one of so many that hold together (Bonferroni)."""
    return interval(mean(values), confidence=1.0 - 0.05 / of)


def bounds_of(estimate: Estimate, *, of: int = 1) -> Interval:
    """The same for any estimate."""
    return interval(estimate, confidence=1.0 - 0.05 / of)


def sign_of(found: Interval) -> int:
    """1 or -1 where the whole interval lies on one side of zero, 0 where noise does not tell, or nothing differs."""
    if found.low is None or found.high is None:
        return 0
    return 1 if found.low > 0.0 else -1 if found.high < 0.0 else 0
