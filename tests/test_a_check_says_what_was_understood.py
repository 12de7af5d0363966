"""`callsim check`: every part of a scenario in a phrase, on one screen, and what is worth a second look."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from centre import CENTRE

from callsim.scenario import Study, load
from callsim.scenario.remarks import remarks, remarks_on
from callsim.summary import summary

ROOT = Path(__file__).parent.parent
SHIPPED = [*sorted((ROOT / "scenarios").glob("*.yaml")), ROOT / "callsim/templates/starter.yaml"]

SHOP = """\
name: A shop
currency: EUR
ring: Russia
calendar: {start: 2026-03-02, days: 7, open: {mon-fri: 09:00-20:00}}
sources:
  ads:
    callers: 5 per hour
    goes_to: queue sales
    hangs_up_ringing: 3-4 rings
    hangs_up_waiting: exponential 90 s
    talk: 3 min
menus: {main: {answers_after: 1 ring, prompt: 9 s, hangs_up: 2.5%, keys: [{share: 100%, to: self_service hours}]}}
self_service: {hours: {takes: 30 s, resolves: 80%, otherwise: queue sales}}
queues:
  sales: {}
teams:
  desk: {serves: [sales], agents: 1}
"""


def study(folder: Path, *changes: tuple[str, str]) -> Study:
    text = SHOP
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file = folder / "shop.yaml"
    file.write_text(text, encoding="utf-8")
    return load(file)


def said(folder: Path, *changes: tuple[str, str]) -> str:
    """The whole summary on one line."""
    return re.sub(r"\s+", " ", "\n".join(summary(study(folder, *changes), 80)))


def looks(folder: Path, *changes: tuple[str, str]) -> dict[str, str]:
    """The remarks by path, but for that on callers who call at night: these call evenly."""
    (scenario,) = study(folder, *changes).variants.values()
    night = "of its callers call while it is closed"
    return {".".join(map(str, path)): message for path, message in remarks(scenario) if night not in message}


# The summary


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.name)
def test_the_summary_fits_a_screen(file: Path) -> None:
    """Fifty lines of 80 characters at the most, of whatever is shipped."""
    lines = list(summary(load(file), 80))
    assert len(lines) <= 50
    assert max(map(len, lines)) <= 80


def test_the_shop_is_understood_in_these_words() -> None:
    """All of the shipped shop."""
    assert (
        "\n".join(summary(load(ROOT / "scenarios/02_shop.yaml"), 80))
        == """\
02_shop.yaml: fine

scenario   Furniture shop, one number in every ad
calendar   31 days from sun 2026-03-01, 266 open hours: mon-fri 09:00-20:00, sat
           10:00-16:00
source     search ads: 85 callers per day (sat 0.6, sun 0.3) to queue sales,
           days vary by 20%, 60% new / 15% existing / 10% service / 15% junk,
           ring patience 3-4 rings, hold patience exponential 1 min 30 s, talk
           lognormal 3 min cv 0.9, redial 33% after exponential 8 min, at most
           3x
lines      8; the next caller hears busy
menu       main: answers after 5 s, prompt 14 s, 4% hang up; 70% to queue sales,
           30% to self_service opening hours
machine    opening hours: takes 35 s, solves 80%, the others: queue sales
queue      sales: target 80% in 20 s, rings, after 5 s to vendor night desk,
           when closed: voicemail; served by desk
team       desk: up to 2 agents, 508 agent-hours for sales, 5% do not come,
           answers after exponential 4 s, wrap-up exponential 30 s, pay 350 RUB
           per hour + 30.2% taxes, 12 000 RUB per month a seat
vendor     night desk: answers after exponential 11 s, operators without bound,
           meets 98% of needs, tariff pay as you go
voicemail  25% leave a message of 20 s
callbacks  for missed, voicemail by desk, 90% of numbers known, up to 3 tries
           every 30 min, each reaches 60% or takes 25 s
tariff     pay as you go: 3 000 RUB per month, 28 RUB per minute, bills talk,
           wrap_up, rounded up to 1 min, then by 1 min
