"""`callsim compare` as a person runs it: sentences before tables, JSON, files that cannot be compared."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from readme import COMPARE_PAGE, with_sessions
from test_files_are_joined_where_they_can_be_compared import write

import callsim
from callsim.cli import main

QUICK = ("--replications", "4", "--no-volume", "--engine", "simpy")


def asked(*arguments: object, columns: int = 100) -> Result:
    return CliRunner().invoke(main, ["compare", *map(str, arguments)], env={"COLUMNS": str(columns)})


def answer(*arguments: object, columns: int = 100) -> str:
    done = asked(*arguments, *QUICK, columns=columns)
    assert done.exit_code == 0, done.output
    return done.output


def data(*arguments: object) -> Any:
    return json.loads(answer(*arguments, "--json"))


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return write(tmp_path)


def test_sentences_stand_above_the_tables(shop: Path) -> None:
    """What is missed, what is cheapest, then the ranking, measures, money and differences."""
    text = answer(shop)
    parts = ["In A (`today`), ", "is the cheapest", "ranking, EUR per month", "as dear as", "calls and callers",
             "money, EUR per month", "difference to A", "apart: "]  # fmt: skip
    places = [text.index(part) for part in parts if part != "is the cheapest"]
    assert places == sorted(places)
    assert "the cheapest" in text[: text.index("ranking")]


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_no_line_is_wider_than_the_page(shop: Path, columns: int) -> None:
    """Sentences are wrapped, tables are cut where they must be."""
    assert max(map(len, answer(shop, columns=columns).splitlines())) <= columns


def test_json_carries_everything(shop: Path) -> None:
    """Sentences, ranking, chances, flips and joins, beside all that a run has."""
    found = data(shop)
    assert {"answers", "against", "ranked_by", "ranking", "not_told_apart", "the_same", "flips", "callers_differ", "weak",
            "taken_for_granted", "views", "loss_parts", "variants", "seed"} <= set(found)  # fmt: skip
    assert found["against"] == "today"
    assert found["ranked_by"] == "total_cost"
    assert [one["about"] for one in found["answers"]][:2] == ["today", "cheapest"]
    assert sum(one["chance_to_be_best"] for one in found["ranking"]) == pytest.approx(1)
    first, second = found["ranking"]
    assert first["more_than_first"]["value"] == 0
    assert second["value"]["value"] - first["value"]["value"] == pytest.approx(second["more_than_first"]["value"])
    totals = {one["name"]: one["money"]["total_cost"]["value"] for one in found["variants"]}
    assert totals[second["name"]] == second["value"]["value"]
    assert {one["lever"] for one in found["flips"]} == {"worth", "wages"}
    assert found["taken_for_granted"] != []
    assert list(found["views"]) == ["acquisition", "first order", "lifetime"]
    assert found["views"]["first order"] == found["ranking"]
    for one in found["variants"]:
        parts = {key: part["value"] for key, part in found["loss_parts"][one["name"]].items()}
        assert parts["loss_gone"] == pytest.approx(4 * parts["new_gone"])
        assert parts["loss_gone"] + parts["loss_cooled"] + parts["loss_existing"] == pytest.approx(
            one["money"]["loss_first_order"]["value"]
        )


def row(text: str, title: str) -> list[float]:
    """The values of the first row with a title, by variant."""
    line = next(line for line in text.splitlines() if line.startswith(f"{title}  "))
    cells = re.split(r" {2,}", line.removeprefix(title).strip())
    return [float(cell.partition(" ±")[0].replace(" ", "")) for cell in cells]


def test_money_that_is_paid_and_the_total_of_each_view_stand_in_the_table(tmp_path: Path) -> None:
    """Rows that add up, to a unit; and no row twice: nobody is recommended here."""
    path = write(tmp_path, **{"variants:\n": PLAN.replace("MINUTES", "9 000"), "agents: 2}}}": OUT})
    text = answer(path)
    paid = row(text, "money paid")
    assert paid == pytest.approx(
        [sum(each) for each in zip(row(text, "payroll"), row(text, "invoices"), strict=True)], abs=1
    )
    for view in ("advertising", "first orders", "lifetime value"):
        lost = row(text, f"lost: {view}")
        assert row(text, f"total: {view}") == pytest.approx([a + b for a, b in zip(paid, lost, strict=True)], abs=1)
    assert "referrals" not in text
    assert "naive" not in text
    assert text.count("mean wait ") == 1
    assert "within the target (20 s)" in text


def test_in_short_there_are_no_tables_of_measures(shop: Path) -> None:
    """Sentences, ranking and what flips it."""
    text = answer(shop, "--short")
    assert "ranking, EUR per month" in text
    assert "as dear as" in text
    assert "calls and callers" not in text


def test_a_comparison_and_a_run_tell_the_same(shop: Path) -> None:
    """The variants of one file are played as `run` plays them."""
    done = CliRunner().invoke(main, ["run", str(shop), "--replications", "4", "--engine", "simpy", "--json"])
    assert json.loads(done.output)["variants"] == data(shop)["variants"]


def test_files_are_compared_and_their_callers_set_side_by_side(tmp_path: Path, shop: Path) -> None:
    """Names with their files, one baseline of all, and a word where the callers are not the same."""
    other = write(tmp_path, "other.yaml", **{"40 per day": "50 per day"})
    text = " ".join(answer(shop, other, "--variant", "today", "--against", "other: today").split())
    assert "In A (`other: today`), " in text
    assert (
        "Mind what is compared: `ads` differs: callers 50 per day in `other: today`, 40 per day in `shop: today`"
        in text
    )
    assert "two people" not in text


def test_a_setting_holds_for_all_files(tmp_path: Path, shop: Path) -> None:
    """The same change in each."""
    other = write(tmp_path, "other.yaml")
    found = data(shop, other, "--set", "teams.desk.agents=3", "--variant", "today")
    first, second = found["variants"]
    assert first["measures"] == second["measures"]
    assert found["the_same"] == [["shop: today", "other: today"]]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--variant", "todya"], "did you mean `today`?"),
        (["--against", "nobody"], "expected a variant (`today`, `two people`), found `nobody`"),
        (["--set", "teams.desk.agents=two"], "expected a whole number of agents"),
    ],
    ids=["variant", "against", "set"],
)
def test_mistakes_are_told_without_a_traceback(shop: Path, arguments: list[str], message: str) -> None:
    """Exit code 2, and what there is."""
    done = asked(shop, *arguments)
    assert done.exit_code == 2
    assert message in done.output
    assert "Traceback" not in done.output


def test_no_file_and_files_of_two_currencies_are_refused(tmp_path: Path, shop: Path) -> None:
    """One error that names the file and both values."""
    assert asked().exit_code == 2
    roubles = write(tmp_path, "roubles.yaml", EUR="RUB")
    done = asked(shop, roubles)
    assert done.exit_code == 2
    assert done.output == f"{roubles}: currency: expected `EUR` as in {shop}, found `RUB`\n"
    assert asked(tmp_path / "nowhere.yaml").exit_code == 2


PLAN = """\
vendors: {night: {answers_after: 1 s, tariff: package}}
tariffs: {package: {base: 10 EUR per month, included: MINUTES minutes, per_minute: unknown, bills: [talk]}}
variants:
"""
OUT = "agents: 2}}}\n  out: {sources: {ads: {goes_to: vendor night}}}"


def test_a_price_that_nobody_knows_is_told_of(tmp_path: Path) -> None:
    """With file and variant, as by `run`."""
    path = write(tmp_path, **{"variants:\n": PLAN.replace("MINUTES", "5"), "agents: 2}}}": OUT})
    done = asked(path, *QUICK)
    assert done.exit_code == 2
    assert f"{path}: variant `out`: vendor `night`, tariff `package`" in done.output


def test_a_price_that_nobody_knows_at_more_calls_ends_the_range(tmp_path: Path) -> None:
    """40 callers a day talk 4 867 minutes a month: 6 000 suffice, for twice as many they do not."""
    path = write(tmp_path, **{"variants:\n": PLAN.replace("MINUTES", "6 000"), "agents: 2}}}": OUT})
    done = asked(path, "--replications", "4", "--engine", "simpy", "--json")
    assert done.exit_code == 0, done.output
    (volume,) = (one for one in json.loads(done.output)["flips"] if one["lever"] == "volume")
    assert volume["to"] == 1.0
    assert volume["from"] in (0.5, 0.25)


def test_the_same_is_had_from_python(shop: Path) -> None:
    """`callsim.compare` takes studies and gives plain results."""
    found = callsim.compare([callsim.load(shop)], 3, engine="simpy", volumes=False)
    assert found.baseline == "today"
    assert found.best == found.decision.ranked[0].name
    assert {one.name for one in found.decision.ranked} == {"today", "two people"}


def test_the_page_about_comparisons_shows_real_output() -> None:
    """docs/compare.md: its sessions print what stands there."""
    text = COMPARE_PAGE.read_text(encoding="utf-8")
    assert with_sessions(text) == text
