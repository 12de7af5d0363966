"""Skills, splits, shifts, vendors, voicemail and callbacks reach the model as they are written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest
from centre import CENTRE

from callsim import yamlfile
from callsim.errors import ScenarioError
from callsim.laws import Law
from callsim.quantities import Reference, Volume
from callsim.scenario import Scenario, Study, load
from callsim.scenario.schema import json_schema
from callsim.scenario.timetable import WhileOpen
from callsim.scenario.vocabulary import Way

HOUR = 3600.0

DESIGN = """\
name: Furniture shop, one number in every ad
currency: RUB
ring: Russia                            # 5 s a ring; or `ring: 6 s`
calendar: {start: 2026-03-01, days: 31, open: {mon-fri: 09:00-20:00, sat: 10:00-16:00}}
lines: 8                                # lines into the building; a ninth simultaneous caller hears busy
count_loss_as: first order              # which view of a lost caller enters the total

sources:
  search ads:
    callers: 85 per day                 # people, on a day of factor 1; their redials come on top
    weekdays: {sat: 0.6, sun: 0.3}
    calls_by_hour: {09:00: 6, 10:00: 11, 11:00: 12, 12:00: 10, 13:00: 8, 14:00: 9, 16:00: 9, 17:00: 10, 18:00: 9, 19:00: 7, 20:00: 0}
    day_to_day_variation: 20%           # coefficient of variation of a gamma day factor
    goes_to: queue sales
    hangs_up_ringing: 3-4 rings         # after the third or the fourth ring
    hangs_up_waiting: exponential 90 s  # once a machine has answered
    talk: lognormal 3 min cv 0.9
    redial: {chance: 33%, after: exponential 8 min, at_most: 3}
    kinds: {new: 60%, existing: 15%, service: 10%, junk: 15%}
    worth: buyer
menus:
  main: {answers_after: 1 ring, prompt: 14 s, hangs_up: 4%,
         keys: [{share: 70%, to: queue sales}, {share: 30%, to: self_service opening hours}]}
self_service:
  opening hours: {takes: 35 s, resolves: 80%, otherwise: queue sales}
queues:
  sales:
    target: 80% in 20 s
    overflow: [{after: 1 ring, to: vendor night desk}]
    closed: voicemail
teams:
  desk:
    serves: [sales]
    answers_after: exponential 4 s
    wrap_up: exponential 30 s
    agents: {mon-fri: {09:00-20:00: 2}, sat: {10:00-16:00: 1}}
    absence: 5%
    pay: {wage: 350 RUB per hour, employer_taxes: 30.2%, seat: 12 000 RUB per month}
vendors:
  night desk: {answers_after: exponential 11 s, quality: 98%, tariff: pay as you go}
tariffs:
  pay as you go: {base: 3 000 RUB per month, per_minute: 28 RUB, bills: [talk, wrap_up], billed_in: {first: 60 s, then: 60 s}}
worth:
  buyer: {lead_cost: 350 RUB, converts: 14%, first_order: 18 000 RUB, margin: 30%, orders_per_year: 4, years: 10, discount: 15%, promoters: 10%, referrals_each: 2, referred_worth: 116%, interest_halves_in: 60 min}
voicemail: {leaves: 25%, takes: 20 s}
callbacks: {for: [missed, voicemail], by: desk, number_known: 90%, reaches: 60%, tries: {at_most: 3, every: 30 min}, no_answer_takes: 25 s}

variants:
  today: {}
  third person at the desk: {teams: {desk: {agents: {mon-fri: {09:00-20:00: 3}}}}}
  a menu that answers at once: {sources: {search ads: {goes_to: menu main}}}
  all outsourced: {sources: {search ads: {goes_to: vendor night desk}}, teams: {desk: none}}
