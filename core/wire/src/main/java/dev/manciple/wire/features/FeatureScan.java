package dev.manciple.wire.features;

import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.Value;
import dev.manciple.wire.EntityKeyCodec;
import dev.manciple.wire.ValueCodec;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Puts the features of each entity back together while a table is read once, an entity's rows together. An entity is as new as the
 * newest of its features. Used by one thread.
 */
public final class FeatureScan implements Iterator<OnlineRow> {
    private static final byte[] NO_BYTES = {};

    /** Reads the entity key of the row a result stands on. */
    public interface KeyColumn {
        byte[] read(ResultSet rows) throws SQLException;
    }

    private final FeatureView view;
    private final ResultSet rows;
    private final KeyColumn keyColumn;
    private final LongFunction<Instant> time;
    private final Function<SQLException, ? extends RuntimeException> failure;
    private final EntityKeyCodec keys;
    private final Map<String, Integer> positions;
    private boolean onRow;

    /**
     * @param rows in the order of their keys: key, name of the feature, value, event time, created time; whoever made them closes
     *     them
     * @param time of a number in the last two columns
     * @param failure what a failure of the driver means
     */
    public FeatureScan(
            FeatureView view,
            ResultSet rows,
            KeyColumn keyColumn,
            LongFunction<Instant> time,
            Function<SQLException, ? extends RuntimeException> failure)
            throws SQLException {
        this.view = view;
        this.rows = rows;
        this.keyColumn = keyColumn;
        this.time = time;
        this.failure = failure;
        this.keys = EntityKeyCodec.of(view.entityColumns());
        this.positions = positions(view.features());
        this.onRow = rows.next();
    }

    /** Where features stand among those asked for, by name. */
    public static Map<String, Integer> positions(List<Field> features) {
        Map<String, Integer> positions = HashMap.newHashMap(features.size());
        for (int i = 0; i < features.size(); i++) {
            positions.put(features.get(i).name(), i);
        }
        return positions;
    }

    /** What is left to be read. */
    public Stream<OnlineRow> stream() {
        return StreamSupport.stream(
                Spliterators.spliteratorUnknownSize(this, Spliterator.NONNULL | Spliterator.IMMUTABLE), false);
    }

    @Override
    public boolean hasNext() {
        return onRow;
    }

    @Override
    public OnlineRow next() {
        if (!onRow) {
            throw new NoSuchElementException();
        }
        try {
            return entity();
        } catch (SQLException e) {
            throw failure.apply(e);
        }
    }

    private OnlineRow entity() throws SQLException {
        Value[] values = new Value[positions.size()];
        Arrays.fill(values, Value.Missing.MISSING);
        byte[] key = keyColumn.read(rows);
        long event = Long.MIN_VALUE;
        Long created = null;
        do {
            Integer position = positions.get(rows.getString(2));
            if (position != null) {
                values[position] =
                        ValueCodec.decode(value(), view.features().get(position).type());
            }
            long featureEvent = rows.getLong(4);
            Long featureCreated = created();
            if (featureEvent > event) {
                event = featureEvent;
                created = featureCreated;
            } else if (featureEvent == event
                    && featureCreated != null
                    && (created == null || featureCreated > created)) {
                created = featureCreated;
            }
            onRow = rows.next();
        } while (onRow && Arrays.equals(key, keyColumn.read(rows)));
        return new OnlineRow(
                keys.decode(key),
                List.of(values),
                time.apply(event),
                Optional.ofNullable(created).map(time::apply));
    }

    /** Some drivers have null for no bytes. */
    private byte[] value() throws SQLException {
        byte[] bytes = rows.getBytes(3);
        return bytes == null ? NO_BYTES : bytes;
    }

    private @Nullable Long created() throws SQLException {
        long number = rows.getLong(5);
        return rows.wasNull() ? null : number;
    }
}
