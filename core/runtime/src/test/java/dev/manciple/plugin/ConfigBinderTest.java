package dev.manciple.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.error.ConfigException;
import dev.manciple.spi.StoreConfig;
import dev.manciple.spi.config.Check;
import dev.manciple.spi.config.Default;
import dev.manciple.spi.config.Key;
import dev.manciple.spi.config.Removed;
import dev.manciple.spi.config.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigBinderTest {
    private final ConfigBinder binder = new ConfigBinder();

    enum Mode {
        REDIS,
        REDIS_CLUSTER
    }

    @Removed(key = "use_ssl", message = "is gone: write sslmode: require")
    record Postgres(
            String host,
            @Default("5432") int port,
            String database,
            @Default("public") String dbSchema,
            Secret password,
            @Default("10s") Duration connectTimeout) {
        Postgres {
            Check.that(port > 0 && port < 65536, "port", "must be between 1 and 65535, was %s", port);
        }
    }

    sealed interface Auth {
        record Basic(String username, Secret password) implements Auth {}

        record Jwt(Secret token) implements Auth {}
    }

    record Datacenter(String name, List<String> hosts, Optional<Integer> replicationFactor) {}

    record Everything(
            Optional<String> text,
            @Default("1") long count,
            @Default("0.5") double share,
            @Default("true") boolean flag,
            @Default("redis") Mode mode,
            @Default("data/online.db") Path path,
            @Default("") List<Datacenter> datacenters,
            @Default("a, b") Set<String> names,
            @Default("") Map<String, String> conf,
            @Default("") Map<String, Object> clientArgs,
            Optional<Auth> auth,
            @Key("http-scheme") @Default("http") String httpScheme) {}

    @Test
    void defaultsFillWhatIsAbsentOrNull() {
        Map<String, Object> options = new HashMap<>();
        options.put("mode", null);

        assertThat(binder.bind("x", Everything.class, options))
                .isEqualTo(new Everything(
                        Optional.empty(),
                        1,
                        0.5,
                        true,
                        Mode.REDIS,
                        Path.of("data/online.db"),
                        List.of(),
                        Set.of("a", "b"),
                        Map.of(),
                        Map.of(),
                        Optional.empty(),
                        "http"));
    }

    @Test
    void everyKindOfValueIsBound() {
        Map<String, Object> options = Map.ofEntries(
                Map.entry("text", "t"),
                Map.entry("count", "12"),
                Map.entry("share", 2),
                Map.entry("flag", "FALSE"),
                Map.entry("mode", "Redis-Cluster"),
                Map.entry("path", "/tmp/x"),
                Map.entry(
                        "datacenters",
                        List.of(Map.of("name", "eu", "hosts", List.of("h1", "h2"), "replication_factor", 3))),
                Map.entry("names", List.of("n")),
                Map.entry("conf", Map.of("spark.master", "local")),
                Map.entry("client_args", Map.of("deep", Map.of("x", 1))),
                Map.entry("auth", Map.of("type", "JWT", "token", "t0ken")),
                Map.entry("http-scheme", "https"));

        assertThat(binder.bind("x", Everything.class, options))
                .isEqualTo(new Everything(
                        Optional.of("t"),
                        12,
                        2,
                        false,
                        Mode.REDIS_CLUSTER,
                        Path.of("/tmp/x"),
                        List.of(new Datacenter("eu", List.of("h1", "h2"), Optional.of(3))),
                        Set.of("n"),
                        Map.of("spark.master", "local"),
                        Map.of("deep", Map.of("x", 1)),
                        Optional.of(new Auth.Jwt(new Secret("t0ken"))),
                        "https"));
    }

    @Test
    void allProblemsAreToldAtOnce() {
        assertThatThrownBy(() -> binder.bind(
                        "feature_store.yaml: online_store (type: postgres)",
                        Postgres.class,
                        Map.of("host", "db", "port", 0, "pasword", "hunter2")))
                .isInstanceOf(ConfigException.class)
                .hasMessage("""
                        feature_store.yaml: online_store (type: postgres): 4 problems
                          database  is required
                          password  is required
                          port      must be between 1 and 65535, was 0
                          pasword   unknown key, did you mean 'password'?""");
    }

    record Limits(
            String name,
            @Default("1") int least,
            @Default("9") int most,
            Optional<Integer> usual) {
        Limits {
            Check.that(least > 0, "least", "must be at least 1, was %s", least);
            Check.that(most >= least, "most", "must not be below 'least', was %s", most);
            usual.ifPresent(given -> Check.that(given > 0, "usual", "must be at least 1, was %s", given));
        }
    }

    @Test
    void everyCheckOfARecordIsTold() {
        assertThatThrownBy(() -> binder.bind("f", Limits.class, Map.of("least", -1, "most", 0, "usual", -3)))
                .hasMessage("""
                        f: 4 problems
                          name   is required
                          least  must be at least 1, was -1
                          most   must not be below 'least', was 0
                          usual  must be at least 1, was -3""");
        assertThatThrownBy(() -> binder.bind("f", Limits.class, Map.of("name", "n", "least", 0, "usual", 0)))
                .hasMessage("""
                        f: 2 problems
                          least  must be at least 1, was 0
                          usual  must be at least 1, was 0""");
    }

    @Test
    void oneProblemIsOneLine() {
        assertThatThrownBy(() -> binder.bind("f: s", Postgres.class, Map.of("host", "h", "password", "p")))
                .hasMessage("f: s: database is required");
    }

    @Test
    void removedKeysSayWhatToDo() {
        assertThatThrownBy(() -> binder.bind(
                        "f", Postgres.class, Map.of("host", "h", "password", "p", "database", "d", "use_ssl", true)))
                .hasMessage("f: use_ssl is gone: write sslmode: require");
    }

    @Test
    void secretsNeverAppear() {
        assertThatThrownBy(() ->
                        binder.bind("f", Postgres.class, Map.of("host", "h", "database", "d", "password", 123456)))
                .hasMessage("f: password must be text: put it in quotes");
        Postgres bound = binder.bind("f", Postgres.class, Map.of("host", "h", "database", "d", "password", "s3cret"));
        assertThat(bound.password().reveal()).isEqualTo("s3cret");
        assertThat(bound.toString()).doesNotContain("s3cret");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "text | 5 | text must be text, was 5: put it in quotes",
                "count | 1.5 | count must be a whole number, was 1.5",
                "count | many | count must be a whole number, was 'many'",
                "share | much | share must be a number, was 'much'",
                "flag | maybe | flag must be true or false, was 'maybe'",
                "mode | sentinel | mode must be one of redis, redis_cluster, was 'sentinel'",
                "datacenters | eu | datacenters must be a list, was 'eu'",
                "conf | eu | conf must be a mapping, was 'eu'",
                "auth | kerberos | auth.type must be one of basic, jwt, was 'kerberos'",
                "mod | redis | mod unknown key, did you mean 'mode'?",
            })
    void wrongValuesAreToldWithWhatWasExpected(String key, String text, String message) {
        Object value = text.matches("[\\d.]+") ? (Object) Double.valueOf(text) : text;
        Object raw = value instanceof Double number && number % 1 == 0 ? (Object) number.intValue() : value;

        assertThatThrownBy(() -> binder.bind("f", Everything.class, Map.of(key, raw)))
                .hasMessage("f: " + message);
    }

    @Test
    void problemsOfPartsNameTheirPath() {
        assertThatThrownBy(() -> binder.bind(
                        "f",
                        Everything.class,
                        Map.of(
                                "datacenters", List.of(Map.of("name", "eu", "host", List.of())),
                                "auth", Map.of("type", "basic", "username", "u"),
                                "conf", Map.of("a", List.of()))))
                .hasMessage("""
                        f: 4 problems
                          datacenters[0].hosts  is required
                          datacenters[0].host   unknown key, did you mean 'hosts'?
                          conf.a                must be text, was a list
                          auth.password         is required""");
    }

    record Port(int port) {}

    record Router(List<StoreConfig> stores) {}

    @Test
    void aStoreInsideAStoreKeepsItsOptionsAsWritten() {
        Map<String, Object> child = new HashMap<>(Map.of("type", "redis", "password", "s3cret"));
        child.put("key_ttl_seconds", null);

        Router router = binder.bind("y", Router.class, Map.of("stores", List.of(child)));

        assertThat(router.stores()).hasSize(1);
        assertThat(router.stores().getFirst().type()).isEqualTo("redis");
        assertThat(router.stores().getFirst().options())
                .containsOnlyKeys("password", "key_ttl_seconds")
                .containsEntry("password", "s3cret");
        assertThat(router.toString()).doesNotContain("s3cret");
    }

    @Test
    void aStoreInsideAStoreNeedsAType() {
        assertThatThrownBy(() -> binder.bind(
                        "y", Router.class, Map.of("stores", List.of("redis", Map.of("host", "h"), Map.of("type", 1)))))
                .hasMessageContaining("stores[0]       must be a mapping with a type, was 'redis'")
                .hasMessageContaining("stores[1].type  is required, as text")
                .hasMessageContaining("stores[2].type  is required, as text");
    }

    @Test
    void numbersThatDoNotFitAreRefused() {
        assertThatThrownBy(() -> binder.bind("f", Port.class, Map.of("port", 5_000_000_000L)))
                .hasMessage("f: port must be a whole number between -2147483648 and 2147483647, was 5000000000");
    }

    record Nothing() {}

    @Test
    void aBlockWithoutOptionsSaysSo() {
        assertThatThrownBy(() -> binder.bind("f", Nothing.class, Map.of("x", 1)))
                .hasMessage("f: x unknown key, there are no options here");
    }

    @ParameterizedTest
    @CsvSource({
        "7d, PT168H",
        "10s, PT10S",
        "250ms, PT0.25S",
        "1h30m, PT1H30M",
        "90, PT1M30S",
        "0.5, PT0.5S",
        "2w, PT336H",
        "PT15M, PT15M",
        "P7D, PT168H",
        "0, PT0S",
        "5us, PT0.000005S"
    })
    void durationsAreReadInEverySpelling(String text, Duration expected) {
        assertThat(Durations.parse(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"'7 years'", "d", "''", "-", "1.5.2s", "99999999999999999999d"})
    void otherTextIsNoDuration(String text) {
        assertThatThrownBy(() -> Durations.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'%s' is not a duration such as 7d, 12h, 90s, a number of seconds or PT12H", text);
    }
}
