"""What a scenario file says is what the model holds: calendars, variants, settings, bases, laws."""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from callsim import yamlfile
from callsim.errors import ScenarioError
from callsim.laws import Law
from callsim.quantities import Rate, Reference, Volume
from callsim.scenario import Scenario, Study, load
from callsim.scenario.compound import REDIALLED
from callsim.scenario.remarks import remarks
from callsim.scenario.schema import json_schema
from callsim.scenario.timetable import DAY, Calendar, Profile, next_opening, steps
from callsim.scenario.vocabulary import Way

ROOT = Path(__file__).parent.parent
SHIPPED = [*sorted((ROOT / "scenarios").glob("*.yaml")), ROOT / "callsim/templates/starter.yaml"]
HOUR = 3600.0

SHOP = """\
name: A shop
currency: RUB
ring: Russia
calendar: {start: 2026-03-02, days: 7, open: {mon-fri: 09:00-20:00}}
sources:
  ads:
    callers: 85 per day
    calls_by_hour: {09:00: 6, 20:00: 0}
    goes_to: queue sales
    hangs_up_ringing: 3-4 rings
    talk: 3 min
queues:
  sales: {}
teams:
  desk: {serves: [sales], agents: {mon-fri: {09:00-20:00: 2}}}
"""


def read(folder: Path, text: str, *settings: str) -> Study:
    file = folder / "shop.yaml"
    file.write_text(text, encoding="utf-8")
    return load(file, settings)


def one(folder: Path, text: str, *settings: str) -> Scenario:
    (scenario,) = read(folder, text, *settings).variants.values()
    return scenario


def timetable(folder: Path, *, hours: str, days: int = 14, agents: str = "1", more: str = "") -> Scenario:
    """The shop with other hours and agents, from Monday 2 March 2026 on."""
    text = SHOP.replace("days: 7, open: {mon-fri: 09:00-20:00}", f"days: {days}, {more} open: {hours}")
    return one(folder, text.replace("agents: {mon-fri: {09:00-20:00: 2}}", f"agents: {agents}"))


