package dev.manciple.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Empty;
import dev.manciple.error.AccessException;
import dev.manciple.registry.FileRegistry;
import dev.manciple.server.auth.AccessControl;
import dev.manciple.server.auth.Authenticator;
import dev.manciple.server.auth.Principal;
import dev.manciple.wire.RegistryList;
import dev.manciple.wire.RegistryObjects;
import dev.manciple.wire.proto.EntityProto.Entity;
import dev.manciple.wire.proto.PermissionProto.Permission;
import dev.manciple.wire.proto.PermissionProto.PermissionSpec;
import dev.manciple.wire.proto.PermissionProto.PermissionSpec.AuthzedAction;
import dev.manciple.wire.proto.ProjectPartsProto.LoadRequest;
import dev.manciple.wire.proto.ProjectPartsProto.LoadResponse;
import dev.manciple.wire.proto.RegistryProto.Registry;
import dev.manciple.wire.proto.RegistryServerProto.DeleteEntityRequest;
import dev.manciple.wire.proto.RegistryServerProto.GetEntityRequest;
import dev.manciple.wire.proto.RegistryServerProto.ListEntitiesRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A registry server that asks who calls: everybody's token is their role. */
class RegistryAccessTest {
    private static final String PROJECT = "rides";
    private static final Empty EMPTY = Empty.getDefaultInstance();

    @TempDir
    private Path folder;

    private FileRegistry registry;
    private RegistryServer server;

    /** Believes tokens, but not all. */
    private record Roles() implements Authenticator {
        @Override
        public Principal authenticate(String token) {
            if (token.equals("forged")) {
                throw new AccessException(AccessException.Reason.UNAUTHENTICATED, "Invalid or expired access token");
            }
            return new Principal(token, Set.of(token), Set.of(), Set.of());
        }

        @Override
        public void close() {}
    }

    @BeforeEach
    void start() {
        registry = new FileRegistry(folder.resolve("registry.db"), false, InstantSource.system());
        registry.update("prepare", stored -> {
            Registry next = stored;
            for (String name : List.of("public_driver", "secret_driver")) {
                next = RegistryObjects.put(next, PROJECT, RegistryList.ENTITIES, entity(name), Instant.now());
            }
            for (Permission permission : List.of(
                    permission("reader", "public_.*", AuthzedAction.DESCRIBE),
                    permission(
                            "writer",
                            ".*",
                            AuthzedAction.DESCRIBE,
                            AuthzedAction.CREATE,
                            AuthzedAction.UPDATE,
                            AuthzedAction.DELETE))) {
                next = RegistryObjects.put(next, PROJECT, RegistryList.PERMISSIONS, permission, Instant.now());
            }
            return next;
        });
        server = RegistryServer.start(
                registry,
                AccessControl.guarded(new Roles()),
                new RegistryServerOptions(
                        "127.0.0.1",
                        Optional.of(0),
                        Optional.of(0),
                        Optional.empty(),
                        ServerOptions.Limits.DEFAULT,
                        Duration.ZERO));
    }

    @AfterEach
    void stop() {
        server.close();
        registry.close();
    }

    private static Entity entity(String name) {
        Entity.Builder entity = Entity.newBuilder();
        entity.getSpecBuilder().setName(name).setJoinKey("id");
        return entity.build();
    }

    private static Permission permission(String role, String names, AuthzedAction... actions) {
        Permission.Builder permission = Permission.newBuilder();
        permission
                .getSpecBuilder()
                .setName(role)
                .addTypes(PermissionSpec.Type.ENTITY)
                .addNamePatterns(names)
                .addAllActions(List.of(actions))
                .getPolicyBuilder()
                .getRoleBasedPolicyBuilder()
                .addRoles(role);
        return permission.build();
    }

    private RegistryClient client(String token) {
        return new RegistryClient(server.grpcPort().orElseThrow(), Optional.of(token));
    }

    private static List<String> entities(RegistryClient client) {
        return client
                .entities(ListEntitiesRequest.newBuilder().setProject(PROJECT).build())
                .getEntitiesList()
                .stream()
                .map(entity -> entity.getSpec().getName())
                .toList();
    }

    private static Entity get(RegistryClient client, String name) {
        return client.call(
                "GetEntity",
                GetEntityRequest.newBuilder().setProject(PROJECT).setName(name).build(),
                Entity.getDefaultInstance());
    }

    private static void assertFails(ThrowingCallable call, Status.Code code, String text) {
        assertThatThrownBy(call).isInstanceOfSatisfying(StatusRuntimeException.class, failure -> {
            assertThat(failure.getStatus().getCode()).as(failure.getMessage()).isEqualTo(code);
            assertThat(failure.getStatus().getDescription()).contains(text);
        });
    }

