package dev.manciple.redis;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.exceptions.JedisDataException;

/** The codes that start a server's errors. What fails inside a script is reported around the error itself by older servers. */
final class ServerErrors {
    private static final Pattern CODE = Pattern.compile("(?:^ERR Error running script .*: -|^)([A-Z]+)\\b");

    /** Errors that say nothing about the command: another server, or this one a moment later, would take it. */
    private static final Set<String> TRANSIENT =
            Set.of("ASK", "CLUSTERDOWN", "LOADING", "MASTERDOWN", "MOVED", "NOSCRIPT", "READONLY", "TRYAGAIN");

    private ServerErrors() {}

    /** The code of an error; empty if what came is none, or has no code. */
    static String code(@Nullable Object reply) {
        if (!(reply instanceof JedisDataException error) || error.getMessage() == null) {
            return "";
        }
        Matcher code = CODE.matcher(error.getMessage());
        return code.find() ? code.group(1) : "";
    }

    static boolean isTransient(@Nullable Object reply) {
        return TRANSIENT.contains(code(reply));
    }
}
