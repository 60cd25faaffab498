import datetime

import feast
from feast import types as t
from feast.field import Field

user = feast.Entity(
    name="user",
    join_keys=["user_id"],
    value_type=feast.ValueType.INT64,
    tags={"domain": "identity"},
)

table = feast.BigQuerySource(
    table="shop.features.user_profile",
    timestamp_field="event_timestamp",
    created_timestamp_column="created_timestamp",
)

schema = []
for column, dtype in (("user_age", t.Int64), ("tenure_days", t.Int64)):
    schema.append(Field(name=column, dtype=dtype, tags={"unit": "count"}))

profile = feast.BatchFeatureView(
    name="user_profile",
    entities=[user],
    ttl=datetime.timedelta(days=1, hours=6),
    schema=schema,
    source=table,
    online=True,
)

if __name__ == "__main__":
    feast.FeatureStore(repo_path=".").apply([user, table, profile])