    @Test
    void knowsNobodyWithoutAToken() {
        try (RegistryClient nobody = new RegistryClient(server.grpcPort().orElseThrow());
                RegistryClient forger = client("forged")) {
            assertFails(() -> entities(nobody), Status.Code.UNAUTHENTICATED, "Missing authentication token");
            assertFails(() -> entities(forger), Status.Code.UNAUTHENTICATED, "Invalid or expired");
        }
    }

    @Test
    void showsWhatMayBeSeen() {
        try (RegistryClient reader = client("reader")) {
            assertThat(entities(reader)).containsExactly("public_driver");
            assertThat(get(reader, "public_driver").getSpec().getName()).isEqualTo("public_driver");
            assertFails(() -> get(reader, "secret_driver"), Status.Code.PERMISSION_DENIED, "FeastPermissionError");
            Registry seen = reader.call("Proto", EMPTY, Registry.getDefaultInstance());
            assertThat(seen.toString()).contains("public_driver").doesNotContain("secret");
            assertFails(
                    () -> reader.call(
                            "manciple.registry.ProjectParts",
                            "Load",
                            LoadRequest.newBuilder().setProject(PROJECT).build(),
                            LoadResponse.getDefaultInstance()),
                    Status.Code.PERMISSION_DENIED,
                    "FeastPermissionError");
        }
    }

    @Test
    void changesWhatMayBeChanged() {
        try (RegistryClient reader = client("reader");
                RegistryClient writer = client("writer")) {
            assertFails(
                    () -> reader.apply(PROJECT, entity("public_rider")),
                    Status.Code.PERMISSION_DENIED,
                    "Entity:public_rider");
            DeleteEntityRequest delete = DeleteEntityRequest.newBuilder()
                    .setProject(PROJECT)
                    .setName("public_driver")
                    .build();
            assertFails(
                    () -> reader.call("DeleteEntity", delete, EMPTY),
                    Status.Code.PERMISSION_DENIED,
                    "Entity:public_driver");
            writer.apply(PROJECT, entity("public_rider"));
            writer.call("DeleteEntity", delete, EMPTY);
            assertThat(entities(writer)).containsExactly("secret_driver", "public_rider");
            assertFails(() -> writer.apply("bank", entity("account")), Status.Code.PERMISSION_DENIED, "Entity:account");
        }
    }

    @Test
    void asksOverRestToo() throws Exception {
        assertThat(rest("/entities?project=rides", Optional.empty()).statusCode())
                .isEqualTo(401);
        assertThat(rest("/entities/secret_driver?project=rides", Optional.of("reader"))
                        .statusCode())
                .isEqualTo(403);
        HttpResponse<String> seen = rest("/entities?project=rides", Optional.of("reader"));
        assertThat(seen.statusCode()).isEqualTo(200);
        assertThat(seen.body()).contains("public_driver").doesNotContain("secret");
        assertThat(rest("/entities/all", Optional.of("reader")).body())
                .contains("public_driver")
                .doesNotContain("secret");
    }

    @Test
    void asksBeforeRestChangesSomething() throws Exception {
        String body = "{\"name\": \"public_rider\", \"project\": \"rides\"}";
        assertThat(rest("POST", "/entities", body, Optional.empty()).statusCode())
                .isEqualTo(401);
        HttpResponse<String> refused = rest("POST", "/entities", body, Optional.of("reader"));
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.body()).contains("FeastPermissionError").contains("Entity:public_rider");
        String path = "/entities/public_driver?project=rides";
        assertThat(rest("DELETE", path, "", Optional.of("reader")).statusCode()).isEqualTo(403);
        assertThat(rest("POST", "/entities", body, Optional.of("writer")).statusCode())
                .isEqualTo(201);
        assertThat(rest("DELETE", path, "", Optional.of("writer")).statusCode()).isEqualTo(200);
        assertThat(rest("/search?query=secret", Optional.of("reader")).body()).doesNotContain("secret_driver");
    }

    private HttpResponse<String> rest(String path, Optional<String> token) throws IOException, InterruptedException {
        return rest("GET", path, "", token);
    }

    private HttpResponse<String> rest(String method, String path, String body, Optional<String> token)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(
                "http://127.0.0.1:%d/api/v1%s".formatted(server.restPort().orElseThrow(), path)));
        request.method(method, HttpRequest.BodyPublishers.ofString(body));
        token.ifPresent(each -> request.header("Authorization", "Bearer " + each));
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }
}
