"""On demand views in Python, computed by Feast's transformation server and served by Manciple."""

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from conftest import feast_definitions, manciple, new_repository, serve
from feast import FeatureStore, Field, RequestSource
from feast.on_demand_feature_view import on_demand_feature_view
from feast.types import Float64, Int64


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def listening(port, process):
    while process.poll() is None:
        with socket.socket() as caller:
            if caller.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("Feast's transformation server did not start")


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    port = free_port()
    repo = new_repository(tmp_path_factory.mktemp("transformed") / "repo")
    with open(repo / "feature_store.yaml", "a") as configuration:
        configuration.write(f"feature_server:\n  transformation_service_endpoint: 127.0.0.1:{port}\n")
    definitions = feast_definitions(repo)
    view = definitions[2]
    extra = RequestSource(name="extra", schema=[Field(name="bonus", dtype=Int64)])

    @on_demand_feature_view(
        sources=[view, extra], schema=[Field(name="score", dtype=Float64)], mode="pandas"
    )
    def scored(inputs):
        import pandas as pd

        outputs = pd.DataFrame()
        outputs["score"] = (inputs["trips"] + inputs["bonus"]).astype("float64") / 2
        return outputs

    FeatureStore(str(repo)).apply([*definitions, extra, scored])
    manciple(repo, "materialize", "2024-01-01", "2024-12-31")
    feast = Path(sys.executable).parent / "feast"
    transformer = subprocess.Popen([str(feast), "-c", str(repo), "serve_transformations", "-p", str(port)])
    listening(port, transformer)
    server = serve(repo)
    yield server.url
    server.stop()
    transformer.terminate()
    transformer.wait(timeout=30)


def read(url, features, **entities):
    body = json.dumps({"entities": entities, "features": features}).encode()
    request = urllib.request.Request(f"{url}/get-online-features", data=body)
    with urllib.request.urlopen(request, timeout=60) as answer:
        tree = json.load(answer)
    return dict(zip(tree["metadata"]["feature_names"], (column["values"] for column in tree["results"])))


def test_a_pandas_view_is_computed_by_feast(url):
    values = read(url, ["driver_stats:name", "scored:score"], driver_id=[1001, 1002], bonus=[2, 3])
    assert values["name"] == ["Ada L.", "Bob"]
    assert values["score"] == [5.0, 6.0]


def test_a_row_without_inputs_has_no_value(url):
    values = read(url, ["scored:score"], driver_id=[7], bonus=[2])
    assert values["score"] == [None]


def test_a_missing_request_column_is_refused(url):
    with pytest.raises(urllib.error.HTTPError) as refusal:
        read(url, ["scored:score"], driver_id=[1001])
    assert refusal.value.code == 404
    assert "bonus" in refusal.value.read().decode()
