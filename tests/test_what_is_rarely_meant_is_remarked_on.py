"""A scenario may be right and yet not be what was meant: hang-ups before help, too much work, what nobody has said."""

from __future__ import annotations

from pathlib import Path

import pytest

from callsim.scenario import load, remarks_on, weak_prices_in
from callsim.scenario.remarks import remarks
from callsim.yamlfile import dotted

SCENARIOS = Path(__file__).parent.parent / "scenarios"

CENTRE = """\
name: A centre
currency: EUR
ring: Russia
calendar: {start: 2026-03-02, days: 14, open: {mon-fri: 09:00-18:00}}
sources:
  ads:
    callers: 18 per day
    calls_by_hour: {09:00: 1, 18:00: 0}
    weekdays: {sat-sun: 0}
    goes_to: queue sales
    hangs_up_ringing: 3-4 rings
    hangs_up_waiting: exponential 90 s
    talk: 4 min
menus:
  main: {answers_after: 1 ring, prompt: 9 s, hangs_up: 10%, keys: [{share: 75%, to: queue sales}, {share: 25%, to: self_service hours}]}
self_service:
  hours: {takes: 30 s, resolves: 80%, otherwise: queue service}
queues:
  sales: {}
  service: {}
teams:
  desk: {serves: [sales], agents: 1}
  back: {serves: [service], agents: 1}
vendors:
  out: {answers_after: 9 s, quality: 95%, tariff: t}
tariffs:
  t: {per_minute: 1 EUR, bills: [talk]}
voicemail: {leaves: 25%, takes: 20 s}
"""


def looks(folder: Path, *changes: tuple[str, str]) -> dict[str, str]:
    """Remarks by path."""
    text = CENTRE
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    file = folder / "centre.yaml"
    file.write_text(text, encoding="utf-8")
    (scenario,) = load(file).variants.values()
    return {dotted(path): message for path, message in remarks(scenario)}


def sales(rules: str) -> tuple[str, str]:
    return ("  sales: {}\n", f"  sales: {{{rules}}}\n")


def test_there_is_nothing_to_look_at(tmp_path: Path) -> None:
    """In what the changes below are made to."""
    assert looks(tmp_path) == {}


# Hang-ups before help


@pytest.mark.parametrize(
    ("after", "share"),
    [("1 ring", None), ("14.9 s", None), ("3 rings", "50%"), ("19.9 s", "50%"), ("4 rings", "100%"), ("0 s", None)],
)
def test_rules_that_fire_when_many_have_gone_are_remarked_on(tmp_path: Path, after: str, share: str | None) -> None:
    """Three or four rings of patience: half of the callers hang up at the very moment of the third, and are gone."""
    found = looks(
        tmp_path, sales(f"overflow: [{{when: nobody on duty, to: voicemail}}, {{after: {after}, to: voicemail}}]")
    )
    expected = (
        f"{share} of the callers of `ads` wait no longer than the {after.replace('3 rings', '15 s')} until it fires"
    )
    expected = expected.replace("4 rings", "20 s")
    assert found.get("queues.sales.overflow[1]") == (expected if share else None)


def test_a_rule_under_music_counts_hold_patience(tmp_path: Path) -> None:
    """After 5 s music: nobody has gone, then 1 - exp(-35/90), 32 %, leave in the 35 s until the rule."""
    found = looks(tmp_path, sales("answers_after: 5 s, overflow: [{after: 40 s, to: voicemail}]"))
    assert found == {
        "queues.sales.overflow[0]": "32% of the callers of `ads` wait no longer than the 40 s until it fires"
    }


def test_offers_that_come_late_are_remarked_on(tmp_path: Path) -> None:
    """With the wait until the offer is made."""
    found = looks(tmp_path, sales("offer_callback: {after: 3 rings, accepts: 50%}"))
    assert found == {
        "queues.sales.offer_callback": "50% of the callers of `ads` wait no longer than the 15 s until it is made"
    }


