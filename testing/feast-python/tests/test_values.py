"""
Every type of value there and back, in random values of each: stored by Feast and read through a server, written through
a server and read by Feast, and joined from history. What Feast's own client and stores cannot carry is in tables here,
each with what Feast says to it, so that a case fails as soon as Feast says something else.
"""

import json
import math
import re
import traceback
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import cached_property

import grpc
import numpy as np
import pandas as pd
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import requests
from conftest import MANCIPLE, client_of, manciple, new_repository, serve, started, write_configuration
from feast import FeatureStore
from feast import types as feast
from feast.feature_server_utils import convert_response_to_dict
from feast.infra.online_stores.remote import RemoteOnlineStore
from feast.protos.feast.serving.GrpcServer_pb2 import WriteToOnlineStoreRequest
from feast.protos.feast.serving.GrpcServer_pb2_grpc import GrpcFeatureServerStub
from feast.protos.feast.serving.ServingService_pb2 import FeatureList, GetOnlineFeaturesRequest
from feast.protos.feast.serving.ServingService_pb2_grpc import ServingServiceStub
from feast.protos.feast.types.EntityKey_pb2 import EntityKey
from feast.protos.feast.types.Value_pb2 import RepeatedValue, Value
from feast.type_map import feast_value_type_to_python_type, python_values_to_proto_values
from feast.value_type import ValueType
from random_values import TYPES, column, messages, values

ROWS = {"sqlite": 1000, "redis": 1000, "postgres": 1000, "cassandra": 200, "dynamodb": 200}
NOW = datetime(2024, 5, 1, 10, tzinfo=timezone.utc)
BY_FEAST, OVER_GRPC, IN_FRAMES = 1_000_000, 2_000_000, 3_000_000

JSON_OF_BYTES = TypeError, "Object of type bytes is not JSON serializable", "post_remote_online_write"
JSON_OF_DECIMALS = TypeError, "Object of type Decimal is not JSON serializable", "post_remote_online_write"
JSON_OF_SETS = TypeError, "Object of type set is not JSON serializable", "post_remote_online_write"
# Types that Feast's client writes to no server: its error, the words, and the function of Feast's that fails.
NOT_WRITTEN = {
    "Bytes": JSON_OF_BYTES,
    "ImageBytes": JSON_OF_BYTES,
    "Array(Bytes)": JSON_OF_BYTES,
    "Decimal": JSON_OF_DECIMALS,
    "Array(Decimal)": JSON_OF_DECIMALS,
    "Set(Bytes)": JSON_OF_SETS,
    "Set(String)": JSON_OF_SETS,
    "Set(Int32)": JSON_OF_SETS,
    "Set(Int64)": JSON_OF_SETS,
    "Set(Float32)": JSON_OF_SETS,
    "Set(Float64)": JSON_OF_SETS,
    "Set(Bool)": JSON_OF_SETS,
    "Set(Decimal)": JSON_OF_SETS,
    "PdfBytes": (Exception, "Unsupported data type: ValueType.PDF_BYTES", "_python_value_to_proto_value"),
    "ScalarMap": (pa.ArrowTypeError, "Expected dict key of type str or bytes", "_prep_rows_to_write_for_ingestion"),
    "ZonedTimestamp": (TypeError, "ZONED_TIMESTAMP expects datetime values", "_convert_scalar_values_to_proto"),
}
FRAMED = [name for name in TYPES if name not in NOT_WRITTEN]
# Types of which it writes not the numbers that JSON lacks.
INFINITE = dict.fromkeys(
    ["Float32", "Float64", "Array(Float32)", "Array(Float64)"],
    (
        requests.exceptions.InvalidJSONError,
        "Out of range float values are not JSON compliant",
        "post_remote_online_write",
    ),
)

# What Feast's client reads from no server, since it guesses types from JSON.
EMPTY = "Couldn't infer value type from empty value"
NESTED = "recursion is not allowed. Nested collection types cannot be inferred automatically"
ABSENT = "Value with native type nonetype cannot be converted into Feast value type"


def not_read(name):
    """The words of Feast's client about values of a type, of which it reads the others."""
    feast_type = TYPES[name][0]
    words = {EMPTY} if isinstance(feast_type, (feast.Array, feast.Set)) or name == "Map" else set()
    if words and "Float" in name:
        # Infinite numbers are null in JSON.
        words.add(ABSENT)
    if name.count("(") > 1:
        # Feast stores an empty collection inside of another as null.
        words |= {NESTED, ABSENT}
    return words


