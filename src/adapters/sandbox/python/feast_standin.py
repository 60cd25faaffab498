"""A stand-in for the part of Feast with which features are defined, so that a features.py runs offline.

Modelled on Feast 0.66: the classes take the arguments that the real ones take, check what the real ones
check when they are built, and record what was defined. Nothing is applied, stored or served.

Two rules keep it honest. What Feast refuses is refused on the same line, with a message that says what was
expected (Feast's own come from `typeguard` and are longer). What is not modelled raises `NotModelled`: it
never passes in silence, and never counts as a mistake of the learner.

`install` returns the record. With `strict`, a complaint is raised, as by Feast; without, it is noted and
the object is built as well as can be, so that one run shows every mistake.
"""

import copy
import functools
import importlib.abc
import importlib.machinery
import re
import sys
import types
from datetime import timedelta
from enum import Enum

VERSION = '0.66'


class NotModelled(NotImplementedError):
    """Names something that real Feast may well accept, and that cannot be judged offline."""


class TypeCheckError(Exception):
    """An argument of the wrong type; in real Feast this class is typeguard's."""


class Record:
    def __init__(self, locate, strict):
        self.objects = []
        self.problems = []
        self.raised = None
        self.locate = locate
        self.strict = strict

    def add(self, definition):
        place = self.locate() or {}
        definition._place = place
        definition._line = place.get('line')
        self.objects.append(definition)

    def complain(self, error, code, **params):
        place = self.locate() or {}
        problem = {'code': code, 'type': type(error).__name__, 'msg': str(error), 'params': params, **place}
        self.problems.append(problem)
        if self.strict:
            self.raised = error
            raise error


_record = Record(lambda: None, True)


# --- arguments ---------------------------------------------------------------------------------------

REQUIRED = object()


class Kind:
    """What an argument may be: how it is called in a message, and a test."""

    def __init__(self, label, accepts):
        self.label = label
        self.accepts = accepts


def instance(label, *classes):
    return Kind(label, lambda value: isinstance(value, classes))


def optional(kind):
    return Kind(f'{kind.label} or None', lambda value: value is None or kind.accepts(value))


def either(first, second):
    return Kind(f'{first.label} or {second.label}', lambda value: first.accepts(value) or second.accepts(value))


def list_of(kind):
    accepts = lambda value: isinstance(value, list) and all(kind.accepts(item) for item in value)
    return Kind(f'a list of {kind.label}', accepts)


def named(label, *names):
    """A kind by class name, for classes that are defined further down."""
    return Kind(label, lambda value: any(base.__name__ in names for base in type(value).__mro__))


ANY = Kind('anything', lambda value: True)
TEXT = instance('str', str)
MAYBE_TEXT = optional(TEXT)
FLAG = instance('bool', bool)
WHOLE = Kind('int', lambda value: isinstance(value, int) and not isinstance(value, bool))
SPAN = instance('datetime.timedelta', timedelta)
TAGS = Kind(
    'a dict of str to str',
    lambda value: value is None
    or (isinstance(value, dict) and all(isinstance(part, str) for pair in value.items() for part in pair)),
)
FUNCTION = optional(Kind('a function', callable))


def show(value):
    text = repr(value)
    return text if len(text) <= 80 else f'{text[:77]}...'


def describe(kind, value):
    """The item that is wrong, for a list: `'user' (str)` says more than a list of twenty things."""
    if isinstance(value, list) and kind.label.startswith('a list of '):
        for item in value:
            if not kind.accepts([item]):
                return f'{show(item)} ({type(item).__name__}) in the list'
    return f'{show(value)} ({type(value).__name__})'


def bind(kind_of_object, parameters, args, given, positional=False):
    """The value of each parameter; complains as Python and typeguard would."""
    names = list(parameters)
    values = dict(zip(names, args))
    if args and not positional:
        plural = '' if len(args) == 1 else 's'
        _record.complain(
            TypeError(f'{kind_of_object} takes keyword arguments only ({len(args)} positional argument{plural} given)'),
            'positional-arguments',
            object=kind_of_object,
        )
    for name in given:
        if name not in parameters:
            _record.complain(
                TypeError(f"{kind_of_object} got an unexpected keyword argument '{name}'"),
                'unknown-argument',
                object=kind_of_object,
                argument=name,
            )
    values.update({name: value for name, value in given.items() if name in parameters})
    explicit = frozenset(values)
    for name, (kind, default) in parameters.items():
        if name not in values:
            if default is REQUIRED:
                _record.complain(
                    TypeError(f"{kind_of_object} misses the required keyword argument '{name}'"),
                    'missing-argument',
                    object=kind_of_object,
                    argument=name,
                )
            values[name] = None if default is REQUIRED else default
        elif isinstance(values[name], Opaque):
            raise NotModelled(f'{values[name]!r}, given to {kind_of_object}({name}=…)')
        elif not kind.accepts(values[name]):
            got = describe(kind, values[name])
            _record.complain(
                TypeCheckError(f'argument "{name}" of {kind_of_object} must be {kind.label}, got {got}'),
                'argument-type',
                object=kind_of_object,
                argument=name,
                expected=kind.label,
                got=got,
            )
    return values, explicit


