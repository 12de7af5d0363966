"""An invoice: its lines, what they add up to, and what the same time would have cost unrounded."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import NamedTuple

from callsim.errors import CallsimError
from callsim.tariffs.usage import Usage

CENT = Decimal("0.01")
NEARLY = Decimal("1e-8")
EXACT = Decimal("1e-12")
MANY_DIGITS = Context(prec=60)


class MissingRate(CallsimError):
    """Something was used that has a price which nobody publishes: it is not billed as nothing."""


class Line(NamedTuple):
    """One line: so many units at a price. `amount` is exact to 12 decimals, or rounded where the plan rounds lines."""

    code: str
    quantity: Decimal
    unit: str
    price: Decimal
    amount: Decimal


class Invoice(NamedTuple):
    """What a vendor charges for a billing period; its lines add up to `sum`, which is rounded once to the total."""

    plan: str
    currency: str | None
    label: str
    """The days that are billed."""
    share: Fraction
    """Of a whole period; fixed sums and volumes are prorated by it."""
    whole: bool
    lines: tuple[Line, ...]
    usage: Usage
    billed_minutes: Fraction
    rounding: Decimal
    """What rounding up time adds to the total."""

    @property
    def calls(self) -> int:
        """Answered calls that are billed."""
        return int(sum(self.usage.calls.values()))

    @property
    def sum(self) -> Decimal:
        """The lines together."""
        return sum((line.amount for line in self.lines), Decimal(0))

    @property
    def total(self) -> Decimal:
        """Rounded half up to hundredths, once."""
        return money(self.sum)

    @property
    def effective_rate(self) -> Decimal | None:
        """What a minute talked costs; nothing where nobody talked."""
        return decimal(Fraction(self.total) / self.usage.talk) if self.usage.talk else None


def line(code: str, quantity: Fraction | int, unit: str, price: Fraction | Decimal, *, rounds: bool) -> Line:
    """A line; where the plan rounds lines, its amount is in hundredths."""
    amount = decimal(Fraction(quantity) * Fraction(price))
    return Line(code, decimal(Fraction(quantity)), unit, decimal(Fraction(price)), money(amount) if rounds else amount)


def decimal(number: Fraction) -> Decimal:
    """The number to 12 decimals."""
    exact = MANY_DIGITS.divide(number.numerator, number.denominator).quantize(EXACT, ROUND_HALF_UP, MANY_DIGITS)
    # 100, not 1E+2.
    whole = exact.to_integral_value()
    return whole if whole == exact else exact.normalize(MANY_DIGITS)


def money(amount: Decimal) -> Decimal:
    """Rounded half up to hundredths; thirds that were cut at 12 decimals do not turn a half into less."""
    nearly = amount.quantize(NEARLY, ROUND_HALF_UP, MANY_DIGITS)
    return nearly.quantize(CENT, ROUND_HALF_UP, MANY_DIGITS)


def added(lines: Iterable[Line]) -> Decimal:
    return sum((one.amount for one in lines), Decimal(0))
