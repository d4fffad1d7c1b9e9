"""Clients of gRPC in Python, with the messages and stubs of Feast's own package."""

import grpc
import pytest
from conftest import DEFINITIONS, MANCIPLE, manciple, new_repository, started
from feast.protos.feast.serving.ServingService_pb2 import (
    FeatureList,
    GetFeastServingInfoRequest,
    GetOnlineFeaturesRequest,
)
from feast.protos.feast.serving.ServingService_pb2_grpc import ServingServiceStub
from feast.protos.feast.types.Value_pb2 import RepeatedValue, Value


@pytest.fixture(
    scope="module", params=[["serve", "-p", "0", "--grpc-port", "0"], ["listen", "-a", "127.0.0.1:0"]], ids=lambda a: a[0]
)
def address(request, tmp_path_factory):
    repo = new_repository(tmp_path_factory.mktemp("grpc") / "repo")
    (repo / "features.yaml").write_text(DEFINITIONS)
    manciple(repo, "apply")
    manciple(repo, "materialize", "2024-01-01", "2025-01-01")
    server = started([MANCIPLE, "-c", str(repo), *request.param], r"\S+:\d+(?= \(gRPC)")
    yield server.url
    server.stop()


def test_reads(address):
    with grpc.insecure_channel(address) as channel:
        answer = ServingServiceStub(channel).GetOnlineFeatures(
            GetOnlineFeaturesRequest(
                features=FeatureList(val=["driver_stats:trips"]),
                entities={"driver_id": RepeatedValue(val=[Value(int64_val=1001), Value(int64_val=7)])},
            ),
            timeout=10,
        )
    assert list(answer.metadata.feature_names.val) == ["driver_id", "trips"]
    assert [value.int64_val for value in answer.results[1].values] == [8, 0]


def test_tells_its_version(address):
    with grpc.insecure_channel(address) as channel:
        assert ServingServiceStub(channel).GetFeastServingInfo(GetFeastServingInfoRequest(), timeout=10).version


def test_refuses_with_a_status(address):
    with grpc.insecure_channel(address) as channel, pytest.raises(grpc.RpcError) as refused:
        ServingServiceStub(channel).GetOnlineFeatures(
            GetOnlineFeaturesRequest(
                features=FeatureList(val=["riders:age"]), entities={"driver_id": RepeatedValue(val=[Value(int64_val=1)])}
            ),
            timeout=10,
        )
    assert refused.value.code() == grpc.StatusCode.NOT_FOUND