@pytest.mark.parametrize(
    ("changes", "share"),
    [
        ([("goes_to: queue sales", "goes_to: vendor out")], None),
        ([("goes_to: queue sales", "goes_to: vendor out"), ("answers_after: 9 s", "answers_after: 16 s")], "50%"),
        # Whoever would leave at the moment of the answer is answered.
        ([("goes_to: queue sales", "goes_to: vendor out"), ("answers_after: 9 s", "answers_after: 15 s")], None),
        # 10 s are gone at the desk: with 9 s more half of the callers have reached the end of their patience.
        ([sales("overflow: [{after: 2 rings, to: vendor out}]")], "50%"),
        # Those who come after the third ring have four rings of patience: 1 s is left to them.
        ([sales("overflow: [{after: 3.8 rings, to: vendor out}]")], "100%"),
        # With 10 or 15 s left, and nobody at the very moment of the third ring: (e^-10/11 + e^-15/11) / 2.
        ([sales("overflow: [{after: 1 ring, to: vendor out}]"), ("answers_after: 9 s", "answers_after: exponential 11 s")],
         "33%"),
        # A mean of 10.4 s, but only a quarter of the calls is answered after 15 s or later.
        ([("goes_to: queue sales", "goes_to: vendor out"),
          ("answers_after: 9 s", "answers_after: {mix: [70% 0 s, 30% uniform 30-40 s]}")], "30%"),
        ([("goes_to: queue sales", "goes_to: vendor out"), ("answers_after: 9 s", "answers_after: 2-4 rings")], None),
        ([("goes_to: queue sales", "goes_to: vendor out"), ("answers_after: 9 s", "answers_after: 3-5 rings")], "50%"),
        ([sales("closed: vendor out")], None),
        # Music after 5 s, the vendor from the 10th on: hold patience has 5 s behind it, which do not matter to it.
        ([sales("answers_after: 5 s, overflow: [{after: 2 rings, to: vendor out}]")], None),
        ([sales("answers_after: 5 s, overflow: [{after: 2 rings, to: vendor out}]"),
          ("answers_after: 9 s", "answers_after: 30 s")], "28%"),
    ],
)  # fmt: skip
def test_slow_vendors_are_remarked_on(tmp_path: Path, changes: list[tuple[str, str]], share: str | None) -> None:
    """Under the patience that is left when the caller comes to them."""
    message = looks(tmp_path, *changes).get("vendors.out")
    assert (message or "None").split()[0] == str(share)
    assert message is None or "of the callers of `ads` hang up before its operators answer (who take " in message


def test_pick_ups_after_an_overflow_begin_with_the_patience_that_is_left(tmp_path: Path) -> None:
    """Who comes from another queue after two rings has one or two rings left."""
    slow = ("back: {serves: [service]", "back: {answers_after: 6 s, serves: [service]")
    moved = looks(tmp_path, slow, sales("overflow: [{after: 2 rings, to: queue service}]"))
    assert moved == {"teams.back": "50% of the callers of `ads` hang up before its agents pick up (who take 6 s)"}
    assert looks(tmp_path, slow, ("goes_to: queue sales", "goes_to: queue service")) == {}


def test_greetings_after_an_overflow_come_later_too(tmp_path: Path) -> None:
    """Two rings at the desk and six seconds at the other queue are more than three; three are in time."""
    moved = sales("overflow: [{after: 2 rings, to: queue service}]")
    found = looks(tmp_path, ("  service: {}\n", "  service: {answers_after: 6 s}\n"), moved)
    assert found == {"sources.ads": "50% of its callers hang up before `queue service` answers (after 6 s)"}
    assert looks(tmp_path, ("  service: {}\n", "  service: {answers_after: 1 ring}\n"), moved) == {}


def test_a_rule_at_the_moment_of_the_greeting_finds_those_who_were_answered(tmp_path: Path) -> None:
    """Three rings, the greeting, then the rule: nobody has left before the one, and nobody between the two."""
    assert looks(tmp_path, sales("answers_after: 3 rings, overflow: [{after: 3 rings, to: voicemail}]")) == {}


