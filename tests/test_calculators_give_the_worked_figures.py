"""`callsim worth`: worked examples of articles and exercises, corrected where they were wrong, and what is refused."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from callsim.cli import main
from callsim.errors import CallsimError
from callsim.value import customer_lifetime_value, endless, limited, loss_of_caller
from callsim.worth import QUESTIONS, Sheet, ask
from callsim.worth.service import scores
from tests.test_nothing_is_lost_twice import BUYER

PAGE = Path(__file__).parent.parent / "docs/worth.md"
SHOP = (
    '--lead-cost "350 RUB" --converts 14% --first-order "18 000 RUB" --margin 30% --orders-per-year 4 --years 10 '
    "--discount 15% --promoters 10% --referrals-each 2 --referred-worth 116%"
)
CHAIN = f"--calls 300 --redial 33% --new 60% --reached 50% --interest-left 50% {SHOP}"


def worth(command: str) -> Result:
    return CliRunner().invoke(main, ["worth", *shlex.split(command)], env={"COLUMNS": "100"})


def found(command: str) -> dict[str, float]:
    """The results of a calculator by key, as JSON has them."""
    done = worth(f"{command} --json")
    assert done.exit_code == 0, done.output
    return {row["key"]: row["value"] for row in json.loads(done.output)["results"]}


WORKED = [
    # The article on the cost of a missed call: 350 a lead, 2,500 a customer, 18,000 an order, 4 a year, 10 years.
    (f"missed-calls --calls 1 {SHOP}", {"printed_order": 20_500, "printed_lifetime": 722_500}),
    (f"missed-calls --calls 1 {SHOP}", {"revenue": 2_520, "expected_revenue": 100_800, "acquisition": 350}),
    ('ltv --order "18 000 RUB" --orders-per-year 4 --years 1', {"revenue": 72_000}),
    ('ltv --order "18 000 RUB" --orders-per-year 4 --years 10', {"revenue": 720_000}),
    ('leads --lead-cost "350 RUB" --cac "2 500 RUB"', {"converts": 0.14, "leads": 7.142857}),
    ('leads --lead-cost "350 RUB" --converts 14%', {"cac": 2_500}),
    # Books: 5 years x 20 x 500.
    ('ltv --order "500 RUB" --orders-per-year 20 --years 5', {"revenue": 50_000}),
    # One purchase of 500, or five of them, against 1,000: 2.5 is below 3. Five returns are six purchases.
    ('ltv --order "500 RUB" --orders 1', {"revenue": 500}),
    ('ltv-cac --ltv "500 RUB" --cac "1 000 RUB"', {"ratio": 0.5}),
    ('ltv --order "500 RUB" --orders 5', {"revenue": 2_500}),
    ('ltv-cac --ltv "2 500 RUB" --cac "1 000 RUB"', {"ratio": 2.5}),
    ('ltv --order "500 RUB" --returns 5', {"revenue": 3_000}),
    # 50 a week for ten years is 26,000; the 13,000 printed are every second week.
    ('ltv --order "50 USD" --orders-per-year 52 --years 10', {"revenue": 26_000}),
    ('ltv --order "50 USD" --orders-per-year 26 --years 10', {"revenue": 13_000}),
    # Acquisition.
    ('cac --sales "500 000 USD" --marketing "300 000 USD" --customers 800', {"cac": 1_000}),
    ('cac --sales "10 000 USD" --marketing "5 000 USD" --customers 200', {"cac": 75}),
    ('cac --sales "25 000 USD" --marketing "10 000 USD" --customers 70', {"cac": 500}),
    ('cac --serving "50 000 USD" --marketing "30 000 USD" --customers 1200', {"cac": 25, "with_serving": 66.666667}),
    ('cac --marketing "6 000 USD" --customers 1000', {"cac": 6}),  # printed: 60
    # What a minute, a call, an hour costs.
    ('contact-cost --cost "110 USD" --contacts 100', {"each": 1.10}),
    ('contact-cost --cost "1 100 USD" --contacts 1000', {"each": 1.10}),
    ('contact-cost --cost "15 000 USD" --contacts 20000', {"each": 0.75}),
    ('contact-cost --cost "15 USD" --contacts 10', {"each": 1.50}),
    ('contact-cost --cost "4 500 USD" --contacts 5000', {"each": 0.90}),
    ('contact-cost --cost "5 700 USD" --contacts 5000', {"each": 1.14}),
    ('contact-cost --cost "9 200 USD" --contacts 10000', {"each": 0.92}),
    ('contact-cost --cost "20 300 USD" --contacts 25000', {"each": 0.812}),
    ('contact-cost --cost "260 000 USD" --contacts 4', {"each": 65_000}),
    ('contact-cost --cost "65 000 USD" --contacts 2080', {"each": 31.25}),
    ('contact-cost --cost "65 000 USD" --contacts 69888', {"each": 0.930060}),
    # Agency staff: 37.50 on average; the 39.75 printed is the middle of the extremes.
    (
        'agency --wage "10 USD" --wage-to "30 USD" --multiple 1.65 --multiple-to 2.10',
        {"low": 16.50, "high": 63.00, "mean": 37.50, "printed": 39.75},
    ),
    ("nps --promoters 50 --passives 30 --detractors 20", {"nps": 30, "promoters": 0.5, "detractors": 0.2}),
    # Preventable returns are a share of returns: 20,000, where 250,000 was printed.
    (
        'returns --revenue "1 000 000 USD" --return-rate 8% --preventable 25%',
        {"preventable": 20_000, "printed": 250_000},
    ),
    # A channel of 100,000: 400 contacts, of the 340 answered 100 repeats and 40 short ones.
    (
        'channel --budget "100 000 RUB" --answered 340 --missed 60 --repeats 100 --short 40 --redial 33%',
        {"naive": 250, "handled": 500, "share": 0.833333, "missed_target": 33.5, "delivered": 428.265525,
         "wasted": 14_346.895075},
    ),
    # Lifetime value of the shop, and published exercises.
    (
        'ltv --order "18 000 RUB" --orders-per-year 4 --years 10 --margin 30% --discount 15% --acquisition "2 500 RUB"',
        {"revenue": 720_000, "margin": 216_000, "certain": 124_666.21, "surviving": 90_796.36, "lifetime": 99_360,
         "lifetime_later": 77_760, "net": 96_860},
    ),
    (
        'ltv --order "150 USD" --orders-per-year 1 --retention 55% --margin 100% --discount 10% --acquisition "100 USD"',
        {"net": 200, "net_later": 50},
    ),
    ('ltv --order "10 USD" --orders-per-year 52 --years 10 --margin 100% --discount 5%', {"certain_later": 4_015.30}),
    ('ltv --order "1 USD" --orders-per-year 1 --retention 80% --margin 100% --discount 10%', {"lifetime_later": 8 / 3}),
    (
        "cohort --left 90,80,72,60,48,34,23,12,6,2 --margins 30,38,45,49,52,56,60,61,61,62 --discount 10% "
        "--customers 100 --acquisition 40",
        {"value": 13_286.51, "net": 9_286.51, "each": 92.865},
    ),
    # Callers and calls, and the chain from 300 missed calls.
    ("redials --missed 30% --redial 33%", {"attempts": 1.109878, "missed": 0.332963, "lost": 0.223085, "ratio": 1.492537}),
    (
        f"missed-calls {CHAIN}",
        {"callers": 201, "new_callers": 120.6, "recovered": 30.15, "lost": 90.45, "customers": 12.663,
         "acquisition": 31_657.50, "revenue": 227_934, "first_order": 68_380.20, "lifetime": 1_258_195.68,
         "with_referrals": 1_550_097.08, "replacement": 31_657.50, "naive": 216_750_000, "times": 139.83},
    ),
    # Contributions of 2025.
    ('contributions --gross "40 000 RUB" --rules "russia 2025"', {"month": 12_080, "total": 52_080}),
    ('contributions --gross "60 000 RUB" --rules "russia 2025"', {"month": 18_120, "total": 78_120}),
    ('contributions --gross "60 000 RUB" --rules "russia 2025 small business"', {"month": 14_169, "total": 74_169}),
    ('contributions --gross "100 000 RUB" --rules "russia 2025 small business"', {"month": 20_249, "total": 120_249}),
    # By hand.
    (
        'contact-reduction --before 1200 --after 900 --customers-before 400 --customers-after 450 --cost-per-contact "150 RUB"',
        {"rate_before": 3, "rate_after": 2, "reduction": 1 / 3, "saved": 67_500},
    ),
    ("contact-reduction --before 1200 --after 900", {"reduction": 0.25}),
    ('fcr --solved-first 800 --needs 1000 --cost-per-contact "150 RUB"', {"fcr": 0.8, "contacts": 1.25, "repeats": 37_500}),
    (
        'escalation --escalated 80 --contacts 1000 --first-cost "150 RUB" --second-cost "600 RUB"',
        {"rate": 0.08, "each": 198, "cost": 48_000},
    ),
    ('ltv-cac --ltv "3 000 RUB" --cac "1 000 RUB" --margin-per-month "100 RUB"', {"ratio": 3, "payback": 10}),
]  # fmt: skip


@pytest.mark.parametrize(("command", "expected"), WORKED, ids=[command[:70] for command, _ in WORKED])
def test_a_worked_figure(command: str, expected: dict[str, float]) -> None:
    """To the digits that were published."""
    values = found(command)
    for key, value in expected.items():
        digits = 6 if abs(value) < 20 else 2
        assert values[key] == pytest.approx(value, abs=0.5 if command.startswith("contrib") else 0.6 * 10**-digits)


def test_levels_stand_beside_each_other() -> None:
    """Per missed call 105.53, 227.93, 4,193.99 and 5,166.99; no line is their sum, and the popular one is no level."""
    output = worth(f"missed-calls {CHAIN}").output
    for each in ("105.53", "227.93", "4 193.99", "5 166.99"):
        assert f"({each} a missed call)" in " ".join(output.split())
    values = found(f"missed-calls {CHAIN}")
    levels = [values[key] for key in ("acquisition", "first_order", "lifetime", "with_referrals")]
    assert not any(value == pytest.approx(sum(levels)) for value in values.values())
    assert "take one, never their sum" in output
    assert "not a cost" in output


def test_the_popular_figure_is_seven_times_what_revenue_there_is_to_expect() -> None:
    """722,500 / (14 % x 720,000) = 7.17."""
    assert "7.17 times as much" in " ".join(worth(f"missed-calls --calls 1 {SHOP}").output.split())


def test_the_steps_of_the_calculator_add_up() -> None:
    """From 216,750,000 to level 4, in kopecks."""
    values = found(f"missed-calls {CHAIN}")
    steps = [round(value * 100) for key, value in values.items() if key.startswith("step_")]
    assert sum(steps) == round(values["with_referrals"] * 100)


def test_calculators_and_runs_share_their_formulas() -> None:
    """One lost caller costs the same in both: a run takes `loss_of_caller`."""
    values, loss = found(f"missed-calls --calls 1 {SHOP}"), loss_of_caller(BUYER)
    for key, amount in loss._asdict().items():
        assert values[key] == pytest.approx(amount, rel=1e-12)


def test_interest_by_delay() -> None:
    """Half an hour of a half-life of one leaves 70.71 %."""
    values = found(f"missed-calls --calls 100 --reached 100% --after 30min --half-life 1h {SHOP}")
    assert values["recovered"] == pytest.approx(70.71, abs=0.005)


@given(st.floats(0.01, 1e6), st.floats(0.01, 1.0), st.floats(0.0, 0.95))
def test_without_an_end_is_the_limit_of_many_years(margin: float, discount: float, kept: float) -> None:
    """The closed form is the sum of the survivors' margins, first margin now."""
    many = limited(margin, discount=discount, years=400, kept=kept)
    assert many == pytest.approx(endless(margin, discount=discount, kept=kept), rel=1e-3)
    assert customer_lifetime_value(BUYER) >= BUYER.first_order * BUYER.margin


