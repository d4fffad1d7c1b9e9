package com.example.arrowfolder;

import dev.manciple.spi.Spine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.arrow.vector.util.VectorAppender;

/** The entity rows, batch by batch as they come, each with its features. Closing it closes the histories. */
final class JoinedReader extends ArrowReader {
    private final Schema schema;
    private final List<JoinedSlice> slices;
    private final ArrowReader spine;
    private final List<JoinedSlice.Join> joins = new ArrayList<>();

    JoinedReader(Spine.Rows spine, Schema schema, List<JoinedSlice> slices, BufferAllocator allocator) {
        super(allocator);
        this.schema = schema;
        this.slices = slices;
        this.spine = spine.reader().get();
        try {
            List<FieldVector> out = getVectorSchemaRoot().getFieldVectors();
            int column = this.spine.getVectorSchemaRoot().getFieldVectors().size();
            for (JoinedSlice slice : slices) {
                int end = column + slice.slice().features().size();
                joins.add(slice.join(this.spine, spine.timeColumn(), out.subList(column, end)));
                column = end;
            }
        } catch (IOException e) {
            closeSpine(e);
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            closeSpine(e);
            throw e;
        }
    }

    private void closeSpine(Exception failure) {
        try {
            spine.close();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    @Override
    protected Schema readSchema() {
        return schema;
    }

    // snippet: join
    @Override
    public boolean loadNextBatch() throws IOException {
        prepareLoadNextBatch();
        VectorSchemaRoot out = getVectorSchemaRoot();
        out.allocateNew();
        boolean more = spine.loadNextBatch();
        VectorSchemaRoot in = spine.getVectorSchemaRoot();
        int rows = more ? in.getRowCount() : 0;
        if (more) {
            int column = 0;
            for (FieldVector given : in.getFieldVectors()) {
                given.accept(new VectorAppender(out.getVector(column++)), null);
            }
            joins.forEach(join -> join.fill(rows));
        }
        out.setRowCount(rows);
        return more;
    }
    // end snippet

    @Override
    public long bytesRead() {
        return spine.bytesRead();
    }

    @Override
    protected void closeReadSource() throws IOException {
        slices.forEach(JoinedSlice::close);
        spine.close();
    }
}
