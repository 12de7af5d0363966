"""Money that is estimated: payroll, what a caller is worth, what lost callers cost. Floats, in the currency."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from callsim import advertising, payroll, tariffs, value, waterfall
from callsim.calllog import Logs, Resolution
from callsim.columns import Columns, in_window
from callsim.estimate import Estimate, mean, ratio, scaled
from callsim.metrics import MONTH
from callsim.scenario.plans import Tariff
from callsim.scenario.vocabulary import KINDS, Pay, Scenario
from callsim.sums import Sums
from callsim.tariffs.traffic import OutsourcedCalls
from callsim.value import LOSS_VIEWS, Loss

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

NEW, EXISTING = KINDS.index("new"), KINDS.index("existing")
RESOLUTIONS = Resolution.OPEN + 1
GOT_THROUGH = [Resolution.SERVED, Resolution.OUTSOURCED, Resolution.SELF_SERVED]
GONE = [Resolution.LOST, Resolution.UNSERVED]


class Amount(NamedTuple):
    """One row of money: its key, title and meaning."""

    key: str
    title: str
    definition: str


AMOUNTS = (
    Amount("payroll", "payroll",
           "paid hours x wage x (1 + employer taxes), seats, flat sums, and what else `pay` names, line by line below"),
    Amount("invoices", "invoices",
           "what vendors charge by their tariffs for the calls that they answered; by vendor as `invoice/NAME`"),
    Amount("phone_lines", "phone lines", "`lines` x `line_rent`"),
    Amount("loss_acquisition", "lost: advertising",
           "lead cost of lost callers of kind new, and of those called back the share that has cooled"),
    Amount("loss_first_order", "lost: first orders",
           "margin of the first orders that lost callers would have placed, and of orders at stake with existing ones"),
    Amount("loss_lifetime", "lost: lifetime value",
           "discounted margin of the customers they would have become, and of existing ones who leave"),
    Amount("loss_with_referrals", "lost: with referrals", "the same and the customers these would have brought"),
    Amount("loss_replacement", "lost: replacement",
           "lead cost of as many other callers, or the lifetime value where that is less: for whoever can buy more "
           "leads at the same price"),
    Amount("loss_naive", "naive: calls x lifetime",
           "every missed call as a lost customer's acquisition and whole revenue: not a cost"),
    Amount("total_cost", "total cost", "payroll, invoices, phone lines and the loss named by `count_loss_as`"),
)  # fmt: skip
"""The five losses are alternative views of the same callers and are never added up."""

PARTS = (
    Amount("new_gone", "new callers lost for good", "of a source with a worth, never reached or not helped"),
    Amount("new_called_back", "new callers called back", "of a source with a worth"),
    Amount("new_cooled", "of them lost by then", "what their interest had cooled, in callers"),
    Amount("existing_lost", "existing customers lost",
           "where something is at stake with them; those called back as far as their interest had cooled"),
    Amount("loss_gone", "lost for good", "what the first cost, in the view that is counted"),
    Amount("loss_cooled", "called back too late", "what the third cost"),
    Amount("loss_existing", "existing customers", "what the fourth cost"),
)  # fmt: skip
"""What the loss counted is made of: people and, where a view is counted, their three amounts, which add up to it."""

INVOICE = "invoice/"
"""Begins the keys of what each vendor charges: `invoice/night desk`."""

LOSS_KEYS = {view: f"loss_{view.replace(' ', '_')}" for view in LOSS_VIEWS}


class Prices(NamedTuple):
    """What a scenario's sums are multiplied with: computed once, used for every replication."""

    currency: str | None
    pay: Mapping[str, tuple[Pay, int]]
    """Pay and seats by team."""
    contracts: Mapping[str, Tariff]
    """By vendor that callers can come to."""
    line_rent: float | None
    """Of all lines, a month."""
    losses: Mapping[str, Loss]
    """Loss of a lost caller of kind new by source."""
    stakes: Mapping[str, Loss]
    """Loss of a lost caller of kind existing by source, where something is at stake."""
    halves_in: Mapping[str, float]
    """Half-life of the interest of a caller of kind new by source, where it cools."""
    halves_in_existing: Mapping[str, float]
    """The same for kind existing."""
    lasts: Mapping[str, float]
    """Share of new callers by source whose interest lasts, where it cools."""
    buyers: Mapping[str, value.Buyer]
    naive: Mapping[str, float]
    """The naive loss of a missed call by source."""
    counted_as: str | None


