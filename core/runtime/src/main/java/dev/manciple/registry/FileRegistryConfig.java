package dev.manciple.registry;

import dev.manciple.spi.config.Check;
import dev.manciple.spi.config.Default;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Feast's keys of a file registry.
 *
 * @param path a local path, relative to the repository, or a {@code file:} URI
 * @param registryStoreType Feast's class for the place the file is kept in; only {@code FileRegistryStore} means a local one
 * @param cacheTtlSeconds how old what is served may be; zero means it is never read again
 * @param cacheMode read for Feast's sake; whatever it says, one of the readers that find the snapshot old replaces it, and the
 *     others do not wait
 * @param s3AdditionalKwargs read for Feast's sake; without effect on a local file
 * @param purgeFeastMetadata whether the obsolete list of project ids is dropped from the file when it is written
 * @param enableOnlineFeatureViewVersioning whether views have an online table per version, which Manciple refuses
 * @param mcp settings of Feast's registry server, without effect here
 */
public record FileRegistryConfig(
        String path,
        Optional<String> registryStoreType,
        @Default("600") int cacheTtlSeconds,
        @Default("sync") CacheMode cacheMode,
        Optional<Map<String, String>> s3AdditionalKwargs,
        @Default("false") boolean purgeFeastMetadata,
        @Default("false") boolean enableOnlineFeatureViewVersioning,
        Optional<Mcp> mcp) {
    private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]+):.*");
    private static final Pattern LOCAL_STORE = Pattern.compile("(.*\\.)?FileRegistryStore");

    /** When Feast replaces an old snapshot: as it is read, or every so often. */
    public enum CacheMode {
        SYNC,
        THREAD
    }

    /** Whether Feast's registry server offers tools to agents. */
    public record Mcp(@Default("false") boolean enabled) {}

    public FileRegistryConfig {
        s3AdditionalKwargs = s3AdditionalKwargs.map(Map::copyOf);
        Check.that(!path.isBlank(), "path", "is required: where is the registry's file?");
        Check.that(
                registryStoreType
                        .map(type -> LOCAL_STORE.matcher(type).matches())
                        .orElse(true),
                "registry_store_type",
                "'%s' is not supported: a file registry of Manciple is a local file (FileRegistryStore)",
                registryStoreType.orElse(""));
        Check.that(cacheTtlSeconds >= 0, "cache_ttl_seconds", "must not be negative, was %s", cacheTtlSeconds);
        Check.that(
                !enableOnlineFeatureViewVersioning,
                "enable_online_feature_view_versioning",
                "is not supported: Manciple reads and writes the newest version of a view only");
        requireLocal(path);
    }

    /** The registry's file. */
    Path file(Path repository) {
        String local =
                scheme(path).isPresent() ? path.substring("file:".length()).replaceFirst("^//", "") : path;
        return repository.resolve(local);
    }

    private static void requireLocal(String path) {
        Optional<String> scheme = scheme(path);
        // Such a path may be a connection to a database, whose password must not be shown.
        Check.that(
                scheme.map("file"::equals).orElse(true),
                "path",
                "'%s' has the unsupported scheme '%s': a file registry of Manciple is a local file, so write a path or a file: URI",
                path.replaceFirst("//[^/]*@", "//***@"),
                scheme.orElse(""));
        if (scheme.isPresent()) {
            Check.that(
                    path.matches("file:(//)?/[^/].*"),
                    "path",
                    "'%s' must be a file: URI with an absolute path and no host, as in file:///data/registry.db",
                    path);
        }
        Check.that(path.indexOf('\0') < 0, "path", "contains a character no file name has");
    }

    /** A single letter before a colon is a drive, not a scheme. */
    private static Optional<String> scheme(String path) {
        Matcher matcher = SCHEME.matcher(path);
        return matcher.matches() ? Optional.of(matcher.group(1).toLowerCase(Locale.ROOT)) : Optional.empty();
    }
}