# Verdicts and evidence.


@pytest.mark.parametrize(
    ("ltv", "verdict"),
    [("500", "loss-making"), ("2 500", "below target"), ("3 000", "on target"), ("6 000", "perhaps too little")],
)
def test_a_ratio_is_held_against_three(ltv: str, verdict: str) -> None:
    """2.5 is below target, whatever was printed; the benchmark is labelled weak."""
    output = worth(f'ltv-cac --ltv "{ltv} RUB" --cac "1 000 RUB"').output
    assert verdict in " ".join(output.split())
    assert "[weak: a rule of the trade, no source]" in " ".join(output.split())


def test_presets_are_weak() -> None:
    """Twelve industries, one label."""
    done = json.loads(worth("presets --json").output)
    values = {row["title"]: row["value"] for row in done["results"]}
    assert len(values) == 12
    assert (values["travel"], values["telecom"], values["software"]) == (7, 315, 395)
    assert done["benchmarks"][0]["evidence"].startswith("weak")
    with_industry = worth('cac --marketing "6 000 USD" --customers 100 --industry "consumer goods"').output
    assert "consumer goods: 22 USD. [weak" in " ".join(with_industry.split())


def test_revenue_is_not_called_profit() -> None:
    """Without a margin there is revenue and a word about it."""
    assert "Revenue is not profit" in worth('ltv --order "500 RUB" --orders 5').output