def prices(scenario: Scenario) -> Prices:
    """Everything in a scenario that has a price. What advertising costs by the lead is known only once leads came."""
    worths = {name: scenario.worth[source.worth] for name, source in scenario.sources.items() if source.worth}
    existing = {name: worth.existing for name, worth in worths.items() if worth.existing}
    return Prices(
        currency=scenario.currency,
        pay={name: (team.pay, payroll.seats_of(scenario, name)) for name, team in scenario.teams.items() if team.pay},
        contracts=tariffs.contracts(scenario),
        line_rent=None if scenario.line_rent is None else float(scenario.line_rent.amount) * (scenario.lines or 0),
        halves_in={name: worth.interest_halves_in for name, worth in worths.items() if worth.interest_halves_in},
        halves_in_existing={
            name: stake.interest_halves_in for name, stake in existing.items() if stake.interest_halves_in
        },
        lasts={name: worth.interest_at_least for name, worth in worths.items()},
        counted_as=scenario.count_loss_as,
        **_of_callers(scenario, advertising.lead_costs(scenario, brought={}, months=0.0)),
    )


def _of_callers(scenario: Scenario, lead_costs: Mapping[str, float]) -> dict[str, Any]:
    """What callers are worth by source, where leads cost so much."""
    worths = {name: scenario.worth[str(scenario.sources[name].worth)] for name in lead_costs}
    buyers = {name: worths[name].buyer._replace(lead_cost=cost) for name, cost in lead_costs.items()}
    return {
        "buyers": buyers,
        "losses": {name: value.loss_of_caller(buyer) for name, buyer in buyers.items()},
        "stakes": {
            name: value.loss_of_existing(buyers[name], stake)
            for name, worth in worths.items()
            if (stake := worth.stake)
        },
        "naive": {name: value.naive_loss_of_call(buyer) for name, buyer in buyers.items()},
    }


def settled(scenario: Scenario, price: Prices, *, brought: Mapping[str, float], months: float) -> Prices:
    """The prices of one replication in which so many leads were brought: a budget makes a lead dearer the fewer."""
    costs = advertising.lead_costs(scenario, brought=brought, months=months)
    return price._replace(**_of_callers(scenario, costs))


Amounts = dict[str, float]
"""Amounts by key; what has no price is not there."""


class Ledger:
    """The money of one replication, from its log or from parts of it in turn."""

    def __init__(self, scenario: Scenario, price: Prices) -> None:
        self._scenario = scenario
        self._price = price
        self._stories = _Stories(scenario, price)
        self._at_vendors = OutsourcedCalls()

    def add(self, logs: Logs) -> None:
        """Add the log of a replication, or the next part of it."""
        if self._price.losses or advertising.is_advertised(self._scenario):
            for callers in logs.blocks("callers"):
                self._stories.add(callers)
        if self._price.contracts:
            self._at_vendors.add(logs)

    def amounts(self, sums: Sums, *, per_month: bool = True) -> Amounts:
        """The money of the counted time, with invoices as they are to be told: per month, or as they come.

        Teams without pay have no payroll, and without it there is no total. Whoever has no vendor gets no invoice.
        """
        found, price = Amounts(), self.settled(sums)
        if price.pay or not sums.by_team:
            found["payroll"] = sum(sum(lines.values()) for lines in payrolls(price, sums).values())
        if price.currency is not None:
            found |= self._invoices(per_month=per_month)
        if price.line_rent is not None:
            found["phone_lines"] = price.line_rent * sums.total["counted_s"] / MONTH
        if price.losses:
            missed = {name: group["missed"] for name, group in sums.by_source.items()}
            told = self.stories()
            found |= losses(price, lost=told["new"].lost, missed=missed, existing=told["existing"].lost)
            found |= loss_parts(price, told)
        if price.counted_as is not None and "payroll" in found:
            others = ("invoices", "phone_lines", LOSS_KEYS[price.counted_as])
            found["total_cost"] = sum((found.get(key, 0.0) for key in others), found["payroll"])
        return found

    def settled(self, sums: Sums) -> Prices:
        """The prices of this replication, where what a lead costs depends on how many were brought."""
        if not advertising.is_advertised(self._scenario):
            return self._price
        leads = dict(zip(self._scenario.sources, self.people()[:, NEW].sum(axis=1).tolist(), strict=True))
        months = sums.total["counted_s"] / MONTH
        return settled(self._scenario, self._price, brought=leads, months=months)

    def _invoices(self, *, per_month: bool) -> Amounts:
        """What all vendors charge, and each of them, for the calls whose answers lie in the counted time.

        Per month they are what months of 365/12 days would cost, not rounded; else the invoices themselves.
        """
        found = tariffs.charged(self._scenario, self._price.contracts, self._at_vendors, mean_months=per_month)
        by_vendor = {f"{INVOICE}{vendor}": float(theirs) for vendor, theirs in found.items()}
        return {"invoices": sum(by_vendor.values())} | by_vendor

    def people(self) -> Ints:
        """The counted callers by source, kind and resolution; leads are those of kind new, missed ones among them."""
        return self._stories.people()

    def stories(self) -> dict[str, Stories]:
        """How the stories of the counted callers ended, by kind; nothing where no caller has a price."""
        return self._stories.told()

    def waterfall_levels(self, sums: Sums) -> tuple[float, ...]:
        """The levels from the naive figure down to the loss counted, else the lifetime view; none without any worth."""
        price = self.settled(sums)
        if not price.losses:
            return ()
        told = self.stories()
        view = price.counted_as or "lifetime"
        return waterfall.together(
            waterfall.levels(
                _chain(told, source, missed=sums.by_source[source]["missed"]),
                price.buyers[source],
                loss=loss,
                stake=price.stakes.get(source),
                view=view,
            )
            for source, loss in price.losses.items()
        )


