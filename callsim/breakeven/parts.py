"""Which part of a scenario a question is about, and what a file lacks that the question needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from callsim.breakeven.playing import Asked
from callsim.errors import CallsimError
from callsim.metrics import MONTH
from callsim.payroll import year_of_employee
from callsim.replicate import variants_of
from callsim.scenario import Scenario, Study
from callsim.scenario.fields import nearest
from callsim.scenario.pay import Pay
from callsim.scenario.plans import Tariff
from callsim.scenario.routes import vendors_met
from callsim.scenario.timetable import DAY, Calendar
from callsim.worth.employee import OF_TEAM, employees_of

NO_PAY = "says what no team is paid: add `pay: {wage: ...}` to the team"
NO_LOSS = "says not what a lost caller costs: add `worth:`, name it under the source, and say `count_loss_as:`"
NO_VENDOR = "has no answering service: add one under `vendors:`, with what it charges under `tariffs:`"
NO_TARIFF = "has no plan of an answering service: add `tariffs:`, or ask with `--plans` such as `--plans us`"
"""What a file lacks, said after its name."""


def scenario_of(study: Study, asked: Asked) -> Scenario:
    """The variant that is asked about, the first unless said, logged calls solved for the callers."""
    name = asked.variants[0] if asked.variants else next(iter(study.variants))
    return variants_of(study, [name])[0][name]


def variant_of(study: Study, asked: Asked) -> Scenario:
    """The same as it stands in the file."""
    return study.variants.get(asked.variants[0] if asked.variants else "", next(iter(study.variants.values())))


def _picked(kind: str, name: str | None, known: Iterable[str]) -> str:
    """The named one, else the first."""
    names = list(dict.fromkeys(known))
    if name is None:
        return names[0]
    if name not in names:
        listed = ", ".join(f"`{one}`" for one in names)
        raise CallsimError(f"--{kind}: expected one that this question can be about ({listed}), found `{name}`"
                           f"{nearest(name, names)}")  # fmt: skip
    return name


def paid_teams(scenario: Scenario) -> list[str]:
    return [name for name, team in scenario.teams.items() if team.pay]


def waged_teams(scenario: Scenario) -> list[str]:
    """Those that are paid by the hour: their full-time employee has a price, a flat sum is for all of a team."""
    return [name for name, team in scenario.teams.items() if team.pay and team.pay.wage]


def unpaid(scenario: Scenario) -> bool:
    """Whether it has teams, and says of none what it is paid: there is no payroll then, and no total."""
    return bool(scenario.teams) and not paid_teams(scenario)


def lacks_pay(study: Study, asked: Asked) -> str | None:
    """Which of the variants that are asked about have no payroll, said after the name of the file."""
    names = asked.variants or tuple(study.variants)
    without = [name for name in names if name in study.variants and unpaid(study.variants[name])]
    if not without:
        return None
    if len(without) == len(names):
        return NO_PAY
    others = " ".join(f"--variant '{name}'" for name in names if name not in without)
    return (
        f"says not what the teams in {', '.join(f'`{name}`' for name in without)} are paid: add `pay: {{wage: ...}}`, "
        f"or ask without: {others}"
    )


def team_of(scenario: Scenario, asked: Asked) -> str:
    """The paid team that is asked about."""
    return _picked("team", asked.team, paid_teams(scenario))


def waged_team_of(scenario: Scenario, asked: Asked) -> str:
    """The same among those that are paid by the hour."""
    return _picked("team", asked.team, waged_teams(scenario))


def vendor_of(scenario: Scenario, asked: Asked) -> str:
    """The answering service that is asked about: one that callers come to, where there is any."""
    return _picked("vendor", asked.vendor, [*vendors_met(scenario), *scenario.vendors])


def queue_of(scenario: Scenario, asked: Asked) -> str:
    """The queue that is asked about: one that passes callers on after some time, where there is any."""
    passing = [
        name
        for name, queue in scenario.queues.items()
        if any(rule.after is not None and rule.to and rule.to.kind == "vendor" for rule in queue.overflow)
    ]
    return _picked("queue", asked.queue, [*passing, *staffed(scenario)])


def staffed(scenario: Scenario) -> list[str]:
    """Queues that a team serves."""
    return [name for name in scenario.queues if scenario.teams_of(name)]


def plans_for(scenario: Scenario, asked: Asked) -> tuple[dict[str, Tariff], list[str]]:
    """The plans in the currency of the scenario, and the names of those in others; its own tariffs unless said."""
    if asked.plans is None:
        return {name: _own(scenario, tariff) for name, tariff in scenario.tariffs.items()}, []
    own = {name: plan for name, plan in asked.plans.items() if plan.currency == scenario.currency}
    return own, [name for name in asked.plans if name not in own]


def plans_of_vendor(scenario: Scenario, asked: Asked, vendor: str) -> tuple[dict[str, Tariff], list[str]]:
    """The same, where nothing is said the tariff of the vendor alone."""
    if asked.plans is None:
        name = scenario.vendors[vendor].tariff
        return {name: _own(scenario, scenario.tariffs[name])}, []
    return plans_for(scenario, asked)


def _own(scenario: Scenario, tariff: Tariff) -> Tariff:
    return tariff.model_copy(update={"currency": scenario.currency})


def needed_plans(study: Study, found: tuple[Mapping[str, Tariff], list[str]], currency: str | None) -> None:
    """Raises CallsimError where no plan is in the currency of the scenario."""
    if not found[0]:
        others = f"; {len(found[1])} are in others" if found[1] else ""
        raise CallsimError(f"{study.path}: expected a plan in {currency}, found none{others}")


def counts_loss(scenario: Scenario) -> bool:
    return scenario.count_loss_as is not None and any(source.worth for source in scenario.sources.values())


def callers_a_day(scenario: Scenario) -> float:
    """Callers on an ordinary day, from all sources, as the file says."""
    volumes = [source.volume for source in scenario.sources.values()]
    return sum(volume.number * (24.0 if volume.per == "hour" else 1.0) for volume in volumes)


def employee_month(scenario: Scenario, team: str) -> float:
    """What a full-time employee of the team costs in a month, of the sums for the whole team their share."""
    pay = scenario.teams[team].pay
    assert pay is not None
    employees = employees_of(scenario, team) if pay.wage else 0.0
    year = year_of_employee(pay)
    return sum(amount / employees if key in OF_TEAM and employees else amount for key, amount in year.items()) / 12.0


def seat_round_the_clock(pay: Pay) -> tuple[float, float]:
    """(full-time employees, cost a month) of one seat that is never empty: 168 hours a week, leave stood in for."""
    employees = 7 * DAY / (pay.full_time * (1.0 - pay.shrinkage))
    year = year_of_employee(pay)
    once = sum(year[key] for key in OF_TEAM)
    return employees, (employees * (sum(year.values()) - once) + once) / 12.0


def per_month_of(calendar: Calendar) -> float:
    """What counts of the counted time are multiplied with to be those of a month of 365/12 days."""
    return MONTH / (calendar.counted_days * DAY)