@pytest.mark.parametrize(
    ("law", "share"), [("exponential 10 s", None), ("exponential 20 s", "37%"), ("20 s", None), ("21 s", "100%")]
)
def test_calls_that_are_often_taken_back_are_remarked_on(tmp_path: Path, law: str, share: str | None) -> None:
    """Where a quarter of the pick-ups take longer than the call is left with the agent."""
    pick_up = f"desk: {{answers_after: {law}, no_answer_after: 20 s, unavailable_for: 1 min, serves"
    patient = ("hangs_up_ringing: 3-4 rings", "hangs_up_ringing: never")
    found = looks(tmp_path, ("desk: {serves", pick_up), patient)
    message = f"{share} of its pick-ups would take longer than the 20 s of `no_answer_after`: those calls go back"
    assert found == ({"teams.desk": message} if share else {})


# Nobody there


def test_a_break_of_the_only_agent_is_remarked_on(tmp_path: Path) -> None:
    """From half past twelve on nobody is there; a second shift with another break, and somebody always is."""
    one = "{days: mon-fri, hours: 09:00-18:00, agents: 1, breaks: [{at: 12:30, lasts: 30 min}]}"
    found = looks(tmp_path, ("desk: {serves: [sales], agents: 1", f"desk: {{serves: [sales], shifts: [{one}]"))
    assert found == {"queues.sales": "nobody is on duty at some open hour, first mon 2026-03-02 12:30"}
    two = one.replace("12:30", "13:00")
    assert (
        looks(tmp_path, ("desk: {serves: [sales], agents: 1", f"desk: {{serves: [sales], shifts: [{one}, {two}]")) == {}
    )


@pytest.mark.parametrize(
    ("rule", "answered"),
    [
        ("{when: nobody on duty, to: vendor out}", True),
        ("{when: nobody on duty, to: voicemail}", True),
        ("{when: nobody on duty, to: queue service}", True),
        ("{after: 1 ring, to: vendor out}", True),
        ("{after: 1 ring, to: queue service}", False),
        ("{after: 1 ring, to: hang up}", False),
    ],
)
def test_a_rule_for_nobody_on_duty_is_an_answer(tmp_path: Path, rule: str, *, answered: bool) -> None:
    """So is one that takes callers to somebody else in any case."""
    late = ("desk: {serves: [sales], agents: 1", "desk: {serves: [sales], agents: {mon-fri: {09:30-18:00: 1}}")
    found = looks(tmp_path, late, sales(f"overflow: [{rule}]"))
    assert ("queues.sales" in found) == (not answered)


def test_a_queue_that_nobody_comes_to_need_not_be_staffed(tmp_path: Path) -> None:
    """In a variant that sends all callers elsewhere."""
    away = ("desk: {serves: [sales], agents: 1", "desk: {serves: [sales], agents: 0")
    assert "queues.sales" in looks(tmp_path, away)
    assert looks(tmp_path, away, ("goes_to: queue sales", "goes_to: vendor out")) == {}


NIGHT = ("{09:00: 1, 18:00: 0}", "{09:00: 1}")


@pytest.mark.parametrize(
    ("closed", "taken"),
    [
        ("hang up", False), ("voicemail", True), ("vendor out", True),
        ("queue service", False), ("self_service hours", False),
    ],
)  # fmt: skip
def test_callers_at_night_may_be_taken_by_somebody_else(tmp_path: Path, closed: str, *, taken: bool) -> None:
    """A vendor or a recorder behind the rule for closed hours; a queue that is closed as well is none."""
    found = looks(tmp_path, NIGHT, sales(f"closed: {closed}"))
    assert found == ({} if taken else {"sources.ads": "62% of its callers call while it is closed"})


# Too much work

BUSY = ("callers: 18 per day", "callers: 180 per day")