def changes(table: Any, calendar: Calendar, days: int) -> list[tuple[float, float, float]]:
    """(day, hour, value) of every change."""
    found = [change for day in range(days) for change in steps(table, calendar, day)]
    return [(time // DAY, time % DAY / HOUR, value) for time, value in found]


def openings(scenario: Scenario, days: int) -> list[tuple[float, float, float]]:
    return changes(scenario.calendar.open, scenario.calendar, days)


# Calendars


def test_hours_expand_to_days(tmp_path: Path) -> None:
    """A range of days, one day, a closed day, and days that are not named."""
    scenario = timetable(tmp_path, hours="{mon-wed: 09:00-20:00, sat: [10:00-12:00, 13:00-16:00], sun: closed}")
    assert openings(scenario, 7) == [
        (0, 9, 1), (0, 20, 0), (1, 9, 1), (1, 20, 0), (2, 9, 1), (2, 20, 0),
        (5, 10, 1), (5, 12, 0), (5, 13, 1), (5, 16, 0),
    ]  # fmt: skip


def test_a_range_of_days_may_run_over_the_weekend(tmp_path: Path) -> None:
    """`fri-mon` is Friday to Monday, `every day` is the whole week."""
    weekend = timetable(tmp_path, hours="{fri-mon: 09:00-10:00}")
    assert [day for day, hour, _ in openings(weekend, 7) if hour == 9] == [0, 4, 5, 6]
    assert len(openings(timetable(tmp_path, hours="{every day: 09:00-10:00}"), 7)) == 14


def test_a_night_belongs_to_its_first_day(tmp_path: Path) -> None:
    """Open on Friday from 22:00 means open on Saturday until 06:00."""
    assert openings(timetable(tmp_path, hours="{fri: 22:00-06:00}"), 7) == [(4, 22, 1), (5, 6, 0)]


def test_a_night_that_began_before_the_first_day_is_not_played(tmp_path: Path) -> None:
    """Sunday's night shift of the week before does not reach into the first Monday."""
    assert openings(timetable(tmp_path, hours="{sun: 22:00-06:00}"), 8) == [(6, 22, 1), (7, 6, 0)]


def test_adjacent_hours_merge(tmp_path: Path) -> None:
    """Closing and opening at one moment is no change, in the day and at midnight."""
    scenario = timetable(tmp_path, hours="{mon: [09:00-12:00, 12:00-24:00], tue: 00:00-08:00, thu-fri: 00:00-24:00}")
    assert openings(scenario, 6) == [(0, 9, 1), (1, 8, 0), (3, 0, 1), (5, 0, 0)]


def test_always_open_changes_once(tmp_path: Path) -> None:
    """At the very beginning; holidays make no difference."""
    scenario = timetable(tmp_path, hours="always", more="holidays: [2026-03-04],")
    assert openings(scenario, 14) == [(0, 0, 1)]


def test_a_holiday_has_hours_of_its_own(tmp_path: Path) -> None:
    """By date: Wednesday 4 March is short."""
    hours = "{mon-fri: 09:00-20:00, holiday: 10:00-12:00}"
    scenario = timetable(tmp_path, hours=hours, more="holidays: [2026-03-04],")
    assert openings(scenario, 4)[4:6] == [(2, 10, 1), (2, 12, 0)]
    assert scenario.calendar.holiday_dates() == {date(2026, 3, 4)}


def test_holidays_of_a_country(tmp_path: Path) -> None:
    """International Women's Day is a holiday in Russia: Sunday the 8th (made up for on Monday)."""
    pytest.importorskip("holidays")
    scenario = timetable(tmp_path, hours="{every day: 09:00-20:00, holiday: closed}", more="holidays: RU,")
    assert date(2026, 3, 8) in scenario.calendar.holiday_dates()
    assert [day for day, hour, _ in openings(scenario, 8) if hour == 9] == [0, 1, 2, 3, 4, 5]


def test_holidays_of_a_country_go_on_into_the_cool_down(tmp_path: Path) -> None:
    """Four weeks of December and one of cool-down: New Year's Day is a holiday though it is past the last day."""
    pytest.importorskip("holidays")
    text = SHOP.replace("2026-03-02, days: 7,", "2025-12-01, days: 28, cool_down: 30 days, holidays: RU,")
    calendar = one(tmp_path, text.replace("open: {", "open: {holiday: closed, ")).calendar
    assert {date(2026, 1, 1), date(2026, 1, 7)} <= calendar.holiday_dates()
    assert next_opening(calendar.open, calendar, 30 * DAY + 21 * HOUR) >= 39 * DAY


def test_headcounts_change_where_the_roster_says(tmp_path: Path) -> None:
    """Adjacent ranges of equal headcount merge, others step up and down, over midnight too."""
    agents = (
        "{mon: {09:00-12:00: 2, 12:00-14:00: 2, 14:00-18:00: 5, 18:00-20:00: 0, 22:00-03:00: 1}, tue: {03:00-04:00: 1}}"
    )
    scenario = timetable(tmp_path, hours="always", agents=agents)
    assert changes(scenario.teams["desk"].agents, scenario.calendar, 3) == [
        (0, 9, 2), (0, 14, 5), (0, 18, 0), (0, 22, 1), (1, 4, 0),
    ]  # fmt: skip


def test_a_bare_number_of_agents_holds_while_open(tmp_path: Path) -> None:
    """For the whole week, or on the days of a key; on a closed holiday nobody comes."""
    hours = "{mon-wed: 09:00-20:00, holiday: closed}"
    week = timetable(tmp_path, hours=hours, agents="3", more="holidays: [2026-03-04],")
    assert changes(week.teams["desk"].agents, week.calendar, 3) == [(0, 9, 3), (0, 20, 0), (1, 9, 3), (1, 20, 0)]
    days = timetable(tmp_path, hours=hours, agents="{mon: 3, tue: {10:00-11:00: 1}}", more="holidays: [2026-03-04],")
    assert changes(days.teams["desk"].agents, days.calendar, 3) == [(0, 9, 3), (0, 20, 0), (1, 10, 1), (1, 11, 0)]


def test_a_queue_has_hours_of_its_own_or_the_calendars(tmp_path: Path) -> None:
    """`open` of the queue goes before."""
    scenario = one(tmp_path, SHOP.replace("sales: {}", "sales: {open: {mon: 10:00-11:00}}"))
    assert changes(scenario.open_hours("sales"), scenario.calendar, 7) == [(0, 10, 1), (0, 11, 0)]
    plain = one(tmp_path, SHOP)
    assert plain.open_hours("sales") == plain.calendar.open


@pytest.mark.parametrize(
    ("hours", "day", "hour", "expected"),
    [
        ("{mon-fri: 09:00-20:00}", 0, 0, (0, 9)),
        ("{mon-fri: 09:00-20:00}", 0, 9, (1, 9)),
        ("{mon-fri: 09:00-20:00}", 4, 21, (7, 9)),
        ("{sat: [10:00-12:00, 13:00-16:00]}", 5, 12.5, (5, 13)),
        ("{fri: 22:00-06:00}", 5, 1, (11, 22)),
        ("{mon: 09:00-24:00, tue: 00:00-08:00}", 0, 10, (7, 9)),
    ],
)
def test_the_next_opening(tmp_path: Path, hours: str, day: int, hour: float, expected: tuple[int, float]) -> None:
    """The first moment after a time at which it opens, past the last simulated day too."""
    calendar = timetable(tmp_path, hours=hours, days=7).calendar
    assert next_opening(calendar.open, calendar, day * DAY + hour * HOUR) == expected[0] * DAY + expected[1] * HOUR


def test_what_never_closes_never_opens_again(tmp_path: Path) -> None:
    """And what is always closed never opens."""
    for hours in ("always", "{mon: closed}"):
        calendar = timetable(tmp_path, hours=hours).calendar
        assert next_opening(calendar.open, calendar, 10.0) == math.inf


def test_warm_up_and_cool_down_are_seconds(tmp_path: Path) -> None:
    """The first is nothing unless it is said; the second is left to the engine."""
    calendar = one(tmp_path, SHOP).calendar
    assert (calendar.warm_up, calendar.cool_down, calendar.end) == (0.0, None, 7 * DAY)
    calendar = one(tmp_path, SHOP.replace("days: 7,", "days: 7, warm_up: 2 h, cool_down: 1 day,")).calendar
    assert (calendar.warm_up, calendar.cool_down) == (2 * HOUR, DAY)


@pytest.mark.parametrize(
    ("written", "starts", "weights"),
    [
        ("{09:00: 6, 20:00: 0}", (0, 9, 20), (0, 6, 0)),
        ("{00:00: 1}", (0,), (1,)),
        ("{9:00: 6, 18:30: 2}", (0, 9, 18.5), (2, 6, 2)),
    ],
)
def test_a_profile_covers_the_day(
    tmp_path: Path, written: str, starts: tuple[float, ...], weights: tuple[float, ...]
) -> None:
    """A weight holds until the next time, the last one past midnight until the first."""
    source = one(tmp_path, SHOP.replace("{09:00: 6, 20:00: 0}", written)).sources["ads"]
    assert source.calls_by_hour == Profile(tuple(hour * HOUR for hour in starts), weights)


def test_factors_by_day(tmp_path: Path) -> None:
    """Days that are not named have factor 1, a holiday its own."""
    text = SHOP.replace("    talk:", "    weekdays: {mon-tue: 2, holiday: 0.5}\n    talk:")
    text = text.replace("days: 7, open: {", "days: 7, holidays: [2026-03-03], open: {holiday: closed, ")
    scenario = one(tmp_path, text)
    look_up = scenario.calendar.look_up
    assert [look_up(scenario.sources["ads"].weekdays, day, 1.0) for day in range(4)] == [2.0, 0.5, 1.0, 1.0]


# Variants, settings, bases


def test_a_file_without_variants_has_one_named_base(tmp_path: Path) -> None:
    """And a study carries the name of the scenario."""
    study = read(tmp_path, SHOP)
    assert (study.name, list(study.variants)) == ("A shop", ["base"])


def test_variants_change_the_base_map_by_map(tmp_path: Path) -> None:
    """What is not named stays; nothing, `{}` and null are no change; a new entry is added."""
    text = (
        f"{SHOP}variants:\n  today:\n  same: {{}}\n  longer: {{sources: {{ads: {{talk: 5 min}}}}, lines: 3}}\n"
        "  another: {teams: {night: {serves: [sales], agents: 1}}}\n"
    )
    found = read(tmp_path, text).variants
    assert list(found) == ["today", "same", "longer", "another"]
    assert found["today"] == found["same"] == one(tmp_path, SHOP)
    assert found["longer"].sources["ads"].talk == Law("constant", (300.0,))
    assert found["longer"].sources["ads"].callers == Volume(85.0, "day")
    assert found["longer"].lines == 3
    assert found["another"].teams_of("sales") == ["desk", "night"]


def test_some_maps_are_replaced_whole(tmp_path: Path) -> None:
    """A day's times, hours' weights, weekdays, kinds and lists: half an old one would mean nothing."""
    text = SHOP.replace("    talk:", "    weekdays: {sat: 0.5}\n    kinds: {new: 60%, junk: 40%}\n    talk:")
    change = (
        "{sources: {ads: {weekdays: {sun: 0.1}, kinds: {service: 100%}, calls_by_hour: {10:00: 1}}},"
        " teams: {desk: {agents: {mon-fri: {10:00-12:00: 1}}}}}"
    )
    scenario = one(tmp_path, f"{text}variants: {{other: {change}}}\n")
    source = scenario.sources["ads"]
    assert (source.weekdays, source.kinds) == ({"sun": 0.1}, {"service": 1.0})
    assert source.calls_by_hour == Profile((0.0, 10 * HOUR), (1.0, 1.0))
    assert changes(scenario.teams["desk"].agents, scenario.calendar, 1) == [(0, 10, 1), (0, 12, 0)]


def test_none_removes_an_entry(tmp_path: Path) -> None:
    """Of a variant, and by a setting in all variants, one setting after another."""
    text = SHOP.replace("sales: {}", "sales: {target: 80% in 20 s}").replace("name:", "lines: 4\nname:")
    found = read(
        tmp_path, f"{text}variants: {{a: {{}}, b: {{queues: {{sales: {{target: none}}}}}}}}\n", "name=B", "lines=none"
    )
    assert found.name == "B"
    assert [(one.lines, one.queues["sales"].target) for one in found.variants.values()] == [
        (None, (0.8, 20.0)),
        (None, None),
    ]


def test_settings_are_read_as_yaml_and_hold_in_every_variant(tmp_path: Path) -> None:
    """Segments with spaces are quoted; the value may be any YAML; they come after the variant's own change."""
    text = SHOP.replace("ads:", "search ads:").replace("{mon-fri: {09:00-20:00: 2}}", "3")
    text += "variants: {a: {lines: 2}, b: {}}\n"
    settings = (
        'sources."search ads".callers=100 per day',
        "lines=9",
        "teams.desk.agents={mon: 1, tue: {09:00-10:00: 2}}",
    )
    for scenario in read(tmp_path, text, *settings).variants.values():
        assert scenario.sources["search ads"].callers == Volume(100.0, "day")
        assert scenario.lines == 9
        assert changes(scenario.teams["desk"].agents, scenario.calendar, 2)[2:] == [(1, 9, 2), (1, 10, 0)]


VARIED = """variants:
  both: {}
  without pay: {teams: {desk: {pay: none}}}
  a vendor instead: {teams: {desk: none}, queues: {sales: {overflow: [{after: 1 ring, to: vendor out}]}}}
  helped: {teams: {night: {serves: [sales], agents: 1}}}
vendors: {out: {answers_after: 9 s, tariff: t}}
tariffs: {t: {per_call: 1 RUB}}
"""


@pytest.mark.parametrize(
    ("setting", "seen"),
    [
        ("teams.desk.agents=3", "both, without pay, helped"),
        ("teams.desk.absence=10%", "both, without pay, helped"),
        ("teams.desk.pay.wage=30 RUB per hour", "both, helped"),
        ("teams.desk=none", "both, without pay, helped"),
        ("teams.night.agents=3", "helped"),
        ("teams.night=none", "helped"),
        ("lines=5", "both, without pay, a vendor instead, helped"),
        ("teams.desk.pay={wage: 30 RUB per hour}", "both, without pay, helped"),
    ],
)
def test_a_setting_changes_the_variants_that_have_the_part(tmp_path: Path, setting: str, seen: str) -> None:
    """Whoever has no desk has no agents at it either; the part itself can be set everywhere."""
    text = SHOP.replace("agents: ", "pay: {wage: 20 RUB per hour}, agents: ") + VARIED
    text = text.replace("sales: {}", "sales: {overflow: [{after: 2 rings, to: vendor out}]}")
    before, after = read(tmp_path, text).variants, read(tmp_path, text, setting).variants
    assert ", ".join(name for name in before if after[name] != before[name]) == seen


def test_a_part_set_once_is_there_for_the_next_setting(tmp_path: Path) -> None:
    """Settings follow one another: a team that the first one makes has the pay of the second in every variant."""
    settings = ("teams.day={serves: [sales], agents: 1}", "teams.day.speed=1.2")
    found = read(tmp_path, SHOP + VARIED.replace("{pay: none}", "{agents: 1}"), *settings).variants
    assert [one.teams["day"].speed for one in found.values()] == [1.2] * 4


def test_a_file_extends_another(tmp_path: Path) -> None:
    """Through two steps and into another folder; variants are inherited, and replaced by name."""
    (tmp_path / "bases").mkdir()
    (tmp_path / "bases/root.yaml").write_text(f"{SHOP}variants: {{a: {{lines: 1}}, b: {{lines: 2}}}}\n")
    (tmp_path / "middle.yaml").write_text("extends: bases/root.yaml\nname: Middle\n")
    study = read(tmp_path, "extends: middle.yaml\nlines: 7\nvariants: {b: {lines: none}, c: {}}\n")
    assert study.name == "Middle"
    assert {name: scenario.lines for name, scenario in study.variants.items()} == {"a": 1, "b": None, "c": 7}


def test_variants_may_differ_in_hours_holidays_and_cool_down(tmp_path: Path) -> None:
    """What is counted stays the same; and a setting makes alike what was not."""
    text = (
        f"{SHOP}variants:\n  a: {{calendar: {{cool_down: 2 days, open: {{mon-fri: 09:00-20:00, holiday: closed}},"
        " holidays: [2026-03-04]}}\n  b: {calendar: {warm_up: 0, open: always}}\n  c: {calendar: {days: 3}}\n"
    )
    assert len(read(tmp_path, text, "calendar.days=5").variants) == 3


def test_a_day_cannot_be_changed_under_another_key(tmp_path: Path) -> None:
    """Merged map by map, `mon` would stand beside `mon-fri`: whoever means that says which of them holds."""
    with pytest.raises(ScenarioError, match="`mon` stands already under `mon-fri`"):
        read(tmp_path, SHOP, "teams.desk.agents={mon: 1}")


# The model


def test_what_is_not_said_has_the_documented_default(tmp_path: Path) -> None:
    """The smallest scenario."""
    scenario = one(tmp_path, SHOP)
    source, queue, team = scenario.sources["ads"], scenario.queues["sales"], scenario.teams["desk"]
    assert (scenario.lines, scenario.count_loss_as, scenario.day_to_day_variation, scenario.ring) == (
        None,
        None,
        0.0,
        5.0,
    )
    assert (source.kinds, source.weekdays, source.redial, source.worth) == ({"new": 1.0}, {}, None, None)
    assert (source.patience_on_redial, source.day_to_day_variation, source.hangs_up_waiting) == ("redrawn", 0.0, None)
    hang_up = Reference("hang up", "")
    assert (queue.target, queue.closed, queue.full, queue.room_for) == (None, hang_up, hang_up, None)
    assert (queue.at_closing, queue.pick, queue.answers_after, queue.talk) == ("serve", "longest idle", None, None)
    assert (team.answers_after, team.wrap_up, team.pay, team.serves) == (None, None, None, (("sales",),))
    assert (source.patience_on_redial, source.uses_line, source.logged_calls) == ("redrawn", False, None)
    assert (queue.priority, queue.teams, queue.overflow, queue.offer_callback, queue.transfer) == (
        0,
        None,
        (),
        None,
        None,
    )
    assert (team.shifts, team.speed, team.absence, team.resolves, team.comes_back_after) == ((), 1.0, 0.0, 1.0, None)
    assert (team.no_answer_after, team.unavailable_for) == (None, 0.0)
    assert (scenario.vendors, scenario.tariffs, scenario.voicemail, scenario.callbacks) == ({}, {}, None, None)


def test_the_shop_is_read_as_written() -> None:
    """Every sort of value of the shipped shop."""
    scenario = load(ROOT / "scenarios/02_shop.yaml").variants["a menu that answers at once"]
    source, menu, pay, worth = (
        scenario.sources["search ads"],
        scenario.menus["main"],
        scenario.teams["desk"].pay,
        scenario.worth["buyer"],
    )
    assert source.goes_to == (Way(1.0, Reference("menu", "main")),)
    assert source.hangs_up_ringing == Law("rings", (3.0, 4.0, 5.0))
    assert source.redial is not None
    assert (source.redial.after, source.redial.at_most) == (Law("exponential", (480.0,)), 3)
    assert (menu.answers_after, menu.hangs_up, menu.keys[1].to) == (
        5.0,
        0.04,
        Reference("self_service", "opening hours"),
    )
    assert scenario.self_service["opening hours"].otherwise == Reference("queue", "sales")
    assert pay is not None
    assert (pay.wage, pay.seat) == (Rate(Decimal(350), "hour"), Rate(Decimal(12000), "month"))
    assert (worth.first_order, worth.kept, worth.referred_worth) == (Decimal(18000), 0.9, 1.16)
    assert scenario.queues["sales"].target == (0.8, 20.0)


@pytest.mark.parametrize(
    ("chance", "expected"),
    [
        ("33%", {outcome: (0.33,) for outcome in REDIALLED if outcome != "closed"}),
        ("[50%, 30%]", {outcome: (0.5, 0.3) for outcome in REDIALLED if outcome != "closed"}),
        ("{abandoned: 33%, closed: [50%, 0%]}", {
            "abandoned_ringing": (0.33,), "abandoned_queue": (0.33,), "abandoned_menu": (0.33,), "closed": (0.5, 0.0)}),
        ("{abandoned_menu: 10%, abandoned: 20%, blocked: 90%}", {
            "abandoned_ringing": (0.2,), "abandoned_queue": (0.2,), "abandoned_menu": (0.1,), "blocked": (0.9,)}),
    ],
)  # fmt: skip
def test_redial_chances_have_three_forms(tmp_path: Path, chance: str, expected: dict[str, tuple[float, ...]]) -> None:
    """A number, by attempt, by outcome; nobody redials after `closed` unless that is said."""
    text = SHOP.replace("    talk:", f"    redial: {{chance: {chance}, after: 1 min, at_most: never}}\n    talk:")
    redial = one(tmp_path, text).sources["ads"].redial
    assert redial is not None
    assert (redial.chance, redial.at_most) == (expected, None)


@pytest.mark.parametrize(
    ("written", "law"),
    [
        ("20 s", Law("constant", (20.0,))),
        ("0", Law("constant", (0.0,))),
        ("3-4 rings", Law("rings", (3.0, 4.0, 5.0))),
        ("uniform 15-24 s", Law("uniform", (15.0, 24.0))),
        ("exponential 3 min", Law("exponential", (180.0,))),
        ("erlang 2 120 s", Law("erlang", (2.0, 120.0))),
        ("gamma 3 min cv 0.7", Law("gamma", (180.0, 0.7))),
        ("lognormal 3 min cv 90%", Law("lognormal", (180.0, 0.9))),
        ("weibull 150 s shape 0.7", Law("weibull", (150.0, 0.7))),
        ("hyperexponential 180 s cv 1.7", Law("hyperexponential", (180.0, 1.7))),
        ("empirical waits.csv", Law("empirical", (1.0, 2.5))),
        ("never", Law("never")),
        (
            "{mix: [10% 0 s, 90% exponential 1000 s]}",
            Law("mix", (), ((0.1, Law("constant", (0.0,))), (0.9, Law("exponential", (1000.0,))))),
        ),
    ],
)
def test_every_distribution_reaches_the_model(tmp_path: Path, written: str, law: Law) -> None:
    """Wherever a duration may stand; a file of times stands beside the scenario."""
    (tmp_path / "waits.csv").write_text("seconds\n2.5\n1\n")
    assert one(tmp_path, SHOP.replace("3-4 rings", written)).sources["ads"].hangs_up_ringing == law


def test_names_may_hold_anything(tmp_path: Path) -> None:
    """Spaces, dots, the words of the language, numbers."""
    for name in ("hang up", "v1.5 line", "queue", "menu x", "7"):
        scenario = one(
            tmp_path,
            SHOP.replace("sales: {}", f'"{name}": {{}}')
            .replace("queue sales", f"queue {name}")
            .replace("[sales]", f"[{name}]"),
        )
        assert scenario.sources["ads"].goes_to == (Way(1.0, Reference("queue", name)),)
        assert scenario.teams_of(name) == ["desk"]


def test_a_scenario_never_changes(tmp_path: Path) -> None:
    """Not by accident, at least."""
    with pytest.raises(Exception, match="frozen"):
        one(tmp_path, SHOP).lines = 3  # type: ignore[misc]


def test_nobody_need_have_patience_without_agents(tmp_path: Path) -> None:
    """Callers who never hang up, and no agents: odd, but it can be played."""
    scenario = one(tmp_path, SHOP.replace("3-4 rings", "never").replace("{mon-fri: {09:00-20:00: 2}}", "0"))
    assert scenario.sources["ads"].hangs_up_ringing == Law("never")
    assert ("queues", "sales") in dict(remarks(scenario))


# What is shipped


MEANT = {
    "02_shop.yaml": ["before its operators answer", "though its tariff bills it"],
    "04_menu.yaml": ["agents busy"],
    "05_bank.yaml": ["agents busy"],
    "06_skills.yaml": ["nobody is on duty"],
    "07_overflow.yaml": ["before its operators answer", "call while it is closed"],
    "08_callbacks.yaml": ["agents busy", "until it is made"],
    "09_four_reps.yaml": ["weak evidence", "no known price"],
    "10_ad_channels.yaml": ["call while it is closed"],
    "11_chat_and_forms.yaml": ["call while it is closed", "agents busy"],
    "12_plans.yaml": ["no `share_of_calls:`"],
}
"""What is remarked on in a shipped file because the file is about it."""


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.name)
def test_every_shipped_scenario_is_good(file: Path) -> None:
    """No mistake, and nothing worth a second look in any variant but what the file is about; that there is."""
    meant = MEANT.get(file.name, [])
    messages = [message for scenario in load(file).variants.values() for _, message in remarks(scenario)]
    assert [message for message in messages if not any(part in message for part in meant)] == []
    assert all(any(part in message for message in messages) for part in meant)


def schema() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json_schema())


