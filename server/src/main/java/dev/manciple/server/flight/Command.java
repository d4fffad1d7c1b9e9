package dev.manciple.server.flight;

import dev.manciple.model.DataSource;
import dev.manciple.model.FeatureRef;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One call of an offline store, as its client worded it (Feast: online serving, 7.3). Nothing in it is known to exist. */
sealed interface Command {
    /** What Feast's protocol calls it. */
    default String api() {
        return switch (this) {
            case Historical historical -> Historical.API;
            case Pull pull -> pull.latestOnly() ? Pull.LATEST : Pull.ALL;
            case Columns columns -> Columns.API;
            case WriteBatch write -> WriteBatch.API;
            case WriteLogs logs -> WriteLogs.API;
            case Persist persist -> Persist.API;
            case Validate validate -> Validate.API;
        };
    }

    /** A call that is answered with rows. */
    sealed interface Get extends Command {}

    /** A call that leaves something behind, or only fails or not. */
    sealed interface Put extends Command {}

    /**
     * A point-in-time join. Where there is neither SQL nor a frame among the rows sent, it is of a range of time.
     *
     * @param views what the features are of, in the client's order
     * @param sql gives the entity rows
     * @param timeColumn the time of the rows of the SQL, which only clients of Manciple send
     * @param filterByCreated whether rows created after the entity row's time are left out; only clients of Manciple send it
     */
    record Historical(
            List<View> views,
            List<FeatureRef> features,
            String project,
            boolean fullFeatureNames,
            Optional<String> sql,
            Optional<String> timeColumn,
            boolean filterByCreated,
            Optional<Instant> start,
            Optional<Instant> end)
            implements Get {
        static final String API = "get_historical_features";
    }

    /**
     * @param alias what the features are called by, if not by the view's name
     * @param joinKeyMap join key to entity column, which only clients of Manciple send; from Feast's it is looked up by the alias
     */
    record View(String name, Optional<String> alias, Optional<Map<String, String>> joinKeyMap) {}

    /**
     * The rows of a registered source in a window of time. Columns go by the names of the source.
     *
     * @param latestOnly the newest row per key instead of all
     * @param features none means all columns there are
     */
    record Pull(
            boolean latestOnly,
            String source,
            List<String> joinKeys,
            List<String> features,
            String event,
            Optional<String> created,
            Optional<Instant> start,
            Optional<Instant> end)
            implements Get {
        static final String ALL = "pull_all_from_table_or_query";
        static final String LATEST = "pull_latest_from_table_or_query";
    }

    /** The columns of a source, which need not be registered. */
    record Columns(DataSource source) implements Get {
        static final String API = "get_table_column_names_and_types_from_data_source";
    }

    /** Rows to append to a view's batch source. */
    record WriteBatch(String view) implements Put {
        static final String API = "offline_write_batch";
    }

    /** Logs of what a service gave. */
    record WriteLogs(String service) implements Put {
        static final String API = "write_logged_features";
    }

    /** Rows to keep in the place of a registered source. */
    record Persist(Get rows, String target, boolean overwrite) implements Put {
        static final String API = "persist";
    }

    /** Whether a source can be read. */
    record Validate(DataSource source) implements Put {
        static final String API = "validate_data_source";
    }
}
