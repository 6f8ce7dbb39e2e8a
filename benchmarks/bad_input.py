"""Bad input: hostile, broken and huge texts and packs through the command line, with time and memory.

Whatever is given, the answer is a diagnosis (exit 0) or one clear line (exit 2). One error is planted in the middle of
the large texts and must be found: nothing may be lost. tests/test_bad_input.py holds every input to its bounds.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import random
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.child import Run, execute, keymedic, private_environment
from benchmarks.figures import Figure, report, table

PLANTED = (
    "2025-03-01 12:00:00,000 - bot - ERROR - ccxt.base.errors.AuthenticationError: "
    'kucoin {"code":"400004","msg":"Invalid KC-API-PASSPHRASE"}\n'
)
CAUSE = "passphrase.wrong"
SYMPTOM = "kucoin.400004"
DONE, UNUSABLE = 0, 2
EITHER = (DONE, UNUSABLE)
MB = 1_000_000
BIG_SECONDS, BIG_MB = 20.0, 600.0
SMALL_SECONDS, SMALL_MB = 5.0, 200.0
TIME_OUT = 120.0
NOISE = 0.5


class Bad(NamedTuple):
    """One input. `statuses`: exit statuses that it may have; `planted`: the error in it must be found; `big`: 50 MB."""

    make: Callable[[], bytes]
    statuses: tuple[int, ...] = (DONE,)
    planted: bool = True
    big: bool = False
    name: str = "input.log"

    @property
    def seconds(self) -> float:
        """The bound on its time."""
        return BIG_SECONDS if self.big else SMALL_SECONDS

    @property
    def peak(self) -> float:
        """The bound on its peak memory in MB."""
        return BIG_MB if self.big else SMALL_MB


class BadPack(NamedTuple):
    """One folder for --rules. `make` fills it; `says`: a part of the line that refuses it; empty = it is usable."""

    make: Callable[[Path], object]
    says: str = ""
    seconds: float = SMALL_SECONDS
    peak: float = SMALL_MB

    @property
    def statuses(self) -> tuple[int, ...]:
        """The exit statuses that it may have."""
        return (UNUSABLE,) if self.says else (DONE,)


def _amid(before: str, after: str | None = None, *, planted: str = PLANTED) -> bytes:
    """The planted error between two texts."""
    return f"{before}{planted}{before if after is None else after}".encode()


def _log(size: int) -> str:
    """Ordinary lines of a log, without errors."""
    minute = "".join(
        f"2025-03-01 12:{i % 60:02}:00,{i % 1000:03} - worker-{i % 7} - INFO - request {i} GET /book took {i % 97} ms\n"
        for i in range(10_000)
    )
    return (minute * (size // len(minute) + 1))[:size].rsplit("\n", 1)[0] + "\n"


def _unrelated(size: int) -> str:
    """Lines of errors that have nothing to do with keys, all different."""
    chance = random.Random(7)
    parts = [
        "disk",
        "queue",
        "socket",
        "cache",
        "worker",
        "chart",
        "price",
        "index",
        "batch",
        "ledger",
        "mail",
        "render",
    ]
    lines: list[str] = []
    length = 0
    while length < size:
        first, second, third = chance.choices(parts, k=3)
        name = "".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=6))
        lines.append(
            f"2025-03-01 12:00:00,000 - {first} - ERROR - {second} {name} failed: {third} exception in {name}\n"
        )
        length += len(lines[-1])
    return "".join(lines)


def _different(count: int) -> str:
    """Short lines, each with words of its own."""
    chance = random.Random(8)
    return "".join(f"{''.join(chance.choices('abcdefghijklmnop', k=14))} error\n" for _ in range(count))


def _repeated(unit: str) -> Bad:
    """One megabyte of the same few characters around the planted error."""
    return Bad(lambda: _amid(unit * (MB // 2 // len(unit)) + "\n"))


def _har(size: int) -> bytes:
    """A browser's recording of many requests of which one failed."""
    entries: list[dict[str, Any]] = []
    answer = json.dumps({"code": "200000", "data": [{"currency": "USDT", "available": "1.0"}] * 40})
    failed = json.dumps({"code": "400004", "msg": "Invalid KC-API-PASSPHRASE"})
    number = size // (len(answer) + 600)
    for i in range(number):
        url = f"https://api.kucoin.com/api/v1/accounts?page={i}"
        headers = [{"name": "KC-API-KEY", "value": f"6{i:023x}"}, {"name": "KC-API-KEY-VERSION", "value": "2"}]
        content = {"mimeType": "application/json", "text": failed if i == number // 2 else answer}
        response = {"status": 200, "statusText": "OK", "headers": [], "content": content}
        request = {"method": "GET", "url": url, "httpVersion": "HTTP/2", "headers": headers, "queryString": []}
        entries.append(
            {"startedDateTime": "2025-03-01T12:00:00Z", "time": 31, "request": request, "response": response}
        )
    return json.dumps(
        {"log": {"version": "1.2", "creator": {"name": "x", "version": "1"}, "entries": entries}}
    ).encode()


_WRONG_UTF8 = PLANTED.encode().replace(b"bot", b"b\xff\xfe\xc3(t")

TEXTS: dict[str, Bad] = {
    "empty": Bad(lambda: b"", (UNUSABLE,), planted=False),
    "blank": Bad(lambda: b" \t\r\n\xc2\xa0" * 1000, (UNUSABLE,), planted=False),
    "binary": Bad(lambda: bytes(range(256)) * 4000, (UNUSABLE,), planted=False),
    "binary behind text": Bad(lambda: PLANTED.encode() + random.Random(1).randbytes(MB), EITHER),
    "broken UTF-8": Bad(lambda: _WRONG_UTF8 + b"caf\xc3\xa9 \xe2\x82 \xf0\x9f " * 50),
    "Windows-1252": Bad(lambda: PLANTED.encode() + "Schlüssel ungültig – „falsch“\n".encode("cp1252")),
    "UTF-16 with mark": Bad(lambda: PLANTED.encode("utf-16")),
    "UTF-16 without mark, LE": Bad(lambda: PLANTED.encode("utf-16-le"), EITHER),
    "UTF-16 without mark, BE": Bad(lambda: PLANTED.encode("utf-16-be"), EITHER),
    "NUL bytes": Bad(lambda: PLANTED.encode().replace(b" - ", b" \x00 ")),
    "ANSI colours": Bad(lambda: _amid("\x1b[32mINFO\x1b[0m ok\n", planted=f"\x1b[1;31m{PLANTED.rstrip()}\x1b[0m\n")),
    "control characters": Bad(lambda: _amid("ok \x07\x08\x0b\x0c\x7f\x85\n" * 20)),
    "bidi and invisible characters": Bad(lambda: _amid("\u202eevil\u202c \u200b\u2066x\u2069\ufeff\n" * 20)),
    "emoji and combining marks": Bad(lambda: _amid("\U0001f600" + "e\u0301" * 5000 + "Z\u0351" * 5000 + "\n")),
    "50 MB of log": Bad(lambda: _amid(_log(25 * MB)), big=True),
    "50 MB without line breaks": Bad(lambda: _amid(_log(25 * MB)).replace(b"\n", b" "), big=True),
    "50 MB of other errors, all different": Bad(lambda: _amid(_unrelated(25 * MB)), big=True),
    "50 MB of log in Cyrillic": Bad(lambda: _amid(_log(20 * MB).replace("request", "запрос")), big=True),
    "one line of 10 MB": Bad(lambda: _amid("x y " * 1_250_000).replace(b"\n", b" ")),
    "JSON nested 100,000 deep": Bad(lambda: b'{"a":' * 100_000 + b"1" + b"}" * 100_000, planted=False),
    "JSON nested 100,000 deep around the error": Bad(
        lambda: b'{"a":' * 100_000 + b'{"code":"400004","msg":"Invalid KC-API-PASSPHRASE"}' + b"}" * 100_000
    ),
    "HAR nested 20,000 deep": Bad(
        lambda: b'{"log":{"entries":' + b"[" * 20_000 + b"]" * 20_000 + b"}}", planted=False, name="input.har"
    ),
    "HAR of 5 MB": Bad(lambda: _har(5 * MB), name="input.har"),
    "HAR of 5 MB, cut off": Bad(lambda: _har(5 * MB)[:-100_000], name="input.har"),
    "200,000 short lines, all different": Bad(lambda: _amid(_different(100_000), _different(100_000))),
    "200,000 lines, all equal": Bad(lambda: _amid("2025-03-01 12:00:00 ERROR something broke\n" * 100_000)),
    "100,000 equal lines of another known error": Bad(
        lambda: _amid(
            "2025-03-01 12:00:00 ERROR connection reset, request timed out, 503 Service Unavailable\n" * 50_000
        )
    ),
    "1 MB of A": _repeated("A"),
    '1 MB of "': _repeated('"'),
    "1 MB of {": _repeated("{"),
    "1 MB of =": _repeated("="),
    "1 MB of api_key=": _repeated("api_key="),
    "1 MB of http://": _repeated("http://"),
    "1 MB of digits": _repeated("1234567890"),
    "1 MB of -2015": _repeated("-2015 "),
    "1 MB of empty lines": _repeated("x\n\n\n\n\n"),
    "1 MB of not invalid key": _repeated("not invalid key "),
}
"""What it is -> the input, for `keymedic diagnose -f`."""


def _bomb() -> str:
    lines = [f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]" for before, name in itertools.pairwise("abcdefghi")]
    return "\n".join(["a: &a [x,x,x,x,x,x,x,x,x]", *lines])


def _loop(folder: Path) -> None:
    (folder / "parent").symlink_to(folder.parent, target_is_directory=True)
    (folder / "self").symlink_to("self")
    (folder / "again").symlink_to(folder, target_is_directory=True)


def _pack(content: str | bytes) -> Callable[[Path], object]:
    data = content.encode() if isinstance(content, str) else content
    return lambda folder: (folder / "pack.yaml").write_bytes(data)


PACKS: dict[str, BadPack] = {
    "YAML bomb": BadPack(_pack(_bomb()), "anchors and aliases are not allowed"),
    "10 MB of YAML": BadPack(_pack("x: |\n" + "  a line of text\n" * 600_000), "more than 4 MB"),
    "YAML nested 100,000 deep": BadPack(_pack("[" * 100_000 + "]" * 100_000), "nested deeper than"),
    "250,000 unknown keys": BadPack(_pack("".join(f"k{i}: 1\n" for i in range(250_000))), "pack.yaml:"),
    "binary pack": BadPack(_pack(bytes(range(256)) * 1000), "save it as UTF-8 text"),
    "NUL in a pack": BadPack(_pack(b"schema: \x00\n"), "no valid YAML"),
    "code in a pack": BadPack(_pack("schema: !!python/object/apply:os.system [true]\n"), "pack.yaml:1"),
    "folder with symlink loops": BadPack(_loop),
    "a folder that is not there": BadPack(lambda folder: folder.rmdir(), "no such folder"),
}
"""What it is -> the folder, for `keymedic diagnose TEXT --rules`."""


@contextlib.contextmanager
def prepared() -> Iterator[dict[str, str]]:
    """An environment whose cache is filled already."""
    with private_environment() as env:
        execute([keymedic(), "diagnose", PLANTED], env).done()
        yield env


def diagnose(bad: Bad, env: Mapping[str, str], fmt: str = "json") -> Run:
    """Diagnose the input from a file. Raises subprocess.TimeoutExpired."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / bad.name
        path.write_bytes(bad.make())
        return execute([keymedic(), "diagnose", "-f", str(path), "--format", fmt], env, timeout=TIME_OUT)


def load(bad: BadPack, env: Mapping[str, str]) -> Run:
    """Diagnose the planted error with the pack folder. Raises subprocess.TimeoutExpired."""
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "packs"
        folder.mkdir()
        bad.make(folder)
        argv = [keymedic(), "diagnose", PLANTED, "--rules", str(folder), "--format", "json"]
        return execute(argv, env, timeout=TIME_OUT)


def found(output: bytes) -> bool:
    """Whether a diagnosis (JSON) rests on the planted error and names its cause first."""
    causes = json.loads(output)["causes"]
    evidence = [item["symptom"] for cause in causes for item in cause["evidence"]]
    return SYMPTOM in evidence and causes[0]["id"] == CAUSE


def clear_line(errors: bytes) -> bool:
    """Whether stderr is a message for people: short, no traceback, and not about a bug."""
    text = errors.decode()
    return text.startswith("keymedic: ") and "Traceback" not in text and "bug" not in text and len(text) < 5_000


def run() -> tuple[str, list[Figure]]:
    """The table of all inputs, and how many fail."""
    inputs: dict[str, Bad | BadPack] = {**TEXTS, **{f"--rules: {name}": pack for name, pack in PACKS.items()}}
    with prepared() as env:
        lines = [_row(name, bad, env) for name, bad in inputs.items()]
    failed = sum(not good for _, good in lines)
    figures = [Figure(f"inputs of {len(lines)} with a wrong outcome, too slow or too large", failed, "", 0)]
    rows = [row for row, _ in lines]
    return f"{report(figures)}\n\n{table(('input', 'seconds', 'peak MB', 'outcome'), rows)}", figures


def measure(bad: Bad | BadPack, env: Mapping[str, str]) -> Run:
    """Run Keymedic on the input. Raises subprocess.TimeoutExpired."""
    return diagnose(bad, env) if isinstance(bad, Bad) else load(bad, env)


def _row(name: str, bad: Bad | BadPack, env: Mapping[str, str]) -> tuple[tuple[str, ...], bool]:
    """The line of one input, and whether it is as it should be."""
    shown = f"`{name}`" if any(sign in name for sign in '{"<') else name
    try:
        done = measure(bad, env)
    except subprocess.TimeoutExpired:
        return (shown, f"> {TIME_OUT:.0f}", "", "**did not end**"), False
    outcome = problem(done, bad)
    slow, large = done.seconds > bad.seconds * (1 + NOISE), done.peak > bad.peak
    text = f"**{' '.join(outcome.split())}**" if outcome else _fine(done, bad)
    text += f" (**over {bad.seconds:.0f} s**)" if slow else ""
    text += f" (**over {bad.peak:.0f} MB**)" if large else ""
    return (shown, f"{done.seconds:.2f}", f"{done.peak:.0f}", text), not (outcome or slow or large)


def problem(done: Run, bad: Bad | BadPack) -> str:
    """What is wrong with an outcome; empty when nothing is."""
    if done.status not in bad.statuses:
        return f"exit {done.status}: {done.err.decode(errors='replace')[:200]}".strip()
    if done.status == UNUSABLE:
        if not clear_line(done.err):
            return f"exit 2 without a clear line: {len(done.err)} bytes, {done.err.decode(errors='replace')[:200]}"
        wanted = "" if isinstance(bad, Bad) else bad.says
        return "" if wanted in done.err.decode() else f"does not say {wanted!r}: {done.err.decode()[:200]}"
    if (not isinstance(bad, Bad) or bad.planted) and not found(done.out):
        return f"the planted error was lost: {_verdict(done.out)}"
    return ""


def _fine(done: Run, bad: Bad | BadPack) -> str:
    if done.status == UNUSABLE:
        return "refused with one line"
    return "found" if not isinstance(bad, Bad) or bad.planted else f"verdict {_verdict(done.out)}"


def _verdict(output: bytes) -> str:
    diagnosis = json.loads(output)
    return f"{diagnosis['verdict']}, {diagnosis['causes'][0]['id']}"
