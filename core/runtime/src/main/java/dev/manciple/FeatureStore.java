package dev.manciple;

import dev.manciple.model.Definition;
import dev.manciple.model.FeatureView;
import dev.manciple.repo.RepoConfig;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.Registry;
import dev.manciple.spi.RegistrySnapshot;
import dev.manciple.spi.RetrievalJob;
import dev.manciple.spi.Spine;
import dev.manciple.spi.Value;
import dev.manciple.spi.WriteReport;
import dev.manciple.transform.ForeignFunctions;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** The way in. Thread-safe; one per repository; close it. */
public interface FeatureStore extends AutoCloseable {
    /**
     * Opens the feature store a repository's {@code feature_store.yaml} describes. Connects to no store yet; where the online
     * store is a router, the registry is asked whether every view has its place.
     *
     * @throws dev.manciple.error.ConfigException with everything that is wrong with the configuration, or if the JVM lacks a
     *     flag Arrow needs, or if a registered view has no place in the online store
     */
    static FeatureStore open(Path repository) {
        return Opening.open(repository, repository.resolve(RepoConfig.FILE_NAME), System.getenv(), Optional.empty());
    }

    /**
     * As {@link #open(Path)} with a configuration from elsewhere.
     *
     * @param yamlFile instead of the repository's own
     * @param env where variables in the file come from
     */
    static FeatureStore open(Path repository, Path yamlFile, Map<String, String> env) {
        return Opening.open(repository, yamlFile, env, Optional.empty());
    }

    /**
     * As {@link #open(Path, Path, Map)}, and on demand views in other languages are computed where the configuration says.
     *
     * @param foreign asked where {@code feature_server.transformation_service_endpoint} is set
     */
    static FeatureStore open(
            Path repository, Path yamlFile, Map<String, String> env, ForeignFunctions.Factory foreign) {
        return Opening.open(repository, yamlFile, env, Optional.of(foreign));
    }

    /**
     * As {@link #open(Path, Path, Map, ForeignFunctions.Factory)} for who is going to change what is registered: views without a place in the online store
     * are refused when they are used, and not before definitions could be applied that give them one.
     */
    static FeatureStore openToApply(
            Path repository, Path yamlFile, Map<String, String> env, ForeignFunctions.Factory foreign) {
        return Opening.openToApply(repository, yamlFile, env, Optional.of(foreign));
    }

    /** As {@link #openToApply(Path, Path, Map, ForeignFunctions.Factory)}, without views in other languages. */
    static FeatureStore openToApply(Path repository, Path yamlFile, Map<String, String> env) {
        return Opening.openToApply(repository, yamlFile, env, Optional.empty());
    }

    /** A feature store of stores the caller made, without a repository. Closing it closes them, not the allocator. */
    static FeatureStore of(
            String project, Registry registry, OfflineStore offline, OnlineStore online, BufferAllocator allocator) {
        JvmFlags.check();
        return LocalFeatureStore.of(project, registry, offline, online, allocator);
    }

    /**
     * Entity rows of a Parquet, CSV or Arrow file, by its suffix. Their time is the column {@code event_timestamp}, else the only
     * one of a time type.
     *
     * @param features what will be asked of the rows, which tells the types of key columns a CSV file leaves open
     */
    Spine entityRows(Path file, FeatureSelection features);

    /**
     * Entity rows of plain Java objects, by column: numbers, text, booleans, bytes, times, lists, maps. A column a row lacks is
     * null.
     *
     * @param features what will be asked of the rows, which tells the types of key columns
     */
    Spine entityRows(List<? extends Map<String, ? extends @Nullable Object>> rows, FeatureSelection features);

    /**
     * Joins features onto entity rows as of each row's event time.
     *
     * @return a job that runs when it is opened, on-demand features included
     */
    RetrievalJob historicalFeatures(Spine spine, FeatureSelection features, RetrievalOptions options);

    /**
     * Runs a job and writes its rows, in order and as they come, to a Parquet, CSV or Arrow file, by its suffix. The file appears,
     * or replaces one of that name, only when it is complete.
     *
     * @throws dev.manciple.error.InvalidRequestException where there is such a file and {@code overwrite} is false; the job has not run then
     */
    WriteReport write(RetrievalJob job, Path target, boolean overwrite);

    /**
     * The range of a request without entity rows, filled in as Feast does.
     *
     * @param start where null, as long before the end as the longest TTL of the views asked for, else 30 days
     * @param end where null, now
     */
    Spine.Range range(FeatureSelection features, @Nullable Instant start, @Nullable Instant end);

