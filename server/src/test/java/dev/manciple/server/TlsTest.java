package dev.manciple.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.FeatureStore;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.registry.FileRegistry;
import dev.manciple.server.flight.OfflineServer;
import dev.manciple.server.flight.OfflineServerOptions;
import dev.manciple.wire.proto.RegistryServerProto.ListProjectsRequest;
import dev.manciple.wire.proto.RegistryServerProto.ListProjectsResponse;
import dev.manciple.wire.proto.ServingServiceProto.GetFeastServingInfoRequest;
import dev.manciple.wire.proto.ServingServiceProto.GetFeastServingInfoResponse;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.interfaces.ECPrivateKey;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.apache.arrow.flight.ActionType;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.Location;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Encrypted connections, and clients that are known by their certificates, over HTTP and gRPC. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TlsTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

    private Path folder;
    private FeatureStore store;
    private FeatureServer server;
    private FeatureServer mutual;

    @BeforeAll
    void start(@TempDir Path newFolder) throws Exception {
        folder = newFolder;
        for (String name : List.of("server", "client", "other")) {
            certificate(name);
        }
        store = Repository.create(folder);
        server = start(Optional.empty());
        mutual = start(Optional.of(folder.resolve("client.crt")));
    }

    @AfterAll
    void stop() {
        mutual.close();
        server.close();
        store.close();
    }

    private FeatureServer start(Optional<Path> clientAuthorities) {
        return FeatureServer.start(
                store, ServerOptions.DEFAULT.withPort(0).withGrpcPort(0).withTls(files(clientAuthorities)), "1.2.3");
    }

    private ServerOptions.Tls files(Optional<Path> clientAuthorities) {
        return new ServerOptions.Tls(folder.resolve("server.key"), folder.resolve("server.crt"), clientAuthorities);
    }

    @Test
    void whoTrustsTheAuthorityIsServed() throws Exception {
        assertThat(health("https", server, trusting("server"))).isEqualTo(200);
        assertThat(version(server, client("server"))).isEqualTo("1.2.3");
    }

    @Test
    void whoTrustsAnotherAuthorityIsNot() {
        assertThatThrownBy(() -> health("https", server, trusting("other"))).isInstanceOf(IOException.class);
        assertNotServed(() -> version(server, client("other")));
    }

    @Test
    void plainTextIsNotAnswered() {
        assertThatThrownBy(() -> health("http", server, trusting("server"))).isInstanceOf(IOException.class);
        assertNotServed(() -> version(grpc(server).usePlaintext()));
    }

    @Test
    void anEncryptedConnectionToAPlainServerFails() {
        try (FeatureServer plain = FeatureServer.start(store, ServerOptions.DEFAULT.withPort(0), "1.2.3")) {
            assertThatThrownBy(() -> health("https", plain, trusting("server"))).isInstanceOf(IOException.class);
        }
    }

    @Test
    void clientsShowTheirCertificateWhereItIsAskedFor() throws Exception {
        assertThat(health("https", mutual, showing("client"))).isEqualTo(200);
        assertThat(version(mutual, client("server", "client"))).isEqualTo("1.2.3");
    }

    @Test
    void clientsWithoutCertificateAreNotServed() {
        assertThatThrownBy(() -> health("https", mutual, trusting("server"))).isInstanceOf(IOException.class);
        assertNotServed(() -> version(mutual, client("server")));
    }

    @Test
    void clientsWithACertificateOfAnotherAuthorityAreNotServed() {
        assertThatThrownBy(() -> health("https", mutual, showing("other"))).isInstanceOf(IOException.class);
        assertNotServed(() -> version(mutual, client("server", "other")));
    }

    @Test
    void theServerGoesOnAfterThoseItTurnedAway() throws Exception {
        for (int i = 0; i < 20; i++) {
            assertThatThrownBy(() -> health("https", mutual, trusting("server")))
                    .isInstanceOf(IOException.class);
        }
        assertThat(health("https", mutual, showing("client"))).isEqualTo(200);
    }

    @Test
    void aKeyOfAnotherCertificateIsRefusedBeforeAnythingIsServed() {
        ServerOptions.Tls files =
                new ServerOptions.Tls(folder.resolve("other.key"), folder.resolve("server.crt"), Optional.empty());
        assertThatThrownBy(() -> FeatureServer.start(
                        store, ServerOptions.DEFAULT.withPort(0).withTls(files), "1.2.3"))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("other.key")
                .hasMessageContaining("the certificate is of another key");
    }

    @Test
    void encryptedKeysAreRefused() throws Exception {
        Path key = folder.resolve("encrypted.key");
        Files.writeString(key, Files.readString(folder.resolve("server.key")).replace("PRIVATE", "ENCRYPTED PRIVATE"));
        ServerOptions.Tls files = new ServerOptions.Tls(key, folder.resolve("server.crt"), Optional.empty());
        assertThatThrownBy(() -> FeatureServer.start(
                        store, ServerOptions.DEFAULT.withPort(0).withTls(files), "1.2.3"))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("encrypted.key of TLS is encrypted");
    }

    @Test
    void keysMayBeInTheOlderFormToo() throws Exception {
        byte[] pkcs8 = Base64.getMimeDecoder()
                .decode(Files.readString(folder.resolve("server.key")).replaceAll("-----[^-]+-----", ""));
        // What the newer form has in front: what kind of key it is.
        String older = Base64.getMimeEncoder().encodeToString(Arrays.copyOfRange(pkcs8, 26, pkcs8.length));
        Path key = folder.resolve("older.key");
        Files.writeString(key, "-----BEGIN RSA PRIVATE KEY-----\n%s\n-----END RSA PRIVATE KEY-----\n".formatted(older));
        ServerOptions.Tls files = new ServerOptions.Tls(key, folder.resolve("server.crt"), Optional.empty());
        try (FeatureServer both = FeatureServer.start(
                store, ServerOptions.DEFAULT.withPort(0).withGrpcPort(0).withTls(files), "1.2.3")) {
            assertThat(health("https", both, trusting("server"))).isEqualTo(200);
            assertThat(version(both, client("server"))).isEqualTo("1.2.3");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"})
    void keysOfCurvesMayBeAsOtherToolsWriteThem(String before) throws Exception {
        certificate("curve", "-keyalg", "EC", "-groupname", "secp256r1");
        byte[] number =
                ((ECPrivateKey) keys("curve").getKey("curve", PASSWORD)).getS().toByteArray();
        byte[] padded = new byte[64];
        System.arraycopy(number, 0, padded, 64 - number.length, number.length);
        byte[] key = HexFormat.of()
                .parseHex("30310201010420" + HexFormat.of().formatHex(padded, 32, 64) + "a00a06082a8648ce3d030107");
        pem("curve.key", "EC PRIVATE KEY", key);
        Path file = folder.resolve("curve.key");
        Files.writeString(file, before + Files.readString(file));
        ServerOptions.Tls files = new ServerOptions.Tls(file, folder.resolve("curve.crt"), Optional.empty());
        try (FeatureServer both = FeatureServer.start(
                store, ServerOptions.DEFAULT.withPort(0).withGrpcPort(0).withTls(files), "1.2.3")) {
            assertThat(health("https", both, trusting("curve"))).isEqualTo(200);
            assertThat(version(both, client("curve"))).isEqualTo("1.2.3");
        }
        Files.delete(folder.resolve("curve.p12"));
        pem("cut.key", "EC PRIVATE KEY", Arrays.copyOf(key, 20));
        ServerOptions.Tls cut = new ServerOptions.Tls(folder.resolve("cut.key"), files.certificate(), Optional.empty());
        assertThatThrownBy(() -> FeatureServer.start(
                        store, ServerOptions.DEFAULT.withPort(0).withTls(cut), "1.2.3"))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("the key is cut off");
    }

    @Test
    void whoSaysNothingLosesTheConnection() throws Exception {
        try (FeatureServer impatient = FeatureServer.start(
                        store,
                        ServerOptions.DEFAULT
                                .withPort(0)
                                .withTls(files(Optional.empty()))
                                .withLimits(new ServerOptions.Limits(1 << 20, 100, 10, Duration.ofSeconds(1))),
                        "1.2.3");
                Socket silent = new Socket(InetAddress.getLoopbackAddress(), impatient.port())) {
            silent.setSoTimeout(20_000);
            assertThat(silent.getInputStream().readAllBytes()).isEmpty();
        }
    }

    @Test
    void theOfflineServerIsBehindItToo() throws Exception {
        try (OfflineServer offline = offline(Optional.empty());
                OfflineServer mutualOffline = offline(Optional.of(folder.resolve("client.crt")))) {
            assertThat(actions(offline, "server", Optional.empty())).isNotEmpty();
            assertThatThrownBy(() -> actions(offline, "other", Optional.empty()))
                    .isInstanceOf(FlightRuntimeException.class);
            assertThat(actions(mutualOffline, "server", Optional.of("client"))).isNotEmpty();
            assertThatThrownBy(() -> actions(mutualOffline, "server", Optional.empty()))
                    .isInstanceOf(FlightRuntimeException.class);
            assertThatThrownBy(() -> actions(mutualOffline, "server", Optional.of("other")))
                    .isInstanceOf(FlightRuntimeException.class);
        }
    }

    private OfflineServer offline(Optional<Path> clientAuthorities) {
        return OfflineServer.start(
                store,
                OfflineServerOptions.DEFAULT
                        .withPort(0)
                        .withTls(files(clientAuthorities))
                        .withDrain(Duration.ZERO));
    }

    private List<ActionType> actions(OfflineServer server, String trusted, Optional<String> shown) throws Exception {
        try (BufferAllocator allocator = new RootAllocator()) {
            FlightClient.Builder client = FlightClient.builder(
                            allocator, Location.forGrpcTls("localhost", server.port()))
                    .trustedCertificates(bytes(trusted + ".crt"));
            if (shown.isPresent()) {
                client.clientCertificate(bytes(shown.get() + ".crt"), bytes(shown.get() + ".key"));
            }
            FlightClient connected = client.build();
            try {
                List<ActionType> actions = new ArrayList<>();
                connected.listActions().forEach(actions::add);
                return actions;
            } finally {
                connected.close();
            }
        }
    }

    /** Of a file, to be read when the client is built. */
    private InputStream bytes(String file) throws IOException {
        return new ByteArrayInputStream(Files.readAllBytes(folder.resolve(file)));
    }

    @Test
    void theRegistryServerIsBehindItToo() throws Exception {
        try (FileRegistry registry = new FileRegistry(folder.resolve("registry.db"), false, InstantSource.system());
                RegistryServer registryServer = RegistryServer.start(
                        registry,
                        RegistryServerOptions.DEFAULT
                                .withHost("127.0.0.1")
                                .withGrpcPort(Optional.of(0))
                                .withRestPort(Optional.of(0))
                                .withTls(files(Optional.empty())))) {
            int rest = registryServer.restPort().orElseThrow();
            assertThat(status("https", rest, "/api/v1/projects", trusting("server")))
                    .isEqualTo(200);
            assertThatThrownBy(() -> status("https", rest, "/api/v1/projects", trusting("other")))
                    .isInstanceOf(IOException.class);
            assertThatThrownBy(() -> status("http", rest, "/api/v1/projects", trusting("server")))
                    .isInstanceOf(IOException.class);
            int grpc = registryServer.grpcPort().orElseThrow();
            assertThat(projects(grpc, client("server"))).isEqualTo(1);
            assertNotServed(() -> String.valueOf(projects(grpc, client("other"))));
        }
    }

    private static int projects(int port, SslContextBuilder tls) throws IOException {
        ManagedChannel channel = NettyChannelBuilder.forAddress("localhost", port)
                .sslContext(tls.build())
                .build();
        try {
            return ClientCalls.blockingUnaryCall(
                            channel,
                            MethodDescriptor.<ListProjectsRequest, ListProjectsResponse>newBuilder()
                                    .setType(MethodDescriptor.MethodType.UNARY)
                                    .setFullMethodName("feast.registry.RegistryServer/ListProjects")
                                    .setRequestMarshaller(
                                            ProtoUtils.marshaller(ListProjectsRequest.getDefaultInstance()))
                                    .setResponseMarshaller(
                                            ProtoUtils.marshaller(ListProjectsResponse.getDefaultInstance()))
                                    .build(),
                            CallOptions.DEFAULT,
                            ListProjectsRequest.getDefaultInstance())
                    .getProjectsCount();
        } finally {
            channel.shutdownNow();
        }
    }

    private static int health(String scheme, FeatureServer server, SSLContext tls)
            throws IOException, InterruptedException {
        return status(scheme, server.port(), "/health", tls);
    }

    private static int status(String scheme, int port, String path, SSLContext tls)
            throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(tls)
                .build()) {
            URI uri = URI.create("%s://localhost:%d%s".formatted(scheme, port, path));
            return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        }
    }

    private static String version(FeatureServer server, SslContextBuilder tls) throws IOException {
        return version(grpc(server).sslContext(tls.build()));
    }

    private static NettyChannelBuilder grpc(FeatureServer server) {
        return NettyChannelBuilder.forAddress("localhost", server.grpcPort().orElseThrow());
    }

    private static String version(NettyChannelBuilder builder) {
        ManagedChannel channel = builder.build();
        try {
            return ClientCalls.blockingUnaryCall(
                            channel,
                            MethodDescriptor.<GetFeastServingInfoRequest, GetFeastServingInfoResponse>newBuilder()
                                    .setType(MethodDescriptor.MethodType.UNARY)
                                    .setFullMethodName("feast.serving.ServingService/GetFeastServingInfo")
                                    .setRequestMarshaller(
                                            ProtoUtils.marshaller(GetFeastServingInfoRequest.getDefaultInstance()))
                                    .setResponseMarshaller(
                                            ProtoUtils.marshaller(GetFeastServingInfoResponse.getDefaultInstance()))
                                    .build(),
                            CallOptions.DEFAULT,
                            GetFeastServingInfoRequest.getDefaultInstance())
                    .getVersion();
        } finally {
            channel.shutdownNow();
        }
    }

    private SslContextBuilder client(String trusted) {
        return GrpcSslContexts.forClient()
                .trustManager(folder.resolve(trusted + ".crt").toFile());
    }

    private SslContextBuilder client(String trusted, String shown) {
        return client(trusted)
                .keyManager(
                        folder.resolve(shown + ".crt").toFile(),
                        folder.resolve(shown + ".key").toFile());
    }

    private interface Call {
        String run() throws IOException;
    }

    private static void assertNotServed(Call call) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        // Where the other side speaks another protocol the client takes it for a fault of its own.
                        failure -> assertThat(failure.getStatus().getCode())
                                .isIn(Status.Code.UNAVAILABLE, Status.Code.INTERNAL));
    }

    private SSLContext trusting(String authority) throws GeneralSecurityException, IOException {
        return context(authority, Optional.empty());
    }

    private SSLContext showing(String identity) throws GeneralSecurityException, IOException {
        return context("server", Optional.of(identity));
    }

    private SSLContext context(String authority, Optional<String> identity)
            throws GeneralSecurityException, IOException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("authority", keys(authority).getCertificate(authority));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(identity.isPresent() ? keys(identity.get()) : null, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private KeyStore keys(String name) throws GeneralSecurityException, IOException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(folder.resolve(name + ".p12"))) {
            keys.load(in, PASSWORD);
        }
        return keys;
    }

    /** Makes a certificate that is its own authority, and its key, with the tool every JDK has. */
    private void certificate(String name) throws IOException, InterruptedException, GeneralSecurityException {
        certificate(name, "-keyalg", "RSA", "-keysize", "2048");
    }

    private void certificate(String name, String... algorithm)
            throws IOException, InterruptedException, GeneralSecurityException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair"));
        command.addAll(List.of(algorithm));
        command.addAll(List.of(
                "-alias",
                name,
                "-dname",
                "CN=" + name,
                "-ext",
                "san=dns:localhost,ip:127.0.0.1",
                "-keystore",
                folder.resolve(name + ".p12").toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                new String(PASSWORD)));
        Process process = new ProcessBuilder(command).inheritIO().start();
        assertThat(process.waitFor()).as("keytool").isZero();
        KeyStore keys = keys(name);
        pem(name + ".crt", "CERTIFICATE", keys.getCertificate(name).getEncoded());
        pem(name + ".key", "PRIVATE KEY", keys.getKey(name, PASSWORD).getEncoded());
    }

    private void pem(String file, String what, byte[] bytes) throws IOException {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
        Files.writeString(
                folder.resolve(file),
                "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n".formatted(what, base64),
                StandardCharsets.US_ASCII);
    }
}
