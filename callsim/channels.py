"""What advertising channels bring: contacts, target callers, customers, and what each of them costs.

A channel is a source that says what is spent on it, a contact is a call, a chat or a form, and a lead (a target caller)
a caller of kind new. Every contact is either a repeat, a call of somebody who has called before, or the first call of a
caller of one kind.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np

from callsim import advertising, value
from callsim.calllog import Resolution
from callsim.economics import NEW, Ledger, Prices
from callsim.estimate import Array, Estimate, Interval, difference, interval, jackknife, mean, ratio, scaled
from callsim.metrics import MONTH
from callsim.scenario.vocabulary import KINDS, Scenario
from callsim.sums import Sums
from callsim.value import Buyer

REDIAL_RULE = 0.33
"""Share of missed calls after which the caller calls again, as the trade says: weak, and all a phone log's reader
has who does not count it."""

HANDLED = (Resolution.SERVED, Resolution.OUTSOURCED, Resolution.SELF_SERVED, Resolution.CALLED_BACK)
ANSWERED = (Resolution.SERVED, Resolution.OUTSOURCED, Resolution.SELF_SERVED, Resolution.UNSERVED)
"""Callers of whom an answered call told what they wanted."""


class Figure(NamedTuple):
    """One row of a channel's figures."""

    key: str
    title: str
    unit: str
    """`per month`, `share`, `money per month`, `money` for one of something, `x` for times, or `months`."""
    definition: str


FIGURES = (
    Figure("spent", "spent", "money per month", "the budget, or cost per lead x leads"),
    Figure("contacts", "calls", "per month", "contacts as a phone log counts them, redials among them"),
    Figure("targets", "leads", "per month", "target callers: people of kind new, answered or missed"),
    Figure("lost", "leads lost", "per month",
           "those who were missed and never got through, or answered in vain, and of those called back the share that "
           "had cooled"),
    Figure("won", "customers won", "per month", "converts x leads not lost; each of them places a first order"),
    Figure("target_share", "leads", "share", "first calls of callers of kind new / calls"),
    Figure("repeat_share", "repeat calls", "share", "calls of people who had called before / calls"),
    Figure("other_share", "customers, questions", "share", "first calls of the kinds existing and service / calls"),
    Figure("junk_share", "spam", "share", "first calls of kind junk / calls; these four shares make up all calls"),
    Figure("missed_share", "missed calls", "share", "missed calls / calls, whoever made them"),
    Figure("per_contact", "a call", "money", "spent / calls: the naive cost per contact"),
    Figure("per_handled", "a lead handled", "money",
           "spent / leads whose need was met, also by a call back: leaves out whom the channel brought in vain"),
    Figure("per_target", "a lead delivered", "money", "spent / all leads, those missed among them"),
    Figure("per_target_guessed", "  guessed from a log", "money",
           "the same as somebody would guess it who knows only what answered callers wanted: 33 % of the missed calls "
           "are redialled, and the others come from people like those answered"),
    Figure("cac", "a customer (CAC)", "money", "spent / customers won"),
    Figure("ltv_cac", "LTV / CAC", "x", "lifetime value of the customers won / spent"),
    Figure("wasted", "wasted on lost leads", "money per month",
           "leads lost x cost of one delivered, month by month: the channel's part of `loss_acquisition`"),
    Figure("wasted_share", "  share of spending", "share", "wasted on lost leads / spent"),
    Figure("won_at_best", "customers won", "per month", "the same if no lead were lost"),
    Figure("cac_at_best", "a customer (CAC)", "money", "the same if no lead were lost"),
    Figure("ltv_cac_at_best", "LTV / CAC", "x", "the same if no lead were lost"),
)  # fmt: skip
"""Those of a channel, and of all channels together; of customers only where there is a worth."""

PAYBACK = Figure(
    "payback", "paid back, months", "months",
    "until a customer's margin has paid for winning them: 0 (`at once`) where that of the first order does, else cost "
    "/ margin of a month, that of later years discounted and left by those who left; never where LTV / CAC is below 1",
)  # fmt: skip


