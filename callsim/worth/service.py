"""Calculators about the service: what a contact costs, how many are needed, what customers say."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterator

from callsim import value
from callsim.worth.sheet import Benchmark, Given, Option, Question, Row, Sheet, above_zero, listed, num, pct

WEAK = "weak: often quoted, no source at hand"


# Net promoter score.


def scores(text: str) -> Counter[int]:
    """Answers such as `10 9 9 0`, commas allowed; `9x50` stands for fifty nines."""
    found: Counter[int] = Counter()
    strange = []
    for part in re.split(r"[\s,;]+", text.strip()):
        match = re.fullmatch(r"([0-9]{1,2})(?:x([0-9]{1,9}))?", part)
        if match is None or int(match[1]) > 10:
            strange.append(part)
        else:
            found[int(match[1])] += int(match[2] or 1)
    if strange:
        raise ValueError(
            f"expected whole answers from 0 to 10 such as `10 9 9 0` or `10x30 6x12`, found {listed(strange)}"
        )
    return found


def _bands(given: Given) -> tuple[float, float, float]:
    """Promoters, passives, detractors."""
    if given["answers"] is None:
        return given["promoters"], given["passives"] or 0.0, given["detractors"]
    found = scores(given["answers"])
    detractors = sum(number for score, number in found.items() if score <= 6)
    promoters = sum(number for score, number in found.items() if score >= 9)
    return promoters, found.total() - promoters - detractors, detractors


def _nps(given: Given) -> Sheet:
    promoters, passives, detractors = _bands(given)
    asked = promoters + passives + detractors
    up, down = promoters / asked, detractors / asked
    score = 100 * (up - down)
    # Variance of the mean of answers of +1, 0 and -1.
    half = 196 * math.sqrt(max(0.0, up + down - (up - down) ** 2) / asked)
    rows = [
        Row("promoters", "promoters (9-10)", f"{num(promoters)} / {num(asked)}", up, "share"),
        Row("passives", "passives (7-8)", f"{num(passives)} / {num(asked)}", passives / asked, "share"),
        Row("detractors", "detractors (0-6)", f"{num(detractors)} / {num(asked)}", down, "share"),
        Row("nps", "net promoter score", f"100 x ({num(promoters)} - {num(detractors)}) / {num(asked)}",
            score, "points", f"±{half:.1f} by chance alone, 95 %"),
    ]  # fmt: skip
    note = "A score is an answer to a question, not a purchase: promoters enter a scenario as `promoters:`, with care."
    return Sheet("net promoter score", rows, notes=[note])


def _scale(scale: str) -> str:
    if re.fullmatch("0 ?(-|to|\\.\\.) ?10", scale):
        return ""
    return (
        f"expected 0-10, found `{scale}`: the score is defined on eleven answers, 0 to 10, where 0 to 6 are "
        "detractors; a scale that begins at 1 has no such bands, and its answers cannot be turned into them"
    )


def _answers(text: str) -> str:
    try:
        return "" if scores(text).total() else "expected at least one"
    except ValueError as error:
        return str(error)


def _lacks_answers(names: Collection[str]) -> Iterator[str]:
    counted = {"promoters", "passives", "detractors"} & set(names)
    if "answers" in names and counted:
        yield "expected either `--answers` or `--promoters` and `--detractors`, found both"
    if "answers" not in names and not {"promoters", "detractors"} <= counted:
        yield 'expected `--answers "10 9 9 0"`, or `--promoters 50 --passives 30 --detractors 20`'


def _somebody(given: Given) -> Iterator[str]:
    if not sum(_bands(given)):
        yield "expected at least one answer, found none"


NPS = Question(
    "nps",
    "Net promoter score from answers of 0 to 10.",
    (
        Option("answers", "text", "10 9 9 0", "The answers; 9x50 stands for fifty nines.", check=_answers),
        Option("promoters", "count", "50", "Answers of 9 and 10, instead of --answers."),
        Option("passives", "count", "30", "Answers of 7 and 8."),
        Option("detractors", "count", "20", "Answers of 0 to 6."),
        Option("scale", "text", "0-10", "The scale that people were asked on; any other is refused.", check=_scale),
    ),
    _nps,
    _lacks_answers,
    _somebody,
)


# Contacts.


def _contact_cost(given: Given) -> Sheet:
    cost, contacts = given["cost"], given["contacts"]
    rows = [Row("each", "cost of a contact", f"{num(cost)} / {num(contacts)}", cost / contacts, given["currency"])]
    note = "Of anything that is paid for by number: contacts, minutes, hours. `run` says it of simulated talks."
    return Sheet("cost per contact", rows, notes=[note])


CONTACT_COST = Question(
    "contact-cost",
    "Cost per contact: what is spent / contacts handled with it.",
    (
        Option("cost", "amount", "15 USD", "What is spent, idle time and all.", needed=True),
        Option(
            "contacts",
            "number",
            "10",
            "Contacts handled for it: also minutes, or hours.",
            needed=True,
            check=above_zero,
        ),
    ),
    _contact_cost,
)


def _channel(given: Given) -> Sheet:
    budget, answered, missed, currency = given["budget"], given["answered"], given["missed"], given["currency"]
    repeats, short, redial = given["repeats"] or 0.0, given["short"] or 0.0, given["redial"] or 0.0
    target = answered - repeats - short
    found = value.funnel(budget, answered=answered, repeats=repeats, target=target, missed=missed, redial=redial)
    lost, each = num(found.missed_target), found.delivered
    once = f"({num(answered)} - {num(repeats)})"
    rows = [
        Row("naive", "for each contact", f"{num(budget)} / ({num(answered)} + {num(missed)})",
            found.naive, currency, "repeats, spam and missed calls among them"),
        Row("handled", "for each one handled", f"{num(budget)} / {num(target)}", found.handled, currency,
            "hides what was delivered and missed"),
        Row("share", "target contacts", f"{num(target)} / {once}", found.target_share, "share",
            "of the callers answered"),
        Row("missed_target", "missed, of these", f"{num(missed)} x (1 - {pct(redial)}) x {num(found.target_share)}",
            found.missed_target),
        Row("delivered", "for each one delivered", f"{num(budget)} / ({num(target)} + {lost})",
            each, currency, "what the channel costs"),
        Row("wasted", "wasted on missed ones", f"{lost} x {num(each)}", found.wasted, currency),
    ]  # fmt: skip
    return Sheet("what a contact of one advertising channel costs", rows)


def _lacks_target(given: Given) -> Iterator[str]:
    if given["answered"] <= (given["repeats"] or 0.0) + (given["short"] or 0.0):
        yield "--answered: expected more than `--repeats` and `--short` together: nobody would be left"


CHANNEL = Question(
    "channel",
    "What a contact of an advertising channel costs, handled and delivered.",
    (
        Option("budget", "amount", "100 000 RUB", "What the channel cost.", needed=True),
        Option("answered", "count", "340", "Calls of the channel that were answered.", needed=True),
        Option("missed", "count", "60", "Calls of the channel that were missed.", needed=True),
        Option("repeats", "count", "100", "Answered calls of people who had been answered before."),
        Option("short", "count", "40", "Answered calls too short to be about an order."),
        Option("redial", "share", "33%", "Share of missed calls after which the caller calls again."),
    ),
    _channel,
    refused=_lacks_target,
)


def _reduction(given: Given) -> Sheet:
    before, after, per = given["before"], given["after"], ""
    customers = given["customers_before"], given["customers_after"]
    rows = []
    if None not in customers:
        before, after, per = before / customers[0], after / customers[1], " for each customer"
        for key, title, number, people, rate in (
            ("rate_before", "before", given["before"], customers[0], before),
            ("rate_after", "after", given["after"], customers[1], after),
        ):
            rows.append(Row(key, f"{title}, contacts a customer", f"{num(number)} / {num(people)}", rate))
    formula = f"({num(before)} - {num(after)}) / {num(before)}"
    rows.append(Row("reduction", f"fewer contacts{per}", formula, (before - after) / before, "share"))
    if given["cost_per_contact"] is not None:
        cost, people = given["cost_per_contact"], customers[1] or 1.0
        fewer = (before - after) * people
        rows.append(Row("saved", "saved", f"{num(fewer)} x {num(cost)}", fewer * cost, given["currency"]))
    notes = ["Saved only where somebody is paid less for it: idle agents cost the same."]
    return Sheet("fewer contacts", rows, notes=notes if given["cost_per_contact"] is not None else ())


def _lacks_customers(names: Collection[str]) -> Iterator[str]:
    if ("customers_before" in names) != ("customers_after" in names):
        yield "expected `--customers-before` and `--customers-after` together, found one of them"


REDUCTION = Question(
    "contact-reduction",
    "How many contacts fewer, also for each customer.",
    (
        Option("before", "number", "1200", "Contacts before.", needed=True, check=above_zero),
        Option("after", "number", "900", "Contacts after, in a time of the same length.", needed=True),
        Option("customers-before", "number", "400", "Customers, or orders, before.", check=above_zero),
        Option("customers-after", "number", "450", "Customers, or orders, after.", check=above_zero),
        Option("cost-per-contact", "amount", "150 RUB", "What a contact costs."),
    ),
    _reduction,
    _lacks_customers,
)


def _fcr(given: Given) -> Sheet:
    solved, needs = given["solved_first"], given["needs"]
    share = solved / needs
    rows = [Row("fcr", "first-contact resolution", f"{num(solved)} / {num(needs)}", share, "share")]
    if share:
        note = "if every contact solves a need with this chance; `resolves:` simulates it"
        rows.append(Row("contacts", "contacts for each need", f"1 / {num(share)}", 1 / share, "", note))
    if share and given["cost_per_contact"] is not None:
        cost = given["cost_per_contact"]
        formula = f"{num(needs)} x (1 / {num(share)} - 1) x {num(cost)}"
        rows.append(
            Row("repeats", "cost of further contacts", formula, needs * (1 / share - 1) * cost, given["currency"])
        )
    return Sheet("first-contact resolution", rows, [Benchmark("Usual: 70 to 75 %.", WEAK)])


def _within_needs(given: Given) -> Iterator[str]:
    if given["solved_first"] > given["needs"]:
        yield "--solved-first: expected no more than `--needs`"


FCR = Question(
    "fcr",
    "First-contact resolution: needs met by the first contact / needs.",
    (
        Option("solved-first", "count", "700", "Needs met by the first contact.", needed=True),
        Option(
            "needs", "count", "1000", "All needs: people with a question, not contacts.", needed=True, check=above_zero
        ),
        Option("cost-per-contact", "amount", "150 RUB", "What a contact costs."),
    ),
    _fcr,
    refused=_within_needs,
)


def _escalation(given: Given) -> Sheet:
    escalated, contacts, currency = given["escalated"], given["contacts"], given["currency"]
    share = escalated / contacts
    rows = [Row("rate", "escalated", f"{num(escalated)} / {num(contacts)}", share, "share")]
    if given["first_cost"] is not None:
        first, second = given["first_cost"], given["second_cost"]
        formula = f"{num(first)} + {pct(share)} x {num(second)}"
        rows.append(Row("each", "cost of a contact", formula, first + share * second, currency))
        extra = f"{num(escalated)} x {num(second)}"
        rows.append(Row("cost", "cost of escalations", extra, escalated * second, currency))
    return Sheet("escalation", rows)


def _lacks_costs(names: Collection[str]) -> Iterator[str]:
    if ("first_cost" in names) != ("second_cost" in names):
        yield "expected `--first-cost` and `--second-cost` together, found one of them"


def _within_contacts(given: Given) -> Iterator[str]:
    if given["escalated"] > given["contacts"]:
        yield "--escalated: expected no more than `--contacts`"


ESCALATION = Question(
    "escalation",
    "Share of contacts that are passed up, and what that costs.",
    (
        Option("escalated", "count", "80", "Contacts passed on to somebody else.", needed=True),
        Option("contacts", "count", "1000", "All contacts.", needed=True, check=above_zero),
        Option("first-cost", "amount", "150 RUB", "What a contact costs at first."),
        Option("second-cost", "amount", "600 RUB", "What passing it on costs on top."),
    ),
    _escalation,
    _lacks_costs,
    _within_contacts,
)


def _returns(given: Given) -> Sheet:
    revenue, returned, share = given["revenue"], given["return_rate"], given["preventable"]
    currency = given["currency"]
    rows = [
        Row("returns", "returned", f"{num(revenue)} x {pct(returned)}", revenue * returned, currency),
        Row("preventable", "of that preventable", f"{num(revenue)} x {pct(returned)} x {pct(share)}",
            revenue * returned * share, currency),
        Row("printed", "as often printed", f"{num(revenue)} x {pct(share)}", revenue * share, currency,
            "wrong: takes the share of all revenue, not of what came back"),
    ]  # fmt: skip
    return Sheet("returns that a word before the order would have prevented", rows)


RETURNS = Question(
    "returns",
    "Preventable returns: revenue x returned x preventable.",
    (
        Option("revenue", "amount", "1 000 000 RUB", "Revenue of a year.", needed=True),
        Option("return-rate", "share", "8%", "Share of it that comes back.", needed=True),
        Option("preventable", "share", "25%", "Share of the returns that were preventable.", needed=True),
    ),
    _returns,
)

QUESTIONS = (NPS, CONTACT_COST, CHANNEL, REDUCTION, FCR, ESCALATION, RETURNS)
