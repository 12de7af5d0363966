"""Weak inputs as somebody calls them who has not read the file."""

from __future__ import annotations

from callsim.scenario.weak import Weak
from callsim.yamlfile import dotted

WORDS = {
    "hangs_up_ringing": "how long callers let it ring",
    "hangs_up_waiting": "how long callers stay on hold",
    "patience_on_redial": "how patient callers are when they try again",
    "redial": "how many try again",
    "kinds": "how many of the callers may buy",
    "hangs_up": "how many hang up on the menu",
    "talk": "how long talks last",
    "callers": "how many people call",
    "logged_calls": "how many calls there are",
    "calls_by_hour": "at which hours people call",
    "weekdays": "on which days people call",
    "day_to_day_variation": "how much days differ",
    "vendors": "how soon and how well the answering service answers",
    "pay": "what the team is paid",
    "wage": "the wage of the team",
    "answers_after": "how soon calls are answered",
    "quality": "how many needs the answering service meets",
    "voicemail": "how many leave a message",
    "number_known": "how many numbers are known",
    "reaches": "how many are reached when called back",
    "callbacks": "how calling back goes",
    "interest_halves_in": "how fast interest cools before the call back",
    "interest_at_least": "how many stay interested however late they are called back",
    "existing": "what is at stake with customers who call",
    "converts": "how many callers become customers",
    "promoters": "how many recommend",
    "referrals_each": "how many new customers a recommendation brings",
    "referred_worth": "what recommended customers are worth",
    "shrinkage": "paid time away from the phone",
    "supervisors": "how many supervisors there are",
    "turnover": "what it costs that agents leave",
    "overhead": "overhead",
    "accepts": "how many accept to be called back",
    "resolves": "how many needs are met at the first call",
}
"""Weak inputs in words, by the last part of their path, else the first."""


FEEDS = {
    "worth": (("worth",), ("sources", "kinds")),
    "vendors": (("tariffs",),),
    "wages": (("teams", "pay"), ("teams", "wage")),
    "volume": (("sources", "callers"), ("sources", "logged_calls")),
}
"""The inputs behind a lever: a section, or a key of its entries."""

OWNERS = {"vendors": "the answering service", "teams": "the team"}
"""What stands for an entry of a section in the words, and gives way to its name."""


def in_words(one: Weak) -> str:
    """The input in words, such as `how long callers let it ring`; its path where there are none."""
    for key in (one.path[-1], one.path[0]):
        if key in WORDS:
            owner = OWNERS.get(one.path[0]) if len(one.path) > 1 else None
            return WORDS[key] if owner is None else WORDS[key].replace(owner, f"`{one.path[1]}`")
    return dotted(one.path)


def feeds(one: Weak, lever: str) -> bool:
    """Whether a lever moves with the input."""
    return any(one.path[0] == feed[0] and (len(feed) == 1 or feed[-1] == one.path[-1]) for feed in FEEDS[lever])