class Counted(NamedTuple):
    """What one channel came to in one replication."""

    spent: float
    contacts: float
    missed: float
    callers: float
    targets: float
    others: float
    junk: float
    handled: float
    """Target callers whose need was met."""
    open: float
    """Target callers whose story had not ended."""
    lost: float
    """Target callers, and shares of those called back."""
    answered: float
    """Callers of whom an answered call told what they wanted."""
    answered_targets: float


def count(scenario: Scenario, ledger: Ledger, sums: Sums) -> dict[str, Counted]:
    """The channels of one replication; nothing where no source says what its advertising costs."""
    advertised = {name: source for name, source in scenario.sources.items() if source.is_advertised}
    if not advertised:
        return {}
    months = sums.total["counted_s"] / MONTH
    lost = ledger.stories()["new"].lost
    people = dict(zip(scenario.sources, ledger.people().astype(float), strict=True))
    found = {}
    for name, source in advertised.items():
        own, calls = people[name], sums.by_source[name]
        by_kind, by_end = dict(zip(KINDS, own.sum(axis=1).tolist(), strict=True)), own.sum(axis=0)
        found[name] = Counted(
            spent=advertising.spent(source, leads=by_kind["new"], months=months),
            contacts=calls["attempts"] + calls["forms"],
            missed=calls["missed"],
            callers=float(own.sum()),
            targets=by_kind["new"],
            others=by_kind["existing"] + by_kind["service"],
            junk=by_kind["junk"],
            handled=float(own[NEW, list(HANDLED)].sum()),
            open=float(own[NEW, Resolution.OPEN]),
            lost=lost[name],
            answered=float(by_end[list(ANSWERED)].sum()),
            answered_targets=float(own[NEW, list(ANSWERED)].sum()),
        )
    return found


class Channel(NamedTuple):
    """What a channel comes to over replications."""

    figures: Mapping[str, Estimate]
    """By key; those of customers only where the channel has a worth."""
    buyer: Buyer | None
    """What its customers are; None of all channels together, or without a worth."""


class Rank(NamedTuple):
    """The place of a channel among all, 1 the best: the best and the worst that chance does not rule out."""

    best: int
    worst: int
    behind: Interval
    """How far it is from the best one, paired; all channels' intervals hold together."""


class Channels(NamedTuple):
    """All channels of a variant."""

    by_source: Mapping[str, Channel]
    whole: Channel
    """All of them together."""
    ranks: Mapping[str, Mapping[str, Rank]]
    """By what they are ranked, one of RANKED, then by source."""


RANKED = {"per_contact": -1.0, "per_target": -1.0, "ltv_cac": 1.0}
"""By what channels are ranked, and whether more of it is better."""


def estimates(
    replications: Sequence[Mapping[str, Counted]], price: Prices, sums: Sequence[Sums], *, per_month: bool = True
) -> Channels | None:
    """The channels over replications, counts for a month of 365/12 days or for the counted time; None without any."""
    names = list(replications[0])
    if not names:
        return None
    factor = MONTH / sums[0].total["counted_s"] if per_month else 1.0
    columns = {name: _columns([one[name] for one in replications]) for name in names}
    won = {name: _won(columns[name], price.buyers[name]) for name in names if name in price.buyers}
    figures = {name: _figures(columns[name], won.get(name), factor) for name in names}
    together = _added(list(columns.values()))
    whole_won = _added(list(won.values())) if len(won) == len(names) else None
    return Channels(
        {name: Channel(figures[name], price.buyers.get(name)) for name in names},
        Channel(_figures(together, whole_won, factor), None),
        {key: ranks({name: one[key] for name, one in figures.items() if key in one}, key) for key in RANKED},
    )


Columns = Mapping[str, Array]
"""By name, a value for each replication."""


def _columns(counted: Sequence[Counted]) -> Columns:
    table = np.array(counted, dtype=np.float64)
    found = {name: table[:, place] for place, name in enumerate(Counted._fields)}
    each = np.divide(found["spent"], found["targets"], out=np.zeros(len(table)), where=found["targets"] > 0)
    return found | {"wasted": each * found["lost"]}


def _won(of: Columns, buyer: Buyer) -> Columns:
    """Customers and what they bring, as it is and if no target caller were lost. Open stories are in neither."""
    ended, worth = of["targets"] - of["open"], value.customer_lifetime_value(buyer)
    won, at_best = buyer.converts * (ended - of["lost"]), buyer.converts * ended
    return {"won": won, "won_at_best": at_best, "brings": worth * won, "brings_at_best": worth * at_best}


