"""The formulas reproduce every exact value that we have, and their limits are each other."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from callsim import erlang
from callsim.laws import Law

CASES = json.loads((Path(__file__).parent / "data" / "exact_cases.json").read_text(encoding="utf-8"))
EXACT = 1e-9  # twelve digits are stored


def exponential(mean: float) -> Law:
    return Law("exponential", (mean,))


def mix(*parts: tuple[float, Law]) -> Law:
    return Law("mix", parts=parts)


def law_of(patience: dict[str, Any]) -> Law:
    """Read the patience of a stored case."""
    if "p_zero" in patience:
        zero = patience["p_zero"]
        return mix((zero, Law("constant", (0.0,))), (1 - zero, exponential(patience["mean_s"])))
    if "p_infinite" in patience:
        endless = patience["p_infinite"]
        return mix((endless, Law("never")), (1 - endless, exponential(patience["mean_s"])))
    return {
        "exponential": lambda p: exponential(p["mean_s"]),
        "uniform": lambda p: Law("uniform", (p["low_s"], p["high_s"])),
        "deterministic": lambda p: Law("constant", (p["value_s"],)),
        "erlang": lambda p: Law("erlang", (p["k"], p["mean_s"])),
        "lognormal": lambda p: Law("lognormal", (p["mean_s"], p["sd_s"] / p["mean_s"])),
        "weibull": lambda p: Law("weibull", (p["scale_s"], p["shape"])),
        "hyperexponential": lambda p: mix(
            *((share, exponential(mean)) for share, mean in zip(p["p"], p["means_s"], strict=True))
        ),
    }[patience["dist"]](patience)


def cases(model: str, *, kind: str = "computed") -> list[Any]:
    found = [case for case in CASES if case["kind"] == kind and case["model"].startswith(model)]
    assert found, model
    return [pytest.param(case["inputs"], case["outputs"], id=case["name"]) for case in found]


def rate(inputs: dict[str, Any]) -> float:
    return float(inputs["arrival_rate_per_hour"]) / 3600


def exactly(value: float, rel: float = EXACT) -> Any:
    return pytest.approx(value, rel=rel, abs=1e-13)


@pytest.mark.parametrize(("inputs", "outputs"), cases("M/M/n/n (Erlang B"))
def test_erlang_b(inputs: dict[str, Any], outputs: dict[str, Any]) -> None:
    """Blocking of a line group without waiting."""
    load = rate(inputs) * inputs["aht_s"]
    assert erlang.erlang_b(load, inputs["n_agents"]) == exactly(outputs["p_block"])


@pytest.mark.parametrize(("inputs", "outputs"), cases("inverse Erlang B"))
def test_inverse_erlang_b(inputs: dict[str, Any], outputs: dict[str, Any]) -> None:
    """The load that a group of lines carries at 1 % blocking, as in the printed tables."""
    for row in outputs["rows"]:
        assert erlang.erlang_b_load(inputs["p_block"], row["n"]) == exactly(row["max_offered_erl"])


@pytest.mark.parametrize(("inputs", "outputs"), cases("M/M/n (Erlang C)"))
def test_erlang_c(inputs: dict[str, Any], outputs: dict[str, Any]) -> None:
    """Waiting where nobody gives up."""
    agents, target = inputs["n_agents"], inputs["sl_threshold_s"]
    queue = erlang.mmn(rate(inputs), inputs["aht_s"], agents=agents, target=target)
    assert queue.p_wait == exactly(outputs["p_wait"])
    assert queue.mean_wait_s == queue.mean_wait_answered_s == exactly(outputs["mean_wait_s"])
    assert queue.mean_queue == exactly(outputs["mean_queue"])
    assert queue.occupancy == exactly(outputs["occupancy"])
    assert queue.within == queue.virtual_within == exactly(outputs["sl_20s"])


def check_with_patience(queue: erlang.Queueing, outputs: dict[str, Any], *, target: float, stays: float) -> None:
    """Compare every stored measure; `stays` is the chance that patience is longer than the target."""
    assert queue.p_wait == exactly(outputs["p_all_busy"])
    assert queue.p_abandon == exactly(outputs["p_abandon"])
    assert queue.mean_wait_s == exactly(outputs["mean_wait_all_s"])
    assert queue.mean_wait_answered_s == exactly(outputs["mean_wait_served_s"])
    assert queue.mean_offered_wait_s == exactly(outputs["mean_offered_wait_s"])
    assert queue.mean_queue == exactly(outputs["mean_queue"])
    assert queue.occupancy == exactly(outputs["occupancy"])
    assert queue.within == exactly(outputs[f"sl_{target}s_served_over_offered"])
    served = 1 - queue.p_abandon
    assert queue.within / served == exactly(outputs[f"sl_{target}s_served_over_served"])
    assert (1 - queue.virtual_within) * stays == exactly(outputs[f"p_wait_gt_{target}s"], rel=1e-7)


@pytest.mark.parametrize(("inputs", "outputs"), cases("M/M/n+M (Erlang A"))
def test_erlang_a(inputs: dict[str, Any], outputs: dict[str, Any]) -> None:
    """Exponential patience, from one agent to five hundred."""
    patience = inputs["patience"]["mean_s"]
    for target in inputs["sl_threshold_s"]:
        queue = erlang.mmnm(
            rate(inputs), inputs["aht_s"], agents=inputs["n_agents"], mean_patience=patience, target=target
        )
        check_with_patience(queue, outputs, target=target, stays=math.exp(-target / patience))


@pytest.mark.parametrize(("inputs", "outputs"), [*cases("M/M/n+G"), *cases("M/M/n+M (Erlang A")])
def test_any_patience(inputs: dict[str, Any], outputs: dict[str, Any]) -> None:
    """Uniform, constant, Erlang, lognormal, Weibull, mixed, with some who leave at once or never."""
    law = law_of(inputs["patience"])
    for target in inputs["sl_threshold_s"]:
        queue = erlang.mmng(rate(inputs), inputs["aht_s"], agents=inputs["n_agents"], patience=law, target=target)
        stays = float(erlang._patience(law).survival(np.array(float(target))))
        check_with_patience(queue, outputs, target=target, stays=stays)


@pytest.mark.parametrize(("inputs", "outputs"), cases("M/M/n/K"))
def test_limited_lines(inputs: dict[str, Any], outputs: dict[str, Any]) -> None:
    """Callers who find no free line hear busy, the others may wait and give up."""
    patience = (inputs["patience"] or {"mean_s": math.inf})["mean_s"]
    queue = erlang.mmnk(
        rate(inputs),
        inputs["aht_s"],
        agents=inputs["n_agents"],
        lines=inputs["trunks_total"],
        mean_patience=patience,
    )
    assert queue.p_block == exactly(outputs["p_block"])
    assert queue.p_wait == exactly(outputs["p_wait_and_admitted"])
    assert queue.p_abandon == exactly(outputs["p_abandon_over_offered"])
    assert queue.mean_wait_admitted_s == exactly(outputs["mean_wait_admitted_s"])
    assert queue.mean_queue == exactly(outputs["mean_queue"])
    assert queue.occupancy == exactly(outputs["occupancy"])


@pytest.mark.parametrize(("inputs", "outputs"), cases("minimal n with P(W<=20 s)>=0.80, Erlang C"))
def test_staffing_table_without_abandonment(inputs: dict[str, Any], outputs: dict[str, Any]) -> None:
    """The fewest agents for 80 % in 20 s reach it, one less does not."""
    for row in outputs["rows"]:
        calls = row["calls_per_hour"] / 3600
        enough = erlang.mmn(calls, inputs["aht_s"], agents=row["n"], target=20)
        fewer = erlang.mmn(calls, inputs["aht_s"], agents=row["n"] - 1, target=20)
        assert enough.within == exactly(row["sl20"])
        assert fewer.within == exactly(row["sl20_with_one_less"])


@pytest.mark.parametrize(("inputs", "outputs"), cases("minimal n with P(served within 20 s)"))
def test_staffing_table_with_abandonment(inputs: dict[str, Any], outputs: dict[str, Any]) -> None:
    """The same for Erlang A."""
    for row in outputs["rows"]:
        calls = row["load_erl"] / inputs["aht_s"]
        enough, fewer = (
            erlang.mmnm(calls, inputs["aht_s"], agents=agents, mean_patience=120, target=20)
            for agents in (row["n"], row["n"] - 1)
        )
        assert enough.within == exactly(row["sl20_served_over_offered"])
        assert enough.p_abandon == exactly(row["p_abandon"])
        assert fewer.within == exactly(row["sl20_with_one_less"])


def printed(name: str) -> dict[str, Any]:
    """Return what somebody else printed."""
    (outputs,) = [case["outputs"] for case in CASES if case["name"] == name]
    return dict(outputs)


@pytest.mark.parametrize(
    ("name", "load", "lines"),
    [
        ("pub_qs_erlB_10_100_5", 20, 10),
        ("pub_qs_erlB_190_150_0.75", 200, 190),
        ("pub_qs_erlB_1000_1000_2", 500, 1000),
    ],
)
def test_published_erlang_b(name: str, load: float, lines: int) -> None:
    """Down to a blocking of 1e-86."""
    assert erlang.erlang_b(load, lines) == pytest.approx(printed(name)["p_block"], rel=1e-9, abs=0)


@pytest.mark.parametrize(
    ("name", "calls", "handling", "agents", "digits"),
    [
        ("pub_qs_erlC_pw_n10_1over36_1over180", 1 / 36, 180, 10, 1e-12),
        ("pub_qs_erlC_pw_n35_120_5", 120, 1 / 5, 35, 1e-12),
        ("pub_qs_erlC_pw_n35_0.1_0.0033", 0.1, 1 / 0.0033, 35, 1e-12),
        ("pub_qs_erlC_sl_n35", 0.1, 1 / 0.0033, 35, 1e-12),
        ("pub_R_ErlangC_n11", 200 / 3600, 180, 11, 1e-7),
        ("pub_R_ErlangC_n13", 200 / 3600, 180, 13, 1e-7),
        ("pub_pyworkforce_n13", 200 / 3600, 180, 13, 1e-12),
        ("pub_pyworkforce_n14", 200 / 3600, 180, 14, 1e-12),
        ("pub_call_center_tools_n35", 1000 / 3600, 120, 35, 5e-3),
        ("pub_call_center_tools_n40", 1000 / 3600, 120, 40, 5e-3),
    ],
)
def test_published_erlang_c(name: str, calls: float, handling: float, agents: int, digits: float) -> None:
    """What other tools print, to the digits that they print."""
    queue = erlang.mmn(calls, handling, agents=agents, target=20)
    ours = {"p_wait": queue.p_wait, "sl_20s": queue.within, "mean_wait_s": queue.mean_wait_s}
    ours |= {"occupancy": queue.occupancy, "immediate_answer": 1 - queue.p_wait}
    theirs = {key: value for key, value in printed(name).items() if key in ours}
    assert theirs
    assert {key: ours[key] for key in theirs} == pytest.approx(theirs, rel=digits, abs=min(digits, 5e-5))


def test_published_limited_lines() -> None:
    """Erlang A with eighty lines."""
    queue = erlang.mmnk(0.1, 240, agents=25, lines=80, mean_patience=30)
    assert queue.p_abandon == exactly(printed("pub_qs_erlA_pab_n25")["p_abandon"])


def test_published_staffing() -> None:
    """250 calls an hour of 5.5 minutes, 80 % in 30 s: the page says 28 agents."""
    agents = printed("pub_jonesthenet")["agents"]
    within = [erlang.mmn(250 / 3600, 330, agents=n, target=30).within for n in (agents - 1, agents)]
    assert within[0] < 0.8 <= within[1]


@pytest.mark.parametrize(
    ("law", "mean"),
    [
        (Law("constant", (20.0,)), 20.0),
        (Law("rings", (3.0, 4.0, 5.0)), 17.5),
        (Law("uniform", (15.0, 24.0)), 19.5),
        (exponential(90.0), 90.0),
        (Law("erlang", (2.0, 120.0)), 120.0),
        (Law("gamma", (180.0, 0.7)), 180.0),
        (Law("gamma", (180.0, 0.0)), 180.0),
        (Law("lognormal", (180.0, 0.9)), 180.0),
        (Law("lognormal", (180.0, 0.0)), 180.0),
        (Law("weibull", (150.0, 0.7)), 150 * math.gamma(1 + 1 / 0.7)),
        (Law("hyperexponential", (180.0, 1.7)), 180.0),
        (Law("empirical", (1.0, 4.0, 4.0, 11.0)), 5.0),
        (mix((0.1, Law("constant", (0.0,))), (0.9, exponential(1000.0))), 900.0),
    ],
)
def test_time_spent_is_the_integral_of_the_survival(law: Law, mean: float) -> None:
    """For every law the two closed forms belong together, and the second ends at the mean."""
    patience = erlang._patience(law)
    edges = np.linspace(0, 60, 60_001)
    middles = (edges[1:] + edges[:-1]) / 2
    summed = np.cumsum(patience.survival(middles)) * 0.001
    assert np.allclose(patience.spent(edges[1:]), summed, rtol=0, atol=2e-3)
    assert float(patience.spent(np.array(1e7))) == pytest.approx(mean, rel=1e-6)
    assert patience.mean == pytest.approx(mean, rel=1e-12) == pytest.approx(law.mean)


def test_the_second_moment_of_hyperexponential_patience_is_as_asked() -> None:
    """cv 1.7 means a variance of 1.7 squared means squared: E R^2 is twice the integral of x P(R > x)."""
    survival = erlang._patience(Law("hyperexponential", (180.0, 1.7))).survival
    x = np.arange(0.5, 20_000)
    assert 2 * float((x * survival(x)).sum()) == pytest.approx(180**2 * (1 + 1.7**2), rel=1e-4)


def test_whole_rings_are_a_mix_of_constants() -> None:
    """Three or four rings of 5 s: half the callers wait 15 s, half 20 s."""
    halves = mix((0.5, Law("constant", (15.0,))), (0.5, Law("constant", (20.0,))))
    for target in (14.0, 15.0, 17.0, 20.0):
        rings, constants, listed = (
            erlang.mmng(40 / 3600, 180, agents=2, patience=law, target=target)
            for law in (Law("rings", (3, 4, 5)), halves, Law("empirical", (15.0, 20.0)))
        )
        assert rings == pytest.approx(constants, rel=1e-12)
        assert rings == pytest.approx(listed, rel=1e-12)


def test_no_patience_is_erlang_b() -> None:
    """Who leaves as soon as all are busy is a blocked call."""
    blocking = erlang.erlang_b(10.0, 12)
    constant = erlang.mmng(200 / 3600, 180, agents=12, patience=Law("constant", (0.0,)), target=20)
    none = erlang.mmnm(200 / 3600, 180, agents=12, mean_patience=0.0, target=20)
    assert constant == none
    assert none.p_wait == exactly(blocking)
    assert none.p_abandon == exactly(blocking)
    assert none.mean_wait_s == 0


def test_endless_patience_is_erlang_c() -> None:
    """Never giving up, an infinite mean and the plain formula agree."""
    plain = erlang.mmn(200 / 3600, 180, agents=12, target=20)
    assert erlang.mmnm(200 / 3600, 180, agents=12, mean_patience=math.inf, target=20) == plain
    integrated = erlang.mmng(200 / 3600, 180, agents=12, patience=Law("never"), target=20)
    assert integrated == pytest.approx(plain, rel=1e-9, abs=1e-12)


def test_many_lines_are_as_good_as_endless_lines() -> None:
    """With a thousand lines nobody hears busy, and the queue is Erlang A."""
    limited = erlang.mmnk(11_000 / 3600, 180, agents=500, lines=1000, mean_patience=60)
    free = erlang.mmnm(11_000 / 3600, 180, agents=500, mean_patience=60, target=20)
    assert limited.p_block < 1e-100
    assert limited.p_abandon == exactly(free.p_abandon)
    assert limited.mean_wait_admitted_s == exactly(free.mean_wait_s)


@pytest.mark.parametrize(
    ("calls", "handling", "agents", "law"),
    [
        (1200.0, 3600.0, 500, exponential(36_000.0)),
        (1.0, 1.0, 200, exponential(60.0)),
        (1.0, 180.0, 100, Law("lognormal", (600.0, 0.01))),
        (1.0, 180.0, 100, Law("weibull", (3.0, 0.3))),
        (0.01, 180.0, 3, mix((0.5, exponential(0.01)), (0.5, exponential(5000.0)))),
    ],
)
def test_flows_balance_at_the_extremes(calls: float, handling: float, agents: int, law: Law) -> None:
    """Overload, idleness, hardly and wildly varying patience: what is served keeps the agents as busy."""
    queue = erlang.mmng(calls, handling, agents=agents, patience=law, target=20)
    load = calls * handling
    # While not all are busy the number of busy agents is that of a line group with one line less.
    otherwise = load * (1 - erlang.erlang_b(load, agents - 1)) / agents
    assert all(math.isfinite(value) for value in queue)
    assert queue.occupancy == pytest.approx(queue.p_wait + (1 - queue.p_wait) * otherwise, abs=1e-10)
    assert 0 <= queue.within <= queue.virtual_within <= 1 + 1e-12


def test_unstable_queues_say_so() -> None:
    """One Erlang per agent and nobody gives up: everybody waits, for ever; who can give up does."""
    endless = erlang.mmn(12 / 180, 180, agents=12, target=20)
    assert (endless.p_wait, endless.within, endless.occupancy, endless.p_abandon) == (1.0, 0.0, 1.0, 0.0)
    assert math.isinf(endless.mean_wait_s)
    assert math.isinf(endless.mean_queue)
    mostly_stuck = mix((0.7, Law("never")), (0.3, exponential(60.0)))
    queue = erlang.mmng(12 / 180, 180, agents=6, patience=mostly_stuck, target=20)
    assert queue.p_abandon == pytest.approx(0.3)
    assert math.isinf(queue.mean_wait_s)


def test_without_callers_or_without_agents() -> None:
    """No callers: nobody would wait. No agents: all wait out their patience, and answers have no mean."""
    quiet = erlang.mmnm(0.0, 180, agents=2, mean_patience=60, target=20)
    assert (quiet.p_wait, quiet.within, quiet.mean_wait_s) == (0.0, 1.0, 0.0)
    deserted = erlang.mmnm(0.05, 180, agents=0, mean_patience=60, target=20)
    assert (deserted.p_wait, deserted.p_abandon, deserted.mean_wait_s) == (1.0, 1.0, 60.0)
    assert math.isnan(deserted.mean_wait_answered_s)
    assert deserted.mean_queue == pytest.approx(3.0)
    assert erlang.erlang_b(0.0, 3) == 0.0
    assert erlang.erlang_b(2.0, 0) == 1.0


def test_importing_the_formulas_is_light() -> None:
    """Numpy and scipy are loaded by the first formula that needs them."""
    code = "import sys, callsim.erlang; print(sorted({'numpy', 'scipy'} & set(sys.modules)))"
    root = Path(__file__).parent.parent
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    assert done.stdout.strip() == "[]"
