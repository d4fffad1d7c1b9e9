package dev.manciple.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.util.List;
import org.slf4j.LoggerFactory;

/** How much libraries may say on standard error, by Feast's names. */
enum LogLevel {
    DEBUG,
    INFO,
    WARNING,
    ERROR,
    CRITICAL;

    /** What is not listened to otherwise. */
    private static final List<String> TALKATIVE = List.of("io.grpc", "com.zaxxer.hikari", "org.mariadb.jdbc");

    void use() {
        if (LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME) instanceof Logger root) {
            root.setLevel(level());
        }
        if (this == DEBUG) {
            TALKATIVE.forEach(name -> {
                if (LoggerFactory.getLogger(name) instanceof Logger talkative) {
                    talkative.setLevel(Level.INFO);
                }
            });
        }
    }

    private Level level() {
        return switch (this) {
            case DEBUG -> Level.DEBUG;
            case INFO -> Level.INFO;
            case WARNING -> Level.WARN;
            case ERROR -> Level.ERROR;
            case CRITICAL -> Level.OFF;
        };
    }
}
