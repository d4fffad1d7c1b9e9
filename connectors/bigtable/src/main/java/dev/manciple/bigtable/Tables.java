package dev.manciple.bigtable;

import static com.google.cloud.bigtable.admin.v2.models.GCRules.GCRULES;
import static com.google.cloud.bigtable.data.v2.models.Filters.FILTERS;

import com.google.api.gax.rpc.AlreadyExistsException;
import com.google.api.gax.rpc.NotFoundException;
import com.google.cloud.bigtable.admin.v2.models.ColumnFamily;
import com.google.cloud.bigtable.admin.v2.models.CreateTableRequest;
import com.google.cloud.bigtable.admin.v2.models.ModifyColumnFamiliesRequest;
import com.google.cloud.bigtable.data.v2.models.ConditionalRowMutation;
import com.google.cloud.bigtable.data.v2.models.Filters.Filter;
import com.google.cloud.bigtable.data.v2.models.Mutation;
import com.google.cloud.bigtable.data.v2.models.Query;
import com.google.cloud.bigtable.data.v2.models.Row;
import com.google.cloud.bigtable.data.v2.models.RowMutation;
import com.google.cloud.bigtable.data.v2.models.TableId;
import com.google.protobuf.ByteString;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.FeatureView;
import dev.manciple.spi.InfraChange;
import dev.manciple.spi.InfraChange.Action;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Creates and deletes tables, which views of the same entities share. A row of our own in each says whose it is: Feast joins
 * project and entities by a dot, and both may have dots, so that two projects can come to share a table. No row of a view has
 * a key like that row's.
 */
final class Tables {
    private static final ByteString OWNER = ByteString.copyFromUtf8("manciple:owner");
    private static final String PROJECT = "project";

    private final Clients clients;
    private final BigtableConfig config;
    private final String project;

    Tables(Clients clients, BigtableConfig config, String project) {
        this.clients = clients;
        this.config = config;
        this.project = project;
    }

    String name(FeatureView view) {
        return TableName.of(project, view);
    }

    /** What the views need that is not there, once per table. */
    List<InfraChange> missing(List<FeatureView> views) {
        List<InfraChange> missing = new ArrayList<>();
        for (FeatureView view : views) {
            String table = name(view);
            InfraChange change = null;
            if (!clients.admin().exists(table)) {
                change = new InfraChange(Action.CREATE, "bigtable", "table", table);
            } else {
                requireOurs(view);
                if (!hasFamily(table)) {
                    change = new InfraChange(Action.ALTER, "bigtable", "table", table);
                }
            }
            if (change != null && !missing.contains(change)) {
                missing.add(change);
            }
        }
        return missing;
    }

    private boolean hasFamily(String table) {
        return clients.admin().getTable(table).getColumnFamilies().stream()
                .map(ColumnFamily::getId)
                .anyMatch(Rows.FAMILY::equals);
    }

    void create(FeatureView view) {
        String table = name(view);
        if (!clients.admin().exists(table)) {
            try {
                clients.admin()
                        .createTable(CreateTableRequest.of(table)
                                .addFamily(Rows.FAMILY, GCRULES.maxVersions(config.maxVersions())));
            } catch (AlreadyExistsException e) {
                // Somebody else is creating it; the owner's row below tells who.
            }
            claim(table);
        } else if (!hasFamily(table)) {
            clients.admin()
                    .modifyFamilies(ModifyColumnFamiliesRequest.of(table)
                            .addFamily(Rows.FAMILY, GCRULES.maxVersions(config.maxVersions())));
        }
        requireOurs(view);
    }

    private void claim(String table) {
        clients.data()
                .checkAndMutateRow(ConditionalRowMutation.create(TableId.of(table), OWNER)
                        .condition(FILTERS.pass())
                        .otherwise(Mutation.create()
                                .setCell(
                                        Rows.FAMILY,
                                        ByteString.copyFromUtf8(PROJECT),
                                        ByteString.copyFromUtf8(project))));
    }

    private void requireOurs(FeatureView view) {
        owner(name(view)).filter(owner -> !owner.equals(project)).ifPresent(owner -> {
            throw new InvalidRequestException("""
                    View '%s' of project '%s' would share the table '%s' of the %s with project '%s', because project and \
                    entities are joined by a dot. Rename the project or an entity, or use another instance\
                    """.formatted(view.name(), project, name(view), config.store(), owner));
        });
    }

    /** Tables that Feast made say nothing, and are taken at their name. */
    private Optional<String> owner(String table) {
        Row row = clients.data().readRow(TableId.of(table), OWNER);
        return row == null
                ? Optional.empty()
                : row.getCells(Rows.FAMILY, PROJECT).stream()
                        .findFirst()
                        .map(cell -> cell.getValue().toStringUtf8());
    }

    /** Whether the view has a table that is not another project's. */
    boolean mayDelete(FeatureView view) {
        return clients.admin().exists(name(view))
                && owner(name(view)).map(project::equals).orElse(true);
    }

    /** Deletes the view's rows, and the table if that leaves it empty and none of the views that stay needs it. */
    void delete(FeatureView view, List<FeatureView> staying) {
        if (!mayDelete(view)) {
            return;
        }
        String table = name(view);
        for (Row row : clients.data().readRows(keys(table).filter(keysOnly(view)))) {
            clients.data()
                    .mutateRow(
                            RowMutation.create(TableId.of(table), row.getKey()).deleteRow());
        }
        boolean needed = staying.stream().anyMatch(other -> name(other).equals(table));
        if (!needed && isEmpty(table)) {
            try {
                clients.admin().deleteTable(table);
            } catch (NotFoundException e) {
                // Somebody else deleted it.
            }
        }
    }

    private boolean isEmpty(String table) {
        // Two rows at most are needed to see one that is not the owner's.
        for (Row row : clients.data()
                .readRows(keys(table).limit(2).filter(FILTERS.limit().cellsPerRow(1)))) {
            if (!row.getKey().equals(OWNER)) {
                return false;
            }
        }
        return true;
    }

    private static Query keys(String table) {
        return Query.create(TableId.of(table));
    }

    /** Of a view's rows only the keys. */
    static Filter keysOnly(FeatureView view) {
        return FILTERS.chain()
                .filter(Rows.of(view))
                .filter(FILTERS.limit().cellsPerRow(1))
                .filter(FILTERS.value().strip());
    }
}
