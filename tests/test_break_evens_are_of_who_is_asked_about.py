"""Break-evens where there are several teams, or some that nothing says the pay of."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from line import HOURS

from callsim import breakevenwords as words
from callsim import erlang
from callsim.breakeven import Asked, ask, volume
from callsim.errors import CallsimError
from callsim.scenario import Study, load

TWO = """
name: Two lines that theory knows
currency: USD
calendar: {start: 2026-03-02, days: 29, warm_up: 1 day, open: always}
count_loss_as: first order
sources:
  ads: {callers: 30 per hour, goes_to: queue sales, hangs_up_ringing: exponential 1 min, talk: exponential 4 min, worth: order}
  help: {callers: 1 per hour, goes_to: queue repair, hangs_up_ringing: exponential 1 min, talk: exponential 4 min, worth: order}
queues: {sales: {}, repair: {}}
teams:
  desk: {serves: [sales], agents: 2, pay: PAY}
  shop: {serves: [repair], agents: 5, pay: {wage: 20 USD per hour}}
vendors:
  service: {answers_after: 0 s, tariff: plan}
tariffs:
  plan: {per_minute: 0.80 USD, bills: [talk]}
worth:
  order: {lead_cost: 0 USD, converts: 100%, first_order: 10 USD, margin: 100%, orders_per_year: 1, years: 1, discount: 0%}
"""
FEW = Asked(replications=2)


def study(*changes: tuple[str, str], pay: str = " {wage: 20 USD per hour}") -> Study:
    """The two lines with some of the text changed, the desk paid so."""
    text = TWO.replace(" PAY", pay)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "two.yaml")
        path.write_text(text, encoding="utf-8")
        return load(path)


@pytest.mark.parametrize(
    ("team", "per_hour", "agents", "verdict"), [("desk", 30.0, 2, "own"), ("shop", 1.0, 5, "service")]
)
def test_each_team_is_as_busy_as_theory_says(team: str, per_hour: float, agents: int, verdict: str) -> None:
    """At 0.80 a minute, 20 an hour must be filled with 25 minutes: the two at the desk do so, the five others do not.

    All seven together would be busy for a sixth of their time, which is neither's share.
    """
    answer = ask(study(), "occupancy", Asked(replications=5, team=team))
    exact = erlang.mmnm(per_hour / 3600, 240.0, agents=agents, mean_patience=60.0, target=20.0).occupancy
    assert answer.team == team
    assert answer.occupancy.low <= exact <= answer.occupancy.high
    (point,) = answer.points
    assert point.rate.value == pytest.approx(0.80, rel=0.002)
    assert point.occupancy.value == pytest.approx(25 / 60, rel=0.002)
    assert point.verdict == verdict
    assert f"wrap-up of `{team}`" in " ".join(words.notes_on_occupancy(answer))


def test_a_flat_sum_is_no_full_time_employee() -> None:
    """The team that is paid by the hour is asked about; the other one cannot be."""
    found = study(pay=" {flat: 9 000 USD per month}")
    answer = ask(found, "occupancy", FEW)
    assert answer.team == "shop"
    assert answer.employee == pytest.approx(20 * 40 * 52 / 12)
    with pytest.raises(CallsimError, match=r"--team: expected one that this question can be about \(`shop`\)"):
        ask(found, "occupancy", FEW._replace(team="desk"))


@pytest.mark.parametrize("change", [("goes_to: queue sales", "goes_to: vendor service"), ("30 per hour", "0 per hour")])
def test_a_team_without_calls_has_no_minute_to_price(change: tuple[str, str]) -> None:
    """Whose callers all go elsewhere, or who has none, is told so."""
    with pytest.raises(CallsimError, match=r"does not fit `occupancy`: `desk` answers no call first"):
        ask(study(change), "occupancy", FEW)


def test_a_plan_that_charges_nothing_is_cheaper_however_busy_they_are() -> None:
    """No number of minutes makes an employee as cheap as that."""
    (point,) = ask(study(("0.80 USD", "0 USD")), "occupancy", FEW).points
    assert point.verdict == "never"
    assert point.minutes == point.occupancy == (None, None, None)


UNPAID = "variants: {today: {}, unpaid: {teams: {desk: {pay: none}, shop: {pay: none}}}, more: {teams: {desk: {agents: 3}}}}\nworth:"


@pytest.mark.parametrize("question", ["value", "forecast"])
def test_a_payroll_that_nothing_is_said_of_is_not_nothing(question: str) -> None:
    """A variant whose teams have no pay has no cost, and would come out as the cheapest; without it there is an answer."""
    found = study(("worth:\n", UNPAID + "\n"), ("days: 29", "days: 3"))
    with pytest.raises(
        CallsimError, match=r"the teams in `unpaid` are paid: add .* --variant 'today' --variant 'more'"
    ):
        ask(found, question, FEW)
    assert ask(found, question, FEW._replace(variants=("today", "more"), at=()))


def test_delays_say_that_a_payroll_is_missing() -> None:
    """Without own people nothing that is known would be saved: it is not compared."""
    found = study((", pay: {wage: 20 USD per hour}", ""), ("days: 29", "days: 3"))
    answer = ask(found, "overflow", FEW._replace(at=("0 s",)))
    assert [point.name for point in answer.points] == ["0 s", "never"]
    assert "Nothing says what the teams are paid" in " ".join(words.notes_on_overflow(answer))


def test_other_teams_are_told_of_where_they_stand_in_the_figures() -> None:
    """Payroll of five others for 20 an hour: of another queue they stand on both sides, of the same in own alone."""
    short, five = ("days: 29", "days: 8"), HOURS * 5 * 20
    asked = FEW._replace(at=("1",), team="desk")
    elsewhere = ask(study(short), "volume", asked)
    assert elsewhere.others == ((), (), ("shop",))
    (point,) = elsewhere.points
    assert point.own_payroll == pytest.approx(five + HOURS * 20 * point.staff, rel=0.01)
    assert (point.outsourced.value - point.invoices - point.outsourced_loss) == pytest.approx(five, rel=0.01)
    notes = " ".join(words.notes_on_volume(elsewhere))
    assert "no own people but `shop`" in notes
    assert "`desk` alone" not in notes
    beside = ask(study(short, ("serves: [repair]", "serves: [sales]"), ("queue repair", "queue sales"),
                       (", repair: {}", "")), "volume", asked)  # fmt: skip
    assert beside.others == (("shop",), (), ())
    (point,) = beside.points
    assert point.outsourced.value == pytest.approx(point.invoices + point.outsourced_loss, abs=0.01)
    notes = " ".join(words.notes_on_volume(beside))
    assert "and `shop` as in the file" in notes
    assert "`desk` alone" not in notes
    sharing = study(short, ("serves: [repair]", "serves: [sales, repair]")).variants["base"]
    others = volume.others_of(sharing, "desk")
    assert others == ((), ("shop",), ())
    notes = " ".join(words.notes_on_volume(beside._replace(others=others)))
    assert "every call for which `shop` is not free to `service`" in notes


def test_a_team_without_others_is_alone() -> None:
    """There is nobody beside it then."""
    scenario = study().variants["base"]
    alone = scenario.model_copy(update={"teams": {"desk": scenario.teams["desk"]}})
    assert volume.others_of(alone, "desk") == ((), (), ())
