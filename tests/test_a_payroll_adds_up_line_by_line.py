"""What a team costs, line by line, against amounts computed by hand.

The American agent: 18.27 an hour, 30 % of employer taxes and benefits, 30 % of paid time off the roster, a supervisor
for ten, one for thirty who marks calls, one for fifty who makes rosters, 35 % who leave in a year, a seat at 350 a
month, systems at 145, overhead 8 %: the build-up of a year of 2,080 paid hours.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callsim import contributions, economics, payroll, yamlfile
from callsim.calllog import tables
from callsim.errors import ScenarioError
from callsim.payroll import LINES, leaver, lines_of, payroll_of, seats_of, year_of_employee
from callsim.replicate import run
from callsim.scenario import load
from callsim.scenario.pay import Pay
from callsim.scenario.remarks import remarks
from callsim.scenario.schema import json_schema
from callsim.summary import summary
from callsim.sums import add_up
from callsim.tables import as_json, blocks, plain
from callsim.value import parts_adding_up
from tests.script import perform, scenario

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


def pay_of(text: str, *, currency: str = "RUB") -> Pay:
    """The pay of the plain shop's desk."""
    pay = scenario(f"currency: {currency}\nteams: {{desk: {{pay: {text}}}}}").teams["desk"].pay
    assert pay is not None
    return pay


def american() -> Pay:
    pay = scenario(AMERICAN).teams["desk"].pay
    assert pay is not None
    return pay


def cents(found: payroll.Lines) -> dict[str, Decimal]:
    """The lines that are there, rounded so that they add up."""
    parts = parts_adding_up([found[line.key] for line in LINES])
    return {line.key: part for line, part in zip(LINES, parts, strict=True) if part}


def test_a_year_of_the_american_agent() -> None:
    """Of 2,080 paid hours 1,456 are on the roster; licences of 120 and telephony of 25 a month are 1,740 a year."""
    found = cents(year_of_employee(american()))
    wages = found.pop("wages") + found.pop("leave")
    assert wages == Decimal("38001.60")
    assert found == {
        "employer_taxes": Decimal("11400.48"),
        "supervisors": Decimal("7571.20"),
        "quality": Decimal("2163.20"),
        "planners": Decimal("1622.40"),
        "turnover": Decimal("2697.53"),
        "seats": Decimal("4200.00"),
        "systems": Decimal("1740.00"),
        "overhead": Decimal("5551.72"),  # by itself 5,551.71: the lines above it are rounded as well
    }
    assert wages + sum(found.values()) == Decimal("74948.13")


def test_what_an_hour_and_a_minute_of_the_american_agent_cost() -> None:
    """36.03 for a paid hour, 1.97 times the wage; 51.48 for one on the roster; 1.0724 for a handled minute where 80 % of
    the roster is work, 69,888 minutes. Idle time is in the hours: occupancy divides once."""
    year = sum(year_of_employee(american()).values())
    assert year / 2080 == pytest.approx(36.03, abs=0.005)
    assert year / 2080 / 18.27 == pytest.approx(1.97, abs=0.005)
    assert year / 1456 == pytest.approx(51.48, abs=0.005)
    assert year / (1456 * 60 * 0.80) == pytest.approx(1.0724, abs=5e-5)


def test_replacing_one_american_agent() -> None:
    """1,500 + 120 h x 18.27 x 1.3 = 2,850.12 + 507 + 6 weeks at half the work, 2,850.12: 7,707.24."""
    pay = american()
    assert pay.turnover is not None
    assert leaver(pay, pay.turnover) == pytest.approx(7707.24)
    assert leaver(pay, pay.turnover) * 0.35 == pytest.approx(2697.53, abs=0.005)


def test_labour_is_four_fifths_of_the_american_agent() -> None:
    """Agent, supervisor and the other two with taxes: 60,758.88 of 74,948.13."""
    found = year_of_employee(american())
    labour = sum(found[key] for key in ("wages", "leave", "employer_taxes", "supervisors", "quality", "planners"))
    assert labour == pytest.approx(60_758.88)
    assert labour / sum(found.values()) == pytest.approx(0.81, abs=0.005)


def test_a_seat_that_is_never_empty_needs_six_employees() -> None:
    """168 hours a week on the roster, 70 % of 40 paid ones: 6.0; who leaves is counted by employees, not seats."""
    week = 168.0
    pay = pay_of("{wage: 1 RUB per hour, shrinkage: 30%, turnover: {rate: 100% per year, cost: 52 RUB}}")
    assert lines_of(pay, paid_hours=week)["turnover"] == pytest.approx(6.0)


# A day by hand.

