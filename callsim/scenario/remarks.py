"""What is allowed in a scenario but rarely meant: worth a look before the run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from callsim.scenario.checks import Found
from callsim.scenario.hangups import remarks_on_patience
from callsim.scenario.plans import EVIDENCE, WEAK, unknown, unsaid
from callsim.scenario.presence import remarks_on_presence
from callsim.scenario.routes import vendors_met
from callsim.scenario.staff import Vendor
from callsim.scenario.vocabulary import Scenario
from callsim.scenario.workload import remarks_on_workload
from callsim.yamlfile import dotted


def remarks_on(variants: Mapping[str, Scenario]) -> tuple[str, ...]:
    """The remarks on all variants, each said once and with its variants where it does not hold for all."""
    return (*_texts(variants, remarks), *_twins(variants))


def unsaid_in(variants: Mapping[str, Scenario]) -> tuple[str, ...]:
    """Of these remarks those on what nothing is said of, though results hang on it; none on what nobody comes to."""
    return tuple(_texts(variants, _unsaid, only_met=True))


def remarks_on_prices(variants: Mapping[str, Scenario]) -> tuple[str, ...]:
    """Those on prices of weak evidence, and on prices that nobody knows."""
    return (*_texts(variants, _weakly_priced), *_texts(variants, _unpriced))


def weak_prices_in(variants: Mapping[str, Scenario]) -> tuple[str, ...]:
    """Tariffs on weak evidence of vendors that callers can come to: ``what `out` charges by `plan` (an article)``."""
    found = (
        f"what `{name}` charges by `{scenario.vendors[name].tariff}` ({EVIDENCE[evidence]})"
        for scenario in variants.values()
        for name in vendors_met(scenario)
        if (evidence := scenario.tariffs[scenario.vendors[name].tariff].evidence) in WEAK
    )
    return tuple(dict.fromkeys(found))


def _texts(
    variants: Mapping[str, Scenario], found_in: Callable[[Scenario], Iterator[Found]], *, only_met: bool = False
) -> Iterator[str]:
    """Remarks with the variants that they are on: of a vendor those whose callers can come to it, if there are any."""
    found: dict[Found, list[str]] = {}
    for name, scenario in variants.items():
        for remark in found_in(scenario):
            found.setdefault(remark, []).append(name)
    met = {name: vendors_met(scenario) for name, scenario in variants.items()}
    for (path, message), every in found.items():
        meeting = [name for name in every if path[0] != "vendors" or path[1] in met[name]]
        names = meeting if meeting or only_met else every
        if not names:
            continue
        where = "" if len(names) == len(variants) else f" (in {', '.join(f'`{name}`' for name in names)})"
        yield f"{dotted(path)}{where}: {message}"


def _twins(variants: Mapping[str, Scenario]) -> Iterator[str]:
    """Variants that are the same: a setting from outside may have overwritten what they differ in."""
    names = list(variants)
    for place, name in enumerate(names):
        twin = next((other for other in names[:place] if variants[other] == variants[name]), None)
        if twin is not None:
            yield f"variants: `{twin}` and `{name}` are the same; did a setting overwrite what they differ in?"


def remarks(scenario: Scenario) -> Iterator[Found]:
    """What is allowed but rarely meant, by the path of the entry."""
    yield from remarks_on_presence(scenario)
    yield from _pay(scenario)
    yield from _advertising(scenario)
    yield from remarks_on_patience(scenario)
    yield from remarks_on_workload(scenario)
    yield from _unsaid(scenario)
    yield from _weakly_priced(scenario)
    yield from _unpriced(scenario)


def _pay(scenario: Scenario) -> Iterator[Found]:
    for name, team in scenario.teams.items():
        if team.pay is None and any(other.pay for other in scenario.teams.values()):
            yield ("teams", name), "no `pay:`: this team costs nothing in the comparison"
        breaks = [pause for shift in team.shifts for pause in shift.breaks if pause.paid]
        if breaks and team.pay is not None and team.pay.shrinkage:
            message = "`shrinkage:` beside paid breaks: these are paid with the shift, leave them out of the share"
            yield ("teams", name, "pay"), message
    if scenario.count_loss_as and scenario.teams and not any(team.pay for team in scenario.teams.values()):
        yield ("teams",), "no team has `pay:`: without a payroll there is no total cost"


def _advertising(scenario: Scenario) -> Iterator[Found]:
    for name, source in scenario.sources.items():
        if source.is_advertised and source.worth is None:
            key = "budget" if source.budget is not None else "cost_per_lead"
            yield ("sources", name), f"`{key}:` without `worth:`: whether its customers pay for it is not reckoned"
    for name, worth in scenario.worth.items():
        sources = [source for source in scenario.sources.values() if source.worth == name]
        if worth.lead_cost is not None and sources and all(source.is_advertised for source in sources):
            message = "`lead_cost:` is not used: each of its sources says by itself what its advertising costs"
            yield ("worth", name), message


def _unsaid(scenario: Scenario) -> Iterator[Found]:
    """What is taken for granted where nothing is said, though no evidence supports it and results hang on it."""
    counted = {name: source for name, source in scenario.sources.items() if source.worth is not None}
    if counted and not any(source.redial for source in scenario.sources.values()):
        example = "redial: {chance: 33%, after: exponential 8 min, at_most: 3}"
        yield (
            ("sources",),
            f"no `redial:` anywhere: nobody calls again after a missed call; write one such as `{example}`",
        )
    for name, source in counted.items():
        if "kinds" not in source.model_fields_set:
            example = "kinds: {new: 60%, service: 40%}"
            yield (
                ("sources", name),
                f"no `kinds:`: everybody is taken for a possible customer; write shares such as `{example}`",
            )
    for name, menu in scenario.menus.items():
        if "hangs_up" not in menu.model_fields_set:
            yield ("menus", name), "no `hangs_up:`: nobody hangs up in its prompt; write a share such as `hangs_up: 5%`"
    for name, vendor in scenario.vendors.items():
        yield from _unsaid_of_vendor(scenario, name, vendor)
    yield from _unsaid_of_callbacks(scenario)


def _unsaid_of_vendor(scenario: Scenario, name: str, vendor: Vendor) -> Iterator[Found]:
    path, said = ("vendors", name), vendor.model_fields_set
    if vendor.takes_message and "quality" in said:
        yield path, "`quality:` is not used with `takes_message: true`, which meets no need; `none` removes it"
    if vendor.takes_message and "speed" not in said:
        example = "speed: 0.3"
        yield path, f"no `speed:`: taking a message lasts as long as a whole talk; write a factor such as `{example}`"
    if not vendor.takes_message and "quality" not in said:
        yield path, "no `quality:`: it meets every need; write a share such as `quality: 95%`"
    tariff = scenario.tariffs[vendor.tariff]
    if tariff.bills_time and "wrap_up" in tariff.bills and vendor.wrap_up is None:
        message = "no `wrap_up:`, though its tariff bills it: none is billed, real invoices will be higher"
        yield path, f"{message}; write a time such as `wrap_up: 20 s`"
    for event in unsaid(tariff):
        message = f"no `share_of_calls:` of `{event}` in its tariff `{vendor.tariff}`: none is billed; write a share"
        yield path, f"{message} such as `share_of_calls: {{{event}: 5%}}`"


def _weakly_priced(scenario: Scenario) -> Iterator[Found]:
    for name, vendor in scenario.vendors.items():
        evidence = scenario.tariffs[vendor.tariff].evidence
        if evidence in WEAK:
            yield ("vendors", name), f"its tariff `{vendor.tariff}` rests on weak evidence: {EVIDENCE[evidence]}"


def _unpriced(scenario: Scenario) -> Iterator[Found]:
    for name, vendor in scenario.vendors.items():
        for gap in unknown(scenario.tariffs[vendor.tariff]):
            why = "nothing is billed without a price, so what needs it is refused"
            yield ("vendors", name), f"its tariff `{vendor.tariff}` {gap}: {why}"


def _unsaid_of_callbacks(scenario: Scenario) -> Iterator[Found]:
    if scenario.callbacks is None:
        return
    if scenario.callbacks.number_known == 1.0 and "missed" in scenario.callbacks.for_:
        yield ("callbacks",), "`number_known: 100%`: nobody withholds a number; write a share such as `90%`"
    for name in dict.fromkeys(source.worth for source in scenario.sources.values()):
        if name is not None and scenario.worth[name].interest_halves_in is None:
            example = "interest_halves_in: 60 min"
            message = f"no `interest_halves_in:`: a call back days later sells as well as an answer; write `{example}`"
            yield ("worth", name), message
