"""`callsim price`: simulated and recorded calls by every plan, single invoices, and bad input."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner, Result

from callsim import pricing
from callsim.cli import main
from callsim.replicate import play, run
from callsim.scenario import load

ROOT = Path(__file__).parent.parent
DENTIST = ROOT / "scenarios/12_plans.yaml"

PLANS = """\
currency: EUR
plans:
  by the minute: {vendor: Phones, as_of: 2026-01-01, evidence: B, source: x, per_minute: 1 EUR, bills: [talk],
                  billed_in: {first: 60 s, then: 60 s}}
  package: {base: 5 EUR per month, included: 10 minutes, per_minute: 0.50 EUR, bills: [talk], assumed: no rounding}
  nobody says: {base: 1 EUR per month, included: 3 minutes, per_minute: unknown, bills: [talk]}
  in dollars: {currency: USD, per_call: 2 USD}
"""
# Talks of 61, 120 and 29 s in March, one that was not answered, and 300 s in April.
LOG = {
    "dialled": [0.0, 3600.0, 7200.0, 9000.0, 31 * 86_400.0 + 50],
    "answered": [10.0, 3610.0, 7205.0, None, 31 * 86_400.0 + 60],
    "left": [71.0, 3730.0, 7234.0, 9020.0, 31 * 86_400.0 + 360],
}


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["price", *map(str, arguments)])


def found(*arguments: str | Path) -> Any:
    result = call(*arguments, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


@pytest.fixture
def plans(tmp_path: Path) -> Path:
    (tmp_path / "plans.yaml").write_text(PLANS, encoding="utf-8")
    return tmp_path / "plans.yaml"


@pytest.fixture(params=["parquet", "ndjson", "jsonl"])
def log(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    return written(tmp_path, pl.DataFrame(LOG), request.param)


def written(folder: Path, frame: pl.DataFrame, suffix: str = "parquet") -> Path:
    file = folder / f"calls.{suffix}"
    if suffix == "parquet":
        frame.write_parquet(file)
    else:
        frame.write_ndjson(file)
    return file


def test_a_recorded_log_by_every_plan(log: Path, plans: Path) -> None:
    """By the minute 2 + 2 + 1 in March, of which 3.5 were talked, and 5 on the first of April."""
    data = found("--log", log, "--start", "2026-03-01", "--plans", plans)
    (variant,) = data["variants"]
    by_name = {one["name"]: one for one in variant["plans"]}
    minute = by_name["by the minute"]
    assert minute["invoice"] == {"mean": 5.0, "p5": 5.0, "p95": 5.0, "number": 1, "whole": True}
    assert (minute["actual_minutes"], minute["billed_minutes"], minute["rounding"]) == (3.5, 5.0, 1.5)
    assert minute["effective_rate"] == pytest.approx(5 / 3.5)
    assert (minute["vendor"], minute["as_of"], minute["evidence"], minute["currency"]) == (
        "Phones",
        "2026-01-01",
        "B",
        "EUR",
    )
    assert minute["per_month"] == pytest.approx(10 * 365 / 12 / 32)
    assert by_name["nobody says"]["invoice"] is None
    assert "have no known price" in by_name["nobody says"]["unknown"]
    assert set(variant["cheapest"]) == {"EUR", "USD"}
    assert variant["talk_minutes_per_month"] == pytest.approx(8.5 * 365 / 12 / 32)


def test_where_plans_are_even(tmp_path: Path, plans: Path) -> None:
    """A minute talked is 10/8.5 billed: 10/8.5 x = 5 at 4.25 minutes; beyond ten minutes half of that."""
    log = written(tmp_path, pl.DataFrame(LOG))
    (variant,) = found("--log", log, "--start", "2026-03-01", "--plans", plans)["variants"]
    evens = {tuple(one["plans"]): one["talk_minutes_per_month"] for one in variant["break_evens"]}
    assert evens["package", "by the minute"] == [pytest.approx(4.25)]
    stretches = variant["cheapest"]["EUR"]
    assert [one["plan"] for one in stretches] == ["by the minute", "nobody says", "by the minute", "package"]
    assert stretches[0]["to"] == pytest.approx(1 / (10 / 8.5))
    assert [stretches[1]["to"], stretches[2]["to"]] == pytest.approx([3.0, 4.25])


def test_an_invoice_line_by_line(tmp_path: Path, plans: Path) -> None:
    """Amounts are exact texts that add up to the total."""
    log = written(tmp_path, pl.DataFrame(LOG))
    data = found("--log", log, "--start", "2026-03-01", "--plans", plans, "--invoice", "by the minute")
    march, april = data["invoices"]
    assert march["lines"] == [
        {"code": "minutes", "quantity": "5", "unit": "minutes", "price": "1", "amount": "5"},
    ]
    assert (march["total"], march["period"], march["whole"]) == ("5.00", "2026-03-01 to 2026-03-31", True)
    assert (april["total"], april["period"], april["whole"]) == ("5.00", "2026-04-01 to 2026-04-01", False)
    text = call("--log", log, "--start", "2026-03-01", "--plans", plans, "--invoice", "package").stdout
    assert "assumed: no rounding" in text
    assert "0.03333 of a whole period: fixed sums are prorated" in " ".join(text.split())
    assert "total" in text


def test_without_a_start_the_log_begins_on_a_monday(tmp_path: Path, plans: Path) -> None:
    """And that is said."""
    log = written(tmp_path, pl.DataFrame(LOG))
    assert "no `--start` was given: the log is taken to begin on Monday 2024-01-01" in " ".join(
        call("--log", log, "--plans", plans).stdout.split()
    )


def test_our_own_log_is_priced_like_the_simulation(tmp_path: Path) -> None:
    """The calls of a vendor, as its attempts are written."""
    scenario = load(DENTIST).variants["by the minute"]
    log = written(tmp_path, play(scenario, 1, 0).attempts)
    arguments = ("--plans", "us", "--invoice", "map_payg")
    recorded = found("--log", log, "--start", "2026-03-01", *arguments)["invoices"][0]
    simulated = found(DENTIST, "--variant", "by the minute", *arguments)["invoices"][0]
    assert {key: recorded[key] for key in ("lines", "total", "calls")} == {
        key: simulated[key] for key in ("lines", "total", "calls")
    }


def test_a_run_has_the_same_invoices() -> None:
    """`invoices` and `invoice/NAME` of a run are what `price` tells of a month, and with `--total` the invoices."""
    study = load(DENTIST)
    name = "with a package of 125 minutes"
    priced = pricing.price(study, pricing.plans_of(["us"]), 3, variants=[name])
    (plan,) = [one for one in priced.priced[0].markets[0].plans if one.name == "map_business_125"]
    months = run(study, 3, variants=[name]).variants[0].money
    assert months["invoices"].value == pytest.approx(sum(plan.per_month) / 3)
    assert months["invoice/answering service"].value == months["invoices"].value
    whole = run(study, 3, variants=[name], per_month=False).variants[0].money
    assert whole["invoices"].value == pytest.approx(float(sum(one.total for one in plan.invoices)) / 3)
    assert all(one.whole for one in plan.invoices)


def test_a_vendor_that_another_variant_lacks_has_no_difference() -> None:
    """But an amount of its own where it is there."""
    file = ROOT / "scenarios/07_overflow.yaml"
    arguments = ["--variant", "only the desk", "--variant", "when closed", "--replications", "2", "--json"]
    data = json.loads(CliRunner().invoke(main, ["run", str(file), *arguments]).stdout)
    alone, closed = data["variants"]
    assert "invoice/answering service" in closed["money"]
    assert "invoice/answering service" not in alone["money"]
    assert closed["differences"]["invoices"]["value"] == closed["money"]["invoices"]["value"]


def test_calls_of_agents_can_be_priced() -> None:
    """As if somebody else were to answer them; without vendors that is what is meant."""
    file = ROOT / "scenarios/01_one_desk.yaml"
    data = found(file, "--plans", "us", "--replications", "2")
    assert data["calls"] == "answered by agents"
    assert data["variants"][0]["calls_per_month"] > 0
    every = found(file, "--plans", "us", "--replications", "2", "--calls", "all")
    assert every["calls"] == "answered by anyone, machines too"


def test_what_a_machine_solved_is_time_in_its_menu() -> None:
    """Such calls bill no minute of a person."""
    logs = play(load(ROOT / "scenarios/02_shop.yaml").variants["a menu that answers at once"], 1, 0)
    traffic = pricing.by_everyone(logs.attempts)
    solved = logs.attempts.filter(pl.col("outcome") == "self_served")
    assert traffic.machine.sum() == len(solved) > 0
    assert traffic.parts["talk"][traffic.machine].sum() == 0
    seconds = float((solved["left"] - solved["greeted"]).sum())
    assert traffic.parts["menu"][traffic.machine].sum() / 1e6 == pytest.approx(seconds)


def test_the_table_names_evidence_and_what_is_unknown() -> None:
    """On a page of 80 columns too."""
    text = call(DENTIST, "--plans", "us", "--replications", "2", "--variant", "by the minute").stdout
    assert "unknown: ruby_100:" in text
    assert "T transcription of the vendor's price page" in " ".join(text.split())
    assert "cheapest in USD by minutes talked a month: 0 to" in text
    assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "expected a scenario FILE, or `--log LOG`, found neither"),
        ([DENTIST, "--log", "x.parquet"], "expected a scenario FILE, or `--log LOG`, found both"),
        (["--log", "x.parquet"], "expected `--plans` such as `--plans us`"),
        (["--log", "x.parquet", "--plans", "us"], "x.parquet: there is no such file"),
        ([DENTIST, "--plans", "usa"], "--plans: expected a file of plans"),
        ([DENTIST, "--plans", "us", "--plans", "us"], "a plan `sas_economy` stands in another file already"),
        ([DENTIST, "--start", "2026-03-01"], "`--start` is for a log"),
        ([DENTIST, "--plans", "us", "--invoice", "sas_econmy"], "found `sas_econmy`, did you mean `sas_economy`?"),
        ([DENTIST, "--plans", "us", "--invoice", "ruby_100"], "minutes have no known price"),
        ([DENTIST, "--variant", "by the hour"], "expected a variant of 12_plans.yaml"),
        ([DENTIST, "--calls", "agents"], "expected calls answered by agents, found none"),
        ([ROOT / "scenarios/01_one_desk.yaml"], "expected `--plans` such as `--plans us`, for the scenario has no"),
    ],
)  # fmt: skip
def test_bad_input_is_one_clear_error(arguments: list[Any], message: str) -> None:
    """With exit code 2."""
    done = call(*arguments, *([] if "--log" in arguments else ["--replications", "1"]))
    assert done.exit_code == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("columns", "messages"),
    [
        ({"dialled": [1.0]}, ["expected a column `answered` of seconds", "expected a column `left` of seconds"]),
        ({"answered": ["ten"], "left": [20.0]}, ["expected seconds in the column `answered`, found String"]),
        (
            {"answered": [20.0], "left": [10.0]},
            ["row 1, column `left`: expected no sooner than `answered`, found `10`: that is 20"],
        ),
        (
            {"answered": [1.7e9], "left": [1.7e9]},
            ["row 1, column `answered`: expected seconds since the first midnight"],
        ),
        ({"answered": [None], "left": [10.0]}, ["expected calls that were answered, found none"]),
    ],
)
def test_a_log_that_cannot_be_priced(tmp_path: Path, columns: dict[str, Any], messages: list[str]) -> None:
    """All that is wrong with it, at once."""
    done = call("--log", written(tmp_path, pl.DataFrame(columns)), "--plans", "us")
    assert done.exit_code == 2
    assert all(message in done.stderr for message in messages)


def test_a_file_that_is_no_log(tmp_path: Path) -> None:
    """Of another kind, or broken."""
    (tmp_path / "calls.csv").write_text("a,b")
    assert "expected a log of calls (.parquet, .ndjson, .jsonl), found `.csv`" in call(
        "--log", tmp_path / "calls.csv", "--plans", "us"
    ).stderr  # fmt: skip
    (tmp_path / "calls.parquet").write_text("no parquet")
    assert "the log cannot be read" in call("--log", tmp_path / "calls.parquet", "--plans", "us").stderr


def test_events_that_a_log_counts_have_fees(tmp_path: Path) -> None:
    """A column `event_appointment`; two of them in one call, one in another, capped at 6 a call."""
    frame = pl.DataFrame(LOG | {"event_appointment": [2, 1, 0, 0, 3], "event_live agent": [1, 0, 0, 0, 0]})
    (march, april) = found(
        "--log", written(tmp_path, frame), "--start", "2026-03-01", "--plans", "us", "--invoice", "smith_human_30"
    )["invoices"]
    amounts = {line["code"]: Decimal(line["amount"]) for line in march["lines"]}
    assert amounts == {"base": 300, "live agent": 3, "appointment": 9, "fees beyond the most of a call": -3}
    assert Decimal(april["lines"][-1]["amount"]) == -3


def test_a_folder_of_logs(tmp_path: Path, plans: Path) -> None:
    """A folder stands for the attempts in it."""
    pl.DataFrame(LOG).write_parquet(tmp_path / "attempts.parquet")
    assert found("--log", tmp_path, "--start", "2026-03-01", "--plans", plans)["variants"][0]["calls_per_month"] > 0


def test_what_no_log_tells_is_said() -> None:
    """Fees without any count, and what is paid once of a contract without a beginning."""
    text = " ".join(call(DENTIST, "--plans", "us", "--replications", "1", "--variant", "by the call").stdout.split())
    assert (
        "smith_human_30: no log tells of `appointment`, and none is billed; `share_of_calls:` would say how many"
        in text
    )
    assert "answerconnect_200: the months are steady, without `setup`; `starts:` would bill them" in text
