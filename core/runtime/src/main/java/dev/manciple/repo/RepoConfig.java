package dev.manciple.repo;

import dev.manciple.auth.AuthConfig;
import dev.manciple.error.ConfigException;
import dev.manciple.plugin.Stores;
import dev.manciple.spi.StoreConfig;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code feature_store.yaml} says, the file of Feast unchanged. Relative paths inside the sections start at {@code root};
 * the stores resolve them.
 *
 * @param root the repository
 * @param file the name messages use
 * @param description of the project; blank if there is none
 * @param provider one of Feast's; has no effect
 * @param onlineStore empty where the repository has none on purpose
 * @param batchEngine what materializes; {@code local} is this process
 * @param auth of the servers; {@code no_auth} by default
 * @param featureServer the options of the servers
 * @param compatibility whose rules online answers of the servers follow; a key of Manciple's own
 * @param entityKeyVersion always 3
 * @param coerceTzAware whether times of entity rows become UTC with a zone
 * @param definitionClasses compiled classes that implement {@code FeatureRepository}; a key of Manciple's own
 * @param notices sentences for people about keys that are accepted but change nothing
 */
public record RepoConfig(
        Path root,
        String file,
        String project,
        String description,
        String provider,
        StoreConfig registry,
        Optional<StoreConfig> onlineStore,
        StoreConfig offlineStore,
        StoreConfig batchEngine,
        StoreConfig auth,
        FeatureServerConfig featureServer,
        Compatibility compatibility,
        MaterializationConfig materialization,
        int entityKeyVersion,
        boolean coerceTzAware,
        List<String> definitionClasses,
        List<String> notices) {

    /** The name of the file in a repository. */
    public static final String FILE_NAME = "feature_store.yaml";

    /** The environment variable that may hold the whole file, in base64. */
    public static final String BASE64_VARIABLE = "FEATURE_STORE_YAML_BASE64";

    public RepoConfig {
        definitionClasses = List.copyOf(definitionClasses);
        notices = List.copyOf(notices);
    }

    /** As {@link #load(Path, Path, Map)} with the repository's own file, or the one the environment holds in base64. */
    public static RepoConfig load(Path repository) {
        return load(repository, repository.resolve(FILE_NAME), System.getenv());
    }

    /**
     * Reads the file, without its sections of stores being checked against the stores.
     *
     * @param yamlFile read unless {@code env} holds {@link #BASE64_VARIABLE}
     * @param env where variables in values come from
     * @throws ConfigException with every problem of the file
     */
    public static RepoConfig load(Path repository, Path yamlFile, Map<String, String> env) {
        Problems problems = new Problems();
        RepoConfig config = read(repository, yamlFile, env, problems);
        problems.throwForFile(config.file());
        return config;
    }

    /**
     * As {@link #load(Path, Path, Map)}, and checks the sections of stores as well, so that all problems are told at once.
     *
     * @param stores knows the stores that are installed
     */
    public static RepoConfig load(Path repository, Path yamlFile, Map<String, String> env, Stores stores) {
        Problems problems = new Problems();
        RepoConfig config = read(repository, yamlFile, env, problems);
        config.checkSections(stores, problems);
        problems.throwForFile(config.file());
        return config;
    }

    /**
     * The section {@code auth}, bound.
     *
     * @throws ConfigException with everything that is wrong with it
     */
    public AuthConfig authentication() {
        return AuthConfig.of(where("auth"), auth);
    }

    /** How messages name a section of this file. */
    public String where(String section) {
        return file + ": " + section;
    }

    private static RepoConfig read(Path repository, Path yamlFile, Map<String, String> env, Problems problems) {
        String inline = env.getOrDefault(BASE64_VARIABLE, "");
        String file = inline.isEmpty() ? shortName(repository, yamlFile) : BASE64_VARIABLE;
        String text = inline.isEmpty() ? text(repository, yamlFile) : decoded(inline);
        return new RepoConfigReader(repository, file, problems).read(text, new Environment(env));
    }

    private static String shortName(Path repository, Path yamlFile) {
        return yamlFile.equals(repository.resolve(FILE_NAME)) ? FILE_NAME : yamlFile.toString();
    }

    private static String text(Path repository, Path yamlFile) {
        try {
            return Files.readString(yamlFile);
        } catch (NoSuchFileException | NotDirectoryException e) {
            throw new ConfigException(
                    yamlFile.toString(),
                    List.of(
                            "there is no such file: give the folder of a feature repository with -c, or make one with 'manciple init'"));
        } catch (CharacterCodingException e) {
            throw new ConfigException(shortName(repository, yamlFile), List.of("not UTF-8 text"));
        } catch (IOException e) {
            throw new ConfigException(shortName(repository, yamlFile), List.of("cannot be read: " + e.getMessage()));
        }
    }

    private static String decoded(String base64) {
        try {
            return new String(Base64.getMimeDecoder().decode(base64), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(BASE64_VARIABLE, List.of("the variable does not hold base64"));
        }
    }

    private void checkSections(Stores stores, Problems problems) {
        check(problems, "registry", where -> stores.checkRegistry(where, registry));
        check(problems, "offline_store", where -> stores.checkOfflineStore(where, offlineStore));
        onlineStore.ifPresent(store -> check(problems, "online_store", where -> stores.checkOnlineStore(where, store)));
        if (!batchEngine.type().equals("local")) {
            check(problems, "batch_engine", where -> stores.checkEngine(where, batchEngine));
        }
        check(problems, "auth", where -> AuthConfig.of(where, auth));
    }

    private void check(Problems problems, String section, Check check) {
        try {
            check.run(section);
        } catch (ConfigException e) {
            String indented = String.valueOf(e.getMessage()).replace("\n", "\n  ");
            problems.add(new Position(file, 0), indented);
        }
    }

    private interface Check {
        void run(String where);
    }
}