def worst(there: str, busy: str, others: str = "") -> str:
    return (
        f"its callers{others} would keep {busy} agents busy, {there} on duty: "
        "the half-hour from mon 2026-03-02 09:00 is the worst"
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        # 20 callers an hour of 240 s are 1.33 agents.
        ([], worst("1", "1.33")),
        ([("serves: [sales], agents: 1", "serves: [sales], agents: 2")], None),
        ([("serves: [sales], agents: 1", "serves: [sales], agents: 2, absence: 50%")], worst("1", "1.33")),
        ([("serves: [sales]", "wrap_up: exponential 48 s, answers_after: 12 s, serves: [sales]")], worst("1", "1.67")),
        ([("serves: [sales]", "speed: 1.5, serves: [sales]")], worst("1", "2")),
        ([sales("talk: 3 min")], None),
        ([sales("talk: 6 min")], worst("1", "2")),
        ([("callers: 180", "logged_calls: 180")], worst("1", "1.33")),
        # Half of the callers go elsewhere.
        ([("goes_to: queue sales", "goes_to: [{share: 50%, to: queue sales}, {share: 50%, to: vendor out}]")], None),
        # A menu that a tenth leaves and a quarter of the rest use otherwise: 1.33 x 0.9 x 0.75 is 0.9.
        ([("goes_to: queue sales", "goes_to: menu main")], None),
        # A vendor takes what is too much.
        ([sales("overflow: [{after: 1 ring, to: vendor out}]")], None),
        ([sales("room_for: 2, full: vendor out")], None),
        ([sales("overflow: [{when: nobody on duty, to: voicemail}]")], worst("1", "1.33")),
        # The back office helps.
        ([("serves: [service]", "serves: [service, sales]")], None),
        ([sales("overflow: [{after: 1 ring, also: queue service}]")], None),
        ([("serves: [service]", "serves: [service, sales]"), ("callers: 180", "callers: 360")],
         worst("2", "2.67", " and those of `service`")),
    ],
)  # fmt: skip
def test_more_work_than_agents_is_remarked_on(
    tmp_path: Path, changes: list[tuple[str, str]], expected: str | None
) -> None:
    """Callers x handling time, against those on duty, over queues and teams that hang together."""
    assert looks(tmp_path, BUSY, *changes).get("queues.sales") == expected


def test_transfers_are_work_for_the_other_queue(tmp_path: Path) -> None:
    """9 callers an hour of 240 s and as many again put through, of whom half come back: 0.6 and 1.2 agents."""
    through = sales("transfer: {chance: 100%, to: queue service}")
    back = ("  service: {}\n", "  service: {talk: 8 min, transfer: {chance: 50%, to: queue sales}}\n")
    more = ("callers: 18 per day", "callers: 81 per day")
    found = looks(tmp_path, more, through, back)
    # Without end 2 x 0.6 and 2 x 1.2; ten transfers are followed, after which 1/32 of a caller is left.
    assert found["queues.sales"].startswith("its callers would keep 1.18 agents busy, 1 on duty")
    assert found["queues.service"].startswith("its callers would keep 2.3")


def test_the_worst_half_hour_is_named(tmp_path: Path) -> None:
    """Where agents lack most, not where most callers are; opening in the middle of one counts half of both."""
    hours = ("open: {mon-fri: 09:00-18:00}", "open: {mon-fri: 09:15-18:00}")
    peak = ("{09:00: 1, 18:00: 0}", "{09:00: 2, 09:30: 1, 12:00: 5, 12:30: 1, 18:00: 0}")
    roster = (
        "serves: [sales], agents: 1",
        "serves: [sales], agents: {mon-fri: {09:15-12:00: 1, 12:00-12:30: 3, 12:30-18:00: 1}}",
    )
    found = looks(tmp_path, ("callers: 18 per", "callers: 260 per"), hours, peak, roster)
    # 23 weights a day: 11.3 callers for each in a half-hour. At noon 56 callers need 7.54 agents and find 3.
    assert found["queues.sales"] == (
        "its callers would keep 7.54 agents busy, 3 on duty: the half-hour from mon 2026-03-02 12:00 is the worst"
    )
    strong = [(roster[0], roster[1].replace("30: 3", "30: 9"))]
    assert looks(tmp_path, ("callers: 18 per", "callers: 260 per"), hours, peak, *strong)["queues.sales"] == (
        "its callers would keep 1.51 agents busy, 0.5 on duty on average, less breaks and absence: "
        "the half-hour from mon 2026-03-02 09:00 is the worst"
    )


