from datetime import timedelta

from feast import Entity, FeatureService, FeatureView, Field, FileSource, PushSource
from feast.data_format import ParquetFormat
from feast.types import Int32, Int64
from feast.value_type import ValueType

user = Entity(name="user", join_keys=["user_id"], value_type=ValueType.INT64)

history = FileSource(
    name="user_profile_history",
    path="data/user_profile.parquet",
    file_format=ParquetFormat(),
    timestamp_field="event_timestamp",
)

# The profile service pushes each change; the file is the history for training.
updates = PushSource(name="user_profile_updates", batch_source=history)

user_profile = FeatureView(
    name="user_profile",
    entities=[user],
    ttl=timedelta(hours=36),
    # The key may be listed too, with the type of its entity.
    schema=[Field(name="user_id", dtype=Int64), Field(name="user_age", dtype=Int32)],
    source=updates,
)

service = FeatureService(name="scoring_v2", features=[user_profile[["user_age"]]])
