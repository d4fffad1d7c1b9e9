package dev.manciple.redis;

import dev.manciple.model.Field;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.Lookup;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.Value;
import dev.manciple.wire.ValueCodec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * Some features of some views with the same join keys, read from the hashes of entities by one command each: field by field, or
 * the whole hash where most of it is wanted, since the server searches short hashes from their beginning for each field.
 */
final class HashRead {
    /** Below this many features, naming them is cheaper whatever else is in the hash. */
    private static final int FEW_FEATURES = 24;

    /** Up to this many fields, a server with its defaults keeps a hash as a list and searches it from its beginning. */
    private static final int LISTED_FIELDS = 512;

    /** How many times as many fields as asked for may be read, to save the searches. */
    private static final int MOST_OF_LISTED = 4;

    /** The same, where finding a field takes no search. */
    private static final int MOST_OF_INDEXED = 2;

    private static final int BYTES_PER_ARGUMENT = 12;

    private final HashFields fields;
    private final List<HashFields.Part> parts;
    private final boolean whole;

    /** The command is chosen here, by what was seen of the hashes until now. */
    HashRead(HashFields fields) {
        this.fields = fields;
        this.parts = fields.parts();
        this.whole = fields.features().size() > FEW_FEATURES && wantsMostOf(Math.max(fieldsAsked(), fieldsSeen()));
    }

    private int fieldsAsked() {
        return fields.features().size() + parts.size();
    }

    private int fieldsSeen() {
        int most = 0;
        for (HashFields.Part part : parts) {
            most = Math.max(most, part.layout().hashSize());
        }
        return most;
    }

    Command command(EntityKey entity) {
        return command(parts.getFirst().layout().key(entity));
    }

    Command command(byte[] key) {
        if (whole) {
            return new Command(
                    key, new CommandArguments(Protocol.Command.HGETALL).add(key), key.length + 2 * BYTES_PER_ARGUMENT);
        }
        CommandArguments arguments = new CommandArguments(Protocol.Command.HMGET).add(key);
        fields.names().forEach(arguments::add);
        return new Command(key, arguments, key.length + (2 + arguments.size()) * BYTES_PER_ARGUMENT);
    }

    private boolean wantsMostOf(int hashSize) {
        int most = hashSize <= LISTED_FIELDS ? MOST_OF_LISTED : MOST_OF_INDEXED;
        return fields.features().size() * most >= hashSize;
    }

    /** What a reply to {@link #command} says of each view; a key that holds no hash has only corrupt values. */
    List<Lookup> lookups(Object reply) {
        if (reply instanceof JedisDataException) {
            return parts.stream()
                    .map(part -> corrupt(part, "the key holds something that is no hash"))
                    .toList();
        }
        List<?> answer = (List<?>) reply;
        return whole ? all(answer) : named(answer);
    }

    private List<Lookup> named(List<?> answer) {
        List<Lookup> lookups = new ArrayList<>(parts.size());
        int next = 0;
        for (HashFields.Part part : parts) {
            Object time = answer.get(next++);
            Value[] values = new Value[part.features().size()];
            for (int i = 0; i < values.length; i++) {
                Object bytes = answer.get(next++);
                values[i] = bytes == null
                        ? Value.Missing.MISSING
                        : ValueCodec.decode(
                                (byte[]) bytes, part.features().get(i).type());
            }
            lookups.add(lookup(part, List.of(values), (byte[]) time));
        }
        return lookups;
    }

    private List<Lookup> all(List<?> answer) {
        FieldPositions wanted = fields.positions();
        List<Field> features = fields.features();
        Value[] values = new Value[features.size()];
        Arrays.fill(values, Value.Missing.MISSING);
        byte[][] times = new byte[parts.size()][];
        int next = 0;
        for (int i = 0; i < answer.size(); i += 2) {
            byte[] field = (byte[]) answer.get(i);
            byte[] bytes = (byte[]) answer.get(i + 1);
            if (field.length == FieldPositions.FIELD_LENGTH) {
                for (int position = wanted.first(field); position >= 0; position = wanted.next(position)) {
                    values[position] =
                            ValueCodec.decode(bytes, features.get(position).type());
                }
            } else {
                next = keepTime(field, bytes, times, next);
            }
        }
        List<Lookup> lookups = new ArrayList<>(parts.size());
        for (int i = 0; i < times.length; i++) {
            HashFields.Part part = parts.get(i);
            part.layout().hashSize(answer.size() / 2);
            int end = part.first() + part.features().size();
            lookups.add(lookup(part, List.of(Arrays.copyOfRange(values, part.first(), end)), time(i, times)));
        }
        return lookups;
    }

    /**
     * Keeps what may be the time of a view that is asked for.
     *
     * @param next the view to begin with: hashes mostly have views in the order in which they are asked for
     * @return the view to begin with for the next field
     */
    private int keepTime(byte[] field, byte[] bytes, byte[][] times, int next) {
        for (int i = 0; i < times.length; i++) {
            int part = (next + i) % times.length;
            if (Arrays.equals(field, parts.get(part).layout().timeField().getRaw())) {
                times[part] = bytes;
                return part + 1;
            }
        }
        return next;
    }

    /** Of a view that is asked for twice, only one has kept it. */
    private byte @Nullable [] time(int part, byte[][] times) {
        for (int i = 0; i < times.length && times[part] == null; i++) {
            if (parts.get(i)
                    .layout()
                    .view()
                    .name()
                    .equals(parts.get(part).layout().view().name())) {
                times[part] = times[i];
            }
        }
        return times[part];
    }

    private static Lookup lookup(HashFields.Part part, List<Value> values, byte @Nullable [] time) {
        if (time == null) {
            return Lookup.Absent.ABSENT;
        }
        Optional<Instant> event = EventTimes.decode(time);
        return event.isPresent()
                ? new Lookup.Found(values, event.get())
                : corrupt(part, "the stored event time of the row does not decode");
    }

    private static Lookup corrupt(HashFields.Part part, String reason) {
        return new Lookup.Found(Collections.nCopies(part.features().size(), new Value.Corrupt(reason)), Instant.EPOCH);
    }

    /** What was found, as the row it was written as. */
    static OnlineRow row(EntityKey entity, Lookup.Found found) {
        Instant time = found.eventTimes().isEmpty()
                ? Instant.EPOCH
                : found.eventTimes().getFirst();
        return new OnlineRow(entity, found.values(), time, Optional.empty());
    }
}
