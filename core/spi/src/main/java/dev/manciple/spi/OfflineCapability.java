package dev.manciple.spi;

/** What an offline store may or may not be able to do. The point-in-time join and the pulls are not optional. */
public enum OfflineCapability {
    /** Entity rows as SQL text in the store's dialect. */
    QUERY_SPINE,
    /** No entity rows but a time range. */
    RANGE_SPINE,
    /** Appending rows to a source. */
    WRITE,
    /** Telling whether rows of some columns would be appended, without appending them. */
    CHECK_WRITE,
    /** Appending logs of served features. */
    WRITE_LOGS,
    /** Writing a result to a table or file set of the engine's own. */
    PERSIST,
    /** Leaving out rows created after the entity row's time. */
    FILTER_BY_CREATED,
    /** Writing a result to files at a URI without passing it through this process. */
    REMOTE_EXPORT
}
