import json
import sqlite3


def point_in_time_join(events, features, ttl):
    seconds = lambda moment: moment.timestamp()
    db = sqlite3.connect(":memory:")
    db.execute("CREATE TABLE events (i INTEGER PRIMARY KEY, user_id TEXT, ts REAL)")
    db.execute("CREATE TABLE features (user_id TEXT, ts REAL, created REAL, value TEXT)")
    db.executemany(
        "INSERT INTO events VALUES (?, ?, ?)",
        [(i, e["user_id"], seconds(e["ts"])) for i, e in enumerate(events)],
    )
    db.executemany(
        "INSERT INTO features VALUES (?, ?, ?, ?)",
        [(f["user_id"], seconds(f["ts"]), seconds(f["created"]), json.dumps(f["value"])) for f in features],
    )
    db.execute("CREATE INDEX as_of ON features (user_id, ts DESC, created DESC)")
    query = """
        SELECT (
            SELECT f.value FROM features f
            WHERE f.user_id = e.user_id AND f.ts <= e.ts AND f.ts >= e.ts - ?
            ORDER BY f.ts DESC, f.created DESC LIMIT 1
        )
        FROM events e ORDER BY e.i
    """
    try:
        rows = db.execute(query, (ttl.total_seconds(),)).fetchall()
    finally:
        db.close()
    return [None if value is None else json.loads(value) for (value,) in rows]
