"""Feast's remote offline store against a Manciple offline server."""

import json
import textwrap
from datetime import datetime, timezone

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.flight
import pyarrow.parquet as pq
import pytest
from conftest import DEFINITIONS, manciple, new_repository, serve
from feast import FeatureStore, FileSource, ValueType
from feast.data_source import PushMode
from feast.errors import DataSourceObjectNotFoundException, FeastError, SavedDatasetLocationAlreadyExists
from feast.infra.offline_stores.file_source import SavedDatasetFileStorage

MORE = """
data_sources:
  - name: stats_push
    type: push
    batch_source: stats
  - name: {repo}/saved.parquet
    path: {repo}/saved.parquet
    timestamp_field: event_timestamp
  - name: {repo}/pulled.parquet
    path: {repo}/pulled.parquet
    timestamp_field: event_timestamp
  - name: rates
    path: {repo}/rates.parquet
    timestamp_field: event_timestamp
feature_views:
  - name: rates
    entities: []
    ttl: 0
    schema:
      - {{name: rate, dtype: float64}}
    source: rates
  - name: pushed
    entities: [driver]
    schema:
      - {{name: conv_rate, dtype: float32}}
      - {{name: trips, dtype: int64}}
      - {{name: name, dtype: string}}
    source: stats_push
on_demand_feature_views:
  - name: doubled
    sources: [driver_stats]
    schema:
      - {{name: trips_twice, dtype: int64}}
    mode: sql
    expressions:
      trips_twice: trips * 2
feature_services:
  - name: pairs
    features:
      - {{view: driver_stats, alias: first, join_key_map: {{driver_id: first_id}}}}
      - {{view: driver_stats, alias: second, join_key_map: {{driver_id: second_id}}}}
  - name: logged
    features: [driver_stats]
    logging:
      destination: {{path: {repo}/logs, timestamp_field: __log_timestamp}}
"""


@pytest.fixture
def served(tmp_path):
    """The repository behind the server, and a client of Feast whose offline store is the server."""
    repo = new_repository(tmp_path / "repo")
    (repo / "features.yaml").write_text(DEFINITIONS)
    (repo / "more.yaml").write_text(MORE.format(repo=repo))
    days = pd.to_datetime(["2024-05-01", "2024-05-02"], utc=True)
    pd.DataFrame({"rate": [0.25, 0.5], "event_timestamp": days}).to_parquet(repo / "rates.parquet")
    manciple(repo, "apply")
    server = serve(repo, command="serve_offline")
    theirs = tmp_path / "client"
    theirs.mkdir()
    (theirs / "feature_store.yaml").write_text(
        textwrap.dedent(
            f"""
            project: rides
            provider: local
            registry: {repo}/data/registry.db
            offline_store:
              type: remote
              host: 127.0.0.1
              port: {server.url.rsplit(":", 1)[1]}
            online_store:
              type: sqlite
              path: {repo}/data/online.db
            entity_key_serialization_version: 3
            """
        )
    )
    yield repo, FeatureStore(str(theirs))
    server.stop()
    assert server.process.returncode in (0, -15, 143)


@pytest.fixture
def client(served):
    return served[1]


def asked(*rows):
    return pd.DataFrame(
        {
            "driver_id": [driver for driver, _ in rows],
            "event_timestamp": pd.to_datetime([time for _, time in rows], utc=True, format="ISO8601"),
        }
    )


ASKED = asked((1002, "2024-06-01"), (1001, "2024-06-01"), (1001, "2024-05-01T12:00:00"), (7, "2024-06-01"))


def values(frame, column):
    return [None if pd.isna(value) else value for value in frame[column]]


def test_joins_a_frame(client):
    frame = client.get_historical_features(
        entity_df=ASKED, features=["driver_stats:trips", "driver_stats:conv_rate", "driver_stats:name"]
    ).to_df()
    assert list(frame.columns) == ["driver_id", "event_timestamp", "trips", "conv_rate", "name"]
    assert list(frame["driver_id"]) == [1002, 1001, 1001, 7]
    assert list(frame["event_timestamp"]) == list(ASKED["event_timestamp"])
    assert values(frame, "trips") == [9, 8, 7, None]
    assert values(frame, "conv_rate") == [None, 0.75, 0.5, None]
    assert values(frame, "name") == ["Bob", "Ada L.", "Ada", None]