worth      buyer: a lost new caller costs 350 in advertising, or 756 in first
           orders, or 13 910 over the lifetime, or 17 138 with referrals (RUB);
           who waits for a call back loses half of the interest in 1 h
total      payroll, invoices and the loss counted as first order
variants   today; third person at the desk; a menu that answers at once; all
           outsourced
look at vendors."night desk" (in `today`, `third person at the desk`): 33% of
  the callers of `search ads` hang up before its operators answer (who take 11 s
  on average)
look at vendors."night desk": no `wrap_up:`, though its tariff bills it: none is
  billed, real invoices will be higher; write a time such as `wrap_up: 20 s`"""
    )


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("talk:", "redial: {chance: 33%, after: 5 min, at_most: 3}\n    talk:", "redial 33% after 5 min, at most 3x"),
        ("talk:", "redial: {chance: [50%, 30%], after: 5 min, at_most: never}\n    talk:",
         "redial 50% then 30% after 5 min, without bound"),
        ("talk:", "redial: {chance: {blocked: 60%, abandoned: 40%, closed: 20%}, after: 5 min, at_most: 3}\n    talk:",
         "redial abandoned 40%, blocked 60%, closed 20% after 5 min, at most 3x"),
        ("talk:", "redial: {chance: {abandoned: 40%, abandoned_menu: 5%}, after: 5 min, at_most: 3}\n    talk:",
         "redial abandoned ringing 40%, abandoned queue 40%, abandoned menu 5% after 5 min"),
        ("talk:", "weekdays: {mon-wed: 2, sat-sun: 0.5, holiday: 0.5}\n    talk:",
         "5 callers per hour (mon-wed 2, sat-sun 0.5, holiday 0.5) to queue sales"),
        ("talk:", "kinds: {new: 62.5%, junk: 37.5%}\n    talk:", "62.5% new / 37.5% junk"),
        ("talk:", "day_to_day_variation: 12.5%\n    talk:", "days vary by 12.5%"),
        ("ring:", "day_to_day_variation: 20%\nring:", "all sources vary together from day to day by 20%"),
        ("days: 7", "days: 7, warm_up: 2 h, cool_down: 1 day", "warm-up 2 h, cool-down 24 h"),
        ("sales: {}", "sales: {answers_after: 2 rings, room_for: 5}", "greeting after 10 s, room for 5, then busy"),
        ("sales: {}\nteams:", "sales: {room_for: 5, full: queue other, closed: queue other, open: {mon: 09:00-10:00}}\n"
         "  other: {}\nteams:\n  x: {serves: [other], agents: 1}",
         "room for 5, then queue other, when closed (own hours): queue other"),
        ("sales: {}", "sales: {talk: 2 min, target: 80% in 20 s}", "target 80% in 20 s, rings, talk 2 min"),
        ("agents: 1", "agents: 1, pay: {wage: 19.5 EUR per hour}", "pay 19.5 EUR per hour"),
        ("agents: 1", "agents: 1, pay: {flat: 12 000 EUR per month, seat: 90 EUR per month}",
         "pay 90 EUR per month a seat, 12 000 EUR per month flat"),
        ("agents: 1", "agents: 1", "desk: 1 agent, 55 agent-hours for sales, no pay"),
        ("agents: 1", "agents: 0", "desk: up to 0 agents"),
        ("ring:", "lines: 3\nring:", "lines 3; the next caller hears busy"),
        ("ring:", "ring:", "main: answers after 5 s, prompt 9 s, 2.5% hang up; 100% to self_service hours"),
        ("ring:", "ring:", "hours: takes 30 s, solves 80%, the others: queue sales"),
    ],
)  # fmt: skip
def test_every_part_has_its_phrase(tmp_path: Path, old: str, new: str, expected: str) -> None:
    """What was written is said, in the same words."""
    assert expected in said(tmp_path, (old, new))


def test_the_whole_centre_is_understood_in_these_words(tmp_path: Path) -> None:
    """Splits, skills, shifts, rules, vendors, messages and calls back."""
    file = tmp_path / "centre.yaml"
    file.write_text(CENTRE, encoding="utf-8")
    assert (
        "\n".join(summary(load(file), 80))
        == """\
