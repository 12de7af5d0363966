"""What is made from an object once and kept for the next who asks."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

Of = TypeVar("Of")
Made = TypeVar("Made")


class Latest(Generic[Of, Made]):
    """What was made from the latest objects.

    By identity, for what stands in a scenario cannot be hashed; an object lives as long as what was made from it is
    kept.
    """

    def __init__(self, make: Callable[[Of], Made], most: int) -> None:
        self._make = make
        self._most = most
        self._kept: OrderedDict[int, tuple[Of, Made]] = OrderedDict()

    def __len__(self) -> int:
        """How many are kept."""
        return len(self._kept)

    def __call__(self, of: Of) -> Made:
        known, made = self._kept.pop(id(of), (None, None))
        if known is not of or made is None:
            made = self._make(of)
        self._kept[id(of)] = of, made
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return made
