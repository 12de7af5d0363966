"""Words that the sentences of a comparison share: names of variants, chances, lists, views of the loss."""

from __future__ import annotations

import re

from callsim.replicate import Result
from callsim.tables import lettered

LOSSES = {
    "acquisition": "the advertising that had brought them",
    "first order": "the margin of the first orders that they would have placed",
    "lifetime": "the margin of all that they would have bought over the years",
    "with referrals": "the margin of all that they, and whom they would have recommended us to, would have bought",
    "replacement": "the advertising that brings as many others",
}
"""What is lost with a caller, by the view that is counted."""

VIEWS = {
    "acquisition": "advertising",
    "first order": "first orders",
    "lifetime": "lifetime value",
    "with referrals": "lifetime value with referrals",
    "replacement": "replacement",
}
"""The views in a word."""

VIEWS_SAID = VIEWS | {
    "acquisition": "advertising (what had been paid to make them call)",
    "lifetime": "lifetime value (all that they would have bought over the years)",
    "replacement": "replacement (the advertising that brings as many others)",
}
"""The same in a sentence."""

LEVERS = {
    "worth": "what a lost caller costs",
    "vendors": "what answering services charge",
    "wages": "what agents earn",
    "volume": "how many people call",
}
"""What the answer may depend on, in words."""

BEGIN, END = "\ue000", "\ue001"
"""Stand around the name of a variant until the whole paragraph is there: vendors may have the same name."""
NAMED = re.compile(f"{BEGIN}(.*?){END}", re.DOTALL)


def named(variant: str) -> str:
    """The name of a variant in a sentence, for `with_letters`."""
    return f"{BEGIN}{variant}{END}"


def with_letters(text: str, result: Result) -> str:
    """A paragraph with its variants as ``C (`a menu`)`` at first and `C` from then on; a single one by its name."""
    letters = {variant.name: letter for letter, variant in lettered(result)}
    told: set[str] = set()

    def name(match: re.Match[str]) -> str:
        variant = match[1]
        if len(letters) == 1:
            return f"`{variant}`"
        again = variant in told
        told.add(variant)
        return letters[variant] if again else f"{letters[variant]} (`{variant}`)"

    return NAMED.sub(name, text)


def percent(chance: float) -> str:
    """`97 %`; near certainty with a decimal, and never certainty itself."""
    if chance > 0.999:
        return "over 99.9 %"
    if chance < 0.001:
        return "under 0.1 %"
    return f"{100 * chance:.{0 if 0.01 <= chance <= 0.99 else 1}f} %"