class Definition:
    """Base of everything that is recorded; `PARAMETERS` is Feast's signature, in its order."""

    PARAMETERS = {}
    POSITIONAL = False

    def __init__(self, *args, **given):
        values, self._given = bind(type(self).__name__, self.PARAMETERS, args, given, self.POSITIONAL)
        # Arguments that Feast does not take; only a run that takes notes gets this far with one.
        self._refused = {name: value for name, value in given.items() if name not in self.PARAMETERS}
        for name, value in values.items():
            setattr(self, name, value)
        self._build()
        _record.add(self)

    def _build(self):
        pass

    def __repr__(self):
        return f'{type(self).__name__}({getattr(self, "name", "")})'


def only(values, kind):
    """The usable items of a list that a complaint may have let through."""
    return [value for value in values if isinstance(value, kind)] if isinstance(values, (list, tuple)) else []


# --- types -------------------------------------------------------------------------------------------

_VALUE_TYPES = (
    'UNKNOWN BYTES STRING INT32 INT64 DOUBLE FLOAT BOOL UNIX_TIMESTAMP - - BYTES_LIST STRING_LIST INT32_LIST '
    'INT64_LIST DOUBLE_LIST FLOAT_LIST BOOL_LIST UNIX_TIMESTAMP_LIST NULL MAP MAP_LIST BYTES_SET STRING_SET '
    'INT32_SET INT64_SET DOUBLE_SET FLOAT_SET BOOL_SET UNIX_TIMESTAMP_SET PDF_BYTES IMAGE_BYTES JSON JSON_LIST '
    'STRUCT STRUCT_LIST UUID TIME_UUID UUID_LIST TIME_UUID_LIST UUID_SET TIME_UUID_SET VALUE_LIST VALUE_SET '
    'DECIMAL DECIMAL_LIST DECIMAL_SET SCALAR_MAP ZONED_TIMESTAMP'
).split()
ValueType = Enum(
    'ValueType', {name: number for number, name in enumerate(_VALUE_TYPES) if name != '-'}, module='feast.value_type'
)

# Name in feast.types, and the ValueType that it stands for.
_PRIMITIVES = {
    'Invalid': 'UNKNOWN',
    'Bytes': 'BYTES',
    'String': 'STRING',
    'Int32': 'INT32',
    'Int64': 'INT64',
    'Float64': 'DOUBLE',
    'Float32': 'FLOAT',
    'Bool': 'BOOL',
    'UnixTimestamp': 'UNIX_TIMESTAMP',
    'PdfBytes': 'PDF_BYTES',
    'ImageBytes': 'IMAGE_BYTES',
    'Map': 'MAP',
    'Json': 'JSON',
    'Uuid': 'UUID',
    'TimeUuid': 'TIME_UUID',
    'Decimal': 'DECIMAL',
    'ScalarMap': 'SCALAR_MAP',
    'ZonedTimestamp': 'ZONED_TIMESTAMP',
}


class FeastType:
    """Base of the types of feast.types."""

    def to_value_type(self):
        return self._value_type

    def __repr__(self):
        return str(self)


class PrimitiveFeastType(FeastType):
    def __init__(self, name, value_type):
        self._title = name
        self._value_type = value_type

    def __str__(self):
        return self._title


class Struct(FeastType):
    _value_type = ValueType.STRUCT

    def __init__(self, fields):
        if not fields:
            _record.complain(ValueError('Struct must have at least one field.'), 'bad-value', object='Struct')
        self.fields = dict(fields)

    def __eq__(self, other):
        return isinstance(other, Struct) and self.fields == other.fields

    def __hash__(self):
        return hash(tuple(sorted(self.fields)))

    def __str__(self):
        return f'Struct({", ".join(self.fields)})'


