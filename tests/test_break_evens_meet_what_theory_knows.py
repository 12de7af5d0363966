"""Break-evens found by simulation hold, in their intervals, what exact queueing theory says."""

from __future__ import annotations

import math

import numpy as np
import pytest
from line import HOURS, line

from callsim import decisions, erlang, whatif
from callsim.breakeven import Asked, ask, overflow
from callsim.breakeven.forecast import with_forecast
from callsim.breakeven.hours import clock
from callsim.breakeven.playing import Costs, Played, bounds, one, several, sign_of
from callsim.estimate import Interval
from callsim.laws import Law
from callsim.pricing import by_plan
from callsim.replicate import run
from callsim.scenario.plans import Tariff
from callsim.whatif import with_overflow_after
from tests.script import scenario

ASKED = Asked(replications=20)


def holds(found: Interval, exact: float) -> bool:
    assert found.low is not None
    assert found.high is not None
    return found.low <= exact <= found.high


def abandoned(per_hour: float, agents: int, *, talk: float = 240.0, patience: float = 60.0) -> float:
    return erlang.mmnm(per_hour / 3600, talk, agents=agents, mean_patience=patience, target=20.0).p_abandon


@pytest.mark.parametrize(("per_hour", "agents"), [(20.0, 1), (30.0, 2), (60.0, 4)])
def test_the_value_per_caller_at_which_another_agent_pays(per_hour: float, agents: int) -> None:
    """Another agent costs 20 an hour and saves rate x (P(n) - P(n + 1)) callers: the quotient is where it pays."""
    (pair,) = ask(line(per_hour=per_hour, agents=agents), "value", ASKED).pairs
    exact = 20.0 / (per_hour * (abandoned(per_hour, agents) - abandoned(per_hour, agents + 1)))
    assert pair.verdict == "above"
    assert holds(pair.value, exact)
    assert (pair.value.high - pair.value.low) / exact < 0.2


def test_a_value_that_noise_does_not_tell_has_no_bounds() -> None:
    """With twelve agents for two Erlang nobody is ever lost, and a thirteenth brings nothing at all."""
    (pair,) = ask(line(per_hour=30, agents=12), "value", Asked(replications=3)).pairs
    assert pair.fewer_lost.value == 0.0
    assert pair.value == (None, None, None)
    assert pair.verdict == "never"


def passed_on(seconds: float, *, per_hour: float, talk: float, agents: int, patience: float) -> tuple[float, float]:
    """(callers passed on, callers lost) of a caller's, where those who wait so long are taken by others.

    M/M/n+G with the law of min(R, T): the offered wait V has the density exp(rate * E min(R, T, x) - n x / talk) for
    x > 0, which stands to P(V = 0) as to 1 / (rate * B(n - 1)); lost is who leaves at R < min(T, V).
    """
    rate = per_hour / 3600
    x = np.linspace(0.0, 40 * 240.0, 2_000_001)
    spent = patience * (1 - np.exp(-np.minimum(x, seconds) / patience))
    density = np.exp(rate * spent - agents * x / talk)
    atom = 1 / (rate * erlang.erlang_b(rate * talk, agents - 1))
    step = x[1]
    whole = atom + float(density.sum()) * step - density[0] * step / 2
    beyond = float(density[x >= seconds].sum()) * step / whole
    shares = np.where(x < seconds, 1 - np.exp(-x / patience), 1 - math.exp(-seconds / patience))
    return beyond * math.exp(-seconds / patience), float((density * shares).sum()) * step / whole


def test_what_theory_says_of_passing_on_agrees_with_its_ends() -> None:
    """After no time it is Erlang B and nobody is lost; where nobody is ever passed on it is Erlang A."""
    given = {"per_hour": 30.0, "talk": 240.0, "agents": 2, "patience": 60.0}
    over, lost = passed_on(0.0, **given)
    assert (over, lost) == (pytest.approx(erlang.erlang_b(2.0, 2), abs=2e-5), pytest.approx(0.0, abs=1e-9))
    over, lost = passed_on(9000.0, **given)
    assert (over, lost) == (pytest.approx(0.0, abs=1e-9), pytest.approx(abandoned(30, 2), abs=2e-5))


def test_the_cost_of_every_delay_is_the_exact_one() -> None:
    """A lost caller costs 10, one passed on 4; payroll is 2 x 20 an hour. The cheapest delay is the exact one too."""
    delays = {"0 s": 0.0, "20 s": 20.0, "1 min": 60.0, "4 min": 240.0}
    study = line(per_hour=30, agents=2, value=10, plan="{per_call: 4 USD}", days=15)
    answer = ask(study, "overflow", ASKED._replace(at=tuple(delays)))
    exact = {}
    for name, seconds in delays.items():
        over, lost = passed_on(seconds, per_hour=30, talk=240, agents=2, patience=60)
        exact[name] = HOURS * (40 + 30 * (4 * over + 10 * lost))
    exact[overflow.NEVER] = HOURS * (40 + 30 * 10 * abandoned(30, 2))
    exact[overflow.EVERY] = HOURS * 30 * 4
    points = {point.name: point for point in answer.points}
    assert [name for name in exact if not holds(points[name].total, exact[name])] == []
    assert answer.best == min(exact, key=lambda name: exact[name])
    assert answer.today == overflow.NEVER


