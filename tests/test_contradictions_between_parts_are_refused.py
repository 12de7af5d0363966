"""What is fine in itself may not fit the rest: circles, missing patience, preferences, queues that nobody serves."""

from __future__ import annotations

from pathlib import Path

import pytest

from callsim.errors import ScenarioError
from callsim.scenario import load

CENTRE = """\
name: A centre
currency: EUR
calendar: {start: 2026-03-02, days: 7, open: {mon-fri: 09:00-20:00}}
sources:
  ads: {callers: 5 per hour, goes_to: queue sales, hangs_up_ringing: 20 s, talk: 3 min}
menus:
  main: {answers_after: 5 s, prompt: 9 s, hangs_up: 2%, keys: [{share: 100%, to: queue service}]}
self_service:
  hours: {takes: 30 s, resolves: 80%}
queues:
  sales: {}
  service: {}
teams:
  desk: {serves: [sales, service], agents: 2}
  night: {serves: [service], agents: 1}
vendors:
  out: {answers_after: 9 s, quality: 95%, tariff: t}
tariffs:
  t: {per_minute: 1 EUR, bills: [talk]}
voicemail: {leaves: 25%, takes: 20 s}
callbacks: {for: [missed], by: night, number_known: 90%, reaches: 60%, tries: {at_most: 3, every: 30 min}, no_answer_takes: 25 s}
"""
PATIENT = ("hangs_up_ringing: 20 s", "hangs_up_ringing: 20 s, hangs_up_waiting: 2 min")


def refused(folder: Path, *changes: tuple[str, str]) -> dict[str, str]:
    """Messages by path; nothing where the scenario is fine."""
    text = CENTRE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    file = folder / "centre.yaml"
    file.write_text(text, encoding="utf-8")
    try:
        load(file)
    except ScenarioError as error:
        return {problem.where: problem.message for problem in error.problems}
    return {}


def queues(sales: str, service: str = "") -> tuple[str, str]:
    return ("  sales: {}\n  service: {}\n", f"  sales: {{{sales}}}\n  service: {{{service}}}\n")


def test_the_centre_is_good(tmp_path: Path) -> None:
    """What the changes below are made to."""
    assert refused(tmp_path) == {}


# Circles


@pytest.mark.parametrize(
    ("sales", "service", "where"),
    [
        ("closed: queue service", "full: queue sales", ["queues.sales.closed", "queues.service.full"]),
        ("overflow: [{after: 0, to: queue service}]", "closed: queue sales",
         ["queues.sales.overflow[0].to", "queues.service.closed"]),
        ("overflow: [{when: nobody on duty, to: queue service}]", "overflow: [{when: nobody on duty, to: queue sales}]",
         ["queues.sales.overflow[0].to", "queues.service.overflow[0].to"]),
        ("overflow: [{when: nobody on duty, also: queue service}]", "overflow: [{after: 0 s, also: queue sales}]",
         ["queues.sales.overflow[0].also", "queues.service.overflow[0].also"]),
        ("", "overflow: [{after: 0, to: menu main}]", ["menus.main.keys[0].to", "queues.service.overflow[0].to"]),
    ],
)  # fmt: skip
def test_a_circle_that_takes_no_time_is_refused(tmp_path: Path, sales: str, service: str, where: list[str]) -> None:
    """At every rule that is part of it; an overflow rule without a delay is one."""
    found = refused(tmp_path, queues(sales, service), PATIENT)
    assert list(found) == where
    assert all("callers could be sent in a circle" in message for message in found.values())


@pytest.mark.parametrize(
    ("sales", "service"),
    [
        ("overflow: [{after: 20 s, to: queue service}]", "overflow: [{after: 20 s, to: queue sales}]"),
        ("overflow: [{after: 20 s, to: queue service}]", "closed: queue sales, full: queue sales"),
        ("overflow: [{after: 20 s, also: queue service}]", "overflow: [{when: nobody on duty, to: queue sales}]"),
        ("", "overflow: [{after: 1 min, to: menu main}]"),
        ("transfer: {chance: 10%, to: queue service}", "transfer: {chance: 10%, to: queue sales}"),
        ("transfer: {chance: 10%, to: queue sales}", ""),
    ],
)
def test_time_breaks_a_circle(tmp_path: Path, sales: str, service: str) -> None:
    """A wait before the rule fires, or a talk before the transfer."""
    assert refused(tmp_path, queues(sales, service), PATIENT) == {}


@pytest.mark.parametrize("key", ["to", "also"])
def test_a_queue_does_not_overflow_into_itself(tmp_path: Path, key: str) -> None:
    """Whoever waits in it waits in it already."""
    found = refused(tmp_path, queues(f"overflow: [{{after: 9 s, {key}: queue sales}}]"))
    assert found == {
        f"queues.sales.overflow[0].{key}": (
            "expected another place than `queue sales` itself, where the caller waits already"
        )
    }


