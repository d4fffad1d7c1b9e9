package dev.manciple.postgres;

import dev.manciple.model.Field;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.Value;
import dev.manciple.sql.Dialect;
import dev.manciple.wire.EntityKeyCodec;
import dev.manciple.wire.ValueCodec;
import dev.manciple.wire.ValueText;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A batch as the table has it: the newest value of each feature of each key, once, since a statement cannot change a row twice. */
final class FeatureRows {
    /** In the order of the table's key, so that writers wait for each other but never in a circle. */
    private static final Comparator<FeatureRow> BY_KEY = Comparator.<FeatureRow, byte[]>comparing(
                    row -> row.key, Arrays::compareUnsigned)
            .thenComparing(row -> row.name);

    private FeatureRows() {}

    /** A value of one feature; its arrays are changed by nobody. */
    static final class FeatureRow {
        final byte[] key;
        final String name;
        final byte[] value;
        final long event;
        final @Nullable Long created;
        final @Nullable String text;
        final @Nullable Double number;

        private FeatureRow(byte[] key, Field feature, Value value, OnlineRow row) {
            this.key = key;
            this.name = feature.name();
            this.value = ValueCodec.encode(value, feature.type());
            this.event = Dialect.micros(row.eventTime());
            this.created = row.created().map(Dialect::micros).orElse(null);
            String readable = ValueText.text(value, feature.type());
            // The server's text cannot hold it; the value itself can.
            this.text = readable == null ? null : readable.replace("\0", "");
            this.number = ValueText.number(value);
        }

        private boolean losesTo(FeatureRow other) {
            if (event != other.event) {
                return event < other.event;
            }
            return other.created == null ? created == null : created == null || created <= other.created;
        }
    }

    private record Cell(ByteBuffer key, String feature) {}

    static List<FeatureRow> of(EntityKeyCodec keys, List<Field> features, List<OnlineRow> rows) {
        Map<Cell, FeatureRow> newest = new HashMap<>();
        for (OnlineRow row : rows) {
            byte[] key = keys.encode(row.key());
            for (int i = 0; i < features.size(); i++) {
                Value value = row.values().get(i);
                if (value != Value.Missing.MISSING) {
                    newest.merge(
                            new Cell(ByteBuffer.wrap(key), features.get(i).name()),
                            new FeatureRow(key, features.get(i), value, row),
                            (before, now) -> before.losesTo(now) ? now : before);
                }
            }
        }
        return sorted(newest.values());
    }

    private static List<FeatureRow> sorted(Collection<FeatureRow> rows) {
        List<FeatureRow> sorted = new ArrayList<>(rows);
        sorted.sort(BY_KEY);
        return sorted;
    }
}
