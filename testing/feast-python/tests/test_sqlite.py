"""One SQLite online store, written by both in turn."""

from datetime import datetime, timezone

import pandas as pd
from conftest import manciple, manciple_json
from feast import FeatureStore

FEATURES = ["driver_stats:conv_rate", "driver_stats:trips", "driver_stats:name"]


def read_with_feast(repo, *drivers):
    return (
        FeatureStore(str(repo))
        .get_online_features(features=FEATURES, entity_rows=[{"driver_id": each} for each in drivers])
        .to_dict()
    )


def read_with_manciple(repo, *drivers):
    answer = manciple_json(
        repo,
        "get-online-features",
        "-e",
        "driver_id=" + ",".join(map(str, drivers)),
        "-f",
        ",".join(FEATURES),
    )
    names = answer["metadata"]["feature_names"]
    return {name: column["values"] for name, column in zip(names, answer["results"])}


EXPECTED = {
    "driver_id": [1001, 1002, 7],
    "conv_rate": [0.75, None, None],
    "trips": [8, 9, None],
    "name": ["Ada L.", "Bob", None],
}


def test_feast_reads_what_manciple_materialized(applied_by_feast):
    manciple(applied_by_feast, "materialize", "2024-01-01", "2024-12-31")
    assert read_with_feast(applied_by_feast, 1001, 1002, 7) == EXPECTED


def test_manciple_reads_what_feast_materialized(applied_by_manciple):
    FeatureStore(str(applied_by_manciple)).materialize(
        datetime(2024, 1, 1, tzinfo=timezone.utc), datetime(2024, 12, 31, tzinfo=timezone.utc)
    )
    assert read_with_manciple(applied_by_manciple, 1001, 1002, 7) == EXPECTED


def test_the_newest_wins_whoever_wrote_it(applied_by_manciple):
    repo = applied_by_manciple
    manciple(repo, "materialize", "2024-01-01", "2024-12-31")
    store = FeatureStore(str(repo))
    later = pd.Timestamp("2024-06-01T00:00:00Z")
    store.write_to_online_store(
        "driver_stats",
        pd.DataFrame(
            {
                "driver_id": [1001],
                "conv_rate": [0.1],
                "trips": [99],
                "name": ["Feast"],
                "event_timestamp": [later],
                "created": [later],
            }
        ),
    )
    manciple(repo, "materialize", "2024-01-01", "2024-12-31")
    assert read_with_manciple(repo, 1001)["name"] == ["Feast"]
    assert read_with_feast(repo, 1001)["trips"] == [99]


def test_history_is_the_same(applied_by_feast):
    rows = pd.DataFrame(
        {
            "driver_id": [1001, 1001, 1002, 7],
            "event_timestamp": pd.to_datetime(
                ["2024-05-01T12:00:00Z", "2024-05-03T00:00:00Z", "2024-05-01T11:00:00Z", "2024-05-03T00:00:00Z"]
            ),
        }
    )
    theirs = (
        FeatureStore(str(applied_by_feast)).get_historical_features(entity_df=rows, features=FEATURES).to_df()
    )
    rows.to_parquet(applied_by_feast / "rows.parquet")
    manciple(
        applied_by_feast,
        "get-historical-features",
        "--entities",
        str(applied_by_feast / "rows.parquet"),
        "-f",
        ",".join(FEATURES),
        "--output",
        str(applied_by_feast / "out.parquet"),
    )
    ours = pd.read_parquet(applied_by_feast / "out.parquet")

    def sorted_rows(frame):
        columns = ["driver_id", "event_timestamp", "conv_rate", "trips", "name"]
        return frame[columns].astype({"trips": "Float64"}).sort_values(columns[:2]).reset_index(drop=True)

    # Feast's Dask store drops rows that find nothing; the rest must agree.
    found = sorted_rows(ours[ours["name"].notna()])
    pd.testing.assert_frame_equal(
        found, sorted_rows(theirs[theirs["name"].notna()]), check_dtype=False
    )
    assert len(ours) == len(rows)
