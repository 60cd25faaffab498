from datetime import timedelta

from feast import Entity, FeatureView, Field, FileSource, ValueType
from feast.types import Float32, Int64, String

DAILY = timedelta(days=2)
COLUMNS = {
    "user_profile": {"user_age": Int64, "country": String},
    "user_activity": {"sessions_7d": Int64, "spend_30d": Float32},
}


def source_of(name):
    return FileSource(
        name=f"{name}_source",
        path=f"data/{name}.parquet",
        timestamp_field="event_timestamp",
        created_timestamp_column="created_timestamp",
    )


def view_of(name, columns, **common):
    fields = [Field(name=column, dtype=dtype) for column, dtype in columns.items()]
    return FeatureView(name=name, schema=fields, source=source_of(name), **common)


# An entity whose name is its key needs no join_keys.
user = Entity(name="user_id", value_type=ValueType.INT64)
common = {"entities": [user], "ttl": DAILY, "tags": {"team": "growth"}}
views = [view_of(name, columns, **common) for name, columns in COLUMNS.items()]
