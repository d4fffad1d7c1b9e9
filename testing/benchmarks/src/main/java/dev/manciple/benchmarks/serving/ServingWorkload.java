package dev.manciple.benchmarks.serving;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.manciple.FeatureSelection;
import dev.manciple.OnlineFeatures;
import dev.manciple.model.FeatureView;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.Value;
import dev.manciple.wire.proto.ServingServiceProto.FeatureList;
import dev.manciple.wire.proto.ServingServiceProto.GetOnlineFeaturesRequest;
import dev.manciple.wire.proto.ServingServiceProto.GetOnlineFeaturesResponse;
import dev.manciple.wire.proto.ValueProto;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads of some keys from some views of {@link ServingData}: what is asked in each protocol, and what is a right answer to it.
 *
 * @param keys asked for at once
 * @param views asked for at once, ten features each
 * @param timesFeast how many times Feast's requests per second are promised; 0 where nothing is
 * @param p99Millis what is promised of the 99th percentile
 * @param rate requests per second at which the percentile is promised; 0 for half of the most there are
 */
record ServingWorkload(int keys, int views, int timesFeast, int p99Millis, int rate) {
    /** Different requests, each with other keys; a load asks them in turn. */
    static final int REQUESTS = 256;

    static List<ServingWorkload> all() {
        return List.of(
                new ServingWorkload(1, 5, 40, 2, 0),
                new ServingWorkload(1, 25, 40, 4, 0),
                new ServingWorkload(100, 5, 30, 12, 0),
                new ServingWorkload(100, 25, 0, 40, 50));
    }

    String describe() {
        return "%d x %d".formatted(keys, features());
    }

    int features() {
        return views * ServingData.FEATURES;
    }

    private long key(int request, int position) {
        return (request * 7_919L + position * 104_729L + 17) % ServingData.KEYS;
    }

    private LongStream askedBy(int request) {
        return IntStream.range(0, keys).mapToLong(position -> key(request, position));
    }

    private List<String> references() {
        return IntStream.range(0, features())
                .mapToObj(i -> ServingData.view(i / ServingData.FEATURES) + ":"
                        + ServingData.feature(i / ServingData.FEATURES, i % ServingData.FEATURES))
                .toList();
    }

    private static long value(long key, int column) {
        return ServingData.value(key, column / ServingData.FEATURES, column % ServingData.FEATURES);
    }

    // ---- HTTP ----------------------------------------------------------------------------------------------------

    /** The bodies of {@code POST /get-online-features}. */
    List<byte[]> json() {
        JsonMapper mapper = JsonMapper.shared();
        List<String> references = references();
        return IntStream.range(0, REQUESTS)
                .mapToObj(request -> mapper.writeValueAsBytes(Map.of(
                        "features",
                        references,
                        "entities",
                        Map.of(ServingData.KEY, askedBy(request).boxed().toList()))))
                .toList();
    }

    void check(int request, byte[] answer) {
        JsonNode tree = JsonMapper.shared().readTree(answer);
        List<String> names = tree.get("metadata")
                .get("feature_names")
                .valueStream()
                .map(JsonNode::stringValue)
                .toList();
        for (int column = 0; column < features(); column++) {
            JsonNode result = tree.get("results").get(names.indexOf(name(column)));
            for (int row = 0; row < keys; row++) {
                require(request, row, column, result.get("values").get(row).longValue());
            }
        }
    }

    private static String name(int column) {
        return ServingData.feature(column / ServingData.FEATURES, column % ServingData.FEATURES);
    }

    private void require(int request, int row, int column, long found) {
        long right = value(key(request, row), column);
        if (found != right) {
            throw new IllegalStateException("%s: key %d has %d as %s, which should be %d"
                    .formatted(describe(), key(request, row), found, name(column), right));
        }
    }

    // ---- gRPC ----------------------------------------------------------------------------------------------------

    /** {@code feast.serving.GetOnlineFeaturesRequest}s. */
    List<byte[]> messages() {
        FeatureList references =
                FeatureList.newBuilder().addAllVal(references()).build();
        return IntStream.range(0, REQUESTS)
                .mapToObj(request -> {
                    ValueProto.RepeatedValue.Builder asked = ValueProto.RepeatedValue.newBuilder();
                    askedBy(request)
                            .forEach(key ->
                                    asked.addVal(ValueProto.Value.newBuilder().setInt64Val(key)));
                    return GetOnlineFeaturesRequest.newBuilder()
                            .setFeatures(references)
                            .putEntities(ServingData.KEY, asked.build())
                            .build()
                            .toByteArray();
                })
                .toList();
    }

    void checkMessage(int request, byte[] answer) throws InvalidProtocolBufferException {
        GetOnlineFeaturesResponse response = GetOnlineFeaturesResponse.parseFrom(answer);
        List<String> names = response.getMetadata().getFeatureNames().getValList();
        for (int column = 0; column < features(); column++) {
            GetOnlineFeaturesResponse.FeatureVector vector = response.getResults(names.indexOf(name(column)));
            for (int row = 0; row < keys; row++) {
                require(request, row, column, vector.getValues(row).getInt64Val());
            }
        }
    }

    // ---- in process ----------------------------------------------------------------------------------------------

    FeatureSelection selection(List<FeatureView> definitions) {
        return new FeatureSelection.Views(definitions.subList(0, views).stream()
                .map(FeatureView::projection)
                .toList());
    }

    List<Map<String, List<Value>>> entities() {
        return IntStream.range(0, REQUESTS)
                .mapToObj(request -> Map.of(
                        ServingData.KEY,
                        askedBy(request).<Value>mapToObj(Value.Int::new).toList()))
                .toList();
    }

    void check(int request, OnlineFeatures answer) {
        for (int column = 0; column < features(); column++) {
            List<Value> values = answer.values().get(answer.names().indexOf(name(column)));
            for (int row = 0; row < keys; row++) {
                require(request, row, column, values.get(row) instanceof Value.Int integer ? integer.value() : -1);
            }
        }
    }

    // ---- the store below -----------------------------------------------------------------------------------------

    List<List<EntityKey>> storeKeys() {
        return IntStream.range(0, REQUESTS)
                .mapToObj(request -> askedBy(request).mapToObj(ServingData::key).toList())
                .toList();
    }

    /** Of each key the values and the time of each view in turn, as the store keeps them. */
    void checkRaw(int request, List<List<byte[]>> answer) throws InvalidProtocolBufferException {
        for (int row = 0; row < keys; row++) {
            for (int column = 0; column < features(); column++) {
                int view = column / ServingData.FEATURES;
                byte[] stored = answer.get(row).get(column + view);
                require(request, row, column, ValueProto.Value.parseFrom(stored).getInt64Val());
            }
        }
    }
}
