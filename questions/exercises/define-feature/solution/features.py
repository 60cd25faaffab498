from datetime import timedelta

from feast import Entity, FeatureService, FeatureView, Field, FileSource, ValueType
from feast.types import Int32

# ValueType is still right for the key of an entity, and only there.
user = Entity(
    name="user",
    join_keys=["user_id"],
    value_type=ValueType.INT64,
    description="A registered user",
)

# Point-in-time joins look at event_timestamp, when the profile was true. created_timestamp is when the row
# was written: it only settles duplicates, for instance after a backfill.
user_profile_source = FileSource(
    name="user_profile_source",
    path="data/user_profile.parquet",
    timestamp_field="event_timestamp",
    created_timestamp_column="created_timestamp",
)

# The table is refreshed every night, so a TTL of 3 days bridges two failed loads and no more.
# A stored age goes stale on the next birthday: birth_date is the stable fact, from which an on-demand view
# can compute the age at request time. Kept stored here because the models in place were trained on it.
user_profile = FeatureView(
    name="user_profile_daily",
    entities=[user],
    ttl=timedelta(days=3),
    schema=[Field(name="user_age", dtype=Int32, description="Age in full years at event_timestamp")],
    source=user_profile_source,
    online=True,
    owner="growth-data@example.com",
    tags={"team": "growth", "pii": "yes"},
)

# What a model version reads, by name: training and serving ask for the same list.
churn_v1 = FeatureService(name="churn_v1", features=[user_profile])
