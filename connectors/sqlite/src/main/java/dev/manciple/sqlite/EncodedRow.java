package dev.manciple.sqlite;

import dev.manciple.spi.OnlineRow;
import dev.manciple.wire.EntityKeyCodec;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** A row with the bytes of its key, which nobody changes. */
final class EncodedRow {
    private final byte[] key;
    private final OnlineRow row;

    private EncodedRow(byte[] key, OnlineRow row) {
        this.key = key;
        this.row = row;
    }

    /** In key order, which touches each page of the tree once; rows of one key stay in the order given. */
    static List<EncodedRow> sorted(EntityKeyCodec keys, List<OnlineRow> rows) {
        return rows.stream()
                .map(row -> new EncodedRow(keys.encode(row.key()), row))
                .sorted(Comparator.comparing(EncodedRow::key, Arrays::compareUnsigned))
                .toList();
    }

    byte[] key() {
        return key;
    }

    OnlineRow row() {
        return row;
    }
}
