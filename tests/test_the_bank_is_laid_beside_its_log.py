"""The bank's log and its scenario are counted alike, and a difference is marked only where chance is not enough."""

from __future__ import annotations

import math
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from banklog import LOG, ROOT, TUESDAY, TWO_DAYS, needs_log, row, written

from benchmarks.bank.aggregate import aggregate
from benchmarks.bank.compare import (
    CALLS,
    GAVE_UP,
    MEASURES,
    SLOTS,
    TALK,
    TIME,
    Comparison,
    Measure,
    Side,
    Sides,
    compare,
    estimated,
    held_against,
    mean_of_days,
    real_side,
)
from benchmarks.bank.log import HALF_HOURS, read, working_hours
from benchmarks.bank.page import page
from callsim import replicate
from callsim.estimate import mean
from callsim.scenario import Study, load

DOC = ROOT / "docs" / "bank.md"
SCENARIO = """
name: A tiny bank
calendar: {start: 1999-02-01, days: 2, open: {mon-fri: 07:00-24:00}}
sources:
  customers:
    callers: 300 per day
    calls_by_hour: {00:00: 0, 07:00: 1, 23:00: 0}
    goes_to: menu vru
    hangs_up_ringing: never
    hangs_up_waiting: 30 s
    talk: 2 min
    redial: {chance: 20%, after: 5 min, at_most: 1}
menus: {vru: {answers_after: 0 s, prompt: 5 s, hangs_up: 10%, keys: [{share: 100%, to: queue agents}]}}
queues: {agents: {target: 80% in 20 s}}
teams: {agents: {serves: [agents], agents: 1}}
"""


@pytest.fixture
def tiny(tmp_path: Path) -> Study:
    path = tmp_path / "tiny.yaml"
    path.write_text(SCENARIO)
    return load(path)


@pytest.fixture
def found(tmp_path: Path, tiny: Study) -> Comparison:
    """Two days written by hand beside four replications of the tiny bank."""
    return compare(written(tmp_path, *TWO_DAYS), tiny.variants["base"], replications=4, seed=1)


def real(rows: pl.DataFrame, measure: Measure) -> float:
    return estimated(measure, real_side(working_hours(rows)), halves=HALF_HOURS).value


def test_the_real_side_is_as_counted_by_hand(found: Comparison) -> None:
    """Seven calls on two days, six past the menu, after 10, 60, 36, 26, 69 and 12 s; the 36 and 69 gave up."""
    values = {each.measure.title.strip(): each.real.value for each in found.whole}
    assert values == pytest.approx(
        {
            "calls a day": 3.5,
            "gave up, of those past the menu": 2 / 6,
            "answered without queueing": 2 / 6,
            "answered within 20 s": 2 / 6,
            "seconds to answer or hang-up": 213 / 6,
            "of those answered": 108 / 4,
            "of those who gave up": 105 / 2,
            "talk": 300 / 4,
            # Monday ANN from 8:00:10 to 8:03:00, BOB for 40 s; Tuesday ANN for the 8 s before midnight.
            "agent-hours a day": (170 + 40 + 8) / 3600 / 2,
            "time on duty spent talking": 300 / (170 + 40 + 8),
        }
    )


def test_the_real_side_has_the_error_of_its_days(found: Comparison) -> None:
    """2 of 5 gave up on Monday, 0 of 1 on Tuesday: influences of 1/9 and -1/9, so a standard error of 1/9. With
    one degree of freedom that is 1.41 on either side, and a share stays between 0 and 1."""
    whole = estimated(GAVE_UP, found.sides.real, halves=HALF_HOURS)
    assert whole.influence.tolist() == pytest.approx([1 / 9, -1 / 9])
    assert found.whole[1].real == pytest.approx((1 / 3, 0.0, 1.0))


def test_half_hours_belong_to_the_dial(found: Comparison) -> None:
    """Five of Monday's six calls come at 08:00, of which 2 gave up; one hangs up in the menu at 08:30."""
    at_eight, half_past = found.by_half_hour[16], found.by_half_hour[17]
    assert [each.real.value for each in at_eight] == pytest.approx([2.5, 2 / 5, 201 / 5])
    assert [each.real.value for each in half_past] == [0.5, None, None]


def test_returned_calls_have_no_time_from_the_dial(tmp_path: Path) -> None:
    """Nobody dialled a TT call: it counts as a call and as given up, but its 40 s are no time from the dial. A
    menu of minus 192 s is a broken clock."""
    returned = row("9:00:00", menu=0, wait=40, outcome="HANG", kind="TT")
    broken = row("9:10:00", menu=-192, wait=40, talk=50, server="ANN")
    log = written(tmp_path, *TWO_DAYS, returned, broken)
    assert real(log, GAVE_UP) == 3 / 8
    assert real(log, TIME) == 213 / 6
    assert real(log, CALLS) == 4.5


def test_faulty_half_hours_count_only_as_calls_of_the_other_days(tmp_path: Path) -> None:
    """Ten hang-ups in the menu among twelve calls: Monday's half-hour gets Tuesday's four calls, and its two
    answered calls, of 10 s, are in no other measure."""
    burst = [row(f"9:0{minute}:00", outcome="HANG") for minute in range(10)]
    both = [row(f"9:2{minute}:00", talk=10, server="ANN") for minute in range(2)]
    calls = [row(f"9:1{minute}:00", menu=20, day=TUESDAY, talk=30, server="ANN") for minute in range(4)]
    log = written(tmp_path, *burst, *both, *calls)
    assert (real(log, CALLS), real(log, TIME), real(log, TALK)) == (4.0, 20.0, 30.0)


