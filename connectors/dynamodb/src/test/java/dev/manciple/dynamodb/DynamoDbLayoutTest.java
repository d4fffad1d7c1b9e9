package dev.manciple.dynamodb;

import static dev.manciple.tck.Drivers.EVENT;
import static dev.manciple.tck.Drivers.VIEW;
import static dev.manciple.tck.Drivers.found;
import static dev.manciple.tck.Drivers.keep;
import static dev.manciple.tck.Drivers.read;
import static dev.manciple.tck.Drivers.row;
import static dev.manciple.tck.Drivers.view;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.dynamodb.server.DynamoDbServer;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.spi.InfraChange;
import dev.manciple.spi.InfraChange.Action;
import dev.manciple.spi.Lookup;
import dev.manciple.spi.OnlineRead;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.Value;
import dev.manciple.spi.ViewChanges;
import dev.manciple.tck.Drivers;
import dev.manciple.tck.EventTextContract;
import dev.manciple.tck.KitContext;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What the tables hold, as Feast 0.66 writes and reads them. */
@Timeout(120)
class DynamoDbLayoutTest extends EventTextContract {
    /** The hash of the key of driver 1001. */
    private static final String ID_1001 = "f3cfd4a822f245b63975464763babaec";

    private TestTables tables;
    private OnlineStore store;

    @BeforeEach
    void open() {
        tables = new TestTables();
        store = store("p", Map.of());
        store.update(keep(VIEW));
    }

    @AfterEach
    void close() {
        store.close();
        tables.close();
    }

    @Override
    protected OnlineStore store() {
        return store;
    }

    private OnlineStore store(String project, Map<String, Object> more) {
        return tables.store(KitContext.withoutArrow(project, Path.of("")), more);
    }

    @Test
    void writesFeastsItem() {
        store.write(
                VIEW,
                List.of(new OnlineRow(
                        Drivers.key(1001),
                        List.of(new Value.Int(7), Value.Null.NULL),
                        EVENT.plusNanos(789),
                        Optional.of(EVENT))));
        assertThat(stored(ID_1001))
                .isEqualTo(Map.of(
                        "entity_id",
                        AttributeValue.fromS(ID_1001),
                        "event_ts",
                        AttributeValue.fromS("2024-01-01 00:00:00.123456+00:00"),
                        "values",
                        AttributeValue.fromM(Map.of("trips", bytes("2007"), "rate", bytes("")))));
    }

    @Test
    void changesRowsWithoutSomeFeaturesInPlace() {
        store.write(VIEW, List.of(partial(5, 1)));
        assertThat(read(store, 1001))
                .isEqualTo(new Lookup.Found(List.of(new Value.Int(1), Value.Missing.MISSING), EVENT.plusSeconds(5)));
        // Newest last, oldest first: the row in the middle must not bring back what the newest left out.
        store.write(VIEW, List.of(partial(9, 3), row(1001, EVENT.plusSeconds(7), 2), row(1001, EVENT, 0)));
        assertThat(read(store, 1001)).isEqualTo(found(EVENT.plusSeconds(9), 3));
        store.write(VIEW, List.of(partial(8, 4)));
        assertThat(read(store, 1001)).isEqualTo(found(EVENT.plusSeconds(9), 3));
    }

    /** The service's expressions do not name so many. */
    @Test
    void writesAndReadsSomeOfManyFeatures() {
        List<Field> features = IntStream.range(0, 1000)
                .mapToObj(i -> Field.of("feature_" + i, Scalar.INT64))
                .toList();
        FeatureView wide = VIEW.features(features.toArray(Field[]::new));
        store.write(wide, List.of(wide(features, EVENT, i -> new Value.Int(i))));
        OnlineRow partial =
                wide(features, EVENT.plusSeconds(2), i -> i == 0 ? Value.Missing.MISSING : new Value.Int(-i));
        store.write(wide, List.of(partial));
        store.write(
                wide,
                List.of(wide(features, EVENT.plusSeconds(1), i -> i == 0 ? Value.Missing.MISSING : new Value.Int(7))));
        assertThat(store.read(List.of(new OnlineRead(wide, List.of(partial.key()), features.subList(0, 400))))
                        .getFirst()
                        .lookups())
                .containsExactly(new Lookup.Found(
                        IntStream.range(0, 400)
                                .<Value>mapToObj(i -> new Value.Int(-i))
                                .toList(),
                        EVENT.plusSeconds(2)));
    }

    private static OnlineRow wide(List<Field> features, Instant event, IntFunction<Value> values) {
        return new OnlineRow(
                row(1001, event, 0).key(),
                IntStream.range(0, features.size()).mapToObj(values).toList(),
                event,
                Optional.empty());
    }

    private static OnlineRow partial(int seconds, long trips) {
        return new OnlineRow(
                Drivers.key(1001),
                List.of(new Value.Int(trips), Value.Missing.MISSING),
                EVENT.plusSeconds(seconds),
                Optional.empty());
    }

