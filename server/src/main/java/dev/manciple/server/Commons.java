package dev.manciple.server;

import dev.manciple.server.auth.AccessControl;
import io.opentelemetry.api.OpenTelemetry;

/**
 * What the servers of one process have in common. Thread-safe.
 *
 * @param access whom to let in; closed by whoever made it, after the servers
 * @param metrics of all of them
 * @param telemetry tells of the requests of all of them
 */
public record Commons(AccessControl access, Metrics metrics, Telemetry telemetry) {
    /**
     * @param conduct which meters there are, and whether requests are logged
     * @param traces where a span for every request goes; not closed
     */
    public static Commons of(AccessControl access, Conduct conduct, OpenTelemetry traces) {
        Metrics metrics = new Metrics(conduct.unmeasured());
        return new Commons(access, metrics, new Telemetry(metrics, conduct.requestLog(), traces));
    }

    /** Measures everything, and tells nobody of single requests. */
    public static Commons of(AccessControl access) {
        return of(access, Conduct.DEFAULT, OpenTelemetry.noop());
    }
}
