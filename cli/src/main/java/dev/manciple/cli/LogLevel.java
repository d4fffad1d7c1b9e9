package dev.manciple.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;

/** How much libraries may say on standard error, by Feast's names. */
enum LogLevel {
    DEBUG(Level.DEBUG),
    INFO(Level.INFO),
    WARNING(Level.WARN),
    ERROR(Level.ERROR),
    CRITICAL(Level.OFF);

    private final Level level;

    LogLevel(Level level) {
        this.level = level;
    }

    void use() {
        if (LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME) instanceof Logger root) {
            root.setLevel(level);
        }
    }
}
