"""All programs play the same workloads, and a difference in their results is noticed before any speed is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from benchmarks import engines, scaling, textbook_w2
from benchmarks.engines import Ratio, Run, Watched, compare, differences, noise, scenario_of
from benchmarks.logs import DrawnTape, differs
from benchmarks.scaling import CURVES, Size, Timed
from callsim.calllog import Attempt, Chunk
from callsim.demand import Tape
from callsim.engine import machine, reference, simulate
from callsim.engine.records import LOGS
from callsim.scenario import Scenario


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
        "textbook": [Run(1, {}, {"wait": [9.0, 10.0, 11.0, 10.0]})],
        "simpy": [Run(1, {}, {"wait": [10.0, 9.5, 10.5, 10.0]})],
    }
    assert all(one.agrees for one in differences(same, {}))
    assert not any(one.agrees for one in differences(same, {"wait": 100.0}))
    apart = same | {"simpy": [Run(1, {}, {"wait": [value + 5 for value in (9.0, 10.0, 11.0, 10.0) * 3]})]}
    assert not any(one.agrees for one in differences(apart, {}))


def test_what_a_program_does_not_tell_is_not_compared() -> None:
    """The C program of W2 knows one measure of all kinds: that one is held against the first program's."""
    runs = {
        "textbook": [Run(1, {}, {"wait": [9.0, 10.0], "abandoned": [0.2]}), Run(1, {}, {"abandoned": [0.21]})],
        "C": [Run(1, {}, {"abandoned": [0.2]}), Run(1, {}, {"abandoned": [0.205]})],
    }
    runs["textbook"][1].measures["wait"] = [9.5]
    (only,) = differences(runs, {})
    assert (only.of.split(), only.values) == (["C", "abandoned"], (pytest.approx(0.2025), pytest.approx(0.205)))


def test_all_kinds_together_weigh_by_their_attempts() -> None:
    """The share of all attempts abandoned is that of the sums over kinds and days."""
    measures = {
        "a attempts": [10.0, 30.0],
        "a abandoned": [0.5, 0.1],
        "b attempts": [60.0, 0.0],
        "b abandoned": [0.2, 0.0],
    }
    assert engines.all_kinds(measures) == {"abandoned": [pytest.approx((5 + 3 + 12) / 100)]}


def as_records(chunks: Iterator[Chunk]) -> Iterator[Chunk]:
    """A log as the compiled engine writes it."""
    for chunk in chunks:
        yield Chunk(chunk.day, *(np.array(rows, kind) for rows, kind in zip(chunk[1:], LOGS.values(), strict=True)))


def test_a_last_bit_of_a_log_is_noticed(capsys: pytest.CaptureFixture[str]) -> None:
    """Rows as tuples and as records are the same log; one answer a hair later is another, and so is a row less."""

    def as_compiled(scenario: Scenario, tape: Tape) -> Iterator[Chunk]:
        return as_records(reference.simulate(scenario, tape))

    def a_hair_later(scenario: Scenario, tape: Tape) -> Iterator[Chunk]:
        for chunk in as_compiled(scenario, tape):
            answered = chunk.attempts["answered"]
            answered[~np.isnan(answered)] = np.nextafter(answered[~np.isnan(answered)], np.inf)
            yield chunk

    def a_row_less(scenario: Scenario, tape: Tape) -> Iterator[Chunk]:
        return (chunk._replace(callers=chunk.callers[:-1]) for chunk in as_compiled(scenario, tape))

    assert engines.same_logs("W1s", reference.simulate, as_compiled)
    assert not engines.same_logs("W1s", reference.simulate, a_hair_later)
    assert not engines.same_logs("W1s", reference.simulate, a_row_less)
    same, later, less = capsys.readouterr().out.splitlines()
    assert "the same log to the last bit" in same
    assert "day 0, log `attempt`, field `answered`" in later
    assert "day 0, log `caller`: " in less


