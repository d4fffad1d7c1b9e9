package dev.manciple.server;

import dev.manciple.error.AccessException;
import dev.manciple.error.ConfigException;
import dev.manciple.error.ConflictException;
import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.InternalException;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.error.StoreException;
import dev.manciple.error.UnsupportedException;
import dev.manciple.retrieve.OnlineRetrieval;
import io.grpc.Status;
import java.io.IOException;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Failures as Feast's clients know them: a class of {@code feast.errors} that the client raises again, a status of HTTP. The
 * statuses 429, 500, 502, 503 and 504 make Feast's client ask again and hide the text, so mistakes of the caller never have them.
 */
public final class FeastErrors {
    private static final Map<String, String> NOT_FOUND = Map.ofEntries(
            Map.entry("entity", "EntityNotFoundException"),
            Map.entry("feature view", "FeatureViewNotFoundException"),
            Map.entry("stream feature view", "FeatureViewNotFoundException"),
            Map.entry("label view", "FeatureViewNotFoundException"),
            Map.entry("on demand feature view", "OnDemandFeatureViewNotFoundException"),
            Map.entry("feature service", "FeatureServiceNotFoundException"),
            Map.entry("data source", "DataSourceObjectNotFoundException"),
            Map.entry("push source", "PushSourceNotFoundException"),
            Map.entry(OnlineRetrieval.REQUEST_DATA, "RequestDataNotFoundInEntityRowsException"),
            Map.entry("saved dataset", "SavedDatasetNotFound"),
            Map.entry("validation reference", "ValidationReferenceNotFound"),
            Map.entry("permission", "PermissionObjectNotFoundException"),
            Map.entry("project", "ProjectObjectNotFoundException"));

    /** Connections, who connects, resources, operators, the system: classes of SQL states that speak of no data. */
    private static final Set<String> STATES_WITHOUT_VALUES = Set.of("08", "28", "53", "57", "58");

    private FeastErrors() {}

    /** The status of HTTP. */
    public static int status(FeatureStoreException failure) {
        return switch (failure) {
            case AccessException turnedAway ->
                switch (turnedAway.reason()) {
                    case UNAUTHENTICATED -> 401;
                    case DENIED -> 403;
                };
            case InvalidRequestException caller -> 400;
            case UnsupportedException caller -> 400;
            case ConflictException caller -> 409;
            case NotFoundException missing -> missing.kind().equalsIgnoreCase("push source") ? 422 : 404;
            case StoreException store -> 503;
            case ConfigException server -> 500;
            case InternalException server -> 500;
        };
    }

    /** The status of gRPC. */
    public static Status.Code code(FeatureStoreException failure) {
        return switch (failure) {
            case AccessException turnedAway ->
                switch (turnedAway.reason()) {
                    case UNAUTHENTICATED -> Status.Code.UNAUTHENTICATED;
                    case DENIED -> Status.Code.PERMISSION_DENIED;
                };
            case InvalidRequestException caller -> Status.Code.INVALID_ARGUMENT;
            case UnsupportedException caller -> Status.Code.UNIMPLEMENTED;
            case ConflictException overtaken -> Status.Code.ABORTED;
            case NotFoundException missing -> Status.Code.NOT_FOUND;
            case StoreException store -> Status.Code.UNAVAILABLE;
            case ConfigException server -> Status.Code.INTERNAL;
            case InternalException server -> Status.Code.INTERNAL;
        };
    }

    /** Whether an operator should read of it: no caller could have avoided it. */
    public static boolean isOurs(FeatureStoreException failure) {
        return status(failure) >= 500;
    }

    /**
     * What the log says of a failure. The words of a system behind it are left out, since they quote values of callers and of
     * rows, but for those about connections, files and its own state. Who logs it logs the failure itself at level DEBUG.
     */
    public static String logged(FeatureStoreException failure) {
        return failure instanceof StoreException store
                ? "%s (%s; level DEBUG tells more)".formatted(store.attempt(), kind(store))
                : String.valueOf(failure.getMessage());
    }

    /** As {@link #logged}, of work with rows: what is wrong with them is said without them, too. */
    public static String loggedOfRows(FeatureStoreException failure) {
        return failure instanceof InvalidRequestException
                ? "keys, values, columns or types do not fit (level DEBUG tells more)"
                : logged(failure);
    }

    private static String kind(StoreException failure) {
        Throwable root = failure;
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException refusal) {
                return kind(refusal);
            }
            root = cause;
        }
        return root instanceof IOException
                ? String.valueOf(root.getMessage())
                : root.getClass().getSimpleName();
    }

    private static String kind(SQLException refusal) {
        String state = refusal.getSQLState();
        if (state == null) {
            return "%s, code %d".formatted(refusal.getClass().getSimpleName(), refusal.getErrorCode());
        }
        return STATES_WITHOUT_VALUES.stream().anyMatch(state::startsWith)
                ? String.valueOf(refusal.getMessage())
                : "SQL state " + state;
    }

    /** What Feast's clients read to find the class to raise again: its module, its name, and what it says. */
    public static Map<String, String> detail(FeatureStoreException failure) {
        return detail(failure, String.valueOf(failure.getMessage()));
    }

    /** As {@link #detail(FeatureStoreException)}, in other words than the failure's own. */
    public static Map<String, String> detail(FeatureStoreException failure, String message) {
        Map<String, String> detail = new LinkedHashMap<>();
        detail.put("module", "feast.errors");
        detail.put("class", feastClass(failure));
        detail.put("message", message);
        return detail;
    }

    /** The name of the class in the module {@code feast.errors}. */
    public static String feastClass(FeatureStoreException failure) {
        return switch (failure) {
            case NotFoundException missing ->
                NOT_FOUND.getOrDefault(missing.kind().toLowerCase(Locale.ROOT), "FeastObjectNotFoundException");
            case AccessException turnedAway -> "FeastPermissionError";
            case InvalidRequestException caller ->
                switch (caller.reason()) {
                    case PLACE_TAKEN -> "SavedDatasetLocationAlreadyExists";
                    case NAME_TAKEN -> "ConflictingFeatureViewNames";
                    case OTHER -> "FeastError";
                };
            case UnsupportedException caller -> "FeastError";
            case ConflictException caller -> "FeastError";
            case StoreException store -> "FeastError";
            case ConfigException server -> "FeastError";
            case InternalException server -> "FeastError";
        };
    }
}
