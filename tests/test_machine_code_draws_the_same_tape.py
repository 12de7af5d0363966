"""The tape that the compiled engine draws for itself is that of demand.py to the bit, and variants draw it once."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.random import Philox, SeedSequence

from callsim.demand import CHANCE, Day, Floats, Tape, Values
from callsim.laws import law
from callsim.randomness import Common, Streams
from callsim.scenario import Scenario, load
from callsim.scenario.roster import stints
from callsim.scenario.timetable import DAY, steps
from tests.agreement import difference, numbered
from tests.script import scenario
from tests.test_streams_disturb_nobody import SHOP

pytest.importorskip("numba", reason="machine code needs Numba")

from callsim.engine import compiled, daybook, plan, portions, reference
from callsim.engine.records import ATTEMPTS, CALLERS, COLUMN, KIND, MOST_TRANSFERS, TRIES, WORK_OF_LEG, address
from callsim.engine.sheets import NOTHING, words

LAWS = (
    *("20 s", "never", "3-4 rings", "2-2 rings", "0-9 rings", "uniform 15-24 s", "exponential 3 min", "erlang 3 120 s"),
    *("gamma 3 min cv 0.7", "gamma 3 min cv 1.5", "lognormal 3 min cv 0.9", "weibull 150 s shape 0.7"),
    *("hyperexponential 180 s cv 1.7", "hyperexponential 3 min cv 900 000 000", "empirical of 3 s; 5 s; 5 s; 90 s"),
    "{mix: [10% 0 s, 90% exponential 1000 s]}",
    "{mix: [50% hyperexponential 60 s cv 2, 20% 3-4 rings, 30% never]}",
    "{mix: [0% 1 s, 70% gamma 70 s cv 0.3, 0% 2 s, 30% empirical of 3 s; 9 s]}",
)
SIZES = np.array([3, 0, 1, 5000, 1024, 1500])
SCENARIOS = Path(__file__).parent.parent / "scenarios"


def values_of(text: str) -> Values:
    return Values(law(text, ring=5.0, folder=None))


def drawn(values: Values) -> Floats:
    """Values of several days in machine code, one day after the other."""
    held: list[Any] = []
    column, found = words(values, held), np.empty(SIZES.sum())
    column[portions.TOLD] = *Streams(1, 2).key("try"), 7, len(SIZES), address(SIZES), 3, 5, address(found)
    portions.Hands().draw(column[None])
    return found


# Streams and values.


@pytest.mark.parametrize("name", ["", "day factor", "source/search ads/patience/ringing", "ä/\\/", "x" * 300])
@pytest.mark.parametrize("seed", [0, 1, (1 << 32) - 1, 1 << 32, (1 << 96) + 5, (1 << 128) - 1])
def test_a_stream_is_numpy_s_own_of_seed_replication_and_name(name: str, seed: int) -> None:
    """The key of SeedSequence(seed, spawn_key=(replication, *name)), however the words are handed over."""
    plain = Philox(SeedSequence(seed, spawn_key=(4, *name.encode()))).state["state"]["key"]
    streams = Streams(seed, 4)
    assert np.array(streams.key(name)).astype(np.uint64).tolist() == plain.tolist()
    assert streams.at(name, 0).bit_generator.state["state"]["key"].tolist() == plain.tolist()


def test_machine_code_can_draw_here() -> None:
    """NumPy's functions and its Philox stand where they are looked for; elsewhere tapes would be asked, slowly."""
    assert portions.can_draw()


@pytest.mark.parametrize("kind", ["as it is", "by its mean"])
@pytest.mark.parametrize("text", LAWS)
def test_every_law_is_drawn_to_the_bit(text: str, kind: str) -> None:
    """Days of several sizes, none and more than a block among them, from the streams of days, attempt and leg."""
    values = values_of(text)._replace(by_mean=kind == "by its mean" and "never" not in text)
    streams = Streams(1, 2)
    asked = [values.draw(streams.at("try", 7 + day, 3, 5), size) for day, size in enumerate(SIZES.tolist())]
    assert drawn(values).tobytes() == np.concatenate(asked).astype(np.float64).tobytes()


