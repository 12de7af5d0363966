"""What the first lines of a shipped scenario claim is what its numbers say."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from callsim.estimate import Estimate, added, difference, interval
from callsim.replicate import VariantResult, run
from callsim.scenario import load

SCENARIOS = Path(__file__).parent.parent / "scenarios"


class Claim(NamedTuple):
    """That one variant has more of a measure than another."""

    file: str
    measure: str
    more: str
    less: str


CLAIMS = [
    Claim("02_shop", "total_cost", "today", "a menu that answers at once"),
    Claim("02_shop", "total_cost", "third person at the desk", "today"),
    Claim("02_shop", "lost_callers", "all outsourced", "today"),
    Claim("02_shop", "total_cost by lifetime", "all outsourced", "today"),
    Claim("02_shop", "total_cost by lifetime", "all outsourced", "third person at the desk"),
    Claim("02_shop", "total_cost by lifetime", "today", "a menu that answers at once"),
    Claim("06_skills", "lost_callers", "each to their own", "they help each other"),
    Claim("06_skills", "lost_callers", "they help each other", "everybody takes everything"),
    Claim("06_skills", "total_cost", "they help each other", "they help each other, no trainees"),
    Claim("06_skills", "total_cost by lifetime", "they help each other, no trainees", "they help each other"),
    Claim("07_overflow", "lost_callers", "after two rings", "passed on after one ring"),
    Claim("07_overflow", "lost_callers", "after three rings", "after two rings"),
    Claim("07_overflow", "total_cost", "passed on after one ring", "when closed"),
    Claim("07_overflow", "total_cost", "every call", "after one ring and when closed"),
    Claim("07_overflow", "total_cost", "three calls in ten and when closed", "after one ring and when closed"),
    Claim("08_callbacks", "lost_callers", "a second person", "the desk calls missed callers back"),
    Claim("08_callbacks", "missed_rate_open", "the desk calls missed callers back", "nobody calls back"),
    Claim("08_callbacks", "total_cost", "nobody calls back", "the desk calls missed callers back"),
    Claim("08_callbacks", "total_cost", "nobody calls back", "a kept place offered after a minute"),
    Claim("08_callbacks", "total_cost", "kept places and calling back", "calling back if interest lasted for days"),
    Claim("08_callbacks", "total_cost", "a second person", "nobody calls back"),
    Claim("10_ad_channels", "total_cost", "today", "a service takes what the desk misses"),
    Claim("10_ad_channels", "loss_acquisition", "today", "a service takes what the desk misses"),
    Claim("11_chat_and_forms", "total_cost", "today", "one person until ten in the evening"),
    Claim("11_chat_and_forms", "total_cost", "a third person at the desk", "a third person who chats, three at once"),
    Claim("11_chat_and_forms", "total_cost", "today", "a third person who chats, three at once"),
    Claim(
        "11_chat_and_forms",
        "total_cost",
        "a third person who chats, three at once",
        "one person until ten in the evening",
    ),
    Claim("11_chat_and_forms", "total_cost", "one of the two chats, three at once", "today"),
    Claim(
        "11_chat_and_forms",
        "total_cost",
        "one person until ten in the evening",
        "if interest in a form lasted for days",
    ),
    Claim("09_four_reps", "total_cost", "four of our own", "teledirect"),
    Claim("09_four_reps", "total_cost", "four of our own", "go answer by the minute"),
    Claim("09_four_reps", "lost_callers", "teledirect", "four of our own"),
    Claim("09_four_reps", "lost_callers", "go answer by the minute", "teledirect"),
    Claim("09_four_reps", "total_cost by lifetime", "teledirect", "four of our own"),
    Claim("09_four_reps", "total_cost by lifetime", "go answer with a package", "four of our own"),
    Claim("13_wages", "total_cost", "own staff", "an agency"),
    Claim("13_wages", "total_cost", "an agency at twice the wage", "own staff"),
    Claim("08_callbacks", "loss_first_order", "kept places and calling back", "a second person"),
    Claim("12_plans", "invoices", "by the minute", "with a package of 125 minutes"),
    Claim("12_plans", "invoices", "by the call", "by the minute"),
    Claim("12_plans", "invoices", "by the started minute", "by the minute"),
]


Variants = dict[str, VariantResult]


@pytest.fixture(scope="module")
def played() -> dict[str, Variants]:
    """Ten replications of each file, its variants by name."""
    files = dict.fromkeys(claim.file for claim in CLAIMS)
    results = {file: run(load(SCENARIOS / f"{file}.yaml"), 10) for file in files}
    return {file: {variant.name: variant for variant in result.variants} for file, result in results.items()}


def found(variant: VariantResult, measure: str) -> Estimate:
    """A measure; `total_cost by lifetime` is what `count_loss_as: lifetime` would make of the total."""
    if measure == "total_cost by lifetime":
        return added(*(variant.money[key] for key in ("payroll", "invoices", "loss_lifetime")))
    return variant.all[measure]


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: f"{claim.file}: {claim.more} > {claim.less}")
def test_a_scenario_shows_what_its_first_lines_say(claim: Claim, played: dict[str, Variants]) -> None:
    """The paired difference is larger than its 95 % interval."""
    more, less = (found(played[claim.file][name], claim.measure) for name in (claim.more, claim.less))
    low = interval(difference(less, more)).low
    assert low is not None
    assert low > 0.0


def test_helping_each_other_brings_most_of_what_knowing_everything_would(played: dict[str, Variants]) -> None:
    """At least four fifths of what it would save in first orders lost."""
    losses = {name: variant.money["loss_first_order"].value for name, variant in played["06_skills"].items()}
    apart, everything = losses["each to their own"], losses["everybody takes everything"]
    assert apart - losses["they help each other"] > 0.8 * (apart - everything)


def test_a_recorder_for_the_night_brings_nothing(played: dict[str, Variants]) -> None:
    """It saves less than a fiftieth of the total cost."""
    cost = {name: variant.money["total_cost"].value for name, variant in played["08_callbacks"].items()}
    assert cost["a recorder when closed"] > 0.98 * cost["nobody calls back"]


def test_outsourcing_everything_is_about_as_dear_as_today_by_first_orders(played: dict[str, Variants]) -> None:
    """Within a tenth."""
    cost = {name: variant.money["total_cost"].value for name, variant in played["02_shop"].items()}
    assert cost["all outsourced"] == pytest.approx(cost["today"], rel=0.1)


def test_forms_are_answered_late_but_nearly_always(played: dict[str, Variants]) -> None:
    """Fewer than one in a hundred is never reached, and about one in three within the hour."""
    forms = played["11_chat_and_forms"]["today"].by_source["forms"]
    assert forms["lost_caller_rate"].value < 0.01
    assert 0.25 < forms["forms_in_1_h"].value < 0.4


def test_wages_are_less_than_half_of_what_a_desk_costs(played: dict[str, Variants]) -> None:
    """Of own staff, by the lines of the payroll; and whoever pays them, callers fare the same."""
    found = played["13_wages"]
    own = found["own staff"].payroll[""]
    assert 0.4 < own["wages"].value / own["payroll"].value < 0.5
    assert len({variant.measures["lost_callers"].value for variant in found.values()}) == 1


def test_the_cost_of_a_call_names_the_wrong_channel(played: dict[str, Variants]) -> None:
    """Social calls are the cheapest, and leads from maps: surely so, and by all channels' intervals at once."""
    found = played["10_ad_channels"]["today"].channels
    assert found is not None
    assert found.ranks["per_contact"]["social"].worst == found.ranks["per_target"]["maps"].worst == 1
    assert found.by_source["social"].figures["target_share"].value < 0.2
    assert found.by_source["maps"].figures["missed_share"].value > 0.6


