"""Scanning a chunk: hits of the gate -> events -> messages counted for each worker. Runs in every worker process."""

from __future__ import annotations

import msgspec
from xxhash import xxh3_128_digest

from keymedic.triage.scanning.chunk import Found, Group, Message, add_time
from keymedic.triage.scanning.frame import AROUND, LONGEST
from keymedic.triage.scanning.gate import Buffer, Gate
from keymedic.triage.scanning.sample import sample
from keymedic.triage.scanning.source import REMEMBERED, Reading, Source, events, telling
from keymedic.triage.scanning.who import shown, who


class Scanner:
    """Scans chunks. One for each process; remembers what it has seen, so that each message is masked only once."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self._inputs: dict[int, Source] = {}
        self._masked: set[int] = set()
        self._pairs: set[tuple[int, int, str]] = set()
        self._names: dict[bytes, str] = {}

    def learn(self, number: int, reading: Reading) -> None:
        """Say how to read an input."""
        if number not in self._inputs:
            self._inputs[number] = Source(number, reading)

    def scan(self, number: int, buffer: Buffer, *, seam: bool = False) -> Found:
        """Find the events of a chunk of an input. The beginning that may belong to the event before, and the last
        event, which may go on, come back as `head` and `tail`; a seam is such a pair put together and has neither."""
        chunk = _Chunk(self, self._inputs[number], buffer, seam=seam)
        chunk.run(self.gate.ends(buffer))
        return chunk.found

    def ends(self, number: int, buffer: Buffer) -> Found:
        """Head, tail, lines and hash of a chunk whose events are known from an earlier run."""
        chunk = _Chunk(self, self._inputs[number], buffer, seam=False)
        chunk.close()
        return chunk.found

    def name(self, raw: bytes) -> str:
        """A worker's name as it may be shown."""
        name = self._names.get(raw)
        if name is None:
            if len(self._names) > REMEMBERED:
                self._names.clear()
            name = self._names[raw] = shown(raw) if raw else ""
        return name

    def fresh(self, number: int, message: int, worker: str) -> tuple[bool, bool]:
        """Whether a message, and its pair with this worker in this input, are new to this process."""
        if len(self._pairs) > REMEMBERED:
            self._pairs.clear()
            self._masked.clear()
        pair = (number, message, worker)
        fresh = message not in self._masked, pair not in self._pairs
        self._masked.add(message)
        self._pairs.add(pair)
        return fresh


class _Place(msgspec.Struct):
    """An event: from where to where, and where its first and its last hit end."""

    start: int
    stop: int
    first: int
    last: int


