"""Patterns and the scanner: edges, the longest hit, any bytes, many threads."""

from __future__ import annotations

import mmap
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keymedic.knowledge import patterns, scanner
from keymedic.knowledge.patterns import Pattern
from keymedic.knowledge.scanner import Refused, Scanner


def hits(pattern: Pattern, text: str) -> list[str]:
    """The pieces of a text that a pattern finds."""
    data = text.encode()
    return [data[start:end].decode() for _, start, end in Scanner([pattern]).scan(data)]


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (patterns.fixed("api key"), "API KEY, api key and Api Key", ["API KEY", "api key", "Api Key"]),
        (patterns.fixed("api key"), "api keys, rapi key, api_key, api key2, _api key", []),
        (patterns.fixed("  api   key "), "the api key", ["api key"]),
        (patterns.fixed("(api)"), "x(api)y", ["(api)"]),
        (patterns.fixed("EAPI:Bad", exact=True), "eapi:bad EAPI:Bad", ["EAPI:Bad"]),
        (patterns.word("stop*"), "stop stopped unstoppable Stopp2x!", ["stop", "stopped", "Stopp2x"]),
        (patterns.word("stop"), "stop stopped", ["stop"]),
        (
            patterns.host("acme.com"),
            "https://api.acme.com/x acme.com notacme.com my-acme.com acme.community",
            ["acme.com"] * 2,
        ),
        (patterns.prefix("KC-API-"), "KC-API-KEY: x, XKC-API-KEY", ["KC-API-"]),
        (patterns.fixed("Schlüssel"), "der Schlüssel fehlt", ["Schlüssel"]),
        (patterns.fixed("密钥无效"), "错误密钥无效啊", ["密钥无效"]),
        (patterns.regex(r"code \d{3,5}"), "CODE 123456 code 12", ["CODE 12345"]),
        (patterns.regex(r"a[bc]+d"), "abcbd abd ad", ["abcbd", "abd"]),
        (patterns.fixed("word"), "", []),
        (patterns.fixed("word"), "word", ["word"]),
    ],
)
def test_what_a_pattern_finds(pattern: Pattern, text: str, found: list[str]) -> None:
    assert hits(pattern, text) == found


def test_hits_come_in_the_order_of_the_text_with_the_number_of_their_pattern() -> None:
    scanner = Scanner([patterns.fixed("two"), patterns.fixed("one"), patterns.regex("th[a-z]+e")])
    assert scanner.scan(b"one two three") == [(1, 0, 3), (0, 4, 7), (2, 8, 13)]


def test_of_several_ends_at_one_place_the_longest_counts() -> None:
    assert hits(patterns.regex("fo+"), "fooooo fo") == ["fooooo", "fo"]


def test_without_beginnings_the_first_hit_of_a_pattern_counts_in_each_part() -> None:
    scanner = Scanner([patterns.regex("a[bc]+d"), patterns.fixed("abd")])
    data = b"abd acd | x | abcd abd"
    assert sorted(end for number, _, end in scanner.scan(data, begin=False) if number == 0) == [3]
    found = scanner.scan(data, begin=False, parts=[10, 14])
    assert sorted(end for number, start, end in found if number == 0 and start < 0) == [3, 18]
    assert [(start, end) for number, start, end in found if number == 1] == [(0, 3), (19, 22)]


def test_a_limit_ends_the_scan() -> None:
    scanner = Scanner([patterns.fixed("ab"), patterns.regex("c[d]")])
    assert len(scanner.scan(b"ab cd " * 1000, limit=10)) <= 22


def test_a_scanner_without_patterns_finds_nothing() -> None:
    assert Scanner([]).scan(b"anything") == []
    assert Scanner.load([], BytesIO(Scanner([]).dump())).scan(b"anything") == []


MIXED = [patterns.fixed("api key"), patterns.word("stop*"), patterns.host("acme.com"), patterns.regex(r"[a-z]+\d+xy")]


@given(
    st.binary(max_size=2000)
    | st.lists(st.sampled_from([b"api key", b"stopped ", b"a1xy", b"\xff", b"."])).map(b"".join)
)
def test_a_dumped_scanner_finds_the_same(data: bytes) -> None:
    fresh = Scanner(MIXED)
    found = fresh.scan(data)
    assert Scanner.load(MIXED, BytesIO(fresh.dump())).scan(data) == found
    assert all(0 <= start < end <= len(data) for _, start, end in found)


