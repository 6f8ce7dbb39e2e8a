"""A small client of the YAML language server, over its standard input and output."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path
from typing import Any

Message = dict[str, Any]


class YamlServer:
    """A running server. Used with `with`; documents are opened by their place and text."""

    def __init__(self, command: list[str], root: Path) -> None:
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=root)
        self._last = 0
        self._notes: list[Message] = []
        options = {"yaml": {"validate": True, "hover": True, "schemaStore": {"enable": False}, "schemas": {}}}
        self._settings = options
        self.ask("initialize", {"processId": None, "rootUri": root.as_uri(), "capabilities": {}})
        self._send({"method": "initialized", "params": {}})
        self._send({"method": "workspace/didChangeConfiguration", "params": {"settings": options}})

    def __enter__(self) -> YamlServer:
        return self

    def __exit__(self, *_: object) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()
        self._process.kill()
        self._process.wait(10)

    def diagnostics(self, path: Path, text: str) -> list[Message]:
        """What the server says about a document."""
        item = {"uri": path.as_uri(), "languageId": "yaml", "version": 1, "text": text}
        self._send({"method": "textDocument/didOpen", "params": {"textDocument": item}})
        while True:
            for note in self._notes:
                if note["params"]["uri"] == path.as_uri():
                    self._notes.remove(note)
                    found: list[Message] = note["params"]["diagnostics"]
                    return found
            self._take(self._receive())

    def hover(self, path: Path, line: int, column: int) -> str:
        """What the server shows at a place; line and column count from 0."""
        place = {"textDocument": {"uri": path.as_uri()}, "position": {"line": line, "character": column}}
        answer = self.ask("textDocument/hover", place)
        return json.dumps(answer["contents"]) if answer else ""

    def ask(self, method: str, params: Message) -> Any:
        """Send a request and wait for its answer."""
        self._last += 1
        self._send({"id": self._last, "method": method, "params": params})
        began = time.monotonic()
        while time.monotonic() - began < 60:
            message = self._receive()
            if message.get("id") == self._last and "method" not in message:
                return message.get("result")
            self._take(message)
        raise TimeoutError(method)

    def _take(self, message: Message) -> None:
        """Keep diagnostics, answer what the server asks."""
        if message.get("method") == "textDocument/publishDiagnostics":
            self._notes.append(message)
        elif "id" in message and "method" in message:
            asked = message["params"].get("items", []) if message["method"] == "workspace/configuration" else []
            result = [self._settings.get(item.get("section", ""), {}) for item in asked] or None
            self._send({"id": message["id"], "result": result})

    def _send(self, message: Message) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self._process.stdin.flush()

    def _receive(self) -> Message:
        assert self._process.stdout is not None
        length = 0
        while line := self._process.stdout.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        if not length:
            raise EOFError("the server has ended")
        message: Message = json.loads(self._process.stdout.read(length))
        return message
