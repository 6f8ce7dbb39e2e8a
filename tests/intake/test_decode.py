"""Bytes become text by mark, by UTF-8, by Windows-1252; binary data is refused in one line."""

from __future__ import annotations

import gzip

import pytest

from keymedic.cli.common import decode
from keymedic.errors import Unusable

WORDS = "Schlüssel ungültig – “invalid”"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_usual_encodings_are_told_apart(encoding: str) -> None:
    assert decode(WORDS.encode(encoding), "f") == WORDS


def test_big_endian_utf16_is_told_by_its_mark() -> None:
    assert decode(b"\xfe\xff" + WORDS.encode("utf-16-be"), "f") == WORDS


def test_broken_utf8_stays_utf8() -> None:
    data = ("密钥无效 " * 20).encode() + b"\xe5\xaf" + b" invalid key"
    assert decode(data, "f").startswith("密钥无效")
    assert decode(data, "f").endswith("\ufffd invalid key")


def test_a_cut_character_at_the_end_does_no_harm() -> None:
    assert decode("密钥无效".encode()[:-1], "f").startswith("密钥无")


@pytest.mark.parametrize("data", [gzip.compress(b"x" * 5000), bytes(range(256)) * 20, b"\x7fELF" + b"\0" * 400])
def test_binary_data_is_refused_in_one_line(data: bytes) -> None:
    with pytest.raises(Unusable, match=r"f\.log: this is binary data") as caught:
        decode(data, "f.log")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe", b"\xef\xbb\xbf", b"\xff\xfea", b"\x1b[31mred\x1b[0m", b"a\0b plain text"]
)
def test_little_or_odd_data_is_text(data: bytes) -> None:
    assert isinstance(decode(data, "f"), str)
