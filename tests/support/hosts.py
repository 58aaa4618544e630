"""A host spoken to frame by frame, files for hosts, and programs in the place of Lean's."""

import contextlib
import json
import os
import struct

from bridge.base.processes import ProcessGroup
from support.empty_oleans import EMPTY

TRUE = "theorem two : 1 + 1 = 2 := rfl\n"
FALSE = "theorem two : 1 + 1 = 3 := rfl\n"
# Lean computes a number of a gigabyte, for which there is no room.
TOO_LARGE = "example : 2 ^ (2 ^ 33) % 7 = 1 := by decide +kernel\n"
ENDLESS = "partial def spin (n : Nat) : IO Unit := spin (n + 1)\n#eval spin 0\n"

# What a host needs of a program in JavaScript; `exporting` gives it functions, and does nothing for all others.
BARE_PROGRAM = """
var FS = { mkdirTree () {}, mount () {}, chdir () {} }, NODEFS = {}, ENV = {}, noExitRuntime;
var HEAPU8 = new Uint8Array(4096), HEAPU32 = new Uint32Array(HEAPU8.buffer), wasmMemory = HEAPU8;
var exporting = (functions) => new Proxy(functions, { get: (known, name) => known[name] ?? (() => 0) });
"""

# In the place of Lean: it takes 50 ms for a file, or the milliseconds of a `PAUSE`, rejects what has a `FAULT` in it,
# and its compiled module has the text in it.
QUICK_LEAN = (
    BARE_PROGRAM
    + """
var texts = [], lengthBytesUTF8 = () => 0, stringToUTF8 = (text) => { texts.push(text) }
class ExitStatus { status = 0 }
var wasmExports = exporting({
  lean_shell_options_process: () => (Module.print('Lean (version 4.28.0-quick, no Lean)'), 0),
  lean_shell_main () {
    const fs = require('fs'), [olean, source] = ['.olean', '.lean'].map((end) =>
      process.env.BRIDGE_WORK + texts.findLast((text) => text.endsWith(end)).slice('/work'.length))
    const text = fs.readFileSync(source, 'utf8'), pause = /PAUSE (\\d+)/.exec(text)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pause === null ? 50 : Number(pause[1]))
    if (text.includes('FAULT')) {
      Module.print(JSON.stringify({ severity: 'error', pos: { line: 2, column: 3 }, data: 'a fault' }))
      throw Object.assign(new ExitStatus(), { status: 1 })
    }
    fs.writeFileSync(olean, Buffer.concat([Buffer.from('EMPTY_OLEAN', 'hex'), Buffer.from(text)]))
    fs.truncateSync(olean, 8 * Math.ceil(fs.statSync(olean).size / 8))
    throw new ExitStatus()
  }
})
for (const begin of Module.preRun) begin()
setTimeout(() => Module.onRuntimeInitialized(), 50)
""".replace("EMPTY_OLEAN", EMPTY.hex())
)


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


def made_by_lean(pool, name, text, files, *, alone=False):
    """What Lean did with a file beside compiled ones: the run, what it made, by path, and how many bytes it has taken.

    Args:
        pool: the hosts.
        name: the name of the module.
        text: the file.
        files: the contents of compiled files, by path.
        alone: whether it has a host of its own.
    """
    with pool.work() as work, work.workplace(alone=alone) as workplace:
        for path, content in files.items():
            (workplace.folder / path).write_bytes(content)
        source = workplace.folder / f"{name}.lean"
        source.write_text(text)
        run = workplace.run(source, source.with_suffix(".olean"))
        made = {path.name: path.read_bytes() for path in workplace.folder.glob(f"{name}.*") if path != source}
        return run, made, workplace.host.memory
