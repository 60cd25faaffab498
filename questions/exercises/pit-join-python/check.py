"""Checks pit.py: `point_in_time_join(events, features, ttl)`, by what it returns and by how much it runs.

Small cases first, each built so that one usual mistake gives one wrong value, which names it. Then random sets
against a slow reading of the rule. Then a large set, on which the loops and calls of the learner's own code are
counted: the count is the same on every machine, so that a slow one fails nobody.
"""

import ast
import random
import sys
import time
from bisect import bisect_right
from collections import Counter
from datetime import datetime, timedelta, timezone

UTC = timezone.utc
NOON = datetime(2025, 3, 10, 12, tzinfo=UTC)
WEEK = timedelta(days=7)
ROUNDS = 250
LARGE = 3000
# Turns of a loop and calls. A sort and a search take 2 to 40 a row, also when written by hand; going through all rows
# for each event takes thousands. Reads of a row and passes over the list of features are counted as well, for those
# that no line of the learner's makes.
STEPS = 60 * 2 * LARGE
PASSES = 100
SECONDS = 6.0
CHANGING = frozenset('append clear extend insert pop popitem remove reverse setdefault sort update'.split())


def before(**span):
    return NOON - timedelta(**span)


def event(user, ts=NOON):
    return {'user_id': user, 'ts': ts}


def row(user, ts, value, created=None):
    return {'user_id': user, 'ts': ts, 'created': created or ts, 'value': value}


def best_rows(events, features, ttl):
    """The rule, read slowly."""
    for wanted in events:
        known = [
            item
            for item in features
            if item['user_id'] == wanted['user_id'] and timedelta(0) <= wanted['ts'] - item['ts'] <= ttl
        ]
        yield max(known, key=lambda item: (item['ts'], item['created']), default=None)


def lacks(events, features, ttl):
    return not events or not features or None in best_rows(events, features, ttl)


def oracle(events, features, ttl):
    return [best and best['value'] for best in best_rows(events, features, ttl)]


def one(rule, user_event, rows, wrong, ttl=WEEK):
    """A case of one event: the wrong values that tell which rule is broken."""
    return rule, [user_event], rows, ttl, [[value] for value in wrong]


FRESH = one('ttl-from-now', event('u1'), [row('u1', before(days=1), 10)], [])
LATER = one('ttl-from-now', event('u1', datetime(2999, 3, 10, 12, tzinfo=UTC)), [], [])
LATER[2].append(row('u1', datetime(2999, 3, 9, 12, tzinfo=UTC), 10))

# Rows stand in such an order that taking the last one of the list is right, except where order is what is tested.
TIE = [row('u1', before(days=1), 41, before(hours=2)), row('u1', before(days=1), 40, before(hours=20))]
DAYS = [row('u1', before(days=days), 60 + days) for days in (1, 2, 3)]

CASES = (
    one('from-the-future', event('u1'), [row('u1', before(days=-2), 12), row('u1', before(days=-9), 13)], [12, 13]),
    one('from-the-future', event('u1'), [row('u1', before(hours=5), 11), row('u1', before(hours=-1), 12)], [12]),
    one('from-the-future', event('u1'), [row('u1', before(hours=-1), 12), row('u1', before(hours=5), 11)], [12]),
    one('no-ttl', event('u1'), [row('u1', before(days=8), 20)], [20]),
    one('no-ttl', event('u1'), [row('u1', before(hours=3), 21)], [21], timedelta(hours=2)),
    one('ttl-boundary', event('u1'), [row('u1', before(days=7), 22)], [None]),
    one('same-instant', event('u1'), [row('u1', before(days=1), 30), row('u1', NOON, 31)], [30, None]),
    one('tie-ignored', event('u1'), TIE, [40]),
    one('tie-ignored', event('u1'), TIE[::-1], [40]),
    one(
        'created-before-ts',
        event('u1'),
        [row('u1', before(days=3), 42, before(hours=1)), row('u1', before(days=1), 43, before(hours=23))],
        [42],
    ),
    one(
        'created-filtered',
        event('u1'),
        [row('u1', before(days=2), 44, before(days=2)), row('u1', before(days=1), 45, before(days=-30))],
        [44, None],
    ),
    one('other-key', event('u2'), [row('u1', before(hours=1), 50), row('u2', before(days=2), 51)], [50]),
    one('other-key', event('u2'), [row('u1', before(hours=1), 50), row('u3', before(hours=1), 52)], [50, 52]),
    one('other-key', event('u2'), [row('u1', before(hours=1), 50), row('u2', before(hours=-9), 51)], [50]),
    *(
        one('unsorted', event('u1'), [DAYS[i] for i in order], [62, 63, None])
        for order in ((1, 0, 2), (0, 2, 1), (2, 0, 1), (0, 1, 2), (1, 2, 0))
    ),
    one('null-skipped', event('u1'), [row('u1', before(days=2), 70), row('u1', before(days=1), None)], [70]),
    one('falsy-lost', event('u1'), [row('u1', before(days=2), 71), row('u1', before(days=1), 0)], [71, None]),
    one(
        'offset-ignored',
        event('u1', datetime(2025, 3, 10, 12, tzinfo=timezone(timedelta(hours=2)))),
        [row('u1', before(hours=1), 80), row('u1', before(hours=3), 81)],
        [80],
    ),
    one(
        'offset-ignored',
        event('u1'),
        [row('u1', before(hours=6), 83), row('u1', datetime(2025, 3, 10, 13, tzinfo=timezone(timedelta(hours=2))), 82)],
        [83],
    ),
    (
        'order',
        [event('u1', NOON + timedelta(days=2)), event('u1'), event('u1', NOON + timedelta(days=1))],
        [row('u1', NOON + timedelta(days=days, hours=-1), 90 + days) for days in (0, 1, 2)],
        WEEK,
        [[90, 91, 92], [92, 91, 90]],
    ),
    ('rows-dropped', [event('u1'), event('u9'), event('u1')], [row('u1', before(days=1), 10)], WEEK, []),
)

