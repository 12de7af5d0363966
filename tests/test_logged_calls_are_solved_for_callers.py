"""Whoever knows only the calls of a log, redials among them, gets the callers who make them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from callsim import CallsimError, play, run
from callsim.calllog import Logs
from callsim.cli import main
from callsim.logged import Solved, solve
from callsim.quantities import Volume
from callsim.scenario import Study, load

SHOP = """
name: A shop that knows its phone log
calendar: {start: 2026-03-02, days: 5, open: {mon-fri: 09:00-17:00}}
sources:
  ads:
    logged_calls: 120 per day
    calls_by_hour: {09:00: 1, 17:00: 0}
    goes_to: queue sales
    hangs_up_ringing: exponential 30 s
    talk: exponential 3 min
    redial: {chance: 60%, after: exponential 5 min, at_most: 3}
queues: {sales: {}}
teams: {desk: {serves: [sales], agents: 1}}
"""
LOSS = """
name: Whoever hears busy redials
calendar: {start: 2026-03-02, days: 20, open: always, warm_up: 2 h}
lines: 5
sources:
  ads: {logged_calls: 120 per hour, goes_to: queue all, hangs_up_ringing: never, talk: exponential 180 s,
        redial: {chance: 70%, after: exponential 300 s, at_most: never}}
queues: {all: {}}
teams: {all: {serves: [all], agents: 5}}
"""


def study(folder: Path, text: str, *settings: str) -> Study:
    file = folder / "shop.yaml"
    file.write_text(text)
    return load(file, settings)


def solved(folder: Path, text: str, *settings: str) -> tuple[Solved, ...]:
    found = study(folder, text, *settings)
    return solve(found, found.variants)[1]


def test_the_callers_of_a_loss_system_with_redials_are_found(tmp_path: Path) -> None:
    """90 callers an hour at five lines make 1.366791561 calls each.

    Exact, from the stationary vector of the Markov chain of busy lines and callers about to redial. The sample of 43 000
    callers leaves a standard error of a quarter of a percent.
    """
    (one,) = solved(tmp_path, LOSS, f"sources.ads.logged_calls={90 * 1.366791561:.6f} per hour")
    assert one.callers.per == "hour"
    assert one.callers.number == pytest.approx(90, rel=0.0125)


def test_whoever_redials_until_answered_is_found_too(tmp_path: Path) -> None:
    """160 callers an hour at ten lines, redialling after a minute for ever, make 1.985400993 calls each (exact).

    Near their limit the lines make calls grow nine times as fast as callers, and the sample's error is about 1 %.
    """
    settings = (
        "lines=10", "teams.all.agents=10", f"sources.ads.logged_calls={160 * 1.985400993:.6f} per hour",
        "sources.ads.redial={chance: 100%, after: exponential 60 s, at_most: never}", "calendar.days=5",
    )  # fmt: skip
    (one,) = solved(tmp_path, LOSS, *settings)
    assert one.callers.number == pytest.approx(160, rel=0.03)


@pytest.mark.parametrize("settings", [["sources.ads.redial=none"], ["sources.ads.logged_calls=0 per day"]])
def test_without_redials_callers_are_calls(tmp_path: Path, settings: list[str]) -> None:
    """Every call is a caller's only one, to the last bit; no calls are no callers."""
    (one,) = solved(tmp_path, SHOP, *settings)
    assert one.callers == one.logged_calls


def test_where_nobody_is_missed_callers_are_calls(tmp_path: Path) -> None:
    """Redials are possible and never happen."""
    (one,) = solved(tmp_path, SHOP, "teams.desk.agents=60")
    assert one.callers.number == pytest.approx(120)


def test_the_simulated_log_holds_the_logged_calls(tmp_path: Path) -> None:
    """With the callers that were found, other seeds come to 120 calls a day."""
    result = run(study(tmp_path, SHOP), 60, per_month=False)
    attempts = result.variants[0].measures["attempts"]
    error = attempts.influence.std(ddof=1) / len(attempts.influence) ** 0.5
    assert abs(attempts.value / 5 - 120) <= 4 * error / 5 + 0.01 * 120