def test_the_best_delay_lies_just_before_patience_ends() -> None:
    """Everybody waits 50 s and no longer: at 40 s nobody is lost yet and fewest are passed on, at 60 s it is too late."""
    plan = "{per_call: 4 USD}"
    study = line(per_hour=30, agents=2, patience="50 s", value=50, plan=plan, days=15)
    answer = ask(study, "overflow", ASKED._replace(at=("0 s", "20 s", "40 s", "60 s")))
    points = {point.name: point for point in answer.points}
    for name, seconds in (("20 s", 20.0), ("40 s", 40.0)):
        law = Law("constant", (seconds,))
        share = erlang.mmng(30 / 3600, 240.0, agents=2, patience=law, target=20.0).p_abandon
        assert holds(points[name].total, HOURS * (40 + 30 * 4 * share))
    assert answer.best == "40 s"
    assert points["60 s"].difference.low > 0.0
    assert points["60 s"].total == points[overflow.NEVER].total


def test_the_delay_of_the_file_is_on_the_curve() -> None:
    """Twelve seconds are no usual delay: they are played too, whatever was asked for, but not those to another service."""
    study = line(per_hour=30, agents=2, days=3)
    changed = with_overflow_after(study.variants["as it is"], "sales", 12.0, to="service")
    study, asked = study._replace(variants={"today": changed}), Asked(replications=2)
    answer = ask(study, "overflow", asked)
    assert [point.seconds for point in answer.points[:5]] == [0.0, 5.0, 10.0, 12.0, 15.0]
    assert answer.today == answer.points[3].name == "12 s"
    answer = ask(study, "overflow", asked._replace(at=("20 s",)))
    assert [point.name for point in answer.points[:2]] == ["12 s", "20 s"]
    answer = ask(study, "overflow", asked._replace(at=("12 s",)))
    assert (answer.today, answer.points[0].name, answer.points[1].name) == ("12 s", "12 s", overflow.NEVER)
    two = changed.model_copy(update={"vendors": {**changed.vendors, "other": changed.vendors["service"]}})
    answer = ask(study._replace(variants={"today": two}), "overflow", asked._replace(vendor="other", at=("20 s",)))
    assert answer.today is None
    assert [point.name for point in answer.points[:2]] == ["20 s", overflow.NEVER]


@pytest.mark.parametrize(("number", "cases"), [(5, 1000), (20, 200)])
def test_equal_delays_are_seldom_told_apart(number: int, cases: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """In at most one case of twenty, within binomial noise, though the cheapest is picked from the same data."""
    monkeypatch.setattr(decisions, "DRAWS", 2)  # chances are not looked at here
    replications = 15
    chance = np.random.default_rng(1)
    plain, nothing = scenario(""), np.zeros(replications)
    false = 0
    for _ in range(cases):
        shared = 50.0 * chance.standard_normal(replications)
        totals = {f"{place} s": shared + chance.standard_normal(replications) for place in range(number)}
        played = {name: Played(plain, Costs(total, *[nothing] * 8), (), ()) for name, total in totals.items()}
        points = overflow.points_of(played, {})
        false += not all(point.alike for point in points)
    assert false / cases <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / cases)


def test_three_rings_leave_42_percent_of_the_callers() -> None:
    """With a mean patience of 17.5 s, exp(-15 / 17.5) = 42.44 % are there when they are passed on after 15 s."""
    base = line(per_hour=60, agents=1, patience="exponential 17.5 s", days=8)
    waiting = base.variants["as it is"]
    desk = waiting.teams["desk"].model_copy(update={"agents": {}})
    empty = waiting.model_copy(update={"teams": {"desk": desk}})
    changed = with_overflow_after(empty, "sales", 15.0, to="service")
    study = base._replace(variants={"three rings": changed})
    (result,) = run(study, 10).variants
    share = result.measures["outsourced"].value / result.measures["attempts"].value
    attempts = result.measures["attempts"].value * 7 / (365 / 12) * 10
    assert share == pytest.approx(0.4244, abs=3 * math.sqrt(0.4244 * 0.5756 / attempts))
    assert attempts > 90_000


