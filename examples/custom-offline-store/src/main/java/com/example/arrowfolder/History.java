package com.example.arrowfolder;

import dev.manciple.arrow.ArrowValues;
import dev.manciple.arrow.ColumnCopier;
import dev.manciple.arrow.ColumnReader;
import dev.manciple.arrow.TimeReader;
import dev.manciple.model.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.stream.IntStream;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.util.TransferPair;

/**
 * The rows of one source in memory: the columns asked for, batch by batch as they were read, and where in them a key's row at a time
 * is. Closing it frees them.
 */
final class History implements AutoCloseable {
    private final List<Field> features;
    private final Keys keys = new Keys();
    private final Timeline timeline = new Timeline();

    private final List<Batch> batches = new ArrayList<>();

    /** @param first its first row */
    private record Batch(int first, List<FieldVector> columns) {}

    private History(List<Field> features) {
        this.features = features;
    }

    /**
     * @param features in the order in which rows are copied
     * @param inTime whether a row with this event time counts
     */
    static History read(Columns columns, List<Field> keys, List<Field> features, LongPredicate inTime) {
        History history = new History(features);
        try {
            history.read(columns, keys, inTime);
            history.timeline.sort(history.keys.count());
            return history;
        } catch (RuntimeException | Error e) {
            history.close();
            throw e;
        }
    }

    // snippet: read
    private void read(Columns columns, List<Field> keyFields, LongPredicate inTime) {
        List<ColumnReader> key = columns.values(keyFields);
        TimeReader event = columns.event();
        TimeReader created = columns.created();
        while (columns.rows().loadNextBatch()) {
            int first = timeline.rows();
            int rows = columns.batch().getRowCount();
            for (int row = 0; row < rows; row++) {
                long time = event.read(row);
                if (time != TimeReader.NONE && inTime.test(time)) {
                    timeline.add(keys.add(key, row), time, created.read(row));
                } else {
                    timeline.skip();
                }
            }
            if (rows > 0) {
                batches.add(new Batch(first, kept(columns)));
            }
        }
    }
    // end snippet

    /** Takes the features from the batch, so that they outlive it. */
    private List<FieldVector> kept(Columns columns) {
        List<FieldVector> kept = new ArrayList<>();
        for (Field feature : features) {
            FieldVector read = columns.vector(feature.name());
            TransferPair pair = read.getTransferPair(read.getAllocator());
            pair.transfer();
            kept.add((FieldVector) pair.getTo());
        }
        return kept;
    }

    /** The newest row of the key in a row of other columns, as {@link Timeline#newest} finds it. */
    int newest(List<ColumnReader> key, int keyRow, long time, long ttl) {
        int number = time == TimeReader.NONE ? Keys.UNKNOWN : keys.find(key, keyRow);
        return number == Keys.UNKNOWN ? Timeline.NONE : timeline.newest(number, time, ttl);
    }

    /** The newest row of every key. */
    BitSet newest() {
        BitSet rows = new BitSet();
        for (int key = 0; key < keys.count(); key++) {
            int row = timeline.newest(key, Long.MAX_VALUE, Timeline.UNBOUNDED);
            if (row != Timeline.NONE) {
                rows.set(row);
            }
        }
        return rows;
    }

    /** Copies all features of a row. */
    ColumnCopier copier(List<FieldVector> targets) {
        int[] firsts = batches.stream().mapToInt(Batch::first).toArray();
        List<List<ColumnCopier>> copiers =
                batches.stream().map(batch -> copiers(batch, targets)).toList();
        return (row, to) -> {
            int place = Arrays.binarySearch(firsts, row);
            int batch = place < 0 ? -place - 2 : place;
            for (ColumnCopier column : copiers.get(batch)) {
                column.copy(row - firsts[batch], to);
            }
        };
    }

    private List<ColumnCopier> copiers(Batch batch, List<FieldVector> targets) {
        return IntStream.range(0, features.size())
                .mapToObj(i -> ArrowValues.copier(
                        batch.columns().get(i), targets.get(i), features.get(i).type()))
                .toList();
    }

    @Override
    public void close() {
        batches.forEach(batch -> batch.columns().forEach(FieldVector::close));
    }
}
