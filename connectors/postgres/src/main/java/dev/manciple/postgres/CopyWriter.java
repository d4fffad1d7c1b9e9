package dev.manciple.postgres;

import dev.manciple.sql.Sql;
import java.sql.SQLException;
import java.util.List;
import org.postgresql.copy.CopyIn;

/** Rows on their way into a table. Unless they were {@link #finish}ed, the server keeps none when this closes. */
final class CopyWriter implements AutoCloseable {
    private static final int SEND_AT = 1 << 16;
    private static final byte[] SIGNATURE = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0};

    private final PostgresSession session;
    private final String attempted;
    private final CopyIn copy;
    private final CopyBuffer out = new CopyBuffer(SEND_AT * 2);

    private CopyWriter(PostgresSession session, String attempted, CopyIn copy) {
        this.session = session;
        this.attempted = attempted;
        this.copy = copy;
        out.putBytes(SIGNATURE);
        out.putLong(0);
    }

    /** @param table and, where they are not all of its columns or in another order, the columns of the rows */
    static CopyWriter into(Sql table, PostgresSession session, String attempted) {
        Sql command = Sql.of("COPY {} FROM STDIN (FORMAT binary)", table);
        return new CopyWriter(session, attempted, session.copyIn(attempted, command));
    }

    /** Some of the rows that are in the columns' vectors now. */
    void write(List<ColumnEncoder> columns, int from, int to) {
        for (int row = from; row < to; row++) {
            out.putShort(columns.size());
            for (ColumnEncoder column : columns) {
                column.write(row, out);
            }
            if (out.size() >= SEND_AT) {
                session.waiting(attempted, () -> {
                    copy.writeToCopy(out.bytes(), 0, out.size());
                    return out;
                });
                out.clear();
            }
        }
    }

    /** Returns how many rows there were, all of which the server has now. */
    long finish() {
        out.putShort(-1);
        session.waiting(attempted, () -> {
            copy.writeToCopy(out.bytes(), 0, out.size());
            return copy.endCopy();
        });
        return copy.getHandledRowCount();
    }

    @Override
    public void close() {
        try {
            if (copy.isActive()) {
                session.spoil();
                copy.cancelCopy();
            }
        } catch (SQLException e) {
            // What stopped the rows is thrown; that the server hears of it only from the closed connection changes
            // nothing.
            return;
        }
    }
}
