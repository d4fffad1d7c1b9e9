package dev.manciple.benchmarks.serving;

import dev.manciple.benchmarks.RawHashes;
import dev.manciple.model.FeatureView;
import dev.manciple.spi.EntityKey;
import java.util.List;
import redis.clients.jedis.Connection;

/** The floor: the driver alone, keys and fields encoded before, values left as they come. */
final class HashCaller implements Caller<List<Object>> {
    private final Connection connection;
    private final List<List<byte[]>> requests;
    private final byte[][] fields;
    private final boolean whole;

    private HashCaller(Connection connection, List<List<byte[]>> requests, byte[][] fields, boolean whole) {
        this.connection = connection;
        this.requests = requests;
        this.fields = fields;
        this.whole = whole;
    }

    /** @param whole whether hashes are read whole rather than field by field */
    static Target.Opener<List<Object>> to(
            int port, List<List<EntityKey>> keys, List<FeatureView> views, boolean whole) {
        List<List<byte[]>> requests = keys.stream()
                .map(request -> request.stream()
                        .map(key -> RawHashes.key(views.getFirst(), key))
                        .toList())
                .toList();
        byte[][] fields = RawHashes.fields(views);
        return () -> new HashCaller(new Connection("127.0.0.1", port), requests, fields, whole);
    }

    @Override
    public List<Object> call(int request) {
        List<byte[]> keys = requests.get(request);
        return whole ? RawHashes.readWhole(connection, keys) : RawHashes.read(connection, keys, fields);
    }

    @Override
    public void close() {
        connection.close();
    }
}
