"""Whether letters read as words, by how often each follows the other in words.

A row is the first letter, a column the second, a to z. 5 is as often as by chance; one step is twice or half as often.
Counted over the distinct words of ccxt, of Python's standard library and of this project's pages, weighted by the
logarithm of their counts.
"""

from __future__ import annotations

from itertools import pairwise

from keymedic.intake.secret_spans import compiled

_PAIRS = (
    "36773462615878071878555452"
    "63436221641633530554500041"
    "72547317507643831647631140"
    "64458430721533631564521230"
    "75796653424768465998365742"
    "52336611700522632644501030"
    "51327244600425420553421111"
    "61237101602332610434400030"
    "65766660203779863678260405"
    "20003000101000320020400000"
    "31226120501413320252313110"
    "73458321802723740266531161"
    "75248210602353670254510030"
    "73777582615435641378552131"
    "45673552515678670866756311"
    "72337324602623761756512150"
    "00000000000001000121600000"
    "83669452815565740677543160"
    "52648436714544662378624251"
    "83649427802544750876624362"
    "55545440500667460767100120"
    "60007110500021420111011000"
    "62135204500314511542102100"
    "32424201400210250125000321"
    "23324210400344350144112011"
    "20006000301011300000000000"
)
# Of words, 95 of 100 reach the score for their length; of random runs of letters, 9 of 100 do.
_SPOKEN = {3: 5.3, 4: 5.3, 5: 5.3, 6: 4.9, 7: 4.9, 8: 4.9}
_SPOKEN_LONGER = 5.2
_A = ord("a")


def wordiness(value: str) -> float:
    """Share of `value` that reads as words: under 0.2 for random strings, above 0.6 for names."""
    pieces = compiled(r"[A-Z]?[a-z]{3,}|[A-Z]{5,}").findall(value)
    return sum(len(piece) for piece in pieces if _spoken(piece.lower())) / max(1, len(value))


def _spoken(piece: str) -> bool:
    codes = [ord(letter) - _A for letter in piece]
    total = sum(_COUNTS[first * 26 + second] for first, second in pairwise(codes))
    return total >= _SPOKEN.get(len(piece), _SPOKEN_LONGER) * (len(codes) - 1)


_COUNTS = tuple(map(int, _PAIRS))