"""


def read(folder: Path, text: str) -> Study:
    file = folder / "centre.yaml"
    file.write_text(text, encoding="utf-8")
    return load(file)


def centre(folder: Path, *changes: tuple[str, str]) -> Scenario:
    text = CENTRE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    (scenario,) = read(folder, text).variants.values()
    return scenario


def to(text: str) -> Reference:
    kind, _, name = text.partition(" ")
    return Reference(kind, name)


# The example of the documentation


def test_an_outsourced_variant_says_what_becomes_of_the_callbacks(tmp_path: Path) -> None:
    """Who takes away the team that calls back is told so, with the way out."""
    with pytest.raises(ScenarioError) as caught:
        read(tmp_path, DESIGN)
    (problem,) = caught.value.problems
    assert problem.where == "callbacks.by in variant `all outsourced`"
    assert problem.message == (
        "expected a declared team (none is declared), found `desk` (a variant without that team says `callbacks: none`)"
    )
    assert problem.place.line == DESIGN[: DESIGN.index("by: desk")].count("\n") + 1


def test_the_example_is_read_with_all_its_variants(tmp_path: Path) -> None:
    """Desk, third person, menu and vendor, the last without callbacks."""
    study = read(tmp_path, DESIGN.replace("{desk: none}}", "{desk: none}, callbacks: none}"))
    today, third, menu, vendor = study.variants.values()
    assert today.queues["sales"].overflow[0].to == to("vendor night desk")
    assert today.callbacks is not None
    assert third.teams["desk"].absence == 0.05
    assert menu.sources["search ads"].goes_to == (Way(1.0, to("menu main")),)
    assert (vendor.teams, vendor.callbacks) == ({}, None)
    assert vendor.sources["search ads"].goes_to == (Way(1.0, to("vendor night desk")),)


# Ways


@pytest.mark.parametrize(
    ("written", "ways"),
    [
        ("queue sales", [(1.0, "queue sales")]),
        ("{60%: queue sales, 40.0%: vendor night desk}", [(0.6, "queue sales"), (0.4, "vendor night desk")]),
        ("{0%: menu main, 100%: queue sales}", [(0.0, "menu main"), (1.0, "queue sales")]),
        ("[{share: 50%, to: queue sales}, {share: 50%, to: voicemail}]", [(0.5, "queue sales"), (0.5, "voicemail")]),
        ("[{share: 100%, to: callback}]", [(1.0, "callback")]),
    ],
)
def test_callers_may_be_split(tmp_path: Path, written: str, ways: list[tuple[float, str]]) -> None:
    """By share as the key, or as a list, where two shares may be equal; in the order of the file."""
    scenario = centre(
        tmp_path, ("{60%: queue sales, 30%: menu main, 10%: vendor night desk}", written), ("    uses_line: true\n", "")
    )
    assert scenario.sources["ads"].goes_to == tuple(Way(share, to(place)) for share, place in ways)


def test_a_split_is_replaced_whole_by_a_variant(tmp_path: Path) -> None:
    """Half an old split and half a new one would not add up."""
    text = CENTRE + "variants: {other: {sources: {ads: {goes_to: {50%: queue sales, 50.0%: vendor night desk}}}}}\n"
    assert [way.share for way in read(tmp_path, text).variants["other"].sources["ads"].goes_to] == [0.5, 0.5]


def test_a_destination_has_a_kind_and_perhaps_a_name(tmp_path: Path) -> None:
    """Voicemail and the promise to call back have none."""
    queues = centre(tmp_path).queues
    assert (queues["sales"].closed, queues["service"].full) == (Reference("voicemail", ""), Reference("callback", ""))
    assert [str(place) for place in (queues["sales"].closed, to("vendor night desk"))] == [
        "voicemail",
        "vendor night desk",
    ]


# Who serves whom


@pytest.mark.parametrize(
    ("written", "levels"),
    [
        ("[sales]", (("sales",),)),
        ("[service, sales]", (("service",), ("sales",))),
        ("[[sales, service]]", (("sales", "service"),)),
        ("[[sales], service]", (("sales",), ("service",))),
    ],
)
def test_teams_have_preferences(tmp_path: Path, written: str, levels: tuple[tuple[str, ...], ...]) -> None:
    """What stands in inner brackets is alike, what comes later is served later."""
    own = ("    teams: [[desk, old hands], night]\n", "")
    team = centre(tmp_path, own, ("desk: {serves: [sales, service]", f"desk: {{serves: {written}")).teams["desk"]
    assert team.serves == levels
    assert team.queues == tuple(queue for level in levels for queue in level)


def test_teams_of_a_queue_are_ranked_by_it_or_by_themselves(tmp_path: Path) -> None:
    """By the queue's own list, else by the level at which each team's `serves` has the queue, in the file's order."""
    scenario = centre(tmp_path)
    assert scenario.teams_of("sales") == scenario.teams_of("service") == ["desk", "old hands", "night"]
    assert scenario.ranks("sales") == (("desk", "old hands"), ("night",))
    assert scenario.ranks("service") == (("old hands", "night"), ("desk",))
    assert centre(tmp_path, ("    teams: [[desk, old hands], night]\n", "")).ranks("sales") == (
        ("desk", "old hands"),
        ("night",),
    )


