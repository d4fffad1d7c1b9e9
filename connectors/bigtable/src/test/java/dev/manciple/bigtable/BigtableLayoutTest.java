package dev.manciple.bigtable;

import static dev.manciple.tck.Drivers.EVENT;
import static dev.manciple.tck.Drivers.VIEW;
import static dev.manciple.tck.Drivers.found;
import static dev.manciple.tck.Drivers.keep;
import static dev.manciple.tck.Drivers.read;
import static dev.manciple.tck.Drivers.row;
import static dev.manciple.tck.Drivers.view;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.cloud.bigtable.data.v2.models.Row;
import com.google.cloud.bigtable.data.v2.models.RowMutation;
import com.google.cloud.bigtable.data.v2.models.TableId;
import com.google.protobuf.ByteString;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.error.StoreException;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.spi.InfraChange;
import dev.manciple.spi.InfraChange.Action;
import dev.manciple.spi.OnlineRead;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.Value;
import dev.manciple.spi.ViewChanges;
import dev.manciple.tck.Drivers;
import dev.manciple.tck.EventTextContract;
import dev.manciple.tck.KitContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the tables hold, as Feast 0.66 writes and reads them, and what is said when they cannot be reached. */
@Timeout(120)
class BigtableLayoutTest extends EventTextContract {
    private static final String ROW_1001 = "f3cfd4a822f245b63975464763babaec#stats";

    private TestBigtable instance;
    private OnlineStore store;

    @BeforeEach
    void open() {
        instance = new TestBigtable();
        store = store("p", Map.of());
        store.update(keep(VIEW));
    }

    @AfterEach
    void close() {
        store.close();
        instance.close();
    }

    @Override
    protected OnlineStore store() {
        return store;
    }

    private OnlineStore store(String project, Map<String, Object> more) {
        return instance.store(KitContext.withoutArrow(project, Path.of("")), more);
    }

    @Test
    void writesFeastsRow() {
        store.write(
                VIEW,
                List.of(new OnlineRow(
                        Drivers.key(1001),
                        List.of(new Value.Int(7), Value.Null.NULL),
                        EVENT.plusNanos(789),
                        Optional.of(EVENT))));
        Row row = instance.data().readRow(TableId.of("p.driver"), ROW_1001);
        assertThat(row.getCells().stream()
                        .collect(Collectors.toMap(
                                cell -> cell.getFamily() + ":"
                                        + cell.getQualifier().toStringUtf8(),
                                cell -> HexFormat.of().formatHex(cell.getValue().toByteArray()))))
                .isEqualTo(Map.of(
                        "features:trips",
                        "2007",
                        "features:rate",
                        "",
                        "features:event_ts",
                        HexFormat.of().formatHex("2024-01-01T00:00:00.123456+00:00".getBytes(StandardCharsets.UTF_8))));
    }

    /** A cell from the future, as a writer with an early clock leaves it. */
    @Test
    void isNotHiddenByCellsOfTheFuture() {
        long future = (System.currentTimeMillis() + 3_600_000) * 1000;
        instance.data()
                .mutateRow(RowMutation.create(TableId.of("p.driver"), ROW_1001)
                        .setCell("features", bytes("trips"), future, hex("2007"))
                        .setCell("features", bytes("rate"), future, hex("350000003f"))
                        .setCell("features", bytes("event_ts"), future, bytes("2024-01-01T00:00:00+00:00")));
        store.write(VIEW, List.of(row(1001, EVENT, 8)));
        assertThat(read(store, 1001)).isEqualTo(found(EVENT, 8));
    }

    @Test
    void keepsTheTableUntilItsLastViewIsDropped() {
        FeatureView other = view("other");
        FeatureView alone = view("alone").entities(List.of("customer"));
        assertThat(store.plan(keep(VIEW, other, alone)))
                .as("the table of the first is there")
                .containsExactly(new InfraChange(Action.CREATE, "bigtable", "table", "p.customer"));
        store.update(keep(VIEW, other));
        store.write(VIEW, List.of(row(1, EVENT, 1)));
        store.write(other, List.of(row(1, EVENT, 2)));
        assertThat(store.count(VIEW)).isEqualTo(1);
        assertThat(store.read(List.of(
                        new OnlineRead(VIEW, List.of(Drivers.key(1)), VIEW.features()),
                        new OnlineRead(other, List.of(Drivers.key(1)), other.features()))))
                .extracting(result -> result.lookups().getFirst())
                .containsExactly(found(EVENT, 1), found(EVENT, 2));
        ViewChanges dropping = new ViewChanges(List.of(), List.of(VIEW));
        assertThat(store.plan(dropping))
                .containsExactly(new InfraChange(Action.DROP, "bigtable", "rows", "p.driver #stats"));
        // The view that stays is not named, as where only a part of a repository is applied.
        store.update(dropping);
        assertThat(read(store, other, 1)).isEqualTo(found(EVENT, 2));
        store.teardown(List.of(other));
        assertThat(instance.admin().listTables()).isEmpty();
    }

