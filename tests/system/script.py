# SPDX-License-Identifier: BSD-3-Clause
"""Python programs of the tree, each run in a fork of this process: it has loaded already what an interpreter of its own
would load anew, hundreds of times in a run of all cases.
"""
import functools
import os
import sys
import tempfile
import traceback


@functools.cache
def code_of(path):
    return compile(path.read_text(), str(path), "exec")


def _status_of(path, arguments):
    """What its interpreter would exit with."""
    sys.argv = [str(path), *arguments]
    try:
        exec(code_of(path), {"__name__": "__main__", "__file__": str(path)})
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return end.code or 0
        print(end.code, file=sys.stderr)
        return 1
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def _become(path, arguments, out, errors):
    status = 1
    try:
        nothing = os.open(os.devnull, os.O_RDONLY)
        for stream, onto in ((nothing, 0), (out.fileno(), 1), (errors.fileno(), 2)):
            os.dup2(stream, onto)
        status = _status_of(path, arguments)
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(status)


def script_run(path, *arguments):
    """Runs it with these arguments; returns its exit status, and what it wrote to standard output and standard error."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        # What is still held back here is not the child's to write.
        sys.stdout.flush()
        pid = os.fork()
        if pid == 0:
            _become(path, list(map(str, arguments)), out, errors)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        texts = []
        for stream in (out, errors):
            stream.seek(0)
            texts.append(stream.read().decode())
        return status, *texts
