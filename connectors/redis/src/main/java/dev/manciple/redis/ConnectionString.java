package dev.manciple.redis;

import static java.util.stream.Collectors.joining;

import dev.manciple.spi.config.Check;
import dev.manciple.spi.config.Secret;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import redis.clients.jedis.HostAndPort;

/**
 * Feast's {@code connection_string}: parts separated by commas, of which those with a {@code =} are options of the Python client
 * and the others nodes. Options that only make sense to that client are accepted and have no effect; unknown ones are refused,
 * because the user meant something by them.
 */
record ConnectionString(List<HostAndPort> nodes, Map<String, Secret> options) {
    private static final String KEY = "connection_string";
    private static final Set<String> OPTIONS = Set.of(
            "client_name",
            "db",
            "max_connections",
            "password",
            "socket_connect_timeout",
            "socket_timeout",
            "ssl",
            "ssl_ca_certs",
            "ssl_cert_reqs",
            "ssl_certfile",
            "ssl_check_hostname",
            "ssl_keyfile",
            "username");
    private static final Set<String> WITHOUT_EFFECT = Set.of(
            "decode_responses",
            "encoding",
            "encoding_errors",
            "health_check_interval",
            "protocol",
            "read_from_replicas",
            "reinitialize_steps",
            "require_full_coverage",
            "retry_on_error",
            "retry_on_timeout",
            "skip_full_coverage_check",
            "socket_keepalive");
    private static final Pattern NODE = Pattern.compile(".+:\\d+");

    ConnectionString {
        nodes = List.copyOf(nodes);
        options = Map.copyOf(options);
    }

    /** @throws IllegalArgumentException if the text is malformed; the message never has the value of an option */
    static ConnectionString parse(String text) {
        List<HostAndPort> nodes = new ArrayList<>();
        Map<String, Secret> options = new LinkedHashMap<>();
        for (String part : text.split(",", -1)) {
            int equals = part.indexOf('=');
            if (equals < 0) {
                // What comes after an option may be the rest of a password with a comma in it, so it is not shown.
                Check.that(
                        options.isEmpty() || NODE.matcher(part.strip()).matches(),
                        KEY,
                        "has a part after an option that is neither a node, as host:port, nor an option, as name=value; a value has no comma");
                nodes.add(node(part.strip()));
            } else {
                options.put(
                        part.substring(0, equals).strip(),
                        new Secret(part.substring(equals + 1).strip()));
            }
        }
        Check.that(!nodes.isEmpty(), KEY, "must name at least one node as host:port");
        for (String option : options.keySet()) {
            Check.that(
                    OPTIONS.contains(option) || WITHOUT_EFFECT.contains(option),
                    KEY,
                    "has the unknown option '%s'; known are %s",
                    option,
                    String.join(", ", new TreeSet<>(OPTIONS)));
        }
        ConnectionString parsed = new ConnectionString(nodes, options);
        parsed.requireReadableOptions();
        return parsed;
    }

    private static HostAndPort node(String text) {
        int colon = text.lastIndexOf(':');
        Check.that(colon > 0, KEY, "needs nodes as host:port, was '%s'", text);
        String host = text.substring(0, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        return new HostAndPort(
                bracketed ? host.substring(1, host.length() - 1) : host,
                number("the port of '" + host + "'", text.substring(colon + 1), 1, 65_535));
    }

    private static int number(String what, String text, int least, int most) {
        try {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Falls through to the one message there is.
        }
        throw new IllegalArgumentException(
                "%s needs a number between %d and %d for %s".formatted(KEY, least, most, what));
    }

    private void requireReadableOptions() {
        database();
        timeout();
        connectTimeout();
        maxConnections();
        tls();
        checksHostName();
        checksCertificate();
    }

    /** The nodes as people write them, without the options, of which some are secret. */
    String names() {
        return nodes.stream().map(HostAndPort::toString).collect(joining(","));
    }

    int database() {
        return option("db", text -> number("db", text, 0, Integer.MAX_VALUE)).orElse(0);
    }

    Optional<String> user() {
        return option("username", Function.identity());
    }

    Optional<String> password() {
        return option("password", Function.identity());
    }

    Optional<String> clientName() {
        return option("client_name", Function.identity());
    }

    Optional<Duration> timeout() {
        return option("socket_timeout", text -> seconds("socket_timeout", text));
    }

    Optional<Duration> connectTimeout() {
        return option("socket_connect_timeout", text -> seconds("socket_connect_timeout", text));
    }

    Optional<Integer> maxConnections() {
        return option("max_connections", text -> number("max_connections", text, 1, Integer.MAX_VALUE));
    }

    boolean tls() {
        return option("ssl", text -> flag("ssl", text)).orElse(false);
    }

    /** Authorities that are trusted instead of the machine's, as a file of PEM certificates. */
    Optional<String> authorities() {
        return option("ssl_ca_certs", Function.identity());
    }

    /** The certificate to show to the server, as a PEM file. */
    Optional<String> certificate() {
        return option("ssl_certfile", Function.identity());
    }

    /** The key of {@link #certificate}, unencrypted PKCS #8 in a PEM file. */
    Optional<String> privateKey() {
        return option("ssl_keyfile", Function.identity());
    }

    boolean checksHostName() {
        return option("ssl_check_hostname", text -> flag("ssl_check_hostname", text))
                .orElse(checksCertificate());
    }

    boolean checksCertificate() {
        return option("ssl_cert_reqs", ConnectionString::requirement).orElse(true);
    }

    private static boolean requirement(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "required" -> true;
            case "none" -> false;
            default -> throw new IllegalArgumentException(KEY + " needs 'required' or 'none' for ssl_cert_reqs");
        };
    }

    private static boolean flag(String option, String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default -> throw new IllegalArgumentException("%s needs true or false for %s".formatted(KEY, option));
        };
    }

    private static Duration seconds(String option, String text) {
        try {
            double seconds = Double.parseDouble(text);
            if (seconds >= 0.001 && seconds <= Integer.MAX_VALUE / 1000.0) {
                return Duration.ofMillis((long) (seconds * 1000));
            }
        } catch (NumberFormatException e) {
            // Falls through to the one message there is.
        }
        throw new IllegalArgumentException(
                "%s needs a number of seconds, at least 0.001, for %s".formatted(KEY, option));
    }

    private <T> Optional<T> option(String name, Function<String, T> read) {
        return Optional.ofNullable(options.get(name))
                .map(Secret::reveal)
                .filter(text -> !text.equals("null"))
                .map(ConnectionString::unquoted)
                .map(read);
    }

    /** Feast reads values as JSON where they are, so text may stand in quotes. */
    private static String unquoted(String text) {
        boolean quoted = text.length() > 1 && text.startsWith("\"") && text.endsWith("\"");
        return quoted ? text.substring(1, text.length() - 1) : text;
    }
}
