package dev.manciple.wire;

import dev.manciple.model.Permission;
import dev.manciple.model.Permission.Action;
import dev.manciple.model.Permission.Policy;
import dev.manciple.wire.proto.PermissionProto.PermissionSpec;
import dev.manciple.wire.proto.PolicyProto;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Permissions. */
final class PermissionCodec {
    private PermissionCodec() {}

    /**
     * @throws NotModelledException if it has a type, an action or a policy that a newer Feast added: what is not understood must
     *     grant nothing
     */
    static Permission decode(PermissionSpec spec) {
        return new Permission(
                spec.getName(),
                types(spec),
                spec.getNamePatternsList(),
                spec.getRequiredTagsMap(),
                known("action", spec.getActionsList(), PermissionSpec.AuthzedAction.UNRECOGNIZED, Action.class),
                policy(spec.getPolicy()),
                spec.getTagsMap());
    }

    static PermissionSpec encode(Permission permission, String project, PermissionSpec stored) {
        return stored.toBuilder()
                .setName(permission.name())
                .setProject(project)
                .clearTypes()
                .addAllTypes(permission.types().stream()
                        .map(type -> PermissionSpec.Type.valueOf(type.name()))
                        .toList())
                .clearNamePatterns()
                .addAllNamePatterns(permission.namePatterns())
                .clearRequiredTags()
                .putAllRequiredTags(StoredMaps.write(permission.requiredTags(), stored.getRequiredTagsMap()))
                .clearActions()
                .addAllActions(permission.actions().stream()
                        .map(action -> PermissionSpec.AuthzedAction.valueOf(action.name()))
                        .toList())
                .setPolicy(policy(permission.policy(), stored.getPolicy()))
                .clearTags()
                .putAllTags(StoredMaps.write(permission.tags(), stored.getTagsMap()))
                .build();
    }

    /** None written means all, as when Feast makes a permission without. */
    private static Set<Permission.Type> types(PermissionSpec spec) {
        return spec.getTypesValueList().isEmpty()
                ? EnumSet.allOf(Permission.Type.class)
                : known("type", spec.getTypesList(), PermissionSpec.Type.UNRECOGNIZED, Permission.Type.class);
    }

    private static <E extends Enum<E>> Set<E> known(
            String what, Collection<? extends Enum<?>> written, Enum<?> unknown, Class<E> type) {
        if (written.contains(unknown)) {
            throw new NotModelledException("A permission has a %s that a newer Feast added".formatted(what));
        }
        EnumSet<E> known = EnumSet.noneOf(type);
        written.forEach(each -> known.add(Enum.valueOf(type, each.name())));
        return known;
    }

    private static Policy policy(PolicyProto.Policy policy) {
        return switch (policy.getPolicyTypeCase()) {
            case ROLE_BASED_POLICY ->
                new Policy.Roles(policy.getRoleBasedPolicy().getRolesList());
            case GROUP_BASED_POLICY ->
                new Policy.Groups(policy.getGroupBasedPolicy().getGroupsList());
            case NAMESPACE_BASED_POLICY ->
                new Policy.Namespaces(policy.getNamespaceBasedPolicy().getNamespacesList());
            case COMBINED_GROUP_NAMESPACE_POLICY ->
                new Policy.GroupsOrNamespaces(
                        policy.getCombinedGroupNamespacePolicy().getGroupsList(),
                        policy.getCombinedGroupNamespacePolicy().getNamespacesList());
            case POLICYTYPE_NOT_SET -> {
                // So Feast writes the policy that allows all; a kind of policy not known here looks alike but for its
                // field.
                if (!policy.getUnknownFields().asMap().isEmpty()) {
                    throw new NotModelledException("A permission has a policy that a newer Feast added");
                }
                yield new Policy.AllowAll();
            }
        };
    }

    private static PolicyProto.Policy policy(Policy policy, PolicyProto.Policy stored) {
        PolicyProto.Policy.Builder written = stored.toBuilder().clearPolicyType();
        switch (policy) {
            case Policy.AllowAll all -> {}
            case Policy.Roles(List<String> roles) ->
                written.getRoleBasedPolicyBuilder().addAllRoles(roles);
            case Policy.Groups(List<String> groups) ->
                written.getGroupBasedPolicyBuilder().addAllGroups(groups);
            case Policy.Namespaces(List<String> namespaces) ->
                written.getNamespaceBasedPolicyBuilder().addAllNamespaces(namespaces);
            case Policy.GroupsOrNamespaces(List<String> groups, List<String> namespaces) ->
                written.getCombinedGroupNamespacePolicyBuilder()
                        .addAllGroups(groups)
                        .addAllNamespaces(namespaces);
        }
        return written.build();
    }
}