def test_joins_whole_numbers_that_pandas_made_floats(client):
    frame = asked((1002, "2024-06-01"), (None, "2024-06-01"), (1001, "2024-06-01"))
    assert frame["driver_id"].dtype == "float64"
    joined = client.get_historical_features(entity_df=frame, features=["driver_stats:trips"]).to_df()
    assert joined["driver_id"].dtype == "float64"
    assert values(joined, "driver_id") == [1002, None, 1001]
    assert values(joined, "trips") == [9, None, 8]


def test_keeps_types(client):
    table = client.get_historical_features(
        entity_df=ASKED, features=["driver_stats:trips", "driver_stats:conv_rate", "driver_stats:name"]
    ).to_arrow()
    assert table.schema.field("driver_id").type == pa.int64()
    assert table.schema.field("trips").type == pa.int64()
    assert table.schema.field("conv_rate").type == pa.float32()
    assert table.schema.field("name").type == pa.string()


def test_keeps_other_columns_and_leaves_indexes_out(client):
    frame = ASKED.copy()
    frame["label"] = pd.Categorical(["no", "yes", None, "no"])
    frame["weight"] = [1, 2, None, 4]
    frame.index = [10, 20, 30, 40]
    answer = client.get_historical_features(entity_df=frame, features=["driver_stats:trips"]).to_df()
    assert list(answer.columns) == ["driver_id", "event_timestamp", "label", "weight", "trips"]
    assert values(answer, "label") == ["no", "yes", None, "no"]
    assert values(answer, "weight") == [1, 2, None, 4]


def test_keeps_what_pandas_says_of_types(client):
    big = 2**53 + 1
    frame = ASKED.copy()
    frame["order"] = pd.array([big, None, big + 2, 1], "Int64")
    frame["small"] = pd.array([1, None, 3, 4], "UInt8")
    frame["text"] = pd.array(["a", None, "c", "d"], "string")
    frame["flag"] = pd.array([True, None, False, True], "boolean")
    frame["real"] = pd.array([1.5, None, 2.5, 3.5], "Float32")
    frame["arrow"] = pd.array([1, None, 3, 4], "int64[pyarrow]")
    frame["list"] = pd.Series([[1], [2], None, [4]], dtype=pd.ArrowDtype(pa.list_(pa.int64())))
    answer = client.get_historical_features(entity_df=frame, features=["driver_stats:trips"]).to_df()
    same = ["order", "small", "text", "flag", "real", "arrow"]
    pd.testing.assert_frame_equal(answer[same], frame[same])
    assert values(answer, "trips") == [9, 8, 7, None]


def test_joins_rows_of_sql(client):
    answer = client.get_historical_features(
        entity_df="SELECT 1001::BIGINT AS driver_id, TIMESTAMPTZ '2024-06-01 00:00:00Z' AS event_timestamp",
        features=["driver_stats:trips"],
    ).to_df()
    assert values(answer, "trips") == [8]


def test_joins_a_range_of_time(client):
    answer = client.get_historical_features(
        features=["driver_stats:trips"],
        start_date=datetime(2024, 5, 1, 10, 30),
        end_date=datetime(2024, 5, 3, tzinfo=timezone.utc),
    ).to_df()
    assert sorted(values(answer, "trips")) == [8, 9]
    assert sorted(answer["driver_id"]) == [1001, 1002]


def test_joins_by_service_with_full_names(client):
    answer = client.get_historical_features(
        entity_df=ASKED, features=client.get_feature_service("ranking"), full_feature_names=True
    ).to_df()
    assert values(answer, "driver_stats__name") == ["Bob", "Ada L.", "Ada", None]


def test_joins_a_view_twice(client):
    frame = pd.DataFrame(
        {
            "first_id": [1001, 1002],
            "second_id": [1002, 7],
            "event_timestamp": pd.to_datetime(["2024-06-01", "2024-06-01"], utc=True),
        }
    )
    answer = client.get_historical_features(
        entity_df=frame, features=client.get_feature_service("pairs"), full_feature_names=True
    ).to_df()
    assert values(answer, "first__trips") == [8, 9]
    assert values(answer, "second__trips") == [9, None]


def test_joins_what_manciple_computes(client):
    answer = client.get_historical_features(
        entity_df=ASKED, features=["driver_stats:trips", "doubled:trips_twice"]
    ).to_df()
    assert values(answer, "trips") == [9, 8, 7, None]
    assert values(answer, "trips_twice") == [18, 16, 14, None]


