"""Many replications of every variant, on the same callers, become results."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from callsim import calllog, channels, economics, logged, metrics
from callsim.calllog import Logs
from callsim.channels import Channels, Counted
from callsim.counts import INTERVAL
from callsim.demand import Tape
from callsim.economics import Amounts, Ledger
from callsim.engine import choose, expected_attempts, load, simulate, stretches
from callsim.errors import CallsimError
from callsim.estimate import WAIT_GROWTH, Estimate, Interval, difference, interval
from callsim.logged import Solved
from callsim.metrics import BY_KEY
from callsim.randomness import Common
from callsim.scenario import Scenario, Study, remarks_on
from callsim.scenario.fields import nearest
from callsim.sums import Adding, Sums
from callsim.waterfall import Step


class VariantResult(NamedTuple):
    """What one variant came to, each measure an estimate over the replications."""

    name: str
    measures: dict[str, Estimate]
    money: dict[str, Estimate]
    by_queue: Mapping[str, Mapping[str, Estimate]]
    by_interval: Sequence[tuple[str, Mapping[str, Estimate]]]
    """(start such as `09:00`, measures) for each half-hour of the day in which anything happened."""
    by_source: Mapping[str, Mapping[str, Estimate]]
    by_team: Mapping[str, Mapping[str, Estimate]]
    by_vendor: Mapping[str, Mapping[str, Estimate]]
    """Vendors that callers can come to."""
    payroll: Mapping[str, Mapping[str, Estimate]]
    """By paid team, and under the empty name of all: every line, and the payroll for an hour, a minute, a talk."""
    waterfall: tuple[Step, ...]
    """From the naive figure to the loss counted; empty without any worth."""
    channels: Channels | None = None
    """What advertising brings, where a source says what it costs."""
    comes_by: Mapping[str, str] = {}
    """By source: call, chat or form."""
    loss_parts: Mapping[str, Estimate] = {}
    """What the loss counted is made of: economics.PARTS; empty without any worth."""

    @property
    def all(self) -> dict[str, Estimate]:
        """Measures and money by key."""
        return self.measures | self.money


class Result(NamedTuple):
    """What a study came to. Differences are against the first variant, paired by replication."""

    scenario: str
    currency: str | None
    count_loss_as: str | None
    days: float
    """Counted days of one replication."""
    replications: int
    seed: int
    engine: str
    per_month: bool
    remarks: tuple[str, ...]
    """What is allowed in the scenario but rarely meant."""
    variants: tuple[VariantResult, ...]
    solved: tuple[Solved, ...] = ()
    """Callers who were found to make the logged calls."""


def run(
    study: Study,
    replications: int = 30,
    *,
    seed: int = 1,
    variants: Sequence[str] = (),
    per_month: bool = True,
    engine: str = "auto",
    progress: Callable[[int, int], None] | None = None,
) -> Result:
    """Play every variant (or the named ones) of a study on the same callers.

    Counts and amounts are for a month of 365/12 days, or for the counted time of the scenario with `per_month=False`.
    `engine` is auto, simpy or compiled: nothing but time depends on it. `progress` is told (replications done,
    replications in all). Raises CallsimError for a variant or an engine that is not there.
    """
    chosen, solved = variants_of(study, variants)
    return run_scenarios(
        study.name, chosen, replications,
        solved=solved, seed=seed, per_month=per_month, engine=engine, progress=progress,
    )  # fmt: skip


def run_scenarios(
    title: str,
    chosen: Mapping[str, Scenario],
    replications: int = 30,
    *,
    solved: tuple[Solved, ...] = (),
    seed: int = 1,
    per_month: bool = True,
    engine: str = "auto",
    progress: Callable[[int, int], None] | None = None,
) -> Result:
    """Play scenarios by name on the same callers, wherever they come from, as `run` does the variants of a study.

    They share currency, view of the loss and counted days, and their logged calls are solved.
    """
    if replications < 1:
        raise CallsimError(f"expected at least 1 replication, found {replications}")
    engine = choose(engine, replications * sum(map(expected_attempts, chosen.values())))
    books = {name: Books(scenario, economics.prices(scenario), engine=engine) for name, scenario in chosen.items()}
    played = {name: Played([], [], [], []) for name in chosen}
    for replication in range(replications):
        # What the variants' tapes have in common is drawn once.
        common = Common(seed, replication)
        for done, (name, scenario) in enumerate(chosen.items()):
            if progress is not None:
                progress(replication * len(chosen) + done, replications * len(chosen))
            sums, ledger = books[name].added_up(Tape(scenario, seed, replication, common=common))
            played[name].add(scenario, sums, ledger, per_month=per_month)
    results = tuple(
        _result(name, scenario, played[name], price=books[name].price, per_month=per_month)
        for name, scenario in chosen.items()
    )
    first = next(iter(chosen.values()))
    return Result(
        title, first.currency, first.count_loss_as, first.calendar.counted_days,
        replications, seed, engine, per_month, remarks_on(chosen), results, solved,
    )  # fmt: skip


class Books:
    """What adds up the replications of a scenario, one after the other."""

    def __init__(self, scenario: Scenario, price: economics.Prices, *, engine: str) -> None:
        """`engine` has been chosen."""
        self.price = price
        self._scenario = scenario
        self._engine = engine
        if engine == "compiled":
            # What adds up for it is a part of it.
            load()
        self._adding = Adding(scenario, in_machine_code=engine == "compiled")

    def added_up(self, tape: Tape, *, shown: Callable[[Logs], None] | None = None) -> tuple[Sums, Ledger]:
        """Play a tape, and add the log up part by part; each is also `shown`, where told, and holds until the next."""
        adding, ledger = self._adding, Ledger(self._scenario, self.price)
        adding.clear()
        for stretch in stretches(self._scenario, tape, self._engine):
            part = calllog.tables(self._scenario, stretch)
            adding.add(part)
            ledger.add(part)
            if shown is not None:
                shown(part)
        return adding.sums(), ledger


def play(scenario: Scenario, seed: int = 1, replication: int = 0, engine: str = "auto") -> Logs:
    """The call log of one replication; logged calls are solved for the callers first."""
    scenario = logged.by_itself(scenario)
    return calllog.tables(scenario, simulate(scenario, Tape(scenario, seed, replication), engine), replication)


def variants_of(study: Study, names: Sequence[str] = ()) -> tuple[dict[str, Scenario], tuple[Solved, ...]]:
    """All variants or the named ones, logged calls solved for the callers. Raises CallsimError for an unknown name."""
    return logged.solve(study, {name: _variant(study, name) for name in names or study.variants})


def _variant(study: Study, name: str) -> Scenario:
    if name not in study.variants:
        known = ", ".join(f"`{variant}`" for variant in study.variants)
        hint = nearest(name, study.variants)
        raise CallsimError(f"expected a variant of {study.path.name} ({known}), found `{name}`{hint}")
    return study.variants[name]


class Played(NamedTuple):
    """What the replications of one variant came to."""

    sums: list[Sums]
    amounts: list[Amounts]
    levels: list[Sequence[float]]
    """Of the waterfall."""
    channels: list[dict[str, Counted]]

    def add(self, scenario: Scenario, sums: Sums, ledger: Ledger, *, per_month: bool) -> None:
        """Add a replication."""
        self.sums.append(sums)
        self.channels.append(channels.count(scenario, ledger, sums))
        self.amounts.append(ledger.amounts(sums, per_month=per_month))
        self.levels.append(ledger.waterfall_levels(sums))


def _result(
    name: str, scenario: Scenario, played: Played, *, price: economics.Prices, per_month: bool
) -> VariantResult:
    sums, amounts, levels, counted = played
    anything = [one.by_interval.every(name) for one in sums for name in ("attempts", "forms", "paid_s")]
    busy = np.flatnonzero(np.any(anything, axis=0)).tolist()

    def by(group: str) -> dict[str, dict[str, Estimate]]:
        parts = [getattr(one, f"by_{group}") for one in sums]
        return {
            name: metrics.estimates_of_group([part[name] for part in parts], per_month=per_month) for name in parts[0]
        }

    return VariantResult(
        name,
        metrics.estimates(sums, per_month=per_month),
        economics.estimates(amounts, sums, per_month=per_month),
        {queue: metrics.estimates_of_queue(sums, queue, per_month=per_month) for queue in sums[0].by_queue},
        [(_clock(number), metrics.estimates_of_interval(sums, number, per_month=per_month)) for number in busy],
        by("source"),
        by("team"),
        by("vendor"),
        economics.payroll_estimates(price, sums, per_month=per_month),
        economics.waterfall_steps(levels, sums, per_month=per_month),
        channels.estimates(counted, price, sums, per_month=per_month),
        loss_parts=economics.part_estimates(amounts, sums, per_month=per_month),
        comes_by={name: source.channel for name, source in scenario.sources.items()},
    )


def _clock(number: int) -> str:
    minutes = int(number * INTERVAL / 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def measured(key: str, estimate: Estimate) -> Interval:
    """The interval of a measure or amount, clipped to what it can be."""
    share = key in BY_KEY and BY_KEY[key].unit == "share"
    found = _blurred(key, interval(estimate, most=1.0 if share else None), estimate.value)
    return found if found.low is None else found._replace(low=max(found.low, 0.0))


def compared(first: Mapping[str, Estimate], other: Mapping[str, Estimate], key: str) -> Interval:
    """The interval of the paired difference, other less first."""
    return _blurred(key, interval(difference(first[key], other[key])), first[key].value + other[key].value)


def _blurred(key: str, found: Interval, size: float) -> Interval:
    """Percentiles come from bins of 1 %, and so much their bounds are moved apart: many waits may be equal."""
    if key not in BY_KEY or BY_KEY[key].quantile is None or found.low is None or found.high is None:
        return found
    blur = size * (WAIT_GROWTH - 1.0)
    return Interval(found.value, found.low - blur, found.high + blur)
