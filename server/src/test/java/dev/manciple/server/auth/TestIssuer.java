package dev.manciple.server.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** An OpenID Connect provider on a free port of this machine, with real keys and signatures. */
public final class TestIssuer implements AutoCloseable {
    private final HttpServer server;
    private final AtomicInteger keyFetches = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile List<JWK> published = List.of();
    private volatile boolean silent;

    private TestIssuer(HttpServer server) {
        this.server = server;
    }

    public static TestIssuer start() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        TestIssuer issuer = new TestIssuer(server);
        server.createContext(
                "/.well-known/openid-configuration", exchange -> answer(exchange, """
                {"issuer": "%1$s", "jwks_uri": "%1$s/keys", "token_endpoint": "%1$s/token"}
                """.formatted(issuer.url())));
        server.createContext("/keys", issuer::keys);
        server.setExecutor(Thread::startVirtualThread);
        server.start();
        return issuer;
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    public String discovery() {
        return url() + "/.well-known/openid-configuration";
    }

    public static RSAKey key(String id) {
        try {
            return new RSAKeyGenerator(2048).keyID(id).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** From now on these keys are good, and no others. */
    public void publish(RSAKey... keys) {
        List<JWK> all = new ArrayList<>();
        for (RSAKey key : keys) {
            all.add(key.toPublicJWK());
        }
        published = List.copyOf(all);
    }

    /** From now on requests for keys are taken and never answered. */
    void fallSilent() {
        silent = true;
    }

    int keyFetches() {
        return keyFetches.get();
    }

    private void keys(HttpExchange exchange) throws IOException {
        keyFetches.incrementAndGet();
        if (silent) {
            try {
                closed.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            exchange.close();
            return;
        }
        answer(exchange, new JWKSet(published).toString());
    }

    private static void answer(HttpExchange exchange, String body) throws IOException {
        try (exchange) {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    /** Claims of a user, good for an hour. */
    public static JWTClaimsSet.Builder claims(String user, String... roles) {
        return new JWTClaimsSet.Builder()
                .subject("0c5e")
                .claim("preferred_username", user)
                .claim("resource_access", Map.of("feast", Map.of("roles", List.of(roles))))
                .expirationTime(Date.from(Instant.now().plusSeconds(3_600)));
    }

    public static String sign(RSAKey key, JWTClaimsSet claims) {
        try {
            SignedJWT token = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.RS256)
                            .keyID(key.getKeyID())
                            .build(),
                    claims);
            token.sign(new RSASSASigner(key));
            return token.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
    }
}
