package dev.manciple.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.Extras;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.Lookup;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.Value;
import dev.manciple.wire.proto.FeatureViewProto.FeatureViewSpec;
import dev.manciple.wire.proto.OnlineStoreProto.Cell;
import dev.manciple.wire.proto.OnlineStoreProto.Columns;
import dev.manciple.wire.proto.OnlineStoreProto.Failed;
import dev.manciple.wire.proto.OnlineStoreProto.Found;
import dev.manciple.wire.proto.OnlineStoreProto.Key;
import dev.manciple.wire.proto.OnlineStoreProto.Outcome;
import dev.manciple.wire.proto.OnlineStoreProto.Row;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The messages in which an online store is used from another process. Values are the bytes Feast's stores keep them in, so that
 * every type arrives as it was sent; times have nanoseconds. Both sides know the columns' types from their registry.
 */
public final class OnlineStoreCodec {
    private OnlineStoreCodec() {}

    /** A view as a registry keeps it, without what the model has no words for. */
    public static FeatureViewSpec encode(FeatureView view, String project) {
        return FeatureViewCodec.encode(view.extras(Extras.NONE), project, Optional.empty());
    }

    /** @throws InvalidRequestException if it is none, or none the model has words for */
    public static FeatureView decode(FeatureViewSpec spec) {
        try {
            return FeatureViewCodec.decode(spec).extras(Extras.NONE);
        } catch (NotModelledException | IllegalArgumentException e) {
            throw new InvalidRequestException(
                    "Feature view '%s' cannot be understood: %s".formatted(spec.getName(), e.getMessage()), e);
        }
    }

    public static Columns columns(FeatureView view, List<Field> features) {
        return Columns.newBuilder()
                .setView(view.name())
                .addAllJoinKeys(view.joinKeys())
                .addAllFeatures(features.stream().map(Field::name).toList())
                .build();
    }

    /**
     * @param columns the view's join keys
     * @throws InvalidRequestException if a value is not of its column's type
     */
    public static Key encode(EntityKey key, List<Field> columns) {
        requireEqual("join keys", columns.size(), key.values().size());
        Key.Builder encoded = Key.newBuilder();
        for (int i = 0; i < columns.size(); i++) {
            encoded.addValues(bytes(key.values().get(i), columns.get(i).type()));
        }
        return encoded.build();
    }

    /** @throws InvalidRequestException if a value is not of its column's type */
    public static EntityKey decode(Key key, List<Field> columns) {
        requireEqual("join keys", columns.size(), key.getValuesCount());
        List<Value> values = new ArrayList<>(columns.size());
        for (int i = 0; i < columns.size(); i++) {
            Field column = columns.get(i);
            Value value = ValueCodec.decode(key.getValues(i).toByteArray(), column.type());
            if (value instanceof Value.Corrupt(String reason)) {
                throw new InvalidRequestException("Join key '%s': %s".formatted(column.name(), reason));
            }
            values.add(value);
        }
        return new EntityKey(columns.stream().map(Field::name).toList(), values);
    }

    /** @throws InvalidRequestException if the value is not of the type */
    public static Cell encode(Value value, ValueType type) {
        return switch (value) {
            case Value.Missing missing -> Cell.newBuilder().setMissing(true).build();
            case Value.Corrupt(String reason) ->
                Cell.newBuilder().setCorrupt(reason).build();
            case Value.Null present -> present(present, type);
            case Value.Int present -> present(present, type);
            case Value.Real present -> present(present, type);
            case Value.Bool present -> present(present, type);
            case Value.Text present -> present(present, type);
            case Value.Bytes present -> present(present, type);
            case Value.Time present -> present(present, type);
            case Value.ZonedTime present -> present(present, type);
            case Value.Many present -> present(present, type);
            case Value.Keyed present -> present(present, type);
            case Value.Entries present -> present(present, type);
        };
    }

    private static Cell present(Value value, ValueType type) {
        return Cell.newBuilder().setValue(bytes(value, type)).build();
    }

    private static ByteString bytes(Value value, ValueType type) {
        return ByteString.copyFrom(ValueCodec.encode(value, type));
    }

    /** {@link Value.Corrupt} if it is not of the type. */
    public static Value decode(Cell cell, ValueType type) {
        return switch (cell.getContentCase()) {
            case VALUE -> ValueCodec.decode(cell.getValue().toByteArray(), type);
            case MISSING -> Value.Missing.MISSING;
            case CORRUPT -> new Value.Corrupt(cell.getCorrupt());
            case CONTENT_NOT_SET -> new Value.Corrupt("a cell without content was sent");
        };
    }