EMPTY = (
    ([event('u1'), event('u2')], []),
    ([], [row('u1', before(days=1), 10)]),
    ([], []),
)

# Any other rule that is broken explains a value that is wrong in a way that its case did not foresee.
NOT_VALUES = frozenset(['input-mutated', 'raised-absent', 'quadratic'])


def check(submission):
    return Check(submission).violations()


# --- how a case is shown: as literals, for both languages alike


def moment(ts):
    text = ts.isoformat(timespec='minutes')
    return text.replace('+00:00', 'Z')


def shown(events, features, ttl):
    lines = [f'({item["user_id"]}, {moment(item["ts"])})' for item in events]
    rows = [
        f'({item["user_id"]}, {moment(item["ts"])}, {moment(item["created"])}, {item["value"]})' for item in features
    ]
    return f'events=[{", ".join(lines)}] features=[{", ".join(rows)}] ttl={ttl.total_seconds() / 3600:g}h'


def learners_line(error):
    """The innermost line of the learner's code that an error passed through."""
    line = None
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.startswith('/exercise/'):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


class TooManySteps(BaseException):
    pass


class Watched(list):
    """A list that counts how many times it is gone through."""

    passes = 0

    def __iter__(self):
        self.passes += 1
        if self.passes > PASSES:
            raise TooManySteps
        return super().__iter__()


class Row(dict):
    """A row that counts how many times one like it is read."""

    reads = 0

    def __getitem__(self, name):
        Row.reads += 1
        if Row.reads > STEPS:
            raise TooManySteps
        return super().__getitem__(name)


