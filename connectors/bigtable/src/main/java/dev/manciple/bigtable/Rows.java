package dev.manciple.bigtable;

import static com.google.cloud.bigtable.data.v2.models.Filters.FILTERS;

import com.google.cloud.bigtable.data.v2.models.Filters.Filter;
import com.google.cloud.bigtable.data.v2.models.Row;
import com.google.cloud.bigtable.data.v2.models.RowCell;
import com.google.protobuf.ByteString;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.Lookup;
import dev.manciple.spi.Value;
import dev.manciple.wire.EntityKeyCodec;
import dev.manciple.wire.ValueCodec;
import dev.manciple.wire.rows.EventText;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The rows of Feast's layout: a row per entity and view, a column per feature, and one for the event time. */
final class Rows {
    static final String FAMILY = "features";
    static final String EVENT = "event_ts";

    private Rows() {}

    static ByteString key(EntityKeyCodec keys, FeatureView view, EntityKey key) {
        return key(view, EntityKeyCodec.entityId(keys.encode(key)));
    }

    /** @param id the hash of the entity's key */
    static ByteString key(FeatureView view, String id) {
        return ByteString.copyFromUtf8(id + "#" + view.name());
    }

    /** The newest cell of the column with the event time. */
    static Filter event() {
        return FILTERS.chain()
                .filter(FILTERS.family().exactMatch(FAMILY))
                .filter(FILTERS.qualifier().exactMatch(EVENT))
                .filter(FILTERS.limit().cellsPerColumn(1));
    }

    /** The rows of one view, whose names stand behind a hash. */
    static Filter of(FeatureView view) {
        return FILTERS.key().regex("[0-9a-f]{32}#" + literal(view.name()));
    }

    /** Of the service's regular expressions, which see bytes. */
    private static String literal(String text) {
        StringBuilder escaped = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80 && !Character.isLetterOrDigit(c) && c != '_') {
                escaped.append(c == 0 ? "\\x00" : "\\" + c);
            } else {
                escaped.append(c);
            }
        }
        return escaped.toString();
    }

    static Optional<String> eventText(@Nullable Row row) {
        return row == null
                ? Optional.empty()
                : row.getCells(FAMILY, EVENT).stream()
                        .findFirst()
                        .map(cell -> cell.getValue().toStringUtf8());
    }

    /** A row whose event time cannot be read has no usable value: nobody can tell how old they are. */
    static Lookup lookup(@Nullable Row row, List<Field> features) {
        if (row == null || row.getCells(FAMILY).isEmpty()) {
            return Lookup.Absent.ABSENT;
        }
        String text = eventText(row).orElse("");
        try {
            return new Lookup.Found(values(row, features), EventText.parse(text));
        } catch (DateTimeException e) {
            Value corrupt =
                    new Value.Corrupt("the row's event time '%s' cannot be read: %s".formatted(text, e.getMessage()));
            return new Lookup.Found(Collections.nCopies(features.size(), corrupt), Instant.EPOCH);
        }
    }

    private static List<Value> values(Row row, List<Field> features) {
        Map<ByteString, ByteString> newest = new HashMap<>();
        for (RowCell cell : row.getCells(FAMILY)) {
            // Of the versions of a cell the newest comes first.
            newest.putIfAbsent(cell.getQualifier(), cell.getValue());
        }
        List<Value> values = new ArrayList<>(features.size());
        for (Field feature : features) {
            ByteString bytes = newest.get(ByteString.copyFromUtf8(feature.name()));
            values.add(bytes == null ? Value.Missing.MISSING : ValueCodec.decode(bytes.toByteArray(), feature.type()));
        }
        return values;
    }
}