def test_days_that_are_missing_are_a_difference() -> None:
    """A log that ends a day early is not the same."""
    empty = [Chunk(day, [], [], [], [], [], []) for day in range(2)]
    assert differs(empty, empty) is None
    assert differs(empty, empty[:1]) == "they are not of the same days"
    assert differs(empty[:1], empty[1:]) == "they are not of the same days"


def test_both_ways_of_keeping_a_log_are_measured_alike() -> None:
    """Attempts of tuples and of records give the same columns."""
    scenario = scenario_of("W1s")
    scenario = scenario.model_copy(update={"calendar": scenario.calendar.model_copy(update={"days": 1})})
    chunks = list(reference.simulate(scenario, Tape(scenario, 1, 0)))
    first, second = (engines._columns(of) for of in (chunks, list(as_records(iter(chunks)))))
    assert first.keys() == set(Attempt._fields)
    for name in first:
        np.testing.assert_array_equal(first[name], second[name])


def test_ratios_are_taken_round_by_round() -> None:
    """Each run is held against the other program's run of the same round."""
    runs = {
        "ours": [Run(100, {"ours": 1.0}, {}), Run(100, {"ours": 10.0}, {})],
        "theirs": [Run(100, {"theirs": 2.0}, {}), Run(200, {"theirs": 40.0}, {})],
    }
    assert engines.ratios(Ratio("ours", "theirs"), runs) == [2.0, 2.0]


def test_a_ratio_below_what_is_asked_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """On the workloads on which it is asked, and on no other."""
    runs = {
        "compiled": [Run(100, {"compiled": 2.0}, {})],
        "C": [Run(100, {"C loop": 1.0}, {})],
    }
    assert compare("W1", runs, {"engine": 0.5})
    assert "0.500  (0.500 - 0.500)  asked: 0.5\n" in capsys.readouterr().out
    assert not compare("W1", runs, {"engine": 0.6})
    assert "asked: 0.6, MISSED" in capsys.readouterr().out
    assert compare("W1s", runs, {"engine": 0.6})
    assert "asked" not in capsys.readouterr().out


def test_what_is_watched_is_counted_and_answers_as_before() -> None:
    """Processor time adds up over calls."""
    watched = Watched(lambda size: sum(range(size)))
    assert (watched(10), watched(size=100_000)) == (45, 4_999_950_000)
    once = watched.seconds
    assert once > 0
    watched(100_000)
    assert watched.seconds > once


