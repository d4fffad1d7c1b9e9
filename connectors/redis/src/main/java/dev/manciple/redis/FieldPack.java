package dev.manciple.redis;

import dev.manciple.model.Field;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.Value;
import dev.manciple.wire.ValueCodec;
import java.util.List;

/**
 * The fields of a row in the form the server's script takes them: names and values by turns, each a string of MessagePack, in packs of
 * bounded size. Used by one thread.
 */
final class FieldPack {
    /** Twice as many strings are passed on at once, and Lua passes a few thousand at most. */
    private static final int FIELDS_PER_PACK = 1000;

    // The forms of strings that every version of MessagePack has.
    private static final int SHORT = 0xa0;
    private static final int LONGEST_SHORT = 31;
    private static final byte MEDIUM = (byte) 0xda;
    private static final int LONGEST_MEDIUM = 0xffff;
    private static final byte LONG = (byte) 0xdb;

    private static final byte[] NOTHING = {};

    private final ViewLayout layout;
    private final byte[][] values;

    FieldPack(ViewLayout layout) {
        this.layout = layout;
        this.values =
                new byte[Math.min(FIELDS_PER_PACK, layout.view().features().size())][];
    }

    /** How many packs a row of the view has; at least one. */
    int count() {
        return Math.max(1, Math.ceilDiv(layout.view().features().size(), FIELDS_PER_PACK));
    }

    /**
     * A pack of a row; empty if the row has none of its features.
     *
     * @param number from 0; the first has the event time too
     */
    byte[] encode(int number, OnlineRow row, byte[] time) {
        int from = number * FIELDS_PER_PACK;
        List<Field> features = layout.view()
                .features()
                .subList(
                        from,
                        Math.min(
                                from + FIELDS_PER_PACK, layout.view().features().size()));
        byte[] timeField = layout.timeField().getRaw();
        int size = number == 0 ? size(timeField) + size(time) : 0;
        for (int i = 0; i < features.size(); i++) {
            Value value = row.values().get(from + i);
            if (value == Value.Missing.MISSING) {
                values[i] = NOTHING;
                continue;
            }
            Field feature = features.get(i);
            values[i] = ValueCodec.encode(value, feature.type());
            size += size(layout.field(feature).getRaw()) + size(values[i]);
        }
        byte[] pack = new byte[size];
        int at = number == 0 ? put(time, pack, put(timeField, pack, 0)) : 0;
        for (int i = 0; i < features.size(); i++) {
            if (row.values().get(from + i) != Value.Missing.MISSING) {
                at = put(layout.field(features.get(i)).getRaw(), pack, at);
                at = put(values[i], pack, at);
            }
        }
        return pack;
    }

    private static int size(byte[] text) {
        int header = text.length <= LONGEST_SHORT ? 1 : text.length <= LONGEST_MEDIUM ? 3 : 5;
        return header + text.length;
    }

    /** @return the position after it */
    private static int put(byte[] text, byte[] pack, int from) {
        int at = from;
        int length = text.length;
        if (length <= LONGEST_SHORT) {
            pack[at++] = (byte) (SHORT | length);
        } else if (length <= LONGEST_MEDIUM) {
            pack[at++] = MEDIUM;
            pack[at++] = (byte) (length >>> 8);
            pack[at++] = (byte) length;
        } else {
            pack[at++] = LONG;
            pack[at++] = (byte) (length >>> 24);
            pack[at++] = (byte) (length >>> 16);
            pack[at++] = (byte) (length >>> 8);
            pack[at++] = (byte) length;
        }
        System.arraycopy(text, 0, pack, at, length);
        return at + length;
    }
}
