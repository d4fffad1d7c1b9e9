"""History, retrieved by both from the same files."""

import pandas as pd
from conftest import manciple
from feast import FeatureStore

FEATURES = ["driver_stats:conv_rate", "driver_stats:trips", "driver_stats:name"]


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
