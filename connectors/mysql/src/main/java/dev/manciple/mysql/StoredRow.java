package dev.manciple.mysql;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.Value;
import dev.manciple.wire.EntityKeyCodec;
import dev.manciple.wire.ValueCodec;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One feature of one entity as the table has it. */
final class StoredRow {
    /** What {@code timestamp} columns hold in MySQL and in MariaDB before 11.5. */
    private static final Instant FIRST_TIME = Instant.ofEpochSecond(1);

    private static final Instant LAST_TIME = Instant.ofEpochSecond(Integer.MAX_VALUE);

    private static final int MAX_KEY = 512;
    private static final int MAX_VALUE = 65_535;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final String key;
    private final String feature;
    private final byte[] value;
    private final String eventTime;
    private final @Nullable String createdTime;

    private StoredRow(String key, String feature, byte[] value, String eventTime, @Nullable String createdTime) {
        this.key = key;
        this.feature = feature;
        this.value = value;
        this.eventTime = eventTime;
        this.createdTime = createdTime;
    }

    /**
     * A batch, all of it encoded before the first row is sent; in key order, so that writers of the same rows wait for each other
     * rather than stop each other. Rows of one key stay in the order given.
     *
     * @throws InvalidRequestException if a row does not fit into the layout
     */
    static List<StoredRow> of(FeatureView view, List<OnlineRow> rows) {
        EntityKeyCodec keys = EntityKeyCodec.of(view.entityColumns());
        List<StoredRow> stored = new ArrayList<>(rows.size() * view.features().size());
        for (OnlineRow row : rows) {
            String key = key(keys, row.key());
            String event = time(row.eventTime(), "event time");
            String created =
                    row.created().map(time -> time(time, "created time")).orElse(null);
            for (int i = 0; i < view.features().size(); i++) {
                Value value = row.values().get(i);
                if (value != Value.Missing.MISSING) {
                    Field feature = view.features().get(i);
                    stored.add(new StoredRow(key, feature.name(), bytes(value, feature), event, created));
                }
            }
        }
        stored.sort(Comparator.comparing(StoredRow::key));
        return stored;
    }

    /** The key as text, as Feast keeps it here. @throws InvalidRequestException if it is longer than the column */
    static String key(EntityKeyCodec keys, EntityKey entity) {
        String key = HexFormat.of().formatHex(keys.encode(entity));
        if (key.length() > MAX_KEY) {
            throw new InvalidRequestException(
                    "The key %s takes %d hexadecimal digits, and the table has room for %d. Use shorter keys, or another store"
                            .formatted(entity, key.length(), MAX_KEY));
        }
        return key;
    }

    private static byte[] bytes(Value value, Field feature) {
        byte[] bytes = ValueCodec.encode(value, feature.type());
        if (bytes.length > MAX_VALUE) {
            throw new InvalidRequestException(
                    "A value of feature '%s' takes %d bytes, and the table has room for %d. Keep it in another store"
                            .formatted(feature.name(), bytes.length, MAX_VALUE));
        }
        return bytes;
    }

    /** A time as the server reads it, in whole seconds. */
    static String time(Instant time, String what) {
        if (time.isBefore(FIRST_TIME) || time.getEpochSecond() > LAST_TIME.getEpochSecond()) {
            throw new InvalidRequestException(
                    "The %s %s is out of range: the timestamps of MySQL reach from %s to %s. Use another store"
                            .formatted(what, time, FIRST_TIME, LAST_TIME));
        }
        return TIME.format(time);
    }

    private String key() {
        return key;
    }

    /** Sets the five parameters of an upsert that start at {@code first}. */
    void bind(PreparedStatement statement, int first) throws SQLException {
        statement.setString(first, key);
        statement.setString(first + 1, feature);
        statement.setBytes(first + 2, value);
        statement.setString(first + 3, eventTime);
        statement.setString(first + 4, createdTime);
    }
}
