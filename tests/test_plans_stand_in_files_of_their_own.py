"""`tariffs: plans.yaml`: plans in a file, shipped or beside the scenario, with every mistake at its place."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callsim import yamlfile
from callsim.errors import ScenarioError
from callsim.scenario import load
from callsim.scenario.planfile import load_plans, plan_file, shipped
from callsim.scenario.schema import json_schema
from callsim.summary import summary

SHOP = """\
name: A shop
currency: USD
calendar: {start: 2026-03-01, days: 31, open: {mon-fri: 09:00-20:00}}
sources:
  ads: {callers: 5 per hour, goes_to: vendor night, hangs_up_ringing: 20 s, talk: 3 min}
vendors: {night: {answers_after: 9 s, quality: 95%, tariff: plain}}
tariffs: plans.yaml
"""
PLANS = """\
currency: USD
plans:
  plain: {per_call: 1 USD}
  in pounds: {currency: GBP, per_call: 2 GBP}
"""


def shop(folder: Path, text: str = SHOP, plans: str = PLANS) -> Path:
    (folder / "plans.yaml").write_text(plans, encoding="utf-8")
    (folder / "shop.yaml").write_text(text, encoding="utf-8")
    return folder / "shop.yaml"


def mistakes(file: Path) -> list[str]:
    with pytest.raises(ScenarioError) as refused:
        load(file)
    return [str(problem).replace(f"{file.parent}/", "") for problem in refused.value.problems]


def test_a_scenario_names_a_file_of_plans(tmp_path: Path) -> None:
    """Its plans of the scenario's currency are there by name; the others are not."""
    scenario = load(shop(tmp_path)).variants["base"]
    assert list(scenario.tariffs) == ["plain"]
    assert scenario.tariffs["plain"].per_call == Decimal(1)


def test_a_scenario_names_plans_that_come_with_callsim(tmp_path: Path) -> None:
    """By their bare name; `check` tells which of them is used."""
    file = shop(tmp_path, SHOP.replace("plans.yaml", "us").replace("tariff: plain", "tariff: ruby_100"))
    study = load(file)
    assert set(study.variants["base"].tariffs) == set(load_plans("us"))
    text = " ".join(" ".join(summary(study, 100)).split())
    assert "tariff ruby_100: 395.00 USD per month, an unknown price per minute, bills talk, hold, wrap_up" in text
    assert "tariffs that no vendor names: sas_economy" in text


def test_a_variant_adds_to_plans_or_names_others(tmp_path: Path) -> None:
    """A map is laid over those of the file, another file over them too."""
    variants = """\
variants:
  today: {}
  dearer: {tariffs: {plain: {per_call: 3 USD}}}
  ruby: {tariffs: us, vendors: {night: {tariff: ruby_100}}}
"""
    found = load(shop(tmp_path, SHOP + variants)).variants
    assert [found[name].tariffs["plain"].per_call for name in ("today", "dearer", "ruby")] == [1, 3, 1]
    assert "ruby_100" in found["ruby"].tariffs


def test_mistakes_in_the_file_are_shown_there(tmp_path: Path) -> None:
    """With the file, line and column of the plan, together with those of the scenario."""
    plans = PLANS.replace("per_call: 1 USD", "per_cal: 1 USD, base: 3 USD")
    assert mistakes(shop(tmp_path, SHOP.replace("days: 31", "days: 0"), plans)) == [
        "plans.yaml:3:11: tariffs.plain: unknown key `per_cal`, did you mean `per_call`?",
        "plans.yaml:3:33: tariffs.plain.base: expected a rate such as `350 USD per month`, found `3 USD`: `per month` "
        "is missing",
        "shop.yaml:3:37: calendar.days: expected a whole number of days from 1 to 3 660, found `0`",
    ]


