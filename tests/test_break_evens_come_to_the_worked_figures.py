"""The worked figures about own people and answering services, from the scenarios, plans and formulas of callsim."""

from __future__ import annotations

from pathlib import Path

import pytest

from callsim.breakeven import Asked, ask
from callsim.breakeven.occupancy import needed_minutes
from callsim.breakeven.parts import employee_month, seat_round_the_clock
from callsim.payroll import rostered_hours, year_of_employee
from callsim.replicate import run
from callsim.scenario import load
from callsim.scenario.pay import Pay
from tests.script import scenario

SCENARIOS = Path(__file__).parent.parent / "scenarios"
AMERICAN = """
currency: USD
teams:
  desk:
    pay:
      wage: 18.27 USD per hour
      employer_taxes: 30%
      shrinkage: 30%
      supervisors: {one_per: 10, wage: 28 USD per hour}
      quality: {one_per: 30, wage: 24 USD per hour}
      planners: {one_per: 50, wage: 30 USD per hour}
      turnover: {rate: 35% per year, recruitment: 1 500 USD, training: 120 h, trainer: 507 USD,
                 ramp_up: {lasts: 240 h, works_at: 50%}}
      seat: 350 USD per month
      systems: 145 USD per month
      overhead: 8%
"""


def pay() -> Pay:
    found = scenario(AMERICAN).teams["desk"].pay
    assert found is not None
    return found


def minutes_on_duty(of: Pay) -> float:
    """Of an employee in a month."""
    return rostered_hours(of) * 60 / 12


@pytest.mark.parametrize(
    ("rate", "minutes", "occupancy"), [(1.37, 4558.9, 0.626), (1.54, 4055.6, 0.557), (2.28, 2739.3, 0.376)]
)
def test_how_many_minutes_an_employee_must_handle(rate: float, minutes: float, occupancy: float) -> None:
    """An employee of 6,245.68 a month is on duty for 7,280 minutes, of which 80 % are 5,824: feasible at each rate."""
    month = sum(year_of_employee(pay()).values()) / 12
    assert month == pytest.approx(6245.68, abs=0.005)
    assert minutes_on_duty(pay()) * 0.8 == pytest.approx(5824)
    found = needed_minutes(month, rate)
    assert found == pytest.approx(minutes, abs=0.05)
    assert found / minutes_on_duty(pay()) == pytest.approx(occupancy, abs=0.0005)


def test_a_seat_that_is_never_empty() -> None:
    """168 hours of 40 x 70 % are 6.0 employees, and six of 6,245.68 are 37,474 a month."""
    employees, month = seat_round_the_clock(pay())
    assert employees == pytest.approx(6.0)
    assert month == pytest.approx(37_474, abs=0.5)


@pytest.mark.parametrize(
    ("rate", "minutes"), [(0.75, 28_889), (0.95, 22_807), (0.98, 22_109), (1.10, 19_697), (1.50, 14_444)]
)
def test_how_many_minutes_four_people_must_handle(rate: float, minutes: float) -> None:
    """260,000 a year are 21,666.67 a month; at 80 % the four handle 23,296 minutes, too few for 0.75 a minute."""
    four = load(SCENARIOS / "09_four_reps.yaml").variants["four of our own"]
    of = four.teams["reps"].pay
    assert of is not None
    month = 4 * employee_month(four, "reps")
    assert month == pytest.approx(21_666.67, rel=2e-5)
    assert needed_minutes(month, rate) == pytest.approx(minutes, abs=1.0)
    assert 4 * minutes_on_duty(of) * 0.8 == pytest.approx(23_296)


def test_the_four_cost_260_000_a_year_on_the_roster_as_well() -> None:
    """Within half a percent: a year has 365 days, not 52 weeks, and some work after hours. 43 % of it are wages."""
    study = load(SCENARIOS / "09_four_reps.yaml")
    (own,) = run(study, 5, variants=["four of our own"]).variants
    lines = own.payroll[""]
    assert 12 * lines["payroll"].value == pytest.approx(260_000, rel=0.005)
    assert (lines["wages"].value + lines["leave"].value) / lines["payroll"].value == pytest.approx(0.428, abs=0.001)


def test_a_target_lead_of_the_shop_is_worth_756() -> None:
    """14 % x 18,000 x 30 %; more than that, no variant may cost for a caller whom it saves."""
    study = load(SCENARIOS / "02_shop.yaml")
    answer = ask(study, "value", Asked(replications=3, variants=("today", "all outsourced")))
    assert answer.worth.value == pytest.approx(756.0)


@pytest.mark.parametrize(("vendor", "below", "above"), [("go answer", -1, 1), ("teledirect", 1, -1)])
def test_the_volume_decides_between_the_four_and_each_service(vendor: str, below: int, above: int) -> None:
    """Go Answer is cheaper than own people at half the callers and dearer at three times as many; TeleDirect, whose
    next package is one of 20,000 minutes, is dearer at half and cheaper at twice as many."""
    most = "3" if above > 0 else "2"
    asked = Asked(replications=5, vendor=vendor, at=("0.5", most))
    low, high = ask(load(SCENARIOS / "09_four_reps.yaml"), "volume", asked).points
    assert low.difference.low * below > 0
    assert low.difference.high * below > 0
    assert high.difference.low * above > 0
    assert high.difference.high * above > 0
