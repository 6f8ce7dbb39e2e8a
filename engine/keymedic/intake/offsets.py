"""Byte offsets of a scanned text back to its characters."""

from __future__ import annotations

_CONTINUATION = bytes(range(0x80, 0xC0))
"""Bytes of UTF-8 that begin no character."""


class CharOffsets:
    """Byte offsets of UTF-8 -> character offsets, by stepping stones of one kilobyte."""

    _STEP = 1024

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._stones = [0]
        for at in range(0, len(data), self._STEP):
            piece = data[at : at + self._STEP]
            self._stones.append(self._stones[-1] + len(piece.translate(None, _CONTINUATION)))

    def __call__(self, offset: int) -> int:
        stone = offset // self._STEP
        piece = self._data[stone * self._STEP : offset]
        return self._stones[stone] + len(piece.translate(None, _CONTINUATION))