class _Collection(FeastType):
    def __init__(self, base_type):
        if not isinstance(base_type, FeastType):
            _record.complain(
                ValueError(f'Type {type(base_type)} is currently not supported as a base type for {type(self).__name__}.'),
                'bad-value',
                object=type(self).__name__,
            )
        self.base_type = base_type

    def __eq__(self, other):
        return type(self) is type(other) and self.base_type == other.base_type

    def __hash__(self):
        return hash((type(self).__name__, self.base_type))

    def __str__(self):
        return f'{type(self).__name__}({self.base_type})'

    def to_value_type(self):
        if isinstance(self.base_type, Struct):
            return ValueType.STRUCT_LIST
        if isinstance(self.base_type, _Collection):
            return ValueType[f'VALUE_{self.SUFFIX}']
        return ValueType[f'{self.base_type.to_value_type().name}_{self.SUFFIX}']


class Array(_Collection):
    SUFFIX = 'LIST'


class Set(_Collection):
    SUFFIX = 'SET'


PRIMITIVES = {name: PrimitiveFeastType(name, ValueType[value]) for name, value in _PRIMITIVES.items()}
for _title, _primitive in PRIMITIVES.items():
    _primitive.name = re.sub('(?<!^)(?=[A-Z])', '_', _title).upper()
    setattr(PrimitiveFeastType, _primitive.name, _primitive)
DTYPE = instance('a type of feast.types (Int64, String, …)', FeastType)


def from_value_type(value_type):
    for primitive in PRIMITIVES.values():
        if primitive._value_type is value_type:
            return primitive
    for suffix, collection in (('_LIST', Array), ('_SET', Set)):
        base = value_type.name.removesuffix(suffix)
        if base != value_type.name and base in ValueType.__members__:
            return collection(from_value_type(ValueType[base]))
    raise ValueError(f'Could not convert value type {value_type} to FeastType.')


# --- entities and fields -----------------------------------------------------------------------------


class Entity(Definition):
    PARAMETERS = {
        'name': (TEXT, REQUIRED),
        'join_keys': (optional(list_of(TEXT)), None),
        'value_type': (optional(instance('feast.ValueType', ValueType)), None),
        'description': (TEXT, ''),
        'tags': (TAGS, None),
        'owner': (TEXT, ''),
    }

    def _build(self):
        keys = only(self.join_keys, str)
        if len(keys) > 1:
            _record.complain(
                ValueError(
                    'An entity may only have a single join key. Multiple join keys will be supported in the future.'
                ),
                'join-keys-many',
                object='Entity',
                argument='join_keys',
            )
        self.join_key = keys[0] if keys else self.name
        self.value_type = self.value_type or ValueType.UNKNOWN


class Field(Definition):
    PARAMETERS = {
        'name': (TEXT, REQUIRED),
        'dtype': (DTYPE, REQUIRED),
        'description': (TEXT, ''),
        'tags': (TAGS, None),
        'vector_index': (FLAG, False),
        'vector_length': (WHOLE, 0),
        'vector_search_metric': (MAYBE_TEXT, None),
    }

    def __eq__(self, other):
        return isinstance(other, Field) and (self.name, self.dtype) == (other.name, other.dtype)

    def __hash__(self):
        return hash(self.name)


class Feature(Definition):
    """The class of before 0.20: still importable, and accepted by no feature view since 0.24."""

    PARAMETERS = {
        'name': (ANY, REQUIRED),
        'dtype': (ANY, REQUIRED),
        'description': (ANY, ''),
        'labels': (ANY, None),
    }
    POSITIONAL = True

    def _build(self):
        if not isinstance(self.dtype, ValueType):
            _record.complain(
                ValueError('dtype is not a valid ValueType'), 'bad-value', object='Feature', argument='dtype'
            )


# --- sources -----------------------------------------------------------------------------------------


def _source(*own, **changed):
    """Parameters of a source: its own, then those that all sources share."""
    shared = {
        'timestamp_field': (MAYBE_TEXT, ''),
        'created_timestamp_column': (MAYBE_TEXT, ''),
        'field_mapping': (TAGS, None),
        'description': (MAYBE_TEXT, ''),
        'tags': (TAGS, None),
        'owner': (MAYBE_TEXT, ''),
    }
    parameters = {name: (kind, default) for name, kind, default in own}
    return {**parameters, **shared, **changed}


CONNECTION = ('connection_ref', ANY, None)
NAME = ('name', MAYBE_TEXT, None)
TABLE = ('table', MAYBE_TEXT, None)
QUERY = ('query', MAYBE_TEXT, None)