@pytest.mark.parametrize(("callers", "busy"), [(135, None), (141, None), (142, "1.05")])
def test_a_little_more_work_than_agents_is_not_remarked_on(tmp_path: Path, callers: int, busy: str | None) -> None:
    """From 5 % on: 135 callers a day of 240 s in 9 h are one agent."""
    found = looks(tmp_path, ("callers: 18 per", f"callers: {callers} per")).get("queues.sales")
    assert found == (worst("1", busy) if busy else None)


def test_the_worst_half_hour_is_one_that_is_clearly_too_much(tmp_path: Path) -> None:
    """40 agents lack 1.5 at noon, which is little for them, one lacks 0.5 in the afternoon, which is much for it."""
    peak = ("{09:00: 1, 18:00: 0}", "{12:00: 41.5, 12:30: 0, 15:00: 1.5, 15:30: 0}")
    roster = (
        "serves: [sales], agents: 1",
        "serves: [sales], agents: {mon-fri: {09:00-12:00: 1, 12:00-12:30: 40, 12:30-18:00: 1}}",
    )
    # 43 weights a day, 7.5 callers for each agent that a half-hour keeps busy.
    found = looks(tmp_path, ("callers: 18 per", f"callers: {43 * 7.5} per"), peak, roster)
    assert found["queues.sales"] == worst("1", "1.5").replace("09:00", "15:00")


# What nobody has said

MONEY = (
    "queues:\n",
    "worth: {buyer: {lead_cost: 5 EUR, converts: 20%, first_order: 50 EUR, margin: 40%, orders_per_year: 2, years: 3,"
    " discount: 10%}}\nqueues:\n",
)
WORTH = ("    talk: 4 min", "    worth: buyer\n    talk: 4 min")
KINDS = ("    talk: 4 min", "    kinds: {new: 100%}\n    talk: 4 min")
REDIAL = ("    talk: 4 min", "    redial: {chance: 33%, after: 8 min, at_most: 3}\n    talk: 4 min")
CALLBACKS = (
    "voicemail:",
    "callbacks: {for: [missed], by: desk, number_known: 100%, reaches: 60%, tries: {at_most: 3, every: 30 min},"
    " no_answer_takes: 25 s}\nvoicemail:",
)


def test_redials_and_kinds_are_asked_for_where_callers_are_worth_something(tmp_path: Path) -> None:
    """Who never calls again is lost, and who may never buy costs nothing: without money neither matters so much."""
    assert looks(tmp_path, MONEY, WORTH) == {
        "sources": "no `redial:` anywhere: nobody calls again after a missed call; write one such as "
        "`redial: {chance: 33%, after: exponential 8 min, at_most: 3}`",
        "sources.ads": "no `kinds:`: everybody is taken for a possible customer; write shares such as "
        "`kinds: {new: 60%, service: 40%}`",
    }
    assert looks(tmp_path, MONEY, WORTH, KINDS, REDIAL) == {}
    assert looks(tmp_path, MONEY) == {}


def test_menus_are_asked_for_their_hang_ups(tmp_path: Path) -> None:
    """Some always hang up; who knows that nobody does says so."""
    assert looks(tmp_path, ("hangs_up: 10%, ", "")) == {
        "menus.main": "no `hangs_up:`: nobody hangs up in its prompt; write a share such as `hangs_up: 5%`"
    }
    assert looks(tmp_path, ("hangs_up: 10%, ", "hangs_up: 0%, ")) == {}


def test_vendors_are_asked_for_their_quality(tmp_path: Path) -> None:
    """But for those who take messages only, which meet no need: they are asked how long that takes."""
    assert looks(tmp_path, ("quality: 95%, ", "")) == {
        "vendors.out": "no `quality:`: it meets every need; write a share such as `quality: 95%`"
    }
    assert looks(tmp_path, ("quality: 95%, ", "quality: 100%, ")) == {}
    assert looks(tmp_path, ("quality: 95%, ", "takes_message: true, ")) == {
        "vendors.out": "no `speed:`: taking a message lasts as long as a whole talk; write a factor such as `speed: 0.3`"
    }
    assert looks(tmp_path, ("quality: 95%, ", "takes_message: true, speed: 0.3, ")) == {}
    assert looks(tmp_path, ("quality: 95%, ", "quality: 95%, takes_message: true, speed: 1, ")) == {
        "vendors.out": "`quality:` is not used with `takes_message: true`, which meets no need; `none` removes it"
    }


