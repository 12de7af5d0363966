"""What the compiled engine counts in machine code are the very sums that NumPy finds, to the last bit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from callsim.calllog import Logs, in_stretches, tables
from callsim.counts import SLICES
from callsim.demand import Tape
from callsim.engine import reference
from callsim.estimate import WaitHistogram, bin_edges
from callsim.logged import by_itself
from callsim.scenario import Scenario, load
from callsim.sums import Adding, Sums
from tests.agreement import numbered
from tests.byhand import logs as written
from tests.test_sums_do_not_depend_on_how_a_log_is_cut import bits

pytest.importorskip("numba", reason="the compiled engine needs numba, which is not installed")

SCENARIOS = Path(__file__).parent.parent / "scenarios"
VARIANTS = {
    f"{path.stem}, {name}": scenario
    for path in sorted(SCENARIOS.glob("*.yaml"))
    for name, scenario in load(path).variants.items()
}
NUMBERED = 200


def added(scenario: Scenario, *logs: Logs, in_machine_code: bool) -> Sums:
    adding = Adding(scenario, in_machine_code=in_machine_code)
    for part in logs:
        adding.add(part)
    return adding.sums()


def same(scenario: Scenario, *logs: Logs) -> bool:
    """Whether both come to the same, and the whole to what its parts come to."""
    found = bits(added(scenario, *logs, in_machine_code=True))
    return bool(found == bits(added(scenario, *logs, in_machine_code=False)))


@pytest.mark.parametrize("name", VARIANTS)
def test_the_sums_of_every_scenario_are_the_same(name: str) -> None:
    """Five days of it, whole and in parts of three days."""
    whole = by_itself(VARIANTS[name])
    calendar = whole.calendar.model_copy(update={"days": min(5, whole.calendar.days)})
    scenario = whole.model_copy(update={"calendar": calendar})
    chunks = list(reference.simulate(scenario, Tape(scenario, 5, 0)))
    assert same(scenario, tables(scenario, chunks))
    assert same(scenario, *(tables(scenario, chunks[start : start + 3]) for start in range(0, len(chunks), 3)))


@pytest.mark.parametrize("in_machine_code", [True, False])
def test_whoever_was_cleared_counts_as_if_new(in_machine_code: bool) -> None:
    """Also when others have met kinds of calls in between that are new to them, and what was told stays as it was."""
    cases = [numbered(number).read() for number in range(12)]
    logs = [tables(scenario, list(reference.simulate(scenario, tape))) for scenario, tape in cases]
    kept = [Adding(scenario, in_machine_code=in_machine_code) for scenario, _ in cases]
    told = []
    for _ in range(2):
        for adding, log in zip(kept, logs, strict=True):
            adding.clear()
            adding.add(log)
            told.append(adding.sums())
    once = [added(scenario, log, in_machine_code=False) for (scenario, _), log in zip(cases, logs, strict=True)]
    assert bits(tuple(told)) == bits((*once, *once))


@pytest.mark.parametrize("first", range(0, NUMBERED, 20))
def test_the_sums_of_awkward_cases_are_the_same(first: int) -> None:
    """Everything at one moment, waits of nothing, hours that touch, places kept and calls put through to vendors."""
    for number in range(first, first + 20):
        scenario, tape = numbered(number).read()
        chunks = in_stretches(reference.simulate(scenario, tape))
        assert same(scenario, *(tables(scenario, stretch) for stretch in chunks)), number


WAITS = """\
name: Waits
calendar: {start: 2026-03-02, days: 1, open: always}
sources: {ads: {callers: 1 per hour, goes_to: queue q, hangs_up_ringing: never, talk: 1 min}}
queues: {q: {target: 80% in 20 s}}
teams: {t: {serves: [q], agents: {every day: {00:00-24:00: 1}}}}
"""


def test_waits_at_the_edges_of_bins_and_slices_fall_where_they_belong(tmp_path: Path) -> None:
    """On each edge of a histogram and of the slices of a target, and at the floats before and after it."""
    path = tmp_path / "waits.yaml"
    path.write_text(WAITS)
    (scenario,) = load(path).variants.values()
    edges = np.concatenate(([0.0, 5e-324], bin_edges()[bin_edges() < 1e5], np.linspace(0.0, 20.0, SLICES + 1)[1:]))
    waits = np.concatenate((edges, np.nextafter(edges, np.inf), np.nextafter(edges[1:], 0.0)))
    for outcome in ("answered", "abandoned_queue"):
        log = written(scenario, calls=_calls(waits.tolist(), outcome))
        assert same(scenario, log)
        found = added(scenario, log, in_machine_code=True)
        assert found.waits["q"] == WaitHistogram.of(waits)
        answered, abandoned, longer = found.slices["q"]
        assert answered.sum() + abandoned.sum() + longer == len(waits)


def _calls(waits: Sequence[float], outcome: str) -> str:
    """Calls that ask at midnight and wait so long."""
    lines = ["who no dialled asked queue agent matched answered left freed outcome"]
    for place, wait in enumerate(waits):
        done = repr(wait + 60.0)
        ended = f"t/0 {wait!r} {wait!r} {done} {done}" if outcome == "answered" else f"- - - {wait!r} {wait!r}"
        lines.append(f"ads {place} 1 0.0 0.0 q {ended} {outcome}")
    return "\n".join(lines)