class DataSource(Definition):
    """Base of the sources; `batch_source` is where the history lies."""

    NEEDS_TABLE = False

    def _build(self):
        table, query = getattr(self, 'table', None), getattr(self, 'query', None)
        if self.NEEDS_TABLE and not table and not query:
            _record.complain(
                ValueError('No "table" or "query" argument provided.'), 'bad-value', object=type(self).__name__
            )
        self.name = self.name or table or getattr(self, 'path', None)
        if not self.name:
            _record.complain(
                ValueError(f'{type(self).__name__} needs a name.'), 'bad-value', object=type(self).__name__
            )
        self.timestamp_field = getattr(self, 'timestamp_field', '') or ''
        self.created_timestamp_column = getattr(self, 'created_timestamp_column', '') or ''
        self.field_mapping = getattr(self, 'field_mapping', None) or {}
        if self.timestamp_field and self.timestamp_field == self.created_timestamp_column:
            _record.complain(
                ValueError(
                    "Please do not use the same column for 'timestamp_field' and 'created_timestamp_column'."
                ),
                'timestamp-twice',
                object=type(self).__name__,
                argument='timestamp_field',
            )


class FileSource(DataSource):
    # `event_timestamp_column` is still taken, and used for nothing.
    PARAMETERS = _source(
        ('path', TEXT, REQUIRED),
        ('name', MAYBE_TEXT, ''),
        ('event_timestamp_column', MAYBE_TEXT, ''),
        ('file_format', ANY, None),
        ('s3_endpoint_override', MAYBE_TEXT, None),
        CONNECTION,
    )


class BigQuerySource(DataSource):
    NEEDS_TABLE = True
    PARAMETERS = _source(
        NAME, TABLE, QUERY, ('date_partition_column', MAYBE_TEXT, None), ('timestamp_field_type', MAYBE_TEXT, None), CONNECTION
    )


class RedshiftSource(DataSource):
    NEEDS_TABLE = True
    PARAMETERS = _source(NAME, TABLE, QUERY, ('schema', MAYBE_TEXT, None), ('database', MAYBE_TEXT, ''), CONNECTION)


class SnowflakeSource(DataSource):
    NEEDS_TABLE = True
    PARAMETERS = _source(
        NAME,
        TABLE,
        QUERY,
        ('database', MAYBE_TEXT, None),
        ('warehouse', MAYBE_TEXT, None),
        ('schema', MAYBE_TEXT, None),
        CONNECTION,
    )


class AthenaSource(DataSource):
    NEEDS_TABLE = True
    PARAMETERS = _source(
        NAME,
        TABLE,
        QUERY,
        ('database', MAYBE_TEXT, None),
        ('data_source', MAYBE_TEXT, None),
        ('date_partition_column', MAYBE_TEXT, None),
        CONNECTION,
    )


class TrinoSource(DataSource):
    PARAMETERS = _source(NAME, TABLE, QUERY, CONNECTION)


class PostgreSQLSource(DataSource):
    POSITIONAL = True
    PARAMETERS = _source(NAME, QUERY, TABLE, CONNECTION)


class SparkSource(DataSource):
    PARAMETERS = _source(
        NAME,
        TABLE,
        QUERY,
        ('path', MAYBE_TEXT, None),
        ('file_format', MAYBE_TEXT, None),
        ('table_format', ANY, None),
        ('date_partition_column', MAYBE_TEXT, None),
        ('date_partition_column_format', MAYBE_TEXT, '%Y-%m-%d'),
        CONNECTION,
    )


SOURCE = named('a data source', 'DataSource')
MAYBE_SOURCE = optional(SOURCE)


class PushSource(DataSource):
    PARAMETERS = {
        'name': (TEXT, REQUIRED),
        'batch_source': (MAYBE_SOURCE, None),
        'description': (MAYBE_TEXT, ''),
        'tags': (TAGS, None),
        'owner': (MAYBE_TEXT, ''),
    }


class KafkaSource(DataSource):
    PARAMETERS = _source(
        ('name', TEXT, REQUIRED),
        ('message_format', ANY, REQUIRED),
        ('bootstrap_servers', MAYBE_TEXT, None),
        ('kafka_bootstrap_servers', MAYBE_TEXT, None),
        ('topic', MAYBE_TEXT, None),
        ('batch_source', MAYBE_SOURCE, None),
        ('watermark_delay_threshold', optional(SPAN), None),
        timestamp_field=(TEXT, REQUIRED),
    )


class KinesisSource(DataSource):
    PARAMETERS = _source(
        ('name', TEXT, REQUIRED),
        ('record_format', ANY, REQUIRED),
        ('region', TEXT, REQUIRED),
        ('stream_name', TEXT, REQUIRED),
        ('batch_source', MAYBE_SOURCE, None),
    )


class RequestSource(DataSource):
    PARAMETERS = {
        'name': (TEXT, REQUIRED),
        'schema': (list_of(instance('Field', Field)), REQUIRED),
        'timestamp_field': (MAYBE_TEXT, None),
        'description': (MAYBE_TEXT, ''),
        'tags': (TAGS, None),
        'owner': (MAYBE_TEXT, ''),
    }


STREAMS = (PushSource, KafkaSource, KinesisSource)


