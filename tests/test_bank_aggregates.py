"""The numbers of scenarios/05_bank.yaml are what the bank's log says, by rules checked by hand."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from banklog import LOG, ROOT, TUESDAY, TWO_DAYS, needs_log, row, written

from benchmarks.bank import aggregate, patience
from benchmarks.bank.agents import busy_gaps, on_duty
from benchmarks.bank.fragments import fragments
from benchmarks.bank.log import half_hour_means, read, working_hours


def test_times_are_seconds_since_midnight_of_the_dial(tmp_path: Path) -> None:
    """A talk that begins on the next day goes on counting, and what never happened is missing."""
    log = written(tmp_path, row("23:59:55", menu=10, talk=30, server="ANN"), row("9:00:00", outcome="HANG"))
    assert log["answered_s"].to_list() == [86_405, None]
    assert log["talk_s"].to_list() == [30, None]
    assert log["wait_s"].to_list() == [None, None]
    assert log["outcome"].to_list() == ["answered", "abandoned_menu"]
    assert log["server"].to_list() == ["ANN", None]


def test_phantoms_nights_and_weekends_do_not_count(tmp_path: Path) -> None:
    """Seven attempts of the ten rows are dialled on a working day, in opening hours, by somebody."""
    rows = working_hours(written(tmp_path, *TWO_DAYS))
    assert rows.height == 7
    means = half_hour_means(rows)
    assert {half: count for half, count in means.items() if count} == {16: 2.5, 17: 0.5, 47: 0.5}


def test_a_burst_of_hang_ups_in_the_menu_is_a_fault(tmp_path: Path) -> None:
    """Ten hang-ups among twelve calls are left out; the other day's count stands in for that half-hour."""
    burst = [row(f"9:0{minute}:00", outcome="HANG") for minute in range(10)]
    calls = [row(f"9:1{minute}:00", day=TUESDAY, talk=10, server="ANN") for minute in range(4)]
    both = [row(f"9:2{minute}:00", talk=10, server="ANN") for minute in range(2)]
    rows = working_hours(written(tmp_path, *burst, *calls, *both))
    means = half_hour_means(rows)
    assert rows["faulty"].sum() == 12
    assert means[18] == 4.0
    assert aggregate.daily_totals(rows, means).tolist() == [4.0, 4.0]


def test_the_day_factor_has_no_poisson_noise_in_it() -> None:
    """Totals of 80, 100, 120 have variance 400; less 100 of Poisson that is sqrt(300)/100; even days: 0."""
    assert aggregate.day_factor_cv(np.array([80.0, 100.0, 120.0])) == pytest.approx(math.sqrt(300) / 100)
    assert aggregate.day_factor_cv(np.array([100.0, 101.0])) == 0.0


def test_the_prompt_is_that_of_those_who_queued(tmp_path: Path) -> None:
    """Three known callers of 6 s, one unknown of 9 s; those served at once took 10 and 12 s in all."""
    rows = working_hours(written(tmp_path, *TWO_DAYS))
    menu = aggregate.prompt(rows)
    assert (menu.known_share, menu.known_s, menu.unknown_s) == (0.75, 6.0, 9.0)
    assert menu.all.mean == 6.75
    assert menu.all.cv == pytest.approx(math.sqrt(0.75 * 0.25 * 9) / 6.75)
    assert aggregate.pick_up(rows, menu.all).mean == pytest.approx(11 - 6.75)


def test_wrap_up_is_what_an_agent_pauses_while_callers_wait(tmp_path: Path) -> None:
    """Only ANN's ten seconds between two calls count: nobody waited in the other gaps."""
    rows = working_hours(written(tmp_path, *TWO_DAYS))
    assert busy_gaps(rows).tolist() == [10.0]


def test_a_pause_while_callers_wait_is_not_on_duty(tmp_path: Path) -> None:
    """ANN is away from 09:05 to 09:15 as a caller waits 61 s of it; BOB's idle gap of ten minutes is duty."""
    ann = (row("8:59:50", talk=300, server="ANN"), row("9:14:50", talk=900, server="ANN"))
    waits = row("9:07:50", wait=61, outcome="HANG")
    bob = (row("9:29:50", talk=300, server="BOB"), row("9:44:50", talk=900, server="BOB"))
    monday = on_duty(working_hours(written(tmp_path, *ann, waits, *bob)))[0]
    assert monday[18:20].tolist() == pytest.approx([20 / 30, 1.0])


