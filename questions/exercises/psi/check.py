"""Checks psi.py: `psi(reference, current, edges)` to the letter of its specification, and `decide(value)`.

Everything is behaviour: any shape of program will do. A wrong result is compared with what the usual wrong
programs return (another logarithm, empty bins left out…), so that the finding can name the mistake; only when
none of them fits does it say no more than that the value differs.
"""

import ast
import copy
import itertools
import math
import random
from bisect import bisect_left, bisect_right

EPS = 1e-4
ROUNDS = 200

# (reference, current, edges). The first has a value in every bin and none on an edge; each of the others adds one
# difficulty.
PLAIN = ([12, 15, 18, 8, 25, 30, 35, 45, 50, 70], [10, 22, 38, 31, 41, 59, 65, 77, 80], [20, 40, 60])
EMPTY = ([12, 15, 18, 8, 25, 30, 35, 45, 50, 70], [22, 38, 41, 59, 65, 80, 90, 75], [20, 40, 60])
OUTSIDE = ([5, 22, 28, 33, 45, 47, 51, 90], [2, 4, 25, 36, 38, 44, 95, 97, 99], [20, 40, 60])
ON_EDGE = ([12, 15, 40, 40, 30, 45, 70], [10, 25, 40, 33, 50, 65], [20, 40, 60])
CASES = (PLAIN, EMPTY, OUTSIDE, ON_EDGE)

# The same samples cut in two ways: a program that looks at `edges` returns two values.
TWO_CUTS = (PLAIN, (*PLAIN[:2], [16, 33, 55]))

DECISIONS = (
    ('decision-wrong', 0.0, 'ok'),
    ('decision-wrong', 0.0412, 'ok'),
    ('decision-wrong', 0.0999, 'ok'),
    ('decision-wrong', 0.1437, 'watch'),
    ('decision-wrong', 0.1999, 'watch'),
    ('decision-wrong', 0.2231, 'alert'),
    ('decision-wrong', 3.9808, 'alert'),
    ('decision-boundary', 0.1, 'watch'),
    ('decision-boundary', 0.2, 'alert'),
)

# What each part of the computation may be, the right choice first; and the rule that a wrong choice breaks.
PARTS = {
    'outer': {
        'open': None,
        'dropped': 'out-of-range-dropped',
        'lost': 'out-of-range-dropped',
        'clipped': 'out-of-range-clipped',
    },
    'side': {'right': None, 'left': 'edge-value-below'},
    'empty': {
        'replaced': None,
        'skipped': 'empty-bin-dropped',
        'skipped-current': 'empty-bin-dropped',
        'skipped-reference': 'empty-bin-dropped',
        'added': 'smoothed-everywhere',
        'added-once': 'smoothed-everywhere',
        'renormalised': 'smoothed-everywhere',
        'laplace': 'smoothed-everywhere',
        'half': 'smoothed-everywhere',
        'counted': 'epsilon-value',
        **{eps: 'epsilon-value' for eps in (1e-2, 1e-3, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-12, 1e-15)},
    },
    'log': {math.log: None, math.log10: 'log-base', math.log2: 'log-base'},
    'form': {
        'psi': None,
        'swapped': 'logs-swapped',
        'current-only': 'one-sided',
        'reference-only': 'one-sided',
        'mean': 'mean-of-bins',
    },
    'scale': {
        'shares': None,
        'counts': 'not-normalised',
        'reference-size': 'not-normalised',
        'current-size': 'not-normalised',
        'percent': 'percent',
    },
}
RIGHT = tuple(next(iter(choices)) for choices in PARTS.values())


def oracle(reference, current, edges, outer, side, empty, log, form, scale):
    place = bisect_right if side == 'right' else bisect_left

    def counts(sample):
        bins = [0] * (len(edges) + 1)
        for value in sample:
            bins[place(edges, value)] += 1
        if outer == 'open' or len(edges) < 2:
            return bins, len(sample)
        if outer == 'clipped':
            inner = bins[1:-1]
            inner[0] += bins[0]
            inner[-1] += bins[-1]
            return inner, len(sample)
        return bins[1:-1], len(sample) if outer == 'lost' else sum(bins[1:-1])

    (old, old_size), (new, new_size) = counts(reference), counts(current)
    if scale == 'counts':
        old_size = new_size = 1
    elif scale == 'reference-size':
        new_size = old_size
    elif scale == 'current-size':
        old_size = new_size

    def shares(bins, size):
        if empty in ('laplace', 'half'):
            more = 1 if empty == 'laplace' else 0.5
            return [(count + more) / (size + more * len(bins)) for count in bins]
        if empty == 'counted':
            return [(count or EPS) / size for count in bins]
        if empty in ('added', 'added-once'):
            found = [count / size + EPS for count in bins]
            return found if empty == 'added' else [share / sum(found) for share in found]
        eps = empty if isinstance(empty, float) else EPS
        found = [count / size if count else eps for count in bins]
        return [share / sum(found) for share in found] if empty == 'renormalised' else found

    total = 0.0
    for p, q, a, b in zip(shares(old, old_size), shares(new, new_size), old, new):
        if empty == 'skipped' and not (a and b):
            continue
        if empty == 'skipped-current' and not b or empty == 'skipped-reference' and not a:
            continue
        ratio = log(q / p)
        factor = {'psi': q - p, 'swapped': p - q, 'current-only': q, 'reference-only': -p, 'mean': q - p}[form]
        total += factor * ratio
    if form == 'mean':
        total /= len(old)
    return total * 100 if scale == 'percent' else total