def test_a_remark_on_a_vendor_names_those_whose_callers_can_come_to_it() -> None:
    """Own people need no vendor, and each service is bought by others; where nobody comes, only `check` says it."""
    variants = load(SCENARIOS / "09_four_reps.yaml").variants
    told = [remark for remark in remarks_on(variants) if remark.startswith("vendors.") and "weak evidence" in remark]
    assert [remark.partition(":")[0] for remark in told] == [
        'vendors."go answer" (in `go answer by the minute`)',
        "vendors.teledirect (in `teledirect`)",
        'vendors."go answer" (in `go answer with a package`)',
    ]
    assert weak_prices_in(variants) == (
        "what `go answer` charges by `goanswer_payg_2022` (a price article)",
        "what `go answer` charges by `goanswer_100_2022` (a price article)",
        "what `teledirect` charges by `teledirect_ladder_2022` (a price article)",
    )
    own = {"four of our own": variants["four of our own"]}
    assert any("weak evidence" in remark for remark in remarks_on(own))
    assert weak_prices_in(own) == ()


def test_vendors_are_asked_for_the_wrap_up_that_is_billed(tmp_path: Path) -> None:
    """Where it is billed by the minute."""
    bills = ("bills: [talk]", "bills: [talk, wrap_up]")
    assert looks(tmp_path, bills) == {
        "vendors.out": "no `wrap_up:`, though its tariff bills it: none is billed, real invoices will be higher; write a time such as `wrap_up: 20 s`"
    }
    assert looks(tmp_path, bills, ("quality: 95%, ", "quality: 95%, wrap_up: 20 s, ")) == {}
    assert looks(tmp_path, bills, ("per_minute: 1 EUR", "per_call: 1 EUR")) == {}


def test_a_tariff_of_weak_evidence_is_named(tmp_path: Path) -> None:
    """One that is invented, an article's, unverified or a vendor's advertising."""
    assert looks(tmp_path, ("{per_minute: 1 EUR", "{evidence: S, per_minute: 1 EUR")) == {
        "vendors.out": "its tariff `t` rests on weak evidence: a price article"
    }
    assert looks(tmp_path, ("{per_minute: 1 EUR", "{evidence: A, per_minute: 1 EUR")) == {}


def test_fees_are_asked_for_how_often_they_fall_due(tmp_path: Path) -> None:
    """No simulated log tells of orders."""
    fees = ("{per_minute: 1 EUR", "{fees: {order: 2 EUR}, per_minute: 1 EUR")
    assert looks(tmp_path, fees) == {
        "vendors.out": "no `share_of_calls:` of `order` in its tariff `t`: none is billed; write a share such as "
        "`share_of_calls: {order: 5%}`"
    }
    known = (fees[0], fees[1].replace("{fees", "{share_of_calls: {order: 5%}, fees"))
    assert looks(tmp_path, known) == {}


def test_callbacks_are_asked_for_what_limits_them(tmp_path: Path) -> None:
    """Numbers that are not known, and an interest that cools."""
    assert looks(tmp_path, CALLBACKS, MONEY, WORTH, KINDS, REDIAL) == {
        "callbacks": "`number_known: 100%`: nobody withholds a number; write a share such as `90%`",
        "worth.buyer": "no `interest_halves_in:`: a call back days later sells as well as an answer; "
        "write `interest_halves_in: 60 min`",
    }
    cooling = (MONEY[0], MONEY[1].replace("discount: 10%", "discount: 10%, interest_halves_in: 60 min"))
    known = (CALLBACKS[0], CALLBACKS[1].replace("100%", "90%"))
    assert looks(tmp_path, known, cooling, WORTH, KINDS, REDIAL) == {}