@pytest.mark.parametrize("shares", [(), (0.6, 0.15, 0.1, 0.15), (0.0, 1.0, 0.0, 0.0), (0.0, 0.5, 0.0, 0.5)])
def test_numbers_and_shares_are_drawn_to_the_bit(shares: tuple[float, ...]) -> None:
    """Numbers in [0, 1), and the shares into which they fall."""
    values, streams = Values(shares=shares), Streams(1, 2)
    asked = [values.draw(streams.at("try", 7 + day, 3, 5), size) for day, size in enumerate(SIZES.tolist())]
    assert drawn(values).tolist() == np.concatenate(asked).tolist()


PROFILES = {
    "all day": "{00:00: 1}",
    "by hour": "{09:00: 6, 10:00: 11, 12:00: 0, 13:00: 9, 14:00: 4, 18:00: 0}",
    "one minute": "{00:00: 0, 09:00: 3, 09:01: 0}",
    "far apart": "{00:00: 0.0000001, 06:00: 1000000, 12:00: 0.0000001}",
}


def births(tape: Tape, days: int) -> Iterator[Day]:
    """The callers of days as machine code draws them."""
    reader = portions.reader(tape, plan.plan_of(tape.scenario))
    day = 0
    while day < days:
        portion = reader.portion(day)
        for place in range(portion.days):
            rows = slice(*portion.births.until[place : place + 2])
            columns = (portion.births.dialled, portion.births.source, portion.births.ordinal)
            yield Day((day + place) << 32, *(column[rows] for column in columns))
        day += portion.days


def same_days(tape: Tape, days: int, stop: float = math.inf) -> None:
    """The days are those of the tape, up to a time."""
    for number, found in zip(range(days), births(tape, days), strict=False):
        asked = tape.day(number)
        before = asked.dialled < stop
        for one, other in zip(found[1:], asked[1:], strict=True):
            assert one.tolist() == other[before].tolist(), number


@pytest.mark.parametrize("callers", ["0.01 per day", "3 per day", "700 per day", "40 000 per day"])
@pytest.mark.parametrize("profile", PROFILES)
def test_first_dials_are_drawn_to_the_bit(profile: str, callers: str) -> None:
    """Whatever the profile and the volume, whether days are drawn together or one by one."""
    source = f"{{callers: {callers}, calls_by_hour: {PROFILES[profile]}}}"
    days = 3 if "000" in callers else 40
    same_days(Tape(scenario(f"calendar: {{days: {days}}}", f"sources: {{ads: {source}}}"), 3, 1), days)


@pytest.mark.parametrize("change", ["", "day_to_day_variation: 0%", "sources: {ads: {day_to_day_variation: 300%}}"])
def test_first_dials_vary_from_day_to_day_to_the_bit(change: str) -> None:
    """Factors of all sources and of one, and so much of them that there is more than the room that was expected."""
    same_days(Tape(scenario(SHOP, change, "calendar: {days: 40}"), 5, 0), 40)


def test_dials_of_several_sources_come_in_the_order_of_the_tape() -> None:
    """Sources without anybody among them; weekdays and holidays have their factors."""
    source = "goes_to: queue sales, hangs_up_ringing: 9 s, hangs_up_waiting: never, talk: 9 s"
    of = scenario(
        "calendar: {start: 2026-03-02, days: 30, open: {every day: 09:00-20:00, holiday: closed}, holidays: [2026-03-04]}",
        "sources: {ads: {callers: 20 per hour, weekdays: {sat: 0.5, sun: 0, holiday: 2}}, "
        f"none: {{callers: 3 per hour, weekdays: {{mon-sun: 0}}, {source}}}, web: {{callers: 7 per hour, {source}}}}}",
    )
    same_days(Tape(of, 2, 0), 30)