def right(case):
    return oracle(*case, *RIGHT)


def same(found, expected):
    return math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-9)


def fits(found, case, choices):
    try:
        return same(found, oracle(*case, *choices))
    except (ArithmeticError, ValueError):
        return False


def learners_line(error):
    """The innermost line of the learner's code that an error passed through."""
    line = None
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.startswith('/exercise/'):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def check(submission):
    return Check(submission).violations()


class Check:
    def __init__(self, submission):
        self.submission = submission
        self.found = []
        self.rules = set()
        self.lines = {}
        for node in submission.tree.body if submission.tree else ():
            for name in self.names(node):
                self.lines[name] = node.lineno

    @staticmethod
    def names(node):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            return [node.name]
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, 'target', None)]
        return [target.id for target in targets if isinstance(target, ast.Name)]

    def add(self, rule, line, **params):
        if rule not in self.rules:
            self.rules.add(rule)
            self.found.append({'rule': rule, 'line': line, 'params': params})

    def line(self, *calls, function='psi'):
        """The line of the first call to one of these, else of the function."""
        for node in ast.walk(self.submission.tree):
            if isinstance(node, ast.Call) and calls:
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, 'id', None)
                if name in calls:
                    return node.lineno
        return self.lines.get(function, 1)

    # --- running the learner's functions

    def call(self, case):
        """A number, or the error that was raised; notes when the lists are no longer what they were."""
        given = copy.deepcopy(case)
        try:
            result = self.psi(*given)
        except (Exception, SystemExit) as error:
            result = error
        for name, before, after in zip(('reference', 'current', 'edges'), case, given):
            if before != after:
                line = self.line('sort', 'reverse', 'append', 'insert', 'extend', 'pop', 'remove', 'clear')
                self.add('input-mutated', line, name=name, before=repr(before), after=repr(after))
        return result

    def function(self, name, missing):
        function = (self.submission.module or {}).get(name)
        if callable(function):
            return function
        self.add(missing, self.lines.get(name, 1), name=name)
        return None

    # --- the checks

    def violations(self):
        error = self.submission.error
        if error:
            broken = 'syntax-error' if self.submission.module is None else 'load-error'
            self.add(broken, error['line'] or 1, type=error['type'], message=error['msg'])
            return self.found
        self.psi = self.function('psi', 'psi-missing')
        self.decide = self.function('decide', 'decide-missing')
        if self.psi and self.computes():
            self.refuses()
        if self.decide:
            self.decides()
        return self.found

    def computes(self):
        """Whether the plain case gives a number at all."""
        results = {}
        for case in CASES:
            results[id(case)] = result = self.call(case)
            if not self.usable(result, case):
                return False
        wrong = [case for case in CASES if not self.agrees(results[id(case)], case)]
        finite = [case for case in CASES if self.is_finite(results[id(case)])]
        for case in wrong:
            if case not in finite:
                self.not_finite(results[id(case)], case)
        wrong = [case for case in wrong if case in finite]
        if wrong:
            self.explain(wrong, finite, results)
        if not self.rules - {'input-mutated'}:
            self.draws()
        return True

    def usable(self, result, case):
        if isinstance(result, BaseException):
            if case is PLAIN:
                self.raised(result, case)
                return False
            return True
        try:
            float(result)
            if not isinstance(result, (str, bool)):
                return True
        except Exception:
            pass
        self.add('not-a-number', self.line(), **self.values(case, result))
        return False

    @staticmethod
    def is_finite(result):
        return not isinstance(result, BaseException) and math.isfinite(float(result))

    def agrees(self, result, case):
        return self.is_finite(result) and same(float(result), right(case))

    def raised(self, error, case):
        line = learners_line(error) or self.line()
        self.add('raised', line, input=self.shown(case), type=type(error).__name__, message=str(error)[:200])

    def not_finite(self, result, case):
        """An infinite value, or log(0) and 1/0 where a bin is empty; any other error is shown as it is."""
        if not isinstance(result, BaseException):
            self.add('empty-bin-infinite', self.line(), **self.values(case, result))
        elif case is EMPTY and isinstance(result, (ArithmeticError, ValueError)):
            line = learners_line(result) or self.line()
            self.add('empty-bin-infinite', line, **self.values(case, f'{type(result).__name__}: {result}'))
        elif 'empty-bin-infinite' not in self.rules:
            self.raised(result, case)

    @staticmethod
    def shown(case):
        reference, current, edges = case
        return f'psi({reference}, {current}, {edges})'

    def values(self, case, result):
        actual = f'{float(result):.6g}' if isinstance(result, (int, float)) else str(result)[:120]
        return {'input': self.shown(case), 'expected': f'{right(case):.6g}', 'actual': actual}

    def explain(self, wrong, finite, results):
        results = {key: float(result) for key, result in results.items() if self.is_finite(result)}
        for digits in range(1, 8):
            if all(same(results[id(case)], round(right(case), digits)) for case in finite):
                self.add('rounded', self.line('round'), **self.values(wrong[0], results[id(wrong[0])]))
                return
        everything = list(itertools.product(*PARTS.values()))
        everything.sort(key=lambda choices: sum(map(lambda mine, best: mine != best, choices, RIGHT)))
        for choices in everything:
            if all(fits(results[id(case)], case, choices) for case in finite):
                break
        else:
            found = [self.call(case) for case in TWO_CUTS]
            if all(map(self.is_finite, found)) and same(*map(float, found)):
                self.add('edges-ignored', self.line(), **self.values(TWO_CUTS[1], found[1]))
            else:
                self.differs(wrong[0], results[id(wrong[0])])
            return
        for i, (part, rules) in enumerate(PARTS.items()):
            rule = rules[choices[i]]
            if rule is None:
                continue
            # The simplest case on which this mistake alone changes the value.
            alone = (*RIGHT[:i], choices[i], *RIGHT[i + 1 :])
            case = next((case for case in wrong if not fits(right(case), case, alone)), wrong[0])
            line = self.line('log10', 'log2') if rule == 'log-base' else self.line()
            self.add(rule, line, **self.values(case, results[id(case)]))

    def differs(self, case, result):
        if isinstance(result, BaseException):
            self.raised(result, case)
        else:
            self.add('differs', self.line(), **self.values(case, result))

    def draws(self):
        """Random samples against the oracle, with the smallest counterexample that is easily had."""
        dice = random.Random(20_261)
        for _ in range(ROUNDS):
            edges = sorted(dice.sample(range(0, 10), dice.randint(1, 4)))
            samples = [[dice.randint(-4, 26) / 2 for _ in range(dice.randint(1, 12))] for _ in range(2)]
            case = (*samples, edges)
            if self.fails(case):
                case = self.smaller(case)
                self.differs(case, self.call(case))
                return

    def fails(self, case):
        result = self.call(case)
        if isinstance(result, BaseException):
            return True
        try:
            return not self.agrees(result, case)
        except Exception:
            return True

    def smaller(self, case):
        shrunk = True
        while shrunk:
            shrunk = False
            for part, values in enumerate(case):
                for at in range(len(values)):
                    rest = [*values[:at], *values[at + 1 :]]
                    candidate = (*case[:part], rest, *case[part + 1 :])
                    if rest and self.fails(candidate):
                        case, shrunk = candidate, True
                        break
                if shrunk:
                    break
        return case

    def refuses(self):
        reference, current, edges = PLAIN
        for case in (([], current, edges), (reference, [], edges), ([], [], edges)):
            result = self.call(case)
            if isinstance(result, ValueError):
                continue
            if isinstance(result, BaseException):
                line = learners_line(result) or self.line()
                self.add('empty-sample-crash', line, input=self.shown(case), actual=type(result).__name__)
            else:
                self.add('empty-sample-accepted', self.line(), input=self.shown(case), actual=str(result)[:80])

    def decides(self):
        line = self.lines.get('decide', 1)
        for rule, value, expected in DECISIONS:
            params = {'input': f'decide({value})', 'expected': repr(expected)}
            try:
                actual = self.decide(value)
            except (Exception, SystemExit) as error:
                where = learners_line(error) or line
                self.add('decision-raised', where, actual=f'{type(error).__name__}: {error}'[:200], **params)
                return
            if actual != expected:
                self.add(rule, line, actual=repr(actual)[:80], **params)
        try:
            actual = self.decide(math.nan)
        except ValueError:
            return
        except (Exception, SystemExit) as error:
            self.add('decision-nan', learners_line(error) or line, actual=type(error).__name__)
        else:
            self.add('decision-nan', line, actual=repr(actual)[:80])
