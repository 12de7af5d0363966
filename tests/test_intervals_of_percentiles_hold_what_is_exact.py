"""Waits often have atoms: everybody who lets it ring three times hangs up after the same time."""

from __future__ import annotations

from pathlib import Path

import pytest

from callsim.replicate import compared, measured, run
from callsim.scenario import load

RINGS = """
name: Rings
ring: 5 s
calendar: {start: 2026-03-02, days: 1, open: always}
sources:
  all: {callers: 60 per hour, goes_to: queue line, hangs_up_ringing: PATIENCE, talk: exponential 5 min}
queues: {line: {target: 80% in 20 s}}
teams: {desk: {serves: [line], agents: 3}}
variants:
  today: {}
  the same: {}
"""


@pytest.mark.parametrize(("patience", "exact"), [("4 rings", 20.0), ("3 rings", 15.0)])
def test_the_interval_of_a_percentile_holds_the_atom(tmp_path: Path, patience: str, exact: float) -> None:
    """Half of the callers find nobody and hang up at the same second, so that the 90 % wait is that second: the
    histogram knows it within 1 %, and the interval says so."""
    path = tmp_path / "rings.yaml"
    path.write_text(RINGS.replace("PATIENCE", patience))
    first, same = run(load(path), 5).variants
    for key in ("wait_p90_s", "wait_p95_s"):
        found = measured(key, first.measures[key])
        assert found.low is not None
        assert found.high is not None
        assert found.low <= exact <= found.high
        assert found.high - found.low < 0.05 * exact
        between = compared(first.measures, same.measures, key)
        assert between.value == 0
        assert between.low is not None
        assert between.low < 0


def test_the_bounds_of_a_percentile_are_no_less_than_nothing(tmp_path: Path) -> None:
    """A few callers a day: the median wait is 0 s in most replications, and no bound is below it."""
    path = tmp_path / "rings.yaml"
    path.write_text(RINGS.replace("PATIENCE", "4 rings").replace("60 per hour", "1 per hour"))
    first, _ = run(load(path), 3).variants
    for key in ("wait_p50_s", "wait_p90_s", "wait_p95_s"):
        low = measured(key, first.measures[key]).low
        assert low is not None
        assert low >= 0
