package dev.manciple.plugin;

import dev.manciple.spi.Plugin;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;

/**
 * The plug-ins of one class loader, found once. One that cannot load is remembered in {@link #failures} and hides no other:
 * it matters only to who asks for something nobody offers.
 *
 * @param loader where class names of a configuration are looked up
 * @param failures one sentence for each plug-in that did not load
 */
public record Plugins(ClassLoader loader, List<Plugin> all, List<String> failures) {
    public Plugins {
        all = List.copyOf(all);
        failures = List.copyOf(failures);
    }

    /** @param builtIn what the runtime itself offers, before everything that is found */
    public static Plugins load(ClassLoader loader, List<Plugin> builtIn) {
        List<Plugin> plugins = new ArrayList<>(builtIn);
        List<String> failures = new ArrayList<>();
        Set<Class<?>> known = new HashSet<>();
        builtIn.forEach(plugin -> known.add(plugin.getClass()));
        Iterator<ServiceLoader.Provider<Plugin>> providers =
                ServiceLoader.load(Plugin.class, loader).stream().iterator();
        boolean more = true;
        while (more) {
            try {
                more = providers.hasNext();
                if (more) {
                    ServiceLoader.Provider<Plugin> provider = providers.next();
                    if (known.add(provider.type())) {
                        plugins.add(provider.get());
                    }
                }
            } catch (ServiceConfigurationError | LinkageError e) {
                failures.add("A plug-in could not be loaded: " + reason(e));
            }
        }
        return new Plugins(loader, plugins, failures);
    }

    /** The jar or folder a class came from, for messages. */
    static String origin(Class<?> type) {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        return source == null || source.getLocation() == null
                ? type.getName()
                : "%s (%s)".formatted(type.getName(), source.getLocation().getPath());
    }

    private static String reason(Throwable error) {
        Throwable cause = error.getCause();
        String what = error instanceof ServiceConfigurationError ? error.getMessage() : error.toString();
        return cause == null ? String.valueOf(what) : "%s (%s)".formatted(what, cause);
    }
}