    /** An answer holds 16 MB at most; the service leaves the other keys unprocessed. */
    @Test
    void asksAgainForKeysTheServiceLeftOut() {
        FeatureView wide = view("wide").features(Field.of("blob", Scalar.BYTES));
        store.update(keep(wide));
        Value large = new Value.Bytes(ByteBuffer.allocate(380_000));
        List<OnlineRow> rows = LongStream.range(0, 60)
                .mapToObj(i -> new OnlineRow(Drivers.key(i), List.of(large), EVENT, Optional.empty()))
                .toList();
        store.write(wide, rows);
        List<Lookup> lookups = store.read(List.of(
                        new OnlineRead(wide, rows.stream().map(OnlineRow::key).toList(), wide.features())))
                .getFirst()
                .lookups();
        assertThat(lookups)
                .hasSize(60)
                .allSatisfy(lookup -> assertThat(lookup).isEqualTo(new Lookup.Found(List.of(large), EVENT)));
    }

    @Test
    void refusesTheTableOfAnotherViewNamingBoth() {
        FeatureView first = view("b.c");
        FeatureView second = view("c");
        try (OnlineStore a = store("a", Map.of());
                OnlineStore ab = store("a.b", Map.of())) {
            a.update(keep(first));
            a.write(first, List.of(row(1, EVENT, 1)));
            for (Runnable refused : List.<Runnable>of(() -> ab.plan(keep(second)), () -> ab.update(keep(second)))) {
                assertThatThrownBy(refused::run)
                        .isInstanceOf(InvalidRequestException.class)
                        .hasMessageContaining("view 'b.c' of project 'a'")
                        .hasMessageContaining("'c' of project 'a.b'");
            }
            ab.update(new ViewChanges(List.of(), List.of(second)));
            ab.teardown(List.of(second));
            assertThat(read(a, first, 1)).isEqualTo(found(EVENT, 1));
        }
    }

    /** The local server takes tags and forgets them, so that what it is asked is looked at. */
    @Test
    void tagsTables() {
        List<String> requests = new CopyOnWriteArrayList<>();
        try (FaultyFront front = new FaultyFront(DynamoDbServer.shared().endpoint(), request -> {
                    requests.add(request);
                    return false;
                });
                OnlineStore tagging =
                        store("t", Map.of("endpoint_url", front.url(), "tags", Map.of("cost", "ml", "team", "none")))) {
            FeatureView tagged = view("tagged");
            FeatureView withTags = tagged.about(tagged.about().tags(Map.of("team", "risk")));
            tagging.update(keep(withTags));
            assertThat(requests)
                    .filteredOn(request -> request.contains("CreateTable"))
                    .singleElement()
                    .asString()
                    .contains("{\"Key\":\"cost\",\"Value\":\"ml\"}", "{\"Key\":\"team\",\"Value\":\"risk\"}");
            tagging.update(keep(withTags));
            assertThat(requests)
                    .filteredOn(request -> request.contains("TagResource"))
                    .singleElement()
                    .asString()
                    .contains("{\"Key\":\"team\",\"Value\":\"risk\"}");
        }
    }

    @Test
    void refusesKeysFeastCannotStoreAtApply() {
        FeatureView odd = view("odd").entityColumns(List.of(Field.of("weight", Scalar.DOUBLE)));
        for (Runnable refused : List.<Runnable>of(() -> store.plan(keep(odd)), () -> store.update(keep(odd)))) {
            assertThatThrownBy(refused::run)
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("'odd'")
                    .hasMessageContaining("'weight'");
        }
    }

    @Test
    void plansTablesByNameAndSaysWhatIsMissing() {
        assertThat(store.plan(new ViewChanges(List.of(view("more")), List.of(VIEW))))
                .containsExactly(
                        new InfraChange(Action.CREATE, "dynamodb", "table", tables.table("p.more")),
                        new InfraChange(Action.DROP, "dynamodb", "table", tables.table("p.stats")));
        assertThatThrownBy(() -> read(store, view("more"), 1))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("apply the repository first");
        assertThatThrownBy(() -> store.write(view("more"), List.of(row(1, EVENT, 1))))
                .isInstanceOf(NotFoundException.class);
    }

    @Test
    void countsRows() {
        store.write(VIEW, List.of(row(1, EVENT, 1), row(2, EVENT, 2), row(1, EVENT, 3)));
        assertThat(store.count(VIEW)).isEqualTo(2);
    }

    /** Feast has a space where ISO 8601 has a T. */
    @Override
    protected void feastWrites(String event) {
        tables.client()
                .putItem(put -> put.tableName(tables.table("p.stats"))
                        .item(Map.of(
                                "entity_id",
                                AttributeValue.fromS(ID_1001),
                                "event_ts",
                                AttributeValue.fromS(event.replace('T', ' ')),
                                "values",
                                AttributeValue.fromM(Map.of("trips", bytes("2007"), "rate", bytes("350000003f"))))));
    }

    private Map<String, AttributeValue> stored(String id) {
        return tables.client()
                .getItem(get ->
                        get.tableName(tables.table("p.stats")).key(Map.of("entity_id", AttributeValue.fromS(id))))
                .item();
    }

    private static AttributeValue bytes(String hex) {
        return AttributeValue.fromB(SdkBytes.fromByteArray(HexFormat.of().parseHex(hex)));
    }
}
