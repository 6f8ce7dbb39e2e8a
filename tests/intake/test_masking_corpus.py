"""The masking gate on a smaller sample; `python -m benchmarks.masking.run` measures all of it."""

import random
import sys
from pathlib import Path

# The benchmarks are no part of the package.
sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks.masking.corpus import SHAPES, adversarial, harmless, samples
from benchmarks.masking.run import keymedic, masked_share, survivor


def test_no_planted_secret_survives() -> None:
    texts = random.Random(1).sample(list(samples(7)), 1000)
    assert len({text.shape for text in texts}) == len(SHAPES) >= 20
    survivors = {(t.shape, t.exchange, piece) for t in texts if (piece := survivor(t, keymedic(t.text)))}
    assert not survivors


def test_no_planted_secret_survives_in_unusual_dress() -> None:
    assert not {(t.shape, piece) for t in adversarial(7, 300) if (piece := survivor(t, keymedic(t.text)))}


def test_harmless_values_stay_readable() -> None:
    assert masked_share(harmless(7, 400), keymedic) <= 0.01