def test_whoever_would_dial_after_the_end_is_not_born() -> None:
    """With a cool-down of two hours, of the day after the last only those who dial in it; nobody else is drawn."""
    of = scenario("calendar: {days: 3, cool_down: 2 h}", "sources: {ads: {callers: 50 per hour}}")
    assert len(list(births(Tape(of, 1, 0), 4))) == 4
    same_days(Tape(of, 1, 0), 4, 3 * DAY + 7200.0)


# Blocks.


def columns_of(portion: Any, block: Any, source: int, rows: Any) -> list[Floats]:
    """The columns of a block for some callers of a source."""
    found = []
    for place, mask in block[source].tolist():
        taken = rows & mask
        size = int(taken.max()) + 1
        values = np.ctypeslib.as_array((np.ctypeslib.ctypes.c_double * size).from_address(place))
        found.append(values[taken])
    return found


BLOCKS = (
    *((CALLERS, 0, 0), (WORK_OF_LEG, 0, 1), (WORK_OF_LEG, 0, 3), (ATTEMPTS, 1, 0), (ATTEMPTS, 2, 0), (ATTEMPTS, 9, 0)),
    *((ATTEMPTS, 1, 2), (ATTEMPTS, 2, MOST_TRANSFERS), (ATTEMPTS, 1, MOST_TRANSFERS + 1), (TRIES, 1, 0), (TRIES, 3, 0)),
)


def asked(tape: Tape, number: int, day: Day, block: tuple[int, int, int]) -> Any:
    table, of, leg = block
    if table == TRIES:
        return tape.tries(number, day, of)
    return tape.attempts(number, day, of, leg) if table == ATTEMPTS else tape.callers(number, day, leg)


def compare_blocks(of: Scenario) -> int:
    """Compare all columns of all blocks of two portions with the tape; return how many were drawn."""
    tape, count = Tape(of, 4, 2), 0
    known = plan.plan_of(of)
    portion = portions.reader(tape, known).portion(0)
    for table, number, leg in BLOCKS:
        block = portion.draw(table, number, leg)
        fields = known.layout.columns.of[table]
        for day_number in {0, portion.days - 1}:
            day, place = tape.day(day_number), day_number
            rows = portion.births.row[slice(*portion.births.until[place : place + 2])]
            draws = asked(tape, day_number, day, (table, number, leg))
            for source in np.unique(day.source[: len(rows)]):
                own = np.flatnonzero(day.source[: len(rows)] == source)
                found = columns_of(portion, block, source, rows[own])
                for field, (place_of, _), values in zip(fields, block[source].tolist(), found, strict=False):
                    if place_of != address(NOTHING):
                        assert values.tolist() == field.get(draws)[own].tolist(), (field.of, field.owner)
                        count += 1
    return count


@pytest.mark.parametrize(
    "change", ["", "sources: {ads: {patience_on_redial: kept}}", "sources: {ads: {kinds: {new: 100%}}}"]
)
def test_every_column_of_every_block_is_that_of_the_tape(change: str) -> None:
    """Callers, attempts, legs, offers and tries of a centre that has everything, a patience that is kept as well."""
    assert compare_blocks(scenario(SHOP, change, "calendar: {days: 5}")) > 100


@pytest.mark.parametrize("number", range(40))
def test_every_column_that_a_centre_needs_is_that_of_the_tape(number: int) -> None:
    """Generated centres: several sources that come to different places, laws of all shapes."""
    of, _ = numbered(number).read()
    assert compare_blocks(of)


