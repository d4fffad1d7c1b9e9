package dev.manciple.sqlite;

import dev.manciple.spi.config.Check;
import dev.manciple.spi.config.Default;
import java.time.Duration;

/**
 * The options of the SQLite online store: Feast's, and two of ours.
 *
 * @param path the database file, relative to the repository
 * @param textSearchEnabled Feast's switch for its text search, which reads {@code value_text}; that column is always written
 * @param enableOpenaiCompatibleStore whether new tables get the column {@code value_num}, as in Feast
 * @param vectorEnabled whether lists of 32-bit floats are also written as raw vectors, as in Feast
 * @param similarity Feast's default distance of vector searches
 * @param busyTimeout how long to wait for another process that is writing
 * @param maxReaders how many reads run at once; more wait
 */
public record SqliteConfig(
        @Default("data/online.db") String path,
        @Default("false") boolean textSearchEnabled,
        @Default("false") boolean enableOpenaiCompatibleStore,
        @Default("false") boolean vectorEnabled,
        @Default("cosine") String similarity,
        @Default("30s") Duration busyTimeout,
        @Default("16") int maxReaders) {
    public SqliteConfig {
        Check.that(!path.isBlank(), "path", "must name a file");
        Check.that(path.indexOf('?') < 0, "path", "must not contain '?', was %s", path);
        Check.that(!busyTimeout.isNegative(), "busy_timeout", "must not be negative, was %s", busyTimeout);
        Check.that(maxReaders > 0, "max_readers", "must be at least 1, was %s", maxReaders);
    }
}
