"""Calculators about missed calls: how many callers are lost with them, and what that costs."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from callsim import value, waterfall
from callsim.value import Buyer
from callsim.worth.customers import has_an_end, years, years_or_retention
from callsim.worth.sheet import Benchmark, Given, Option, Question, Row, Sheet, above_zero, num, pct

ASSUMED = "weak: an assumption; what was counted were web forms, not calls"


def _chain(given: Given) -> tuple[list[Row], waterfall.Chain]:
    """From missed calls to lost callers of kind new, one row for each link."""
    calls, redial, new = given["calls"], given["redial"] or 0.0, 1.0 if given["new"] is None else given["new"]
    callers = calls * value.lost_of_missed(redial)
    left = _interest(given)
    won_back = (given["reached"] or 0.0) * left
    lost = callers * new * (1.0 - won_back)
    rows = [Row("callers", "callers who gave up", f"{num(calls)} x (1 - {pct(redial)})", callers)]
    rows.append(Row("new_callers", "possible customers", f"{num(callers)} x {pct(new)}", callers * new))
    if won_back:
        formula = f"{num(callers * new)} x {pct(given['reached'])} x {num(left)}"
        rows.append(Row("recovered", "won back by calling back", formula, callers * new * won_back))
        rows.append(Row("lost", "lost", f"{num(callers * new)} - {num(callers * new * won_back)}", lost))
    chain = waterfall.Chain(
        calls=calls, callers=callers, in_vain=0.0, got_through=0.0, open=0.0, kept=callers * won_back,
        lost_new=lost, lost_existing=0.0,
    )  # fmt: skip
    return rows, chain


def _interest(given: Given) -> float:
    """What is left of a caller's interest when the call back comes."""
    if given["interest_left"] is not None:
        return float(given["interest_left"])
    if given["after"] is not None:
        return value.interest_left(float(given["after"]), float(given["half_life"]))
    return 1.0


def _buyer(given: Given) -> Buyer:
    kept = given["retention"] if given["retention"] is not None else value.retention(given["years"])
    return Buyer(
        lead_cost=given["lead_cost"],
        converts=given["converts"],
        first_order=given["first_order"],
        margin=given["margin"],
        orders_per_year=given["orders_per_year"],
        kept=kept,
        discount=given["discount"],
        promoters=given["promoters"] or 0.0,
        referrals_each=given["referrals_each"] or 0.0,
        referred_worth=1.0 if given["referred_worth"] is None else given["referred_worth"],
    )


def _missed(given: Given) -> Sheet:
    """The four levels side by side, never added up, and below them what the popular method says."""
    currency, buyer = given["currency"], _buyer(given)
    rows, chain = _chain(given)
    loss, lost = value.loss_of_caller(buyer), chain.lost_new
    customers = lost * buyer.converts
    rows.append(Row("customers", "customers lost", f"{num(lost)} x {pct(buyer.converts)}", customers))
    lifetime, factor = value.customer_lifetime_value(buyer), value.referral_factor(buyer)
    levels = (
        ("acquisition", "1 advertising", f"{num(lost)} x {num(buyer.lead_cost)}"),
        ("first_order", "2 first orders", f"{num(customers)} x {num(buyer.first_order)} x {pct(buyer.margin)}"),
        ("lifetime", "3 lifetime value", f"{num(customers)} x {num(lifetime)}"),
        ("with_referrals", "4 with referrals", f"{num(customers)} x {num(lifetime)} x {num(factor)}"),
        ("replacement", "or: replacement", f"{num(lost)} x {num(loss.replacement)}"),
    )
    for key, title, formula in levels:
        amount = lost * value.view_of(loss, key)
        each = f"{num(amount / chain.calls, 2)} a missed call"
        rows.append(Row(key, title, formula, amount, currency, each))
    revenue = customers * buyer.first_order
    rows.append(
        Row("revenue", "revenue of first orders", f"{num(customers)} x {num(buyer.first_order)}", revenue, currency)
    )
    rows += _as_printed(chain, buyer, currency, modelled=lost * loss.with_referrals)
    fall = waterfall.steps(waterfall.levels(chain, buyer, loss=loss, stake=None, view="with referrals"))
    rows += [Row(f"step_{rung.key}", rung.title, "", float(amount), currency) for rung, amount in fall if amount]
    notes = ["1 to 4 and replacement are views of the same loss: take one, never their sum."]
    if fall:
        notes.append("The last lines lead from the popular method down to level 4 and add up to it exactly.")
    if given["redial"] is None or given["new"] is None:
        notes.append("Nothing said of --redial or --new: then nobody calls again, or everybody may become a customer.")
    benchmarks = [Benchmark("Interest that halves in an hour.", ASSUMED)] if given["after"] is not None else []
    return Sheet("what missed calls cost", rows, benchmarks, notes)