def test_kaplan_meier_lets_leave_first() -> None:
    """Of five one is answered at once, one gone at 10 (of 4), one answered then, one gone at 20 (of 2)."""
    waits, left = np.array([0.0, 10.0, 10.0, 20.0, 30.0]), np.array([False, True, False, True, False])
    curve = patience.kaplan_meier(waits, left)
    assert curve.times.tolist() == [10.0, 20.0]
    assert curve.stay.tolist() == pytest.approx([3 / 4, 3 / 8])


def test_an_exponential_fit_is_waiting_time_per_leaver() -> None:
    """With censoring the likeliest mean patience is the sum of all waits over the number who left."""
    chance = np.random.default_rng(1)
    patience_s, offered = chance.exponential(300, 4_000), chance.exponential(100, 4_000)
    waits, left = np.round(np.minimum(patience_s, offered)).astype(np.float64), patience_s < offered
    fits = patience.fit_patience(waits, left)
    found = next(fit.mean for fit in fits if fit.text.startswith("exponential"))
    assert found == pytest.approx(waits.sum() / left.sum(), rel=0.01)


def test_redials_are_the_excess_of_those_who_gave_up(tmp_path: Path) -> None:
    """Of two known leavers one dials again after 270 s, of the answered none; 5 of 6 queued: .5 / (5/6)."""
    patient = row("8:25:00", menu=6, wait=70, outcome="HANG", customer="44")
    again = aggregate.redial(working_hours(written(tmp_path, *TWO_DAYS, patient)))
    assert again.known_share == pytest.approx(2 / 3)
    assert (again.again_abandoned, again.again_answered) == (0.5, 0.0)
    assert again.seen_share == pytest.approx(5 / 6)
    assert again.chance == pytest.approx(0.6)
    assert again.delay_s == pytest.approx(270.0)


def test_talk_keeps_the_mean_and_spread_of_the_log(tmp_path: Path) -> None:
    """Talks of 100, 60, 40 and 100 s: mean 75 s, standard deviation sqrt(675) s."""
    found = aggregate.talk(working_hours(written(tmp_path, *TWO_DAYS)))
    assert found.calls == 4
    assert found.moments.mean == 75.0
    assert found.moments.cv == pytest.approx(math.sqrt(675) / 75)


def test_the_fragments_are_yaml_of_the_scenarios_words(tmp_path: Path) -> None:
    """The printed parts parse, and hold the half-hours, the menu and one line of agents per half-hour."""
    log = written(tmp_path, *TWO_DAYS)
    parts = yaml.load(fragments(aggregate.aggregate(log)), yaml.BaseLoader)
    assert parts["sources"]["customers"]["calls_by_hour"]["08:00"] == "2.50"
    assert parts["menus"]["vru"]["prompt"] == {"mix": ["75.0% 6.0 s", "25.0% 9.0 s"]}
    assert len(parts["teams"]["agents"]["agents"]["sun-thu"]) == 34


def numbers(text: object) -> list[float]:
    return [float(number) for number in re.findall(r"\d+(?:\.\d+)?", str(text))]


@needs_log
def test_the_scenario_says_what_the_log_says() -> None:
    """Counting the real log afresh gives the numbers that scenarios/05_bank.yaml holds."""
    counted = fragments(aggregate.aggregate(read(LOG)))
    fresh: Mapping[str, Any] = yaml.load(counted, yaml.BaseLoader)
    held: Mapping[str, Any] = yaml.load((ROOT / "scenarios" / "05_bank.yaml").read_text("utf-8"), yaml.BaseLoader)
    ours, theirs = held["sources"]["customers"], fresh["sources"]["customers"]
    for key in ("callers", "calls_by_hour", "day_to_day_variation", "talk", "redial"):
        assert ours[key] == theirs[key]
    assert numbers(ours["hangs_up_waiting"]) == pytest.approx(numbers(theirs["hangs_up_waiting"]), rel=0.02)
    assert held["menus"] == fresh["menus"]
    assert held["teams"] == fresh["teams"]
