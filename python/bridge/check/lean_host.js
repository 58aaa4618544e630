/**
 * A host of the embedded Lean: one process that initialises Lean once and then takes files one after another.
 *
 *     node lean_host.js ANSWERS        (ANSWERS: the number of the descriptor to which answers are written)
 *
 * Environment: BRIDGE_LEAN is the folder with lean.js, lean.wasm and lib; BRIDGE_WORK is the folder of the file in hand,
 * which Lean sees as /work beside its own library as /lean/lib, and nothing else.
 *
 * The protocol.  Requests come through standard input, answers leave through ANSWERS; what anything prints elsewhere is
 * no part of it.  Both are frames: the length of what follows in bytes, as 32 bits, the highest byte first, and a JSON
 * object in UTF-8.  `id` is any value, and comes back.
 *
 *     first answer   {ready: VERSION, memory: BYTES}   (VERSION: the line that `lean --version` prints)
 *     request        {id, source: PATH, olean: PATH, options: [[LETTER, TEXT], …]}
 *                    paths from /work on; of the options of Lean's command line, j and D; such as ["D", "a=b"]
 *     answer         {id, status: 0 or 1, output: [LINE, …], errors: [LINE, …], import: SECONDS, elaboration: SECONDS,
 *                    memory: BYTES}
 *                    what Lean printed, and took; `import` lasts until the last of what it imports has been opened
 *                 or {id, error: TEXT}: that was no request, and the next one may be
 *                 or {id, trap: TEXT, cut: true or false}: the program has broken off, or was to be cut off since it
 *                    printed too much, and this process ends
 *
 * The process ends when its standard input does, and when the process that started it has gone.
 */

'use strict'

const fs = require('node:fs')
const path = require('node:path')
const vm = require('node:vm')
const worker = require('node:worker_threads')

/** Where Lean finds its own library, and the file in hand. */
const FOLDERS = {
  '/lean/lib': path.join(process.env.BRIDGE_LEAN, 'lib'),
  '/work': process.env.BRIDGE_WORK
}
const PROGRAM = path.join(process.env.BRIDGE_LEAN, 'lean.js')

/** The work of the thread that is not one of Lean's. */
const WATCH = 'watch'

/** Lean's own messages are far shorter than so many characters in all. */
const MOST_OUTPUT = 64 * 2 ** 20

/** The offset of the tag in the header of an object of Lean's, and that of the first field of a constructor's. */
const TAG = 7
const FIELDS = 8
/** `none`, `[]` and `()` are the number 0, and numbers have a 1 for their lowest bit. */
const NOTHING = 1

/** Seconds by a clock that all threads have. */
const now = () => Number(process.hrtime.bigint()) / 1e9

// When a file was last opened to be read, by whatever thread.
if (worker.isMainThread) worker.setEnvironmentData('opened', new SharedArrayBuffer(8))
const opened = new Float64Array(worker.getEnvironmentData('opened'))
const { openSync } = fs
fs.openSync = (file, flags, ...rest) => {
  if (flags === fs.constants.O_RDONLY) opened[0] = now()
  return openSync(file, flags, ...rest)
}

Object.assign(globalThis, {
  require,
  // The folder of its program is where Lean looks for its library first.
  __filename: '/lean/lib/lean.js',
  __dirname: process.env.BRIDGE_LEAN,
  mountFolders(FS, NODEFS) {
    for (const [place, root] of Object.entries(FOLDERS)) {
      FS.mkdirTree(place)
      FS.mount(NODEFS, { root }, place)
    }
    FS.chdir('/work')
  }
})

/** Ends the process when what has started it is gone, which the main thread sees only between two files. */
function watch() {
  const parent = process.ppid
  setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL')
  }, 1000)
}

/** A thread of Lean's; if it breaks off, the main thread would wait for it without end. */
function thread() {
  process.on('uncaughtException', (error) => {
    fs.writeSync(2, `${error?.stack ?? error}\n`)
    process.kill(process.pid, 'SIGKILL')
  })
  runProgram()
}