# --- views -------------------------------------------------------------------------------------------

FIELDS = optional(list_of(instance('Field', Field)))
ENTITIES = optional(list_of(instance('Entity', Entity)))
MAYBE_SPAN = optional(SPAN)


class FeatureViewProjection:
    """A selection of a view's features, which keeps the view that it was taken from."""

    def __init__(self, view):
        self.name = view.name
        self.name_alias = None
        self.features = list(view.features)
        self.join_key_map = {}
        self._origin = view


class BaseFeatureView(Definition):
    def _columns(self, schema, entities):
        """Splits the schema into columns of entities and features, and checks the former."""
        self._entities = entities
        self.entities = [entity.name for entity in entities] or ['__dummy']
        keys = {entity.join_key: entity for entity in entities}
        if len(keys) < len(entities):
            _record.complain(
                ValueError('A feature view should not have entities that share a join key.'),
                'bad-value',
                object=type(self).__name__,
                argument='entities',
            )
        fields = only(schema, Field)
        self.entity_columns = [field for field in fields if field.name in keys]
        self.features = [field for field in fields if field.name not in keys]
        for field in self.entity_columns:
            entity = keys[field.name]
            if entity.value_type is not ValueType.UNKNOWN and from_value_type(entity.value_type) != field.dtype:
                _record.complain(
                    ValueError(
                        f'Entity {entity.name} has type {entity.value_type}, which does not match the inferred '
                        f'type {field.dtype}.'
                    ),
                    'entity-type-mismatch',
                    object=type(self).__name__,
                    argument='schema',
                )

    @property
    def schema(self):
        return self.entity_columns + self.features

    @schema.setter
    def schema(self, fields):
        self._schema = fields

    @property
    def join_keys(self):
        return [entity.join_key for entity in self._entities]

    @property
    def projection(self):
        return self._projection

    def _copy(self):
        # A copy is a way to refer to the view, not another definition.
        copied = copy.copy(self)
        copied._projection = copy.copy(self._projection)
        copied._origin = self._origin
        return copied

    def __getitem__(self, names):
        if not isinstance(names, list):
            _record.complain(
                AssertionError("select features with a list: view[['feature']]"), 'bad-value', object=type(self).__name__
            )
            return self._copy()
        known = {field.name: field for field in self.features}
        copied = self._copy()
        for name in names:
            if self.features and name not in known:
                _record.complain(
                    ValueError(f'Feature {name} does not exist in this feature view.'),
                    'bad-value',
                    object=type(self).__name__,
                )
        copied._projection.features = [known[name] for name in names if name in known]
        return copied

    def with_name(self, name):
        copied = self._copy()
        copied._projection.name_alias = name
        return copied

    def with_join_key_map(self, join_key_map):
        copied = self._copy()
        copied._projection.join_key_map = dict(join_key_map)
        return copied

    def with_projection(self, projection):
        copied = self._copy()
        copied._projection = projection
        return copied

    def _project(self):
        self._origin = self
        self._projection = FeatureViewProjection(self)


VIEW = named('FeatureView', 'FeatureView')


class FeatureView(BaseFeatureView):
    PARAMETERS = {
        'name': (TEXT, REQUIRED),
        'source': (optional(either(SOURCE, either(VIEW, list_of(VIEW)))), None),
        'sink_source': (MAYBE_SOURCE, None),
        'schema': (FIELDS, None),
        'entities': (ENTITIES, None),
        'ttl': (MAYBE_SPAN, timedelta(days=0)),
        'online': (FLAG, True),
        'offline': (FLAG, False),
        'description': (TEXT, ''),
        'tags': (TAGS, None),
        'owner': (TEXT, ''),
        'org': (TEXT, ''),
        'mode': (ANY, None),
        'enable_validation': (FLAG, False),
        'version': (TEXT, 'latest'),
        'enabled': (FLAG, True),
    }

    def _build(self):
        source = self.source
        self.stream_source = source if isinstance(source, STREAMS) else None
        self.batch_source = source if isinstance(source, DataSource) else self.sink_source
        self.source_views = only(source if isinstance(source, list) else [source], FeatureView)
        if self.stream_source is not None:
            self.batch_source = self.stream_source.batch_source
            if self.batch_source is None:
                _record.complain(
                    ValueError(f'A batch_source needs to be specified for stream source `{source.name}`'),
                    'stream-without-batch',
                    object=type(source).__name__,
                    argument='batch_source',
                )
        elif self.source_views and self.sink_source is None:
            _record.complain(
                ValueError('Derived FeatureView must specify `sink_source`.'), 'bad-value', object=type(self).__name__
            )
        self._columns(self._schema, only(self.entities, Entity))
        mapping = self.batch_source.field_mapping if isinstance(self.batch_source, DataSource) else {}
        for field in self.schema:
            if field.name in mapping:
                _record.complain(
                    ValueError(
                        f'The field {field.name} is mapped to {mapping[field.name]} for this data source. Please either '
                        f'remove this field mapping or use {mapping[field.name]} as the Entity or Feature name.'
                    ),
                    'bad-value',
                    object=type(self).__name__,
                    argument='schema',
                )
        self.tags = self.tags or {}
        self._project()