def ledger(scenario: Scenario, price: Prices, logs: Logs) -> Ledger:
    """The money of one replication's log."""
    found = Ledger(scenario, price)
    found.add(logs)
    return found


class Stories(NamedTuple):
    """How the stories of counted callers of one kind ended, by source: people, or shares of their interest."""

    missed: Mapping[str, float]
    """Those with a missed call. The next three are among them."""
    got_through: Mapping[str, float]
    """Their need was met by a later call."""
    open: Mapping[str, float]
    """Nobody knows yet."""
    kept: Mapping[str, float]
    """Called back: the interest that was left."""
    in_vain: Mapping[str, float]
    """No call was missed, but a vendor that answered did not help, or a form was left; who was called back then, as far
    as cooled."""
    lost: Mapping[str, float]
    """Missed and none of the three, and those answered in vain."""
    gone: Mapping[str, float]
    """Those of the lost who were not called back: whole people."""
    called_back: Mapping[str, float]
    """People, whatever was left of their interest."""


def _ends() -> Floats:
    """Which people are counted where: a row for each field of Stories, by whether a call was missed and resolution."""
    ends = {name: np.zeros((2, RESOLUTIONS)) for name in Stories._fields}
    ends["missed"][1] = 1.0
    ends["got_through"][1, GOT_THROUGH] = 1.0
    ends["open"][1, Resolution.OPEN] = 1.0
    ends["in_vain"][0, GONE] = 1.0
    ends["lost"][:, GONE] = ends["gone"][:, GONE] = 1.0
    ends["called_back"][:, Resolution.CALLED_BACK] = 1.0
    return np.array([of.ravel() for of in ends.values()])


_ENDS = _ends()
SHARES = ("kept", "in_vain", "lost")
"""Of what some count shares besides: of those who were called back."""