function main(answers) {
  new worker.Worker(__filename, { workerData: WATCH }).unref()
  const printed = { output: [], errors: [], characters: 0 }
  const print = (lines) => (line) => {
    // A trace of this build's, some lines for each file.
    if (/^\[DEBUG:|^  - .*\.olean$|^  mainModule\? = /.test(line)) return
    printed.characters += line.length
    if (printed.characters <= MOST_OUTPUT) printed[lines].push(line)
  }
  globalThis.Module = {
    noInitialRun: true,
    mainScriptUrlOrBlob: __filename,
    locateFile: (file) => path.join(process.env.BRIDGE_LEAN, file),
    stdin: () => null,
    print: print('output'),
    printErr: print('errors'),
    // C reads its environment once, when it starts.
    preRun: [() => Object.assign(ENV, { LEAN_PATH: '/work:/lean/lib/lean', LEAN_SYSROOT: '/lean' })],
    onRuntimeInitialized() {
      mountFolders(FS, NODEFS)
      const lean = initialise()
      const answer = (content) => writeFrame(answers, content)
      const memory = () => wasmMemory.buffer.byteLength
      lean.printVersion()
      answer({ ready: printed.output.at(-1), memory: memory() })
      serve((request) => {
        const content = request === null ? { id: null, error: 'it is no JSON' } : checked(lean, request, printed)
        answer({ ...content, memory: memory() })
        if (content.trap !== undefined) process.exit(1)
      })
    }
  }
  runProgram()
}

/** The program is one script, whose variables are global. */
function runProgram() {
  vm.runInThisContext(fs.readFileSync(PROGRAM, 'utf8'), { filename: PROGRAM })
}

/** Gives each request to a function, as it comes, until there are no more; null for what is no JSON. */
function serve(take) {
  let waiting = Buffer.alloc(0)
  process.stdin.on('data', (bytes) => {
    waiting = Buffer.concat([waiting, bytes])
    while (waiting.length >= 4 && waiting.length >= 4 + waiting.readUInt32BE()) {
      const end = 4 + waiting.readUInt32BE()
      const text = waiting.subarray(4, end).toString()
      waiting = waiting.subarray(end)
      take(parsed(text))
    }
  })
  process.stdin.on('end', () => process.exit(0))
}

function parsed(text) {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** The answer to a request. */
function checked(lean, request, printed) {
  const { id } = request
  const wrong = objection(request)
  if (wrong !== null) return { id, error: wrong }
  Object.assign(printed, { output: [], errors: [], characters: 0 })
  const began = now()
  opened[0] = began
  try {
    const status = lean.check(request)
    const cut = printed.characters > MOST_OUTPUT
    if (cut) return { id, trap: `Lean printed more than ${MOST_OUTPUT} characters`, cut }
    const { output, errors } = printed
    return { id, status, output, errors, import: opened[0] - began, elaboration: now() - opened[0] }
  } catch (error) {
    if (error instanceof OptionError) return { id, error: error.message }
    return { id, trap: String(error), cut: false }
  }
}

/** What is wrong with a request, null if nothing is. */
function objection(request) {
  for (const name of ['source', 'olean']) {
    const file = request[name]
    if (typeof file !== 'string') return `\`${name}\` is no text`
    if (path.posix.resolve('/work', file) !== `/work/${file}`) return `\`${name}\` is no path`
  }
  const isOption = (option) => Array.isArray(option) && /^[jD]$/.test(option[0]) && typeof option[1] === 'string'
  return Array.isArray(request.options) && request.options.every(isOption) ? null : '`options` are no options'
}

function writeFrame(descriptor, content) {
  const text = Buffer.from(JSON.stringify(content))
  const frame = Buffer.alloc(4 + text.length)
  frame.writeUInt32BE(text.length)
  text.copy(frame, 4)
  for (let written = 0; written < frame.length;) written += fs.writeSync(descriptor, frame, written)
}

/** What Lean does not take. */
class OptionError extends Error {}

/** Initialises Lean, as its `main` does, but for the tasks of a server. */
function initialise() {
  const lean = wasmExports
  const succeeded = (result, what) => {
    if (HEAPU8[result + TAG] !== 0) throw new OptionError(`${what} was refused`)
    return field(result)
  }
  const field = (object) => HEAPU32[(object + FIELDS) >> 2]
  const string = (content) => {
    const size = lengthBytesUTF8(content) + 1
    const place = lean.malloc(size)
    stringToUTF8(content, place, size)
    const object = lean.lean_mk_string(place)
    lean.free(place)
    return object
  }
  const constructor = (tag, ...fields) => {
    const values = lean.malloc(4 * fields.length)
    fields.forEach((value, index) => {
      HEAPU32[(values >> 2) + index] = value
    })
    const place = lean.malloc(4)
    lean._ZN4lean8mk_cnstrEjjPP11lean_objectj(place, tag, fields.length, values, 0)
    const object = HEAPU32[place >> 2]
    lean.free(place)
    lean.free(values)
    return object
  }
  const some = (value) => constructor(1, value)
  const cons = (head, tail) => constructor(1, head, tail)

  lean.lean_initialize_runtime_module()
  lean.lean_initialize()
  lean.lean_io_mark_end_initialization()
  lean.lean_enable_initializer_execution(1)
  lean.lean_init_task_manager_using(1)
  succeeded(lean.lean_init_search_path(), 'the search path')
  // With this, the `exit` in which a file ends is an exception here, and ends nothing.
  noExitRuntime = true

  return {
    printVersion() {
      lean.lean_shell_options_process(lean.lean_shell_options_mk(1), 'v'.codePointAt(0), NOTHING)
    },
    /** Lean's exit status for a file; throws what the program threw, if that was anything else. */
    check({ source, olean, options }) {
      const all = [['J', null], ['R', '/work'], ['o', `/work/${olean}`], ...options]
      let shell = lean.lean_shell_options_mk(1)
      for (const [letter, value] of all) {
        const given = value === null ? NOTHING : some(string(value))
        shell = succeeded(lean.lean_shell_options_process(shell, letter.codePointAt(0), given), `option ${letter}`)
      }
      try {
        lean.lean_shell_main(cons(string(`/work/${source}`), NOTHING), shell)
      } catch (error) {
        if (error instanceof ExitStatus) return error.status
        throw error
      }
      throw new Error('Lean came back without an exit status')
    }
  }
}

if (worker.isMainThread) main(Number(process.argv[2]))
else if (worker.workerData === WATCH) watch()
else thread()