@pytest.mark.parametrize(
    ("plans", "messages"),
    [
        ("", ["plans.yaml:1:1: the file is empty"]),
        ("plans: {}", ["plans.yaml:1:8: plans: expected plans by name such as `plans: {pay as you go: {per_minute: 1 USD, "
                       "bills: [talk]}}`, found nothing"]),
        ("plans: {x: {per_call: 1 USD}}", ["plans.yaml:1:9: plans.x: expected `currency:` such as `currency: USD`, here or "
                                           "at the top of the file, found nothing"]),
        ("currency: dollars\nplan: {}\nplans: {x: {per_call: 1 USD}}", [
            "plans.yaml:1:11: currency: expected a currency such as `RUB` or `USD`, found `dollars`",
            "plans.yaml:2:1: unknown key `plan`, did you mean `plans`?"]),
        ("currency: USD\nplans: {x: {per_call: 1 EUR, base: 2}, y: [1]}", [
            "plans.yaml:2:23: plans.x.per_call: expected an amount of money such as `350 USD`, found `1 EUR`: the scenario "
            "counts in USD",
            "plans.yaml:2:36: plans.x.base: expected a rate such as `350 USD per month`, found `2`: `per month` is missing",
            "plans.yaml:2:43: plans.y: expected keys such as `vendor:` and `as_of:`, found a list"]),
    ],
)  # fmt: skip
def test_every_mistake_of_a_file_of_plans(tmp_path: Path, plans: str, messages: list[str]) -> None:
    """All at once, each with its place."""
    (tmp_path / "plans.yaml").write_text(plans, encoding="utf-8")
    with pytest.raises(ScenarioError) as refused:
        load_plans("plans.yaml", tmp_path)
    assert [str(problem).replace(f"{tmp_path}/", "") for problem in refused.value.problems] == messages


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """What comes with callsim is named, and what may be meant."""
    (message,) = mistakes(shop(tmp_path, SHOP.replace("plans.yaml", "plan.yaml")))
    known = ", ".join(f"`{name}`" for name in shipped())
    assert message == (
        f"shop.yaml:7:10: tariffs: expected tariffs by name, or a file of plans ({known} come with callsim), "
        "found `plan.yaml`; did you mean `plans.yaml`?"
    )


def test_a_plan_in_another_currency_is_refused(tmp_path: Path) -> None:
    """Currencies are never mixed, and never converted."""
    own = "tariffs: {plain: {currency: GBP, per_call: 2 GBP}}"
    found = mistakes(shop(tmp_path, SHOP.replace("tariffs: plans.yaml", own)))
    assert found[0] == (
        "shop.yaml:7:29: tariffs.plain.currency: expected the currency of the scenario, `USD`, found `GBP`: "
        "currencies are never mixed"
    )
    assert "the scenario counts in USD" in found[1]


def test_the_wait_at_a_vendor_is_billed_only_where_it_is_known(tmp_path: Path) -> None:
    """Of calls passed on to few operators it is not."""
    queue = "queues: {sales: {overflow: [{after: 10 s, to: vendor night}]}}\n"
    text = SHOP.replace("vendor night,", "queue sales,").replace(
        "answers_after: 9 s", "answers_after: 9 s, operators: 2"
    )
    plans = PLANS.replace("per_call: 1 USD", "per_minute: 1 USD, bills: [queue, talk]")
    (message,) = mistakes(shop(tmp_path, text + queue, plans))
    assert "vendors.night.tariff: expected a tariff that does not bill `queue`, found `plain`" in message
    assert load(shop(tmp_path, text.replace(", operators: 2", "") + queue, plans))


def test_the_json_schema_knows_both_forms(tmp_path: Path) -> None:
    """Tariffs by name, and a file of them, also in a variant."""
    schema = jsonschema.Draft202012Validator(json_schema())
    tree: Any = yamlfile.plain(yamlfile.read(shop(tmp_path)))
    assert schema.is_valid(tree)
    assert schema.is_valid(tree | {"tariffs": {"plain": {"per_call": "1 USD"}}, "variants": {"a": {"tariffs": "us"}}})
    assert not schema.is_valid(tree | {"tariffs": 3})
    assert not schema.is_valid(tree | {"tariffs": {"plain": {"per_cal": "1 USD"}}})


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_file_of_plans_breaks_the_reader(tmp_path: Path, data: st.DataObject) -> None:
    """A file that comes with callsim, with a line or a word of it replaced by anything: read or refused, never broken."""
    lines = plan_file(data.draw(st.sampled_from(shipped())), tmp_path).read_text(encoding="utf-8").splitlines()
    place = data.draw(st.integers(0, len(lines) - 1))
    words = lines[place].split(" ")
    word = data.draw(st.integers(0, len(words) - 1))
    words[word] = data.draw(st.sampled_from(["", "0", "unknown", "none", "[]", "{}", "-1 USD", "1 000 000", "x:", "80%", "1 h"])
                            | st.text(max_size=12))  # fmt: skip
    lines[place] = " ".join(words)
    (tmp_path / "any.yaml").write_text("\n".join(lines), encoding="utf-8", errors="replace")
    try:
        assert load_plans("any.yaml", tmp_path)
    except ScenarioError as error:
        assert all(problem.place.line >= 1 for problem in error.problems)
