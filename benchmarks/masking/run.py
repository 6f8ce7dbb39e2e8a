"""How many planted secrets survive masking, per shape, beside detect-secrets on the same texts.

    python -m benchmarks.masking.run [--alone] [--gate] [--seed 7 --seed 8]

Prints a Markdown table. The gate holds when no text of any shape keeps a secret and at most 1 % of the harmless values
are masked; the known limits do not count.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Sequence

from benchmarks.masking import Harmless, Sample, handwritten
from benchmarks.masking.adversarial import adversarial
from benchmarks.masking.corpus import samples
from benchmarks.masking.harmless import harmless
from benchmarks.masking.scanners import detect_secrets_file, detect_secrets_string
from keymedic.intake.redaction import mask

Masker = Callable[[str], str]
SEEDS = (7, 1009, 20250)
RUN = 8  # characters of a secret that may not survive together
MASKED_AT_MOST = 0.01  # of the harmless values
SECOND, BY_HAND, LIMITS = "second, other generator", "hand-written", "known limits (not in the gate)"


def survivor(sample: Sample, masked: str) -> str | None:
    """The first piece of a planted secret that can still be read in `masked`; None when there is none.

    A piece is 8 characters in a row, or the whole of a secret without such runs. A PEM is looked for line
    by line, without its frame.
    """
    for secret in sample.planted:
        lines = [line for line in re.split(r"\s+|\\n|-----[A-Z ]+-----", secret) if len(line) >= RUN]
        pieces = [line[start : start + RUN] for line in lines for start in range(len(line) - RUN + 1)] or [secret]
        for piece in pieces:
            if piece in masked:
                return piece
    return None


def shares(texts: Iterable[Sample], masker: Masker) -> dict[str, tuple[int, int]]:
    """Per shape: texts without survivors, and all texts."""
    counts: dict[str, tuple[int, int]] = {}
    for sample in texts:
        clean, total = counts.get(sample.shape, (0, 0))
        counts[sample.shape] = (clean + (survivor(sample, masker(sample.text)) is None), total + 1)
    return counts


def masked_share(texts: Iterable[Harmless], masker: Masker) -> float:
    """Share of the harmless values that can no longer be read."""
    lost = [text.value not in masker(text.text) for text in texts]
    return sum(lost) / len(lost)


def keymedic(text: str) -> str:
    """The masker under test."""
    return mask(text).text


def corpus(seeds: Sequence[int]) -> list[Sample]:
    """The texts of both generators, then the hand-written ones, those two kinds under one name each."""
    texts: list[Sample] = []
    for seed in seeds:
        texts += samples(seed)
    for seed in seeds:
        texts += _named(SECOND, adversarial(seed, 300))
    for seed in seeds:
        texts += _named(BY_HAND, handwritten.samples(seed))
    return texts


def _named(name: str, texts: Iterable[Sample]) -> list[Sample]:
    return [Sample(sample.text, sample.planted, name, sample.exchange) for sample in texts]


def readable(seeds: Sequence[int]) -> dict[str, list[Harmless]]:
    """The harmless texts, by where they come from."""
    return {
        "harmless values masked": [text for seed in seeds for text in harmless(seed, 1500)],
        "harmless values masked, hand-written": [text for seed in seeds for text in handwritten.harmless(seed)],
    }


def table(seeds: Sequence[int], maskers: dict[str, Masker]) -> tuple[str, list[str]]:
    """The Markdown table, and the rows in which the first masker misses the gate."""
    texts = corpus(seeds)
    results = [shares(texts, masker) for masker in maskers.values()]
    missed = [shape for shape, (clean, total) in results[0].items() if clean < total]
    rows = [f"| {' | '.join(['shape', 'texts', *maskers])} |", "|---|---:" + "|---:" * len(maskers) + "|"]
    for shape, (_, total) in results[0].items():
        rows.append(_row(shape, total, [result[shape][0] / total for result in results]))
    whole = [sum(clean for clean, _ in result.values()) / len(texts) for result in results]
    rows.append(_row("**all secrets**", len(texts), whole))
    limits = _named(LIMITS, [text for seed in seeds for text in handwritten.limits(seed)])
    found = [shares(limits, masker)[LIMITS][0] / len(limits) for masker in maskers.values()]
    rows.append(_row(LIMITS, len(limits), found))
    for name, values in readable(seeds).items():
        lost = [masked_share(values, masker) for masker in maskers.values()]
        rows.append(_row(name, len(values), lost))
        missed += [name] if lost[0] > MASKED_AT_MOST else []
    return "\n".join(rows), missed


def _row(name: str, count: int, parts: list[float]) -> str:
    return f"| {name.replace('_', ' ')} | {count} | " + " | ".join(f"{part:.1%}" for part in parts) + " |"


def survivors(seeds: Sequence[int]) -> list[str]:
    """What leaks, a line each: shape, exchange or title, the piece that can be read."""
    found = ((text, survivor(text, keymedic(text.text))) for text in corpus(seeds))
    return [f"{text.shape}, {text.exchange}: {piece!r} in {text.text!r}" for text, piece in found if piece]


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table; 1 when the gate fails."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.masking.run", description=__doc__)
    parser.add_argument("--seed", type=int, action="append", help=f"instead of {SEEDS}; may be given several times")
    parser.add_argument("--alone", action="store_true", help="without detect-secrets")
    parser.add_argument("--gate", action="store_true", help="also list what leaks, on standard error")
    arguments = parser.parse_args(argv)
    seeds = arguments.seed or SEEDS
    maskers: dict[str, Masker] = {"Keymedic": keymedic}
    if not arguments.alone:
        maskers |= {"detect-secrets, file": detect_secrets_file, "detect-secrets, string": detect_secrets_string}
    text, missed = table(seeds, maskers)
    print(text)
    print("\nGate: " + (f"FAILED ({', '.join(missed)})" if missed else "held"))
    if arguments.gate and missed:
        print("\n".join(survivors(seeds)), file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
