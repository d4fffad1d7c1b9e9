package dev.manciple.hybrid.offline;

import dev.manciple.model.DataSource;
import dev.manciple.spi.OfflineCapability;
import dev.manciple.spi.PullRequest;
import dev.manciple.spi.ViewSlice;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;

/**
 * What joining one child's views moves, by either way, and which way it will be.
 *
 * @param up bytes sent per entity row when pushing
 * @param down bytes brought back per entity row when pushing
 * @param pulled about so many bytes when pulling, where the child can tell
 */
record Transfers(long up, long down, OptionalLong pulled, HybridOfflineConfig.Transfer configured, boolean mustPull) {
    /** What text, bytes, and things with parts are taken to hold. */
    private static final long VARIABLE = 32;

    /** How the rows of a child and the entity rows meet. */
    enum Way {
        PUSH,
        PULL
    }

    /** What is known of a pull's keys: before the entity rows are there, nothing. */
    interface Keys {
        Optional<PullRequest.Keys> of(ViewSlice slice);
    }

    /** Asks the child, if there is a choice. */
    static Transfers of(Layout.Part part, boolean filterByCreated, HybridOfflineConfig config, Keys keys) {
        boolean mustPull = filterByCreated
                && !part.share().child().store().capabilities().contains(OfflineCapability.FILTER_BY_CREATED);
        return new Transfers(
                bytes(part.thin().getFields()),
                bytes(part.features()) + Long.BYTES,
                config.transfer() == HybridOfflineConfig.Transfer.PUSH
                        ? OptionalLong.empty()
                        : pulled(part.share(), keys),
                config.transfer(),
                mustPull);
    }

    private static long bytes(List<Field> fields) {
        return fields.stream().mapToLong(field -> bytes(field.getType())).sum();
    }

    private static long bytes(ArrowType type) {
        return switch (type) {
            case ArrowType.Bool bool -> 1;
            case ArrowType.Int whole -> whole.getBitWidth() / 8;
            case ArrowType.FloatingPoint real -> real.getPrecision() == FloatingPointPrecision.DOUBLE ? 8 : 4;
            case ArrowType.Timestamp time -> Long.BYTES;
            case ArrowType.Date date -> Long.BYTES;
            case ArrowType other -> VARIABLE;
        };
    }

    private static OptionalLong pulled(Share share, Keys keys) {
        long sum = 0;
        for (ViewSlice slice : share.slices()) {
            DataSource.Batch source = slice.view().batchSource().orElseThrow();
            PullRequest all = new PullRequest(
                    source,
                    slice.view().entityColumns(),
                    slice.features(),
                    Instant.EPOCH,
                    Instant.EPOCH,
                    keys.of(slice));
            OptionalLong bytes = share.child().store().pullAll(all).explain().estimatedBytes();
            if (bytes.isEmpty()) {
                return bytes;
            }
            sum += bytes.getAsLong();
        }
        return OptionalLong.of(sum);
    }

    Way way(long rows) {
        if (mustPull) {
            return Way.PULL;
        }
        return switch (configured) {
            case PUSH -> Way.PUSH;
            case PULL -> Way.PULL;
            case AUTO -> pulled.isPresent() && pulled.getAsLong() < pushed(rows) ? Way.PULL : Way.PUSH;
        };
    }

    private long pushed(long rows) {
        return rows * (up + down);
    }

    /** What is expected to move for so many entity rows, where it can be told. */
    long bytes(long rows) {
        return switch (way(rows)) {
            case PUSH -> pushed(rows);
            case PULL -> pulled.orElse(0);
        };
    }

    /** For people. */
    String describe() {
        String push = "sends %d bytes per entity row, brings back about %d".formatted(up, down);
        String pull = pulled.isPresent()
                ? "fetches about %,d bytes of source rows and joins them here".formatted(pulled.getAsLong())
                : "fetches the source rows in reach and joins them here";
        if (mustPull) {
            return "pull, since it cannot filter by created time: " + pull;
        }
        return switch (configured) {
            case PUSH -> "push, as configured: " + push;
            case PULL -> "pull, as configured: " + pull;
            case AUTO ->
                pulled.isPresent()
                        ? "push below %,d entity rows: %s; pull from there on, or sooner if they have few keys: %s"
                                .formatted(pulled.getAsLong() / (up + down) + 1, push, pull)
                        : "push, since it cannot tell what a pull would move: " + push;
        };
    }
}
