package dev.manciple.server.http;

import dev.manciple.error.FeatureStoreException;
import dev.manciple.server.FeastErrors;

/** Which failures an operator should read of: those no caller could have avoided. */
final class FeastLog {
    private FeastLog() {}

    static boolean isOurs(FeatureStoreException failure) {
        return FeastErrors.status(failure) >= 500;
    }
}