centre.yaml: fine

scenario   A whole centre
calendar   14 days from mon 2026-03-02, 90 open hours: mon-fri 09:00-18:00
source     ads: 40 callers per day, 60% to queue sales and 30% to menu main and
           10% to vendor night desk, at a vendor too on a line of ours, 100%
           new, ring patience 6-8 rings, hold patience exponential 3 min, talk 3
           min, redial 33% after 5 min, at most 2x, with the patience of the
           first call
menu       main: answers after 5 s, prompt 9 s, 5% hang up; 100% to queue
           service
queue      sales: no target, priority 2, rings, after 20 s also in queue
           service, with nobody on duty to vendor night desk, when closed:
           voicemail, agents picked round robin; served by desk and old hands,
           then night
queue      service: no target, rings, room for 9, then callback, after 1 min
           offers to call back, 40% accept, 10% are put through to queue sales,
           when closed: hang up; served by old hands and night, then desk
team       desk: up to 2 agents, 180 agent-hours for sales, then service, 5% do
           not come, talks 1.25 times as long, no pay
team       old hands: up to 2 agents, 155 agent-hours for sales and service,
           shift mon-fri 09:00-17:30 with 2, break 12:30 for 30 min, break 10:00
           for 15 min (paid), meets 90% of needs, the others call again after
           exponential 24 h, no pay
team       night: 1 agent, 10 agent-hours for service, then sales, answers after
           exponential 4 s, a call not answered after 25 s goes back and the
           agent is away for 5 min, no pay
vendor     night desk: answers after exponential 11 s, 3 operators, 5 lines,
           talks 1.1 times as long, wrap-up 20 s, meets 98% of needs, calls sent
           on leave our line, tariff pay as you go
vendor     messages: answers after 9 s, operators without bound, takes messages
           only, tariff pay as you go
voicemail  25% leave a message of 20 s
callbacks  for missed, voicemail, unserved by desk, 90% of numbers known, up to
           3 tries every 30 min, each reaches 60% or takes 25 s
tariff     pay as you go: 30 EUR per month, 0.95 EUR per minute, bills talk,
           wrap_up, rounded up to 1 min, then by 30 s
look at queues.service.offer_callback: 100% of the callers of `ads` whom nothing
  has answered yet wait no longer than the 1 min until it is made
look at queues.service.offer_callback: 28% of the callers of `ads` whom a
  machine has answered wait no longer than the 1 min until it is made
look at vendors.messages: no `speed:`: taking a message lasts as long as a whole
  talk; write a factor such as `speed: 0.3`
look at vendors.messages: no `wrap_up:`, though its tariff bills it: none is
  billed, real invoices will be higher; write a time such as `wrap_up: 20 s`"""
    )


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("callers: 5 per hour", "logged_calls: 5 per hour", "5 logged calls, redials among them, per hour to queue sales"),
        ("sales: {}", "sales: {at_closing: closed}", "when closed: hang up, also for those who wait at closing"),
        ("sales: {}", "sales: {pick: in order}", "agents picked in order"),
        ("serves: [sales], agents: 1", "serves: [sales], shifts: [{days: fri-mon, hours: 22:00-06:00, agents: 3}, "
         "{days: holiday, hours: 00:00-24:00, agents: 2}]",
         "up to 3 agents, 78 agent-hours for sales, shift mon fri-sun 22:00-06:00 with 3, "
         "shift holiday 00:00-24:00 with 2"),
        ("serves: [sales], agents: 1", "serves: [sales], shifts: [{days: mon, hours: 08:00-16:00, agents: 3}, "
         "{days: mon, hours: 15:00-18:00, agents: 2}, {days: mon, hours: 18:00-20:00, agents: 4}]",
         "up to 5 agents, 38 agent-hours for sales"),
    ],
)  # fmt: skip
def test_the_rarer_parts_have_their_phrases_too(tmp_path: Path, old: str, new: str, expected: str) -> None:
    """Nights past the last day are cut off, and shifts that overlap add up, those that follow each other do not."""
    assert expected in said(tmp_path, (old, new))


def test_what_vendors_charge_is_part_of_the_total(tmp_path: Path) -> None:
    """With how fast a caller's interest cools."""
    worth = (
        "worth: {buyer: {lead_cost: 1 EUR, converts: 5%, first_order: 9 EUR, margin: 30%, orders_per_year: 4, years: 3,"
        " discount: 15%, interest_halves_in: 90 min}}"
    )
    vendor = "vendors: {out: {answers_after: 9 s, tariff: t}}\ntariffs: {t: {per_call: 1.20 EUR}}"
    changes = [("talk:", "worth: buyer\n    talk:"), ("ring:", f"count_loss_as: lifetime\n{worth}\n{vendor}\nring:")]
    text = said(tmp_path, *changes, ("agents: 1", "agents: 1, pay: {wage: 19 EUR per hour}"))
    assert "total payroll, invoices and the loss counted as lifetime" in text
    assert "(EUR); who waits for a call back loses half of the interest in 1 h 30 min" in text
    assert "tariff t: 1.20 EUR per call worth" in text