def _added(parts: Sequence[Columns]) -> Columns:
    return {name: np.sum([part[name] for part in parts], axis=0) for name in parts[0]}


def _figures(of: Columns, won: Columns | None, factor: float) -> dict[str, Estimate]:
    """The figures of a channel; `factor` makes months of the counted time."""

    def number(column: Array) -> Estimate:
        return scaled(mean(column), factor)

    spent, calls = of["spent"], of["contacts"]
    found = {
        "spent": number(spent),
        "contacts": number(calls),
        "targets": number(of["targets"]),
        "lost": number(of["lost"]),
        "target_share": ratio(of["targets"], calls),
        "repeat_share": ratio(calls - of["callers"], calls),
        "other_share": ratio(of["others"], calls),
        "junk_share": ratio(of["junk"], calls),
        "missed_share": ratio(of["missed"], calls),
        "per_contact": ratio(spent, calls),
        "per_handled": ratio(spent, of["handled"]),
        "per_target": ratio(spent, of["targets"]),
        "per_target_guessed": _guessed(of),
        "wasted": number(of["wasted"]),
        "wasted_share": ratio(of["wasted"], spent),
    }
    if won is not None:
        for ending in ("", "_at_best"):
            customers = won[f"won{ending}"]
            found[f"won{ending}"] = number(customers)
            found[f"cac{ending}"] = ratio(spent, customers)
            found[f"ltv_cac{ending}"] = ratio(won[f"brings{ending}"], spent)
    return found


def _guessed(of: Columns) -> Estimate:
    """The cost of a target caller delivered, as the reader of a phone log would reckon it."""

    def delivered(sums: Array) -> float:
        spent, contacts, missed, answered, targets = sums.tolist()
        calls = contacts - missed
        # All that counts of the answered calls is how many people made them.
        found = value.funnel(
            spent, answered=calls, repeats=calls - answered, target=targets, missed=missed, redial=REDIAL_RULE
        )
        return found.delivered

    names = ("spent", "contacts", "missed", "answered", "answered_targets")
    return jackknife(np.column_stack([of[name] for name in names]), delivered)


def payback(channel: Channel, key: str = "cac") -> Interval | None:
    """Months until a customer has paid back what winning them cost, with the bounds of that; infinite where never.

    None without a worth, or where nothing was spent and nobody won.
    """
    buyer, cost = channel.buyer, channel.figures.get(key)
    if buyer is None or cost is None:
        return None
    if not math.isfinite(cost.value):
        return Interval(math.inf, None, None) if channel.figures["spent"].value else None
    found = interval(cost, least=0.0)
    # More cost is never paid back sooner, so the bounds of the one are those of the other.
    return Interval(*(None if bound is None else value.payback_months(buyer, bound) for bound in found))


def ranks(found: Mapping[str, Estimate], key: str) -> dict[str, Rank]:
    """The ranks of channels by one figure. Those that chance cannot tell apart share their places.

    A channel's rank is no better than 1 + the number of channels surely better, and no worse than their number less
    that of those surely worse. The differences of all pairs hold together in 95 % of all runs (Bonferroni).
    """
    sign = RANKED[key]
    known = {name: scaled(one, sign) for name, one in found.items() if math.isfinite(one.value)}
    if not known:
        return {}
    pairs = max(1, math.comb(len(known), 2))
    confidence = 1.0 - 0.05 / pairs

    def apart(one: str, other: str) -> Interval:
        return interval(difference(known[other], known[one]), confidence=confidence)

    ahead, behind = dict.fromkeys(known, 0), dict.fromkeys(known, 0)
    for one, other in combinations(known, 2):
        gap = apart(one, other)
        if gap.low is None or gap.high is None or gap.low <= 0.0 <= gap.high:
            continue
        better, worse = (one, other) if gap.low > 0.0 else (other, one)
        ahead[worse] += 1
        behind[better] += 1
    best = max(known, key=lambda name: known[name].value)
    return {
        name: Rank(
            1 + ahead[name],
            len(known) - behind[name],
            interval(difference(found[best], found[name]), confidence=confidence),
        )
        for name in known
    }
