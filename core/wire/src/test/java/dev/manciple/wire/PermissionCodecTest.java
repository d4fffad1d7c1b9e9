package dev.manciple.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.manciple.model.Definition.Kind;
import dev.manciple.model.Permission;
import dev.manciple.model.Permission.Action;
import dev.manciple.model.Permission.Policy;
import dev.manciple.model.Preserved;
import dev.manciple.spi.RegistryChange;
import dev.manciple.spi.RegistrySnapshot;
import dev.manciple.wire.proto.PermissionProto;
import dev.manciple.wire.proto.PermissionProto.PermissionSpec;
import dev.manciple.wire.proto.PolicyProto;
import dev.manciple.wire.proto.RegistryProto.Registry;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PermissionCodecTest {
    static List<Policy> policies() {
        return List.of(
                new Policy.AllowAll(),
                new Policy.Roles(List.of("a", "b")),
                new Policy.Groups(List.of("g")),
                new Policy.Namespaces(List.of("n")),
                new Policy.GroupsOrNamespaces(List.of("g"), List.of("n", "m")));
    }

    @ParameterizedTest
    @MethodSource("policies")
    void keepsEverything(Policy policy) {
        Permission permission = new Permission(
                "reading",
                EnumSet.of(Permission.Type.FEATURE_VIEW, Permission.Type.LABEL_VIEW),
                List.of("driver_.*"),
                Map.of("team", "rides"),
                EnumSet.allOf(Action.class),
                policy,
                Map.of("why", "audit"));

        PermissionSpec written = PermissionCodec.encode(permission, "rides", PermissionSpec.getDefaultInstance());

        assertThat(written.getProject()).isEqualTo("rides");
        assertThat(PermissionCodec.decode(written)).isEqualTo(permission);
    }

    @Test
    void noTypesMeanAll() {
        PermissionSpec spec = PermissionSpec.newBuilder().setName("any").build();

        assertThat(PermissionCodec.decode(spec).types()).containsExactlyInAnyOrder(Permission.Type.values());
    }

    @Test
    void whatANewerFeastAddedIsNotUnderstood() {
        PermissionSpec named = PermissionSpec.newBuilder().setName("new").build();
        PermissionSpec type = named.toBuilder().addTypesValue(99).build();
        PermissionSpec action = named.toBuilder().addActionsValue(99).build();
        PermissionSpec policy = named.toBuilder()
                .setPolicy(PolicyProto.Policy.newBuilder()
                        .setUnknownFields(UnknownFieldSet.newBuilder()
                                .addField(
                                        9,
                                        UnknownFieldSet.Field.newBuilder()
                                                .addLengthDelimited(ByteString.copyFromUtf8("x"))
                                                .build())
                                .build()))
                .build();

        for (PermissionSpec spec : List.of(type, action, policy)) {
            assertThatThrownBy(() -> PermissionCodec.decode(spec)).isInstanceOf(NotModelledException.class);
        }
    }

    @Test
    void aRegistryKeepsWhatItDoesNotUnderstandAndWhenAPermissionWasMade() {
        Permission reading = new Permission(
                "reading",
                EnumSet.allOf(Permission.Type.class),
                List.of(),
                Map.of(),
                EnumSet.of(Action.DESCRIBE),
                new Policy.AllowAll(),
                Map.of());
        Registry registry = RegistryCodec.apply(
                RegistryCodec.empty(), "rides", List.of(new RegistryChange.Put(reading)), Instant.ofEpochSecond(1));
        Registry withUnknown = registry.toBuilder()
                .addPermissions(PermissionProto.Permission.newBuilder()
                        .setSpec(PermissionSpec.newBuilder()
                                .setName("new")
                                .setProject("rides")
                                .addActionsValue(99)))
                .build();
        Permission changed = new Permission(
                "reading", reading.types(), List.of("a.*"), Map.of(), reading.actions(), reading.policy(), Map.of());

        Registry after = RegistryCodec.apply(
                withUnknown, "rides", List.of(new RegistryChange.Put(changed)), Instant.ofEpochSecond(2));

        RegistrySnapshot snapshot = RegistryCodec.snapshot(after, "rides");
        assertThat(snapshot.permissions()).containsExactly(Map.entry("reading", changed));
        assertThat(snapshot.preserved())
                .filteredOn(object -> object.as() == Kind.PERMISSION)
                .extracting(Preserved::name)
                .containsExactly("new");
        assertThat(after.getPermissionsList())
                .filteredOn(permission -> permission.getSpec().getName().equals("reading"))
                .singleElement()
                .satisfies(permission -> {
                    assertThat(permission.getMeta().getCreatedTimestamp().getSeconds())
                            .isEqualTo(1);
                    assertThat(permission.getMeta().getLastUpdatedTimestamp().getSeconds())
                            .isEqualTo(2);
                });
        assertThat(RegistryCodec.snapshot(
                                RegistryCodec.apply(
                                        after,
                                        "rides",
                                        List.of(new RegistryChange.Remove(Kind.PERMISSION, "reading")),
                                        Instant.ofEpochSecond(3)),
                                "rides")
                        .permissions())
                .isEmpty();
    }
}
