from datetime import timedelta

from feast import Entity, FeatureView, Field, FileSource, ValueType
from feast.types import Int32

user = Entity(name="user", join_key="user_id", value_type=ValueType.INT64)

user_profile_source = FileSource(
    path="data/user_profile.parquet",
    timestamp_field="event_timestamp",
    created_timestamp_column="created_timestamp",
)

user_profile = FeatureView(
    name="user_profile_daily",
    entities=[user],
    ttl=timedelta(days=3),
    schema=[Field(name="user_age", dtype=Int32)],
    source=user_profile_source,
    online=True,
)
