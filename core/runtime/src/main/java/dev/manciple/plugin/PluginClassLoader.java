package dev.manciple.plugin;

import java.net.URL;
import java.net.URLClassLoader;
import java.util.List;

/**
 * Loads one plug-in from its own jars, so that its libraries meet nobody else's. Only what appears in the signatures between
 * Manciple and a store is shared, and what those classes need: Manciple's own contracts, Arrow's vectors, the logging API and
 * the annotations. {@code org.apache.arrow.c}, which binds to a native library per class loader, is the plug-in's own, as is
 * everything else, Manciple's codecs and SQL planner included.
 */
final class PluginClassLoader extends URLClassLoader {
    static {
        registerAsParallelCapable();
    }

    private static final List<String> SHARED = List.of(
            "dev.manciple.arrow.",
            "dev.manciple.error.",
            "dev.manciple.model.",
            "dev.manciple.spi.",
            "org.apache.arrow.flatbuf.",
            "org.apache.arrow.memory.",
            "org.apache.arrow.util.",
            "org.apache.arrow.vector.",
            "org.jspecify.annotations.",
            "org.slf4j.");

    private final ClassLoader shared;

    /** @param shared where the shared classes come from */
    PluginClassLoader(String name, List<URL> jars, ClassLoader shared) {
        super(name, jars.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
        this.shared = shared;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        return SHARED.stream().anyMatch(name::startsWith) ? shared.loadClass(name) : super.loadClass(name, resolve);
    }
}
