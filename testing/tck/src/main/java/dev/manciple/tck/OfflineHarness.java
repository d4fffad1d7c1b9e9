package dev.manciple.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manciple.arrow.ArrowRows;
import dev.manciple.model.DataSource;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.TimeColumns;
import dev.manciple.model.ValueType;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.spi.HistoricalRequest;
import dev.manciple.spi.OfflineCapability;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.RetrievalJob;
import dev.manciple.spi.Value;
import dev.manciple.spi.ViewSlice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.provider.Arguments;

/** The machinery behind {@link OfflineStoreContract}: one store, one simple view, and requests in one line. */
abstract class OfflineHarness extends KitTest {
    static final Instant NOON = Instant.parse("2025-06-01T12:00:00Z");
    static final Duration HOUR = Duration.ofHours(1);

    static final String KEY = "driver_id";
    static final String EVENT = "event_timestamp";
    static final String CREATED = "created";
    static final Field SCORE = Field.of("score", Scalar.INT64);
    static final Field NOTE = Field.of("note", Scalar.STRING);
    static final TimeColumns TIMES = new TimeColumns(EVENT, Optional.of(CREATED), Optional.empty());

    private final Map<String, Table> loaded = new HashMap<>();
    private int sources;
    private @Nullable OfflineFixture fixture;
    private @Nullable OfflineStore store;

    /** A fixture of the store under test; asked for once per test, with an empty folder. */
    protected abstract OfflineFixture fixture(Path emptyFolder);

    @BeforeEach
    final void open() {
        fixture = fixture(folder);
        store = fixture.open(context("tck"));
    }

    @AfterEach
    final void close() {
        if (store != null) {
            store.close();
        }
        if (fixture != null) {
            fixture.close();
        }
    }

    final OfflineFixture fixture() {
        return Objects.requireNonNull(fixture);
    }

    final OfflineStore store() {
        return Objects.requireNonNull(store);
    }

    final boolean can(OfflineCapability capability) {
        return fixture().expectedCapabilities().contains(capability);
    }

    /** The finest step of time the store keeps. */
    final Duration tick() {
        return store().timePrecision().getDuration();
    }

    // ---- sources -------------------------------------------------------------------------------------------------

    /** One row of the simple view: what was known of a driver at a time, and when it was written down. */
    record Fact(
            @Nullable Long driver,
            @Nullable Instant event,
            @Nullable Instant created,
            @Nullable Long score,
            @Nullable String note) {
        List<Value> row() {
            return Values.row(
                    driver == null ? null : Values.integer(driver),
                    Values.time(event),
                    Values.time(created),
                    score == null ? null : Values.integer(score),
                    note == null ? null : Values.text(note));
        }
    }

    static Fact fact(long driver, Instant event, long score) {
        return new Fact(driver, event, event, score, "n" + score);
    }

    static Fact fact(long driver, Instant event, @Nullable Instant created, long score) {
        return new Fact(driver, event, created, score, "n" + score);
    }

    /** A loaded view of drivers with the features score and note. */
    final FeatureView view(Duration ttl, Fact... facts) {
        return drivers(load(table(facts), TIMES), ttl);
    }

    static Table table(Fact... facts) {
        return Table.of(
                List.of(
                        Field.of(KEY, Scalar.INT64),
                        Field.of(EVENT, Scalar.UNIX_TIMESTAMP),
                        Field.of(CREATED, Scalar.UNIX_TIMESTAMP),
                        SCORE,
                        NOTE),
                Stream.of(facts).map(Fact::row).toList());
    }

    /** Rows to append to the simple view, some of columns or types that a store may refuse; their values fit wherever their types do. */
    static Stream<Arguments> batches() {
        Table whole = table(fact(1, NOON.plus(HOUR), 20), fact(2, NOON.plus(HOUR), 30));
        return Stream.of(
                Arguments.of("the source's columns", whole),
                Arguments.of("in another order", with(whole, 4, 3, 2, 1, 0)),
                Arguments.of("without the key", with(whole, 1, 2, 3, 4)),
                Arguments.of("without the created time", with(whole, 0, 1, 3, 4)),
                Arguments.of("without a feature", with(whole, 0, 1, 2, 4)),
                Arguments.of("with one more", added(whole)),
                Arguments.of("a number of fewer bits", whole.handedOverAs(SCORE.name(), new ArrowType.Int(16, true))),
                Arguments.of("a number with a fraction", filled(whole, SCORE.name(), Scalar.DOUBLE, Values.real(2.0))),
                Arguments.of("a number as text", filled(whole, SCORE.name(), Scalar.STRING, Values.text("20"))),
                Arguments.of("a text as number", filled(whole, NOTE.name(), Scalar.INT64, Values.integer(20))),
                Arguments.of(
                        "a text as list", filled(whole, NOTE.name(), new ValueType.ListOf(Scalar.INT64), Values.NULL)),
                Arguments.of("a key as text", filled(whole, KEY, Scalar.STRING, Values.text("1"))),
                Arguments.of(
                        "a time as text", filled(whole, EVENT, Scalar.STRING, Values.text("2025-06-01T13:00:00Z"))),
                Arguments.of(
                        "a time without zone",
                        whole.handedOverAs(EVENT, new ArrowType.Timestamp(TimeUnit.MILLISECOND, null))));
    }

    private static Table with(Table table, int... columns) {
        return Table.of(
                IntStream.of(columns).mapToObj(table.columns()::get).toList(),
                table.rows().stream()
                        .map(row -> IntStream.of(columns).mapToObj(row::get).toList())
                        .toList());
    }