    /** Every nanosecond of it, unlike the times of a registry. */
    public static Timestamp encode(Instant time) {
        return Timestamp.newBuilder()
                .setSeconds(time.getEpochSecond())
                .setNanos(time.getNano())
                .build();
    }

    /** @throws InvalidRequestException if it is out of the range of times */
    public static Instant decode(Timestamp time) {
        try {
            return ProtoTimes.instant(time);
        } catch (DateTimeException | ArithmeticException e) {
            throw new InvalidRequestException("%d epoch seconds are out of range".formatted(time.getSeconds()), e);
        }
    }

    /** Neither found nor failed where there is no row. */
    public static Outcome encode(Lookup lookup, List<Field> features) {
        Outcome.Builder encoded = Outcome.newBuilder();
        switch (lookup) {
            case Lookup.Found found -> encoded.setFound(encode(found, features));
            case Lookup.Failed(String store, String reason) ->
                encoded.setFailed(Failed.newBuilder().setStore(store).setReason(reason));
            case Lookup.Absent absent -> {
                // Which an empty message says.
            }
        }
        return encoded.build();
    }

    /** @throws InvalidRequestException if it has not one value per feature */
    public static Lookup decode(Outcome outcome, List<Field> features) {
        return switch (outcome.getKindCase()) {
            case FOUND -> decode(outcome.getFound(), features);
            case FAILED ->
                new Lookup.Failed(
                        outcome.getFailed().getStore(), outcome.getFailed().getReason());
            case KIND_NOT_SET -> Lookup.Absent.ABSENT;
        };
    }

    public static Found encode(Lookup.Found found, List<Field> features) {
        Found.Builder encoded = Found.newBuilder();
        for (int i = 0; i < features.size(); i++) {
            encoded.addCells(encode(found.values().get(i), features.get(i).type()));
        }
        List<Instant> times = found.eventTimes();
        boolean one = times.stream().distinct().count() == 1;
        (one ? times.subList(0, 1) : times).forEach(time -> encoded.addEventTimes(encode(time)));
        return encoded.build();
    }

    /** @throws InvalidRequestException if it has not one value per feature */
    public static Lookup.Found decode(Found found, List<Field> features) {
        List<Value> values = cells(found.getCellsList(), features);
        if (found.getEventTimesCount() == 1) {
            return new Lookup.Found(values, decode(found.getEventTimes(0)));
        }
        requireEqual("event times", features.size(), found.getEventTimesCount());
        return new Lookup.Found(
                values,
                found.getEventTimesList().stream().map(OnlineStoreCodec::decode).toList());
    }

    /** @throws InvalidRequestException if a value is not of its type */
    public static Row encode(OnlineRow row, List<Field> joinKeys, List<Field> features) {
        requireEqual("features", features.size(), row.values().size());
        Row.Builder encoded =
                Row.newBuilder().setKey(encode(row.key(), joinKeys)).setEventTime(encode(row.eventTime()));
        for (int i = 0; i < features.size(); i++) {
            encoded.addCells(encode(row.values().get(i), features.get(i).type()));
        }
        row.created().ifPresent(created -> encoded.setCreated(encode(created)));
        return encoded.build();
    }

    /** @throws InvalidRequestException if it does not have the columns, or a value in a key is not of its type */
    public static OnlineRow decode(Row row, List<Field> joinKeys, List<Field> features) {
        return new OnlineRow(
                decode(row.getKey(), joinKeys),
                cells(row.getCellsList(), features),
                decode(row.getEventTime()),
                row.hasCreated() ? Optional.of(decode(row.getCreated())) : Optional.empty());
    }

    private static List<Value> cells(List<Cell> cells, List<Field> features) {
        requireEqual("features", features.size(), cells.size());
        List<Value> values = new ArrayList<>(features.size());
        for (int i = 0; i < features.size(); i++) {
            values.add(decode(cells.get(i), features.get(i).type()));
        }
        return values;
    }

    private static void requireEqual(String what, int expected, int found) {
        if (expected != found) {
            throw new InvalidRequestException("%d %s were expected, %d were sent".formatted(expected, what, found));
        }
    }
}
