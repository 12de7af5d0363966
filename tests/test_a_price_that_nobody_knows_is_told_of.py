"""Unknown prices are remarked on before a run and named where one needs them; files of plans fit the scenario."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from pydantic import ValidationError

from callsim.cli import main
from callsim.errors import ScenarioError
from callsim.scenario import load
from callsim.scenario.fields import Reading
from callsim.scenario.plans import Tariff, unknown

CLINIC = """\
name: A clinic
currency: USD
ring: USA
calendar: {start: 2026-03-01, days: 7, open: always}
sources:
  patients:
    {callers: 40 per day, calls_by_hour: {00:00: 1}, goes_to: queue calls, hangs_up_ringing: 3-4 rings, talk: 6 min}
queues:
  calls: {}
teams:
  desk: {serves: [calls], agents: 1}
vendors:
  service: {answers_after: 0 s, quality: 90%, tariff: ruby_100, wrap_up: 20 s}
tariffs: us
variants:
  today: {}
  after a ring: {queues: {calls: {overflow: [{after: 1 ring, to: vendor service}]}}}
"""


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [*map(str, arguments)], env={"COLUMNS": "200"})


@pytest.fixture
def clinic(tmp_path: Path) -> Path:
    (tmp_path / "clinic.yaml").write_text(CLINIC, encoding="utf-8")
    return tmp_path / "clinic.yaml"


def tariff(**keys: Any) -> Tariff:
    return Tariff.model_validate(keys, context=Reading(None, "USD", Path(), {}))


UNKNOWN: list[tuple[dict[str, Any], str]] = [
    (
        {"base": "9 USD per month", "included": "100 minutes", "per_minute": "unknown", "bills": ["talk"]},
        "runs out at 100 minutes and then has no known price",
    ),
    ({"per_call": "unknown"}, "has no known price of calls"),
    (
        {"tiers": {"apply": "graduated", "steps": [{"up_to": "10 calls", "price": "1 USD"}, {"up_to": "20 calls", "price": "1 USD"}]}},
        "ends at 20 calls and then has no known price",
    ),
    (
        {"ladder": [{"includes": "10 calls", "costs": "9 USD"}, {"includes": "50 calls", "costs": "30 USD"}]},
        "runs out at 50 calls and then has no known price",
    ),
    ({"per_call": "1 USD", "fees": {"order": "unknown"}}, "has no known price of each `order`"),
    ({"per_call": "1 USD", "per_minute_of": {"menu": "unknown"}}, "has no known price of a minute of `menu`"),
    (
        {"per_call": "1 USD", "surcharges": {"night": {"when": {"every day": "22:00-08:00"}, "per_call": "unknown"}}},
        "has no known surcharge `night`",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("keys", "message"), UNKNOWN, ids=[message for _, message in UNKNOWN])
def test_what_a_plan_does_not_say(keys: dict[str, Any], message: str) -> None:
    """Each kind of price that can be unknown, in words."""
    assert list(unknown(tariff(**keys))) == [message]
    assert not list(unknown(tariff(per_call="1 USD")))


def test_a_check_remarks_on_an_unknown_price(clinic: Path) -> None:
    """Before a run is refused for it."""
    text = call("check", clinic).output
    assert "its tariff `ruby_100` runs out at 100 minutes and then has no known price" in text
    assert "no known price" not in call("check", clinic, "--set", "vendors.service.tariff=sas_100").output


@pytest.mark.parametrize("arguments", [[], ["--variant", "after a ring"]])
def test_a_run_names_variant_and_tariff(clinic: Path, arguments: list[str]) -> None:
    """Where a price was needed that nobody knows."""
    done = call("run", clinic, "--replications", "2", *arguments)
    assert done.exit_code == 2
    assert "clinic.yaml: variant `after a ring`: vendor `service`, tariff `ruby_100`: " in done.stderr
    assert "minutes have no known price" in done.stderr
    assert done.stderr.count("ruby_100") == 1
    assert call("run", clinic, "--replications", "1", "--variant", "today").exit_code == 0


def test_unknown_prices_are_noted_once(clinic: Path) -> None:
    """Not again for each variant, whose volumes differ; one replication is one."""
    done = call("price", clinic, "--calls", "all", "--replications", "1")
    assert done.exit_code == 0, done.output
    assert done.stdout.count("unknown: ruby_100: minutes have no known price") == 1
    assert "1 replication, seed 1" in done.stdout
    assert "per talk min" in done.stdout


# Files of plans.


def test_a_setting_names_a_file_of_plans(tmp_path: Path, clinic: Path) -> None:
    """As the same entry would in the scenario: its plans are added to those that are there."""
    (tmp_path / "own.yaml").write_text("currency: USD\nplans: {mine: {per_call: 2 USD}}", encoding="utf-8")
    study = load(clinic, ["tariffs=own.yaml", "vendors.service.tariff=mine"])
    for scenario in study.variants.values():
        assert {"mine", "ruby_100"} <= set(scenario.tariffs)
        assert scenario.vendors["service"].tariff == "mine"


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        (
            "tariffs=uk",
            "--set:1:9: tariffs: expected plans in the currency of the scenario, `USD`, found plans in `GBP`",
        ),
        ("tariffs=ukk", "found `ukk`, did you mean `uk`?"),
    ],
)
def test_a_file_of_plans_that_does_not_fit(clinic: Path, setting: str, message: str) -> None:
    """Of another currency, or none at all."""
    with pytest.raises(ScenarioError) as error:
        load(clinic, [setting])
    assert message in str(error.value)


def test_a_file_of_another_currency_says_which(clinic: Path) -> None:
    """One error at its place, not one for each vendor that lacks its plan."""
    clinic.write_text(CLINIC.replace("currency: USD", "currency: EUR"), encoding="utf-8")
    done = call("check", clinic)
    assert done.exit_code == 2
    (line,) = done.stderr.splitlines()
    assert "clinic.yaml:14:10: tariffs: expected plans in the currency of the scenario, `EUR`" in line
    assert "found plans in `USD` in `us`" in line


# Bounds.


def test_a_minimum_is_no_more_than_the_maximum() -> None:
    """Else no sum would do."""
    keys = {"per_call": "1 USD", "minimum": "90 USD per month"}
    with pytest.raises(ValidationError, match="expected no more than the `maximum:` of `50`, found `90`"):
        tariff(**keys, maximum="50 USD per month")
    assert tariff(**keys, maximum="90 USD per month").maximum is not None


# A recorded log.


def test_what_is_for_a_scenario_has_no_use_for_a_log(tmp_path: Path) -> None:
    """Refused where it is said, even with the value that it has anyway."""
    (tmp_path / "log.ndjson").write_text('{"answered": 10, "left": 20}\n', encoding="utf-8")
    log = ("price", "--log", tmp_path / "log.ndjson", "--plans", "us")
    done = call(*log, "--seed", "1", "--replications", "30", "--set", "a=b")
    assert done.exit_code == 2
    assert done.stderr == "`--set`, `--replications` and `--seed` are for a scenario: a log is as it is\n"
    assert call(*log, "--seed", "1").stderr == "`--seed` is for a scenario: a log is as it is\n"
    assert "of 1 day;" in call(*log).stdout


def test_counts_of_an_invoice_are_grouped(tmp_path: Path) -> None:
    """2 000 calls of 61 s by the minute: 2 000 started minutes more, of 1 USD each, less 2 000 s."""
    log, plans = tmp_path / "log.ndjson", tmp_path / "plans.yaml"
    log.write_text("".join(f'{{"answered": {n}, "left": {n + 61}}}\n' for n in range(2000)), encoding="utf-8")
    steps = "billed_in: {first: 60 s, then: 60 s}"
    plans.write_text(f"currency: USD\nplans: {{m: {{per_minute: 1 USD, bills: [talk], {steps}}}}}", encoding="utf-8")
    text = call("price", "--log", log, "--plans", plans, "--invoice", "m").stdout
    assert "calls 2 000; talked 2 033.333333 min" in text
    assert "rounding costs 1 966.67" in text
