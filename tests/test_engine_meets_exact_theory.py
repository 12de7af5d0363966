"""In the long run the engine does what exact queueing theory says, and a slightly wrong engine is noticed."""

from __future__ import annotations

import pytest

from benchmarks.theory import runs, verdict
from benchmarks.theory.broken import FAULTS, Fault
from benchmarks.theory.cases import objects
from benchmarks.theory.families import FAMILIES, NOT_PLAYED
from benchmarks.theory.play import Sums, play
from benchmarks.theory.runs import RUNS, Run

SHORT = [run.shortened() for run in RUNS if run.short]


def named(run: Run) -> str:
    return run.name


def replications(run: Run) -> list[Sums]:
    return [play(replication, run) for replication in range(run.replications)]


@pytest.mark.parametrize("run", SHORT, ids=named)
def test_a_short_run_lies_in_the_joint_band(run: Run) -> None:
    """A few replications of one case of each family: no estimate is further off than chance allows."""
    assert verdict.faults(verdict.findings(run, replications(run))) == []


@pytest.mark.long
@pytest.mark.parametrize("run", RUNS, ids=named)
def test_a_long_run_lies_in_the_joint_band(run: Run) -> None:
    """All estimates of a case are precise enough to tell, and none is further off than chance allows."""
    assert verdict.faults(verdict.findings(run, replications(run))) == []


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_broken_engine_is_noticed(fault: Fault) -> None:
    """The same check with the same seeds and lengths catches an engine that does one thing wrong."""
    found = verdict.findings(*fault.play())
    assert not all(one.is_inside for one in found)


def test_every_family_has_a_short_run_and_a_fault() -> None:
    """Short runs belong to every family but those whose cases repeat another's, and so do planted faults."""
    repeated = {"from empty", "full load", "overload", "with patience", "without patience"}
    assert {run.family for run in SHORT} == {fault.family for fault in FAULTS} == set(FAMILIES) - repeated


def test_no_case_is_left_out() -> None:
    """Every case of the file is played by the families that claim it, once, or it is said why not."""
    claimed = [
        (family, name)
        for family, plays in FAMILIES.items()
        for name in objects()
        if name.startswith(tuple(plays.cases.split("|"))) and name not in NOT_PLAYED
    ]
    assert sorted((run.family, run.case) for run in RUNS) == sorted(claimed)
    assert {name for _, name in claimed} | set(NOT_PLAYED) == set(objects())


def test_every_run_has_a_seed_of_its_own() -> None:
    """No seed is used twice, and none by a pilot."""
    seeds = {run.seed for run in RUNS}
    assert len(seeds) == len(RUNS)
    assert runs.PILOT_SEED not in seeds
