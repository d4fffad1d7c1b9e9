package dev.manciple.plugin;

import dev.manciple.spi.Plugin;
import dev.manciple.spi.SourceType;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The plug-ins of this process: those of the class path, found once, and those of a {@link PluginFolder}, each loaded by
 * itself when it is first needed. One that cannot load is remembered in {@link #failures} and hides no other: it matters only
 * to who asks for something nobody offers. Thread-safe.
 */
public final class Plugins {
    private final ClassLoader loader;
    private final Optional<PluginFolder> folder;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Plugin> loaded;
    private final List<String> failures = new ArrayList<>();
    private final Set<String> foldersLoaded = new HashSet<>();

    private Plugins(ClassLoader loader, List<Plugin> plugins, Optional<PluginFolder> folder) {
        this.loader = loader;
        this.loaded = new ArrayList<>(plugins);
        this.folder = folder;
    }

    /** Exactly these plug-ins. */
    public static Plugins of(ClassLoader loader, List<Plugin> plugins) {
        return new Plugins(loader, plugins, Optional.empty());
    }

    /** As {@link #load(ClassLoader, List, Optional)}, with the folder this process was started with. */
    public static Plugins load(ClassLoader loader, List<Plugin> builtIn) {
        return load(loader, builtIn, PluginFolder.ofProcess());
    }

    /**
     * Finds the plug-ins of a class path.
     *
     * @param builtIn what the runtime itself offers, before everything that is found
     * @param folder further ones
     */
    public static Plugins load(ClassLoader loader, List<Plugin> builtIn, Optional<PluginFolder> folder) {
        Plugins plugins = new Plugins(loader, builtIn, folder);
        Set<Class<?>> known = new HashSet<>();
        builtIn.forEach(plugin -> known.add(plugin.getClass()));
        for (Plugin found : found(loader, plugins.failures)) {
            if (known.add(found.getClass())) {
                plugins.loaded.add(found);
            }
        }
        return plugins;
    }

    /** Where classes of the repository find Manciple's and those of the class path. */
    public ClassLoader loader() {
        return loader;
    }

    /** Those of the class path, and those of the folder that were needed so far. */
    public List<Plugin> loaded() {
        lock.lock();
        try {
            return List.copyOf(loaded);
        } finally {
            lock.unlock();
        }
    }

    /** Every plug-in there is; opens the jars of all. */
    public List<Plugin> all() {
        folder.ifPresent(plugins -> plugins.names().forEach(this::load));
        return loaded();
    }

    /** What reads sources of a type, named by its short name or one of its classes. */
    public Optional<SourceType<?>> sourceType(String name) {
        return sourceType(name, loaded()).or(() -> sourceType(name, all()));
    }

    private static Optional<SourceType<?>> sourceType(String name, List<Plugin> plugins) {
        return plugins.stream()
                .<SourceType<?>>flatMap(plugin -> plugin.sourceTypes().stream())
                .filter(offered ->
                        offered.type().equals(name) || offered.sourceClasses().contains(name))
                .findFirst();
    }

    /** One sentence for each plug-in that did not load. */
    public List<String> failures() {
        lock.lock();
        try {
            return List.copyOf(failures);
        } finally {
            lock.unlock();
        }
    }

    /** Loads the plug-in of one folder, if it is there and not loaded yet. */
    void load(String name) {
        TreeSet<String> there = folder.map(PluginFolder::names).orElseGet(TreeSet::new);
        lock.lock();
        try {
            if (there.contains(name) && foldersLoaded.add(name)) {
                loaded.addAll(folder.orElseThrow().load(name, getClass().getClassLoader(), failures));
            }
        } finally {
            lock.unlock();
        }
    }

    /** @param failures takes a sentence for each plug-in that does not load */
    static List<Plugin> found(ClassLoader loader, List<String> failures) {
        List<Plugin> found = new ArrayList<>();
        Iterator<ServiceLoader.Provider<Plugin>> providers =
                ServiceLoader.load(Plugin.class, loader).stream().iterator();
        boolean more = true;
        while (more) {
            try {
                more = providers.hasNext();
                if (more) {
                    found.add(providers.next().get());
                }
            } catch (ServiceConfigurationError | LinkageError e) {
                failures.add("A plug-in could not be loaded: " + reason(e));
            }
        }
        return found;
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
