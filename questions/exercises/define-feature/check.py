"""Checks features.py: a current Feast definition of `user_age`, keyed by user, that can be served.

The program has been run against the stand-in; what it refused is in `submission.problems`, what was defined
in `submission.objects`. Any shape is fine: keywords or variables, helper functions, loops, several views,
a view over a push source, an on-demand view over another one.
"""

import ast

FEATURE = 'user_age'
KEY = 'user_id'
CREATED = 'created_timestamp'
TYPES = ('Int32', 'Int64')
VIEWS = ('FeatureView', 'BatchFeatureView', 'StreamFeatureView')


def check(submission):
    return Check(submission).violations()


def kind(value):
    return type(value).__name__


class Check:
    def __init__(self, submission):
        self.submission = submission
        self.found = []
        self.calls = {}
        for node in ast.walk(submission.tree) if submission.tree else ():
            if isinstance(node, ast.Call):
                self.calls[self.key(submission.place(node))] = node

    # --- places

    @staticmethod
    def key(place):
        return tuple(place.get(part) for part in ('line', 'col', 'end_line', 'end_col'))

    def at(self, place, argument=None):
        """The argument of the call at a place, else the name of what is called, else the place."""
        node = self.calls.get(self.key(place or {}))
        if node is None:
            return place or {'line': 1}
        for keyword in node.keywords:
            if keyword.arg == argument:
                return self.submission.place(keyword.value)
        return self.submission.place(node.func)

    def add(self, rule, place, **params):
        where = {name: place[name] for name in ('file', 'line', 'col', 'end_line', 'end_col') if place.get(name)}
        self.found.append({'rule': rule, 'params': params, **where})

    # --- what Python and Feast said

    def violations(self):
        error = self.submission.error
        # A package or a part of Feast that is not here: no mistake of the learner.
        missing = error and (f"the module {error['module']}" if 'module' in error else None)
        if error and error['type'] == 'NotModelled':
            missing = error['msg']
        if error and not self.submission.problems and not missing:
            broken = 'syntax-error' if self.submission.module is None else 'load-error'
            self.add(broken, self.line_of(error), type=error['type'], message=error['msg'])
            return self.found
        for problem in self.submission.problems:
            self.refused(problem)
        for feature in self.defined('Feature'):
            self.add('legacy-feature', self.at(feature._place), name=str(feature.name))

        candidates = [view for view in self.submission.objects if FEATURE in self.names(view)]
        if candidates:
            self.found += min((self.judge(view) for view in candidates), key=self.weight)
            if missing:
                self.add('not-modelled', self.line_of(error), what=missing)
        elif missing:
            self.submission.undecided(f"{missing} ({error['file']}:{error['line']})")
        elif not self.submission.complete:
            self.add('load-error', self.line_of(error), type=error['type'], message=error['msg'])
        else:
            views = self.defined(*VIEWS)
            if views:
                self.add('user-age-missing', self.at(views[-1]._place))
                self.found += min((self.judge(view) for view in views), key=self.weight)
            else:
                self.add('view-missing', {'line': self.last_line()})
        return self.found

    @staticmethod
    def line_of(error):
        return error if error['line'] else {'line': 1}

    def last_line(self):
        statements = self.submission.tree.body if self.submission.tree else []
        return statements[-1].lineno if statements else 1

    def refused(self, problem):
        params = problem['params']
        thing, argument, got = (str(params.get(name, '')) for name in ('object', 'argument', 'got'))
        place = self.at(problem, argument)
        code = problem['code']
        if code == 'unknown-argument' and thing in VIEWS and argument == 'features':
            self.add('features-argument', place)
        elif code == 'unknown-argument':
            self.add('unknown-argument', place, object=thing, argument=argument)
        elif code == 'argument-type' and argument == 'dtype' and 'ValueType' in got:
            self.add('value-type-dtype', place, got=got)
        elif code == 'argument-type' and argument == 'dtype':
            self.add('field-dtype', place, got=got)
        elif code == 'argument-type' and argument == 'entities':
            self.add('entities-not-objects', place, got=got)
        elif code == 'argument-type' and argument == 'ttl':
            self.add('ttl-not-timedelta', place, got=got)
        elif code == 'argument-type' and argument == 'schema' and '(Feature)' in got:
            self.add('features-argument', place)
        elif code in ('positional-arguments', 'join-keys-many', 'stream-without-batch'):
            self.add(code, place, object=thing)
        elif code == 'timestamp-twice':
            self.add('timestamp-is-created', place, column=CREATED)
        else:
            self.add('refused', place, type=problem['type'], message=problem['msg'])

    # --- what was defined

    def defined(self, *kinds):
        return [thing for thing in self.submission.objects if kind(thing) in kinds]

    @staticmethod
    def names(view):
        """Features that a view declares, also where or how Feast refuses them: one mistake, one finding."""
        if not hasattr(view, '_origin'):
            return []
        refused = [view._schema, view._refused.get('features')]
        declared = sum((fields for fields in refused if isinstance(fields, list)), list(view.features))
        return [getattr(field, 'name', None) for field in declared]

    @staticmethod
    def weight(violations):
        warnings = ('entity-value-type', 'ttl-unbounded')
        return sum(1 for violation in violations if violation['rule'] not in warnings)

    def judge(self, view):
        """Violations of one view that declares the feature, with those of the views under it."""
        kept, self.found = self.found, []
        for field in view.features:
            if field.name == FEATURE and hasattr(field.dtype, 'to_value_type') and str(field.dtype) not in TYPES:
                self.add('user-age-type', self.at(field._place, 'dtype'), got=str(field.dtype))
        bases = [view] if kind(view) in VIEWS else view._views
        if not bases:
            self.add('source-missing', self.at(view._place), view=str(view.name))
        for base in bases:
            self.stored(base)
        found, self.found = self.found, kept
        return found

    def stored(self, view):
        refused = {problem['params'].get('argument') for problem in self.submission.problems if self.same(problem, view)}
        if 'entities' not in refused:
            self.keyed(view)
        if 'ttl' not in refused:
            if 'ttl' not in view._given:
                self.add('ttl-missing', self.at(view._place), view=str(view.name))
            elif not view.ttl:
                self.add('ttl-unbounded', self.at(view._place, 'ttl'), view=str(view.name))
        if not refused & {'source', 'batch_source', 'stream_source'}:
            self.timed(view)
        if view.online is False:
            self.add('not-online', self.at(view._place, 'online'), view=str(view.name))

    def same(self, problem, thing):
        return self.key(problem) == self.key(thing._place)

    def keyed(self, view):
        entities = view._entities
        if not entities:
            self.add('entity-missing', self.at(view._place, 'entities'), view=str(view.name))
        elif KEY not in [entity.join_key for entity in entities]:
            entity = entities[0]
            if any(self.same(problem, entity) for problem in self.submission.problems):
                return
            self.add('join-key', self.at(entity._place, 'join_keys'), got=str(entity.join_key), expected=KEY)
        for entity in entities:
            if 'value_type' not in entity._given:
                self.add('entity-value-type', self.at(entity._place), name=str(entity.name))

    def timed(self, view):
        source = view.batch_source
        if source is None:
            self.add('source-missing', self.at(view._place, 'source'), view=str(view.name))
        elif not source.timestamp_field and getattr(source, 'event_timestamp_column', None):
            self.add('timestamp-ignored', self.at(source._place, 'event_timestamp_column'))
        elif not source.timestamp_field:
            self.add('timestamp-missing', self.at(source._place), source=str(source.name))
        elif source.timestamp_field == CREATED:
            self.add('timestamp-is-created', self.at(source._place, 'timestamp_field'), column=CREATED)
