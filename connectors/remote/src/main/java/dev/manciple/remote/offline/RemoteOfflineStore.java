package dev.manciple.remote.offline;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.DataSource;
import dev.manciple.model.FeatureView;
import dev.manciple.spi.HistoricalRequest;
import dev.manciple.spi.OfflineCapability;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.PullRequest;
import dev.manciple.spi.RetrievalJob;
import dev.manciple.spi.StoreContext;
import dev.manciple.wire.ArrowTypeText;
import dev.manciple.wire.DataSourceJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * An offline store behind an offline server, Feast's or Manciple's. Views, services and sources are named to the server, which
 * reads them in its own registry: both sides have to use the same. Each use of a job makes a connection of its own, which ends
 * with the job's reader.
 */
final class RemoteOfflineStore implements OfflineStore {
    // Not CHECK_WRITE: the protocol has no call that asks before it writes.
    private static final Set<OfflineCapability> CAPABILITIES = Set.of(
            OfflineCapability.QUERY_SPINE,
            OfflineCapability.RANGE_SPINE,
            OfflineCapability.WRITE,
            OfflineCapability.PERSIST,
            OfflineCapability.FILTER_BY_CREATED);

    private final Server server;
    private final StoreContext context;

    RemoteOfflineStore(RemoteOfflineConfig config, StoreContext context) {
        this.server = new Server(config, context);
        this.context = context;
    }

    @Override
    public Set<OfflineCapability> capabilities() {
        return CAPABILITIES;
    }

    @Override
    public RetrievalJob historicalFeatures(HistoricalRequest request) {
        return new RemoteJob(server, new HistoricalCall(request, context.project()), context.allocator());
    }

    @Override
    public RetrievalJob pullLatest(PullRequest request) {
        return new RemoteJob(server, new PullCall("pull_latest_from_table_or_query", request), context.allocator());
    }

    @Override
    public RetrievalJob pullAll(PullRequest request) {
        return new RemoteJob(server, new PullCall("pull_all_from_table_or_query", request), context.allocator());
    }

    @Override
    public Schema describe(DataSource.Batch source) {
        List<Field> fields = new ArrayList<>();
        try (Connection connection = server.connect(context.allocator())) {
            Command command = Command.of(
                    "get_table_column_names_and_types_from_data_source",
                    Map.of("data_source_proto", DataSourceJson.write(source)));
            connection.putNothing(command);
            FlightStream answer = connection.get(command);
            try (answer) {
                while (answer.next()) {
                    addColumns(answer, fields, source);
                }
            }
        } catch (Exception e) {
            throw server.failure("describe data source '%s'".formatted(source.name()), e);
        }
        return new Schema(fields);
    }

    private void addColumns(FlightStream answer, List<Field> fields, DataSource.Batch source) {
        FieldVector names = answer.getRoot().getVector("name");
        FieldVector types = answer.getRoot().getVector("type");
        for (int row = 0; row < answer.getRoot().getRowCount(); row++) {
            String name = String.valueOf(names.getObject(row));
            String type = String.valueOf(types.getObject(row));
            try {
                fields.add(ArrowTypeText.read(name, type));
            } catch (InvalidRequestException e) {
                throw new InvalidRequestException(
                        "%s tells the type '%s' of column '%s' of data source '%s' in words of its own store. Declare the types of the view's features instead of leaving them to be found"
                                .formatted(server, type, name, source.name()),
                        e);
            }
        }
    }

    @Override
    public void write(FeatureView view, ArrowReader rows) {
        List<@Nullable String> noAlias = new ArrayList<>();
        noAlias.add(null);
        Map<String, @Nullable Object> parameters = new LinkedHashMap<>();
        parameters.put("feature_view_names", List.of(view.name()));
        parameters.put("name_aliases", noAlias);
        // Feast's server looks for it, though nothing that travels could be told of progress.
        parameters.put("progress", null);
        Command command = Command.of("offline_write_batch", parameters);
        try (Connection connection = server.connect(context.allocator())) {
            connection.put(command, rows, rows.getVectorSchemaRoot().getSchema());
        } catch (IOException | RuntimeException e) {
            throw server.failedWrite("append rows of feature view '%s'".formatted(view.name()), e);
        }
    }

    /** Connections end with their jobs. */
    @Override
    public void close() {}
}
