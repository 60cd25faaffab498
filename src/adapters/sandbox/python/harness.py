"""Runs one submission: the learner's program, then the exercise's own check of what it did.

The host calls `run` with one JSON text and gets one back.

Request:  files {path: text}, entry, provides [stand-in names], check (source of the check program)
Answer:   {"state": "ran", "violations": [...]}          as the check returned them
          {"state": "undecided", "detail": str}           the check cannot tell, and says why
          {"state": "interrupted", "detail": str}         the time was up
          {"state": "memory"}                             MemoryError
          {"state": "check_failed", "detail": str}        a fault of the exercise, not of the learner

The check program defines `check(submission)` and returns a list of dicts: rule, line (from 1), and if it
likes file, col, end_line, end_col, params {str: str}. Columns count UTF-16 units from 1, as editors do.

The program and its check share an interpreter. What the program replaces (builtins, functions and classes
of the standard library, import hooks, tracing) is put back before the check runs, and both this module and
the check have builtins of their own. That keeps an honest program from breaking its own check. It does not
stop someone determined to forge a pass in their own interpreter: this is for self-study, and a result
certifies nothing.
"""

import ast
import asyncio
import builtins
import dataclasses  # noqa: F401  imported so that programs find it ready, as the modules below
import datetime  # noqa: F401
import enum  # noqa: F401
import gc
import itertools
import json
import os
import random
import re
import signal
import sys
import time
import types
import typing  # noqa: F401
from asyncio import base_events, events

ROOT = '/exercise/'
LONGEST_MESSAGE = 2000
LONGEST_ANSWER = 400_000
_BUILTINS = dict(vars(builtins))
_STAND_INS = {}


def provide(name, source):
    """Makes a stand-in package known; compiled here so that a memory snapshot holds it ready."""
    _STAND_INS[name] = compile(source, f'<stand-in {name}>', 'exec')


# --- asyncio without sockets -------------------------------------------------------------------------


class _BlockingLoop(base_events.BaseEventLoop):
    """An event loop that waits by sleeping: enough for run, gather, queues, task groups and timeouts."""

    class _Selector:
        def select(self, timeout):
            if timeout:
                time.sleep(min(timeout, 3600))
            return []

        def close(self):
            pass

    def __init__(self):
        super().__init__()
        self._selector = self._Selector()

    def _process_events(self, event_list):
        pass

    def _write_to_self(self):
        pass


def _run_blocking(main, *, debug=None, loop_factory=None):
    running = events._get_running_loop()
    events._set_running_loop(None)
    try:
        with asyncio.Runner(debug=debug, loop_factory=loop_factory or _BlockingLoop) as runner:
            return runner.run(main)
    finally:
        events._set_running_loop(running)


asyncio.run = _run_blocking


# --- the standard library as it was ------------------------------------------------------------------


class _Guard:
    """What a program could replace, remembered now and put back before its check runs."""

    IMMUTABLE = 1 << 8  # Py_TPFLAGS_IMMUTABLETYPE
    SPARED = frozenset(['__main__', '_canari', '_pyodide', 'js', 'pyodide', 'pyodide_js'])

    def __init__(self):
        self._modules = {
            name: (module, dict(vars(module)))
            for name, module in list(sys.modules.items())
            if isinstance(module, types.ModuleType) and name.split('.')[0] not in self.SPARED
        }
        self._classes = [
            (value, dict(vars(value)))
            for name, (_, members) in self._modules.items()
            for value in members.values()
            if isinstance(value, type) and value.__module__ == name and not value.__flags__ & self.IMMUTABLE
        ]
        self._lists = [(kept, list(kept)) for kept in (sys.path, sys.meta_path, sys.path_hooks)]
        self._limit = sys.getrecursionlimit()

    def restore(self):
        sys.settrace(None)
        sys.setprofile(None)
        for tool in range(6):
            if sys.monitoring.get_tool(tool) is not None:
                sys.monitoring.free_tool_id(tool)
        gc.callbacks.clear()
        for name in list(sys.modules):
            if name not in self._modules and name.split('.')[0] not in self.SPARED:
                del sys.modules[name]
        for name, (module, members) in self._modules.items():
            sys.modules[name] = module
            current = vars(module)
            for added in [key for key in current if key not in members]:
                del current[added]
            current.update(members)
        for kind, members in self._classes:
            current = vars(kind)
            for added in [key for key in current if key not in members]:
                type.__delattr__(kind, added)
            for key, value in members.items():
                if current.get(key) is not value and key not in ('__dict__', '__weakref__'):
                    type.__setattr__(kind, key, value)
        for kept, items in self._lists:
            kept[:] = items
        sys.setrecursionlimit(self._limit)
        signal.signal(signal.SIGINT, signal.default_int_handler)


