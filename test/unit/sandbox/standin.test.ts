import assert from 'node:assert/strict';
import { openSandbox, submissionOf, type TestSandbox } from '../../support/sandbox.ts';

// Tells the first error, what the run that takes notes complained about, and what was defined.
const CHECK = `
import json
def check(submission):
    error = submission.error
    told = {
        'error': error and [error['type'], error['line'], error['msg']],
        'problems': [[p['code'], p.get('line')] for p in submission.problems],
        'objects': [[type(o).__name__, str(getattr(o, 'name', '')), o._line] for o in submission.objects],
        'complete': submission.complete,
    }
    text = json.dumps(told)
    return [{'rule': 'told', 'line': 1, 'params': {'at': str(i), 'text': text[i:i + 400]}} for i in range(0, len(text), 400)]
`;

interface Told {
  readonly error: readonly [string, number | null, string] | null;
  readonly problems: readonly (readonly [string, number | null])[];
  readonly objects: readonly (readonly [string, string, number | null])[];
  readonly complete: boolean;
}

const IMPORTS = `from datetime import timedelta
from feast import (Aggregation, BatchFeatureView, BigQuerySource, Entity, Feature, FeatureService, FeatureStore, FeatureView, Field,
    FileSource, KafkaSource, KinesisSource, LabelView, OnDemandFeatureView, Project, PushSource, RedshiftSource, RequestSource,
    SnowflakeSource, StreamFeatureView, ValueType)
from feast.data_format import AvroFormat, JsonFormat, ParquetFormat
from feast.on_demand_feature_view import on_demand_feature_view
from feast.types import Array, Bool, Float32, Int32, Int64, Map, Set, String, Struct, UnixTimestamp
user = Entity(name="user", join_keys=["user_id"], value_type=ValueType.INT64)
source = FileSource(path="a.parquet", timestamp_field="ts", created_timestamp_column="created")
view = FeatureView(name="v", entities=[user], ttl=timedelta(days=1), schema=[Field(name="a", dtype=Int64)], source=source)
`;
const NEXT = IMPORTS.split('\n').length;