    private static Table added(Table table) {
        List<Field> columns = new ArrayList<>(table.columns());
        columns.add(Field.of("more", Scalar.INT64));
        return Table.of(
                columns,
                table.rows().stream()
                        .map(row -> Stream.concat(row.stream(), Stream.of(Values.integer(1)))
                                .toList())
                        .toList());
    }

    /** With another type for a column, and one value of it in every row. */
    private static Table filled(Table table, String column, ValueType type, Value value) {
        int at = table.column(column);
        List<Field> columns = new ArrayList<>(table.columns());
        columns.set(at, Field.of(column, type));
        return Table.of(
                columns,
                table.rows().stream()
                        .map(row -> {
                            List<Value> changed = new ArrayList<>(row);
                            changed.set(at, value);
                            return List.copyOf(changed);
                        })
                        .toList());
    }

    static FeatureView drivers(DataSource.Batch source, Duration ttl) {
        return view("drivers", source, List.of(Field.of(KEY, Scalar.INT64)), List.of(SCORE, NOTE))
                .ttl(ttl);
    }

    static FeatureView view(String name, DataSource.Batch source, List<Field> keys, List<Field> features) {
        return FeatureView.of(name)
                .source(source)
                .entities(keys.stream().map(Field::name).toList())
                .entityColumns(keys)
                .features(features);
    }

    final DataSource.Batch load(Table table, TimeColumns time) {
        return load("source " + sources++, table, time);
    }

    /** Loads a table, and remembers its rows for the oracle. */
    final DataSource.Batch load(String name, Table table, TimeColumns time) {
        try (ArrowReader reader = table.reader(allocator)) {
            DataSource.Batch source = fixture().load(name, time, reader);
            assertThat(source.time())
                    .as("the time columns of what the fixture loaded")
                    .isEqualTo(time);
            loaded.put(source.name(), table);
            return source;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    final Oracle oracle() {
        return new Oracle(loaded);
    }

    // ---- requests ------------------------------------------------------------------------------------------------

    /** One entity row of the simple view. */
    record Ask(@Nullable Long driver, @Nullable Instant time) {}

    static Ask ask(@Nullable Long driver, @Nullable Instant time) {
        return new Ask(driver, time);
    }

    static Table asks(Ask... asks) {
        return Table.of(
                List.of(Field.of(KEY, Scalar.INT64), Field.of("at", Scalar.UNIX_TIMESTAMP)),
                Stream.of(asks)
                        .map(ask -> Values.row(
                                ask.driver() == null ? null : Values.integer(ask.driver()), Values.time(ask.time())))
                        .toList());
    }

    static ViewSlice slice(FeatureView view) {
        return new ViewSlice(view, view.name(), view.features(), Map.of());
    }

    static ViewSlice slice(FeatureView view, Field... features) {
        return new ViewSlice(view, view.name(), List.of(features), Map.of());
    }

    final HistoricalRequest request(Table spine, String timeColumn, ViewSlice... slices) {
        return new HistoricalRequest(
                spine.spine(timeColumn, allocator), List.of(slices), false, HistoricalRequest.Options.DEFAULT);
    }

    final RetrievalJob job(Table spine, String timeColumn, ViewSlice... slices) {
        return store().historicalFeatures(request(spine, timeColumn, slices));
    }

    /** The scores a driver is given at each time, after a check that the entity rows came back as they were. */
    final List<Value> scores(FeatureView view, Ask... asks) {
        Table spine = asks(asks);
        List<List<Value>> rows = rows(job(spine, "at", slice(view, SCORE)), types(spine.types(), List.of(SCORE)));
        assertThat(rows.stream().map(row -> row.subList(0, 2)).toList())
                .as("the entity rows")
                .isEqualTo(spine.rows());
        return rows.stream().map(row -> row.getLast()).toList();
    }

    /** Joins and compares every row with the oracle's. */
    final void assertLikeOracle(HistoricalRequest request, Table spine, String timeColumn, String description) {
        List<Oracle.Expected> expected = oracle().join(request, spine, timeColumn);
        List<List<Value>> rows = rows(store().historicalFeatures(request), types(spine, request.slices()));
        assertAccepted(rows, expected, description);
    }

    static void assertAccepted(List<List<Value>> rows, List<Oracle.Expected> expected, String description) {
        assertThat(rows).as("rows, %s", description).hasSameSizeAs(expected);
        for (int i = 0; i < rows.size(); i++) {
            List<Value> row = rows.get(i);
            Oracle.Expected right = expected.get(i);
            assertThat(right.accepts(row))
                    .as("row %d, %s%ngot      %s%nexpected %s", i, description, row, right)
                    .isTrue();
        }
    }

    static List<ValueType> types(Table spine, List<ViewSlice> slices) {
        return types(
                spine.types(),
                slices.stream().flatMap(slice -> slice.features().stream()).toList());
    }

    static List<ValueType> types(List<ValueType> spine, List<Field> features) {
        List<ValueType> types = new ArrayList<>(spine);
        features.forEach(feature -> types.add(feature.type()));
        return types;
    }

    /** Runs a job and reads all of it. */
    final List<List<Value>> rows(RetrievalJob job, List<ValueType> types) {
        try (ArrowReader reader = job.open(allocator)) {
            return ArrowRows.read(reader, types);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a job and reads all of it by the types the result itself has. */
    final List<List<Value>> rows(RetrievalJob job) {
        try (ArrowReader reader = job.open(allocator)) {
            return ArrowRows.read(reader);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