class Check:
    def __init__(self, submission):
        self.submission = submission
        self.found = []
        self.rules = set()
        self.function = None
        self.definition = 1

    def add(self, rule, line, **params):
        if rule not in self.rules:
            self.rules.add(rule)
            self.found.append({'rule': rule, 'line': line or self.definition, 'params': params})

    def line_of_call(self, *names):
        """The line of the first call to a method of one of these names, if any."""
        for node in ast.walk(self.submission.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names:
                return node.lineno
        return None

    def line_of_change(self, position):
        """The first line that changes a list, or a row of it, that the function is given at this position."""
        nodes = list(ast.walk(self.submission.tree))
        names = set()
        for node in nodes:
            if getattr(node, 'name', None) == 'point_in_time_join' and len(node.args.args) > position:
                names.add(node.args.args[position].arg)
        for node in nodes:
            if isinstance(node, ast.For) and isinstance(node.target, ast.Name):
                if isinstance(node.iter, ast.Name) and node.iter.id in names:
                    names.add(node.target.id)
        changes = []
        for node in nodes:
            place = None
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CHANGING:
                place = node.func.value
            elif isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
                place = node.value
            if isinstance(place, ast.Name) and place.id in names:
                changes.append(node.lineno)
        return min(changes, default=None)

    # --- running the learner's function

    def call(self, events, features, ttl, kind=dict):
        """What it returns, or the error that it raised; notes when the lists or rows are no longer what they were."""
        given_events = [dict(item) for item in events]
        given_features = Watched(kind(item) for item in features)
        kept = list(given_events), list(given_features)
        try:
            result = self.function(given_events, given_features, ttl)
        except (Exception, SystemExit) as error:
            result = error
        for name, given, same, original in (
            ('events', given_events, kept[0], events),
            ('features', given_features, kept[1], features),
        ):
            moved = len(given) != len(same) or any(new is not old for new, old in zip(given, same))
            if moved or given != original:
                self.add('input-mutated', self.line_of_change(('events', 'features').index(name)), name=name)
        return list(result) if isinstance(result, tuple) else result

    def violations(self):
        error = self.submission.error
        if error:
            broken = 'syntax-error' if self.submission.module is None else 'load-error'
            self.add(broken, error['line'] or 1, type=error['type'], message=error['msg'])
            return self.found
        for node in self.submission.tree.body:
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, 'target', None)]
            names = [getattr(node, 'name', None), *(getattr(target, 'id', None) for target in targets)]
            if 'point_in_time_join' in names:
                self.definition = node.lineno
        self.function = self.submission.module.get('point_in_time_join')
        if not callable(self.function):
            self.add('function-missing', self.definition)
            return self.found
        if self.starts():
            self.cases()
            self.empties()
            if self.rules <= NOT_VALUES:
                self.draws()
            self.scales()
        return self.found

    def starts(self):
        """The simplest case: whether there is anything to judge."""
        _, events, features, ttl, _ = FRESH
        result = self.call(events, features, ttl)
        if isinstance(result, BaseException):
            self.raised(result, events, features, ttl)
            return False
        if not isinstance(result, list):
            self.add('not-a-list', self.definition, actual=type(result).__name__)
            return False
        return True

    def raised(self, error, events, features, ttl):
        """One that only happens where there is nothing to join says less about the rest."""
        rule = 'raised-absent' if lacks(events, features, ttl) else 'raised'
        params = {'case': shown(events, features, ttl), 'type': type(error).__name__, 'message': str(error)[:200]}
        self.add(rule, learners_line(error), **params)

    def wrong(self, rule, line, events, features, ttl, actual):
        expected = oracle(events, features, ttl)
        self.add(rule, line, case=shown(events, features, ttl), expected=repr(expected), actual=repr(actual)[:200])

    # --- small cases

    def cases(self):
        unexplained = []
        _, *fresh, _ = FRESH
        is_fresh = self.call(*fresh) == [10]
        if not is_fresh:
            actual = self.call(*fresh)
            if actual == [None] and self.call(*LATER[1:4]) == [10]:
                self.wrong('ttl-from-now', self.line_of_call('now', 'utcnow', 'today', 'time'), *fresh, actual)
            else:
                unexplained.append((*fresh, actual))
        for rule, events, features, ttl, wrong in CASES:
            actual = self.call(events, features, ttl)
            expected = oracle(events, features, ttl)
            if isinstance(actual, BaseException):
                self.raised(actual, events, features, ttl)
            elif not isinstance(actual, list):
                self.add('not-a-list', self.definition, actual=type(actual).__name__)
            elif len(actual) != len(expected):
                self.wrong('rows-dropped', None, events, features, ttl, actual)
            elif actual == expected:
                continue
            elif actual in wrong and self.means(rule, actual, is_fresh):
                self.wrong(rule, None, events, features, ttl, actual)
            else:
                unexplained.append((events, features, ttl, actual))
        if unexplained and self.rules <= NOT_VALUES:
            self.wrong('wrong-value', None, *unexplained[0])

    def means(self, rule, actual, is_fresh):
        """A value that is always lost, or always of the future, says nothing of the case's own rule."""
        if rule == 'offset-ignored' and 'from-the-future' in self.rules:
            return False
        return is_fresh or actual != [None]

    def empties(self):
        for events, features in EMPTY:
            actual = self.call(events, features, WEEK)
            if isinstance(actual, BaseException):
                self.raised(actual, events, features, WEEK)
            elif actual != [None] * len(events):
                self.wrong('rows-dropped', None, events, features, WEEK, actual)

    # --- random sets

    def draws(self):
        dice = random.Random(20_262)
        zones = [timezone(timedelta(hours=hours)) for hours in (-5, 0, 0, 1, 2)]

        def ts():
            # A coarse grid, so that equal dates and exact TTLs are common.
            return (NOON + timedelta(hours=dice.randint(0, 16))).astimezone(dice.choice(zones))

        for _ in range(ROUNDS):
            users = dice.sample(['u1', 'u2', 'u10', 'u3'], dice.randint(1, 3))
            events = [event(dice.choice(users), ts()) for _ in range(dice.randint(0, 6))]
            features, seen = [], set()
            for value in range(dice.randint(0, 12)):
                item = row(dice.choice(users), ts(), dice.choice([value, value, None]), ts())
                dates = item['user_id'], item['ts'], item['created']
                if dates not in seen:
                    seen.add(dates)
                    features.append(item)
            case = events, features, timedelta(hours=dice.randint(1, 8))
            if self.differs(*case):
                case = self.smaller(*case)
                actual = self.call(*case)
                if isinstance(actual, BaseException):
                    self.raised(actual, *case)
                else:
                    self.wrong('differs', None, *case, actual)
                return

    def differs(self, events, features, ttl):
        if 'raised-absent' in self.rules and lacks(events, features, ttl):
            return False
        try:
            return self.call(events, features, ttl) != oracle(events, features, ttl)
        except Exception:
            return True

    def smaller(self, events, features, ttl):
        """The counterexample with every event and row removed that it does not need."""
        for part in (events, features):
            at = 0
            while at < len(part):
                item = part.pop(at)
                if not self.differs(events, features, ttl):
                    part.insert(at, item)
                    at += 1
        return events, features, ttl

    # --- a large set

    def scales(self):
        dice = random.Random(20_263)
        users = ['hot'] * 9 + ['u1', 'u2']
        month = 30 * 24 * 3600

        def ts():
            return NOON + timedelta(seconds=dice.randrange(month))

        events = [event(dice.choice(users), ts()) for _ in range(LARGE)]
        features = [row(dice.choice(users), ts(), value, ts()) for value in range(LARGE)]
        ttl = timedelta(days=40)
        counted = Steps(self.submission)
        actual = counted.run(lambda: self.call(events, features, ttl, Row))
        if counted.exceeded:
            steps = f'{max(counted.total, Row.reads)}'
            self.add('quadratic', counted.place(), events=f'{LARGE}', features=f'{LARGE}', steps=steps)
        elif isinstance(actual, BaseException):
            if 'raised-absent' in self.rules:
                return
            sizes = f'events={LARGE} features={LARGE}'
            params = {'type': type(actual).__name__, 'message': str(actual)[:200]}
            self.add('raised', learners_line(actual), case=sizes, **params)
        elif self.rules <= NOT_VALUES:
            self.compares(events, features, ttl, actual)

    def compares(self, events, features, ttl, actual):
        histories = {}
        for item in sorted(features, key=lambda item: (item['ts'], item['created'])):
            histories.setdefault(item['user_id'], []).append(item)
        for i, wanted in enumerate(events):
            history = histories.get(wanted['user_id'], [])
            at = bisect_right(history, wanted['ts'], key=lambda item: item['ts'])
            expected = history[at - 1]['value'] if at else None
            if i >= len(actual) or actual[i] != expected:
                near = history[max(at - 2, 0) : at + 1]
                found = actual[i : i + 1]
                self.wrong('differs', None, [wanted], near, ttl, found)
                return