@pytest.mark.parametrize("gross", ["60 000", "33 333.33", "12 345.67", "40 001.25", "333 333.33"])
@pytest.mark.parametrize("rules", ["russia 2025", "russia 2025 small business"])
def test_contributions_add_up_as_shown(gross: str, rules: str) -> None:
    """Gross and contributions are the cost, to the kopeck; the limit of a year is spoken of where it is reached."""
    command = f'contributions --gross "{gross} RUB" --rules "{rules}"'
    values, pay = found(command), float(gross.replace(" ", ""))
    assert round(100 * values["total"]) == round(100 * pay) + round(100 * values["month"])
    assert values["month"] == round(values["month"], 2)
    assert ("a year at" in " ".join(worth(command).output.split())) == (12 * pay > 2_759_000)


def test_rules_carry_their_date() -> None:
    """Contributions of a year that is not there are refused; those that are say as of when."""
    assert "Rules as of 2025-11-18" in worth('contributions --gross "60 000 RUB" --rules "russia 2025"').output
    refused = worth('contributions --gross "60 000 RUB" --rules "russia 1999"')
    assert refused.exit_code == 2
    assert "expected one of `russia 2025`" in refused.output


@given(st.lists(st.integers(0, 10), min_size=1, max_size=50))
def test_a_score_is_between_its_ends(answers: list[int]) -> None:
    """By hand: the share of nines and tens less that of six and below."""
    question = next(question for question in QUESTIONS if question.name == "nps")
    _, sheet = ask(question, {"answers": " ".join(map(str, answers))})
    score = next(row.value for row in sheet.rows if row.key == "nps")
    by_hand = sum((answer >= 9) - (answer <= 6) for answer in answers) / len(answers)
    assert score == pytest.approx(100 * by_hand)
    assert -100 <= score <= 100