class _Stories:
    """The counted callers by kind and source. Whoever was called back is lost as far as interest has cooled.

    Interest cools from the dial of the first missed call, or the first of all, to the call back: of it remains
    2^-(that time / half-life), or the share that lasts.
    """

    def __init__(self, scenario: Scenario, price: Prices) -> None:
        self._scenario = scenario
        self._halves_in, self._halves_in_existing = (
            _by_source(scenario, halves) for halves in (price.halves_in, price.halves_in_existing)
        )
        self._lasts = np.array([price.lasts.get(name, 0.0) for name in scenario.sources])
        groups = len(KINDS) * len(scenario.sources)
        self._people = np.zeros(groups * 2 * RESOLUTIONS, np.int64)
        """By kind, source, whether a call of theirs was missed, and resolution."""
        self._told: dict[str, Stories] | None = None
        """All that was added, where somebody has asked."""
        self._shares = np.zeros((len(SHARES), groups))
        """Of the interest of those who were called back, a row for each of SHARES."""

    def add(self, people: Columns) -> None:
        """Add callers."""
        self._told = None
        inside, resolution = in_window(self._scenario, people), people["resolution"]
        group = people["kind"] * len(self._scenario.sources) + people["source"]
        missed = ~np.isnan(people["first_missed"])
        cell = (group * 2 + missed) * RESOLUTIONS + resolution
        self._people += np.bincount(cell[inside], minlength=self._people.size)
        back = np.flatnonzero(inside & (resolution == Resolution.CALLED_BACK))
        if len(back):
            self._add_called_back(people, back, group[back], missed[back])

    def _add_called_back(self, people: Columns, rows: Ints, group: Ints, missed: Bools) -> None:
        """Add those who were called back, as far as their interest had cooled, and as far as not."""
        dialled, first, served = (people[name][rows] for name in ("dialled", "first_missed", "served"))
        existing, source = group // len(self._scenario.sources) == EXISTING, group % len(self._scenario.sources)
        halves_in = np.where(existing, self._halves_in_existing[source], self._halves_in[source])
        lasts = np.where(existing, 0.0, self._lasts[source])
        left = np.maximum(value.interest_left(served - np.where(missed, first, dialled), halves_in), lasts)
        lost = 1.0 - left
        shares = np.where(missed, left, 0.0), np.where(missed, 0.0, lost), lost
        for sums, share in zip(self._shares, shares, strict=True):
            # One after the other, so that no sum depends on how the log is cut.
            np.add.at(sums, group, share)

    def people(self) -> Ints:
        """In the shape (sources, kinds, resolutions)."""
        by_kind = self._people.reshape(len(KINDS), len(self._scenario.sources), 2, RESOLUTIONS)
        found: Ints = by_kind.sum(axis=2).transpose(1, 0, 2)
        return found

    def told(self) -> dict[str, Stories]:
        """All that was added, by kind."""
        if self._told is None:
            self._told = self._tell()
        return self._told

    def _tell(self) -> dict[str, Stories]:
        every = _ENDS @ self._people.reshape(-1, 2 * RESOLUTIONS).T.astype(np.float64)
        for name, share in zip(SHARES, self._shares, strict=True):
            every[Stories._fields.index(name)] += share
        by_kind = every.reshape(len(every), len(KINDS), -1).transpose(1, 0, 2).tolist()
        sources = self._scenario.sources
        return {
            kind: Stories(*(dict(zip(sources, of, strict=True)) for of in columns))
            for kind, columns in zip(KINDS, by_kind, strict=True)
        }


def _by_source(scenario: Scenario, half_lives: Mapping[str, float]) -> Floats:
    """Half-lives by place of the source, without end where nothing cools."""
    return np.array([half_lives.get(name, np.inf) for name in scenario.sources])


def losses(
    price: Prices,
    *,
    lost: Mapping[str, float],
    missed: Mapping[str, float],
    existing: Mapping[str, float] | None = None,
) -> Amounts:
    """The views of the callers lost, new and existing ones, and the naive view of the calls missed, all by source."""
    found = {
        key: sum(lost[source] * value.view_of(loss, view) for source, loss in price.losses.items())
        for view, key in LOSS_KEYS.items()
    }
    for view, key in LOSS_KEYS.items():
        found[key] += sum(
            (existing or {}).get(name, 0.0) * value.view_of(loss, view) for name, loss in price.stakes.items()
        )
    return found | {"loss_naive": sum(missed[source] * loss for source, loss in price.naive.items())}


def loss_parts(price: Prices, told: Mapping[str, Stories]) -> Amounts:
    """What PARTS name, of one replication."""
    new, existing = told["new"], told["existing"]
    cooled = {source: new.lost[source] - new.gone[source] for source in price.losses}
    found = {
        "new_gone": sum(new.gone[source] for source in price.losses),
        "new_called_back": sum(new.called_back[source] for source in price.losses),
        "new_cooled": sum(cooled.values()),
        "existing_lost": sum(existing.lost[source] for source in price.stakes),
    }
    if price.counted_as is not None:
        for key, people, costs in (
            ("loss_gone", new.gone, price.losses),
            ("loss_cooled", cooled, price.losses),
            ("loss_existing", existing.lost, price.stakes),
        ):
            found[key] = sum(people[name] * value.view_of(loss, price.counted_as) for name, loss in costs.items())
    return found