class Steps:
    """Counts the jumps and calls of the learner's code, and stops it beyond a number of them."""

    def __init__(self, submission):
        self.lines = Counter()
        self.total = 0
        self.exceeded = False
        self.stopped = None
        self.jumps = {}
        self.deadline = 0.0

    def step(self, code, line):
        if not code.co_filename.startswith('/exercise/'):
            return sys.monitoring.DISABLE
        self.total += 1
        self.lines[line] += 1
        if self.total > STEPS or (self.total % 64 == 0 and time.perf_counter() > self.deadline):
            raise TooManySteps
        return None

    def jump(self, code, offset, _target):
        if code not in self.jumps:
            self.jumps[code] = [position[0] for position in code.co_positions()]
        return self.step(code, self.jumps[code][offset // 2])

    def enter(self, code, _offset):
        return self.step(code, code.co_firstlineno)

    def place(self):
        """Where most turns were made, when it is they that were too many; else where it was stopped."""
        if self.total <= STEPS:
            return self.stopped
        most = max(self.lines.values())
        return min(line for line, count in self.lines.items() if count > 0.9 * most)

    def run(self, function):
        tools = sys.monitoring
        tool = tools.PROFILER_ID
        events = tools.events
        tools.use_tool_id(tool, 'canari')
        tools.register_callback(tool, events.JUMP, self.jump)
        tools.register_callback(tool, events.PY_START, self.enter)
        tools.register_callback(tool, events.PY_RESUME, self.enter)
        self.deadline = time.perf_counter() + SECONDS
        Row.reads = 0
        tools.set_events(tool, events.JUMP | events.PY_START | events.PY_RESUME)
        try:
            return function()
        except TooManySteps as error:
            self.exceeded = True
            self.stopped = learners_line(error)
            return None
        finally:
            tools.set_events(tool, 0)
            tools.free_tool_id(tool)
