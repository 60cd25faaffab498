# {{context}}
#
# {{table}}
#   user_id            int64
#   birth_date         timestamp
#   user_age           int32      {{column_age}}
#   event_timestamp    timestamp  {{column_event}}
#   created_timestamp  timestamp  {{column_created}}
#
# {{task}}
from feast import Feature, ValueType

# {{start}}
feature = Feature(name="user_age", dtype=ValueType.INT32)