def test_a_queue_without_a_team_has_no_ranks(tmp_path: Path) -> None:
    """Its overflow rules take the callers."""
    change = ("  service:\n", "  other: {overflow: [{after: 0, to: vendor night desk}]}\n  service:\n")
    assert centre(tmp_path, change).ranks("other") == ()


# Everything else


def test_the_source_says_how_it_is_counted_and_how_it_redials(tmp_path: Path) -> None:
    """Callers or logged calls, patience redrawn or kept, lines used or not."""
    source = centre(tmp_path).sources["ads"]
    assert (source.patience_on_redial, source.uses_line) == ("kept", True)
    assert (source.volume, source.callers, source.logged_calls) == (Volume(40, "day"), Volume(40, "day"), None)
    logged = centre(tmp_path, ("callers: 40 per day", "logged_calls: 50 per day")).sources["ads"]
    assert (logged.volume, logged.callers, logged.logged_calls) == (Volume(50, "day"), None, Volume(50, "day"))


def test_the_rules_of_a_queue_are_read(tmp_path: Path) -> None:
    """Priority, choice, overflow, offer and transfer."""
    queues = centre(tmp_path).queues
    sales, service = queues["sales"], queues["service"]
    assert (sales.priority, sales.pick) == (2, "round robin")
    assert [(rule.after, rule.when, rule.to, rule.also) for rule in sales.overflow] == [
        (20.0, None, None, to("queue service")),
        (None, "nobody on duty", to("vendor night desk"), None),
    ]
    assert service.offer_callback is not None
    assert (service.offer_callback.after, service.offer_callback.accepts) == (60.0, 0.4)
    assert service.transfer is not None
    assert (service.transfer.chance, service.transfer.to) == (0.1, to("queue sales"))


@pytest.mark.parametrize("pick", ["longest idle", "least busy", "in order", "round robin"])
def test_agents_are_picked_in_four_ways(tmp_path: Path, pick: str) -> None:
    """Each by its words."""
    assert centre(tmp_path, ("pick: round robin", f"pick: {pick}")).queues["sales"].pick == pick


def test_teams_are_read(tmp_path: Path) -> None:
    """Headcount or shifts, speed, absence, calls not picked up, needs not met."""
    desk, old_hands, night = centre(tmp_path).teams.values()
    assert (desk.agents, desk.shifts, desk.absence, desk.speed) == (WhileOpen(2.0), (), 0.05, 1.25)
    (shift,) = old_hands.shifts
    assert old_hands.agents is None
    assert (shift.days, shift.hours, shift.agents) == (
        ("mon", "tue", "wed", "thu", "fri"),
        (9 * HOUR, 17.5 * HOUR),
        2,
    )
    assert [(pause.at, pause.lasts, pause.paid) for pause in shift.breaks] == [
        (12.5 * HOUR, 1800.0, False),
        (10 * HOUR, 900.0, True),
    ]
    assert (old_hands.resolves, old_hands.comes_back_after) == (0.9, Law("exponential", (86400.0,)))
    assert (night.no_answer_after, night.unavailable_for) == (25.0, 300.0)


def test_breaks_of_a_night_shift_are_those_of_its_night(tmp_path: Path) -> None:
    """At 01:30 is an hour and a half after midnight, and comes after the break at 23:00."""
    night = "hours: 22:00-06:00, agents: 2, breaks: [{at: 01:30, lasts: 30 min}, {at: 23:00, lasts: 5 min}]}]"
    old = (
        "hours: 09:00-17:30, agents: 2, breaks: [{at: 12:30, lasts: 30 min}, {at: 10:00, lasts: 15 min, paid: true}]}]"
    )
    (shift,) = centre(tmp_path, (old, night)).teams["old hands"].shifts
    assert [start for start, _ in shift.pauses] == [23 * HOUR, 25.5 * HOUR]