def test_the_same_file_gives_the_same_callers(tmp_path: Path) -> None:
    """Whatever the seed of the study, and whether other variants are played or not."""
    variants = "variants: {today: {}, two: {teams: {desk: {agents: 2}}}}\n"
    whole = run(study(tmp_path, SHOP + variants), 1, seed=1)
    part = run(study(tmp_path, SHOP + variants), 1, seed=2, variants=["two"])
    assert whole.solved == part.solved
    assert [(one.variant, one.source, one.logged_calls) for one in whole.solved] == [
        ("today", "ads", Volume(120, "day"))
    ]


def test_the_log_was_written_in_the_first_variant(tmp_path: Path) -> None:
    """A second agent changes how many redial, not how many have a need; other logged calls are solved by themselves."""
    variants = """
variants:
  today: {}
  second agent: {teams: {desk: {agents: 2}}}
  second agent, other log: {teams: {desk: {agents: 2}}, sources: {ads: {logged_calls: 119 per day}}}
  known callers: {sources: {ads: {logged_calls: none, callers: 70 per day}}}
"""
    found = study(tmp_path, SHOP + variants)
    callers, told = solve(found, found.variants)
    numbers = [scenario.sources["ads"].callers for scenario in callers.values()]
    assert [one.variant for one in told] == ["today", "second agent, other log"]
    assert numbers == [told[0].callers, told[0].callers, told[1].callers, Volume(70, "day")]
    assert told[0].callers.number < 0.9 * told[1].callers.number
    assert all(scenario.sources["ads"].logged_calls is None for scenario in callers.values())


def test_two_sources_are_solved_together(tmp_path: Path) -> None:
    """Each makes the calls of its own log, though both take the agent from each other."""
    second = """
  post: {logged_calls: 60 per day, calls_by_hour: {09:00: 1, 17:00: 0}, goes_to: queue sales, talk: 1 min,
         hangs_up_ringing: exponential 20 s, redial: {chance: 90%, after: exponential 2 min, at_most: 5}}
queues"""
    result = run(study(tmp_path, SHOP.replace("\nqueues", second)), 60, per_month=False)
    for source, calls in (("ads", 120), ("post", 60)):
        measures = result.variants[0].by_source[source]
        assert measures["attempts"].value / 5 == pytest.approx(calls, rel=0.03)
        assert measures["callers"].value < 0.9 * measures["attempts"].value


def test_a_scenario_alone_is_solved_when_it_is_played(tmp_path: Path) -> None:
    """`callsim.play` needs no study."""
    logs = play(study(tmp_path, SHOP).variants["base"])
    assert isinstance(logs, Logs)
    assert logs.callers.height < logs.attempts.height


def test_calls_that_no_callers_make_are_refused(tmp_path: Path) -> None:
    """Nobody answers and everybody redials for ever: few callers make any number of calls."""
    settings = (
        "sources.ads.redial={chance: 100%, after: exponential 5 min, at_most: never}",
        "calendar.open=always", "teams.desk.agents={sun: 1}",
    )  # fmt: skip
    with pytest.raises(CallsimError) as refused:
        solved(tmp_path, SHOP, *settings)
    assert str(refused.value) == (
        "sources.ads.logged_calls in variant `base`: expected callers who make 120 calls per day, redials among them, "
        "found none: callers redial without end, 100 % of them after the last day"
    )


def test_check_run_and_json_say_what_was_solved(tmp_path: Path) -> None:
    """In words on the screen, in full in JSON."""
    study(tmp_path, SHOP)
    file = str(tmp_path / "shop.yaml")
    check = CliRunner().invoke(main, ["check", file])
    shown = CliRunner().invoke(main, ["run", file, "--replications", "2"])
    data = json.loads(CliRunner().invoke(main, ["run", file, "--replications", "2", "--json"]).output)
    (one,) = data["logged_calls"]
    line = f"source ads: 120 logged calls per day are {one['callers']:.1f} callers per day"
    assert line in check.output
    assert line in shown.output
    assert one | {"callers": 0} == {
        "variant": "base", "source": "ads", "logged_calls": 120.0, "callers": 0, "unit": "per day",
    }  # fmt: skip