def test_what_nobody_comes_to_is_not_drawn() -> None:
    """Without a way to the menu its keys are no columns of the callers; kinds that are all alike are one value."""
    of = scenario(SHOP, "sources: {ads: {kinds: {service: 100%}}}")
    found = plan.plan_of(of)
    names = [stream for part in found.sheets.of(CALLERS, 0, 0).parts for stream in part.streams]
    assert names == ["source/ads/work", "source/ads/number known", "source/ads/queue/sales/work"]
    blank = found.sheets.of(CALLERS, 0, 0).blank
    assert blank[0, KIND, 1] == 0
    key = next(place for place, field in enumerate(found.layout.columns.of[CALLERS]) if field.of == "key")
    assert blank[0, key, 0] == address(NOTHING)


def test_the_last_attempt_needs_no_chance_of_a_redial() -> None:
    """With three redials at most, not on the fourth attempt; but on it too where an unmet need makes attempts as well."""
    change = "sources: {ads: {redial: {chance: 33%, after: exponential 8 min, at_most: 3}}}"
    for resolves, most in (("resolves: none, comes_back_after: none", 3), ("resolves: 90%", 5)):
        of = scenario(SHOP, change, f"teams: {{desk: {{{resolves}}}}}")
        sheets = plan.plan_of(of).sheets
        drawn_on = [n for n in range(1, 6) if "source/ads/redial/chance" in sheets.of(ATTEMPTS, n, 0).parts[0].streams]
        assert drawn_on == list(range(1, most + 1))


# Engines.


@pytest.mark.parametrize("part", range(10))
def test_engines_agree_on_plain_tapes(part: int) -> None:
    """The compiled engine draws for itself, the other asks: the logs of generated centres are the same."""
    for number in range(1000 + 10 * part, 1010 + 10 * part):
        of, _ = numbered(number).read()
        tape = Tape(of, number, part)
        found = difference(reference.simulate(of, tape), compiled.simulate(of, tape))
        assert found is None, f"case {number}, {found}"


class Ours(Tape):
    """A tape that may have answers of its own."""


def test_a_tape_of_another_kind_is_asked() -> None:
    """Machine code draws plain tapes only; what another answers is what is played."""
    of = scenario(SHOP, "calendar: {days: 3}")
    plain, other = Tape(of, 1, 0), Ours(of, 1, 0)
    readers = [portions.reader(tape, plan.plan_of(of)) for tape in (plain, other)]
    assert [reader.step > 0 for reader in readers] == [True, False]
    assert difference(compiled.simulate(of, plain), compiled.simulate(of, other)) is None


def test_where_machine_code_cannot_draw_the_tape_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the functions, or with a Philox that stands otherwise in memory, the log is the same."""
    of = scenario(SHOP, "calendar: {days: 3}")
    before = list(compiled.simulate(of, Tape(of, 1, 0)))
    portions.can_draw.cache_clear()
    monkeypatch.setattr(portions, "addresses", tuple)
    assert not portions.can_draw()
    assert portions.reader(Tape(of, 1, 0), plan.plan_of(of)).step == 0
    assert difference(iter(before), compiled.simulate(of, Tape(of, 1, 0))) is None
    monkeypatch.undo()
    portions.can_draw.cache_clear()
    monkeypatch.setattr(portions.Hands, "draw", lambda *_: None)
    assert not portions.can_draw()
    monkeypatch.undo()
    portions.can_draw.cache_clear()
    assert portions.can_draw()


# Variants.


def columns_drawn(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many columns each call draws from now on."""
    counts: list[int] = []
    draw = portions.Hands.draw

    def counted(self: portions.Hands, columns: Any) -> None:
        counts.append(len(columns))
        draw(self, columns)

    monkeypatch.setattr(portions.Hands, "draw", counted)
    return counts


def test_variants_draw_what_they_share_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """More agents draw nothing anew; a menu on the way only what is drawn there."""
    variants = list(load(SCENARIOS / "02_shop.yaml").variants.values())[:3]
    counts, common, drawn = columns_drawn(monkeypatch), Common(1, 0), []
    for of in variants:
        list(compiled.simulate(of, Tape(of, 1, 0, common=common)))
        drawn.append(sum(counts))
        counts.clear()
    assert drawn[1] <= 1, "but for the absence of the third agent"
    assert 0 < drawn[2] < drawn[0]