class BatchFeatureView(FeatureView):
    PARAMETERS = {
        **FeatureView.PARAMETERS,
        'ttl': (MAYBE_SPAN, None),
        'online': (FLAG, False),
        'udf': (FUNCTION, None),
        'udf_string': (MAYBE_TEXT, ''),
        'feature_transformation': (ANY, None),
        'batch_engine': (ANY, None),
        'aggregations': (ANY, None),
    }


class StreamFeatureView(FeatureView):
    PARAMETERS = {
        **FeatureView.PARAMETERS,
        'source': (either(SOURCE, either(VIEW, list_of(VIEW))), REQUIRED),
        'udf': (FUNCTION, None),
        'udf_string': (MAYBE_TEXT, ''),
        'feature_transformation': (ANY, None),
        'aggregations': (ANY, None),
        'timestamp_field': (MAYBE_TEXT, ''),
        'stream_engine': (ANY, None),
        'enable_tiling': (FLAG, False),
        'tiling_hop_size': (MAYBE_SPAN, None),
    }

    def _build(self):
        if isinstance(self.source, DataSource) and not isinstance(self.source, (PushSource, KafkaSource)):
            _record.complain(
                ValueError(
                    f'Stream feature views need a stream source (KafkaSource, PushSource), got {self.source!r} instead'
                ),
                'bad-value',
                object='StreamFeatureView',
                argument='source',
            )
        super()._build()


ODFV_SOURCE = named('FeatureView, FeatureViewProjection or RequestSource', 'FeatureView', 'FeatureViewProjection', 'RequestSource')


class OnDemandFeatureView(BaseFeatureView):
    PARAMETERS = {
        'name': (TEXT, REQUIRED),
        'entities': (ENTITIES, None),
        'schema': (FIELDS, None),
        'sources': (optional(list_of(ODFV_SOURCE)), None),
        'input_schema': (FIELDS, None),
        'udf': (FUNCTION, None),
        'udf_string': (MAYBE_TEXT, ''),
        'feature_transformation': (ANY, None),
        'mode': (TEXT, 'pandas'),
        'description': (TEXT, ''),
        'tags': (TAGS, None),
        'owner': (TEXT, ''),
        'org': (TEXT, ''),
        'write_to_online_store': (FLAG, False),
        'singleton': (FLAG, False),
        'track_metrics': (FLAG, False),
        'aggregations': (ANY, None),
        'version': (TEXT, 'latest'),
        'enabled': (FLAG, True),
    }

    def _build(self):
        sources = self.sources if isinstance(self.sources, list) else []
        if not sources and self.input_schema is None:
            _record.complain(
                ValueError("Either 'sources' or 'input_schema' must be provided for OnDemandFeatureView."),
                'bad-value',
                object='OnDemandFeatureView',
            )
        if self.singleton and str(self.mode).lower() != 'python':
            _record.complain(
                ValueError("Singleton is only supported for Python mode."), 'bad-value', object='OnDemandFeatureView'
            )
        # The views behind the sources, whichever way they are referred to.
        self._views = [source._origin for source in sources if hasattr(source, '_origin')]
        self._columns(self._schema, only(self.entities, Entity))
        self.tags = self.tags or {}
        self._project()


ConflictPolicy = Enum('ConflictPolicy', ['LAST_WRITE_WINS', 'LABELER_PRIORITY', 'MAJORITY_VOTE'], module='feast.labeling')


class LabelView(BaseFeatureView):
    PARAMETERS = {
        'name': (TEXT, REQUIRED),
        'source': (MAYBE_SOURCE, None),
        'schema': (FIELDS, None),
        'entities': (ENTITIES, None),
        'ttl': (MAYBE_SPAN, timedelta(days=0)),
        'online': (FLAG, True),
        'description': (TEXT, ''),
        'tags': (TAGS, None),
        'owner': (TEXT, ''),
        'labeler_field': (TEXT, 'labeler'),
        'conflict_policy': (instance('ConflictPolicy', ConflictPolicy), ConflictPolicy.LAST_WRITE_WINS),
        'reference_feature_view': (MAYBE_TEXT, None),
    }

    def _build(self):
        self._columns(self._schema, only(self.entities, Entity))
        self.tags = self.tags or {}
        self._project()


