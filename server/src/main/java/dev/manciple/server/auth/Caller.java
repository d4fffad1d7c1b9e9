package dev.manciple.server.auth;

import dev.manciple.error.FeatureStoreException;
import dev.manciple.model.Definition;
import dev.manciple.model.Permission.Action;
import dev.manciple.spi.RegistrySnapshot;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Who a request comes from, with what it may do. Thread-safe; lives as long as the request. */
public sealed interface Caller {
    /** For logs and metrics; never a secret. */
    String name();

    /** Whether nothing is checked, so that callers of this need not find out what a request touches. */
    boolean unrestricted();

    /**
     * What a request touches that is not checked, for whoever follows it.
     *
     * @param touched asked only if somebody does; its failures are nobody's
     */
    default void touch(Supplier<Stream<Resource>> touched) {}

    /** @param registry of the project that has the resource; its permissions count */
    boolean may(RegistrySnapshot registry, Resource resource, Set<Action> actions);

    /**
     * As {@link #may}, or an error.
     *
     * @throws dev.manciple.error.AccessException with the text of Feast's {@code FeastPermissionError}
     */
    void require(RegistrySnapshot registry, Resource resource, Set<Action> actions);

    /** As {@link #require(RegistrySnapshot, Resource, Set)} of one action. */
    default void require(RegistrySnapshot registry, Definition definition, Action action) {
        require(registry, Resource.of(definition), EnumSet.of(action));
    }

    /** Those of some objects the caller may do something with; the others are left out silently. */
    default <T> List<T> permitted(
            RegistrySnapshot registry, List<T> objects, Function<? super T, Resource> resource, Action action) {
        return unrestricted()
                ? objects
                : objects.stream()
                        .filter(object -> may(registry, resource.apply(object), EnumSet.of(action)))
                        .toList();
    }

    /** Whoever it is, where no authentication is asked for. */
    record Anybody() implements Caller {
        @Override
        public String name() {
            return "anonymous";
        }

        @Override
        public boolean unrestricted() {
            return true;
        }

        @Override
        public boolean may(RegistrySnapshot registry, Resource resource, Set<Action> actions) {
            return true;
        }

        @Override
        public void require(RegistrySnapshot registry, Resource resource, Set<Action> actions) {
            // Everything is allowed.
        }
    }

    /**
     * Somebody whose requests are followed, and who may do what he may do otherwise.
     *
     * @param touches told of each object something is about to be done with, whether it is allowed or not
     */
    record Followed(Caller caller, Consumer<Resource> touches) implements Caller {
        @Override
        public String name() {
            return caller.name();
        }

        @Override
        public boolean unrestricted() {
            return caller.unrestricted();
        }

        @Override
        public void touch(Supplier<Stream<Resource>> touched) {
            try {
                touched.get().forEach(touches);
            } catch (FeatureStoreException e) {
                // A registry that cannot be read. The request itself finds out, or does not need it.
                return;
            }
        }

        @Override
        public boolean may(RegistrySnapshot registry, Resource resource, Set<Action> actions) {
            return caller.may(registry, resource, actions);
        }

        @Override
        public void require(RegistrySnapshot registry, Resource resource, Set<Action> actions) {
            touches.accept(resource);
            caller.require(registry, resource, actions);
        }
    }

    /** Somebody an identity provider vouches for. */
    record Known(Principal principal, Function<RegistrySnapshot, Permissions> permissions) implements Caller {
        @Override
        public String name() {
            return principal.user();
        }

        @Override
        public boolean unrestricted() {
            return false;
        }

        @Override
        public boolean may(RegistrySnapshot registry, Resource resource, Set<Action> actions) {
            return permissions.apply(registry).allow(principal, resource, actions);
        }

        @Override
        public void require(RegistrySnapshot registry, Resource resource, Set<Action> actions) {
            permissions.apply(registry).require(principal, resource, actions);
        }
    }
}