DAY = """
currency: RUB
calendar: {days: 1, open: {mon: 08:00-20:00}}
teams:
  desk:
    agents: none
    absence: 10%
    shifts:
      - {days: mon, hours: 08:00-14:00, agents: 2, breaks: [{at: 10:00, lasts: 30 min}, {at: 12:00, lasts: 15 min, paid: true}]}
      - {days: mon, hours: 14:00-20:00, agents: 2}
    pay:
      wage: 400 RUB per hour
      employer_taxes: 30%
      shrinkage: 20%
      overtime: 150%
      supervisors: {one_per: 8, wage: 600 RUB per hour}
      overhead: 10%
"""


def test_a_day_of_shifts_with_breaks_absence_and_overtime() -> None:
    """Early 2 x 5.5 h (the half hour is not paid, the quarter is), late 6 h, for one of the two is absent, and half an
    hour of overtime: a talk of 50 min from 19:40. 17.5 h x 400 = 7,000; of the 17 h planned, a quarter more paid off the
    roster: 1,700; half of 0.5 h again for overtime: 100; 30 % of 8,800: 2,640; supervisors (17.5 + 4.25) / 8 x 600 x 1.3
    = 2,120.625; 10 % of 13,560.625."""
    of = scenario(DAY)
    log = tables(of, perform(of, [(19 * 3600.0 + 2400)], work=50.0, absence={"desk": {0: [3]}}).chunks)
    sums = add_up(of, log)
    team = sums.by_team["desk"]
    assert (team["paid_hours"], team["overtime_hours"]) == (17.5, 0.5)
    found = economics.payrolls(economics.prices(of), sums)["desk"]
    assert {key: amount for key, amount in found.items() if amount} == pytest.approx(
        {
            "wages": 7000.0,
            "leave": 1700.0,
            "overtime": 100.0,
            "employer_taxes": 2640.0,
            "supervisors": 2120.625,
            "overhead": 1356.0625,
        }
    )
    assert economics.ledger(of, economics.prices(of), log).amounts(sums)["payroll"] == pytest.approx(14_916.6875)


def test_the_day_as_a_result() -> None:
    """The lines of the table add up to the payroll, and stand there because they are more than wage, taxes and seats."""
    result = run(load(Path("scenarios/13_wages.yaml")), 1)
    text = plain(list(blocks(result, 100)))
    assert "payroll by line, RUB per month" in text
    for variant in as_json(result)["variants"]:
        lines = variant["payroll"]["lines"]
        total = sum(Decimal(str(line["amount"])) for line in lines)
        assert total == Decimal(str(variant["payroll"]["total"]))
        assert float(total) == pytest.approx(variant["money"]["payroll"]["value"], abs=0.005)


@pytest.mark.parametrize("file", ["01_one_desk", "02_shop"])
def test_small_outputs_stay_small(file: str) -> None:
    """Wages, taxes and seats need no table of their own; without pay there is nothing to say in JSON either."""
    result = run(load(Path(f"scenarios/{file}.yaml")), 1)
    assert "by line" not in plain(list(blocks(result, 100)))
    assert (as_json(result)["variants"][0]["payroll"] is None) == (file == "01_one_desk")


def test_every_team_has_its_own_payroll() -> None:
    """Two teams add up to the whole; what a handled minute costs is the payroll of simulated work."""
    result = run(load(Path("scenarios/06_skills.yaml")), 1)
    found = as_json(result)["variants"][0]
    teams = found["payroll"]["by_team"]
    assert set(teams) == {"front desk", "parts counter", "foreman", "trainees"}
    assert sum(team["total"] for team in teams.values()) == pytest.approx(found["payroll"]["total"], abs=0.03)
    desk, measures = teams["front desk"], found["by_team"]["front desk"]
    minutes = measures["paid_hours"]["value"] * 60 * measures["utilisation"]["value"]
    assert desk["per_handled_minute"] == pytest.approx(desk["total"] / minutes, rel=1e-6)
    assert desk["per_talk"] == pytest.approx(desk["total"] / measures["talks"]["value"], rel=1e-6)


# Agencies, employer organisations, flat sums, what is paid once.


@pytest.mark.parametrize(("wage", "times", "hour"), [("10", 1.65, 16.50), ("30", 2.10, 63.00), ("20", 1.875, 37.50)])
def test_an_agency_bills_a_multiple_of_the_wage(wage: str, times: float, hour: float) -> None:
    """10 x 1.65 and 30 x 2.10, and 37.50 in the mean: nothing comes on top for taxes."""
    pay = pay_of(f"{{wage: {wage} USD per hour, agency: {times}}}", currency="USD")
    assert payroll_of(pay, paid_hours=1.0) == pytest.approx(hour)


