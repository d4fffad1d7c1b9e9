package dev.manciple.postgres;

import java.sql.SQLException;
import java.util.List;
import org.postgresql.copy.CopyOut;

/** Rows on their way out of one connection. */
final class CopyStream {
    /** A signature, flags and the length of an extension there is none of. */
    private static final int HEADER_LENGTH = 19;

    private static final int LAST_ROW = -1;

    private final PostgresSession session;
    private final CopyOut copy;
    private boolean started;
    private boolean ended;
    private long bytesRead;

    CopyStream(PostgresSession session, CopyOut copy) {
        this.session = session;
        this.copy = copy;
    }

    /**
     * Reads the next rows into the columns' vectors.
     *
     * @param at the place of the first in the vectors
     * @return how many there were, fewer than {@code most} only where there are no more
     */
    int read(List<ColumnDecoder> columns, int at, int most) {
        return session.waiting("read the rows of a query", () -> readRows(columns, at, most));
    }

    private int readRows(List<ColumnDecoder> columns, int first, int most) throws SQLException {
        int rows = 0;
        while (!ended && rows < most) {
            byte[] message = copy.readFromCopy();
            if (message == null) {
                ended = true;
                break;
            }
            bytesRead += message.length;
            int at = started ? 0 : HEADER_LENGTH;
            started = true;
            if (at < message.length && !isLast(message, at)) {
                readRow(columns, first + rows, message, at + Short.BYTES);
                rows++;
            }
        }
        return rows;
    }

    private static boolean isLast(byte[] message, int at) {
        return (short) CopyBuffer.SHORT.get(message, at) == LAST_ROW;
    }

    private static void readRow(List<ColumnDecoder> columns, int row, byte[] message, int at) {
        int next = at;
        for (ColumnDecoder column : columns) {
            next = column.read(row, message, next);
        }
    }

    boolean isEnded() {
        return ended;
    }

    long bytesRead() {
        return bytesRead;
    }

    /** Ends the query if it has rows that are not wanted any more. */
    void cancel() {
        if (ended) {
            return;
        }
        ended = true;
        session.spoil();
        try {
            copy.cancelCopy();
        } catch (SQLException e) {
            // The transaction is over anyway; if the connection is lost too, the server ends the query by itself.
            return;
        }
    }
}