def test_the_simulated_side_is_counted_alike(found: Comparison, tiny: Study) -> None:
    """The simulator's own measures of the same replications agree, and what is fixed in the scenario is found:
    talks of 120 s, hang-ups 35 s after the dial, one agent for 17 hours."""
    result = replicate.run(tiny, 4, seed=1, per_month=False).variants[0].measures
    simulated = {each.measure.title.strip(): each.simulated for each in found.whole}
    assert simulated["calls a day"].value == pytest.approx(result["attempts"].value / 2)
    assert simulated["gave up, of those past the menu"].value == pytest.approx(result["abandon_rate"].value)
    assert found.calls_per_caller[1].value == pytest.approx(result["attempts_per_caller"].value)
    assert simulated["talk"].value == pytest.approx(120.0)
    assert simulated["of those who gave up"].value == pytest.approx(35.0)
    assert simulated["agent-hours a day"].value == pytest.approx(17.0, abs=0.02)
    assert simulated["of those answered"].value == pytest.approx(5.0 + result["asa_s"].value)


def days(*values: float, together: int = 1) -> Side:
    """Sums with so much in one half-hour of each day."""
    calls = np.zeros((len(values), SLOTS))
    calls[:, 20] = values
    return Side({"calls": calls}, together)


@pytest.mark.parametrize(
    ("values", "mark"),
    [((10, 10, 10, 10), ""), ((13, 13, 13, 13), "**"), ((5, 21, 5, 21), "*"), ((7, 7.2, 6.8, 7), "**")],
    ids=str,
)
def test_a_mark_needs_both_yardsticks(values: tuple[float, ...], mark: str) -> None:
    """A hundred days of 9 and 11 say 10 +- 1 for the mean of four. 13 lies outside; where the four real days vary
    by 9, a difference of 3 is what they can do themselves."""
    sides = Sides(days(*values), days(*(9, 11) * 50, together=5))
    assert held_against(CALLS, sides, halves=[20]).mark == mark


def test_the_expected_range_holds_the_mean_of_further_days() -> None:
    """In 95 of 100 cases the mean of 20 new days lies in the range told from 100 days of the same kind."""
    chance = np.random.default_rng(1)
    held = 0
    for known, new in zip(chance.normal(10, 3, (4_000, 100)), chance.normal(10, 3, (4_000, 20)), strict=True):
        _, low, high = mean_of_days(mean(known), 20)
        assert low is not None
        assert high is not None
        held += low <= new.mean() <= high
    assert held / 4_000 == pytest.approx(0.95, abs=4 * math.sqrt(0.95 * 0.05 / 4_000))


def test_the_page_names_what_differs(found: Comparison) -> None:
    """Every measure and every half-hour has a line, and the sentences name the half-hours that are marked."""
    shown = page(found)
    assert all(f"\n{measure.title}" in shown for measure in MEASURES)
    assert len(re.findall(r"(?m)^\d\d:[03]0  ", shown)) == len(HALF_HOURS)
    marked = [half for half, (_, gave_up, _) in found.by_half_hour.items() if gave_up.mark]
    assert f"gave up, of those past the menu: outside in {len(marked)} of 34" in shown
    assert "by type of service: PS 33.3% of 6." in re.sub(r"\s+", " ", shown)


@cache
def command() -> str:
    """What `compare` prints of the real log and a few replications."""
    program = [sys.executable, "-m", "benchmarks.bank", "compare", str(LOG), "--replications", "3"]
    return subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=True).stdout


@needs_log
def test_the_real_abandonment_is_the_aggregate() -> None:
    """The share that gave up on the real side is that from which the scenario was made, and the command shows it."""
    log = read(LOG)
    share = real(log, GAVE_UP)
    assert share == pytest.approx(aggregate(log).abandoned, abs=1e-12)
    assert f"gave up, of those past the menu, % {100 * share:.1f} ±" in re.sub(" +", " ", command())


@needs_log
def test_the_document_shows_the_real_log() -> None:
    """The real values that docs/bank.md prints are those of the log."""
    assert real_values(DOC.read_text("utf-8")) == real_values(command())
    assert len(real_values(command())) == len(MEASURES) + 1 + len(HALF_HOURS)


def real_values(text: str) -> list[tuple[str, ...]]:
    """The real values of each line of the two tables, after its title."""
    whole = re.findall(r"(?m)^((?!\d)\S.*?|  of .*?)  +(\d+\.\d+(?: ±\d+\.\d+)?)  ", text)
    number = r"(\d+\.\d)"
    simulated = r" +\d+\.\d \[[^]]*\] +[+-]\d+\.\d \*{0,2} *"
    return whole + re.findall(rf"(?m)^(\d\d:\d\d) +{number}{simulated}{number}{simulated}{number}", text)


def test_a_missing_log_is_said_plainly() -> None:
    """A path without a file ends in one line, not in a traceback."""
    program = [sys.executable, "-m", "benchmarks.bank", "compare", "no such file"]
    done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.endswith("expected the bank's log, found no file no such file\n")