def test_supervisors_of_agency_staff_are_our_own() -> None:
    """100 h x 10 x 1.6, and 10 h of a supervisor at 20 with 30 % of taxes: 1,600 + 260."""
    pay = pay_of(
        "{wage: 10 RUB per hour, agency: 1.6, employer_taxes: 30%, supervisors: {one_per: 10, wage: 20 RUB per hour}}"
    )
    found = lines_of(pay, paid_hours=100.0)
    assert (found["wages"], found["employer_taxes"]) == (1000.0, 0.0)
    assert sum(found.values()) == pytest.approx(1860.0)


def test_an_employer_organisation_takes_a_share_or_a_fee() -> None:
    """3 % of 2,080 h x 10; or 230 a month for one employee, 2,760 a year."""
    share = pay_of("{wage: 10 USD per hour, employer_taxes: 30%, peo: 3%}", currency="USD")
    fee = pay_of("{wage: 10 USD per hour, employer_taxes: 30%, peo: 230 USD per month}", currency="USD")
    assert year_of_employee(share)["peo"] == pytest.approx(624.0)
    assert year_of_employee(fee)["peo"] == pytest.approx(2760.0)


def test_what_is_paid_once_is_spread() -> None:
    """240,000 over two years are 10,000 a month; flat sums stand beside it."""
    pay = pay_of("{flat: 240 000 RUB per month, set_up: {sum: 240 000 RUB, over: 2 years}}")
    found = lines_of(pay, paid_hours=700.0, months=0.5)
    assert (found["flat"], found["set_up"]) == (120_000.0, 5_000.0)


@given(
    hours=st.floats(0, 1e5),
    late=st.floats(0, 1),
    seats=st.integers(0, 500),
    months=st.floats(0.01, 12),
    decimals=st.sampled_from([0, 2]),
)
def test_the_lines_add_up_to_the_payroll_exactly(
    hours: float, late: float, seats: int, months: float, decimals: int
) -> None:
    """In the decimals they are shown with, each off by less than one unit of the last."""
    given_ = {"paid_hours": hours, "overtime_hours": hours * late, "seats": seats, "months": months}
    found = lines_of(american(), **given_)  # type: ignore[arg-type]
    amounts = list(found.values())
    parts = parts_adding_up(amounts, decimals)
    whole = payroll_of(american(), **given_)  # type: ignore[arg-type]
    unit = Decimal(1).scaleb(-decimals)
    assert abs(sum(parts) - Decimal(repr(whole))) <= unit * Decimal("0.51")
    assert all(abs(part - Decimal(repr(amount))) <= unit for part, amount in zip(parts, amounts, strict=True))


# Contributions by law.


@pytest.mark.parametrize(
    ("gross", "standard", "small"), [(40_000, 12_080, 11_129), (60_000, 18_120, 14_169), (100_000, 30_200, 20_249)]
)
def test_russian_contributions_of_2025(gross: int, standard: int, small: int) -> None:
    """30.2 % of a month; small businesses 30.2 % up to 33,660 and 15.2 % above: to the rouble."""
    rules = contributions.PRESETS
    assert round(contributions.of_month(rules["russia 2025"], gross)) == standard
    assert round(contributions.of_month(rules["russia 2025 small business"], gross)) == small


def test_above_the_limit_of_the_year_contributions_are_lower() -> None:
    """300,000 a month pass 2,759,000 in the tenth: 2,759,000 x 30.2 % and 841,000 x 15.3 %."""
    rules = contributions.PRESETS["russia 2025"]
    assert contributions.of_year(rules, 300_000) == pytest.approx(2_759_000 * 0.302 + 841_000 * 0.153)
    assert contributions.rate(rules, 60_000) == pytest.approx(0.302)


def test_a_preset_is_a_rate_for_the_wage() -> None:
    """350 x 2,080 / 12 = 60,666.67 a month: 10,165.32 + 27,006.67 x 15.2 % = 14,270.33, 23.52 %."""
    pay = pay_of("{wage: 350 RUB per hour, employer_taxes: russia 2025 small business}")
    assert payroll_of(pay, paid_hours=100.0) == pytest.approx(35_000 * (1 + 14_270.333 / 60_666.667), rel=1e-6)
    assert payroll_of(pay_of("{wage: 350 RUB per hour, employer_taxes: russia 2025}"), paid_hours=1.0) == pytest.approx(
        350 * 1.302
    )


# What is refused.


