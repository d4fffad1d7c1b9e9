package dev.manciple.docs;

import dev.manciple.spi.OfflineCapability;
import dev.manciple.spi.OnlineCapability;

/** What tables call capabilities. */
final class Words {
    private Words() {}

    static String of(OfflineCapability capability) {
        return switch (capability) {
            case QUERY_SPINE -> "entity rows from SQL";
            case RANGE_SPINE -> "entity rows from a range of time";
            case WRITE -> "appends rows";
            case CHECK_WRITE -> "refuses columns before rows are written";
            case WRITE_LOGS -> "keeps logs of served features";
            case PERSIST -> "writes results to its tables";
            case FILTER_BY_CREATED -> "leaves out rows created later";
            case REMOTE_EXPORT -> "writes results to files";
        };
    }

    static String of(OnlineCapability capability) {
        return switch (capability) {
            case EXPIRES_ROWS -> "expires rows";
            case NEWEST_WINS -> "newest wins among writers";
            case KEEPS_CREATED -> "keeps created times";
            case DELETE_ROWS -> "deletes expired rows";
            case SCAN -> "reads all rows";
            case VECTOR_SEARCH -> "vector search";
        };
    }
}
