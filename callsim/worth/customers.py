"""Calculators about customers: what they bring, what it costs to win them."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from callsim import value
from callsim.value import Buyer
from callsim.worth.sheet import Benchmark, Given, Option, Question, Row, Sheet, above_zero, num, pct

WEAK = "weak: a rule of the trade, no source"
INDUSTRIES = {
    "travel": 7, "retail": 10, "consumer goods": 22, "manufacturing": 83, "transport": 98, "marketing agency": 141,
    "finance": 175, "hardware": 182, "real estate": 213, "banking and insurance": 303, "telecom": 315, "software": 395,
}  # fmt: skip
"""Cost of acquiring a customer, USD: one undated list that circulates, and contradicts the examples beside it."""
WEAK_LIST = "weak: an undated list of the trade; 0.3 to 3 times as much is as likely"


# Lifetime value.


def _ltv(given: Given) -> Sheet:
    """n x average x years, and what margin, interest and customers who leave make of it."""
    rows = list(_of_orders(given) if given["orders"] or given["returns"] else _of_years(given))
    notes = [] if given["margin"] is not None else ["Revenue is not profit: with --margin it becomes what is left."]
    return Sheet("lifetime value of a customer", rows, notes=notes)


def _of_orders(given: Given) -> Iterator[Row]:
    """Where the purchases are counted, not the years: the first and those after it."""
    order, currency = given["order"], given["currency"]
    number = given["orders"] or 1 + given["returns"]
    times = num(number) if given["orders"] else f"(1 + {num(given['returns'])})"
    yield Row("revenue", "revenue of all orders", f"{num(order)} x {times}", order * number, currency)
    if given["margin"] is not None:
        kept = order * number * given["margin"]
        yield Row("margin", "margin of all orders", f"{num(order)} x {times} x {pct(given['margin'])}", kept, currency)


def _of_years(given: Given) -> Iterator[Row]:
    currency, order, times = given["currency"], given["order"], given["orders_per_year"]
    kept = given["retention"] if given["retention"] is not None else value.retention(given["years"])
    years = given["years"] or value.years_of(kept)
    buyer = Buyer(0.0, 1.0, order, 1.0, times, kept, 0.0)
    if kept < 1.0:
        formula = f"{num(order)} x {num(times)} a year x {num(years)} years"
        yield Row("revenue", "revenue of all years", formula, value.lifetime_revenue(buyer), currency)
        if given["margin"] is not None:
            whole = value.lifetime_revenue(buyer) * given["margin"]
            yield Row("margin", "margin of all years", f"{formula} x {pct(given['margin'])}", whole, currency)
    if given["margin"] is not None and given["discount"] is not None:
        yield from _discounted(given, buyer._replace(margin=given["margin"], discount=given["discount"]), years)


def _discounted(given: Given, buyer: Buyer, years: float) -> Iterator[Row]:
    currency, rate, kept = given["currency"], buyer.discount, buyer.kept
    margin = buyer.first_order * buyer.margin * buyer.orders_per_year
    sum_of = f"sum of {num(margin)}"
    if given["years"] and years % 1 == 0:
        number = int(years)
        last = f"{num(1 + rate)}^t, t = 0..{number - 1}"
        certain = value.limited(margin, discount=rate, years=number)
        yield Row("certain", "all stay, then all leave", f"{sum_of} / {last}", certain, currency, "first margin now")
        later = value.limited(margin, discount=rate, years=number, first=1)
        note = "first margin in a year"
        yield Row("certain_later", "", f"{sum_of} / {num(1 + rate)}^t, t = 1..{number}", later, currency, note)
        some = value.limited(margin, discount=rate, years=number, kept=kept)
        yield Row("surviving", "some leave each year", f"{sum_of} x {num(kept)}^t / {last}", some, currency)
    formula = f"{num(margin)} x {num(1 + rate)} / ({num(1 + rate)} - {num(kept)})"
    whole = value.customer_lifetime_value(buyer)
    yield Row("lifetime", "without an end", formula, whole, currency, "first margin now: the one that scenarios use")
    endless = value.endless(margin, discount=rate, kept=kept) - margin
    formula = f"{num(margin)} x {num(kept)} / ({num(1 + rate)} - {num(kept)})"
    yield Row("lifetime_later", "", formula, endless, currency, "first margin in a year")
    if given["acquisition"] is not None:
        cost = given["acquisition"]
        for key, what, worth in (("net", "now", whole), ("net_later", "in a year", endless)):
            title = "less acquisition" if key == "net" else ""
            yield Row(key, title, f"{num(worth)} - {num(cost)}", worth - cost, currency, f"first margin {what}")


def _lacks_years(names: Collection[str]) -> Iterator[str]:
    counted = [f"--{name}" for name in ("orders", "returns") if name in names]
    if len(counted) == 2:
        yield "expected `--orders` (all of them) or `--returns` (those after the first), found both"
    if counted and {"orders_per_year", "years", "retention", "discount"} & set(names):
        yield f"expected either `{counted[0]}` or orders per year and years, found both: they would count twice"
    if not counted:
        if "orders_per_year" not in names:
            yield "expected `--orders-per-year 4` with `--years 10`, or `--orders 5`, found neither"
        yield from years_or_retention(names)
    if "discount" in names and "margin" not in names:
        yield "expected `--margin` beside `--discount`: it is margins that are discounted, not revenue"


def years_or_retention(names: Collection[str]) -> Iterator[str]:
    """Years and retention say the same: together they would count twice."""
    if ("years" in names) == ("retention" in names):
        yield "expected either `--years` or `--retention`, exactly one of them: each year 1 - 1/years stay"


def has_an_end(given: Given) -> Iterator[str]:
    if given["retention"] == 1.0 and not given["discount"]:
        yield "expected a `--discount` above 0%, or a `--retention` below 100%: the value would have no end"


def years(number: float) -> str:
    return "" if 1 <= number <= 200 else "expected 1 to 200 years"


LTV = Question(
    "ltv",
    "Lifetime value: orders x average x years, with margin, retention and discount.",
    (
        Option("order", "amount", "18 000 RUB", "Average order.", needed=True),
        Option("orders-per-year", "number", "4", "Orders of a customer in a year."),
        Option("years", "number", "10", "Years a customer stays; each year 1 - 1/years of them stay on.", check=years),
        Option("retention", "share", "90%", "Share of customers who stay from year to year, instead of --years."),
        Option("orders", "count", "5", "Orders in all, the first among them, instead of orders per year and years."),
        Option("returns", "count", "5", "Orders after the first: 5 returns are 6 orders."),
        Option("margin", "share", "30%", "Share of the revenue that is left after the cost of what was sold."),
        Option("discount", "share", "15%", "Interest by the year at which later margins count less."),
        Option(
            "acquisition", "amount", "2 500 RUB", "What winning the customer costs, for a decision still to be made."
        ),
    ),
    _ltv,
    _lacks_years,
    has_an_end,
)


def _cohort(given: Given) -> Sheet:
    first = 1
    whole = value.cohort(given["margins"], given["left"], discount=given["discount"], first=first)
    rate = num(1 + given["discount"])
    rows = [
        Row("value", "margins of all years", f"sum of left x margin / {rate}^t, t = 1..{len(given['left'])}", whole)
    ]
    if given["customers"]:
        if given["acquisition"] is not None:
            spent = given["customers"] * given["acquisition"]
            formula = f"{num(round(whole, 2))} - {num(given['customers'])} x {num(given['acquisition'])}"
            rows.append(Row("net", "less acquisition", formula, whole - spent))
            whole -= spent
        formula = f"{num(round(whole, 2))} / {num(given['customers'])}"
        rows.append(Row("each", "for each customer won", formula, whole / given["customers"]))
    return Sheet("customers won together, year by year", rows, notes=["Margins come at the end of each year."])


def _lacks_pairs(given: Given) -> Iterator[str]:
    if len(given["left"]) != len(given["margins"]):
        yield f"expected a margin for each year, found {len(given['margins'])} for {len(given['left'])} years"


COHORT = Question(
    "cohort",
    "Value of customers won together, from how many are left each year.",
    (
        Option("left", "list", "90,80,72", "Customers left in each year.", needed=True),
        Option("margins", "list", "30,38,45", "Margin that each brings in that year.", needed=True),
        Option("discount", "share", "10%", "Interest by the year.", needed=True),
        Option("customers", "count", "100", "Customers won at first.", check=above_zero),
        Option("acquisition", "number", "40", "What winning each of them cost."),
    ),
    _cohort,
    refused=_lacks_pairs,
)


# Acquisition.


def _verdict(times: float) -> str:
    if times < 1:
        return "loss-making: a customer costs more than they bring"
    if times < 3:
        return "below target"
    return "on target" if times <= 5 else "above 5: perhaps too little is spent on winning customers"


def _ltv_cac(given: Given) -> Sheet:
    times = given["ltv"] / given["cac"]
    rows = [Row("ratio", "LTV / CAC", f"{num(given['ltv'])} / {num(given['cac'])}", times, "x", _verdict(times))]
    benchmarks = [Benchmark("Target: 3 x or more; 5 x may mean that too little is spent.", WEAK)]
    if given["margin_per_month"] is not None:
        formula = f"{num(given['cac'])} / {num(given['margin_per_month'])}"
        rows.append(Row("payback", "payback", formula, given["cac"] / given["margin_per_month"], "months"))
        benchmarks.append(Benchmark("Target: 12 months or less.", WEAK))
    note = "The ratio says something only where LTV is margin: of revenue it flatters."
    return Sheet("lifetime value against the cost of winning a customer", rows, benchmarks, [note])


LTV_CAC = Question(
    "ltv-cac",
    "Lifetime value against the cost of winning a customer, and payback.",
    (
        Option("ltv", "amount", "2 500 RUB", "Lifetime value of a customer.", needed=True),
        Option("cac", "amount", "1 000 RUB", "Cost of winning one.", needed=True, check=above_zero),
        Option(
            "margin-per-month",
            "amount",
            "150 RUB",
            "Margin that a customer brings each month, for the payback.",
            check=above_zero,
        ),
    ),
    _ltv_cac,
)


def _cac(given: Given) -> Sheet:
    currency, customers = given["currency"], given["customers"]
    spent = [given[key] for key in ("sales", "marketing") if given[key] is not None]
    text = f"({' + '.join(map(num, spent))})" if len(spent) > 1 else num(spent[0])
    rows = [Row("cac", "cost of a customer", f"{text} / {num(customers)}", sum(spent) / customers, currency)]
    if given["serving"] is not None:
        both = [given["serving"], *spent]
        formula = f"({' + '.join(map(num, both))}) / {num(customers)}"
        note = "not the cost of winning one: serving those won before is no acquisition"
        rows.append(Row("with_serving", "with serving customers", formula, sum(both) / customers, currency, note))
    benchmarks = []
    if given["industry"] is not None:
        industry = given["industry"]
        benchmarks.append(Benchmark(f"{industry}: {INDUSTRIES[industry]} USD.", WEAK_LIST))
    return Sheet("cost of winning a customer", rows, benchmarks)


def _lacks_spending(names: Collection[str]) -> Iterator[str]:
    if not {"sales", "marketing"} & set(names):
        yield 'expected `--sales` or `--marketing`, such as `--marketing "30 000 USD"`, found neither'


def _industry(name: str) -> str:
    return "" if name in INDUSTRIES else f"expected one of {', '.join(INDUSTRIES)}, found `{name}`"


CAC = Question(
    "cac",
    "Cost of winning a customer, from what sales and marketing spend.",
    (
        Option("customers", "count", "800", "Customers won with it.", needed=True, check=above_zero),
        Option("sales", "amount", "500 000 USD", "What sales spend."),
        Option("marketing", "amount", "300 000 USD", "What marketing spends."),
        Option("serving", "amount", "50 000 USD", "What serving existing customers costs: shown apart."),
        Option("industry", "text", "retail", "Show what the trade says of an industry (see presets).", check=_industry),
    ),
    _cac,
    _lacks_spending,
)


def _leads(given: Given) -> Sheet:
    lead, currency = given["lead_cost"], given["currency"]
    rows = []
    if given["cac"] is not None:
        share = lead / given["cac"]
        rows.append(
            Row("converts", "leads that become customers", f"{num(lead)} / {num(given['cac'])}", share, "share")
        )
    else:
        share = given["converts"]
        cost = value.acquisition_cost(lead, share)
        rows.append(Row("cac", "cost of a customer", f"{num(lead)} / {pct(share)}", cost, currency))
    rows.append(Row("leads", "leads for each customer", f"1 / {num(share)}", 1 / share))
    note = "A missed call wastes the cost of a lead, not that of a customer."
    return Sheet("leads and customers", rows, notes=[note])


def _lacks_one(names: Collection[str]) -> Iterator[str]:
    if ("cac" in names) == ("converts" in names):
        yield "expected either `--cac` or `--converts`, exactly one of them"


def _each_was_a_lead(given: Given) -> Iterator[str]:
    if given["cac"] is not None and given["lead_cost"] > given["cac"]:
        yield "--cac: expected at least the cost of a lead: each customer was one"


LEADS = Question(
    "leads",
    "Cost of a lead, cost of a customer, and the conversion between them.",
    (
        Option("lead-cost", "amount", "350 RUB", "What a lead costs.", needed=True, check=above_zero),
        Option("cac", "amount", "2 500 RUB", "What a customer costs.", check=above_zero),
        Option("converts", "share", "14%", "Share of leads that become customers.", check=above_zero),
    ),
    _leads,
    _lacks_one,
    _each_was_a_lead,
)


def _presets(given: Given) -> Sheet:
    rows = [Row(name.replace(" ", "_"), name, "", float(cost), "USD") for name, cost in INDUSTRIES.items()]
    return Sheet(
        "cost of winning a customer by industry, as the trade says", rows, [Benchmark("All of them.", WEAK_LIST)]
    )


PRESETS = Question("presets", "What the trade says a customer costs by industry: weak evidence.", (), _presets)

QUESTIONS = (LTV, LTV_CAC, CAC, LEADS, COHORT, PRESETS)