def test_what_is_not_there_is_said_and_left_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a compiler, Numba, Ciw or the programs of ../shared/bench the others are still timed."""
    monkeypatch.setattr(engines, "SHARED", Path(__file__).parent)
    monkeypatch.setattr(engines, "compiler", lambda: None)
    monkeypatch.setattr(engines, "find_spec", lambda _: None)
    monkeypatch.setattr(engines.cache, "numba_version", lambda: None)
    monkeypatch.setattr(engines, "timed", lambda program, *_: Run(1, {program: 1.0}, {"abandoned": [0.2]}))
    assert engines.main(["--workloads", "W2", "--rounds", "5", "--programs", "textbook", "compiled", "C", "Ciw"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[:3] == ["compiled: Numba is not installed", "C: there is no C compiler", "Ciw: not installed"]
    monkeypatch.setattr(engines, "SHARED", Path("nowhere"))
    assert {engines.lacks("C"), engines.lacks("Ciw")} == {"there is no ../shared/bench"}


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


@pytest.mark.parametrize("size", [CURVES["waiting"][0], CURVES["waiting"][4], CURVES["queues"][3]])
def test_so_many_wait_as_the_curve_says(size: Size) -> None:
    """The patience is the one with which Erlang A has that mean queue."""
    assert size.exact().mean_queue == pytest.approx(size.waiting, rel=1e-4)


def test_the_sizes_are_those_that_were_asked_for() -> None:
    """10 to 3,000 agents, 1 to 200 waiting, 1 to 30 queues, and a scenario of that size for each."""
    assert [[of[0], of[-1]] for of in ([size.agents for size in CURVES[name]] for name in ("agents", "teams"))] == [
        [10, 3000],
        [10, 300],
    ]
    assert (CURVES["waiting"][0].waiting, CURVES["waiting"][-1].waiting) == (1, 200)
    assert [size.queues for size in CURVES["queues"]] == [size.queues for size in CURVES["teams"]] == [1, 3, 10, 30]
    assert all(size.days * size.per_day >= 100_000 for sizes in CURVES.values() for size in sizes)


@pytest.mark.parametrize("size", [CURVES["agents"][2], CURVES["queues"][2], CURVES["teams"][2]])
def test_the_centre_of_a_size_has_that_size(size: Size, tmp_path: Path) -> None:
    """Callers, agents, teams and laws of the scenario are those of the formula."""
    scenario = scaling.scenario_of(size, tmp_path)
    assert (len(scenario.queues), len(scenario.teams), scenario.calendar.days) == (size.queues, size.teams, size.days)
    callers = 24 * sum(source.volume.number for source in scenario.sources.values())
    assert callers == pytest.approx(size.per_day)
    assert {source.talk.mean for source in scenario.sources.values()} == {size.talk}
    patiences = [source.hangs_up_ringing.mean for source in scenario.sources.values()]
    assert patiences == pytest.approx([size.patience] * size.queues, abs=1e-6)
    assert size.load == pytest.approx(callers * size.talk / 86_400 / size.agents)
    assert [len(level) for team in scenario.teams.values() for level in team.serves] == [
        size.queues // size.teams
    ] * size.teams
    assert sum(int(team.agents.value) for team in scenario.teams.values()) == size.agents  # type: ignore[union-attr]


@pytest.mark.skipif(engines.compiler() is None, reason="needs a C compiler")
@pytest.mark.parametrize("size", [CURVES["agents"][0], CURVES["queues"][2], CURVES["teams"][1]])
def test_the_c_program_meets_erlang_a(size: Size, tmp_path: Path) -> None:
    """Five runs of some hundred thousand attempts lie as close as chance allows."""
    program = engines.compile_c(engines.HERE / "c" / "mmnm.c", tmp_path)
    runs = {"C": [scaling.play_in_c(size, program, seed) for seed in range(1, 6)]}
    assert all(one.agrees for one in differences(runs, {size.title: size.exact().p_abandon}))
    assert not any(one.agrees for one in differences(runs, {size.title: 1.5 * size.exact().p_abandon}))


def test_the_compiled_engine_meets_erlang_a(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the size at which it is timed; the first day is left out, and time passes in the loop."""
    pytest.importorskip("numba", reason="the compiled engine needs numba, which is not installed")
    code = machine.code()
    loop = Watched(code.play)
    monkeypatch.setattr(code, "play", loop)
    size = CURVES["agents"][2]
    scenario = scaling.scenario_of(size, tmp_path)
    runs = [scaling.play(size, scenario, seed, loop) for seed in range(1, 4)]
    assert all(one.agrees for one in differences({"compiled": runs}, {size.title: size.exact().p_abandon}))
    assert all(run.seconds["compiled loop"] > 0 for run in runs)
    assert all(run.attempts == pytest.approx(size.per_day * (size.days - 1), rel=0.02) for run in runs)


def test_ratios_are_constant_or_not(capsys: pytest.CaptureFixture[str]) -> None:
    """None is farther from the median of its curve than the limit, whatever the other curves are."""

    def found(curve: str, *ratios: float) -> list[Timed]:
        return [
            Timed(Size(curve, 10), [Run(1, {"compiled loop": 1.0}, {})], [Run(1, {"C loop": ratio}, {})])
            for ratio in ratios
        ]

    assert scaling.constant(found("agents", 0.4, 0.5, 0.6), 0.25)
    assert scaling.constant(found("agents", 0.4, 0.5) + found("waiting", 0.8, 0.9), 0.25)
    assert not scaling.constant(found("agents", 0.35, 0.5, 0.6), 0.25)
    assert "more agents, one queue: 0.35 to 0.60, up to 30% off" in capsys.readouterr().out