def test_without_pay_there_is_no_total(tmp_path: Path) -> None:
    """A total without a payroll would be the loss alone."""
    worth = "worth: {buyer: {lead_cost: 1 EUR, converts: 5%, first_order: 9 EUR, margin: 30%, orders_per_year: 4, years: 3, discount: 15%}}"
    changes = [("talk:", "worth: buyer\n    talk:"), ("ring:", f"count_loss_as: lifetime\n{worth}\nring:")]
    assert "total none, as no team has `pay:`; the loss counted as lifetime" in said(tmp_path, *changes)
    paid = ("agents: 1", "agents: 1, pay: {wage: 19 EUR per hour}")
    assert "total payroll and the loss counted as lifetime" in said(tmp_path, *changes, paid)


# What is worth a second look


@pytest.mark.parametrize(
    ("patience", "after", "share"),
    [
        ("3-4 rings", "15.1 s", "50%"),
        ("3-4 rings", "3 rings", None),
        ("3-4 rings", "20.1 s", "100%"),
        ("4 rings", "3 rings", None),
        ("1-4 rings", "6 s", "25%"),
        ("1-5 rings", "6 s", None),
        ("exponential 20 s", "5 s", None),
        ("exponential 20 s", "6 s", "26%"),
        ("never", "1 h", None),
    ],
)
@pytest.mark.parametrize("machine", ["queue", "menu"])
def test_machines_that_answer_when_many_have_gone_are_remarked_on(
    tmp_path: Path, patience: str, after: str, share: str | None, machine: str
) -> None:
    """From a quarter of the callers on; those who would hang up at the very moment of the answer are answered."""
    change = {
        "queue": ("sales: {}", f"sales: {{answers_after: {after}}}"),
        "menu": ("answers_after: 1 ring", f"answers_after: {after}"),
    }[machine]
    place = {"queue": "queue sales", "menu": "menu main"}[machine]
    found = looks(tmp_path, ("3-4 rings", patience), change, ("goes_to: queue sales", f"goes_to: {place}"))
    assert list(found) == (["sources.ads"] if share else [])
    if share:
        pattern = rf"{share} of its callers hang up before `{place}` answers \(after .+\)"
        assert re.fullmatch(pattern, found["sources.ads"])


