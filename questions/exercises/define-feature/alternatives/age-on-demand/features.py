from datetime import datetime, timedelta, timezone

import pandas as pd
from feast import Entity, FeatureService, FeatureView, Field, FileSource, RequestSource, ValueType
from feast.on_demand_feature_view import on_demand_feature_view
from feast.types import Int32, Int64, UnixTimestamp

user = Entity(name="user", join_keys=["user_id"], value_type=ValueType.INT64)

births = FeatureView(
    name="user_birth",
    entities=[user],
    ttl=timedelta(days=3650),
    schema=[Field(name="birth_date", dtype=UnixTimestamp)],
    source=FileSource(path="data/user_profile.parquet", timestamp_field="event_timestamp"),
    owner="growth-data@example.com",
)

request = RequestSource(name="request", schema=[Field(name="now_s", dtype=Int64)])


# Stored, an age is wrong from the next birthday on; the date of birth never is.
@on_demand_feature_view(
    sources=[births, request],
    schema=[Field(name="user_age", dtype=Int32)],
    mode="python",
    singleton=True,
)
def user_age_now(inputs: dict) -> dict:
    today = datetime.fromtimestamp(inputs["now_s"], tz=timezone.utc)
    born = inputs["birth_date"]
    had_birthday = (today.month, today.day) >= (born.month, born.day)
    return {"user_age": today.year - born.year - (0 if had_birthday else 1)}


def as_frame(rows: list[dict]) -> pd.DataFrame:
    return pd.DataFrame(rows)


service = FeatureService(name="churn_v2", features=[user_age_now])