    /**
     * Joins entity rows with a view twice, from its own source and from another, and tells where the features differ: a look
     * before the view is moved there.
     *
     * @param other the name of a registered batch source that has the view's columns
     */
    SourceComparison compareSources(String view, String other, Spine spine);

    /**
     * Reads the newest values of entities.
     *
     * @param entities join key, or request column, to one value per row; text is converted to the declared type
     */
    OnlineFeatures onlineFeatures(FeatureSelection features, Map<String, List<Value>> entities, OnlineOptions options);

    /**
     * Finds the rows of a view nearest to a vector, nearest first: its join keys, the features asked for and a column
     * {@code distance}. Rows whose vector is past the view's TTL are not among them, unless {@link OnlineOptions#expiredValues} or
     * {@link OnlineOptions#feastStatuses} says so, nor are rows whose vector is null, not as long as the query, or not finite. Rows
     * as near as each other come in the order of their encoded keys.
     *
     * @throws dev.manciple.error.UnsupportedException if the view's online store has no vector search
     */
    OnlineFeatures search(DocumentQuery query);

    /**
     * The views a materialization means.
     *
     * @param views empty for every view that is online, enabled and has history
     * @throws dev.manciple.error.FeatureStoreException if a named view is none, or cannot be materialized
     */
    List<FeatureView> materializable(List<String> views);

    /**
     * Copies the newest rows with event time in [start, end] to the online store.
     *
     * @param views empty for every view that is online and enabled
     */
    MaterializeReport materialize(Instant start, Instant end, List<String> views, MaterializeListener listener);

    /**
     * As {@link #materialize}, each view from where its last run ended. One that would begin after {@code end} has nothing to do,
     * and is passed over.
     */
    MaterializeReport materializeIncremental(Instant end, List<String> views, MaterializeListener listener);

    /** Writes rows to every view fed by a push source. Does not close {@code rows}. */
    PushReport push(String source, ArrowReader rows, PushTarget to);

    /**
     * Fails as a push of rows of these columns to the offline store would, and writes nothing: for rows that are gathered and pushed
     * later.
     */
    void checkPush(String source, Schema columns);

    /** Writes rows of one view to the online store. Does not close {@code rows}. */
    PushReport writeOnline(String view, ArrowReader rows);

    /** Appends rows to the batch source of one view. Does not close {@code rows}. */
    PushReport writeOffline(String view, ArrowReader rows);

    /**
     * Deletes rows past their view's TTL.
     *
     * @param views empty for every online view with a TTL
     * @return rows deleted by view
     */
    Map<String, Long> purge(List<String> views);

    /** What {@link #apply} would change to make the registry hold exactly {@code definitions}; changes nothing. */
    ApplyPlan plan(List<Definition> definitions, PlanOptions options);

    /**
     * Carries a plan out: creates infrastructure, commits to the registry, then drops what no view needs any more. A failure
     * leaves a registry all of whose views can be served; at worst some infrastructure is there too many.
     *
     * @throws dev.manciple.error.ConflictException if definitions changed after the plan was made
     */
    RegistrySnapshot apply(ApplyPlan plan);

    /**
     * What moving a view to another store of a hybrid online store would do; changes nothing.
     *
     * @param to the name or type of the store
     */
    MovePlan planMove(String view, String to, MoveOptions options);

    /**
     * Moves a view's rows from one store of a hybrid online store to another while it is read and written, gives the move up, or
     * ends it. A move that was stopped goes on when it is ordered again.
     *
     * @throws dev.manciple.error.ConflictException if the copy does not match the original; nothing was switched then
     * @throws dev.manciple.error.InvalidRequestException if the order does not fit what goes on, or rows would be lost that the
     *     options do not give up
     */
    MoveReport move(String view, MoveOrder order, MoveOptions options, MoveListener listener);

    /** Removes this project from the online store and the registry, and nothing of another's. */
    void teardown();

    /** What the registry holds now. */
    RegistrySnapshot registry();

    /** Lets somebody hear how the stores answer, until the observation is closed. */
    StoreObserver.Observation observe(StoreObserver observer);

    /**
     * The store behind {@link #historicalFeatures}, for who serves it to other processes: its sources read and described without
     * a view. Its failures are Manciple's. It is closed with this feature store, and not by the caller.
     */
    OfflineStore offlineStore();

    /** As {@link #offlineStore}, the store behind {@link #onlineFeatures}. */
    OnlineStore onlineStore();

    @Override
    void close();
}