def test_a_machine_behind_the_closed_rule_rings_on(tmp_path: Path) -> None:
    """Whom a closed queue sends to a menu lets it ring from the dial on; behind a menu nothing rings any more."""
    slow = ("answers_after: 1 ring", "answers_after: 16 s")
    assert list(looks(tmp_path, slow)) == []
    assert list(
        looks(
            tmp_path,
            slow,
            ("sales: {}", "sales: {closed: menu main}"),
            ("otherwise: queue sales", "otherwise: hang up"),
        )
    ) == ["sources.ads"]
    behind = [("goes_to: queue sales", "goes_to: menu main"), ("sales: {}", "sales: {answers_after: 9 rings}")]
    assert list(looks(tmp_path, *behind)) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([("agents: 1", "agents: 1, answers_after: 16 s")], "50% of the callers of `ads` hang up before its agents pick up (who take 16 s)"),
        ([("agents: 1", "agents: 1, answers_after: 3 rings")], None),
        # (e^-15/16 + e^-20/16) / 2 need longer than three or four rings.
        ([("agents: 1", "agents: 1, answers_after: exponential 16 s")],
         "34% of the callers of `ads` hang up before its agents pick up (who take 16 s on average)"),
        # Behind the menu hold patience counts: 1 - exp(-30/90) is 28 %.
        ([("agents: 1", "agents: 1, answers_after: 30 s"), ("goes_to: queue sales", "goes_to: menu main")],
         "28% of the callers of `ads` hang up before its agents pick up (who take 30 s)"),
        # Half are gone when the queue answers after 16 s; of the others 1 - exp(-5/90), 5 %, leave in the next 5 s.
        ([("agents: 1", "agents: 1, answers_after: 21 s"), ("sales: {}", "sales: {answers_after: 16 s}")],
         "53% of the callers of `ads` hang up before its agents pick up (who take 21 s)"),
        # The pick-up comes before the greeting.
        ([("agents: 1", "agents: 1, answers_after: 4 s"), ("sales: {}", "sales: {answers_after: 5 s}")], None),
    ],
)  # fmt: skip
def test_slow_pick_ups_are_remarked_on(tmp_path: Path, changes: list[tuple[str, str]], expected: str | None) -> None:
    """Under the patience that counts while the phone rings or the music plays; random ones by their law."""
    assert looks(tmp_path, *changes).get("teams.desk") == expected


def test_remarks_are_part_of_the_summary(tmp_path: Path) -> None:
    """With the place, once for all variants that share it."""
    late = ("sales: {}", "sales: {answers_after: 16 s}")
    text = said(tmp_path, late, ("name:", "variants: {a: {}, b: {lines: 3}}\nname:"))
    assert text.count("look at sources.ads: 50% of its callers hang up before `queue sales` answers") == 1


# Remarks on hours, pay and variants


DAYTIME = ("callers: 5 per hour", "callers: 60 per day\n    calls_by_hour: {09:00: 1, 20:00: 0}")


def remarked(folder: Path, *changes: tuple[str, str]) -> tuple[str, ...]:
    return remarks_on(study(folder, *changes).variants)


def test_callers_at_night_are_remarked_on(tmp_path: Path) -> None:
    """Evenly over the week 168 hours, of which 55 are open: 67 % call while it is closed; in the daytime of all seven
    days 2/7 do, on weekdays alone nobody."""
    assert remarked(tmp_path) == ("sources.ads: 67% of its callers call while it is closed",)
    assert remarked(tmp_path, DAYTIME) == ("sources.ads: 29% of its callers call while it is closed",)
    weekdays = ("    goes_to:", "    weekdays: {sat-sun: 0}\n    goes_to:")
    assert remarked(tmp_path, DAYTIME, weekdays) == ()


def test_agents_paid_while_closed_are_remarked_on(tmp_path: Path) -> None:
    """From 09:00 to 24:00 are 15 hours, of which four lie after closing, 27 %."""
    late = ("agents: 1", "agents: {mon-fri: {09:00-24:00: 1}}")
    found = remarked(tmp_path, DAYTIME, ("    goes_to:", "    weekdays: {sat-sun: 0}\n    goes_to:"), late)
    assert found == ("teams.desk: 27% of its hours on duty lie outside its opening hours",)


def test_a_loss_without_a_payroll_is_remarked_on(tmp_path: Path) -> None:
    """Labour that costs nothing would win every comparison."""
    loss = ("ring: Russia", "ring: Russia\ncount_loss_as: lifetime")
    worth = "worth: {buyer: {lead_cost: 5 EUR, converts: 20%, first_order: 50 EUR, margin: 40%, orders_per_year: 2, "
    buyer = ("sources:", worth + "years: 3, discount: 10%}}\nsources:")
    found = remarked(tmp_path, loss, buyer, ("    talk:", "    worth: buyer\n    talk:"))
    assert "teams: no team has `pay:`: without a payroll there is no total cost" in found


