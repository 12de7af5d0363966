"""`callsim breakeven`: which questions fit a file, what the answers say first, JSON, and bad input."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from callsim.breakeven import QUESTIONS
from callsim.cli import main

ROOT = Path(__file__).parent.parent
SHOP = ROOT / "scenarios/02_shop.yaml"
DENTIST = ROOT / "scenarios/12_plans.yaml"
FEW = ("--replications", "3", "--set", "calendar.days=7")


def call(*arguments: str | Path, columns: int = 100) -> Result:
    return CliRunner().invoke(main, ["breakeven", *map(str, arguments)], env={"COLUMNS": str(columns)})


def said(*arguments: str | Path) -> str:
    result = call(*arguments)
    assert result.exit_code == 0, result.output
    return " ".join(result.stdout.split())


def found(*arguments: str | Path) -> Any:
    result = call(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def refused(*arguments: str | Path) -> str:
    result = call(*arguments)
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.output
    return " ".join(result.output.split())


def test_without_a_question_it_lists_them() -> None:
    """All fit the shop; of the dentist without people of his own it says what is missing, each with what to add."""
    assert "Does not fit" not in said(SHOP)
    text = said(DENTIST)
    fits, _, others = text.partition("Does not fit this file yet:")
    assert "invoice" in fits
    assert "overflow" in others
    assert "add `pay: {wage: ...}` to the team" in others
    listed = found(DENTIST)["questions"]
    assert [one["name"] for one in listed] == [question.name for question in QUESTIONS]
    assert [one["name"] for one in listed if one["lacking"] is None] == ["value", "invoice"]


@pytest.mark.parametrize("question", [question.name for question in QUESTIONS if question.name != "volume"])
def test_every_question_is_answered_in_sentences_first(question: str) -> None:
    """Title, sentences, the curve, notes with replications and seed; in JSON the same sentences and the points."""
    result = call(SHOP, question, *FEW)
    assert result.exit_code == 0, result.output
    title, sentences, *_ = result.stdout.split("\n\n")
    assert title == "Furniture shop, one number in every ad"
    assert sentences.rstrip().endswith(".")
    assert "3 replications, seed 1" in result.stdout
    data = found(SHOP, question, *FEW)
    assert " ".join(sentences.split()) == " ".join(" ".join(data["sentences"]).split())
    assert data["schema_version"] == 1
    assert data["question"] == question
    assert data.get("points") or data.get("pairs") or data.get("curves")


def test_volumes_that_are_asked_for_are_the_points() -> None:
    """Half and twice 85 callers a day, one plan by its name."""
    data = found(SHOP, "volume", "--at", "2", "--at", "0.5", *FEW)
    assert [point["callers_a_day"] for point in data["points"]] == [42.5, 170.0]
    assert data["plans"] == ["pay as you go"]
    assert {"value", "low", "high"} == set(data["points"][0]["difference"])
    assert "The plan is `pay as you go`" in said(SHOP, "volume", "--at", "1", *FEW)


def test_no_line_is_wider_than_the_page() -> None:
    """At 80 columns as at 120, but for a table whose first two columns need more."""
    for columns in (80, 120):
        for question in ("value", "overflow"):
            lines = call(SHOP, question, *FEW, columns=columns).stdout.splitlines()
            assert max(map(len, lines)) <= columns, question


def test_a_number_is_not_broken_at_its_groups() -> None:
    """`4 632 USD` stays on one line."""
    for line in call(SHOP, "value", *FEW, columns=60).stdout.splitlines():
        assert not line.rstrip().endswith((" 1", " 2", " 3")), line


def test_the_same_seed_gives_the_same_answer() -> None:
    """And another seed another one."""
    first, again, other = (call(SHOP, "value", *FEW, "--seed", seed).stdout for seed in ("3", "3", "4"))
    assert first == again != other


def test_delays_may_be_asked_for_in_rings() -> None:
    """Two rings are 10 s in Russia; they stand in the order of time, with the two ends behind them. The file has one."""
    data = found(SHOP, "overflow", "--at", "2 rings", "--at", "3 s", *FEW)
    assert [(point["name"], point["seconds"]) for point in data["points"][:3]] == [
        ("3 s", 3.0),
        ("1 ring", 5.0),
        ("2 rings", 10.0),
    ]
    assert [point["name"] for point in data["points"][3:]] == ["never", "every call, no own people"]
    assert data["today"] == "1 ring"
    assert "The file has the cheapest of these." in said(SHOP, "overflow", "--at", "2 min", *FEW)


def test_the_hours_may_be_half_hours() -> None:
    """Twenty-two of them from 9 to 20, one team, all that is advised played together."""
    data = found(SHOP, "hours", "--every", "30 min", "--replications", "2", "--set", "calendar.days=7")
    assert [point["start"] for point in data["points"]][:3] == ["09:00", "09:30", "10:00"]
    assert len(data["points"]) == 22
    assert data["team"] == "desk"
    advised = [point for point in data["points"] if point["verdict"] in ("one more", "one less")]
    assert (data["together"] is not None) == bool(advised)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["volumes"], "expected a question (`value`, `volume`,"),
        (["volumes"], "did you mean `volume`?"),
        (["value", "--team", "desk"], "--team: `value` does not look at it; it is for volume, occupancy, hours"),
        (["hours", "--plans", "us"], "--plans: `hours` does not look at it"),
        (["hours", "--every", "7 h"], "--every: expected a whole part of a day such as `30 min`, found `7 h`"),
        (["hours", "--every", "soon"], "--every: expected"),
        (["hours", "--team", "dask"], "--team: expected one that this question can be about (`desk`), found `dask`"),
        (["overflow", "--at", "many"], "--at: expected"),
        (["overflow", "--vendor", "x"], "--vendor: expected one that this question can be about (`night desk`)"),
        (["volume", "--at", "-1"], "--at: expected a multiple of the volume from 0.001 to 1000 such as `2`"),
        (["volume", "--at", "nan"], "found `nan`"),
        (["volume", "--plans", "us"], "expected a plan in RUB, found none"),
        (["volume", "--variant", "today", "--variant", "all outsourced"], "--variant: expected one for `volume`"),
        (["value", "--variant", "todya"], "expected a variant of 02_shop.yaml (`today`,"),
        (["value", "--variant", "today"], "it has one variant: add another under `variants:`"),
        (["hours", "--variant", "all outsourced"], "says what no team is paid"),
        (["--at", "2"], "--at: expected a QUESTION that it is for, found none"),
        (["overflow", "--set", "count_loss_as=none"], "says not what a lost caller costs: add `worth:`"),
        (["after-hours", "--set", "calendar.open=always"], "it is never closed"),
    ],
    ids=lambda value: " ".join(value)[:50] if isinstance(value, list) else "",
)
def test_what_does_not_fit_is_refused_with_what_to_add(arguments: list[str], message: str) -> None:
    """One clear message, exit code 2, no traceback."""
    assert message in refused(SHOP, *arguments)


def test_all_mistakes_are_told_at_once() -> None:
    """Two options that the question does not look at, and a time that is none."""
    text = refused(SHOP, "hours", "--vendor", "x", "--queue", "y", "--every", "z")
    assert all(f"--{option}:" in text for option in ("vendor", "queue", "every"))


def test_a_price_that_nobody_knows_is_told_of(tmp_path: Path) -> None:
    """Volumes that no plan has a price for are left out and named; if there is none at all, that is said."""
    plans = tmp_path / "plans.yaml"
    plans.write_text(
        "currency: RUB\nplans:\n  small: {base: 1 000 RUB per month, included: 2 000 minutes, per_minute: unknown, bills: [talk]}\n",
        encoding="utf-8",
    )
    data = found(SHOP, "volume", "--plans", plans, "--at", "0.1", "--at", "4", *FEW)
    assert [point["callers_a_day"] for point in data["points"]] == [8.5]
    assert data["unpriced"] == [340.0]
    assert "no plan has a price for any of these volumes" in refused(
        SHOP, "volume", "--plans", plans, "--at", "4", *FEW
    )
