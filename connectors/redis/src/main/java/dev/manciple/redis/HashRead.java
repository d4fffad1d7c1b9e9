package dev.manciple.redis;

import dev.manciple.model.Field;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.Lookup;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.Value;
import dev.manciple.wire.ValueCodec;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * Some features of one view, read from the hashes of entities: field by field, or the whole hash where most of it is wanted, since
 * the server searches short hashes from their beginning for each field.
 */
final class HashRead {
    /** Below this many features, naming them is cheaper whatever else is in the hash. */
    private static final int FEW_FEATURES = 24;

    private static final int BYTES_PER_ARGUMENT = 12;

    private final ViewLayout layout;
    private final List<Field> features;
    private final boolean whole;
    private final @Nullable FieldPositions positions;

    HashRead(ViewLayout layout, List<Field> features) {
        this.layout = layout;
        this.features = features;
        this.whole = features.size() > FEW_FEATURES && features.size() * 2 >= layout.hashSize();
        this.positions = whole ? FieldPositions.of(layout, features) : null;
    }

    Command command(EntityKey entity) {
        return command(layout.key(entity));
    }

    Command command(byte[] key) {
        if (whole) {
            return new Command(
                    key, new CommandArguments(Protocol.Command.HGETALL).add(key), key.length + 2 * BYTES_PER_ARGUMENT);
        }
        CommandArguments arguments =
                new CommandArguments(Protocol.Command.HMGET).add(key).add(layout.timeField());
        for (Field feature : features) {
            arguments.add(layout.field(feature));
        }
        return new Command(key, arguments, key.length + (3 + features.size()) * BYTES_PER_ARGUMENT);
    }

    /** What a reply to {@link #command} says; a key that holds no hash has only corrupt values. */
    Lookup lookup(Object reply) {
        if (reply instanceof JedisDataException) {
            return corrupt("the key holds something that is no hash");
        }
        List<?> parts = (List<?>) reply;
        return positions == null ? named(parts) : all(parts, positions);
    }

    private Lookup named(List<?> parts) {
        Object time = parts.getFirst();
        if (time == null) {
            return Lookup.Absent.ABSENT;
        }
        Value[] values = new Value[features.size()];
        for (int i = 0; i < values.length; i++) {
            Object bytes = parts.get(i + 1);
            values[i] = bytes == null
                    ? Value.Missing.MISSING
                    : ValueCodec.decode((byte[]) bytes, features.get(i).type());
        }
        return found(values, (byte[]) time);
    }

    private Lookup all(List<?> parts, FieldPositions wanted) {
        layout.hashSize(parts.size() / 2);
        Value[] values = new Value[features.size()];
        Arrays.fill(values, Value.Missing.MISSING);
        byte[] timeField = layout.timeField().getRaw();
        byte[] time = null;
        for (int i = 0; i < parts.size(); i += 2) {
            byte[] field = (byte[]) parts.get(i);
            byte[] bytes = (byte[]) parts.get(i + 1);
            if (field.length == FieldPositions.FIELD_LENGTH) {
                for (int position = wanted.first(field); position >= 0; position = wanted.next(position)) {
                    values[position] =
                            ValueCodec.decode(bytes, features.get(position).type());
                }
            } else if (Arrays.equals(field, timeField)) {
                time = bytes;
            }
        }
        return time == null ? Lookup.Absent.ABSENT : found(values, time);
    }

    private Lookup found(Value[] values, byte[] time) {
        Optional<Instant> event = EventTimes.decode(time);
        return event.isPresent()
                ? new Lookup.Found(List.of(values), event.get())
                : corrupt("the stored event time of the row does not decode");
    }

    /** What was found, as the row it was written as. */
    static OnlineRow row(EntityKey entity, Lookup.Found found) {
        return new OnlineRow(
                entity,
                found.values(),
                found.eventTimes().isEmpty()
                        ? Instant.EPOCH
                        : found.eventTimes().getFirst(),
                Optional.empty());
    }

    private Lookup corrupt(String reason) {
        return new Lookup.Found(Collections.nCopies(features.size(), new Value.Corrupt(reason)), Instant.EPOCH);
    }
}