@pytest.mark.parametrize(("per_hour", "pays"), [(22.0, False), (32.0, True)])
def test_an_agent_pays_from_23_minutes_of_overflow_an_hour_on(per_hour: float, pays: bool) -> None:
    """An hour of 36.03 is worth 23.4 minutes at 1.54: the second agent takes rate x (B(1) - B(2)) x 3 min from others."""
    assert pytest.approx(23.4, abs=0.01) == 36.03 / 1.54
    plan = "{per_minute: 1.54 USD, bills: [talk]}"
    base = line(per_hour=per_hour, agents=1, talk="3 min", wage=36.03, plan=plan, days=29)
    overflowing = with_overflow_after(base.variants["as it is"], "sales", 0.0, to="service")
    answer = ask(base._replace(variants={"today": overflowing}), "hours", ASKED._replace(every=86_400.0))
    (point,) = answer.points
    load = per_hour / 20
    minutes = per_hour * 3 * (erlang.erlang_b(load, 1) - erlang.erlang_b(load, 2))
    assert (minutes > 23.4) == pays
    assert point.agents == "1"
    assert holds(point.more.total, 36.03 - 1.54 * minutes)
    assert (point.verdict == "one more") == pays


def test_slots_that_are_no_whole_minutes_are_changed_as_they_are() -> None:
    """Four slots of 90 s in an hour's tenth with far too few people; all that is advised is one more in each of them."""
    study = line(per_hour=600, agents=1, value=100, days=3, opened="{mon-sun: 09:00-09:06}")
    asked = Asked(replications=4, every=90.0, variants=("as it is",))
    answer = ask(study, "hours", asked)
    starts = [32_400.0 + 90.0 * place for place in range(4)]
    assert [point.slot for point in answer.points] == [(start, start + 90.0) for start in starts]
    assert [point.start for point in answer.points] == ["09:00", "09:01:30", "09:03", "09:04:30"]
    assert {point.verdict for point in answer.points[:3]} == {"one more"}
    today = changed = study.variants["as it is"]
    for point in answer.points:
        if point.verdict == "one more":
            changed = whatif.with_agents(changed, "desk", 1, point.slot)
    before, after = several({"today": today, "changed": changed}, asked).values()
    assert answer.together == bounds(after.costs.total - before.costs.total)


def test_a_clock_shows_seconds_where_there_are_any() -> None:
    """67.5 s are a whole part of a day too."""
    times = (0.0, 34_200.0, 32_490.0, 32_405.0, 67.5, 86_400.0)
    assert [clock(time) for time in times] == ["00:00", "09:30", "09:01:30", "09:00:05", "00:01:07.5", "24:00"]


def own(per_hour: float, *, wage: float = 20.0, value: float = 10.0) -> float:
    """The cheapest cost of an hour with own people: the staircase."""
    return min(agents * wage + value * per_hour * abandoned(per_hour, agents) for agents in range(1, 20))


def test_the_volume_at_which_own_people_become_cheaper() -> None:
    """A service at 1.50 a minute of 4 minutes loses nobody and costs 6 a caller; own people follow Erlang A's staircase."""
    study = line(per_hour=6, agents=1, plan="{per_minute: 1.50 USD, bills: [talk]}", days=15)
    answer = ask(study, "volume", Asked(replications=10))
    low, high = 1.0, 40.0
    assert own(low) > 6 * low
    assert own(high) < 6 * high
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if own(middle) > 6 * middle else (low, middle)
    (flip,) = answer.flips
    assert (flip.below, flip.above) == ("the answering service", "own people")
    assert holds(flip.callers_a_day, 24 * low)
    points = {point.factor: point for point in answer.points}
    for factor in (0.5, 1.0, 2.0, 4.0):
        assert holds(points[factor].difference, HOURS * (6 * 6 * factor - own(6 * factor)))


def test_a_price_by_the_minute_is_linear_in_the_volume() -> None:
    """Twice the callers cost twice as much: 4 minutes each at 1.50, at every volume."""
    study = line(per_hour=6, agents=1, plan="{per_minute: 1.50 USD, bills: [talk]}", days=29)
    answer = ask(study, "volume", Asked(replications=10, at=("0.5", "1", "2")))
    for point in answer.points:
        assert holds(point.outsourced, HOURS * 36 * point.factor)


def test_how_busy_own_people_are_and_must_be() -> None:
    """Occupancy is Erlang A's; at 0.50 a minute 20 an hour must be filled with 40 minutes, and at 0.30 with 66.7."""
    for rate, needed, verdict in ((0.50, 40 / 60, "unsure"), (0.30, 20 / 0.30 / 60, "never"), (0.80, 25 / 60, "own")):
        study = line(per_hour=30, agents=2, plan=f"{{per_minute: {rate:.2f} USD, bills: [talk]}}", days=29)
        answer = ask(study, "occupancy", ASKED)
        exact = erlang.mmnm(30 / 3600, 240.0, agents=2, mean_patience=60.0, target=20.0).occupancy
        assert holds(answer.occupancy, exact)
        (point,) = answer.points
        assert point.rate.value == pytest.approx(rate, rel=0.002)
        assert point.occupancy.value == pytest.approx(needed, rel=0.002)
        expected = verdict if verdict != "unsure" else ("own" if exact > needed else "service")
        assert point.verdict == expected