def test_bands_of_the_eleven_answers() -> None:
    """0 to 6 detract, 7 and 8 are passive, 9 and 10 promote; `9x50` is fifty nines."""
    for answer in range(11):
        values = found(f"nps --answers {answer}")
        assert values["nps"] == (100 if answer >= 9 else 0 if answer >= 7 else -100)
    assert scores("10x2, 9 0") == {10: 2, 9: 1, 0: 1}


# What is refused.

REFUSED = [
    ("nps --answers '9 10' --scale 1-10", "a scale that begins at 1 has no such bands"),
    ("nps --answers '9 11'", "expected whole answers from 0 to 10"),
    ("nps --answers '9.5'", "expected whole answers from 0 to 10"),
    ("nps --promoters 5", "expected `--answers"),
    ("nps --promoters 0 --detractors 0", "expected at least one answer"),
    ('ltv --order "500 RUB" --orders 5 --returns 5', "found both"),
    ('ltv --order "500 RUB" --orders 5 --years 5', "they would count twice"),
    ('ltv --order "5 RUB" --orders-per-year 1 --years 5 --discount 5%', "expected `--margin` beside `--discount`"),
    ('ltv --order "5 RUB" --orders-per-year 1 --retention 100%', "the value would have no end"),
    ('ltv --order "5 RUB" --orders-per-year 1 --years 0', "expected 1 to 200 years"),
    ('cac --marketing "1 RUB" --customers 0', "--customers: expected more than 0"),
    ("cac --customers 5", "expected `--sales` or `--marketing`"),
    ('cac --marketing "1 RUB" --sales "1 USD" --customers 5', "expected all amounts in one currency, USD"),
    ('cac --marketing "1 RUB" --customers 5 --industry circus', "--industry: expected one of travel"),
    ("redials --missed 30% --redial 100%", "nobody would ever give up"),
    (f"missed-calls --calls 1 --after 1h {SHOP}", "expected `--after` and `--half-life` together"),
    ("cohort --left 90,80 --margins 30 --discount 10%", "expected a margin for each year"),
    ("fcr --solved-first 11 --needs 10", "expected no more than `--needs`"),
    ("escalation --escalated 11 --contacts 10", "expected no more than `--contacts`"),
    ('channel --budget "1 RUB" --answered 5 --missed 1 --repeats 5', "nobody would be left"),
    ('contributions --gross "5 USD" --rules "russia 2025"', "expected an amount in RUB"),
    ('leads --lead-cost "5 RUB" --cac "1 RUB"', "each customer was one"),
    (
        'agency --wage "30 USD" --multiple 2 --wage-to "10 USD"',
        "--wage-to: expected no less than `--wage`, 30, found 10",
    ),
    ('agency --wage "30 USD" --multiple 2 --multiple-to 1.5', "--multiple-to: expected no less than `--multiple`, 2"),
]


