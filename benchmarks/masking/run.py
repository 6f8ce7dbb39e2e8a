"""How many planted secrets survive masking, per shape, beside detect-secrets on the same texts.

    python -m benchmarks.masking.run [--seed 7] [--alone]

Prints a Markdown table. Exit status 1 when a secret survives in any text, or more than 1 % of the harmless values are
masked.
"""

import argparse
import re
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from benchmarks.masking import Harmless, Sample
from benchmarks.masking.corpus import adversarial, harmless, samples
from keymedic.intake.redaction import mask

Masker = Callable[[str], str]
RUN = 8  # characters of a secret that may not survive together
ADVERSARIAL_SHAPE = "second, other generator"


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


def _without(text: str, found: Iterable[str | None]) -> str:
    for value in sorted({value for value in found if value}, key=len, reverse=True):
        text = text.replace(value, "<found>")
    return text


def detect_secrets_file(text: str) -> str:
    """`text` without what detect-secrets finds in a file of it, with its default settings."""
    from detect_secrets.core.scan import scan_file
    from detect_secrets.settings import default_settings

    with tempfile.TemporaryDirectory() as folder, default_settings():
        path = Path(folder, "text.py")
        path.write_text(text, encoding="utf-8")
        return _without(text, [secret.secret_value for secret in scan_file(str(path))])


def detect_secrets_string(text: str) -> str:
    """`text` without what detect-secrets finds in its string mode, line by line."""
    from detect_secrets.core.scan import scan_line
    from detect_secrets.settings import default_settings

    with default_settings():
        return _without(text, [secret.secret_value for line in text.splitlines() for secret in scan_line(line)])


def corpus(seed: int) -> list[Sample]:
    """The texts of both generators, the second under one name."""
    second = [Sample(s.text, s.planted, ADVERSARIAL_SHAPE, s.exchange) for s in adversarial(seed, 300)]
    return [*samples(seed), *second]


def table(seed: int, maskers: dict[str, Masker]) -> tuple[str, bool]:
    """The Markdown table, and whether the first masker passes the gate."""
    texts, readable = corpus(seed), list(harmless(seed, 1500))
    results = {name: shares(texts, masker) for name, masker in maskers.items()}
    first = next(iter(results.values()))
    rows = [f"| {' | '.join(['shape', 'texts', *maskers])} |", "|---|---:" + "|---:" * len(maskers) + "|"]
    for shape, (_, total) in first.items():
        rows.append(
            f"| {shape} | {total} | " + " | ".join(f"{r[shape][0] / total:.1%}" for r in results.values()) + " |"
        )
    sums = [sum(clean for clean, _ in result.values()) / len(texts) for result in results.values()]
    rows.append(f"| **all secrets** | {len(texts)} | " + " | ".join(f"**{share:.1%}**" for share in sums) + " |")
    lost = [masked_share(readable, masker) for masker in maskers.values()]
    rows.append(f"| harmless values masked | {len(readable)} | " + " | ".join(f"{share:.1%}" for share in lost) + " |")
    passed = all(clean == total for clean, total in first.values()) and lost[0] <= 0.01
    return "\n".join(rows), passed


def main() -> int:
    """Print the table; 0 when the gate holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--alone", action="store_true", help="without detect-secrets")
    arguments = parser.parse_args()
    maskers: dict[str, Masker] = {"Keymedic": keymedic}
    if not arguments.alone:
        maskers |= {"detect-secrets, file": detect_secrets_file, "detect-secrets, string": detect_secrets_string}
    text, passed = table(arguments.seed, maskers)
    print(text)
    print("\nGate: " + ("held" if passed else "FAILED"))
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
