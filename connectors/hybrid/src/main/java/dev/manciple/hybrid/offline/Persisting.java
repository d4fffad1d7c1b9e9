package dev.manciple.hybrid.offline;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.spi.HistoricalRequest;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.RetrievalJob;
import dev.manciple.spi.Spine;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * A result on its way into a store that did not compute it: its rows are the entity rows of a request for no views, which every
 * store gives back, and can write, as they are.
 */
final class Persisting {
    private Persisting() {}

    /**
     * The result as a job of another store.
     *
     * @param allocator owns the rows on their way
     * @throws InvalidRequestException if the result has no column of times, which entity rows must have
     */
    static RetrievalJob in(OfflineStore store, RetrievalJob job, BufferAllocator allocator) {
        Schema schema = job.schema();
        Spine.Rows rows = new Spine.Rows(schema, timeColumn(schema), () -> job.open(allocator));
        return store.historicalFeatures(
                new HistoricalRequest(rows, List.of(), false, new HistoricalRequest.Options(false, false)));
    }

    private static String timeColumn(Schema schema) {
        return schema.getFields().stream()
                .filter(field ->
                        field.getType() instanceof ArrowType.Timestamp || field.getType() instanceof ArrowType.Date)
                .map(Field::getName)
                .findFirst()
                .orElseThrow(
                        () -> new InvalidRequestException(
                                "The result has no column of times: a result of several stores needs one to be written by another"));
    }
}