def test_leads_handled_blame_a_channel_for_the_phone(played: dict[str, Variants]) -> None:
    """Of leads handled those from maps are dearer than those from search ads, of leads delivered they are cheaper."""
    found = played["10_ad_channels"]["today"].channels
    assert found is not None
    maps, search = (found.by_source[name].figures for name in ("maps", "search ads"))
    for key, dearer in (("per_handled", True), ("per_target", False)):
        gap = interval(difference(search[key], maps[key]))
        assert gap.low is not None
        assert gap.high is not None
        assert gap.low > 0.0 if dearer else gap.high < 0.0


def test_the_same_budget_wins_half_as_many_customers_again(played: dict[str, Variants]) -> None:
    """And more; maps is then the best by what customers bring, and every channel brings more than three times its cost."""
    found = [variant.channels for variant in played["10_ad_channels"].values()]
    assert all(found)
    today, service = (one for one in found if one is not None)
    won = [one.whole.figures["won"] for one in (today, service)]
    assert won[1].value > 1.5 * won[0].value
    assert service.ranks["ltv_cac"]["maps"].worst == 1
    lows = [interval(one.figures["ltv_cac"]).low for one in service.by_source.values()]
    assert min(low for low in lows if low is not None) > 3.0
    assert today.whole.figures["ltv_cac"].value < 3.0


def test_callers_fill_a_third_of_the_time_of_the_four(played: dict[str, Variants]) -> None:
    """That is why both services are cheaper."""
    assert played["09_four_reps"]["four of our own"].measures["occupancy"].value == pytest.approx(1 / 3, abs=0.03)
