"""A host spoken to frame by frame."""

import contextlib
import json
import os
import struct

from bridge.processes import ProcessGroup


class RawHost:
    """A host that is sent bytes and gives answers as they come."""

    def __init__(self, lean, folder, processes):
        reading, writing = os.pipe()
        command = lean.command(folder, writing)
        self.process = processes.start(
            command, folder=folder, environment=lean.environment(folder), descriptors=[writing]
        )
        os.close(writing)
        self.answers = os.fdopen(reading, "rb")
        self.ready = self.receive()

    def send(self, content):
        self.send_bytes(frame(json.dumps(content).encode()))

    def send_bytes(self, content):
        self.process.stdin.write(content)
        self.process.stdin.flush()

    def receive(self):
        """The next answer, None after the last."""
        header = self.answers.read(4)
        return json.loads(self.answers.read(*struct.unpack(">I", header))) if header else None

    def ask(self, content):
        self.send(content)
        return self.receive()


def frame(text):
    return struct.pack(">I", len(text)) + text


@contextlib.contextmanager
def raw_host(lean, folder):
    with ProcessGroup() as processes:
        host = RawHost(lean, folder, processes)
        try:
            yield host
        finally:
            processes.end(host.process)
            for stream in (host.process.stderr, host.answers, host.process.stdin):
                stream.close()