def _decorator(view_class, parameters, defaults):
    def decorate(*args, **given):
        bind(f'@{view_class.__name__}', parameters, args, given)
        chosen = {name: value for name, value in given.items() if name in parameters and name != 'explode'}

        def wrap(function):
            view = view_class(**{**defaults, 'name': function.__name__, **chosen, 'udf': function})
            return functools.update_wrapper(view, function)

        return wrap

    return decorate


def _optional_name(view_class, *extra):
    parameters = {**view_class.PARAMETERS, 'name': (MAYBE_TEXT, None)}
    for name in ('udf', 'udf_string', 'feature_transformation'):
        del parameters[name]
    return {**parameters, **{name: (ANY, None) for name in extra}}


on_demand_feature_view = _decorator(
    OnDemandFeatureView,
    {**_optional_name(OnDemandFeatureView, 'explode'), 'schema': (list_of(instance('Field', Field)), REQUIRED)},
    {},
)
batch_feature_view = _decorator(BatchFeatureView, _optional_name(BatchFeatureView), {'online': True, 'offline': True})
stream_feature_view = _decorator(StreamFeatureView, _optional_name(StreamFeatureView), {})

SERVED = named('a feature view', 'FeatureView', 'OnDemandFeatureView', 'LabelView')


class FeatureService(Definition):
    PARAMETERS = {
        'name': (TEXT, REQUIRED),
        'features': (list_of(SERVED), REQUIRED),
        'tags': (TAGS, None),
        'description': (TEXT, ''),
        'owner': (TEXT, ''),
        'logging_config': (ANY, None),
        'precompute_online': (FLAG, False),
    }

    def _build(self):
        self.feature_view_projections = [view.projection for view in only(self.features, BaseFeatureView)]


class Project(Definition):
    PARAMETERS = {
        'name': (TEXT, REQUIRED),
        'description': (TEXT, ''),
        'tags': (TAGS, None),
        'owner': (TEXT, ''),
        'created_timestamp': (ANY, None),
        'last_updated_timestamp': (ANY, None),
    }


# --- what is only carried along, or not modelled -----------------------------------------------------


class Carried:
    """A value that definitions refer to and whose content does not matter here: a format, an aggregation."""

    def __init__(self, *args, **given):
        self._arguments = (args, given)


class ParquetFormat(Carried):
    pass


class DeltaFormat(Carried):
    pass


class AvroFormat(Carried):
    pass


class JsonFormat(Carried):
    pass


class ProtoFormat(Carried):
    pass


class Aggregation(Carried):
    pass


class LoggingConfig(Carried):
    pass


class FileLoggingDestination(Carried):
    pass


class FeatureStore:
    """Definitions may be applied at the end of a file; anything that reads or writes data is not modelled."""

    def __init__(self, repo_path=None, config=None, fs_yaml_file=None):
        self.repo_path = repo_path

    def apply(self, objects, objects_to_delete=None, partial=True, **_options):
        pass

    def __getattr__(self, name):
        raise NotModelled(f'FeatureStore.{name}')


class Opaque:
    """Something of a package that is not here: it can be named, in an annotation for instance, not used."""

    def __init__(self, name):
        self.__dict__['_name'] = name

    def __getattr__(self, name):
        if name.startswith('__'):
            raise AttributeError(name)
        return Opaque(f'{self._name}.{name}')

    def __call__(self, *_args, **_given):
        raise NotModelled(self._name)

    def __mro_entries__(self, _bases):
        raise NotModelled(self._name)

    def __getitem__(self, _key):
        return self

    def __or__(self, _other):
        return self

    __ror__ = __or__

    def __repr__(self):
        return self._name


class OpaqueModule(types.ModuleType):
    def __getattr__(self, name):
        if name.startswith('__'):
            raise AttributeError(name)
        return Opaque(f'{self.__name__}.{name}')


# Packages that feature repositories import beside Feast; their names may appear, their work is not done.
OPAQUE = frozenset(
    'boto3 dill google numpy pandas polars pyarrow pydantic pyspark pytz ray requests scipy sentence_transformers '
    'sklearn torch transformers yaml'.split()
)

# Modules whose classes are all known here.
COMPLETE = ('feast', 'feast.types')


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    IS_STAND_IN = True

    def find_spec(self, fullname, _path=None, _target=None):
        root, _, rest = fullname.partition('.')
        parent, _, name = fullname.rpartition('.')
        if parent in COMPLETE and name[:1].isupper():
            return None  # no class of that name: Python refuses the import, as with Feast itself
        if root == 'feast' and rest:
            raise NotModelled(f'the module {fullname}')
        if root in OPAQUE:
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec):
        return OpaqueModule(spec.name)

    def exec_module(self, module):
        pass