def test_the_json_schema_is_one_and_describes_every_key() -> None:
    """Editors show the descriptions."""
    whole = json_schema()
    jsonschema.Draft202012Validator.check_schema(whole)
    for part in (whole, *whole["$defs"].values()):
        for key, entry in part["properties"].items():
            assert entry.get("description"), key


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.name)
def test_the_json_schema_accepts_what_is_shipped(file: Path) -> None:
    """With its variants, and as a file that extends another."""
    tree: Any = yamlfile.plain(yamlfile.read(file))
    assert list(schema().iter_errors(tree)) == []
    assert schema().is_valid({"extends": file.name, "teams": {"desk": {"agents": 3}, "night": "none"}})


@pytest.mark.parametrize(
    "path", ["zzz", "calendar.zzz", "teams.desk.zzz", "variants.today.zzz", "variants.today.teams.desk.zzz"]
)
def test_the_json_schema_refuses_an_unknown_key(path: str) -> None:
    """Everywhere, in a variant too."""
    tree: Any = yamlfile.plain(yamlfile.read(ROOT / "scenarios/02_shop.yaml"))
    part = tree
    *above, key = path.split(".")
    for step in above:
        part = part.setdefault(step, {})
    part[key] = 1
    assert not schema().is_valid(tree)


def test_the_json_schema_knows_what_is_needed() -> None:
    """A scenario without sources is none; a variant needs nothing."""
    tree: Any = yamlfile.plain(yamlfile.read(ROOT / "scenarios/02_shop.yaml"))
    assert schema().is_valid(tree | {"variants": {"a": None, "b": {"sources": {"search ads": {"worth": "none"}}}}})
    del tree["sources"]
    assert not schema().is_valid(tree)