@pytest.mark.parametrize(("command", "message"), REFUSED, ids=[command[:60] for command, _ in REFUSED])
def test_what_means_nothing_is_refused(command: str, message: str) -> None:
    """With exit code 2 and a word why."""
    done = worth(command)
    assert done.exit_code == 2
    assert message in done.output
    assert "Traceback" not in done.output


def test_all_mistakes_are_told_at_once() -> None:
    """A bare number, a share without its sign, what is missing, and what is too much."""
    done = worth("ltv --order 18000 --margin 0.3 --years 10 --retention 90%")
    assert done.exit_code == 2
    assert done.output.splitlines() == [
        "callsim worth ltv: --order: expected an amount of money such as `350 USD`, found `18000`: a currency is missing, "
        "as in `18000 USD`",
        "callsim worth ltv: --margin: expected a percentage such as `75%`, found `0.3`: write `30%` (or `0.3%`)",
        "callsim worth ltv: expected `--orders-per-year 4` with `--years 10`, or `--orders 5`, found neither",
        "callsim worth ltv: expected either `--years` or `--retention`, exactly one of them: each year 1 - 1/years stay",
    ]


@pytest.mark.parametrize(
    ("amount", "message"),
    [
        ("$240", "such as `350 USD`, found `$240`: write `240 USD`"),
        ("240 €", "such as `350 EUR`, found `240 €`: write `240 EUR`"),
        ("240 usd", "such as `350 USD`, found `240 usd`: did you mean `USD`?"),
        ("USD 240", "such as `350 USD`, found `USD 240`: write `240 USD`"),
        ("240", "found `240`: a currency is missing, as in `240 USD`"),
        ("240 dollars", "found `240 dollars`: a currency has three letters"),
        ("abc", "such as `350 USD`, found `abc`"),
    ],
)
def test_no_currency_is_pressed_on_anybody(amount: str, message: str) -> None:
    """The hint is in the currency that was meant; no scenario is spoken of, for there is none."""
    output = worth(f"ltv --order '{amount}' --orders 5").output
    assert message in output
    assert "RUB" not in output
    assert "scenario" not in output


def test_examples_are_in_the_currency_of_the_other_amounts() -> None:
    """Of what is missing beside an amount in euros."""
    assert '--first-order "18 000 EUR"' in worth('missed-calls --calls 3 --lead-cost "3EUR"').output


def test_a_calculator_without_amounts_has_no_currency() -> None:
    """Callers and calls are no money."""
    assert "currency" not in json.loads(worth("redials --missed 30% --redial 33% --json").output)["given"]


def test_all_numbers_of_a_list_are_told_at_once() -> None:
    """And all answers."""
    done = worth("cohort --left 90,x,80,y --margins a,38 --discount 10%").output
    assert "--left: expected numbers such as `90,80,72`, found `x` and `y`" in done
    assert "--margins: expected numbers such as `30,38,45`, found `a`" in done
    assert "found `11` and `x`" in worth("nps --answers '9 11 8 x'").output