_guard = _Guard()


# --- places in the learner's files -------------------------------------------------------------------


def _lines(text):
    return re.split('\r\n|\r|\n', text)


def _column(line, offset):
    """Column from 1 in UTF-16 units, of an offset in UTF-8 bytes as `ast` and tracebacks count."""
    before = line.encode('utf-8', 'replace')[:offset].decode('utf-8', 'replace')
    return len(before.encode('utf-16-le', 'replace')) // 2 + 1


class _Files:
    """Turns positions of Python into places of the protocol."""

    def __init__(self, files):
        self._lines = {path: _lines(text) for path, text in files.items()}

    def _at(self, path, line, offset):
        lines = self._lines.get(path, [])
        return _column(lines[line - 1], offset) if offset is not None and 0 < line <= len(lines) else None

    def place(self, path, line, offset=None, end_line=None, end_offset=None):
        found = {'file': path, 'line': line}
        col = self._at(path, line, offset)
        end_col = self._at(path, end_line, end_offset) if end_line is not None else None
        if col is not None:
            found['col'] = col
            if end_col is not None:
                found.update(end_line=end_line, end_col=end_col)
        return found

    def of_instruction(self, code, instruction, line):
        positions = next(itertools.islice(code.co_positions(), max(instruction, 0) // 2, None), (None,) * 4)
        first, last, offset, end_offset = positions
        path = code.co_filename[len(ROOT) :]
        if first is None:
            return self.place(path, line)
        return self.place(path, first, offset, last, end_offset)

    def of_caller(self):
        """The innermost line of the learner that is being executed, for the stand-ins."""
        frame = sys._getframe(1)
        while frame is not None and not frame.f_code.co_filename.startswith(ROOT):
            frame = frame.f_back
        return self.of_instruction(frame.f_code, frame.f_lasti, frame.f_lineno) if frame else None

    def of_error(self, error):
        if isinstance(error, SyntaxError) and str(error.filename).startswith(ROOT) and error.lineno:
            path = str(error.filename)[len(ROOT) :]
            lines = self._lines.get(path, [])
            line = min(error.lineno, max(len(lines), 1))
            text = lines[line - 1] if lines else ''
            before = text[: max((error.offset or 1) - 1, 0)]
            return {'file': path, 'line': line, 'col': len(before.encode('utf-16-le', 'replace')) // 2 + 1}
        innermost = None
        trace = error.__traceback__
        while trace is not None:
            code = trace.tb_frame.f_code
            if code.co_filename.startswith(ROOT):
                innermost = self.of_instruction(code, trace.tb_lasti, trace.tb_lineno)
            trace = trace.tb_next
        return innermost or {}


def _describe(error, where):
    try:
        message = str(error.msg if isinstance(error, SyntaxError) else error)[:LONGEST_MESSAGE]
    except BaseException:
        message = 'an error whose message cannot be shown'
    place = where.of_error(error)
    described = {'type': type(error).__name__, 'msg': message, 'file': None, 'line': None, 'col': None, **place}
    if isinstance(error, ModuleNotFoundError):
        described['module'] = str(error.name)
    return described


# --- one submission ----------------------------------------------------------------------------------


class _Undecided(Exception):
    pass


class Submission:
    """What a check program is given."""

    def __init__(self, files, entry, where, attempt, stdout):
        self.files = files
        self.entry = entry
        self.source = files[entry]
        self.stdout = stdout
        self.module = attempt.namespace
        # The first error, as a dict {type, msg, file, line, col}, or None: what the learner would see.
        self.error = attempt.error
        # What the stand-ins complained about, in order: {code, msg, ...} with a place.
        self.problems = attempt.problems
        # What was defined, in order; each has `_place`, and `_line` from 1.
        self.objects = attempt.objects
        # Whether every statement ran in the end: if not, nothing follows from what is absent.
        self.complete = attempt.complete
        self._where = where
        try:
            self.tree = ast.parse(self.source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            self.tree = None

    def place(self, node):
        """The place of a syntax node of the entry file."""
        return self._where.place(
            self.entry, node.lineno, node.col_offset, node.end_lineno, node.end_col_offset
        )

    def undecided(self, detail):
        """Ends the check without a verdict: what the program uses cannot be judged here."""
        raise _Undecided(detail)


class _Attempt:
    """One execution of the learner's program in a fresh `__main__`."""

    def __init__(self, request, where, strict):
        self.namespace = None
        self.error = None
        self.problems = []
        self.objects = []
        # Whether it was a stand-in that stopped the program, and not something else.
        self.stopped = False
        records = []
        path = ROOT + request['entry']
        try:
            code = compile(request['files'][request['entry']], path, 'exec', dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            self._failed(error, where)
            return
        for name, module in list(sys.modules.items()):
            own_file = str(getattr(module, '__file__', '')).startswith(ROOT)
            if own_file or name.split('.')[0] in _STAND_INS:
                del sys.modules[name]
        for name in request['provides']:
            record = _install(name, where, strict)
            records.append(record)
            self.objects = record.objects
            self.problems = record.problems
        module = types.ModuleType('__main__')
        module.__file__ = path
        module.__dict__['__builtins__'] = builtins
        sys.modules['__main__'] = module
        self.namespace = module.__dict__
        random.seed(0)
        try:
            exec(code, module.__dict__)
            sys.stdout.flush()
            sys.stderr.flush()
        except BaseException as error:
            self.stopped = any(record.raised is error for record in records)
            self._failed(error, where)

    @property
    def complete(self):
        return self.error is None

    def _failed(self, error, where):
        self.error = _describe(error, where)


def _install(name, where, strict):
    module = types.ModuleType(f'_stand_in_{name}')
    module.__dict__['__builtins__'] = dict(_BUILTINS)
    exec(_STAND_INS[name], module.__dict__)
    return module.install(where.of_caller, strict)


class _Collected:
    """A program that a stand-in stopped, run once more with a stand-in that only takes notes.

    Feast would stop at the first mistake; a learner is better served by all of them. The first error stays
    the one that was really raised.
    """

    def __init__(self, first, second):
        self.error = first.error
        self.namespace = second.namespace
        self.problems = second.problems or first.problems
        self.objects = second.objects
        self.complete = second.error is None


def _check(request, submission):
    namespace = {'__builtins__': dict(_BUILTINS), '__name__': 'check'}
    try:
        exec(compile(request['check'], '<check>', 'exec'), namespace)
        violations = namespace['check'](submission)
        return {'state': 'ran', 'violations': list(violations)}
    except _Undecided as undecided:
        return {'state': 'undecided', 'detail': str(undecided)[:LONGEST_MESSAGE]}


def _answer(request, output, status):
    where = _Files(request['files'])
    os.makedirs(ROOT, exist_ok=True)
    os.chdir(ROOT)
    for path, text in request['files'].items():
        os.makedirs(os.path.dirname(ROOT + path), exist_ok=True)
        with open(ROOT + path, 'w', encoding='utf-8', newline='') as file:
            file.write(text)
    sys.path.insert(0, ROOT)

    attempt = _Attempt(request, where, strict=True)
    stdout = str(output())
    if attempt.stopped:
        attempt = _Collected(attempt, _Attempt(request, where, strict=False))
    elif attempt.error is None:
        attempt.problems = []  # what the program caught, it dealt with
    _guard.restore()

    error = attempt.error
    if error is not None and error['type'] == 'MemoryError':
        return {'state': 'memory'}
    if status() == 'expired':
        line = f"{error['file']}:{error['line']}" if error is not None and error['file'] else request['entry']
        return {'state': 'interrupted', 'detail': line}
    if error is not None and error['type'] == 'KeyboardInterrupt' and status() == 'flooded':
        error.update(type='OutputLimit', msg='the program printed more than 64 KB')
    return _check(request, Submission(request['files'], request['entry'], where, attempt, stdout))


def run(text, output, status):
    """Called by the host, once. `output()` gives what was printed, `status()` why an interrupt was sent."""
    try:
        answer = json.dumps(_answer(json.loads(text), output, status))
        if len(answer) > LONGEST_ANSWER:
            raise ValueError('the check reports too much')
        return answer
    except MemoryError:
        return '{"state": "memory"}'
    except Exception as error:
        return json.dumps({'state': 'check_failed', 'detail': f'{type(error).__name__}: {error}'[:LONGEST_MESSAGE]})
