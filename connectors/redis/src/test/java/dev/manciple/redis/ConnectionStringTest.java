package dev.manciple.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import redis.clients.jedis.HostAndPort;

class ConnectionStringTest {
    @Test
    void readsNodesAndOptionsInAnyOrder() {
        ConnectionString parsed = ConnectionString.parse(
                "one:6379, db=3,two:6380,[::1]:6381,username=\"reader\",password=a=b, ssl=true ,socket_timeout=0.25,"
                        + "socket_connect_timeout=2,max_connections=4,skip_full_coverage_check=true,client_name=null");
        assertThat(parsed.nodes())
                .containsExactly(
                        new HostAndPort("one", 6379), new HostAndPort("two", 6380), new HostAndPort("::1", 6381));
        assertThat(parsed.database()).isEqualTo(3);
        assertThat(parsed.user()).contains("reader");
        assertThat(parsed.password()).contains("a=b");
        assertThat(parsed.tls()).isTrue();
        assertThat(parsed.timeout()).contains(Duration.ofMillis(250));
        assertThat(parsed.connectTimeout()).contains(Duration.ofSeconds(2));
        assertThat(parsed.maxConnections()).contains(4);
        assertThat(parsed.clientName()).isEmpty();
    }

    @Test
    void hasDefaults() {
        ConnectionString parsed = ConnectionString.parse("localhost:6379");
        assertThat(parsed.database()).isZero();
        assertThat(parsed.tls()).isFalse();
        assertThat(parsed.checksCertificate()).isTrue();
        assertThat(parsed.checksHostName()).isTrue();
        assertThat(parsed.password()).isEmpty();
    }

    @Test
    void checksNoHostNameWithoutACertificateUnlessAskedTo() {
        assertThat(ConnectionString.parse("h:1,ssl_cert_reqs=none").checksHostName())
                .isFalse();
        assertThat(ConnectionString.parse("h:1,ssl_cert_reqs=required,ssl_check_hostname=False")
                        .checksHostName())
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "db=0|at least one node",
                "localhost|needs nodes as host:port, was 'localhost'",
                "h:0|between 1 and 65535 for the port of 'h'",
                "h:65536|between 1 and 65535 for the port of 'h'",
                "h:x|between 1 and 65535 for the port of 'h'",
                "h:1,|needs nodes as host:port, was ''",
                "h:1,password=a,geheim|neither a node",
                "h:1,passwort=geheim|unknown option 'passwort'",
                "h:1,db=-1|for db",
                "h:1,socket_timeout=0|for socket_timeout",
                "h:1,socket_timeout=geheim|for socket_timeout",
                "h:1,max_connections=0|for max_connections",
                "h:1,ssl=maybe|true or false for ssl",
                "h:1,ssl_cert_reqs=geheim|'required' or 'none'",
            })
    void refusesWhatItCannotRead(String text, String message) {
        assertThatThrownBy(() -> ConnectionString.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("connection_string ")
                .hasMessageContaining(message)
                .hasMessageNotContaining("geheim");
    }

    @Test
    void printsNoSecret() {
        assertThat(ConnectionString.parse("h:1,password=geheim").toString()).doesNotContain("geheim");
        assertThat(ConnectionString.parse("h:1,password=geheim,i:2").names()).isEqualTo("h:1,i:2");
    }
}
