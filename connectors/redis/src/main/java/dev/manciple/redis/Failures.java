package dev.manciple.redis;

import dev.manciple.error.StoreException;
import dev.manciple.error.StoreException.Outcome;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.NoSuchElementException;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;

/** Says what a failure of the driver or the server means to the user of this store, and what to do about it. */
final class Failures {
    private final Servers servers;

    Failures(Servers servers) {
        this.servers = servers;
    }

    StoreException of(String attempted, Outcome outcome, List<Integer> applied, JedisException cause) {
        return new StoreException(
                servers.name(),
                attempted,
                isRetryable(cause),
                outcome,
                applied,
                new JedisException(advice(cause) + " (" + reason(cause) + ")", cause));
    }

    private static boolean isRetryable(JedisException cause) {
        return cause instanceof JedisConnectionException
                || isWait(cause)
                || ServerErrors.isTransient(cause)
                || ServerErrors.code(cause).equals("OOM");
    }

    private String advice(JedisException cause) {
        if (cause.getCause() instanceof SocketTimeoutException) {
            return "there was no answer within %s ms. Look what keeps the server busy, or raise 'timeout'"
                    .formatted(servers.timeout().toMillis());
        }
        if (isWait(cause)) {
            return "all connections were in use for %s ms. Raise 'max_connections', or send less at once"
                    .formatted(servers.timeout().toMillis());
        }
        if (cause instanceof JedisConnectionException) {
            return "the server cannot be reached or closed the connection. See that it runs and that connection_string names it";
        }
        return switch (ServerErrors.code(cause)) {
            case "NOAUTH", "WRONGPASS" ->
                "the server did not accept the credentials. Correct username and password in connection_string";
            case "NOPERM" -> "the user may not do this. Give it the commands and keys that the documentation lists";
            case "READONLY" -> "the server is a replica that takes no writes. Let connection_string name the master";
            case "OOM" -> "the server's memory is full. Raise its maxmemory, or purge expired rows";
            case "LOADING" -> "the server is still loading its data. Try again";
            case "CLUSTERDOWN", "MASTERDOWN", "TRYAGAIN", "MOVED" ->
                "the cluster is not ready: nodes are missing or keys are moving. Try again";
            case "WRONGTYPE" -> "a key of this project holds something that is no hash. Delete it";
            case "MISCONF" -> "the server cannot save its data and takes no writes. Look at its log";
            default -> "the server refused";
        };
    }

    /** No connection became free in time. */
    private static boolean isWait(JedisException cause) {
        return cause.getCause() instanceof NoSuchElementException;
    }

    private static String reason(Throwable cause) {
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }
}
