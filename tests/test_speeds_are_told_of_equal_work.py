"""The engine and the textbook programs play the same workloads, and a difference in their results is noticed."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import engines, textbook_w2
from benchmarks.engines import DrawnTape, Run, differences, noise, scenario_of
from callsim.demand import Tape
from callsim.engine import simulate


def test_the_textbook_s_centre_is_that_of_the_scenario() -> None:
    """Volumes, laws, teams, their order, shifts and redials of W2 are the same in the file and in the program."""
    scenario = scenario_of("W2")
    assert tuple(scenario.sources) == textbook_w2.KINDS
    weights = {source.calls_by_hour.weights[1:] for source in scenario.sources.values() if source.calls_by_hour}
    assert len(weights) == 1
    assert weights.pop() == pytest.approx(textbook_w2.WEIGHT, abs=1e-6)
    for source, callers, talk, patience in zip(
        scenario.sources.values(), textbook_w2.CALLERS, textbook_w2.TALK, textbook_w2.PATIENCE, strict=True
    ):
        assert (source.volume.number, source.talk.values) == (callers, (60 * talk, 1.0))
        assert source.hangs_up_ringing.values == (60 * patience,)
        assert source.redial is not None
        assert source.redial.chance["abandoned_ringing"] == (textbook_w2.REDIALS,)
        assert (source.redial.after.mean, source.redial.at_most) == (60 * textbook_w2.PAUSE, textbook_w2.ATTEMPTS - 1)
    teams, kinds = list(scenario.teams), textbook_w2.KINDS
    assert [scenario.ranks(kind) for kind in kinds] == [
        tuple((teams[team],) for team in asks) for asks in textbook_w2.ASKS
    ]
    assert [{frozenset(level) for level in team.serves} for team in scenario.teams.values()] == [
        {frozenset(kinds[kind] for kind in level) for level in levels} for levels in textbook_w2.SERVES
    ]
    assert [[shift.agents for shift in team.shifts] for team in scenario.teams.values()] == list(
        map(list, zip(*textbook_w2.STAFF, strict=True))
    )


def test_a_drawn_tape_is_the_tape() -> None:
    """Drawing beforehand changes no row of the log, redials included."""
    scenario = scenario_of("W2")
    scenario = scenario.model_copy(update={"calendar": scenario.calendar.model_copy(update={"days": 1})})
    drawn, plain = (simulate(scenario, tape, "simpy") for tape in (DrawnTape(scenario, 3), Tape(scenario, 3, 0)))
    for one, other in zip(drawn, plain, strict=True):
        np.testing.assert_array_equal(one.attempts, other.attempts)
        np.testing.assert_array_equal(one.callers, other.callers)


def test_a_difference_is_noticed() -> None:
    """Two samples agree where their means lie within the noise, and an exact value has none of its own."""
    same = {
        "textbook": [Run(1, 1.0, {"wait": [9.0, 10.0, 11.0, 10.0]})],
        "engine": [Run(1, 1.0, {"wait": [10.0, 9.5, 10.5, 10.0]})],
    }
    assert all(one.agrees for one in differences(same, {}))
    assert not any(one.agrees for one in differences(same, {"wait": 100.0}))
    apart = same | {"engine": [Run(1, 1.0, {"wait": [value + 5 for value in (9.0, 10.0, 11.0, 10.0) * 3]})]}
    assert not any(one.agrees for one in differences(apart, {}))


def test_the_noise_is_that_of_student_and_welch() -> None:
    """99.9 % in all: Student's t for one sample against an exact value, Welch's for two."""
    assert noise([1.0, 2.0, 3.0], [2.0], among=1) == pytest.approx(31.599 * (1 / 3) ** 0.5, rel=1e-4)
    assert noise([1.0, 2.0, 3.0], [1.0, 2.0, 3.0], among=1) == pytest.approx(8.610 * (2 / 3) ** 0.5, rel=1e-4)
    assert noise([1.0, 2.0, 3.0], [2.0], among=10) > noise([1.0, 2.0, 3.0], [2.0], among=1)


def test_the_exact_values_are_those_of_the_file() -> None:
    """W1 and W1s have exact values, a whole centre has none."""
    assert engines.exact("W1")["wait"] == pytest.approx(0.8221, abs=1e-4)
    assert engines.exact("W1s")["abandoned"] == pytest.approx(0.226191, abs=1e-6)
    assert engines.exact("W2") == {}