def test_breaks_may_touch_each_other_and_the_ends_of_the_shift(tmp_path: Path) -> None:
    """Time is half-open."""
    old = "breaks: [{at: 12:30, lasts: 30 min}, {at: 10:00, lasts: 15 min, paid: true}]"
    new = "breaks: [{at: 09:00, lasts: 1 h}, {at: 10:00, lasts: 15 min}, {at: 17:00, lasts: 30 min}]"
    (shift,) = centre(tmp_path, (old, new)).teams["old hands"].shifts
    assert len(shift.pauses) == 3


def test_vendors_voicemail_and_callbacks_are_read(tmp_path: Path) -> None:
    """And the tariff, which nothing bills by yet."""
    scenario = centre(tmp_path)
    desk, messages = scenario.vendors.values()
    assert (desk.answers_after, desk.operators, desk.lines) == (Law("exponential", (11.0,)), 3, 5)
    assert (desk.speed, desk.wrap_up, desk.quality) == (1.1, Law("constant", (20.0,)), 0.98)
    assert (desk.takes_message, desk.releases_line, desk.tariff) == (False, True, "pay as you go")
    assert (messages.takes_message, messages.operators, messages.lines, messages.quality) == (True, None, None, 1.0)
    assert scenario.tariffs["pay as you go"].bills == ("talk", "wrap_up")
    assert scenario.voicemail is not None
    assert (scenario.voicemail.leaves, scenario.voicemail.takes) == (0.25, 20.0)
    callbacks = scenario.callbacks
    assert callbacks is not None
    assert (callbacks.for_, callbacks.by, callbacks.number_known) == (("missed", "voicemail", "unserved"), "desk", 0.9)
    assert (callbacks.reaches, callbacks.no_answer_takes) == (0.6, 25.0)
    assert (callbacks.tries.at_most, callbacks.tries.every) == (3, 1800.0)


def test_a_variant_may_change_headcounts_into_shifts(tmp_path: Path) -> None:
    """The other form is removed by `none`."""
    change = "{teams: {desk: {agents: none, shifts: [{days: mon-sat, hours: 09:00-18:00, agents: 3}]}}}"
    team = read(tmp_path, f"{CENTRE}variants: {{shifts: {change}}}\n").variants["shifts"].teams["desk"]
    assert (team.agents, team.shifts[0].agents) == (None, 3)


# The JSON Schema


@pytest.mark.parametrize("text", [CENTRE, DESIGN], ids=["centre", "design"])
def test_the_json_schema_accepts_the_whole_language(text: str) -> None:
    """Splits, nested lists, shifts, vendors and callbacks."""
    tree: Any = yamlfile.plain(yamlfile.parse(text, "centre.yaml"))
    assert list(jsonschema.Draft202012Validator(json_schema()).iter_errors(tree)) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("sources.ads.goes_to", 3),
        ("sources.ads.goes_to", [{"share": "50%"}]),
        ("queues.sales.pick", "at random"),
        ("queues.sales.overflow", [{"after": "20 s", "into": "queue service"}]),
        ("queues.sales.teams", []),
        ("teams.desk.serves", "sales"),
        ("teams.old hands.shifts", [{"days": "mon-fri", "hours": "09:00-17:00"}]),
        ("vendors.messages.takes_message", "yes"),
        ("callbacks.tries.at_most", 0),
        ("callbacks.tries.often", 3),
        ("voicemail", {"leaves": "25%"}),
    ],
)
def test_the_json_schema_refuses_what_is_none_of_it(path: str, value: Any) -> None:
    """Unknown keys and words, lists and texts in the wrong place."""
    tree: Any = yamlfile.plain(yamlfile.parse(CENTRE, "centre.yaml"))
    part = tree
    *above, key = path.split(".")
    for step in above:
        part = part[step]
    part[key] = value
    assert not jsonschema.Draft202012Validator(json_schema()).is_valid(tree)
