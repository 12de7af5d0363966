"""The waterfall leads from missed calls x lifetime revenue to the modelled loss and adds up exactly."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from callsim.cli import main
from callsim.economics import LOSS_KEYS, ledger, prices
from callsim.replicate import run
from callsim.scenario import load
from callsim.sums import add_up
from callsim.tables import as_json, blocks, plain
from callsim.value import Buyer, Existing, loss_of_caller, loss_of_existing
from callsim.waterfall import RUNGS, Chain, levels, steps
from tests.byhand import logs
from tests.script import scenario
from tests.test_nothing_is_lost_twice import BUYER, SHOP, STAKE

CALLS = """
who   no dialled  queue asked    joined   left     outcome
ads 1 1  10:00:00 sales 10:00:00 10:00:00 10:00:20 abandoned_ringing
ads 1 2  10:05:00 sales 10:05:00 10:05:00 10:05:20 abandoned_ringing
ads 2 1  10:00:00 sales 10:00:00 10:00:00 10:00:20 abandoned_ringing
ads 3 1  10:00:00 sales 10:00:00 10:00:00 10:00:20 abandoned_ringing
ads 4 1  10:00:00 sales 10:00:00 10:00:00 10:00:20 abandoned_ringing
ads 5 1  10:00:00 sales 10:00:00 10:00:00 10:00:20 abandoned_ringing
ads 6 1  23:59:00 sales 23:59:00 23:59:00 23:59:20 abandoned_ringing
"""
PEOPLE = """
who   dialled  kind     resolution  resolved served   first_missed
ads 1 10:00:00 new      lost        10:05:20 -        10:00:00
ads 2 10:00:00 new      served      10:11:00 10:10:00 10:00:00
ads 3 10:00:00 new      called_back 11:01:00 11:00:00 10:00:00
ads 4 10:00:00 junk     lost        10:00:20 -        10:00:00
ads 5 10:00:00 existing lost        10:00:20 -        10:00:00
ads 6 23:59:00 new      open        -        -        23:59:00
ads 7 10:00:00 new      unserved    10:01:00 -        -
ads 8 10:00:00 new      served      10:01:00 10:00:30 -
"""


def test_a_day_by_hand() -> None:
    """Seven missed calls of six people at 722,500. One is a redial; one was answered in vain; one got through, one is
    open, half of one was won back; one is junk and one a customer already: 2.5 possible customers are lost."""
    of = scenario(SHOP, STAKE)
    log = logs(of, calls=CALLS, people=PEOPLE)
    found = steps(ledger(of, prices(of), log).waterfall_levels(add_up(of, log)))
    assert {step.rung.key: step.amount for step in found} == {
        "naive": Decimal("5057500.00"),
        "acquisition": Decimal("-17500.00"),
        "redials": Decimal("-720000.00"),
        "in_vain": Decimal("720000.00"),
        "got_through": Decimal("-720000.00"),
        "open": Decimal("-720000.00"),
        "called_back": Decimal("-360000.00"),
        "no_customers": Decimal("-720000.00"),
        "existing": Decimal("-720000.00"),
        "conversion": Decimal("-1548000.00"),
        "margin": Decimal("-176400.00"),
        "years": Decimal("-40824.00"),
        "view": Decimal("0.00"),
        "stakes": Decimal("5481.00"),
    }
    assert sum(step.amount for step in found) == Decimal("40257.00")  # 2.5 x 13,910.40 + 5,481


@pytest.mark.parametrize("view", LOSS_KEYS)
def test_it_begins_and_ends_with_the_amounts_of_the_table(view: str) -> None:
    """The naive figure at the top, the loss counted at the bottom."""
    of = scenario(SHOP, STAKE, f"count_loss_as: {view}")
    log = logs(of, calls=CALLS, people=PEOPLE)
    found = ledger(of, prices(of), log).amounts(add_up(of, log))
    first, *_, last = ledger(of, prices(of), log).waterfall_levels(add_up(of, log))
    assert first == pytest.approx(found["loss_naive"])
    assert last == pytest.approx(found[LOSS_KEYS[view]])


SHARES = st.floats(0, 1)
PEOPLE_COUNTS = st.floats(0, 1e5)


@given(
    chain=st.builds(Chain, *[PEOPLE_COUNTS] * 8),
    buyer=st.builds(
        Buyer,
        st.floats(0, 1e5), st.just(0.0) | st.floats(1e-6, 1), st.floats(0, 1e6), SHARES, st.floats(0.01, 100), st.floats(0, 0.99), SHARES,
        SHARES, st.floats(0, 10), st.floats(0, 10),
    ),
    stake=st.none() | st.builds(Existing, SHARES, SHARES, st.floats(0, 1e6)),
    view=st.sampled_from(list(LOSS_KEYS)),
    decimals=st.sampled_from([0, 2]),
)  # fmt: skip
def test_the_steps_add_up_exactly(chain: Chain, buyer: Buyer, stake: Existing | None, view: str, decimals: int) -> None:
    """To the last level as it is shown: not nearly, but in every digit, whatever the callers and their worth."""
    at_stake = None if stake is None else loss_of_existing(buyer, stake)
    found = levels(chain, buyer, loss=loss_of_caller(buyer), stake=at_stake, view=view)
    fall = steps(found, decimals)
    assert [step.rung for step in fall] == list(RUNGS)
    total = sum(step.amount for step in fall)
    assert abs(total - Decimal(repr(found[-1]))) <= Decimal("0.5").scaleb(-decimals)
    assert total == total.quantize(Decimal(1).scaleb(-decimals))
    running = Decimal(0)
    for step, level in zip(fall, found, strict=True):
        running += step.amount
        assert abs(running - Decimal(repr(level))) <= Decimal("0.5").scaleb(-decimals)


def test_the_gap_of_the_worked_chain() -> None:
    """300 missed calls, 201 callers, 60 % of them new, a quarter won back: 216,750,000 comes down to 1,550,097.08."""
    chain = Chain(300, 201, 0, 0, 0, 201 * 0.25, 90.45, 0)
    found = steps(levels(chain, BUYER, loss=loss_of_caller(BUYER), stake=None, view="with referrals"))
    assert found[0].amount == Decimal("216750000.00")
    assert sum(step.amount for step in found) == Decimal("1550097.08")
    assert found[0].amount / sum(step.amount for step in found) == pytest.approx(
        Decimal("139.83"), abs=Decimal("0.005")
    )


def test_revenue_without_an_end_has_no_waterfall() -> None:
    """Customers who never leave bring revenue for ever, and nothing comes down from there."""
    endless = BUYER._replace(kept=1.0)
    chain = Chain(1, 1, 0, 0, 0, 0, 1, 0)
    assert steps(levels(chain, endless, loss=loss_of_caller(endless), stake=None, view="lifetime")) == ()


@pytest.fixture(scope="module")
def shop() -> Any:
    return run(load(Path("scenarios/02_shop.yaml")), 2)


def test_json_always_has_it(shop: Any) -> None:
    """With steps whose decimals add up to the total, and that is the loss of the table."""
    for variant in as_json(shop)["variants"]:
        fall = variant["waterfall"]
        assert fall["view"] == "first order"
        assert sum(Decimal(str(step["amount"])) for step in fall["steps"]) == Decimal(str(fall["total"]))
        assert fall["total"] == pytest.approx(variant["money"]["loss_first_order"]["value"], abs=0.005)
        assert fall["steps"][0]["amount"] == pytest.approx(variant["money"]["loss_naive"]["value"], abs=0.005)


def test_the_table_shows_it_where_asked(shop: Any) -> None:
    """And its whole numbers add up as well."""
    assert "waterfall" not in plain(list(blocks(shop, 100)))
    text = plain(list(blocks(shop, 200, waterfall=True)))
    rows = text[text.index("waterfall, RUB per month") :].split("\n\n")[0].splitlines()[1:]
    cells = [re.split(" {2,}", row)[1:] for row in rows]
    columns = [[int(cell.replace(" ", "")) for cell in row] for row in cells]
    for amounts_ in zip(*columns, strict=True):
        assert sum(amounts_[:-1]) == amounts_[-1]


def test_the_command_shows_it() -> None:
    """`--waterfall`, or a word why there is none."""
    command = ["run", "scenarios/03_publisher.yaml", "--replications", "1", "--variant", "one clerk"]
    shown = CliRunner().invoke(main, [*command, "--waterfall"])
    assert shown.exit_code == 0
    assert "callers, not calls" in shown.output
    printed = json.loads(CliRunner().invoke(main, [*command, "--json"]).output)
    assert printed["variants"][0]["waterfall"]["view"] == "lifetime"
    nothing = CliRunner().invoke(main, ["run", "scenarios/01_one_desk.yaml", "--replications", "1", "--waterfall"])
    assert "There is no waterfall" in nothing.output