def _as_printed(chain: waterfall.Chain, buyer: Buyer, currency: str, *, modelled: float) -> Iterator[Row]:
    """What the article's method says: not a cost."""
    cost, order = value.acquisition_cost(buyer.lead_cost, buyer.converts), buyer.first_order
    times, stays = buyer.orders_per_year, value.years_of(buyer.kept)
    both = f"{num(cost)} + {num(order)}"
    note = "as printed: not a cost"
    yield Row("printed_order", "popular: with one order", both, cost + order, currency, note)
    if buyer.kept < 1.0:
        each = value.naive_loss_of_call(buyer)
        formula = f"{num(cost)} + {num(order)} x {num(times)} x {num(stays)}"
        yield Row("printed_lifetime", "popular: with a lifetime", formula, each, currency, note)
        expected = buyer.converts * value.lifetime_revenue(buyer)
        formula = f"{pct(buyer.converts)} x {num(order)} x {num(times)} x {num(stays)}"
        note = f"revenue to expect of one caller; the popular figure is {num(round(each / expected, 2))} times as much"
        if expected:
            yield Row("expected_revenue", "of that at most", formula, expected, currency, note)
        yield Row(
            "naive", "popular: all missed calls", f"{num(chain.calls)} x {num(each)}", chain.calls * each, currency
        )
        if modelled:
            ratio = chain.calls * each / modelled
            yield Row(
                "times", "that is, of level 4", f"{num(chain.calls * each)} / {num(round(modelled, 2))}", ratio, "x"
            )


def _lacks(names: Collection[str]) -> Iterator[str]:
    yield from years_or_retention(names)
    if "interest_left" in names and "after" in names:
        yield "expected either `--interest-left` or `--after` with `--half-life`, found both: it would cool twice"
    if ("after" in names) != ("half_life" in names):
        yield "expected `--after` and `--half-life` together, found one of them"
    if "reached" not in names and {"after", "interest_left"} & set(names):
        yield "expected `--reached` such as `--reached 50%` beside what cools: the share of them who are called back"


MISSED_CALLS = Question(
    "missed-calls",
    "What missed calls cost, on four levels, and what the popular method says.",
    (
        Option("calls", "number", "300", "Missed calls.", needed=True, check=above_zero),
        Option("redial", "share", "33%", "Share of missed calls after which the caller calls again."),
        Option("new", "share", "60%", "Share of callers who may become customers."),
        Option("reached", "share", "50%", "Share of them who are called back."),
        Option("after", "time", "30 min", "How long after the missed call they are called back."),
        Option("half-life", "time", "60 min", "How long until half of their interest is gone.", check=above_zero),
        Option("interest-left", "share", "50%", "Interest left by then, instead of --after and --half-life."),
        Option("lead-cost", "amount", "350 RUB", "What advertising paid for the call.", needed=True),
        Option("converts", "share", "14%", "Share of answered callers who become customers.", needed=True),
        Option("first-order", "amount", "18 000 RUB", "Revenue of an order.", needed=True),
        Option("margin", "share", "30%", "Share of it that is left after the cost of what was sold.", needed=True),
        Option("orders-per-year", "number", "4", "Orders of a customer in a year.", needed=True),
        Option("years", "number", "10", "Years a customer stays.", check=years),
        Option("retention", "share", "90%", "Share of customers who stay from year to year, instead of --years."),
        Option("discount", "share", "15%", "Interest by the year.", needed=True),
        Option("promoters", "share", "10%", "Share of customers who recommend."),
        Option("referrals-each", "number", "2", "New customers that each of these brings."),
        Option("referred-worth", "ratio", "116%", "Worth of a referred customer as a share of an ordinary one's."),
    ),
    _missed,
    _lacks,
    has_an_end,
)


def _redials(given: Given) -> Sheet:
    missed, redial = given["missed"], given["redial"]
    calls, lost = value.attempts_per_caller(missed, redial), value.lost_callers(missed, redial)
    below = f"(1 - {num(missed)} x {num(redial)})"
    rows = [
        Row("attempts", "calls of a caller", f"1 / {below}", calls),
        Row("missed", "missed calls of a caller", f"{num(missed)} / {below}", missed * calls),
        Row("lost", "callers lost", f"{num(missed)} x (1 - {num(redial)}) / {below}", lost, "share"),
        Row("ratio", "missed calls per lost caller", f"1 / (1 - {num(redial)})", 1 / value.lost_of_missed(redial)),
    ]
    return Sheet(
        "callers and calls", rows, notes=["True where each call is missed with the same chance; a run simulates it."]
    )


def _gives_up(share: float) -> str:
    return "" if share < 1 else "expected less than 100%: nobody would ever give up"


REDIALS = Question(
    "redials",
    "How many callers are lost for how many missed calls.",
    (
        Option("missed", "share", "30%", "Share of calls that are missed.", needed=True),
        Option(
            "redial",
            "share",
            "33%",
            "Share of missed calls after which the caller calls again.",
            needed=True,
            check=_gives_up,
        ),
    ),
    _redials,
)

QUESTIONS = (MISSED_CALLS, REDIALS)