def test_joins_many_rows(client):
    count = 200_000
    frame = pd.DataFrame(
        {
            "driver_id": np.arange(count) % 3 + 1001,
            "event_timestamp": pd.Series([pd.Timestamp("2024-06-01", tz="UTC")] * count),
            "row": np.arange(count),
        }
    )
    answer = client.get_historical_features(entity_df=frame, features=["driver_stats:trips"]).to_df()
    assert list(answer["row"]) == list(range(count))
    assert values(answer.head(3), "trips") == [8, 9, None]
    assert answer["trips"].sum() == 8 * len(range(0, count, 3)) + 9 * len(range(1, count, 3))


def test_keeps_a_saved_dataset_and_reads_it_back(served):
    repo, client = served
    job = client.get_historical_features(entity_df=ASKED, features=["driver_stats:trips"])
    storage = SavedDatasetFileStorage(path=str(repo / "saved.parquet"))
    client.create_saved_dataset(job, "saved", storage)
    assert pq.read_table(repo / "saved.parquet").num_rows == 4
    frame = client.get_saved_dataset("saved").to_df()
    assert sorted(value for value in values(frame, "trips") if value) == [7, 8, 9]
    assert len(frame) == 4
    with pytest.raises(SavedDatasetLocationAlreadyExists, match="exists already"):
        client.create_saved_dataset(job, "saved_again", storage)
    client.create_saved_dataset(job, "saved", storage, allow_overwrite=True)


def test_keeps_what_manciple_computes(served):
    repo, client = served
    job = client.get_historical_features(entity_df=ASKED, features=["driver_stats:trips", "doubled:trips_twice"])
    client.create_saved_dataset(job, "computed", SavedDatasetFileStorage(path=str(repo / "saved.parquet")))
    assert pq.read_table(repo / "saved.parquet")["trips_twice"].to_pylist() == [18, 16, 14, None]


def test_pulls_for_materialization(client):
    client.materialize(datetime(2024, 1, 1), datetime(2024, 12, 31), feature_views=["driver_stats"])
    answer = client.get_online_features(
        features=["driver_stats:trips", "driver_stats:name"], entity_rows=[{"driver_id": 1001}, {"driver_id": 1002}]
    )
    assert answer.to_dict() == {"driver_id": [1001, 1002], "trips": [8, 9], "name": ["Ada L.", "Bob"]}


def test_pulls_views_without_entities(client):
    client.materialize(datetime(2024, 1, 1), datetime(2024, 12, 31), feature_views=["rates"])
    answer = client.get_online_features(features=["rates:rate"], entity_rows=[{"driver_id": 1001}])
    assert answer.to_dict()["rate"] == [0.5]


def more_stats():
    time = pd.Timestamp("2024-05-20", tz="UTC")
    return pd.DataFrame(
        {
            "driver_id": [1003],
            "conv_rate": pd.Series([0.25], dtype="float32"),
            "trips": [11],
            "name": ["Cyd"],
            "event_timestamp": [time],
            "created": [time],
        }
    )


def test_writes(client):
    client.write_to_offline_store("driver_stats", more_stats())
    answer = client.get_historical_features(entity_df=asked((1003, "2024-06-01")), features=["driver_stats:name"])
    assert values(answer.to_df(), "name") == ["Cyd"]


def test_feast_goes_on_writing_to_files(served):
    repo, client = served
    before = pq.read_schema(repo / "stats.parquet")
    client.write_to_offline_store("driver_stats", more_stats())
    written = pq.read_schema(repo / "stats.parquet")
    assert all(field.nullable for field in written)
    assert written.metadata[b"pandas"] == before.metadata[b"pandas"]
    nulls = more_stats().assign(driver_id=1004, trips=pd.array([None], "Int64"), name=None)
    FeatureStore(str(repo)).write_to_offline_store("driver_stats", nulls)
    answer = client.get_historical_features(
        entity_df=asked((1003, "2024-06-01"), (1004, "2024-06-01")), features=["driver_stats:trips"]
    )
    assert values(answer.to_df(), "trips") == [11, None]


def test_pushes_to_history(client):
    client.push("stats_push", more_stats(), to=PushMode.OFFLINE)
    answer = client.get_historical_features(entity_df=asked((1003, "2024-06-01")), features=["pushed:name"])
    assert values(answer.to_df(), "name") == ["Cyd"]