_TOP = {
    kind.__name__: kind
    for kind in (
        Aggregation,
        AthenaSource,
        BatchFeatureView,
        BigQuerySource,
        Entity,
        Feature,
        FeatureService,
        FeatureStore,
        FeatureView,
        Field,
        FileSource,
        KafkaSource,
        KinesisSource,
        LabelView,
        OnDemandFeatureView,
        Project,
        PushSource,
        RedshiftSource,
        RequestSource,
        SnowflakeSource,
        StreamFeatureView,
        ValueType,
        ConflictPolicy,
    )
}

# Exported by feast 0.66 and not modelled. Any other name is one that `from feast import` refuses.
_TOP_NOT_MODELLED = (
    'BaseChunker BaseEmbedder ChunkingConfig DataFrameEngine DocEmbedder EmbeddingConfig '
    'EmbeddingProvider FeastDataFrame FeastVectorStore FeatureViewState FilterTranslator '
    'MultiModalEmbedder OracleSource RepoConfig SchemaTransformFn SentenceTransformersEmbeddingProvider '
    'TextChunker copy_demo_notebooks get_embedding_provider'
).split()

_CONTRIB = 'infra.offline_stores.contrib'
_MODULES = {
    'aggregation': [Aggregation],
    'batch_feature_view': [BatchFeatureView, ('batch_feature_view', batch_feature_view)],
    'data_format': [ParquetFormat, DeltaFormat, AvroFormat, JsonFormat, ProtoFormat],
    'data_source': [DataSource, PushSource, RequestSource, KafkaSource, KinesisSource],
    'entity': [Entity],
    'feature': [Feature],
    'feature_logging': [LoggingConfig],
    'feature_service': [FeatureService],
    'feature_store': [FeatureStore],
    'feature_view': [FeatureView],
    'feature_view_projection': [FeatureViewProjection],
    'field': [Field],
    'infra.offline_stores.bigquery_source': [BigQuerySource],
    'infra.offline_stores.file_source': [FileSource, FileLoggingDestination],
    'infra.offline_stores.redshift_source': [RedshiftSource],
    'infra.offline_stores.snowflake_source': [SnowflakeSource],
    f'{_CONTRIB}.athena_offline_store.athena_source': [AthenaSource],
    f'{_CONTRIB}.postgres_offline_store.postgres_source': [PostgreSQLSource],
    f'{_CONTRIB}.spark_offline_store.spark_source': [SparkSource],
    f'{_CONTRIB}.trino_offline_store.trino_source': [TrinoSource],
    'on_demand_feature_view': [OnDemandFeatureView, ('on_demand_feature_view', on_demand_feature_view)],
    'project': [Project],
    'stream_feature_view': [StreamFeatureView, ('stream_feature_view', stream_feature_view)],
    'types': [
        Array,
        Set,
        Struct,
        PrimitiveFeastType,
        FeastType,
        ValueType,
        ('from_value_type', from_value_type),
        *PRIMITIVES.items(),
    ],
    'value_type': [ValueType],
}


def _module(name, members, missing):
    module = types.ModuleType(name)
    module.__path__ = []
    for member in members:
        key, value = member if isinstance(member, tuple) else (member.__name__, member)
        setattr(module, key, value)
    if missing is not None:
        module.__getattr__ = missing
    sys.modules[name] = module
    parent, _, child = name.rpartition('.')
    # `feast.on_demand_feature_view` is the module, as in Feast.
    if parent in sys.modules:
        setattr(sys.modules[parent], child, module)
    return module


def _refuse(path):
    def missing(name):
        if name.startswith('__'):
            raise AttributeError(name)
        raise NotModelled(f'{path}.{name}')

    return missing


def install(locate, strict):
    """Puts `feast` into sys.modules and returns the record of what is defined with it."""
    global _record
    _record = Record(locate, strict)
    top = _module('feast', _TOP.items(), None)
    top.__version__ = f'{VERSION}+standin'
    for name in _TOP_NOT_MODELLED:
        setattr(top, name, Opaque(f'feast.{name}'))
    for name, members in _MODULES.items():
        parts = name.split('.')
        for depth in range(1, len(parts)):
            parent = 'feast.' + '.'.join(parts[:depth])
            if parent not in sys.modules:
                _module(parent, [], _refuse(parent))
        path = f'feast.{name}'
        _module(path, members, None if path in COMPLETE else _refuse(path))
    sys.meta_path[:] = [finder for finder in sys.meta_path if not hasattr(finder, 'IS_STAND_IN')]
    sys.meta_path.insert(0, Finder())
    return _record
