"""What a comparison says, in sentences for whoever has to decide. Each is true of whatever came out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from callsim import flipwords
from callsim.comparewords import LEVERS, LOSSES, VIEWS, VIEWS_SAID, named, percent, with_letters
from callsim.comparison import Comparison
from callsim.decisions import FEWEST, Decision, Ranked, enough
from callsim.economics import LOSS_KEYS
from callsim.estimate import Estimate, Interval, interval
from callsim.quantities import grouped, listed, so_many
from callsim.replicate import Result, VariantResult, measured
from callsim.tables import shown, unit_of
from callsim.value import parts_adding_up
from callsim.weakwords import feeds, in_words


class Answer(NamedTuple):
    """A paragraph: what it is about, and its sentences."""

    about: str
    says: str


def answers(comparison: Comparison) -> list[Answer]:
    """The sentences above the tables, in the order in which they are read."""
    paragraphs = {
        "today": _today(comparison),
        "cheapest": _cheapest(comparison),
        "views": _views(comparison),
        "flips": flipwords.flips(comparison),
        "callers": _callers(comparison),
        "weak": _weak(comparison),
    }
    found = [
        Answer(about, with_letters(" ".join(sentences), comparison.result)) for about, sentences in paragraphs.items()
    ]
    return [answer for answer in found if answer.says]


# What is missed now, and what it costs.


def _today(comparison: Comparison) -> Iterator[str]:
    result = comparison.result
    now = result.variants[0]
    if not now.measures["callers"].value:
        yield f"Nobody calls in {named(now.name)}."
        return
    calls, share, callers, lost = (
        _count(result, now, key) for key in ("attempts", "missed_rate", "callers", "lost_callers")
    )
    yield (
        f"In {named(now.name)}, {share} of {calls} {_comers(now)} a month are missed{_ways(now)}; {lost} of {callers} "
        f"callers are lost{_unhelped(result, now)}."
    )
    others = ["tried again"] if now.measures["attempts_per_caller"].value > 1.0 else []
    if now.measures["called_back_callers"].value:
        others.append(f"were called back ({_count(result, now, 'called_back_callers')})")
    if others:
        yield f"Others who were missed {' or '.join(others)}."
    yield from _loss(result, now)
    total = now.money["total_cost"]
    if math.isfinite(total.value):
        yield f"All in all {named(now.name)} costs {_amount(result, total)}: {_made_of(result, now)}."


def _count(result: Result, variant: VariantResult, key: str) -> str:
    return shown(measured(key, variant.measures[key]), unit_of(result, key))


def _comers(now: VariantResult) -> str:
    found = set(now.comes_by.values())
    return "calls and chats" if {"call", "chat"} <= found else "chats" if "chat" in found else "calls"


WAYS = {
    "abandoned": "gave up",
    "blocked": "heard busy",
    "closed": "came while closed",
    "voicemail": "left a message",
}
"""How calls are missed."""


def _ways(now: VariantResult) -> str:
    ways = [
        f"{grouped(now.measures[key].value)} {way}"
        for key, way in WAYS.items()
        if key in now.measures and now.measures[key].value >= 0.5
    ]
    return f" ({listed(ways)})" if ways else ""


def _unhelped(result: Result, variant: VariantResult) -> str:
    """Of the lost, who was answered."""
    unserved = variant.measures.get("unserved_callers")
    if unserved is None or not unserved.value:
        return ""
    return f", {_count(result, variant, 'unserved_callers')} of whom were answered but not helped"


def _amount(result: Result, estimate: Estimate) -> str:
    """`366 838 ±2 518 RUB a month`."""
    return f"{shown(interval(estimate), 'money')} {result.currency} a month"


def _loss(result: Result, now: VariantResult) -> Iterator[str]:
    view = result.count_loss_as
    known = math.isfinite(now.money["loss_lifetime"].value)
    if not known:
        yield "What that costs the file does not say: no source has a `worth:`."
    elif view is None:
        low, high = (_amount(result, now.money[f"loss_{one}"]) for one in ("first_order", "lifetime"))
        yield f"That costs {low} in first orders, or {high} over the lifetime of customers."
    else:
        yield (
            f"That costs {_amount(result, now.money[LOSS_KEYS[view]])}, counted as {view}: {LOSSES[view]}."
            f"{_loss_parts(result, now)} The "
            "loss is an estimate from what the file says a caller is worth, not money that leaves an account."
        )


def _loss_parts(result: Result, now: VariantResult) -> str:
    """Whom the loss is for; their amounts add up to it."""
    people = {key: part.value for key, part in now.loss_parts.items()}
    keys = ("loss_gone", "loss_cooled", "loss_existing")
    if not all(key in people for key in keys):
        return ""
    cooled = f"of whom some no longer want to buy by then: as many as {_people(people['new_cooled'])} lost for good"
    whom = (
        ("new_gone", f"{_people(people['new_gone'])} new callers among the lost{_each(result, now)}"),
        ("new_cooled", f"{_people(people['new_called_back'])} new callers who were called back, {cooled}"),
        ("existing_lost", f"what was at stake with {_people(people['existing_lost'])} existing customers lost"),
    )
    amounts = [grouped(float(amount)) for amount in parts_adding_up([people[key] for key in keys], 0)]
    parts = [(amount, words) for amount, (key, words) in zip(amounts, whom, strict=True) if people[key]]
    others = now.measures["lost_callers"].value - people["new_gone"] - people["existing_lost"]
    rest = f" The other {_people(others)} who are lost are counted at nothing." if others >= 0.5 else ""
    if len(parts) == 1:
        return f" All of it is for {parts[0][1]}.{rest}"
    told = "; ".join(f"{amount} {result.currency} are for {words}" for amount, words in parts)
    return f" Of that, {told}.{rest}" if told else ""


def _people(count: float) -> str:
    return grouped(count, 1 if count < 1000.0 else 0)


def _each(result: Result, now: VariantResult) -> str:
    """What one of those lost for good costs."""
    if not now.loss_parts["new_gone"].value:
        return ""
    each = now.loss_parts["loss_gone"].value / now.loss_parts["new_gone"].value
    # Sources may differ, and a budget makes leads of one replication dearer than of another.
    about = " on average" if len(now.by_source) > 1 or now.channels is not None else ""
    digits = 0 if each >= 100.0 or abs(each - round(each)) < 0.005 else 2
    return f", at {grouped(each, digits)} {result.currency} each{about}"


def _made_of(result: Result, now: VariantResult) -> str:
    # The loss first: that it stands in the sentence before, rounded, and the last takes what is left.
    keys = (LOSS_KEYS[str(result.count_loss_as)], "phone_lines", "invoices", "payroll")
    amounts = [_known(now.money[key].value) for key in keys]
    loss, lines, invoices, payroll = (grouped(float(part)) for part in parts_adding_up(amounts, 0))
    vendors = f", answering services {invoices}" if amounts[2] else ""
    rent = f", phone lines {lines}" if amounts[1] else ""
    return f"payroll {payroll}{vendors}{rent} and this loss {loss}"


def _known(amount: float) -> float:
    """Nothing for what has no price."""
    return amount if math.isfinite(amount) else 0.0


# What is the cheapest, and how sure that is.


def _cheapest(comparison: Comparison) -> Iterator[str]:
    result, ranked = comparison.result, comparison.decision.ranked
    if comparison.decision.key != "total_cost":
        yield f"There is no total cost to compare: {'; '.join(_missing(result))}."
    if len(ranked) == 1:
        yield "There is one variant only, so nothing to compare it with: write others under `variants:`."
        return
    if all(one.is_same for one in ranked):
        yield f"The {len(ranked)} variants come to exactly the same, every time: there is nothing to choose between."
        return
    yield from _winner(comparison)
    yield from _mixed(comparison)
    yield from _lost_instead(comparison)
    yield from _sure(comparison)
    yield from _verdict(comparison)


def _mixed(comparison: Comparison) -> Iterator[str]:
    """A word of warning where callers are not the same; which, and in what, is said further below."""
    if comparison.best == comparison.baseline and comparison.differing:
        yield "But not all of them have the same callers, as said below."
    elif any(f"`{comparison.best}`" in line for line in comparison.differing):
        yield f"But part of that are the callers: they are not those of {named(comparison.baseline)}, as said below."


def _missing(result: Result) -> Iterator[str]:
    """What the file would have to say."""
    if result.count_loss_as is None:
        if not any(math.isfinite(variant.money["loss_lifetime"].value) for variant in result.variants):
            yield "nothing says what callers are worth (`worth:`)"
        yield "nothing says what of a lost caller is to be counted (write `count_loss_as: first order`)"
    unpaid = [named(one.name) for one in result.variants if not math.isfinite(one.money["payroll"].value)]
    if unpaid:
        where = "" if len(unpaid) == len(result.variants) else f" in {', '.join(unpaid)}"
        yield f"nothing says what the teams earn{where} (write `pay: {{wage: ...}}`)"


def _winner(comparison: Comparison) -> Iterator[str]:
    decision = comparison.decision
    best, others = comparison.best, [one for one in decision.ranked if not one.is_same]
    money = decision.key == "total_cost"
    word = "the cheapest" if money else "the one that loses the fewest callers"
    cost = f"{_size(comparison, decision.of(best).cost)}{' in total' if money else ''}"
    is_sure = not decision.rivals
    lead = f"{named(best)} {'is' if is_sure else 'comes out as'} {word}, at {cost}"
    if best == comparison.baseline:
        stay = "Stay as you are: " if is_sure and not flipwords.near(comparison) else ""
        yield f"{stay}{lead}; the next, {named(others[0].name)}, comes to {_more(comparison, others[0])} more."
    else:
        against = decision.of(comparison.baseline)
        less = f", {_more(comparison, against)} {'less' if money else 'fewer'} than {named(against.name)}"
        next_ = f". The next is {named(others[0].name)}, {_more(comparison, others[0])} more"
        yield f"{lead}{less}{'' if others[0].name == against.name else next_}."
    if money:
        yield from _made_less(comparison, others[0].name if best == comparison.baseline else comparison.baseline)
    same = [named(one.name) for one in decision.ranked if one.is_same and one.name != best]
    if same:
        yield f"{listed(same)} {'comes' if len(same) == 1 else 'come'} to exactly the same as {named(best)}."


def _lost_instead(comparison: Comparison) -> Iterator[str]:
    """How many callers the cheapest loses, where that is not what is ranked."""
    result = comparison.result
    if comparison.best == comparison.baseline or comparison.decision.key != "total_cost":
        return
    now, then = result.variants[0], next(one for one in result.variants if one.name == comparison.best)
    counts = [_count(result, one, "lost_callers") for one in (then, now)]
    if counts[0] != counts[1]:
        yield (
            f"{named(then.name)} loses {counts[0]} callers{_unhelped(result, then)}; {named(now.name)} loses "
            f"{counts[1]}."
        )
    late = [one.loss_parts["new_cooled"].value if "new_cooled" in one.loss_parts else 0.0 for one in (then, now)]
    if round(late[0]) != round(late[1]):
        yield (
            f"Called back too late to buy are as many as {_people(late[0])} new callers there, and "
            f"{_people(late[1])} in {named(now.name)}."
        )


def _made_less(comparison: Comparison, against: str) -> Iterator[str]:
    """By how much which part of the total is less or more, and all together."""
    variants = {variant.name: variant.money for variant in comparison.result.variants}
    parts = {
        "payroll": "payroll",
        "answering services": "invoices",
        "phone lines": "phone_lines",
        "loss": LOSS_KEYS[str(comparison.result.count_loss_as)],
    }
    best = variants[comparison.best]
    less = [_known(variants[against][key].value) - _known(best[key].value) for key in parts.values()]
    made_of = [
        f"{name} {grouped(abs(float(part)))} {'less' if part > 0 else 'more'}"
        for name, part in zip(parts, parts_adding_up(less, 0), strict=True)
        if part
    ]
    if made_of:
        yield f"What makes {named(comparison.best)} cheaper than {named(against)}: {listed(made_of)}."


def _size(comparison: Comparison, estimate: Estimate) -> str:
    if comparison.decision.key == "total_cost":
        return _amount(comparison.result, estimate)
    return f"{shown(interval(estimate, least=0.0), 'per month')} a month"


def _more(comparison: Comparison, one: Ranked) -> str:
    return _size_of(comparison, interval(one.above))


def _size_of(comparison: Comparison, found: Interval) -> str:
    unit = f"{comparison.result.currency} a month" if comparison.decision.key == "total_cost" else "callers a month"
    return f"{shown(found, 'money')} {unit}"


def _sure(comparison: Comparison) -> Iterator[str]:
    result, decision = comparison.result, comparison.decision
    chance = _chance(decision)
    if chance is None:
        yield (
            f"How sure that is cannot be said from {so_many(result.replications, 'replication')}: it takes {FEWEST} "
            "at least, and better 30 (`--replications 30`)."
        )
        return
    group = [one for one in decision.ranked if one.is_same]
    who = f"{named(comparison.best)} is" if len(group) == 1 else "one of them is"
    yield (
        f"The chance that {who} the {'cheapest' if decision.key == 'total_cost' else 'best'} is {percent(chance)}, if "
        "the numbers in the file are right: so sure are the simulated days of it."
    )


def _chance(decision: Decision) -> float | None:
    """That the first, or one of those that are the same, is the best."""
    chances = [one.chance for one in decision.ranked if one.is_same]
    return None if chances[0] is None else sum(chance or 0.0 for chance in chances)


def _verdict(comparison: Comparison) -> Iterator[str]:
    """Whom to choose from: one word on each rival, either that it is near, or that chance may make the difference."""
    rivals = {one.name: one for one in comparison.decision.rivals}
    near = [
        each for each in flipwords.near(comparison) if flipwords.surely_near(each[1]) or each[1].rival not in rivals
    ]
    if near:
        best, names = named(comparison.best), [named(one.rival) for _, one in near]
        turns = [flipwords.turned_by(flip, one) for flip, one in near]
        settled = all(flipwords.surely_near(one) for _, one in near)
        stays = ", and more simulation would not change that" if settled else ""
        yield (
            f"But {listed(names)} {'is' if len(near) == 1 else 'are'} practically equal to {best}: "
            f"{listed(turns, 'or')} would turn the order{stays}. "
            f"Let other reasons decide between {listed([best, *names])}."
        )
    others = [one for name, one in rivals.items() if name not in {one.rival for _, one in near}]
    if others or not near:
        yield from _told_apart(comparison, others)


def _told_apart(comparison: Comparison, rivals: Sequence[Ranked]) -> Iterator[str]:
    decision = comparison.decision
    if comparison.result.replications < 2:
        return
    if not rivals:
        others = sum(not one.is_same for one in decision.ranked)
        if others > 1:
            yield f"Each of the {others} others is worse by more than chance explains."
        else:
            yield "The difference is larger than chance explains."
        return
    names = listed([named(one.name) for one in rivals])
    such = "such a difference" if len(rivals) == 1 else "such differences"
    yield f"{names} cannot be told apart from {named(comparison.best)}: chance alone may make {such}."
    if comparison.best != comparison.baseline and comparison.baseline in [one.name for one in rivals]:
        yield f"So it is not sure that anything is gained by leaving {named(comparison.baseline)}."
    wanted = most_of(enough(one.above, comparison.decision.joint) for one in rivals)
    if wanted is not None and comparison.result.replications < wanted <= MOST_ADVISED:
        rounded = math.ceil(1.5 * wanted / 10) * 10
        yield f"`--replications {rounded}` would probably tell."
    elif wanted is not None and wanted > MOST_ADVISED:
        yield "More replications would hardly tell them apart: take them for equally good."


def most_of(wanted: Iterable[int | None]) -> int | None:
    """As many as tell all of them; None where one cannot say of any."""
    known = [one for one in wanted if one is not None]
    return max(known, default=None)


MOST_ADVISED = 3000
"""Replications that are still worth while."""


# Whether another view of the loss would say otherwise.


def _views(comparison: Comparison) -> Iterator[str]:
    counted, best = comparison.result.count_loss_as, comparison.best
    others = {view: decision for view, decision in comparison.views.items() if view != counted}
    if not others or all(one.is_same for one in comparison.decision.ranked):
        return
    agreeing = [view for view, decision in others.items() if decision.of(best).is_same]
    differing = {view: decision for view, decision in others.items() if view not in agreeing}
    if not differing:
        yield (
            f"It does not matter what is counted as the loss: by {_by(agreeing)} {named(best)} comes out as the "
            f"cheapest as well{_at_least([others[view] for view in agreeing])}."
        )
        return
    yield f"The answer hangs on what is counted as the loss, here {VIEWS[str(counted)]}."
    for view, decision in differing.items():
        first = decision.ranked[0]
        less = shown(interval(decision.of(best).above), "money")
        yield (
            f"By {VIEWS_SAID[view]}, {named(first.name)} would come out as the cheapest, {less} "
            f"{comparison.result.currency} a month less than {named(best)}{_at_least([decision])}."
        )
    if agreeing:
        yield f"By {_by(agreeing)}, it stays {named(best)}{_at_least([others[view] for view in agreeing])}."
    yield "So decide first what of a lost caller you want to count (`count_loss_as:` in the file)."


def _by(views: Sequence[str]) -> str:
    return listed([VIEWS_SAID[view] for view in views], "and by")


def _at_least(decisions: Sequence[Decision]) -> str:
    chances = [chance for decision in decisions if (chance := _chance(decision)) is not None]
    if not chances:
        return ""
    least = percent(min(chances))
    at_least = "" if len(chances) == 1 or least.startswith("over") else " at least"
    return f", with a chance of {least}{at_least}"


# What all of it rests on.


def _callers(comparison: Comparison) -> Iterator[str]:
    if comparison.differing:
        yield "Mind what is compared:"
        yield "; ".join(comparison.differing) + "."


def _weak(comparison: Comparison) -> Iterator[str]:
    moved = [flip.lever for flip in comparison.flips if flip.nearest.at is not None]
    words = list(dict.fromkeys(map(in_words, comparison.weak)))
    first = {
        lever: list(dict.fromkeys(in_words(one) for one in comparison.weak if feeds(one, lever))) for lever in moved
    }
    told = {word for found in first.values() for word in found}
    said = [f"{listed(found)} (behind {LEVERS[lever]})" for lever, found in first.items() if found]
    said += [word for word in words if word not in told]
    if said:
        yield f"Guessed inputs that may matter, `# weak` in the file: {'; '.join(said)}. Put your own counts there."
    if comparison.unsaid:
        yield f"Not said in the file: {'; '.join(comparison.unsaid)}."
    if comparison.weak_prices:
        yield f"Prices on weak evidence: {'; '.join(comparison.weak_prices)}."
