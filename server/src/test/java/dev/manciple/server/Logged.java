package dev.manciple.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.slf4j.LoggerFactory;

/** What the servers log while it is open. */
final class Logged implements AutoCloseable {
    private final Logger logger = (Logger) LoggerFactory.getLogger("dev.manciple.server");
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    Logged() {
        log.start();
        logger.addAppender(log);
    }

    /** The lines of the default level, with all that a line of a file would have of their failures. */
    List<String> lines() {
        return List.copyOf(log.list).stream()
                .filter(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
                .map(event -> event.getThrowableProxy() == null
                        ? event.getFormattedMessage()
                        : event.getFormattedMessage() + ": "
                                + event.getThrowableProxy().getMessage())
                .toList();
    }

    @Override
    public void close() {
        logger.detachAppender(log);
    }
}