@pytest.mark.parametrize("room", [0, 1 << 10, 1 << 16, 1 << 18, 64 << 20])
@pytest.mark.parametrize("name", ["02_shop", "03_publisher", "06_skills", "08_callbacks", "11_chat_and_forms"])
def test_sharing_changes_no_log(name: str, room: int) -> None:
    """Whatever has room to be kept: each variant's log is that of a tape of its own."""
    common = Common(1, 3, room=room)
    for of in load(SCENARIOS / f"{name}.yaml").variants.values():
        shared = compiled.simulate(of, Tape(of, 1, 3, common=common))
        assert difference(compiled.simulate(of, Tape(of, 1, 3)), shared) is None
    assert 0 <= common.room <= room
    assert common.kept or room < 1 << 16


def test_variants_whose_sources_differ_share_the_others() -> None:
    """A louder advertisement, a longer talk, other profiles and weekdays: the logs are those of tapes of their own."""
    common = Common(9, 0)
    second = (
        "web: {callers: 5 per hour, goes_to: queue sales, hangs_up_ringing: 9 s, hangs_up_waiting: never, talk: 9 s}"
    )
    for change in (
        "sources: {ads: {callers: 170 per day}}", "sources: {ads: {talk: exponential 9 s}}",
        "sources: {ads: {weekdays: {sat: 0.5}}}", "sources: {ads: {calls_by_hour: {00:00: 1}}}",
        "sources: {ads: {day_to_day_variation: 50%}}", "day_to_day_variation: 0%", "calendar: {days: 9}",
        "calendar: {start: 2026-03-07}", "sources: {ads: {patience_on_redial: kept}}", "calendar: {cool_down: 3 h}",
    ):  # fmt: skip
        of = scenario(SHOP, f"sources: {{{second}}}", "calendar: {days: 8}", change)
        tapes = Tape(of, 9, 0, common=common), Tape(of, 9, 0)
        assert difference(*(compiled.simulate(of, tape) for tape in tapes)) is None, change


def test_what_is_shared_belongs_to_one_seed_and_replication() -> None:
    """A tape of another replication must not take part."""
    of = scenario()
    with pytest.raises(AssertionError):
        Tape(of, 1, 1, common=Common(1, 0))


# Days and plans.


CALENDARS = (
    "calendar: {days: 20}",
    "calendar: {start: 2026-02-26, days: 20, open: {mon-fri: 09:00-20:00, sat: 22:00-06:00, holiday: 10:00-12:00}, "
    "holidays: [2026-03-04, 2026-03-05]}",
    "calendar: {days: 20, open: always}",
)
TEAMS = """
queues: {night: {open: {every day: 22:00-04:00, holiday: 12:00-13:00}}}
teams:
  desk: {serves: [sales], agents: {mon-fri: {09:00-12:00: 2, 12:00-20:00: 3}, sat: 1}}
  clerks:
    serves: [night]
    shifts:
      - {days: mon-fri, hours: 22:00-06:00, agents: 2, breaks: [{at: 23:00, lasts: 30 min, paid: true}, {at: 03:00, lasts: 20 min}]}
      - {days: sat, hours: 08:00-16:30, agents: 3, breaks: [{at: 12:00, lasts: 0.5 h}]}
"""


