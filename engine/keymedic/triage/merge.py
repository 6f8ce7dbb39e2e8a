"""The chunks of all inputs, put together in order, with the events that lie across two chunks."""

from __future__ import annotations

from collections.abc import Mapping

from keymedic.triage.scanning.chunk import Found
from keymedic.triage.scanning.frame import LONGEST
from keymedic.triage.scanning.gate import Buffer
from keymedic.triage.scanning.scan import Scanner
from keymedic.triage.scanning.source import Reading
from keymedic.triage.tally import Tallies


class Merger:
    """Takes what was found in chunk after chunk. Every method returns the messages that are new with it."""

    def __init__(self, tallies: Tallies, scanner: Scanner, readings: Mapping[int, Reading]) -> None:
        self._tallies, self._scanner, self._readings = tallies, scanner, readings
        self._buffer = Buffer(4 * LONGEST)
        self._input = -1
        self._lines = 0
        """Lines of the input before the next chunk."""
        self.open = b""
        """The last event so far, which may go on."""
        self.open_line = 0

    def add(self, number: int, found: Found) -> list[int]:
        """Take the next chunk of input `number`, whose first chunk ends the input before."""
        new = self.end() if number != self._input else []
        self._input = number
        if not self.open:
            self.open_line = self._lines
        self.open += found.head
        if not found.head or found.tail or len(self.open) > LONGEST:  # else no event begins in this chunk
            new += self._close()
        new += self._tallies.add(number, found, self._lines)
        self._tallies.extend(number, found)
        if found.tail:
            self.open, self.open_line = found.tail, self._lines + found.tail_line
        self._lines += found.lines
        return new

    def end(self) -> list[int]:
        """End the present input."""
        new = self._close()
        if self._input >= 0:
            self._tallies.close(self._input)
        self._input, self._lines = -1, 0
        return new

    def _close(self) -> list[int]:
        """Scan the open event as a whole."""
        whole, self.open = self.open, b""
        if not whole.strip():
            return []
        self._scanner.learn(self._input, self._readings[self._input])
        self._buffer.put(whole)
        return self._tallies.add(self._input, self._scanner.scan(self._input, self._buffer, seam=True), self.open_line)