class _Chunk:
    """One chunk on its way."""

    def __init__(self, scanner: Scanner, source: Source, buffer: Buffer, *, seam: bool) -> None:
        self._scanner, self._input, self._data, self._size = scanner, source, buffer.data, buffer.size
        self._groups: dict[tuple[int, str], Group] = {}
        self._counted, self._lines = 0, 0
        data, size = self._data, self._size
        self.found = Found(b"", self._size, 0, 0, [], {})
        self._from, self._to = 0, size
        """Where the first event begins and where the last one does, which may go on; `size` for nowhere."""
        if seam:
            return
        with memoryview(data) as whole:
            self.found.hash = xxh3_128_digest(whole[:size])
        first, last = self._first_begin(), self._last_begin()
        self._from, self._to = (first, last) if 0 <= first <= last else (size, size)
        if self._from <= LONGEST:
            self.found.head = bytes(data[: self._from])
        if size - self._to > LONGEST:
            self.found.tail = b" "  # it is looked at here, but something does go on in the next chunk
        else:
            self.found.tail = bytes(data[self._to : size])
        if self._from < size:
            self.found.first = self._input.time(data, self._from, size)
            self.found.last = self._input.time(data, self._to, size)

    def run(self, ends: list[int]) -> None:
        """Put every hit into its event, and count the events."""
        begin, last, size = self._from, self._to, self._size
        done = 0 if begin > LONGEST else begin
        places: list[_Place] = []
        for end in ends:
            if end <= done:
                if places:
                    places[-1].last = end
                continue
            if begin < end <= last:
                place = self._event(end - 1, max(done, begin))
            elif end <= begin:
                place = self._window(end - 1, done, begin)
            elif size - last > LONGEST:
                place = self._window(end - 1, max(done, last), size)
            else:
                break
            done = place[1]
            places.append(_Place(*place, end, end))
        if places:
            self._count(places)
        self.found.candidates = len(places)
        self.found.groups = list(self._groups.values())
        self.close()

    def close(self) -> None:
        """Count the remaining lines."""
        self.found.tail_line = self._line(max(self._to, self._counted))
        self.found.lines = self._line(self._size)

    def _first_begin(self) -> int:
        """Where the first event begins, -1 for nowhere."""
        at = 0
        while 0 <= at < self._size:
            if self._input.framing.begins(self._data, at, -1):
                return at
            at = self._data.find(b"\n", at, self._size) + 1 or -1
        return -1

    def _last_begin(self) -> int:
        """Where the last event begins, -1 for nowhere."""
        line = self._data.rfind(b"\n", 0, max(self._size - 1, 0)) + 1
        while line >= 0:
            before = self._data.rfind(b"\n", 0, line - 1) + 1 if line else -1
            if self._input.framing.begins(self._data, line, before):
                return line
            line = before
        return -1

    def _event(self, hit: int, floor: int) -> tuple[int, int]:
        """Where the event around a hit begins (not before `floor`, where one does) and ends."""
        data, begins = self._data, self._input.framing.begins
        start = max(data.rfind(b"\n", floor, hit) + 1, floor)
        while start > floor:
            before = max(data.rfind(b"\n", floor, start - 1) + 1, floor)
            if begins(data, start, before):
                break
            if hit - before > LONGEST:
                return self._window(hit, floor, self._to)
            start = before
        stop = data.find(b"\n", hit, self._to) + 1 or self._to
        line = start
        while stop < self._to:
            line = max(data.rfind(b"\n", start, stop - 1) + 1, start)
            if begins(data, stop, line):
                break
            stop = data.find(b"\n", stop, self._to) + 1 or self._to
            if stop - start > LONGEST:
                break
        return (start, stop) if stop - start <= LONGEST else self._window(hit, floor, self._to)

    def _window(self, hit: int, floor: int, ceiling: int) -> tuple[int, int]:
        """The surroundings of a hit, where no event can be told."""
        start = max(floor, hit - AROUND)
        line = self._data.find(b"\n", start, hit) + 1
        stop = min(ceiling, hit + AROUND)
        end = self._data.rfind(b"\n", hit, stop) + 1
        return line or start, end or stop

    def _count(self, places: list[_Place]) -> None:
        """Count the events at these places, each for its message and its worker."""
        data, source, groups = self._data, self._input, self._groups
        raw = events([telling(data, one.start, one.stop, (one.first, one.last)) for one in places])
        if source.wrapped:
            said = events([source.framing.text(data, one.start, one.stop) for one in places])
            workers = [inner or outer for inner, outer in zip(who(said), who(raw), strict=True)]
        else:
            said, workers = raw, who(raw)
        for one, message, name in zip(places, source.messages(said), workers, strict=True):
            time = source.time(data, one.start, one.stop)
            if time is not None and not source.within(time):
                self.found.filtered += 1
                continue
            worker = self._scanner.name(name)
            group = groups.get((message, worker))
            if group is None:
                group = groups[message, worker] = Group(message, worker, 0, self._line(one.start), [])
                self._show(group, one.start, one.stop)
            group.count += 1
            if time is not None:
                add_time(group.spans, time, source.reading.gap)

    def _show(self, group: Group, start: int, stop: int) -> None:
        """Keep the event as a sample, masked, when this process has not seen the like."""
        new, first = self._scanner.fresh(self._input.number, group.message, group.worker)
        if first:
            said = self._input.framing.text(self._data, start, stop)
            group.sample = sample(said.decode("utf-8", "replace"), self._scanner.gate)
        if new:
            self.found.messages[group.message] = Message(
                group.sample, self._input.reading.exchange, self._input.reading.source
            )

    def _line(self, at: int) -> int:
        """Lines before `at`, which grows from call to call."""
        self._lines += self._data.count(b"\n", self._counted, at)
        self._counted = at
        return self._lines
