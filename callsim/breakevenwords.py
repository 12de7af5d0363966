"""What follows from break-evens, in sentences, and what a reader must know of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from callsim.breakeven import after_hours, forecast, hours, invoice, occupancy, overflow, value, volume
from callsim.breakeven.playing import sign_of
from callsim.breakevenfigures import bounds_of, half_of, known, money, share_of
from callsim.estimate import Interval
from callsim.quantities import grouped, listed, so_many

VERDICTS = {"one more": "one more", "one less": "one less", "as it is": "as it is", "unsure": "cannot be told"}


# What a caller must be worth.


def limit(one: value.Pair) -> str:
    """Where a variant pays, in a word."""
    texts = {
        "above": f"more than {money(one.value.value)}", "below": f"less than {money(one.value.value)}",
        "soon": f"{money(one.value.high)} or more", "hardly": f"hardly {money(one.value.high)}",
        "always": "anything", "never": "nothing", "unsure": "cannot be told",
    }  # fmt: skip
    return texts[one.verdict]


def about_value(answer: value.Answer) -> Iterator[str]:
    for one in answer.pairs:
        yield _pair(one, answer.currency) + _by_the_file(one, answer)
    stretches = answer.cheapest
    if len(stretches) > 1:
        changes = [f"from {money(one.start)} {answer.currency or ''} on `{one.variant}`" for one in stretches[1:]]
        yield f"Cheapest of all, by what a lost caller is worth: `{stretches[0].variant}`; {'; '.join(changes)}."
    else:
        yield f"Cheapest of all whatever a lost caller is worth: `{stretches[0].variant}`."


def _pair(one: value.Pair, currency: str | None) -> str:
    dearer, fewer = one.dearer.value or 0.0, one.fewer_lost.value or 0.0
    cost = f"costs {money(abs(dearer))} {currency or ''} a month {'more' if dearer > 0 else 'less'} than"
    lost = f"loses {grouped(abs(fewer), 1)} {'fewer' if fewer > 0 else 'more'} new callers"
    begin = (
        f"`{one.other}` {cost if dearer else 'costs as much as'} `{one.first}`, lost callers left aside, and "
        f"{lost if fewer else 'loses as many new callers'}"
    )
    at, most = f"{money(one.value.value)} {currency}{bounds_of(one.value)}", f"{money(one.value.high)} {currency}"
    ends = {
        "above": f"it pays where a lost caller is worth more than {at}",
        "below": f"it pays where a lost caller is worth less than {at}",
        "always": "it pays whatever a lost caller is worth",
        "never": "it never pays",
        "soon": f"who costs more noise does not tell, so it pays from {most} on at the latest",
        "hardly": f"who costs more noise does not tell, and it pays nowhere beyond {most}",
        "unsure": "noise does not tell which of them loses more; more replications would",
    }
    return f"{begin}: {ends[one.verdict]}."


def _by_the_file(one: value.Pair, answer: value.Answer) -> str:
    worth = answer.worth.value
    if not worth or one.verdict not in ("above", "below"):
        return ""
    apart = next(at.difference for at in one.curve if at.value == worth)
    sign = sign_of(apart)
    pays = {1: "it does not pay", -1: "it pays", 0: "whether it pays cannot be told"}[sign]
    return f" By the file one is worth {money(worth)} {answer.currency} ({answer.count_loss_as}): {pays}."


def notes_on_value(answer: value.Answer) -> Iterator[str]:
    yield "A caller: one of kind new who is lost for good, not a missed call; of those called back the cooled share."
    if answer.stakes:
        yield "What is at stake with existing customers stands among the costs."
    if len(answer.cheapest) > 1:
        yield "Which is the cheapest of all goes by the means, without an interval."


# Own people or the service, by volume.


def about_volume(answer: volume.Answer) -> Iterator[str]:
    points = answer.points
    if not answer.flips:
        yield _no_flip(points)
    else:
        yield _stretches_of(answer.flips)
    today = next((one for one in points if one.factor == 1.0), None)
    if today is not None:
        yield _today(today, answer)


def _stretches_of(flips: Sequence[volume.Flip]) -> str:
    """Who is the cheaper one, from few callers to many."""
    ends = [(one, f"{_callers(one.callers_a_day.value)}") for one in flips]
    first = flips[0]
    texts = [
        f"With fewer than {ends[0][1]} callers a day{_between_callers(first.callers_a_day)} {first.below} "
        f"{_are(first.below)} cheaper"
    ]
    texts += [
        f"from {start} to {end}{_between_callers(one.callers_a_day)} {one.below} {_are(one.below)}"
        for (_, start), (one, end) in pairwise(ends)
    ]
    last = flips[-1].above
    return f"{'; '.join(texts)}; with more, {last} {_are(last)}."


def _callers(number: float | None) -> str:
    number = number or 0.0
    return grouped(number, 0 if number >= 20 else 1)


def _between_callers(found: Interval) -> str:
    return f" (between {_callers(found.low)} and {_callers(found.high)})"


def _are(side: str) -> str:
    return "are" if side == volume.OWN else "is"


def _no_flip(points: Sequence[volume.Point]) -> str:
    signs = {sign_of(one.difference) for one in points}
    looked = f"from {_callers(points[0].callers_a_day)} to {_callers(points[-1].callers_a_day)} callers a day"
    if signs == {1}:
        return f"At every volume looked at, {looked}, own people are cheaper."
    if signs == {-1}:
        return f"At every volume looked at, {looked}, the answering service is cheaper."
    return f"Nowhere {looked} does the cheaper side surely change; at some volumes noise does not tell which it is."


def _today(point: volume.Point, answer: volume.Answer) -> str:
    whom = f"`{answer.team}`" if any(answer.others) else "them"
    people = f"{point.staff} of {whom}" + ("" if point.staff == answer.staff_today else
                                         f" (the file has {answer.staff_today})")  # fmt: skip
    with_ = f"With the {_callers(point.callers_a_day)} callers a day of the file"
    best = f"own people are as many as come cheapest: {people}"
    sign = sign_of(point.difference)
    if not sign:
        return f"{with_} it cannot be told; {best}."
    side, other = (volume.OWN, volume.OUTSOURCED) if sign > 0 else (volume.OUTSOURCED, volume.OWN)
    amount = f"{money(abs(point.difference.value or 0.0))} {answer.currency} a month"
    return f"{with_} {side} {_are(side)} cheaper than {other} by {amount}, where {best}."


def notes_on_volume(answer: volume.Answer) -> Iterator[str]:
    beside, sharing, _ = (listed([f"`{name}`" for name in names]) for names in answer.others)
    staying = listed([f"`{name}`" for name in (*answer.others.sharing, *answer.others.elsewhere)])
    yield (
        f"callers a day: on an ordinary day of the file, from all sources. own people: `{answer.team}`"
        f"{'' if any(answer.others) else ' alone'}, with as many on the roster as come cheapest at that volume"
        f"{f', and {beside} as in the file' if beside else ''}, payroll and lost callers together; nobody overflows."
    )
    yield (
        f"outsourced: every call{f' for which {sharing} is not free' if sharing else ''} to `{answer.vendor}` at once "
        f"in the hours of the same queues, by the cheapest plan, no own people{f' but {staying}' if staying else ''}, "
        "no calls back by them; invoices and lost callers together."
    )
    if staying:
        yield f"On both sides, payroll and all, for they serve other queues: {staying}, as in the file."
    if answer.flips:
        yield "between: at these volumes noise does not tell which side is cheaper."
    if len(answer.plans) == 1:
        yield f"The plan is `{answer.plans[0]}`; `--plans` asks about others."
    if answer.unpriced:
        yield f"No plan has a price for {listed([_callers(number) for number in answer.unpriced])} callers a day."
    if answer.left_out:
        yield f"Left out, for they are in other currencies: {', '.join(answer.left_out)}."


# How busy own people must be.


def about_occupancy(answer: occupancy.Answer) -> Iterator[str]:
    busy = 100 * (answer.occupancy.value or 0.0)
    yield (
        f"A full-time employee of `{answer.team}` costs {money(answer.employee)} {answer.currency} a month and is on "
        f"duty for {grouped(answer.capacity)} minutes, of which callers fill {busy:.1f} %: a handled minute costs "
        f"{grouped(answer.minute.value or 0.0, 2)}."
    )
    if not answer.points:
        yield "No plan has a price for these calls."
        return
    yield _needed(answer.points[0], answer, busy)
    for verdict, said in (
        ("own", "Own people are cheaper by the minute than"),
        ("unsure", "Noise does not tell own people from"),
    ):
        names = [f"`{one.plan}`" for one in answer.points[1:] if one.verdict == verdict]
        if names:
            yield f"{said} {listed(names)}."
    names = [f"`{one.plan}`" for one in answer.points[1:] if one.verdict in ("service", "never")]
    if names:
        yield f"Cheaper by the minute than own people: {listed(names)} too."


def _needed(one: occupancy.Point, answer: occupancy.Answer, busy: float) -> str:
    rate = grouped(one.rate.value or 0.0, 2)
    needed = 100 * (one.occupancy.value or 0.0)
    begin = f"`{one.plan}` would charge {rate} {answer.currency} for it"
    if one.verdict == "never":
        return f"{begin}: not even somebody who talks without a pause is as cheap."
    ends = {
        "own": f"own people are as cheap from {needed:.1f} % on, and they are busier: they are cheaper by the minute",
        "service": (
            f"own people would have to be busy {needed:.1f} % of the time, and are not: the service is cheaper by the "
            "minute"
        ),
        "unsure": f"own people are as cheap from {needed:.1f} % on, and noise does not tell whether they are that busy",
    }
    return f"{begin}: {ends[one.verdict]}."


def notes_on_occupancy(answer: occupancy.Answer) -> Iterator[str]:
    yield (
        "By the minute alone: it leaves out whom either of them loses, and that a small team cannot be as busy "
        "without losing callers. `volume` counts both."
    )
    yield (
        f"a handled minute: of pick-up, talk and wrap-up of `{answer.team}`; what a plan would charge for these calls, "
        "fees and rounding in it. busy: share of the time on duty."
    )
    if answer.other_teams:
        yield f"Other teams with a wage: {', '.join(answer.other_teams)}; `--team` asks about one of them."
    if answer.left_out:
        yield f"Left out, for another currency or a price that nobody knows: {', '.join(answer.left_out)}."


# One agent more or less.


def about_hours(answer: hours.Answer) -> Iterator[str]:
    for verdict, said in (
        ("one more", "One agent more pays at"),
        ("one less", "One agent less saves money at"),
        ("as it is", "As many as there are is right at"),
        ("unsure", "Noise does not tell at"),
    ):
        stretches = _stretches([one for one in answer.points if one.verdict == verdict])
        if stretches:
            yield f"{said} {listed(stretches)}."
    if answer.together is not None:
        yield _together(answer.together, answer.currency)


def _together(found: Interval, currency: str | None) -> str:
    apart, sign = found.value or 0.0, sign_of(found)
    verdict = {-1: "saves", 1: "would cost", 0: "changes, which noise does not tell from nothing,"}[sign]
    amount = grouped(abs(apart)) if sign else grouped(apart, signed=True)
    return f"All that is advised at once {verdict} {amount}{half_of(found)} {currency} a month."


def _stretches(points: Sequence[hours.Point]) -> list[str]:
    """Hours that follow each other as one stretch."""
    found: list[tuple[str, str]] = []
    for one in points:
        if found and found[-1][1] == one.start:
            found[-1] = found[-1][0], one.end
        else:
            found.append((one.start, one.end))
    return [f"{start}-{end}" for start, end in found]


def notes_on_hours(answer: hours.Answer) -> Iterator[str]:
    yield (
        f"one more, one less: how the total cost changes for each paid hour that `{answer.team}` has more, or less, "
        "in that interval of every day; below zero it saves. lost: new ones, for each such hour."
    )
    yield (
        "Each row is looked at alone: after a change look again before the next, for neighbouring hours help each "
        "other out. The intervals hold together for all of them."
    )
    yield (
        "An hour at the busiest moment brings, and one taken away there may spare, a further seat where `pay` has "
        "seats."
    )
    if any(one.agents.startswith("1") for one in answer.points):
        yield "agents: on the roster then; where it is 1, or 1 on some days, one less is nobody."
    if answer.other_teams:
        yield f"Other paid teams: {', '.join(answer.other_teams)}; `--team` asks about one of them."


# The closed hours.


def who_answers(answer: after_hours.Answer, name: str) -> str:
    texts = {
        after_hours.NOBODY: answer.nobody,
        after_hours.SERVICE: answer.vendor,
        after_hours.SEAT: "one of our own",
    }
    return texts[name]


def about_after_hours(answer: after_hours.Answer) -> Iterator[str]:
    points = {one.name: one for one in answer.points}
    yield f"It is closed for {answer.closed_hours:g} hours a week; the comparison is with {answer.nobody} in them."
    yield _against_nobody(points[after_hours.SERVICE], f"`{answer.vendor}` in these hours", answer)
    pair = answer.service
    if pair.verdict in ("above", "below"):
        than = "more" if pair.verdict == "above" else "less"
        at = f"{money(pair.value.value)} {answer.currency}{bounds_of(pair.value)}"
        yield f"It pays where a lost caller is worth {than} than {at}."
    if after_hours.SEAT in points:
        yield _against_nobody(points[after_hours.SEAT], "One of our own on duty in these hours", answer)
    if answer.seat is not None:
        yield (
            f"By the formula, a seat that is never empty takes {grouped(answer.seat.employees, 1)} full-time employees "
            f"and costs {money(answer.seat.month)} {answer.currency} a month."
        )


def _against_nobody(point: after_hours.Point, who: str, answer: after_hours.Answer) -> str:
    apart = point.difference
    nobody = next(one for one in answer.points if one.name == after_hours.NOBODY)
    saved = nobody.loss - point.loss
    price = point.payroll + point.invoices - nobody.payroll - nobody.invoices
    sign = sign_of(apart)
    verdict = {1: "it costs more than it brings", -1: "it pays", 0: "noise does not tell whether it pays"}[sign]
    return (
        f"{who}: {grouped(price)} {answer.currency} a month more to pay, {grouped(saved)} less lost with callers, "
        f"together {grouped(apart.value or 0.0, signed=True)}{half_of(apart)}: {verdict}."
    )


def notes_on_after_hours(answer: after_hours.Answer) -> Iterator[str]:
    if answer.team is not None:
        yield (
            f"one of our own: a further agent with the pay of `{answer.team}` whenever it is closed, at a desk that "
            "is there already; no premium for nights is in it. The formula reckons a seat of its own, and leave "
            "stood in for."
        )
    yield "while closed, or while nobody is on duty: for the service both count."


# When to pass callers on.


def about_overflow(answer: overflow.Answer) -> Iterator[str]:
    best = next(one for one in answer.points if one.name == answer.best)
    yield f"From `{answer.queue}` to `{answer.vendor}`, cheapest: {_passed_on(best.name)}."
    if answer.best == overflow.EVERY:
        others = [one for one in answer.points if one.name != overflow.EVERY]
        second = min(others, key=lambda one: one.total.value or 0.0)
        yield f"With own people there, cheapest on average: {_passed_on(second.name)}."
    alike = [_quoted(one.name) for one in answer.points if one.alike and one.name != answer.best]
    if alike:
        yield f"Cannot be told from it: {listed(alike)}."
    dearer = [one for one in answer.points if not one.alike]
    if dearer:
        worst = max(dearer, key=lambda one: one.difference.value or 0.0)
        yield f"Dearest of all: {_passed_on(worst.name)}, by {money(worst.difference.value)} {answer.currency} a month."
    today = next((one for one in answer.points if one.name == answer.today), None)
    if today is not None and today.name == answer.best:
        yield "The file has the cheapest of these."
    elif today is not None:
        verdict = ", which noise does not tell from the cheapest" if today.alike else ""
        dearer_by = f"{money(today.difference.value)} {answer.currency} a month dearer"
        yield f"The file has: {_passed_on(today.name)}, {dearer_by}{verdict}."


def _quoted(name: str) -> str:
    return "every call there" if name == overflow.EVERY else name


def _passed_on(name: str) -> str:
    if name == overflow.NEVER:
        return "never pass callers on"
    if name == overflow.EVERY:
        return "pass every call on, without own people"
    return "pass callers on at once where nobody is free" if name == "at once" else f"pass callers on after {name}"


def notes_on_overflow(answer: overflow.Answer) -> Iterator[str]:
    yield (
        "at once: whoever finds nobody free. never: the service gets no call from this queue, and its fixed fees are "
        "saved where it gets no other. every call: own people are not there at all, nor do they call anybody back."
    )
    yield "The intervals of the differences hold together for all pairs of delays."
    if answer.unpaid:
        yield "Nothing says what the teams are paid: it stands in no total, and `every call` is not compared for that."


# More or fewer callers than forecast.


def about_forecast(answer: forecast.Answer) -> Iterator[str]:
    for curve in answer.curves:
        now = next(one for one in curve.points if one.share == 1.0)
        ends = [one for one in (curve.points[0], curve.points[-1]) if one.share != 1.0]
        as_it_is = (
            f"as many callers as forecast cost {money(now.total.value)}{half_of(now.total)} {answer.currency} a month"
        )
        told = [_change(one, now, answer.currency) for one in ends] or [as_it_is]
        yield f"`{curve.variant}`: {'; '.join(told)}."
    for one in answer.flips:
        sure = "" if one.sure else ", as far as the means go"
        yield (
            f"Between {share_of(one.before)} and {share_of(one.after)} of the forecast the cheapest changes from "
            f"`{one.cheaper_before}` to `{one.cheaper_after}`{sure}."
        )
    for plan in answer.plans:
        yield _plan(plan, answer.currency)


def _change(one: forecast.Point, now: forecast.Point, currency: str | None) -> str:
    change = one.change.value or 0.0
    more = f"{100 * abs(one.share - 1.0):.3g} % {'more' if one.share > 1.0 else 'fewer'} callers than forecast"
    parts = (
        ("payroll", one.payroll - now.payroll),
        ("invoices", one.invoices - now.invoices),
        ("lost callers", one.loss - now.loss),
    )
    told = ", ".join(f"{name} {grouped(part, signed=True)}" for name, part in parts if abs(part) >= 0.5)
    bracket = f" ({told})" if told else ""
    if abs(change) < 0.5:
        half = half_of(one.change)
        return f"{more} cost as much{f', but for{half} {currency} a month' if half else ''}{bracket}"
    dearer = "more" if change > 0.0 else "less"
    return f"{more} cost {grouped(abs(change))}{half_of(one.change)} {currency} a month {dearer}{bracket}"


def _plan(plan: forecast.PlanCurve, currency: str | None) -> str:
    first, last = plan.points[0], plan.points[-1]
    ends = " and ".join(
        f"{grouped(one.change.value or 0.0, signed=True)} at {share_of(one.share)}"
        for one in (first, last)
        if one.share != 1.0
    )
    kinks = f"; its corridor ends at {' and '.join(map(share_of, plan.kinks))} of the forecast" if plan.kinks else ""
    if not ends:
        return (
            f"By `{plan.plan}` the invoice is {money(first.bill.value)}{half_of(first.bill)} {currency} a month{kinks}."
        )
    return f"By `{plan.plan}` the invoice changes by {ends} ({currency} a month){kinks}."


def notes_on_forecast(answer: forecast.Answer) -> Iterator[str]:
    yield "Own people are on the roster as the file says, whatever comes: their hours were planned for the forecast."
    if answer.plans:
        yield (
            f"Plans bill the calls of {answer.whose}. A plan with a corridor has their volume at 100 % for its "
            "forecast."
        )
    if answer.left_out:
        yield f"Left out, for they are in other currencies: {', '.join(answer.left_out)}."


# Invoices of single periods.


def about_invoice(answer: invoice.Answer) -> Iterator[str]:
    told: set[str] = set()
    for one in answer.points:
        if one.variant in told and answer.by_plans:
            continue  # the cheapest plan is told of, the table has all
        told.add(one.variant)
        yield (
            f"`{one.variant}`, plan `{one.plan}`: {known(one.mean)} {one.currency} on average; in one period of twenty "
            f"{known(one.p95)} or more, in one of twenty {known(one.p5)} or less."
        )


def notes_on_invoice(answer: invoice.Answer) -> Iterator[str]:
    periods = so_many(answer.points[0].invoices, "billing period")
    yield f"Invoices of {periods}. P95: 19 of 20 are no higher. A `?` needs more replications."
    if not answer.points[0].whole:
        yield "The counted days make no whole billing period: base, allowance, tiers and minimum are prorated."
    yield from answer.notes
    if answer.unknown:
        yield f"Left out, for they have no price for what was used: {', '.join(answer.unknown)}."
