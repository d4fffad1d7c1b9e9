package dev.manciple.plugin;

import dev.manciple.error.ConfigException;
import dev.manciple.spi.Plugin;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * A folder with one folder of jars for each plug-in. A plug-in's jars are not opened until something of it is asked for, so any
 * number of them may lie there without cost.
 *
 * @param path need not exist
 */
public record PluginFolder(Path path) {
    /** The system property that names the folder; the distribution sets it. */
    public static final String PROPERTY = "manciple.plugins";

    /** The one this process was started with, if any. */
    public static Optional<PluginFolder> ofProcess() {
        return Optional.ofNullable(System.getProperty(PROPERTY))
                .filter(path -> !path.isBlank())
                .map(path -> new PluginFolder(Path.of(path)));
    }

    /** The plug-ins that are there, by the names of their folders. */
    TreeSet<String> names() {
        TreeSet<String> names = new TreeSet<>();
        if (Files.isDirectory(path)) {
            for (Path each : children(path, "*")) {
                if (Files.isDirectory(each)) {
                    names.add(String.valueOf(each.getFileName()));
                }
            }
        }
        return names;
    }

    /** @param name one of {@link #names} */
    List<Plugin> load(String name, ClassLoader shared, List<String> failures) {
        List<URL> jars = new ArrayList<>();
        for (Path jar : children(path.resolve(name), "*.jar")) {
            jars.add(url(jar));
        }
        return Plugins.found(new PluginClassLoader("plugin/" + name, jars, shared), failures);
    }

    private static URL url(Path jar) {
        try {
            return jar.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new ConfigException(jar.toString(), List.of("is no name of a jar: " + e.getMessage()));
        }
    }

    private static List<Path> children(Path folder, String glob) {
        List<Path> children = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, glob)) {
            found.forEach(children::add);
        } catch (IOException e) {
            throw new ConfigException(folder.toString(), List.of("the folder of plug-ins cannot be read: " + e));
        }
        children.sort(null);
        return children;
    }
}