@pytest.mark.parametrize(
    ("pay", "message"),
    [
        (
            "{wage: 1 RUB per hour, agency: 1.6, employer_taxes: 30%}",
            "the agency pays them, and they would count twice",
        ),
        ("{wage: 1 RUB per hour, agency: 1.6, shrinkage: 30%}", "expected no `shrinkage:` beside `agency:`"),
        ("{wage: 1 RUB per hour, agency: 1.6, turnover: {rate: 9% per year, cost: 1 RUB}}", "expected no `turnover:`"),
        ("{flat: 1 RUB per month, shrinkage: 30%}", "expected `wage:` beside `shrinkage:`"),
        ("{wage: 1 RUB per hour, shrinkage: 95%}", "expected at most 90%"),
        ("{wage: 1 RUB per hour, overtime: 50%}", "expected at least 100%"),
        ("{wage: 1 RUB per hour, full_time: 40 min}", "expected the paid hours of a week"),
        ("{wage: 1 RUB per hour, employer_taxes: russia 2052}", "did you mean `russia 2026`"),
        ("{wage: 1 RUB per hour, employer_taxes: 0.302}", "write `30.2%`"),
        ("{wage: 1 RUB per hour, turnover: {rate: 40%, cost: 1 RUB}}", "`per year` is missing"),
        ("{wage: 1 RUB per hour, turnover: {rate: 40% per year}}", "expected `cost:`"),
        ("{wage: 1 RUB per hour, turnover: {rate: 4% per year, cost: 1 RUB, training: 1 h}}", "they would count twice"),
        ("{wage: 1 RUB per hour, set_up: {sum: 1 RUB, over: 24}}", "expected a time such as `24 months`"),
        ("{wage: 1 RUB per hour, peo: 3}", "expected a share of gross pay such as `3%`"),
        (
            "{wage: 1 RUB per hour, supervisors: {one_per: 0, wage: 1 RUB per hour}}",
            "expected a number from 1 to 1 000",
        ),
    ],
)
def test_a_mistake_in_pay_is_told(pay: str, message: str) -> None:
    """With its place."""
    with pytest.raises(ScenarioError) as error:
        pay_of(pay)
    assert message in str(error.value)
    assert "teams.desk.pay" in str(error.value)


def test_a_preset_needs_its_currency() -> None:
    """Limits in roubles mean nothing in euros."""
    with pytest.raises(ScenarioError, match="has limits in RUB, and the scenario counts in EUR"):
        pay_of("{wage: 1 EUR per hour, employer_taxes: russia 2025}", currency="EUR")


def test_seats_are_of_the_roster() -> None:
    """Two early and two late: two seats."""
    assert seats_of(scenario(DAY), "desk") == 2


# What is said of it before the run.


def test_check_says_the_pay_that_was_understood() -> None:
    """Every part of it, in one sentence, and what is at stake with existing customers."""
    said = " ".join(" ".join(summary(load(Path("scenarios/13_wages.yaml")), 80)).split())
    assert (
        "pay 350 RUB per hour + russia 2026 taxes, 15% of paid time off the roster, overtime at 150%, supervisors one per "
        "10 at 600 RUB per hour, 35% leave a year, each replaced for 60 000 RUB, 12 000 RUB per month a seat, 2 500 RUB "
        "per month a seat for systems, overhead 8%, set-up 180 000 RUB over 24 months"
    ) in said
    assert "a lost existing customer costs 405 in orders, or 470 with the years of those who leave (RUB)" in said


@pytest.mark.parametrize(
    ("pay", "words"),
    [
        ("{wage: 10 RUB per hour, agency: 1.6}", "10 RUB per hour, an agency bills 1.6 times that"),
        ("{wage: 10 RUB per hour, peo: 3%}", "employer organisation 3% of gross pay"),
        ("{wage: 10 RUB per hour, peo: 30 RUB per month}", "employer organisation 30 RUB per month an employee"),
    ],
)
def test_check_says_whose_staff_it_is(tmp_path: Path, pay: str, words: str) -> None:
    """An agency's, or an employer organisation's."""
    base = Path("scenarios/01_one_desk.yaml").resolve()
    file = tmp_path / "shop.yaml"
    file.write_text(f"extends: {base}\ncurrency: RUB\nteams: {{desk: {{pay: {pay}}}}}\n", encoding="utf-8")
    assert words in " ".join(" ".join(summary(load(file), 200)).split())


def test_paid_breaks_beside_shrinkage_are_remarked_on() -> None:
    """They are paid with the shift: in the share they would count twice."""
    assert [message for path, message in remarks(scenario(DAY)) if path == ("teams", "desk", "pay")] == [
        "`shrinkage:` beside paid breaks: these are paid with the shift, leave them out of the share"
    ]


@pytest.mark.parametrize("text", [AMERICAN, Path("scenarios/13_wages.yaml").read_text(encoding="utf-8")])
def test_editors_know_the_keys(text: str) -> None:
    """The JSON Schema accepts them, as a whole file or as a change of another."""
    tree = yamlfile.plain(yamlfile.parse(text, "x.yaml"))
    assert isinstance(tree, dict)
    whole = tree if "name" in tree else {"extends": "shop.yaml", **tree}
    assert list(jsonschema.Draft202012Validator(json_schema()).iter_errors(whole)) == []