# Patience


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (queues("answers_after: 5 s"), "`queue sales` answers callers of this source"),
        (queues("closed: voicemail"), "`voicemail` answers callers of this source"),
        (queues("full: callback"), "`callback` answers callers of this source"),
        (queues("closed: self_service hours"), "`self_service hours` answers callers of this source"),
        (queues("overflow: [{after: 9 s, to: menu main}]"), "`menu main` answers callers of this source"),
        (queues("overflow: [{after: 9 s, also: queue service}]", "answers_after: 5 s"),
         "`queue service` answers callers of this source"),
        (("goes_to: queue sales", "goes_to: {90%: queue sales, 10%: menu main}"),
         "`menu main` answers callers of this source"),
        (queues("transfer: {chance: 1%, to: queue service}"), "`queue sales` puts callers of this source through"),
        (queues("offer_callback: {after: 9 s, accepts: 5%}"), "`queue sales` offers callers of this source a call back"),
        (queues("transfer: {chance: 1%, to: queue service}", "offer_callback: {after: 9 s, accepts: 5%}"),
         "`queue sales` puts callers of this source through"),
        (queues("overflow: [{when: nobody on duty, to: queue service}]", "offer_callback: {after: 9 s, accepts: 5%}"),
         "`queue service` offers callers of this source a call back"),
    ],
)  # fmt: skip
def test_whoever_may_be_answered_by_a_machine_has_patience_for_it(
    tmp_path: Path, change: tuple[str, str], reason: str
) -> None:
    """Or may be put through, or offered a call back: on any way, however far."""
    assert refused(tmp_path, change) == {
        "sources.ads": (
            f"expected `hangs_up_waiting:` such as `exponential 90 s`, found nothing: {reason}, "
            "and nothing says how long they wait then"
        )
    }
    assert refused(tmp_path, change, PATIENT) == {}


@pytest.mark.parametrize(
    "change",
    [
        ("goes_to: queue sales", "goes_to: vendor out"),
        queues("overflow: [{after: 9 s, to: vendor out}], closed: vendor out"),
        queues("", "answers_after: 5 s, offer_callback: {after: 9 s, accepts: 5%}"),
    ],
)
def test_whoever_meets_no_machine_needs_no_patience_for_it(tmp_path: Path, change: tuple[str, str]) -> None:
    """The phone goes on ringing at a vendor, and what other callers meet does not matter."""
    assert refused(tmp_path, change) == {}


# Who serves whom


@pytest.mark.parametrize(
    ("teams", "message"),
    [
        ("[desk]", "expected every team that serves `service`, found no `night`"),
        ("[[night]]", "expected every team that serves `service`, found no `desk`"),
    ],
)
def test_a_queue_ranks_all_its_teams(tmp_path: Path, teams: str, message: str) -> None:
    """A team left out would never be asked, which its own `serves` denies."""
    assert refused(tmp_path, queues("", f"teams: {teams}")) == {"queues.service.teams": message}


def test_a_queue_ranks_no_other_teams(tmp_path: Path) -> None:
    """A team that does not serve it cannot be preferred."""
    assert refused(tmp_path, queues("teams: [night, desk]")) == {
        "queues.sales.teams": "expected teams with `serves: [sales]`, found `night`"
    }


@pytest.mark.parametrize("teams", ["[desk, night]", "[[night, desk]]", "[night, [desk]]"])
def test_a_queue_may_rank_its_teams_in_any_order(tmp_path: Path, teams: str) -> None:
    """Alike or one after the other."""
    assert refused(tmp_path, queues("", f"teams: {teams}")) == {}


@pytest.mark.parametrize(
    "rule",
    ["{after: 9 s, to: vendor out}", "{when: nobody on duty, to: vendor out}", "{after: 0, also: queue service}"],
)
def test_a_queue_without_a_team_needs_a_rule_that_takes_callers_away(tmp_path: Path, rule: str) -> None:
    """Otherwise they would wait for nobody."""
    nobody = ("serves: [sales, service]", "serves: [service]")
    assert refused(tmp_path, nobody) == {
        "queues.sales": "expected a team with `serves: [sales]`, or `overflow:`, found neither"
    }
    assert refused(tmp_path, nobody, queues(f"overflow: [{rule}]")) == {}


def test_teams_that_are_wrong_are_not_missed_elsewhere(tmp_path: Path) -> None:
    """A mistake in a team is one mistake, not one for the queue that ranks it."""
    found = refused(tmp_path, queues("", "teams: [desk, night]"), ("agents: 1}", "agents: one}"))
    assert list(found) == ["teams.night.agents"]


# Vendors, voicemail, callbacks


@pytest.mark.parametrize("said", ["true", "false"])
def test_lines_are_a_question_only_where_a_source_goes_straight_to_a_vendor(tmp_path: Path, said: str) -> None:
    """Any other call uses one, whatever is said."""
    change = ("talk: 3 min", f"talk: 3 min, uses_line: {said}")
    assert list(refused(tmp_path, change)) == ["sources.ads.uses_line"]
    for ways in ("vendor out", "{90%: queue sales, 10%: vendor out}"):
        assert refused(tmp_path, change, ("goes_to: queue sales", f"goes_to: {ways}")) == {}