def test_a_pattern_ending_in_two_fixed_signs_does_not_overrun_the_stack(tmp_path: Path) -> None:
    """Vectorscan 5.4.12 in block mode dies here (its pull request 392), so the test runs in a process of its own."""
    program = (
        "from io import BytesIO\n"
        "from keymedic.knowledge.patterns import regex\n"
        "from keymedic.knowledge.scanner import Scanner\n"
        "for text in (r'[a-z]+\\d+xy', r'[0-9a-f]+[-_]00', r'(?:a|b)[^q]+zz'):\n"
        "    fresh = Scanner([regex(text)])\n"
        "    for scanner in (fresh, Scanner.load([regex(text)], BytesIO(fresh.dump()))):\n"
        "        for data in (b'abc 12345 ' * 300 + b'a1xy', b'z' * 5000, b'0-00 azz ' * 100, b''):\n"
        "            scanner.scan(data)\n"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_nothing_outside_the_data_is_found() -> None:
    """What stands behind the data in memory is not looked at."""
    memory = mmap.mmap(-1, mmap.PAGESIZE)
    memory.write(b"api ke")
    memory.write(b"y")
    assert Scanner(MIXED).scan(bytes(memory[:6])) == []


def test_many_threads_scan_with_one_scanner_at_once() -> None:
    scanner = Scanner(MIXED)
    texts = [b"api key a1xy stopped acme.com " * random.Random(seed).randrange(1, 300) for seed in range(40)]
    alone = [scanner.scan(text) for text in texts]
    with ThreadPoolExecutor(8) as pool:
        for _ in range(3):
            assert list(pool.map(scanner.scan, texts)) == alone


def test_a_scan_inside_the_callback_of_another_works() -> None:
    scanner = Scanner(MIXED)
    seen: list[object] = []

    def handler(*_: object) -> bool:
        seen.append(scanner.scan(b"a1xy"))
        return False

    database = scanner._databases[0]
    assert database is not None
    database.scan(memoryview(b"api key"), handler)
    assert seen == [[(3, 0, 4)]]


def test_an_interrupt_during_a_scan_is_not_lost() -> None:
    def handler(*_: object) -> bool:
        raise KeyboardInterrupt

    scanner = Scanner([patterns.regex("a[b]")])
    assert not scanner._databases[0].scan(memoryview(b"ab"), handler)
    scanner._databases = (Ended(),)  # type: ignore[assignment]
    with pytest.raises(KeyboardInterrupt):
        scanner.scan(b"ab")


class Ended:
    """A database whose scan was ended from outside."""

    def scan(self, *_: object) -> bool:
        return False


def test_damaged_bytes_are_refused_or_work() -> None:
    dumped = Scanner(MIXED).dump()
    rng = random.Random(7)
    for _ in range(200):
        broken = bytearray(dumped)
        broken[rng.randrange(len(broken))] ^= 1 << rng.randrange(8)
        try:
            scanner = Scanner.load(MIXED, BytesIO(broken[: rng.choice([len(broken), rng.randrange(len(broken))])]))
        except (Refused, ValueError):
            continue
        data = b"api key a1xy" * 50
        for number, start, end in scanner.scan(data):
            assert 0 <= number < len(MIXED)
            assert 0 <= start <= end <= len(data)


@pytest.mark.parametrize("text", ["(a", "a(?=b)", "(a)\\1", "a*", "(?:a{1,999}){1,999}"])
def test_what_is_not_linear_is_refused_with_a_reason(text: str) -> None:
    assert scanner.compile_error(text)


def test_a_good_pattern_has_no_error() -> None:
    assert scanner.compile_error(r"code \d+") == ""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("invalid", "an everyday word"),
        ("Error!!", "an everyday word"),
        ("a b 1", "fewer than five"),
        ("密", "shorter than three"),
        ("密钥无效", ""),
        ("invalid api key", ""),
        ("Invalid KC-API-SIGN", ""),
    ],
)
def test_weak_texts(text: str, reason: str) -> None:
    assert patterns.weakness(text).startswith(reason)
    assert bool(patterns.weakness(text)) == bool(reason)
