package dev.manciple.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.manciple.server.Conduct;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/** What every command that serves can be told about its log and its metrics. */
final class ServingOptions {
    private static final String REQUESTS = "dev.manciple.server.requests";

    @Option(
            names = "--access-log",
            negatable = true,
            description = "Log every request, without values (default: no; Feast's default is yes).")
    boolean accessLog;

    @Option(
            names = "--log-format",
            paramLabel = "FORMAT",
            defaultValue = "text",
            description = "How the log looks: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    LogFormat logFormat = LogFormat.TEXT;

    @Option(
            names = "--metrics-port",
            paramLabel = "PORT",
            converter = PortConverter.class,
            description = "A port that tells metrics, below /metrics (0 for any free one).")
    @Nullable
    Integer metricsPort;

    /** Sets the log up. */
    Conduct apply(Conduct conduct) {
        logFormat.use();
        return logged(metricsPort == null ? conduct : conduct.withMetricsPort(metricsPort));
    }

    private Conduct logged(Conduct conduct) {
        Conduct told = accessLog ? conduct.withRequestLog() : conduct;
        if (told.requestLog() && LoggerFactory.getLogger(REQUESTS) instanceof Logger requests) {
            requests.setLevel(Level.INFO);
        }
        return told;
    }
}