@pytest.mark.parametrize(("place", "section"), [("voicemail", "voicemail"), ("callback", "callbacks")])
def test_a_destination_without_a_name_is_declared_at_the_top(tmp_path: Path, place: str, section: str) -> None:
    """Wherever it is used; a declaration with a mistake in it is one all the same."""
    (line,) = [line for line in CENTRE.splitlines() if line.startswith(section)]
    use = queues(f"closed: {place}")
    found = refused(tmp_path, use, PATIENT, (f"{line}\n", ""))
    assert list(found) == ["queues.sales.closed"]
    assert f"`{place}` needs an entry such as `{section}: {{" in found["queues.sales.closed"]
    broken = refused(tmp_path, use, PATIENT, (line, line.replace("takes: 2", "takes: -2")))
    assert list(broken) == [f"{section}.{'takes' if place == 'voicemail' else 'no_answer_takes'}"]


def test_a_vendor_is_declared(tmp_path: Path) -> None:
    """With a did-you-mean, as any name."""
    assert refused(tmp_path, ("goes_to: queue sales", "goes_to: vendor oud")) == {
        "sources.ads.goes_to": "expected a declared vendor (`out`), found `oud`, did you mean `out`?"
    }


def test_the_team_that_calls_back_exists(tmp_path: Path) -> None:
    """A variant that takes it away takes the callbacks away as well."""
    file = tmp_path / "centre.yaml"
    change = "variants: {no night: {teams: {night: none}}, %s}\n"
    file.write_text(CENTRE + change % "neither: {teams: {night: none}, callbacks: none}")
    with pytest.raises(ScenarioError) as caught:
        load(file)
    assert [(problem.where, problem.message) for problem in caught.value.problems] == [(
        "callbacks.by in variant `no night`",
        "expected a declared team (`desk`), found `night` (a variant without that team says `callbacks: none`)",
    )]  # fmt: skip


# Chats and forms

CHAT = (
    "hangs_up_ringing: 20 s, talk: 3 min}",
    "hangs_up_ringing: 20 s, talk: 3 min}\n"
    "  site: {channel: chat, callers: 5 per hour, goes_to: queue service, hangs_up_waiting: 90 s, talk: 6 min}",
)
THREE = ("night: {serves: [service], agents: 1}", "night: {serves: [service], agents: 1, chats_at_once: 3}")
BY_DESK = ("by: night", "by: desk")


def test_who_holds_several_chats_at_once_takes_no_calls(tmp_path: Path) -> None:
    """Not where callers come by themselves, by an overflow, put through or by a menu; and calls nobody back."""
    assert refused(tmp_path, CHAT, THREE, BY_DESK) == {}
    ways = (
        [("goes_to: queue sales", "goes_to: queue service")],
        [queues("overflow: [{after: 20 s, to: queue service}]")],
        [queues("transfer: {chance: 10%, to: queue service}"), PATIENT],
        [("goes_to: queue sales", "goes_to: menu main"), PATIENT],
    )
    message = "expected queues to which only chats come, found `service`: callers of `ads` come"
    for changes in ways:
        assert refused(tmp_path, CHAT, THREE, BY_DESK, *changes) == {"teams.night.chats_at_once": message}
    assert refused(tmp_path, CHAT, THREE) == {
        "callbacks.by": "expected a team without `chats_at_once`, found `night`: it only chats"
    }


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            queues("", "closed: voicemail"),
            "chats of this source may come to `voicemail`, which records calls: `callback` is for both",
        ),
        (
            queues("", "offer_callback: {after: 20 s, accepts: 50%}"),
            "chats of this source may come to `queue service`, whose `offer_callback` is for calls",
        ),
    ],
)
def test_some_places_are_for_calls_alone(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    """Wherever the chat meets them; a promise to call, a robot and a vendor are for chats as well."""
    assert refused(tmp_path, CHAT, change) == {"sources.site.channel": message}
    assert refused(tmp_path, CHAT, queues("", "closed: callback, full: self_service hours")) == {}
    assert refused(tmp_path, CHAT, queues("", "overflow: [{after: 9 s, to: vendor out}]")) == {}


@pytest.mark.parametrize("callbacks", ["for: [missed]", "for: [voicemail, unserved]"])
def test_forms_are_answered_by_somebody(tmp_path: Path, callbacks: str) -> None:
    """By the team that calls back, if it is told to."""
    form = ("sources:\n", "sources:\n  web: {channel: form, callers: 5 per hour, talk: 3 min}\n")
    message = "expected `callbacks:` with `for: [form]`, found none: nobody would answer these forms"
    assert refused(tmp_path, form, ("for: [missed]", callbacks)) == {"sources.web.channel": message}
    assert refused(tmp_path, form, ("for: [missed], by: night, number_known: 90%", "for: [form], by: night")) == {}
    (nobody,) = [line for line in CENTRE.splitlines() if line.startswith("callbacks")]
    assert refused(tmp_path, form, (nobody, "")) == {"sources.web.channel": message}