def _chain(told: Mapping[str, Stories], source: str, *, missed: float) -> waterfall.Chain:
    def people(column: str) -> float:
        return float(sum(getattr(one, column)[source] for one in told.values()))

    return waterfall.Chain(
        calls=missed,
        callers=people("missed"),
        in_vain=people("in_vain"),
        got_through=people("got_through"),
        open=people("open"),
        kept=people("kept"),
        lost_new=told["new"].lost[source],
        lost_existing=told["existing"].lost[source],
    )


def payrolls(price: Prices, sums: Sums) -> dict[str, payroll.Lines]:
    """The payroll of each paid team in one replication's counted time, line by line."""
    months = sums.total["counted_s"] / MONTH
    return {
        team: payroll.lines_of(
            pay,
            paid_hours=sums.by_team[team]["paid_hours"],
            overtime_hours=sums.by_team[team]["overtime_hours"],
            seats=seats,
            months=months,
        )
        for team, (pay, seats) in price.pay.items()
    }


def estimates(replications: Sequence[Amounts], sums: Sequence[Sums], *, per_month: bool = True) -> dict[str, Estimate]:
    """Every amount over replications, for a month of 365/12 days or for the counted time; NaN where it has no price."""
    factor = MONTH / sums[0].total["counted_s"] if per_month else 1.0
    by_vendor = [key for one in replications for key in one if key.startswith(INVOICE)]
    return _means(replications, dict.fromkeys([*(row.key for row in AMOUNTS), *by_vendor]), factor)


def part_estimates(
    replications: Sequence[Amounts], sums: Sequence[Sums], *, per_month: bool = True
) -> dict[str, Estimate]:
    """The same for what the loss counted is made of; nothing where nobody has a worth."""
    factor = MONTH / sums[0].total["counted_s"] if per_month else 1.0
    return _means(replications, [part.key for part in PARTS if part.key in replications[0]], factor)


def _means(replications: Sequence[Amounts], keys: Iterable[str], factor: float) -> dict[str, Estimate]:
    missing = float("nan")
    return {key: scaled(mean([one.get(key, missing) for one in replications]), factor) for key in keys}


PER = {"per_rostered_hour": "paid_hours", "per_handled_minute": "handled_minutes", "per_talk": "talks"}
"""What a payroll is set against: paid hours on the roster, minutes at work as simulated, and talks."""


def payroll_estimates(price: Prices, sums: Sequence[Sums], *, per_month: bool = True) -> dict[str, dict[str, Estimate]]:
    """The lines of the payroll by team, and of all paid teams under the empty name; all lines, and what they make
    for an hour, a minute and a talk. Nothing without pay."""
    if not price.pay:
        return {}
    factor = MONTH / sums[0].total["counted_s"] if per_month else 1.0
    paid = [payrolls(price, one) for one in sums]
    return {
        team: _payroll_of([[lines[name] for name in names] for lines in paid], _worked(sums, names), factor)
        for team, names in ({"": list(price.pay)} | {team: [team] for team in price.pay}).items()
    }


def _payroll_of(
    paid: list[list[payroll.Lines]], worked: Mapping[str, list[float]], factor: float
) -> dict[str, Estimate]:
    found = {
        line.key: scaled(mean([sum(lines[line.key] for lines in teams) for teams in paid]), factor)
        for line in payroll.LINES
    }
    whole = [sum(sum(lines.values()) for lines in teams) for teams in paid]
    found["payroll"] = scaled(mean(whole), factor)
    return found | {key: ratio(whole, worked[bottom]) for key, bottom in PER.items()}


def _worked(sums: Sequence[Sums], names: Sequence[str]) -> Mapping[str, list[float]]:
    """What teams did, by replication."""

    def every(column: str) -> list[float]:
        return [sum(one.by_team[name][column] for name in names) for one in sums]

    minutes = [seconds / 60.0 for seconds in every("handling_s")]
    return {"paid_hours": every("paid_hours"), "handled_minutes": minutes, "talks": every("talks")}


def waterfall_steps(
    replications: Sequence[Sequence[float]], sums: Sequence[Sums], *, per_month: bool = True
) -> tuple[waterfall.Step, ...]:
    """The steps of the mean levels, to the hundredth; none where there is no loss."""
    factor = MONTH / sums[0].total["counted_s"] if per_month else 1.0
    return waterfall.steps([factor * sum(level) / len(level) for level in zip(*replications, strict=True)])
