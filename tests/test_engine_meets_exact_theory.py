"""In the long run the engine does what exact queueing theory says, and a slightly wrong engine is noticed."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks import theory
from callsim.demand import AttemptDraws, Day, Tape

SHORT = [run for run in theory.RUNS if run.short]


def long_or_short(run: theory.Run) -> Any:
    return pytest.param(run, id=run.case, marks=() if run.short else pytest.mark.long)


def replications(run: theory.Run, tape: type[Tape] = Tape) -> list[theory.Sums]:
    return [theory.play(replication, run, tape) for replication in range(run.replications)]


class LongerPatience(AttemptDraws):
    """Callers who let it ring 5 % longer than their scenario says."""

    @cached_property
    def ring_patience(self) -> NDArray[np.float64]:
        return super().ring_patience * 1.05


class BrokenTape(Tape):
    """A tape on which everybody's patience is 5 % too long."""

    def attempts(self, number: int, day: Day, attempt: int) -> AttemptDraws:
        return LongerPatience(self, number, day, attempt)


@pytest.mark.parametrize("run", [long_or_short(run) for run in theory.RUNS])
def test_every_measure_lies_in_the_joint_band(run: theory.Run) -> None:
    """All estimates of a case are precise enough to tell, and none is further off than chance allows."""
    found = theory.findings(run, replications(run))
    assert theory.faults(run, found) == []


@pytest.mark.parametrize("case", ["erlA_n3_80cph_aht180_pat90", "mmnG_unif15_24_n2_40cph_aht180"])
def test_patience_five_percent_too_long_is_noticed(case: str) -> None:
    """The same check, with the same seeds and lengths, catches an engine whose callers stay a little too long."""
    (run,) = [run for run in SHORT if run.case == case]
    found = theory.findings(run, replications(run, BrokenTape))
    assert all(one.is_precise for one in found)
    wait = next(one for one in found if one.measure == "mean_wait_all_s")
    assert wait.z > wait.limit
    assert any("mean_wait_all_s is" in fault for fault in theory.faults(run, found))


def test_no_case_is_left_out() -> None:
    """Every computed case of both families has one run, with a seed that no other run and no pilot has."""
    assert sorted(run.case for run in theory.RUNS) == sorted(theory.cases())
    seeds = {run.seed for run in theory.RUNS}
    assert len(seeds) == len(theory.RUNS)
    assert theory.PILOT_SEED not in seeds
    assert {theory.cases()[run.case].family for run in SHORT} == set(theory.FAMILIES)


def test_the_band_holds_all_estimates_together() -> None:
    """19 cases of 5 measures: each may err with 0.1 % / 95, on either side; few replications widen the band."""
    assert sum(len(case.exact) for case in theory.cases().values()) == 95
    assert theory.limit(1_000_000) == pytest.approx(4.41, abs=0.01)
    assert theory.limit(100) == pytest.approx(4.69, abs=0.1)


def test_an_error_above_the_rule_is_a_fault() -> None:
    """A run too short to tell does not pass."""
    run = SHORT[0]
    vague = theory.Finding(run.case, "p_abandon", exact=0.5, value=0.5, error=0.003, limit=4.7)
    assert theory.faults(run, [vague]) == [f"{run.case}: p_abandon has a standard error of 0.003, allowed 0.0025"]
    precise = vague._replace(error=0.0025)
    assert theory.faults(run, [precise]) == []


def test_the_scenario_is_the_case() -> None:
    """Rates, times and laws of a case arrive in its scenario unchanged."""
    scenario = theory.scenario("mmnG_unif15_24_n500_11000cph_aht180", 2)
    source = scenario.sources["callers"]
    assert source.callers is not None
    assert (source.callers.number, source.callers.per) == (11_000, "hour")
    assert (source.hangs_up_ringing.shape, source.hangs_up_ringing.values) == ("uniform", (15, 24))
    assert (source.talk.shape, source.talk.values) == ("exponential", (180,))
    assert (scenario.calendar.warm_up, scenario.calendar.end) == (3_600, 172_800)
