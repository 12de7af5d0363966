"""Sentences about break-evens where curves cross twice, where nothing changes, and where nothing else was asked for."""

from __future__ import annotations

from callsim import breakevenwords as words
from callsim.breakeven import forecast, volume
from callsim.breakeven.volume import OUTSOURCED, OWN, Flip
from callsim.estimate import Interval


def flipping(*flips: Flip) -> volume.Answer:
    return volume.Answer(
        "USD", "desk", volume.Others((), (), ()), "service", staff_today=1, callers_today=10.0, points=(), flips=flips,
        plans=(), left_out=(), unpriced=(),
    )  # fmt: skip


FIRST = Flip(Interval(35.0, 30.0, 40.0), OWN, OUTSOURCED)
SECOND = Flip(Interval(300.0, 280.0, 320.0), OUTSOURCED, OWN)
THIRD = Flip(Interval(500.0, 480.0, 520.0), OWN, OUTSOURCED)


def test_stretches_stand_one_after_the_other() -> None:
    """Below the second flip it is not own people at any volume that are cheaper, but only below the first."""
    begin = "With fewer than 35 callers a day (between 30 and 40) own people are cheaper"
    middle = "; from 35 to 300 (between 280 and 320) the answering service is"
    assert list(words.about_volume(flipping(FIRST))) == [f"{begin}; with more, the answering service is."]
    assert list(words.about_volume(flipping(FIRST, SECOND))) == [f"{begin}{middle}; with more, own people are."]
    (three,) = words.about_volume(flipping(FIRST, SECOND, THIRD))
    assert three.startswith(
        f"{begin}{middle}; from 300 to 500 (between 480 and 520) own people are; with more, the answering"
    )


def point(share: float, change: Interval, *, payroll: float = 0.0) -> forecast.Point:
    return forecast.Point(share, 1000.0 + payroll, 0.0, 0.0, Interval(1000.0, 990.0, 1010.0), change)


def told(*points: forecast.Point) -> list[str]:
    answer = forecast.Answer("EUR", (forecast.Curve("today", points),), (), "agents in `today`", (), ())
    return list(words.about_forecast(answer))


NOTHING = Interval(0.0, 0.0, 0.0)


def test_a_forecast_without_other_volumes_is_told_of() -> None:
    """`--at 1` asks what the forecast itself costs."""
    assert told(point(1.0, NOTHING)) == ["`today`: as many callers as forecast cost 1 000 ±10 EUR a month."]
    now = forecast.PlanPoint(1.0, Interval(200.0, 190.0, 210.0), NOTHING)
    answer = forecast.Answer("EUR", (), (), "agents in `today`", (forecast.PlanCurve("bpo", (), (now,)),), ())
    assert list(words.about_forecast(answer)) == ["By `bpo` the invoice is 200 ±10 EUR a month."]


def test_nothing_more_is_as_much() -> None:
    """No cost of 0 that is less, and no empty bracket; where noise is large its size is said."""
    as_much = "10 % fewer callers than forecast cost as much"
    assert told(point(0.9, NOTHING), point(1.0, NOTHING)) == [f"`today`: {as_much}."]
    wide = point(0.9, Interval(0.2, -29.8, 30.2))
    assert told(wide, point(1.0, NOTHING)) == [f"`today`: {as_much}, but for ±30 EUR a month."]
    dearer = point(0.9, Interval(5.0, 3.0, 7.0), payroll=5.0)
    assert told(dearer, point(1.0, NOTHING)) == [
        "`today`: 10 % fewer callers than forecast cost 5 ±2 EUR a month more (payroll +5)."
    ]