def test_variants_that_are_the_same_are_remarked_on(tmp_path: Path) -> None:
    """And a remark on one variant names it."""
    two = ("teams:\n", "variants: {today: {}, other: {}, nobody: {teams: {desk: {agents: 0}}}}\nteams:\n")
    found = remarked(tmp_path, DAYTIME, ("    goes_to:", "    weekdays: {sat-sun: 0}\n    goes_to:"), two)
    assert found == (
        "queues.sales (in `nobody`): nobody is on duty at some open hour, first mon 2026-03-02 09:00",
        "variants: `today` and `other` are the same; did a setting overwrite what they differ in?",
    )


def test_a_queue_with_hours_of_its_own_is_asked_for_them(tmp_path: Path) -> None:
    """The centre is open in the daytime, the queue always: nobody calls in vain."""
    always = ("sales: {}", "sales: {open: always}"), ("agents: 1", "agents: {every day: {00:00-24:00: 1}}")
    assert remarked(tmp_path, *always) == ()


# Chats and forms

CHANNELS = [
    (
        "talk: 3 min\nmenus",
        """talk: 3 min
  site: {channel: chat, callers: 6 per hour, goes_to: queue chats, hangs_up_waiting: exponential 90 s, talk: 9 min}
  web: {channel: form, callers: 2 per hour, talk: 5 min}
callbacks: {for: [form], by: desk, reaches: 60%, tries: {at_most: 3, every: 1 h}, no_answer_takes: 25 s}
menus""",
    ),
    ("queues:\n", "queues:\n  chats: {}\n"),
    ("agents: 1}\n", "agents: 1}\n  chatters: {serves: [chats], agents: 1, chats_at_once: 3}\n"),
]


def test_chats_and_forms_have_their_phrases(tmp_path: Path) -> None:
    """Nobody who chats rings, nobody who leaves a form redials, and no number has to be known."""
    found = said(tmp_path, *CHANNELS)
    for phrase in (
        "site: 6 people who chat per hour to queue chats, 100% new, patience exponential 1 min 30 s, talk 9 min, nobody",
        "web: 2 people who leave a form per hour, 100% new, talk 5 min menu main",
        "queue chats: no target, when closed: hang up; served by chatters",
        "queue sales: no target, rings, when closed: hang up; served by desk",
        "chatters: 1 agent, each 3 chats at once, 55 agent-hours for chats, no pay",
        "callbacks for form by desk, up to 3 tries every 1 h, each reaches 60% or takes 25 s",
    ):
        assert phrase in found


def test_the_work_of_chats_is_shared_by_those_held_at_once(tmp_path: Path) -> None:
    """Six chats of nine minutes an hour keep 0.9 places busy, 0.3 of an agent; thirty keep one and a half."""
    few = looks(tmp_path, *CHANNELS)
    assert not any("busy" in message for message in few.values())
    many = looks(tmp_path, *CHANNELS, ("callers: 6 per hour", "callers: 30 per hour"))
    assert "would keep 1.5 agents busy, 1 on duty" in many["queues.chats"]


def test_a_number_that_everybody_leaves_is_not_remarked_on(tmp_path: Path) -> None:
    """Whoever leaves a form leaves it; of missed callers it is a guess."""
    assert "callbacks" not in looks(tmp_path, *CHANNELS)
    missed = ("for: [form], by: desk,", "for: [form, missed], by: desk, number_known: 100%,")
    assert "number_known" in looks(tmp_path, *CHANNELS, missed)["callbacks"]


def test_a_chat_without_patience_is_told_of_a_rule_that_comes_too_late(tmp_path: Path) -> None:
    """Patience of 90 s on average, a promise to call after two minutes: three in four are gone by then."""
    late = ("chats: {}", "chats: {overflow: [{after: 2 min, to: callback}]}")
    found = looks(tmp_path, *CHANNELS, late)["queues.chats.overflow.0"]
    assert found == "74% of the callers of `site` wait no longer than the 2 min until it fires"
