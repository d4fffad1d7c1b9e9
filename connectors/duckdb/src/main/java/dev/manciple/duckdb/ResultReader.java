package dev.manciple.duckdb;

import dev.manciple.arrow.DerivedReader;
import java.io.IOException;
import java.sql.SQLException;
import java.sql.Statement;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/** The rows of a statement, which ends with them, and whose failures are Manciple's. */
final class ResultReader extends DerivedReader {
    private final Statement statement;
    private final EngineCalls calls;
    private final Database.Use use;
    private boolean closed;

    /** @param use closed after the last row, or with the reader */
    ResultReader(
            ArrowReader rows, Statement statement, EngineCalls calls, Database.Use use, BufferAllocator allocator) {
        super(rows, allocator);
        this.statement = statement;
        this.calls = calls;
        this.use = use;
    }

    @Override
    public VectorSchemaRoot getVectorSchemaRoot() throws IOException {
        return from().getVectorSchemaRoot();
    }

    @Override
    public boolean loadNextBatch() throws IOException {
        if (closed) {
            throw new IOException("the reader is closed");
        }
        try {
            boolean more = calls.make(from()::loadNextBatch, () -> DuckDbSession.cancel(statement));
            if (!more) {
                use.close();
            }
            return more;
        } catch (IOException e) {
            throw DuckDbSession.failed(e, "read the rows of a query");
        }
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try (use;
                statement) {
            if (!statement.isClosed()) {
                statement.cancel();
            }
            from().close();
        } catch (SQLException e) {
            throw DuckDbSession.failed(e, "end a query");
        }
    }

    @Override
    public void close(boolean closeReadSource) throws IOException {
        close();
    }

    @Override
    protected void closeReadSource() {}

    @Override
    protected Schema readSchema() throws IOException {
        return from().getVectorSchemaRoot().getSchema();
    }
}