def definitions(**views):
    entity_and_source = """
entities:
  - {name: driver, join_keys: [driver_id], value_type: int64}
data_sources:
  - {name: stats, path: stats.parquet, timestamp_field: event_timestamp, created_timestamp_column: created}
feature_views:
"""
    return entity_and_source + "".join(
        f"  - name: {view}\n    entities: [driver]\n    ttl: 0\n    source: stats\n    schema:\n"
        + "".join(f"      - {{name: {column(name)}, dtype: '{TYPES[name][0]}'}}\n" for name in names)
        for view, names in views.items()
    )


BINARY = {"Bytes": pa.binary(), "ImageBytes": pa.binary(), "PdfBytes": pa.binary()}
# What Feast has no type of Arrow for; bytes are binary in files all the same.
WITHOUT_ARROW = BINARY | {"Array(Bytes)": pa.list_(pa.binary()), "Set(Bytes)": pa.list_(pa.binary()), "ScalarMap": None}
JOINED = [name for name in TYPES if WITHOUT_ARROW.get(name, pa.null()) is not None]


def in_a_file(name, value):
    """A value as a program puts it into a file of the types that Feast has in Arrow."""
    if isinstance(value, (list, set, tuple, frozenset)):
        return [in_a_file(name, each) for each in value]
    if isinstance(value, dict) and "Map" in name:
        return {key: None if each is None else json.dumps(each) for key, each in value.items()}
    return str(value) if value is not None and ("Uuid" in name or "Decimal" in name) else value


def history(rows):
    times = pa.array([NOW] * rows, pa.timestamp("us", tz="UTC"))
    columns = {"driver_id": pa.array(range(rows)), "event_timestamp": times, "created": times}
    for name in JOINED:
        arrow_type = WITHOUT_ARROW.get(name) or feast.from_feast_to_pyarrow_type(TYPES[name][0])
        columns[column(name)] = pa.array([in_a_file(name, each) for each in values(name, rows)], arrow_type)
    return pa.table(columns)


def in_a_frame(name, value):
    """A value as Feast's client takes it in a frame."""
    if value is None:
        return None
    if name in ("Map", "Array(Map)", "Struct", "Array(Struct)"):
        return json.dumps(value)
    if isinstance(value, (list, set, tuple, frozenset)):
        return [in_a_frame(name, each) for each in value]
    if "Uuid" in name:
        return str(value)
    return 0.5 if isinstance(value, float) and not math.isfinite(value) else value


def frame(**made):
    rows = len(next(iter(made.values())))
    return pd.DataFrame(
        {"driver_id": range(IN_FRAMES, IN_FRAMES + rows), "event_timestamp": NOW, "created": NOW}
        | {name: pd.Series(each, dtype="object") for name, each in made.items()}
    )