def test_logs_features(served):
    repo, client = served
    now = pd.Timestamp("2024-06-01", tz="UTC")
    logs = pa.Table.from_pandas(
        pd.DataFrame(
            {
                "driver_id": [1001],
                "driver_stats__trips": [8],
                "driver_stats__trips__timestamp": [now],
                "driver_stats__trips__status": pd.Series([1], dtype="int32"),
                "__log_timestamp": [now],
                "__log_date": [now.date()],
                "__request_id": ["r1"],
            }
        ),
        preserve_index=False,
    )
    for _ in range(2):
        client.write_logged_features(logs, client.get_feature_service("logged"))
    written = pq.read_table(repo / "logs")
    assert written["driver_stats__trips"].to_pylist() == [8, 8]
    assert written["__request_id"].to_pylist() == ["r1", "r1"]


def test_tells_columns_and_validates_sources(client):
    source = client.get_data_source("stats")
    store = client._get_provider().offline_store
    columns = dict(store.get_table_column_names_and_types_from_data_source(client.config, source))
    assert columns["driver_id"] == "int64"
    assert columns["conv_rate"] == "float"
    assert columns["event_timestamp"].startswith("timestamp[")
    store.validate_data_source(client.config, source)


def test_tells_lists_as_feast_knows_them(served):
    repo, client = served
    rows = {"driver_id": [1], "place": [[1.0, 2.0]], "event_timestamp": [datetime.now(timezone.utc)]}
    pq.write_table(pa.table(rows), repo / "places.parquet")
    source = FileSource(path=str(repo / "places.parquet"), timestamp_field="event_timestamp")
    store = client._get_provider().offline_store
    columns = dict(store.get_table_column_names_and_types_from_data_source(client.config, source))
    assert source.source_datatype_to_feast_value_type()(columns["place"]) == ValueType.DOUBLE_LIST


def test_says_what_rows_must_be(served):
    _, client = served
    settings = client.config.offline_store
    flight = pa.flight.connect(f"grpc+tcp://{settings.host}:{settings.port}")
    command = {"command_id": "c", "api": "get_historical_features", "feature_view_names": ["driver_stats"],
               "name_aliases": [None], "feature_refs": ["driver_stats:trips"], "project": "rides",
               "full_feature_names": False}
    descriptor = pa.flight.FlightDescriptor.for_command(json.dumps(command))
    compressed = pa.flight.FlightCallOptions(write_options=pa.ipc.IpcWriteOptions(compression="lz4"))
    for rows, why in [
        (pa.table({"driver_id": [1001] * 100, "event_timestamp": [datetime.now(timezone.utc)] * 100}), "uncompressed"),
        (pa.table({}), "no columns"),
        (pa.table({"": [1]}), "without a name"),
    ]:
        with pytest.raises(pa.ArrowInvalid, match=why):
            writer, _ = flight.do_put(descriptor, rows.schema, options=compressed)
            writer.write_table(rows)
            writer.close()


def test_raises_the_errors_of_feast(served):
    repo, client = served
    job = client.get_historical_features(entity_df=ASKED, features=["driver_stats:trips"])
    with pytest.raises(DataSourceObjectNotFoundException, match="nowhere.parquet"):
        client.create_saved_dataset(job, "nowhere", SavedDatasetFileStorage(path=str(repo / "nowhere.parquet")))
    with pytest.raises(FeastError, match="driver_id"):
        client.get_historical_features(
            entity_df=ASKED.rename(columns={"driver_id": "chauffeur"}), features=["driver_stats:trips"]
        ).to_df()
    with pytest.raises(FeastError, match="selec"):
        client.get_historical_features(entity_df="selec nothing", features=["driver_stats:trips"]).to_df()
    # The server goes on.
    assert len(job.to_df()) == 4


def test_a_server_that_is_down_is_told_once(tmp_path):
    down = {"type": "remote", "host": "127.0.0.1", "port": 1, "connection_retries": 0}
    repo = new_repository(tmp_path / "repo", offline=down)
    (repo / "features.yaml").write_text(DEFINITIONS)
    (repo / "more.yaml").write_text(MORE.format(repo=repo))
    assert_told_once(manciple(repo, "doctor", check=False))
    (repo / "features.yaml").unlink()
    (repo / "more.yaml").unlink()
    assert_told_once(manciple(repo, "doctor", check=False))


def assert_told_once(told):
    assert told.returncode == 1
    assert told.stdout.count("PROBLEM") == 1
    assert "Offline store   The offline server at grpc+tcp://127.0.0.1:1" in told.stdout
    assert "nobody answers there" in told.stdout
    assert "Check 'offline_store' in feature_store.yaml" in told.stdout