    @Test
    void refusesTheTableOfAnotherProjectNamingBoth() {
        FeatureView first = view("v").entities(List.of("b.c"));
        FeatureView second = view("v").entities(List.of("c"));
        try (OnlineStore a = store("a", Map.of());
                OnlineStore ab = store("a.b", Map.of())) {
            a.update(keep(first));
            a.write(first, List.of(row(1, EVENT, 1)));
            for (Runnable refused : List.<Runnable>of(() -> ab.plan(keep(second)), () -> ab.update(keep(second)))) {
                assertThatThrownBy(refused::run)
                        .isInstanceOf(InvalidRequestException.class)
                        .hasMessageContaining("'a.b.c'")
                        .hasMessageContaining("project 'a.b'")
                        .hasMessageContaining("project 'a',");
            }
            ab.teardown(List.of(second));
            assertThat(read(a, first, 1)).isEqualTo(found(EVENT, 1));
        }
    }

    @Test
    void refusesAtApplyWhatTheLayoutCannotHold() {
        FeatureView odd = view("odd").entityColumns(List.of(Field.of("weight", Scalar.DOUBLE)));
        FeatureView timed = view("timed").features(Field.of("event_ts", Scalar.INT64));
        assertThatThrownBy(() -> store.plan(keep(odd)))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("'odd'")
                .hasMessageContaining("'weight'");
        assertThatThrownBy(() -> store.update(keep(timed)))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("'event_ts'")
                .hasMessageContaining("'timed'");
    }

    @Test
    void saysWhatIsMissing() {
        FeatureView never = view("never").entities(List.of("never"));
        assertThatThrownBy(() -> read(store, never, 1))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("p.never")
                .hasMessageContaining("apply the repository first");
        assertThatThrownBy(() -> store.write(never, List.of(row(1, EVENT, 1)))).isInstanceOf(NotFoundException.class);
    }

    @Test
    void saysThatCredentialsAreOfNoUseWithoutTellingThem(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("junk.json"), "{\"private_key\": \"s3cret\"}");
        for (String file : List.of("absent.json", "junk.json")) {
            try (OnlineStore locked =
                    store("p", Map.of("credentials", folder.resolve(file).toString()))) {
                StoreException failure = catchThrowableOfType(StoreException.class, () -> read(locked, 1));
                assertThat(failure)
                        .hasMessageContaining("'credentials'")
                        .hasMessageContaining(file)
                        .hasMessageNotContaining("s3cret");
                assertThat(failure.retryable()).isFalse();
            }
        }
    }

    @Test
    void givesUpOnAServiceThatIsNotThereOrDoesNotAnswer() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                OnlineStore waiting =
                        store("p", Map.of("emulator", "127.0.0.1:" + silent.getLocalPort(), "request_timeout", 0.2))) {
            StoreException ofRead = catchThrowableOfType(StoreException.class, () -> read(waiting, 1));
            assertThat(ofRead).hasMessageContaining("127.0.0.1:" + silent.getLocalPort());
            assertThat(ofRead.retryable()).isTrue();
            StoreException ofWrite =
                    catchThrowableOfType(StoreException.class, () -> waiting.write(VIEW, List.of(row(1, EVENT, 1))));
            assertThat(ofWrite.applied()).isEmpty();
            assertThat(ofWrite.outcome()).isEqualTo(StoreException.Outcome.MAYBE);
        }
    }

    @Override
    protected void feastWrites(String event) {
        instance.data()
                .mutateRow(RowMutation.create(TableId.of("p.driver"), ROW_1001)
                        .setCell("features", bytes("trips"), hex("2007"))
                        .setCell("features", bytes("rate"), hex("350000003f"))
                        .setCell("features", bytes("event_ts"), bytes(event)));
    }

    private static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }

    private static ByteString hex(String hex) {
        return ByteString.copyFrom(HexFormat.of().parseHex(hex));
    }
}
