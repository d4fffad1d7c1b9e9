package dev.manciple.hybrid.online;

import static dev.manciple.hybrid.online.MovingShop.NOON;
import static dev.manciple.hybrid.online.MovingShop.drivers;
import static dev.manciple.hybrid.online.MovingShop.view;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.MaterializeListener;
import dev.manciple.MoveListener;
import dev.manciple.MoveOptions;
import dev.manciple.MoveOptions.Verify;
import dev.manciple.MoveOrder;
import dev.manciple.MoveReport;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.servers.RunningServer;
import dev.manciple.servers.Servers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Views that leave a service that keeps no more of a key than its hash, and come back to it. */
@Timeout(180)
class HashedMoveTest {
    private static final MoveOptions NOTHING_LOST = new MoveOptions(Verify.ALL, false, Optional.of(Duration.ZERO));
    private static final MoveOptions ACCEPT_LOSS = new MoveOptions(Verify.ALL, true, NOTHING_LOST.settle());
    private static final MoveOrder TO_FILE = new MoveOrder.To("file");

    @TempDir
    Path folder;

    @Test
    void aViewLeavesDynamoDb() throws Exception {
        try (RunningServer server = Servers.dynamodb(folder.resolve("server"))) {
            leavesAndComesBack(
                    "dynamodb",
                    Map.of(
                            "type",
                            "dynamodb",
                            "endpoint_url",
                            "http://127.0.0.1:" + server.port(),
                            "region",
                            "eu-central-1",
                            "access_key_id",
                            "test",
                            "secret_access_key",
                            "test",
                            "consistent_reads",
                            true));
        }
    }

    @Test
    void aViewLeavesBigtable() throws Exception {
        try (RunningServer server = Servers.bigtable()) {
            leavesAndComesBack(
                    "bigtable",
                    Map.of(
                            "type",
                            "bigtable",
                            "project_id",
                            "test",
                            "instance",
                            "moves",
                            "emulator",
                            "127.0.0.1:" + server.port()));
        }
    }

    /** What history and the writes since the move began do not tell of is counted, and left behind only if that is accepted. */
    private void leavesAndComesBack(String service, Map<String, Object> options) {
        Map<String, Object> file = Map.of("name", "file", "type", "sqlite", "path", "online.db");
        try (MovingShop shop = new MovingShop(folder, MovingShop.Wrapper.NOTHING, List.of(options, file))) {
            shop.applied(view(service)).history(10, drivers(0, 300));
            assertThat(shop.store()
                            .materialize(
                                    NOON.minusSeconds(1),
                                    NOON.plusSeconds(1),
                                    List.of("scores"),
                                    new MaterializeListener() {})
                            .failedViews())
                    .isEmpty();
            shop.write(NOON.plusSeconds(1), 20, 7).write(NOON, 30, 5_000, 5_001);
            assertThat(shop.store().planMove("scores", "file", NOTHING_LOST).scans())
                    .isFalse();
            assertThatThrownBy(() -> move(shop, TO_FILE, NOTHING_LOST))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining(
                            "2 rows of feature view 'scores' in online store '%s' cannot be copied whole", service);
            // Written since the move began, so it is in both.
            shop.write(NOON.plusSeconds(2), 31, 5_001);
            MoveReport report = move(shop, TO_FILE, ACCEPT_LOSS);
            assertThat(report.lost()).isEqualTo(1);
            assertThat(shop.scores(0, 7, 5_000, 5_001)).containsExactly(10L, 20L, -1L, 31L);
            move(shop, new MoveOrder.Finish(), NOTHING_LOST);

            assertThat(move(shop, new MoveOrder.To(service), NOTHING_LOST).verified())
                    .isEqualTo(301);
            move(shop, new MoveOrder.Finish(), NOTHING_LOST);
            assertThat(shop.scores(0, 7, 5_000, 5_001)).containsExactly(10L, 20L, -1L, 31L);
        }
    }

    private static MoveReport move(MovingShop shop, MoveOrder order, MoveOptions options) {
        return shop.store().move("scores", order, options, MoveListener.SILENT);
    }
}
