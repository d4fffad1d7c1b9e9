package com.example.rowfiles;

import dev.manciple.model.Field;
import dev.manciple.spi.Lookup;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.Value;
import dev.manciple.wire.ValueCodec;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is known of one key: of each feature its newest value and when that was. */
record StoredRow(Map<String, Cell> cells) {
    static final StoredRow EMPTY = new StoredRow(Map.of());

    /**
     * @param created {@link Instant#MIN} where it is missing, since it loses to any other
     * @param value Feast's bytes
     */
    record Cell(Instant event, Instant created, byte[] value) {
        boolean isOlderThan(Cell other) {
            int byEvent = event.compareTo(other.event);
            return byEvent < 0 || (byEvent == 0 && created.isBefore(other.created));
        }
    }

    // snippet: newest
    /** This row and another of its key together: the newest of each feature, and of two equally new ones the other's. */
    StoredRow with(OnlineRow row, List<Field> features) {
        Map<String, Cell> merged = new LinkedHashMap<>(cells);
        for (int i = 0; i < features.size(); i++) {
            Value value = row.values().get(i);
            if (value != Value.Missing.MISSING) {
                Field feature = features.get(i);
                Cell given = new Cell(
                        row.eventTime(),
                        row.created().orElse(Instant.MIN),
                        ValueCodec.encode(value, feature.type()));
                merged.merge(feature.name(), given, (known, other) -> other.isOlderThan(known) ? known : other);
            }
        }
        return new StoredRow(merged);
    }
    // end snippet

    /** The features asked for, in that order. */
    Lookup lookup(List<Field> features) {
        List<Value> values = new ArrayList<>();
        List<Instant> times = new ArrayList<>();
        for (Field feature : features) {
            Cell cell = cells.get(feature.name());
            values.add(cell == null ? Value.Missing.MISSING : ValueCodec.decode(cell.value(), feature.type()));
            times.add(cell == null ? Instant.EPOCH : cell.event());
        }
        return new Lookup.Found(values, times);
    }

    byte[] toBytes() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(cells.size());
            for (Map.Entry<String, Cell> cell : cells.entrySet()) {
                out.writeUTF(cell.getKey());
                write(cell.getValue().event(), out);
                write(cell.getValue().created(), out);
                out.writeInt(cell.getValue().value().length);
                out.write(cell.getValue().value());
            }
        }
        return bytes.toByteArray();
    }

    private static void write(Instant time, DataOutputStream out) throws IOException {
        out.writeLong(time.getEpochSecond());
        out.writeInt(time.getNano());
    }

    static StoredRow read(InputStream bytes) throws IOException {
        DataInputStream in = new DataInputStream(bytes);
        Map<String, Cell> cells = new LinkedHashMap<>();
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            String feature = in.readUTF();
            Instant event = time(in);
            Instant created = time(in);
            cells.put(feature, new Cell(event, created, in.readNBytes(in.readInt())));
        }
        return new StoredRow(cells);
    }

    private static Instant time(DataInputStream in) throws IOException {
        return Instant.ofEpochSecond(in.readLong(), in.readInt());
    }
}