@pytest.mark.parametrize("width", [40, 50, 60, 72, 80, 100, 120])
def test_a_number_is_never_broken(width: int) -> None:
    """On a page of any width: thousands stay together, amounts keep their currency, and lines fit."""
    command = ["worth", *shlex.split(f"missed-calls {CHAIN}")]
    whole = CliRunner().invoke(main, command, env={"COLUMNS": "1000"}).output
    lines = CliRunner().invoke(main, command, env={"COLUMNS": str(width)}).output.splitlines()
    assert max(map(len, lines)) <= width
    assert " ".join(" ".join(lines).split()) == " ".join(whole.split())
    numbers = re.findall(r"\d{1,3}(?: \d{3})+(?:\.\d+)?(?: RUB)?", whole)
    assert "1 550 097.08 RUB" in numbers
    assert not [number for number in numbers if not any(number in line for line in lines)]


def test_a_narrow_page_has_titles_above() -> None:
    """A word or two beside a wide title cannot be read."""
    lines = CliRunner().invoke(main, ["worth", *shlex.split(f"missed-calls {CHAIN}")], env={"COLUMNS": "40"}).output
    assert "callers who gave up\n  300 x (1 - 33%) = 201\n" in lines


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_a_calculator_says_what_it_needs(question: Any) -> None:
    """Without any option: each needed one with an example; with these examples it answers, or says what else."""
    done = worth(question.name)
    needed = [option for option in question.options if option.needed]
    assert (done.exit_code == 2) == bool(needed or list(question.lacking([])))
    for option in needed:
        assert f"expected `--{option.name}` such as `--{option.name} {option.quoted}`" in done.output
    assert question.name in worth("--help").output
    help_text = " ".join(worth(f"{question.name} --help").output.split())
    for option in question.options:
        assert f"--{option.name}" in help_text


@given(st.sampled_from(QUESTIONS), st.data())
def test_no_text_breaks_a_calculator(question: Any, data: st.DataObject) -> None:
    """Any texts give an answer of finite numbers or one CallsimError."""
    texts = st.one_of(
        st.none(), st.text(max_size=8), st.sampled_from(["0%", "100%", "0 RUB", "1 RUB", "5", "0", "1 h"])
    )
    given_ = {option.key: data.draw(texts | st.just(option.example)) for option in question.options}
    try:
        _, sheet = ask(question, given_)
    except CallsimError:
        return
    assert isinstance(sheet, Sheet)
    json.dumps([row.value for row in sheet.rows], allow_nan=False)


def test_the_year_of_an_employee() -> None:
    """Of the scenario on wages, line by line; a run says what a handled minute costs."""
    output = worth("employee scenarios/13_wages.yaml").output
    assert "a full-time employee of desk" in output
    rows = {
        row["key"]: row["value"]
        for row in json.loads(worth("employee scenarios/13_wages.yaml --json").output)[0]["results"]
    }
    assert rows["paid_hours"] == 2080
    assert rows["wages"] + rows["leave"] == pytest.approx(728_000)
    assert rows["employer_taxes"] == pytest.approx(728_000 * 0.302)
    lines = [value for key, value in rows.items() if not re.search("hour|year", key)]
    assert sum(lines) == pytest.approx(rows["year"])
    agency = json.loads(worth('employee scenarios/13_wages.yaml --variant "an agency" --json').output)[0]
    assert "turnover" not in {row["key"] for row in agency["results"]}
    assert worth("employee scenarios/01_one_desk.yaml").exit_code == 2
    assert "expected a variant" in worth("employee scenarios/13_wages.yaml --variant x").output


# The page.


def test_the_page_shows_real_output() -> None:
    """Every session in docs/worth.md is what its command prints."""
    blocks = re.findall(r"^```console\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert len(blocks) >= 3
    for block in blocks:
        command, _, shown = block.partition("\n")
        assert command.startswith("$ callsim worth ")
        assert worth(command.removeprefix("$ callsim worth ")).output == shown


def test_the_page_names_every_calculator() -> None:
    """In its table."""
    text = PAGE.read_text(encoding="utf-8")
    for name in (*(question.name for question in QUESTIONS), "employee"):
        assert f"| `{name}` |" in text
