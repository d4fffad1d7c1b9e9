package dev.manciple.plugin;

import dev.manciple.error.ConfigException;
import dev.manciple.spi.MaterializationEngineFactory;
import dev.manciple.spi.OfflineStoreFactory;
import dev.manciple.spi.OnlineStoreFactory;
import dev.manciple.spi.RegistryFactory;
import dev.manciple.spi.SourceType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * What a {@code type:} means: a short name a plug-in offers, an alias (the names of Feast included), the full name of a store
 * class or the class of its factory. Whatever a file says is only ever compared with what plug-ins offer; no name of a file
 * reaches a class loader.
 *
 * <p>Plug-ins of the class path come first; then the folder of Manciple's own connector for a store of Feast's; then all
 * folders. Those are opened only as far as they are needed.
 *
 * <p>Every method throws a {@link ConfigException} that starts with {@code where} if the name means nothing or two things.
 */
public final class StoreTypes {
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

    /** The types of sources that come from the plug-in of a store. */
    Set<String> sourceTypesOf(OfflineStoreFactory<?> factory) {
        return plugins.loaded().stream()
                .filter(plugin -> plugin.offlineStores().stream()
                        .anyMatch(offered -> offered.type().equals(factory.type())))
                .flatMap(plugin -> plugin.sourceTypes().stream())
                .map(SourceType::type)
                .collect(Collectors.toSet());
    }

    private <F> F resolve(Role<F> role, String where, String type) {
        Optional<FeastStore> feast = FeastStore.named(type, role.feast());
        Supplier<Optional<F>> look = () ->
                offered(role, where, type).or(() -> feast.flatMap(store -> offered(role, where, store.shortName())));
        return look.get()
                .or(() -> feast.flatMap(store -> {
                    plugins.load(store.connector());
                    return look.get();
                }))
                .or(() -> {
                    plugins.all();
                    return look.get();
                })
                .orElseThrow(() -> unknown(role, where, type, feast));
    }

    private <F> Optional<F> offered(Role<F> role, String where, String name) {
        List<Role.Offer<F>> offers = offers(role).stream()
                .filter(offer -> offer.names().contains(name))
                .toList();
        if (offers.size() > 1) {
            String both =
                    offers.stream().map(offer -> Plugins.origin(offer.by())).collect(Collectors.joining(" and "));
            throw new ConfigException(
                    where, List.of("type '%s' is offered by %s: remove one of the two".formatted(name, both)));
        }
        return offers.stream().map(Role.Offer::factory).findFirst();
    }

    private <F> List<Role.Offer<F>> offers(Role<F> role) {
        return plugins.loaded().stream()
                .flatMap(plugin -> role.offered().apply(plugin).stream())
                .toList();
    }

    private <F> ConfigException unknown(Role<F> role, String where, String type, Optional<FeastStore> feast) {
        TreeSet<String> known =
                offers(role).stream().map(Role.Offer::type).collect(Collectors.toCollection(TreeSet::new));
        role.feast().stream()
                .filter(FeastStore::isBuiltIn)
                .map(FeastStore::shortName)
                .forEach(known::add);
        List<String> sentences = new ArrayList<>();
        TreeSet<String> meant = new TreeSet<>(known);
        role.feast().forEach(store -> meant.add(store.shortName()));
        sentences.add(feast.map(FeastStore::missing).orElseGet(() -> unknown(role.noun(), type, meant)));
        sentences.add("Known: %s.".formatted(known.isEmpty() ? "none" : String.join(", ", known)));
        sentences.addAll(plugins.failures());
        return new ConfigException(where, List.of(String.join(" ", sentences)));
    }

    private static String unknown(String noun, String type, Set<String> meant) {
        String hint = NearestName.hint(type, meant);
        if (hint.isEmpty() && type.contains(".")) {
            return "no plug-in offers the %s '%s': its jar must name a Plugin that does, and be on the class path or in a folder of plugin/."
                    .formatted(noun, type);
        }
        return "type '%s' is no %s known here%s".formatted(type, noun, hint.isEmpty() ? "." : hint);
    }
}