@dataclass
class Both:
    """Two ways to the same online store: straight, and through a server of Manciple."""

    store: str
    direct: FeatureStore
    remote: FeatureStore
    url: str
    channel: grpc.Channel

    @property
    def rows(self):
        return ROWS[self.store]

    @property
    def references(self):
        return [f"everything:{column(name)}" for name in TYPES]

    def keys(self, first):
        return range(first, first + self.rows)

    @cached_property
    def messages(self):
        return {name: messages(name, self.rows) for name in TYPES}

    @cached_property
    def storable(self):
        """What Feast's own store takes of the messages."""
        return self.messages | {
            "String": [without_nul(each) if self.store == "postgres" else each for each in self.messages["String"]]
        }

    @cached_property
    def stored_by_feast(self):
        """What Feast stored and reads itself."""
        view = self.direct.get_feature_view("everything")
        rows = [
            (EntityKey(join_keys=["driver_id"], entity_values=[Value(int64_val=key)]), dict(zip(names, row)), NOW, NOW)
            for names in [[column(name) for name in self.storable]]
            for key, row in zip(self.keys(BY_FEAST), zip(*self.storable.values()))
        ]
        self.direct._get_provider().online_write_batch(self.direct.config, view, rows, None)
        return self.direct.get_online_features(
            self.references, [{"driver_id": key} for key in self.keys(BY_FEAST)]
        ).proto

    @cached_property
    def told_by_feast(self):
        """The same as Feast's feature server writes it."""
        return convert_response_to_dict(self.stored_by_feast)

    @cached_property
    def told_over_grpc(self):
        assert self.stored_by_feast
        keys = RepeatedValue(val=[Value(int64_val=key) for key in self.keys(BY_FEAST)])
        return ServingServiceStub(self.channel).GetOnlineFeatures(
            GetOnlineFeaturesRequest(features=FeatureList(val=self.references), entities={"driver_id": keys}),
            timeout=60,
        )

    @cached_property
    def told_over_http(self):
        assert self.stored_by_feast
        answer = requests.post(
            f"{self.url}/get-online-features",
            json={"features": self.references, "entities": {"driver_id": list(self.keys(BY_FEAST))}},
            timeout=60,
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    @cached_property
    def written_over_grpc(self):
        """What was written through the server in typed rows, as Feast reads it."""
        stub = GrpcFeatureServerStub(self.channel)
        now = Value(unix_timestamp_val=int(NOW.timestamp()))

        def write(key, row):
            features = dict(zip(map(column, self.messages), row))
            features |= {"driver_id": Value(int64_val=key), "event_timestamp": now, "created": now}
            stub.WriteToOnlineStore(
                WriteToOnlineStoreRequest(
                    feature_view_name="everything", allow_registry_cache=True, typed_features=features
                ),
                timeout=60,
            )

        with ThreadPoolExecutor(4) as threads:
            list(threads.map(write, self.keys(OVER_GRPC), zip(*self.messages.values())))
        return self.direct.get_online_features(
            self.references, [{"driver_id": key} for key in self.keys(OVER_GRPC)]
        ).proto

    @cached_property
    def written_in_frames(self):
        """What Feast's client wrote through the server, and Feast reads of it."""
        made = {
            # Feast turns integers beside nulls into floats, which have no room for the largest.
            name: [in_a_frame(name, each) for each in values(name, self.rows, 0 if name.startswith("Int") else 0.05)]
            for name in FRAMED
        }
        self.remote.write_to_online_store("framed", frame(**{column(name): each for name, each in made.items()}))
        return made, self.direct.get_online_features(
            [f"framed:{column(name)}" for name in FRAMED], [{"driver_id": key} for key in self.keys(IN_FRAMES)]
        ).proto


def alone(store):
    """The types that have a view of their own, to be refused one by one."""
    return {"sqlite": [*NOT_WRITTEN, *INFINITE], "postgres": ["String"]}.get(store, [])


@pytest.fixture(scope="module", params=ROWS)
def both(request, tmp_path_factory, servers):
    folder = tmp_path_factory.mktemp("values")
    repo = new_repository(folder / "repo", project="everything", online=servers.online_store(request.param))
    single = {f"v_{column(name)}": [name] for name in alone(request.param)}
    (repo / "features.yaml").write_text(definitions(everything=list(TYPES), framed=FRAMED, **single))
    pq.write_table(history(1).append_column(column("ScalarMap"), pa.array(["[]"])), repo / "stats.parquet")
    manciple(repo, "apply")
    server = started([MANCIPLE, "-c", str(repo), "serve", "-p", "0", "--grpc-port", "0"], r"http://\S+:\d+")
    address = re.search(r"\S+:\d+(?= \(gRPC)", server.process.stdout.readline()).group()
    theirs = client_of(server, folder / "client", repo, "everything")
    with grpc.insecure_channel(address, options=[("grpc.max_receive_message_length", -1)]) as channel:
        yield Both(request.param, FeatureStore(str(repo)), FeatureStore(str(theirs)), server.url, channel)
    server.stop()


def without_nul(message):
    return Value(string_val=message.string_val.replace("\x00", "")) if message.HasField("string_val") else message


def of_column(name, answer):
    return list(answer.results[list(answer.metadata.feature_names.val).index(column(name))].values)


def of_json_column(name, answer):
    return answer["results"][answer["metadata"]["feature_names"].index(column(name))]["values"]


def shown(value):
    """One form for lists and arrays, maps of any order, and zones of any class; NaN is NaN, and 1 is not 1.0."""
    if isinstance(value, (list, np.ndarray)):
        return repr([shown(each) for each in value])
    if isinstance(value, dict):
        return repr(sorted((shown(key), shown(each)) for key, each in value.items()))
    return value.isoformat() if isinstance(value, datetime) else repr(value)


def unordered(feast_type, value):
    """As shown, but sets are equal whatever their order."""
    if value is None or not isinstance(feast_type, (feast.Array, feast.Set)):
        return shown(value)
    collection = frozenset if isinstance(feast_type, feast.Set) else tuple
    return collection(unordered(feast_type.base_type, each) for each in value)


def comparable(name, message):
    """Every byte of a message, but of sets, which have no order, and are lists to Feast where they are in others."""
    if "Set(" not in name:
        return message.SerializeToString(deterministic=True)
    return message.WhichOneof("val"), unordered(TYPES[name][0], feast_value_type_to_python_type(message))


def assert_same(name, expected, actual):
    assert len(expected) == len(actual)
    for row, (one, other) in enumerate(zip(expected, actual)):
        assert comparable(name, one) == comparable(name, other), f"{name}, row {row}: {one}became\n{other}"


def told_in_json(value):
    """Numbers that JSON lacks are null, where Feast's server fails."""
    if isinstance(value, list):
        return [told_in_json(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def read_by_feasts_client(value):
    """What Feast's client makes of a value in an answer of Feast's own server."""
    answer = {"metadata": {"feature_names": ["f"]}, "results": [{"values": [value], "statuses": ["PRESENT"]}]}
    return RemoteOnlineStore()._build_online_response_from_json(answer).proto.results[0].values[0]


def assert_fails(expected, action):
    error, words, function = expected
    with pytest.raises(error, match=re.escape(words)) as raised:
        action()
    assert function in [frame.name for frame in traceback.extract_tb(raised.tb)]


def test_no_type_of_feast_is_left_out():
    assert {feast_type.to_value_type() for feast_type, _ in TYPES.values()} == set(ValueType) - {
        ValueType.UNKNOWN,
        ValueType.NULL,
    }
    refused = []
    for collection in (feast.Array, feast.Set):
        for base in feast.PrimitiveFeastType:
            try:
                collection(base).to_value_type()
            except (KeyError, ValueError):
                # Refused, or taken and without a type to be stored as.
                refused.append(f"{collection.__name__}({base})")
            else:
                assert f"{collection.__name__}({base})" in TYPES
    none = ["Invalid", "PdfBytes", "ImageBytes", "ScalarMap", "ZonedTimestamp"]
    assert sorted(refused) == sorted([f"{c}({b})" for c in ("Array", "Set") for b in none] + ["Set(Map)", "Set(Json)"])


@pytest.mark.parametrize("name", TYPES)
def test_values_make_the_way_through_feasts_messages(name):
    """That what is compared here are the values themselves."""
    made = values(name, 1000)
    read = [feast_value_type_to_python_type(each) for each in messages(name, 1000)]
    for value, back in zip(made, read):
        if isinstance(back, float) and math.isnan(back):
            continue
        if name == "Json":
            value = None if value is None else json.loads(value)
        if name == "Array(Json)":
            value = None if value is None else [json.loads(each) for each in value]
        if name.count("(") > 1:
            value = with_null_for_empty(value)
        assert unordered(TYPES[name][0], back) == unordered(TYPES[name][0], value)


def with_null_for_empty(value, depth=0):
    if not isinstance(value, (list, tuple, set, frozenset)):
        return value
    return [with_null_for_empty(each, depth + 1) for each in value] if value or not depth else None


@pytest.mark.parametrize("name", TYPES)
def test_stored_by_feast_and_read_over_grpc(both, name):
    assert_same(name, both.storable[name], of_column(name, both.stored_by_feast))
    assert_same(name, both.storable[name], of_column(name, both.told_over_grpc))


@pytest.mark.parametrize("name", TYPES)
def test_stored_by_feast_and_read_over_http(both, name):
    expected = told_in_json(of_json_column(name, both.told_by_feast))
    for one, other in zip(expected, of_json_column(name, both.told_over_http), strict=True):
        # As text, in which true is not 1, 1 is not 1.0, and 0.0 is not -0.0.
        assert json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


@pytest.mark.parametrize("name", TYPES)
def test_stored_by_feast_and_read_by_its_client(both, name):
    expected, words = {}, {}
    for key, told in zip(both.keys(BY_FEAST), told_in_json(of_json_column(name, both.told_by_feast))):
        try:
            expected[key] = read_by_feasts_client(told)
        except (TypeError, ValueError) as e:
            word = next(each for each in (EMPTY, NESTED, ABSENT) if each in str(e))
            words.setdefault(word, (type(e), key))

    def read(keys):
        rows = [{"driver_id": key} for key in keys]
        return of_column(name, both.remote.get_online_features([f"everything:{column(name)}"], rows).proto)

    assert_same(name, list(expected.values()), read(expected))
    for word, (error, key) in words.items():
        with pytest.raises(error, match=re.escape(word)):
            read([key])
    assert set(words) == not_read(name)


@pytest.mark.parametrize("name", TYPES)
def test_written_over_grpc_and_read_by_feast(both, name):
    assert_same(name, both.messages[name], of_column(name, both.written_over_grpc))


@pytest.mark.parametrize("name", FRAMED)
def test_written_in_frames_and_read_by_feast(both, name):
    written, read = both.written_in_frames
    assert_same(
        name, python_values_to_proto_values(written[name], TYPES[name][0].to_value_type()), of_column(name, read)
    )


@pytest.mark.parametrize("both", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", NOT_WRITTEN)
def test_of_some_types_feasts_client_writes_none(both, name):
    made = frame(**{column(name): [each for each in values(name, 100) if each]})
    assert_fails(NOT_WRITTEN[name], lambda: both.remote.write_to_online_store(f"v_{column(name)}", made))


@pytest.mark.parametrize("both", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", INFINITE)
def test_infinite_numbers_feasts_client_writes_not(both, name):
    made = frame(**{column(name): [[math.inf] if "(" in name else math.inf]})
    assert_fails(INFINITE[name], lambda: both.remote.write_to_online_store(f"v_{column(name)}", made))


@pytest.mark.parametrize("both", ["postgres"], indirect=True)
def test_texts_with_nul_feast_stores_not_in_postgres(both):
    # It keeps texts a second time, in a column of text, which takes every character but one.
    with pytest.raises(psycopg.DataError, match="NUL"):
        both.direct.write_to_online_store(f"v_{column('String')}", frame(**{column("String"): ["a\x00b"]}))


@pytest.fixture(scope="module")
def joined(tmp_path_factory):
    """A file, and what Feast's client is given of it by an offline server."""
    folder = tmp_path_factory.mktemp("history")
    repo = new_repository(folder / "repo", project="everything")
    (repo / "features.yaml").write_text(definitions(everything=JOINED))
    table = history(1000)
    pq.write_table(table, repo / "stats.parquet")
    manciple(repo, "apply")
    server = serve(repo, command="serve_offline")
    theirs = folder / "client"
    theirs.mkdir()
    write_configuration(theirs, "everything", repo / "data/registry.db", "dask", {"type": "sqlite", "path": "none.db"})
    configuration = theirs / "feature_store.yaml"
    port = server.url.rsplit(":", 1)[1]
    configuration.write_text(
        configuration.read_text().replace("type: dask", f"type: remote\n  host: 127.0.0.1\n  port: {port}")
    )
    asked = pd.DataFrame({"driver_id": range(1000), "event_timestamp": pd.Timestamp("2024-06-01", tz="UTC")})
    job = FeatureStore(str(theirs)).get_historical_features(asked, [f"everything:{column(name)}" for name in JOINED])
    yield table, job.to_arrow(), job.to_df()
    server.stop()


@pytest.mark.parametrize("name", JOINED)
def test_joined_from_history(joined, name):
    table, arrow, pandas = (each[column(name)] for each in joined)
    # Texts have one type.
    large = {pa.large_string(): pa.string(), pa.list_(pa.large_string()): pa.list_(pa.string())}
    assert arrow.type == large.get(table.type, table.type)
    for value, answered in zip(table.to_pylist(), arrow.to_pylist(), strict=True):
        assert shown(value) == shown(answered)
    if name != "Struct":
        # In which Pandas makes fractions of whole numbers, in some chunks of a table and in others not.
        for value, answered in zip(table.to_pandas(), pandas, strict=True):
            assert shown(value) == shown(answered)


@pytest.mark.parametrize("name", WITHOUT_ARROW)
def test_of_some_types_feast_has_none_in_arrow(name):
    with pytest.raises(ValueError, match=re.escape(f"Could not convert Feast type {name} to PyArrow type")):
        feast.from_feast_to_pyarrow_type(TYPES[name][0])