describe('the stand-in for Feast', function () {
  this.timeout(120_000);
  let sandbox: TestSandbox;
  before(() => {
    sandbox = openSandbox();
  });
  after(() => sandbox.dispose());

  async function define(source: string): Promise<Told> {
    const outcome = await sandbox.run(
      submissionOf(source, CHECK, { provides: ['feast'] }),
      new AbortController().signal,
    );
    assert.equal(outcome.state, 'ran', JSON.stringify(outcome));
    const parts = outcome.state === 'ran' ? outcome.violations.map((v) => v.params?.['text'] ?? '') : [];
    return JSON.parse(parts.join('')) as Told;
  }

  it('takes every shape of a definition that Feast takes', async () => {
    const told = await define(`${IMPORTS}
Entity(name="bare")
Entity(name="full", join_keys=None, value_type=ValueType.STRING, description="d", tags={"a": "b"}, owner="me")
Field(name="f", dtype=Array(String), tags={"k": "v"}, vector_index=True, vector_length=8, vector_search_metric="cosine")
for dtype in (Bool, Float32, Int32, Map, Set(Int64), Struct({"x": Int64}), UnixTimestamp, Array(Array(Int64))):
    Field(name="g", dtype=dtype)
FeatureView(name="keys", entities=[user], schema=[Field(name="user_id", dtype=Int64), Field(name="a", dtype=Int64)], source=source)
FeatureView(name="none", source=source, ttl=None, online=False, tags={}, owner="me", org="x", version="latest")
BigQuerySource(table="p.d.t", timestamp_field="ts")
BigQuerySource(name="q", query="SELECT 1", timestamp_field="ts")
RedshiftSource(table="t", schema="s", database="d", timestamp_field="ts")
SnowflakeSource(database="d", schema="s", table="t", timestamp_field="ts")
push = PushSource(name="push", batch_source=source)
kafka = KafkaSource(name="k", timestamp_field="ts", batch_source=source, topic="t", kafka_bootstrap_servers="b",
    message_format=JsonFormat(schema_json="a long"), watermark_delay_threshold=timedelta(minutes=5))
KinesisSource(name="kin", record_format=AvroFormat("{}"), region="eu", stream_name="s", batch_source=source)
FeatureView(name="pushed", entities=[user], schema=[Field(name="a", dtype=Int64)], source=push)
FeatureView(name="streamed", entities=[user], schema=[Field(name="a", dtype=Int64)], source=kafka, ttl=timedelta(hours=1))
StreamFeatureView(name="sfv", entities=[user], schema=[Field(name="a", dtype=Int64)], source=kafka, mode="spark",
    timestamp_field="ts", aggregations=[Aggregation(column="a", function="sum", time_window=timedelta(hours=1))])
BatchFeatureView(name="bfv", entities=[user], schema=[Field(name="a", dtype=Int64)], source=source, online=True)
LabelView(name="labels", entities=[user], schema=[Field(name="label", dtype=Int64)], source=push)
request = RequestSource(name="r", schema=[Field(name="x", dtype=Int64)])
@on_demand_feature_view(sources=[view, request], schema=[Field(name="y", dtype=Int64)], mode="python", singleton=True)
def computed(inputs):
    return {"y": inputs["a"] + inputs["x"]}
@on_demand_feature_view(name="named", sources=[view[["a"]], view.with_name("again"), view.projection], schema=[Field(name="z", dtype=Int64)])
def other(inputs):
    return inputs
FeatureService(name="s", features=[view, view[["a"]], computed, view.with_join_key_map({"user_id": "buyer_id"})], tags={"t": "1"})
Project(name="p", description="d")
if __name__ == "__main__":
    FeatureStore(repo_path=".").apply([user, view])
`);
    assert.deepEqual([told.error, told.problems, told.complete], [null, [], true]);
    assert.ok(told.objects.some(([kind, name]) => kind === 'OnDemandFeatureView' && name === 'computed'));
    assert.equal(told.objects.filter(([, name]) => name === 'v').length, 1);
  });

  it('records what is defined in order, each on its line, also inside helpers and loops', async () => {
    const told = await define(`from feast import Entity, Field
from feast.types import Int64

def field(name):
    return Field(name=name, dtype=Int64)

user = Entity(
    name="user",
)
fields = [field(n) for n in ("a", "b")]
`);
    assert.deepEqual(told.objects, [
      ['Entity', 'user', 7],
      ['Field', 'a', 5],
      ['Field', 'b', 5],
    ]);
  });

  const refused: readonly (readonly [string, string, string, RegExp])[] = [
    ['Entity("user")', 'TypeError', 'positional-arguments', /keyword arguments only/],
    ['Entity(join_keys=["a"])', 'TypeError', 'missing-argument', /'name'/],
    ['Entity(name="u", join_key="user_id")', 'TypeError', 'unknown-argument', /'join_key'/],
    ['Entity(name="u", join_keys=["a", "b"])', 'ValueError', 'join-keys-many', /single join key/],
    ['Entity(name="u", join_keys="a")', 'TypeCheckError', 'argument-type', /a list of str/],
    ['Entity(name="u", value_type=Int64)', 'TypeCheckError', 'argument-type', /ValueType/],
    ['Field("a", Int64)', 'TypeError', 'positional-arguments', /keyword arguments only/],
    ['Field(name="a", dtype=ValueType.INT32)', 'TypeCheckError', 'argument-type', /feast\.types/],
    ['Field(name="a", dtype=int)', 'TypeCheckError', 'argument-type', /<class 'int'>/],
    ['Field(name="a", dtype="Int64")', 'TypeCheckError', 'argument-type', /'Int64' \(str\)/],
    ['Field(name="a", dtype=Array(int))', 'ValueError', 'bad-value', /not supported as a base type/],
    ['Feature("a", Int64)', 'ValueError', 'bad-value', /not a valid ValueType/],
    ['FileSource(timestamp_field="ts")', 'TypeError', 'missing-argument', /'path'/],
    [
      'FileSource(path="p", date_partition_column="d")',
      'TypeError',
      'unknown-argument',
      /date_partition_column/,
    ],
    [
      'FileSource(path="p", timestamp_field="t", created_timestamp_column="t")',
      'ValueError',
      'timestamp-twice',
      /same column/,
    ],
    ['BigQuerySource(name="q", timestamp_field="ts")', 'ValueError', 'bad-value', /"table" or "query"/],
    [
      'BigQuerySource(table="t", event_timestamp_column="ts")',
      'TypeError',
      'unknown-argument',
      /event_timestamp_column/,
    ],
    ['PushSource(name="p", batch_source="file")', 'TypeCheckError', 'argument-type', /a data source/],
    [
      'FeatureView(name="x", source=PushSource(name="p"))',
      'ValueError',
      'stream-without-batch',
      /batch_source/,
    ],
    ['FeatureView(name="x", source=source, features=[])', 'TypeError', 'unknown-argument', /'features'/],
    ['FeatureView(name="x", batch_source=source)', 'TypeError', 'unknown-argument', /'batch_source'/],
    ['FeatureView("x", [user], timedelta(1))', 'TypeError', 'positional-arguments', /keyword/],
    [
      'FeatureView(name="x", source=source, entities=["user"])',
      'TypeCheckError',
      'argument-type',
      /'user' \(str\)/,
    ],
    ['FeatureView(name="x", source=source, ttl=86400)', 'TypeCheckError', 'argument-type', /timedelta/],
    ['FeatureView(name="x", source="a.parquet")', 'TypeCheckError', 'argument-type', /source/],
    [
      'FeatureView(name="x", source=source, schema=[("a", Int64)])',
      'TypeCheckError',
      'argument-type',
      /Field/,
    ],
    [
      'FeatureView(name="x", source=source, entities=[user, user])',
      'ValueError',
      'bad-value',
      /share a join key/,
    ],
    [
      'FeatureView(name="x", source=source, entities=[user], schema=[Field(name="user_id", dtype=String)])',
      'ValueError',
      'entity-type-mismatch',
      /does not match/,
    ],
    ['StreamFeatureView(name="x", source=source)', 'ValueError', 'bad-value', /stream source/],
    ['OnDemandFeatureView(name="x", schema=[])', 'ValueError', 'bad-value', /sources/],
    ['on_demand_feature_view(sources=[view])', 'TypeError', 'missing-argument', /'schema'/],
    ['FeatureService(name="s", features=["v:a"])', 'TypeCheckError', 'argument-type', /feature view/],
    ['view[["nothing"]]', 'ValueError', 'bad-value', /does not exist/],
    ['view["a"]', 'AssertionError', 'bad-value', /list/],
  ];

  it('refuses what Feast refuses, on its line and with what was expected', async () => {
    // One run shows them all: the first is raised, the others are noted.
    for (const [statement, type, code, message] of refused.slice(0, 3)) {
      const told = await define(`${IMPORTS}\nx = 1\n${statement}\n`);
      assert.deepEqual(told.error?.slice(0, 2), [type, NEXT + 2], statement);
      assert.match(told.error?.[2] ?? '', message);
      assert.deepEqual(told.problems[0], [code, NEXT + 2], statement);
    }
    const all = await define(`${IMPORTS}${refused.map(([statement]) => `\n${statement}`).join('')}\n`);
    assert.deepEqual(all.error?.slice(0, 2), ['TypeError', NEXT + 1]);
    assert.equal(all.complete, true);
    const noted = refused.map(([statement, , code], i) => {
      const found = all.problems.some(([told, line]) => told === code && line === NEXT + 1 + i);
      return found ? '' : statement;
    });
    assert.deepEqual(noted.filter(Boolean), []);
  });

  it('raises each of them when it is met alone', async () => {
    const guarded = refused.map(
      ([statement]) =>
        `try:\n    ${statement}\n    print("-")\nexcept Exception as e:\n    print(type(e).__name__ + "|" + str(e).replace(chr(10), " "))\n`,
    );
    const outcome = await sandbox.run(
      submissionOf(
        `${IMPORTS}\n${guarded.join('')}`,
        `def check(s):
    return [{'rule': 'out', 'line': 1, 'params': {'t': line[:400]}} for line in s.stdout.splitlines()]`,
        { provides: ['feast'] },
      ),
      new AbortController().signal,
    );
    const lines = outcome.state === 'ran' ? outcome.violations.map((v) => v.params?.['t'] ?? '') : [];
    assert.equal(lines.length, refused.length, JSON.stringify(outcome).slice(0, 400));
    for (const [i, [statement, type, , message]] of refused.entries()) {
      const [raised = '', said = ''] = lines[i]?.split('|') ?? [];
      assert.equal(raised, type, statement);
      assert.match(said, message, statement);
    }
  });

  it('refuses a name that Feast does not have, and says so of a part that it does not model', async () => {
    const ends: readonly (readonly [string, string, RegExp])[] = [
      ['from feast import Int32', 'ImportError', /cannot import name 'Int32'/],
      ['from feast.types import Integer', 'ImportError', /cannot import name 'Integer'/],
      ['import feast.permissions.permission', 'NotModelled', /feast\.permissions/],
      [
        'from feast.infra.offline_stores.contrib.ray_offline_store import x',
        'NotModelled',
        /ray_offline_store/,
      ],
      ['from feast import RepoConfig\nRepoConfig(project="p")', 'NotModelled', /RepoConfig/],
      [
        'from feast import FeatureStore\nFeatureStore().get_online_features()',
        'NotModelled',
        /get_online_features/,
      ],
      [
        'import pandas as pd\ndef f(x: pd.DataFrame) -> pd.DataFrame | None: ...\npd.DataFrame()',
        'NotModelled',
        /pandas\.DataFrame/,
      ],
      ['import somewhere_else', 'ModuleNotFoundError', /somewhere_else/],
    ];
    for (const [source, type, message] of ends) {
      const { error } = await define(source);
      assert.equal(error?.[0], type, source);
      assert.equal(error?.[1], source.split('\n').length, source);
      assert.match(error?.[2] ?? '', message);
    }
  });

  it('leaves alone what the program caught itself', async () => {
    const told = await define(`${IMPORTS}\ntry:\n    Entity("x")\nexcept TypeError:\n    pass\n`);
    assert.deepEqual([told.error, told.problems], [null, []]);
  });
});
