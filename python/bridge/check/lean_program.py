"""The JavaScript program of the embedded Lean, as Bridge changes it.

Out of the box `lean.js` is 89 MB, takes two minutes for a file of one line, and sees all of /home and /tmp.
"""

import re
from dataclasses import dataclass

from bridge.base.errors import MissingToolError


@dataclass(frozen=True)
class Patch:
    """A replacement in `lean.js`; the old text must occur exactly once."""

    old: str
    new: str


def _in_its_own_thread(call: str, *, standard_streams: bool = False) -> Patch:
    """A patch by which a thread does a system call itself.

    Out of the box it asks the main thread, which looks once in a millisecond whether it is asked; an import of the core
    library takes 5,500 calls.

    Args:
        call: the function's name and parameters; the first one is a descriptor if there are standard streams.
        standard_streams: whether those are left to the main thread, to which they belong.
    """
    asked = f"function {call}{{if(ENVIRONMENT_IS_PTHREAD"
    return Patch(f"{asked})", f"{asked}&&{'fd<3' if standard_streams else 'false'})")


PATCHES = (
    # Out of the box every symbol look-up walks through 200,000 names, 2 minutes at each start.
    Patch(
        "newSymIndex=Object.keys(lib.exports).indexOf(symbol);",
        "lib.symbolIndex??=new Map(Object.keys(lib.exports).map((name,index)=>[name,index]));"
        "newSymIndex=lib.symbolIndex.get(symbol)??-1;",
    ),
    # Each thread sets up the whole program anew.  With -j1 Lean has one task at a time; what else it starts, if a task
    # waits for another, is set up when it comes to that.
    Patch("var pthreadPoolSize=4;", "var pthreadPoolSize=1;"),
    # What Node's permissions do not allow.
    Patch('process.binding("constants")["fs"]', "fs.constants"),
    # What they refuse would else count as done, since it has no number.
    Patch("return ERRNO_CODES[code]}", "return ERRNO_CODES[code]??ERRNO_CODES.EACCES}"),
    # A thread has files of its own, and the folders for them.
    Patch(
        "if(ENVIRONMENT_IS_PTHREAD)return startWorker();",
        "if(ENVIRONMENT_IS_PTHREAD){FS.init();mountFolders(FS,NODEFS);return startWorker()}",
    ),
    *map(
        _in_its_own_thread,
        (
            "___syscall_faccessat(dirfd,path,amode,flags)",
            "___syscall_lstat64(path,buf)",
            "___syscall_mkdirat(dirfd,path,mode)",
            "___syscall_newfstatat(dirfd,path,buf,flags)",
            "___syscall_openat(dirfd,path,flags,varargs)",
            "___syscall_readlinkat(dirfd,path,buf,bufsize)",
            "___syscall_renameat(olddirfd,oldpath,newdirfd,newpath)",
            "___syscall_rmdir(path)",
            "___syscall_stat64(path,buf)",
            "___syscall_unlinkat(dirfd,path,flags)",
        ),
    ),
    *(
        _in_its_own_thread(call, standard_streams=True)
        for call in (
            "___syscall_fcntl64(fd,cmd,varargs)",
            "___syscall_fstat64(fd,buf)",
            "___syscall_ftruncate64(fd,length)",
            "___syscall_getdents64(fd,dirp,count)",
            "___syscall_ioctl(fd,op,varargs)",
            "_fd_close(fd)",
            "_fd_fdstat_get(fd,pbuf)",
            "_fd_pread(fd,iov,iovcnt,offset,pnum)",
            "_fd_pwrite(fd,iov,iovcnt,offset,pnum)",
            "_fd_read(fd,iov,iovcnt,pnum)",
            "_fd_seek(fd,offset,whence,newOffset)",
            "_fd_sync(fd)",
            "_fd_write(fd,iov,iovcnt,pnum)",
        )
    ),
)


def patched(program: str, patches: tuple[Patch, ...]) -> str:
    """Apply the patches.

    Raises:
        MissingToolError: a text to replace does not occur exactly once.
    """
    for patch in patches:
        count = program.count(patch.old)
        if count != 1:
            raise MissingToolError(
                f"lean.js has `{patch.old}` {count} times; exactly once is required to patch it; update bridge"
            )
        program = program.replace(patch.old, patch.new)
    return program


# One `var` list, and the one function that gives its names their values.
_EXPORTS = re.compile(r"var ((?:[\w$]+,)+)wasmTable;function assignWasmExports\(wasmExports\)\{([^{}]*)\}")

# `_name=Module["_name"]=wasmExports["name"]`, of a variable with `.value` after it; once with the table between.
_ASSIGNMENT = re.compile(r'([\w$]+)=Module\["\1"\]=(?:wasmTable=)?wasmExports\["[^"\\]+"\](?:\.value)?')


def trimmed(program: str) -> str:
    """Leave out the names of what WebAssembly exports, but for those that the rest of the program uses.

    They are 99 % of the text, which every thread reads.

    Raises:
        MissingToolError: the names are not where and as they should be.
    """
    found = list(_EXPORTS.finditer(program))
    if len(found) != 1:
        raise MissingToolError(
            f"lean.js assigns what WebAssembly exports in {len(found)} places; exactly one is required to trim it; "
            "update bridge"
        )
    (exports,) = found
    names, statements = exports[1].split(",")[:-1], exports[2].split(";")
    assigned = [assignment[1] for assignment in map(_ASSIGNMENT.fullmatch, statements) if assignment is not None]
    if assigned != names or len(statements) != len(names) or len({*names}) != len(names):
        raise MissingToolError(
            "lean.js does not assign what WebAssembly exports name by name; that is required to trim it; update bridge"
        )
    before, after = program[: exports.start()], program[exports.end() :]
    used = {*re.findall(r"[\w$]+", before), *re.findall(r"[\w$]+", after)}
    kept = [name in used for name in names]
    variables = "".join(f"{name}," for name, keep in zip(names, kept, strict=True) if keep)
    assignments = ";".join(statement for statement, keep in zip(statements, kept, strict=True) if keep)
    return f"{before}var {variables}wasmTable;function assignWasmExports(wasmExports){{{assignments}}}{after}"
