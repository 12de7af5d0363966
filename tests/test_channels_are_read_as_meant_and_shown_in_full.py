"""What a source may say of its advertising, what `check` answers, and how channels are shown."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from readme import CHANNELS_PAGE, channels_page

from callsim import tables
from callsim.channels import FIGURES
from callsim.errors import ScenarioError
from callsim.replicate import Result, run
from callsim.scenario import load, remarks_on
from callsim.summary import summary
from callsim.tables import as_json, blocks, plain
from tests.script import scenario

SCENARIOS = Path(__file__).parent.parent / "scenarios"
SHOP = """\
name: Shop
currency: RUB
calendar: {start: 2026-03-02, days: 7, open: always}
sources:
  ads: {callers: 5 per hour, goes_to: queue sales, hangs_up_ringing: 15 s, talk: 3 min, worth: buyer,
        redial: {chance: 33%, after: 5 min, at_most: 3}, kinds: {new: 50%, junk: 50%}, budget: 50 000 RUB per month}
  web: {callers: 5 per hour, goes_to: queue sales, hangs_up_ringing: 15 s, talk: 3 min, worth: buyer,
        kinds: {new: 80%, service: 20%}, cost_per_lead: 90 RUB}
queues: {sales: {}}
teams: {desk: {serves: [sales], agents: 1}}
worth: {buyer: {converts: 14%, first_order: 900 RUB, margin: 30%, orders_per_year: 4, years: 10, discount: 15%}}
"""


def result(tmp_path: Path, *changes: tuple[str, str], replications: int = 3, settings: tuple[str, ...] = ()) -> Result:
    return run(load(written(tmp_path, *changes), settings), replications)


def written(tmp_path: Path, *changes: tuple[str, str]) -> Path:
    text = SHOP
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file = tmp_path / "shop.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def shown(found: Result, width: int = 80) -> str:
    return plain(list(blocks(found, width)))


# Reading.


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("50 000 RUB per month", "50 000 RUB", "sources.ads.budget: expected a rate such as `350 RUB per month`"),
        ("50 000 RUB per month", "50 000 RUB per week", "`per month`|per week"),
        ("50 000 RUB per month", "50 000 USD per month", "the scenario counts in RUB"),
        ("50 000 RUB per month", "-5 RUB per month", "a sign has no place here"),
        ("90 RUB", "90", "sources.web.cost_per_lead: expected an amount of money .* a currency is missing"),
        ("90 RUB", "90 RUB per lead", "sources.web.cost_per_lead: .*: write `90 RUB`"),
        ("90 RUB", "[90 RUB]", "sources.web.cost_per_lead: expected an amount of money such as `350 RUB`, found a list"),
        ("cost_per_lead: 90 RUB", "cost_per_lead: 90 RUB, budget: 1 RUB per month",
         "expected either `budget:` or `cost_per_lead:` .*, found both"),
        ("cost_per_lead", "cost_per_leads", "unknown key `cost_per_leads`, did you mean `cost_per_lead`?"),
        ("cost_per_lead: 90 RUB", "patience_on_redial: redrawn",
         "worth.buyer: expected `lead_cost:` .*: `web` has neither `budget:` nor `cost_per_lead:`"),
        ("currency: RUB\n", "", "expected `currency:` .*: there are amounts of money below"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    """With its place, what was expected and what was found."""
    with pytest.raises(ScenarioError, match=message):
        load(written(tmp_path, (old, new)))


def test_a_currency_is_needed_for_a_budget_alone(tmp_path: Path) -> None:
    """There is no other amount in the file; it is one mistake."""
    text = SHOP[: SHOP.index("worth: {buyer")].replace(", worth: buyer", "").replace("currency: RUB\n", "")
    file = tmp_path / "shop.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError, match="expected `currency:`") as caught:
        load(file)
    assert len(caught.value.problems) == 1


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    """A budget without a month and a price that is no number."""
    with pytest.raises(ScenarioError) as caught:
        load(written(tmp_path, ("50 000 RUB per month", "50 000 RUB"), ("90 RUB", "ninety")))
    assert [problem.where for problem in caught.value.problems] == ["sources.ads.budget", "sources.web.cost_per_lead"]


def test_a_broken_source_is_one_mistake(tmp_path: Path) -> None:
    """The worth may be all that it says: nothing is said of that until the source can be read."""
    with pytest.raises(ScenarioError) as caught:
        load(
            written(
                tmp_path, ("callers: 5 per hour, goes_to: queue sales, hangs_up_ringing: 15 s, talk: 3 min", "x: 1")
            )
        )
    assert not [problem for problem in caught.value.problems if problem.where.startswith("worth")]


@pytest.mark.parametrize("free", ["budget: 0 RUB per month", "cost_per_lead: 0 RUB"])
def test_who_buys_leads_again_must_say_what_they_cost(tmp_path: Path, free: str) -> None:
    """The view `replacement` counts another lead."""
    with pytest.raises(
        ScenarioError, match=r"sources.web.\w+: expected more than 0 beside `count_loss_as: replacement`"
    ):
        load(written(tmp_path, ("cost_per_lead: 90 RUB", free), ("queues:", "count_loss_as: replacement\nqueues:")))
    assert load(written(tmp_path, ("queues:", "count_loss_as: replacement\nqueues:"))).variants


def test_a_worth_that_nobody_uses_needs_a_lead_cost_too() -> None:
    """As every other entry does."""
    unused = (
        "worth: {b: {converts: 14%, first_order: 9 RUB, margin: 30%, orders_per_year: 4, years: 10, discount: 15%}}"
    )
    with pytest.raises(
        ScenarioError, match=r"worth\.b: expected `lead_cost:` such as `lead_cost: 350 RUB`, found nothing"
    ):
        scenario("currency: RUB", unused)


def test_a_variant_may_say_it_the_other_way(tmp_path: Path) -> None:
    """`none` removes the budget, and the price of a lead takes its place."""
    dear = "variants: {today: {}, by the lead: {sources: {ads: {budget: none, cost_per_lead: 120 RUB}}}}\n"
    found = load(written(tmp_path, ("worth: {buyer", f"{dear}worth: {{buyer"))).variants
    assert found["today"].sources["ads"].budget == (50_000, "month")
    assert found["by the lead"].sources["ads"].cost_per_lead == 120


def test_check_says_what_was_understood(tmp_path: Path) -> None:
    """Of each source what its advertising costs, and of the worth that a lead costs what the sources say."""
    text = " ".join("\n".join(summary(load(written(tmp_path)), 120)).split())
    assert "advertised for 50 000 RUB per month, which its callers of kind new share" in text
    assert "advertising costs 90 RUB for each caller of kind new" in text
    assert "a lost new caller costs its part of its source's advertising, or 38 in first orders" in text


def test_advertising_that_is_half_said_is_remarked_on(tmp_path: Path) -> None:
    """A lead cost that no source uses; a budget whose customers are worth nothing known."""
    assert not [one for one in remarks_on(load(written(tmp_path)).variants) if "lead" in one or "budget" in one]
    unused = written(tmp_path, ("converts: 14%", "lead_cost: 350 RUB, converts: 14%"))
    assert any("`lead_cost:` is not used" in one for one in remarks_on(load(unused).variants))
    half = written(tmp_path, ("worth: buyer,\n        redial", "\n        redial"))
    assert any("sources.ads: `budget:` without `worth:`" in one for one in remarks_on(load(half).variants))


# Showing.


def test_channels_stand_side_by_side_and_fit_the_page() -> None:
    """Three channels on 80 columns; on a narrow page they go on below."""
    found = run(load(SCENARIOS / "10_ad_channels.yaml"), 3)
    for width in (80, 120):
        lines = shown(found, width).splitlines()
        assert max(map(len, lines)) <= width
        assert re.match("A: channels +search ads +maps +social$", next(line for line in lines if "A: ch" in line))
    assert max(map(len, shown(found, 60).splitlines())) <= 60


def test_a_run_without_advertising_says_nothing_of_channels(tmp_path: Path) -> None:
    """Neither rows nor notes."""
    nothing = ("sources.ads.budget=none", "sources.web.cost_per_lead=none", "worth.buyer.lead_cost=90 RUB")
    found = result(tmp_path, settings=nothing)
    text = shown(found)
    assert not re.search(r"channel|CAC|guessed|\blead\b", text)
    assert as_json(found)["variants"][0]["channels"] is None


def test_one_channel_has_no_ranks(tmp_path: Path) -> None:
    """There is nothing to hold it against, and no sum of several."""
    found = result(tmp_path, settings=("sources.web.cost_per_lead=none", "worth.buyer.lead_cost=90 RUB"))
    text = shown(found)
    assert "a lead delivered" in text
    assert "rank" not in text
    assert "all channels" not in text


def test_one_replication_shows_values_without_spreads(tmp_path: Path) -> None:
    """And every channel may have any rank."""
    section = shown(result(tmp_path, replications=1)).split("channels  ")[1]
    assert "±" not in section.partition("missed while open")[0]
    assert re.search(r"by cost of a lead +1 to 2 +1 to 2", section)


def test_what_is_not_known_is_a_dash(tmp_path: Path) -> None:
    """Nobody calls: no cost of a lead, no rank, and customers who are never paid back."""
    text = shown(result(tmp_path, ("5 per hour", "0 per hour")))
    assert re.search(r"a lead delivered +- +90 |a lead delivered +- +-", text)
    assert re.search(r"paid back, months +never", text)
    json.dumps(as_json(result(tmp_path, ("5 per hour", "0 per hour"))), allow_nan=False)


def test_a_customer_is_paid_back_at_once_later_or_never(tmp_path: Path) -> None:
    """A first order brings 270, a year 1,080, a lifetime 4,968. A lead at 20 RUB makes a customer of 143 where
    none is lost, of 90 one of 643, of 900 one of 6,429; somewhat more where some are."""
    for price, text, word in (("20 RUB", "at once", "yes"), ("90 RUB", r"\d", "yes"), ("900 RUB", "never", "no")):
        found = result(tmp_path, ("90 RUB", price))
        line = next(line for line in shown(found).splitlines() if line.startswith("paid back, months"))
        assert re.search(f"{text}$", line)
        told = as_json(found)["variants"][0]["channels"]["by_source"]["web"]["payback"]
        assert told["paid_back"] == word
        assert (told["value"] is None) == (word == "no")


def test_json_holds_every_figure_with_its_interval_and_unit(tmp_path: Path) -> None:
    """By source and of all, the ranks, and the differences to the first variant."""
    more = "variants: {today: {}, two: {teams: {desk: {agents: 2}}}}\n"
    found = result(tmp_path, ("worth: {buyer", f"{more}worth: {{buyer"))
    first, second = (variant["channels"] for variant in as_json(found)["variants"])
    keys = {figure.key for figure in FIGURES}
    assert set(first["all"]) == keys
    for channel in first["by_source"].values():
        assert set(channel) == keys | {"payback", "payback_at_best"}
        assert all(one["low"] <= one["value"] <= one["high"] for one in channel.values() if one["low"] is not None)
    assert first["by_source"]["web"]["per_target"]["value"] == pytest.approx(90.0)
    assert first["by_source"]["ads"]["per_target"]["unit"] == "RUB"
    assert first["by_source"]["ads"]["wasted"]["unit"] == "RUB per month"
    assert set(first["ranks"]) == {"per_contact", "per_target", "ltv_cac"}
    assert first["differences"]["ads"]["lost"]["value"] == 0.0
    assert second["differences"]["ads"]["lost"]["high"] < 0.0


def test_the_notes_explain_the_words_that_the_rows_use(tmp_path: Path) -> None:
    """Lead, guess, LTV / CAC, payback, rank; and no word of customers where there is no worth."""
    text = shown(result(tmp_path))
    for word in ("lead: ", "a lead handled: ", "guessed from a log: ", "LTV / CAC: ", "paid back: ", "rank: "):
        assert f"\n{word}" in text
    bare = result(tmp_path, (", worth: buyer", ""), ("cost_per_lead", "patience_on_redial: redrawn, cost_per_lead"),
                  settings=("worth=none",))  # fmt: skip
    assert "CAC" not in shown(bare)


def test_other_budgets_are_pointed_out(tmp_path: Path) -> None:
    """What is spent is in no total cost, so that dropping a channel would look like a gain."""
    for change, warned in (("{budget: 1 000 RUB per month}", True), ("none", True), ("{callers: 4 per hour}", False)):
        more = f"variants: {{today: {{}}, other: {{sources: {{ads: {change}}}}}}}\n"
        web = ("cost_per_lead: 90 RUB", "budget: 9 000 RUB per month")
        text = shown(result(tmp_path, ("worth: {buyer", f"{more}worth: {{buyer"), web))
        assert ("different sums on advertising" in text) == warned


def test_the_counted_time_is_shown_as_it_is(tmp_path: Path) -> None:
    """Of a week the budget of a week: 50,000 x 84 / 365."""
    found = run(load(written(tmp_path)), 2, per_month=False)
    told: Any = as_json(found)["variants"][0]["channels"]["by_source"]["ads"]["spent"]
    assert told["value"] == pytest.approx(50_000 * 84 / 365)
    assert told["unit"] == "RUB in the counted time"


def test_titles_fit_beside_three_channels() -> None:
    """On a page of 80 columns: 21 for the title."""
    assert all(len(figure.title) <= 21 for figure in FIGURES)
    assert tables.TITLES.keys().isdisjoint(figure.key for figure in FIGURES)


def test_the_page_of_channels_is_real_output() -> None:
    """docs/channels.md shows what its commands print and defines what the code computes."""
    text = CHANNELS_PAGE.read_text(encoding="utf-8")
    assert channels_page(text) == text