def test_in_the_closed_hours_a_service_pays_from_its_price_on() -> None:
    """Open for twelve hours of the day: in the others all 30 an hour are lost, or cost 2 each, or are answered by one
    of our own at 20 an hour, who loses as many as Erlang A says."""
    study = line(per_hour=30, agents=2, days=15, opened="{mon-sun: 08:00-20:00}")
    answer = ask(study, "after-hours", ASKED)
    closed = HOURS / 2
    nobody, service, own_person = answer.points
    assert answer.closed_hours == 84
    assert answer.service.verdict == "above"
    assert answer.service.value == pytest.approx((2.0, 2.0, 2.0))
    assert holds(service.difference, closed * 30 * (2 - 10))
    assert own_person.payroll - nobody.payroll == pytest.approx(closed * 20, rel=0.01)
    assert holds(own_person.difference, closed * (20 - 30 * 10 * (1 - abandoned(30, 1))))
    assert answer.seat is not None
    assert answer.seat.employees == pytest.approx(168 / 40)


CORRIDOR = """
currency: USD
tariffs:
  plan: {per_productive_minute: 0.50 USD, bills: [talk],
         corridor: {forecast: 1 000 productive minutes, at_least: 90%, up_to: 110%, above: 120%}}
"""


def corridor() -> Tariff:
    return scenario(CORRIDOR).tariffs["plan"].model_copy(update={"currency": "USD"})


def test_a_corridor_has_its_kinks_at_90_and_110_percent_of_the_forecast() -> None:
    """Flat at nine tenths of the forecast below; 0.50 a minute inside; 0.60 for what exceeds eleven tenths."""
    study = line(per_hour=60, agents=12, days=29)
    shares = ("0.6", "0.8", "1", "1.3")
    answer = ask(study, "forecast", ASKED._replace(at=shares, plans={"bpo": corridor()}, variants=("as it is",)))
    (plan,) = answer.plans
    assert plan.kinks == (0.9, 1.1)
    assert answer.whose == "agents in `as it is`"
    bills = {point.share: point.bill for point in plan.points}
    forecast = HOURS * 60 * 4 * 0.50
    assert bills[0.6].value == pytest.approx(bills[0.8].value, rel=1e-9)
    assert bills[0.8].value == pytest.approx(0.9 * forecast, rel=0.01)
    assert holds(bills[1.0], forecast)
    assert bills[1.3].value == pytest.approx((1.1 + 0.2 * 1.2) * forecast, rel=0.01)


def test_the_forecast_of_a_contract_becomes_the_volume_that_is_expected() -> None:
    """Its mean volume for a month, whatever the plan says: within chance 60 x 4 minutes an hour."""
    study = line(per_hour=60, agents=12, days=29)
    played = one(study.variants["as it is"], ASKED, keep=("own",))
    fitted = with_forecast(corridor(), played.own)
    assert fitted.corridor is not None
    assert float(fitted.corridor.forecast.number) == pytest.approx(HOURS * 240, rel=0.01)
    assert fitted.corridor.at_least == 0.9
    (bill,) = {round(month, 6) for month in by_plan("bpo", fitted, played.own[:1]).per_month}
    assert bill == pytest.approx(HOURS * 120, rel=0.03)


def test_own_people_cost_the_same_however_many_call() -> None:
    """Payroll is flat, 20 an hour; what changes with the volume is who is lost: rate x P(abandon) x 10."""
    study = line(per_hour=30, agents=2, days=15)
    answer = ask(study, "forecast", ASKED._replace(at=("0.7", "1.3"), variants=("as it is",)))
    (curve,) = answer.curves
    assert [point.share for point in curve.points] == [0.7, 1.0, 1.3]
    for point in curve.points:
        assert point.payroll == pytest.approx(HOURS * 40, rel=0.01)
        assert holds(point.total, HOURS * (40 + 10 * 30 * point.share * abandoned(30 * point.share, 2)))


def test_noise_that_tells_nothing_is_said_to_tell_nothing() -> None:
    """An interval on both sides of nothing has no sign, nor has one without bounds."""
    assert [sign_of(Interval(1.0, *bounds)) for bounds in ((0.5, 1.5), (-1.0, 3.0), (None, None))] == [1, 0, 0]
    assert sign_of(Interval(-1.0, -1.5, -0.5)) == -1
