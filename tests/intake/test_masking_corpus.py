"""The masking gate on a smaller sample; `python -m benchmarks.masking.run` measures all of it."""

import random

import pytest
from benchmarks.masking import Sample, handwritten
from benchmarks.masking.adversarial import adversarial
from benchmarks.masking.corpus import SHAPES, samples
from benchmarks.masking.harmless import harmless
from benchmarks.masking.run import MASKED_AT_MOST, SEEDS, keymedic, masked_share, survivor


def survivors(texts: list[Sample]) -> set[tuple[str, str, str]]:
    return {(t.shape, t.exchange, piece) for t in texts if (piece := survivor(t, keymedic(t.text)))}


def test_no_planted_secret_survives() -> None:
    texts = random.Random(1).sample(list(samples(SEEDS[0])), 1000)
    assert len({text.shape for text in texts}) == len(SHAPES) >= 20
    assert not survivors(texts)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_planted_secret_survives_in_unusual_dress(seed: int) -> None:
    assert not survivors(list(adversarial(seed, 200)))


@pytest.mark.parametrize("seed", SEEDS)
def test_no_planted_secret_survives_in_texts_written_by_hand(seed: int) -> None:
    texts = handwritten.samples(seed)
    assert len(texts) >= 200
    assert not survivors(texts)


@pytest.mark.parametrize("seed", SEEDS)
def test_harmless_values_stay_readable(seed: int) -> None:
    assert masked_share(harmless(seed, 300), keymedic) <= MASKED_AT_MOST
    assert masked_share(handwritten.harmless(seed), keymedic) <= MASKED_AT_MOST


def test_known_limits_are_still_limits() -> None:
    texts = handwritten.limits(SEEDS[0])
    assert len(survivors(texts)) == len(texts), "mended: move it out of the limits in handwritten.txt"
