package dev.manciple.server.flight;

import dev.manciple.arrow.ArrowRows;
import dev.manciple.arrow.ArrowTypes;
import dev.manciple.model.Field;
import dev.manciple.spi.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.arrow.flight.AsyncPutListener;
import org.apache.arrow.flight.CallHeaders;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightClientMiddleware;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.Location;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Schema;
import tools.jackson.databind.json.JsonMapper;

/** Calls an offline server as Feast's client does: puts a command with its rows, asks for the flight, and gets it. */
final class Client implements AutoCloseable {
    private static final Schema NOTHING =
            new Schema(List.of(org.apache.arrow.vector.types.pojo.Field.nullable("key", ArrowType.Utf8.INSTANCE)));

    private final BufferAllocator allocator = new RootAllocator();
    private final FlightClient client;

    Client(OfflineServer server) {
        this(server, Map.of());
    }

    /** @param headers sent with each call */
    Client(OfflineServer server, Map<String, String> headers) {
        client = FlightClient.builder(allocator, Location.forGrpcInsecure("127.0.0.1", server.port()))
                .intercept(call -> new FlightClientMiddleware() {
                    @Override
                    public void onBeforeSendingHeaders(CallHeaders sent) {
                        headers.forEach(sent::insert);
                    }

                    @Override
                    public void onHeadersReceived(CallHeaders received) {}

                    @Override
                    public void onCallCompleted(CallStatus status) {}
                })
                .build();
    }

    FlightClient flight() {
        return client;
    }

    BufferAllocator allocator() {
        return allocator;
    }

    static Map<String, Object> command(String api, Object... parameters) {
        Map<String, Object> command = new LinkedHashMap<>();
        command.put("command_id", UUID.randomUUID().toString());
        command.put("api", api);
        for (int i = 0; i < parameters.length; i += 2) {
            command.put(String.valueOf(parameters[i]), parameters[i + 1]);
        }
        return command;
    }

    static FlightDescriptor descriptor(Map<String, Object> command) {
        return FlightDescriptor.command(JsonMapper.shared().writeValueAsBytes(command));
    }

    FlightDescriptor put(Map<String, Object> command) throws Exception {
        return put(descriptor(command), NOTHING, List.of(List.of(new Value.Text("m"))));
    }

    FlightDescriptor put(Map<String, Object> command, List<Field> columns, List<List<Value>> rows) throws Exception {
        return put(
                descriptor(command),
                new Schema(columns.stream().map(ArrowTypes::field).toList()),
                rows);
    }

    FlightDescriptor put(FlightDescriptor descriptor, Schema schema, List<List<Value>> rows) throws Exception {
        try (ArrowReader reader = ArrowRows.reader(allocator, schema, rows, 1000)) {
            FlightClient.ClientStreamListener put =
                    client.startPut(descriptor, reader.getVectorSchemaRoot(), reader, new AsyncPutListener());
            while (reader.loadNextBatch()) {
                put.putNext();
            }
            put.completed();
            put.getResult();
        }
        return descriptor;
    }

    /** The rows of a flight, each as a list of the objects of its vectors. */
    List<List<Object>> get(FlightDescriptor descriptor) throws Exception {
        FlightStream stream = stream(descriptor);
        try (stream) {
            List<List<Object>> rows = new ArrayList<>();
            while (stream.next()) {
                VectorSchemaRoot root = stream.getRoot();
                for (int row = 0; row < root.getRowCount(); row++) {
                    List<Object> values = new ArrayList<>();
                    for (FieldVector vector : root.getFieldVectors()) {
                        Object value = vector.getObject(row);
                        values.add(value == null ? "null" : value instanceof Number ? value : value.toString());
                    }
                    rows.add(values);
                }
            }
            return rows;
        }
    }

    /** The answer of a flight; the caller closes it. */
    FlightStream stream(FlightDescriptor descriptor) {
        FlightInfo info = client.getInfo(descriptor);
        return client.getStream(info.getEndpoints().getFirst().getTicket());
    }

    List<String> columns(FlightDescriptor descriptor) {
        return client.getInfo(descriptor).getSchemaOptional().orElseThrow().getFields().stream()
                .map(org.apache.arrow.vector.types.pojo.Field::getName)
                .toList();
    }

    @Override
    public void close() {
        try (allocator) {
            client.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
