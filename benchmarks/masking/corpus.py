"""Texts with planted credentials, by shape. Deterministic for a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator

# Each module registers its shapes.
from benchmarks.masking import FORMATS, Sample, credential, in_code, in_pem, in_requests, in_tickets
from benchmarks.masking.shapes import NOISE, SHAPES

__all__ = ["SHAPES", "in_code", "in_pem", "in_requests", "in_tickets", "samples"]


def samples(seed: int, *, per_exchange: int = 2) -> Iterator[Sample]:
    """Every shape for every exchange's formats, `per_exchange` times, in everyday surroundings."""
    rng = random.Random(seed)
    for name, build in SHAPES.items():
        for exchange in FORMATS:
            for _ in range(per_exchange):
                cred = credential(rng, exchange)
                text, planted = build(rng, cred)
                if exchange == "hyperliquid":  # its "key" is a wallet's address, which is public
                    planted = [value for value in planted if value != cred.key]
                before, after = rng.choice(NOISE), rng.choice(NOISE)
                full = rng.choice(["{b}\n{t}\n{a}", "{t}\n{a}", "{b}\n\n{t}", "{t}"]).format(b=before, t=text, a=after)
                yield Sample(full, tuple(planted), name, exchange)