@pytest.mark.parametrize("calendar", CALENDARS)
def test_the_pages_of_a_daybook_are_the_days_of_the_calendar(calendar: str) -> None:
    """Openings, duties and breaks, day by day, one by one and many together, also when asked for again."""
    of = scenario(TEAMS, calendar)
    book = daybook.Daybook(of)
    for _ in range(2):
        for first, days in ((0, 20), (0, 1), (7, 1), (3, 9)):
            pages = book.pages(first, days)
            for place in range(days):
                day = first + place
                hours, duties = (
                    table[until[place] : until[place + 1]].tolist()
                    for table, until in ((pages.hours, pages.hours_until), (pages.stints, pages.stints_until))
                )
                weeks = [of.open_hours(name) for name in of.queues]
                assert hours == [
                    (time, queue, value > 0)
                    for queue, week in enumerate(weeks)
                    for time, value in steps(week, of.calendar, day)
                ]
                rostered = [
                    (3 * (name == "clerks"), one)
                    for name, team in of.teams.items()
                    for one in stints(team, of.calendar, day)
                ]
                assert [duty[:3] for duty in duties] == [
                    (one.start, one.end, slot + one.slot) for slot, one in rostered
                ]
                for duty, (_, one) in zip(duties, rostered, strict=True):
                    breaks = pages.pauses[duty[3] : duty[3] + duty[4]]
                    assert [(start, lasts) for start, lasts, _ in breaks.tolist()] == [
                        pause[:2] for pause in one.breaks
                    ]


def test_long_horizons_leave_nothing_behind() -> None:
    """However many days have been opened, a bounded number of stretches is kept."""
    of = scenario("calendar: {days: 3660, open: always}", "sources: {ads: {callers: 1 per hour, weekdays: {sat: 2}}}")
    book = daybook.Daybook(of)
    for day in range(300):
        book.pages(day, 1)
    assert len(book._kept) <= daybook.MOST_KEPT
    assert len(book._known) <= 8
    dials = plan.plan_of(of).dials[0]
    for day in range(300):
        dials.volumes(day, 1)
    assert len(dials._kept) <= plan.MOST_KEPT


def test_a_plan_is_made_once_and_belongs_to_its_scenario() -> None:
    """The same scenario has the same plan; another one that stands in its place does not; old plans are let go."""
    of = scenario(SHOP)
    found = plan.plan_of(of)
    assert plan.plan_of(of) is found
    for number in range(2 * plan.MOST_PLANS):
        other = of.model_copy(update={"name": f"number {number}"})
        assert plan.plan_of(other).scenario is other
        del other
    assert len(plan.plan_of) == plan.MOST_PLANS
    assert plan.plan_of(of) is not found


@pytest.mark.parametrize(
    ("calendar", "portions_of"),
    [
        ("{days: 31}", [(0, 33), (33, 2), (35, 2)]),
        ("{days: 31, cool_down: 1 h}", [(0, 32)]),
        ("{days: 31, cool_down: 0 s}", [(0, 31)]),
        ("{days: 100}", [(0, 64), (64, 38), (102, 2)]),
    ],
)
def test_days_are_drawn_in_portions(calendar: str, portions_of: list[tuple[int, int]]) -> None:
    """Up to 64 days, up to the end of what is played; where that is not known, two days beyond the last that counts."""
    found = plan.plan_of(scenario(f"calendar: {calendar}"))
    assert [(first, found.days_from(first)) for first, _ in portions_of] == portions_of


@pytest.mark.parametrize(("callers", "days"), [("1000 per day", 16), ("1100 per day", 8), ("17000 per day", 1)])
def test_large_days_are_drawn_by_fewer(callers: str, days: int) -> None:
    """About sixteen thousand callers at once, so that memory does not grow with the horizon."""
    of = scenario("calendar: {days: 300}", f"sources: {{ads: {{callers: {callers}, calls_by_hour: {{00:00: 1}}}}}}")
    assert plan.plan_of(of).days_from(0) == days


def test_numbers_in_the_words_of_machine_code_are_told_apart() -> None:
    """A chance has no table and no divisor: a column of numbers is nothing else."""
    column = words(CHANCE, [])
    assert column.dtype == np.int64
    assert len(column) == COLUMN.itemsize // 8
    assert np.count_nonzero(column) == 1
