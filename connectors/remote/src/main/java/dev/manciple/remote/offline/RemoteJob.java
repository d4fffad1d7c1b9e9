package dev.manciple.remote.offline;

import dev.manciple.error.UnsupportedException;
import dev.manciple.model.DataSource;
import dev.manciple.spi.Explanation;
import dev.manciple.spi.OfflineCapability;
import dev.manciple.spi.RetrievalJob;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** A retrieval that the server runs. */
final class RemoteJob implements RetrievalJob {
    private final Server server;
    private final Call call;
    private final BufferAllocator allocator;

    /** @param allocator for what is sent and kept nowhere; lent */
    RemoteJob(Server server, Call call, BufferAllocator allocator) {
        this.server = server;
        this.call = call;
        this.allocator = allocator;
    }

    @Override
    public Schema schema() {
        return Column.schema(call.columns().orElseGet(this::askedColumns));
    }

    /** Servers of Manciple tell the columns of an answer before it is asked for. */
    private List<Column> askedColumns() {
        try (Connection connection = server.connect(allocator)) {
            connection.require(server, call.extensions());
            Command command = put(connection, call.api(), call.parameters(), call.rows());
            Schema answered = connection.info(command).getSchemaOptional().orElseGet(() -> new Schema(List.of()));
            if (answered.getFields().isEmpty()) {
                throw new UnsupportedException(
                        server.toString(),
                        OfflineCapability.QUERY_SPINE.name(),
                        "telling the columns of entity rows from SQL before they are read");
            }
            return call.columns(answered);
        } catch (IOException | RuntimeException e) {
            throw server.failure(call.purpose(), e);
        }
    }

    @Override
    public ArrowReader open(BufferAllocator batches) {
        Connection connection = connect(batches);
        try {
            connection.require(server, call.extensions());
            FlightStream answer = connection.get(put(connection, call.api(), call.parameters(), call.rows()));
            return new AnswerReader(answer, call, server, connection, batches);
        } catch (IOException | RuntimeException e) {
            try (connection) {
                throw server.failure(call.purpose(), e);
            }
        } catch (Error e) {
            try (connection) {
                throw e;
            }
        }
    }

    private Connection connect(BufferAllocator batches) {
        try {
            return server.connect(batches);
        } catch (RuntimeException e) {
            throw server.failure(call.purpose(), e);
        }
    }

    private static Command put(
            Connection connection, String api, Map<String, @Nullable Object> parameters, Optional<Call.Sent> rows)
            throws IOException {
        Command command = Command.of(api, parameters);
        if (rows.isEmpty()) {
            connection.putNothing(command);
        } else {
            try (ArrowReader reader = rows.get().open()) {
                connection.put(command, reader, rows.get().schema());
            }
        }
        return command;
    }

    @Override
    public Explanation explain() {
        String rows = call.rows().isPresent() ? ", with the rows given" : "";
        return new Explanation(
                "remote",
                "%s is asked for %s%s".formatted(server, call.api(), rows),
                Optional.empty(),
                OptionalLong.empty(),
                List.of());
    }

    /** The target is a data source that the server has registered. */
    @Override
    public void persist(DataSource.Batch target, boolean overwrite) {
        Call kept = call.kept();
        Map<String, @Nullable Object> parameters = new LinkedHashMap<>(kept.parameters());
        parameters.put("retrieve_func", kept.api());
        parameters.put("allow_overwrite", overwrite);
        parameters.put("timeout", null);
        Set<String> extensions = new HashSet<>(kept.extensions());
        // In Feast's protocol a retrieval that names a source leaves no word for the target.
        if (parameters.putIfAbsent("data_source_name", target.name()) != null) {
            parameters.put("target_data_source_name", target.name());
            extensions.add("target_data_source_name");
        }
        String attempted = "%s and keep the result in data source '%s'".formatted(call.purpose(), target.name());
        try (Connection connection = server.connect(allocator)) {
            connection.require(server, extensions);
            put(connection, "persist", parameters, kept.rows());
        } catch (IOException | RuntimeException e) {
            throw server.failedWrite(attempted, e);
        }
    }
}
