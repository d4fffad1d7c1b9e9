package dev.manciple.plugin;

import dev.manciple.error.ConfigException;
import dev.manciple.spi.MaterializationEngineFactory;
import dev.manciple.spi.OfflineStoreFactory;
import dev.manciple.spi.OnlineStoreFactory;
import dev.manciple.spi.RegistryFactory;
import dev.manciple.spi.StoreContext;
import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a {@code type:} means: a short name a plug-in offers; an alias, the names of Feast included; or the full name of a
 * Java class, either of a factory with a public constructor without parameters, or of a store that follows Feast's convention:
 * a public class whose name ends in {@code OfflineStore} ({@code OnlineStore}) with the one constructor
 * {@code (XxxConfig, StoreContext)}, where {@code XxxConfig} is a record named like the store with {@code Config} appended.
 * Nothing of a class is run before it has proved to be one of these.
 *
 * <p>Every method throws a {@link ConfigException} that starts with {@code where} if the name means nothing or two things.
 */
public final class StoreTypes {
    private static final Pattern CLASS_NAME =
            Pattern.compile("[\\p{L}_$][\\p{L}\\p{N}_$]*(\\.[\\p{L}_$][\\p{L}\\p{N}_$]*)+");

    private final Plugins plugins;

    public StoreTypes(Plugins plugins) {
        this.plugins = plugins;
    }

    public OfflineStoreFactory<?> offlineStore(String where, String type) {
        return resolve(Role.OFFLINE_STORE, where, type);
    }

    public OnlineStoreFactory<?> onlineStore(String where, String type) {
        return resolve(Role.ONLINE_STORE, where, type);
    }

    public RegistryFactory<?> registry(String where, String type) {
        return resolve(Role.REGISTRY, where, type);
    }

    public MaterializationEngineFactory<?> engine(String where, String type) {
        return resolve(Role.ENGINE, where, type);
    }

    private <F> F resolve(Role<F> role, String where, String type) {
        Optional<FeastStore> feast = FeastStore.named(type, role.feast());
        return offered(role, where, type)
                .or(() -> feast.flatMap(store -> offered(role, where, store.shortName())))
                .or(() -> ofClass(role, where, type))
                .orElseThrow(() -> unknown(role, where, type, feast));
    }

    private <F> Optional<F> offered(Role<F> role, String where, String name) {
        List<Role.Offer<F>> offers = offers(role).stream()
                .filter(offer -> offer.type().equals(name) || offer.aliases().contains(name))
                .toList();
        if (offers.size() > 1) {
            String both =
                    offers.stream().map(offer -> Plugins.origin(offer.by())).collect(Collectors.joining(" and "));
            throw new ConfigException(
                    where, List.of("type '%s' is offered by %s: remove one from the class path".formatted(name, both)));
        }
        return offers.stream().map(Role.Offer::factory).findFirst();
    }

    private <F> List<Role.Offer<F>> offers(Role<F> role) {
        return plugins.all().stream()
                .flatMap(plugin -> role.offered().apply(plugin).stream())
                .toList();
    }

    private <F> ConfigException unknown(Role<F> role, String where, String type, Optional<FeastStore> feast) {
        TreeSet<String> known =
                offers(role).stream().map(Role.Offer::type).collect(Collectors.toCollection(TreeSet::new));
        String what = feast.map(FeastStore::missing)
                .orElseGet(() ->
                        "type '%s' is no %s known here%s".formatted(type, role.noun(), NearestName.hint(type, known)));
        List<String> sentences = new ArrayList<>();
        sentences.add(what + (what.endsWith("?") ? "" : "."));
        sentences.add("Known: %s.".formatted(known.isEmpty() ? "none" : String.join(", ", known)));
        sentences.addAll(plugins.failures());
        return new ConfigException(where, List.of(String.join(" ", sentences)));
    }

    private <F> Optional<F> ofClass(Role<F> role, String where, String type) {
        if (!CLASS_NAME.matcher(type).matches()) {
            return Optional.empty();
        }
        Class<?> named;
        try {
            named = Class.forName(type, false, plugins.loader());
        } catch (ClassNotFoundException e) {
            return Optional.empty();
        } catch (LinkageError e) {
            throw new ConfigException(where, List.of("class '%s' cannot be loaded: %s".formatted(type, e)));
        }
        if (!Modifier.isPublic(named.getModifiers()) || Modifier.isAbstract(named.getModifiers())) {
            throw new ConfigException(where, List.of("class '%s' must be public and not abstract".formatted(type)));
        }
        if (role.factory().isAssignableFrom(named)) {
            return Optional.of(role.factory().cast(instance(where, named)));
        }
        return Optional.of(role.convention()
                .filter(convention -> convention.store().isAssignableFrom(named))
                .map(convention -> byConvention(convention, where, named))
                .orElseThrow(() -> new ConfigException(where, List.of(wrongKind(role, type)))));
    }

    private static String wrongKind(Role<?> role, String type) {
        return "class '%s' is no %s: it must implement %s%s"
                .formatted(
                        type,
                        role.noun(),
                        role.factory().getSimpleName(),
                        role.convention()
                                .map(convention -> " or " + convention.suffix())
                                .orElse(""));
    }

    private static Object instance(String where, Class<?> factory) {
        try {
            return factory.getConstructor().newInstance();
        } catch (ReflectiveOperationException | LinkageError e) {
            throw new ConfigException(
                    where,
                    List.of("class '%s' needs a public constructor without parameters that works: %s"
                            .formatted(factory.getName(), e)));
        }
    }

    private static <F> F byConvention(Role.Convention<F> convention, String where, Class<?> store) {
        Constructor<?>[] constructors = store.getConstructors();
        String configName = store.getName() + "Config";
        boolean fits = store.getSimpleName().endsWith(convention.suffix())
                && constructors.length == 1
                && constructors[0].getParameterCount() == 2
                && constructors[0].getParameterTypes()[0].isRecord()
                && constructors[0].getParameterTypes()[0].getName().equals(configName)
                && constructors[0].getParameterTypes()[1] == StoreContext.class;
        if (!fits) {
            throw new ConfigException(
                    where,
                    List.of(
                            "class '%s' must have a name that ends in %s and one public constructor (%s, StoreContext), the first a record; it has %s"
                                    .formatted(
                                            store.getName(),
                                            convention.suffix(),
                                            configName.substring(configName.lastIndexOf('.') + 1),
                                            signatures(constructors))));
        }
        return convention
                .wrap()
                .apply(constructors[0].getParameterTypes()[0].asSubclass(Record.class), constructors[0]);
    }

    private static String signatures(Constructor<?>[] constructors) {
        return constructors.length == 0
                ? "none"
                : Arrays.stream(constructors)
                        .map(constructor -> Arrays.stream(constructor.getParameterTypes())
                                .map(Class::getSimpleName)
                                .collect(Collectors.joining(", ", "(", ")")))
                        .collect(Collectors.joining(" and "));
    }
}
