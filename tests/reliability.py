"""Whether stated chances come true as often as they say."""

from __future__ import annotations


def reliability(chances: list[float], right: list[bool]) -> list[tuple[float, int, int]]:
    """(mean chance, how often right, how many) in ten bins of the stated chance."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(10)]
    for chance, is_right in zip(chances, right, strict=True):
        bins[min(int(10 * chance), 9)].append((chance, is_right))
    return [(sum(chance for chance, _ in one) / len(one), sum(hit for _, hit in one), len(one)) for one in bins if one]


def off(rows: list[tuple[float, int, int]]) -> list[tuple[float, int, int]]:
    """Bins in which the truth is further off than 99.9 % of binomial counts, Bonferroni over ten."""
    from scipy.stats import binom

    level = 0.001 / 2 / 10
    return [
        (chance, hits, number)
        for chance, hits, number in rows
        if not binom.ppf(level, number, chance) <= hits <= binom.ppf(1 - level, number, chance)
    ]
