package dev.manciple.cli;

import dev.manciple.FeatureStore;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.Definition;
import dev.manciple.plugin.LocalStoreContext;
import dev.manciple.plugin.Plugins;
import dev.manciple.plugin.StoreTypes;
import dev.manciple.plugin.Stores;
import dev.manciple.registry.StoredRegistry;
import dev.manciple.repo.Definitions;
import dev.manciple.repo.RepoConfig;
import dev.manciple.server.grpc.TransformationClient;
import dev.manciple.spi.Registry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.jspecify.annotations.Nullable;

/** What commands share: the terminal, the global options, and what follows from both. */
final class Session {
    /** Set by the launcher: how the user called it. */
    private static final String PROGRAM_VARIABLE = "MANCIPLE_COMMAND";

    /** What Feast's command line takes for {@code -c} and {@code -f} where they are left out. */
    private static final String REPOSITORY_VARIABLE = "FEATURE_REPO_DIR_ENV_VAR";

    private static final String YAML_VARIABLE = "FEAST_FS_YAML_FILE_PATH";

    private final Terminal terminal;
    private final GlobalOptions options;
    private final Printer printer;

    Session(Terminal terminal, GlobalOptions options) {
        this.terminal = terminal;
        this.options = options;
        this.printer = new Printer(terminal);
    }

    Terminal terminal() {
        return terminal;
    }

    Printer printer() {
        return printer;
    }

    boolean json() {
        return options.json;
    }

    /** For what the registry holds and may hold. The caller closes it. */
    FeatureStore open() {
        return FeatureStore.openToApply(
                repository(), yamlFile(), terminal.environment(), TransformationClient::connect);
    }

    /** For values in the online store, all of whose views must have their place there. The caller closes it. */
    FeatureStore openOnline() {
        return FeatureStore.open(repository(), yamlFile(), terminal.environment(), TransformationClient::connect);
    }

    /** The registry itself, for what concerns more than one project. The caller closes it. */
    Registry registry(RepoConfig config, BufferAllocator allocator) {
        Stores stores = new Stores(new StoreTypes(plugins()));
        return stores.registry(
                config.where("registry"),
                config.registry(),
                LocalStoreContext.of(config.project(), config.root(), allocator, stores));
    }

    /** As {@link #registry}, to be served to others. */
    StoredRegistry storedRegistry(RepoConfig config, BufferAllocator allocator) {
        Stores stores = new Stores(new StoreTypes(plugins()));
        return stores.storedRegistry(
                config.where("registry"),
                config.registry(),
                LocalStoreContext.of(config.project(), config.root(), allocator, stores));
    }

    RepoConfig config() {
        return RepoConfig.load(repository(), yamlFile(), terminal.environment());
    }

    /** As {@link #config()}, with the sections of the stores checked too. */
    RepoConfig config(Stores stores) {
        return RepoConfig.load(repository(), yamlFile(), terminal.environment(), stores);
    }

    /** The files of definitions, read; without a configuration, not the classes it would name. */
    Definitions readDefinitions(Optional<RepoConfig> config) {
        return Definitions.load(
                repository(),
                config.map(RepoConfig::file).orElseGet(() -> yamlFile().toString()),
                config.map(RepoConfig::definitionClasses).orElse(List.of()),
                plugins());
    }

    /** What the repository defines. Where only Python could say, nothing may be concluded from what is missing. */
    List<Definition> definitions() {
        Definitions definitions = readDefinitions(Optional.of(config()));
        if (definitions.pythonOnly()) {
            throw new InvalidRequestException(
                    "This repository's definitions are written in Python (%s), which Manciple does not run: apply them with Feast, or write them in YAML or Java; every other command works from the registry."
                            .formatted(String.join(", ", definitions.pythonFiles())));
        }
        return definitions.all();
    }

    /** The stores and functions that are installed. */
    Plugins plugins() {
        return Plugins.load(Session.class.getClassLoader(), List.of());
    }

    /** The folder of the feature repository. */
    Path repository() {
        return named(options.chdir, REPOSITORY_VARIABLE).orElseGet(terminal::folder);
    }

    Path yamlFile() {
        return named(options.yaml, YAML_VARIABLE).orElseGet(() -> repository().resolve(RepoConfig.FILE_NAME));
    }

    /** What an option says, or the variable that Feast reads in its place. */
    private Optional<Path> named(@Nullable Path option, String variable) {
        return Optional.ofNullable(option)
                .or(() -> Optional.ofNullable(terminal.environment().get(variable))
                        .filter(value -> !value.isBlank())
                        .map(Path::of))
                .map(this::resolve);
    }

    /** A path the user wrote, from the folder the command was started in. */
    Path resolve(Path written) {
        return terminal.folder().resolve(written).normalize();
    }

    /** A path as the user would write it. */
    String shown(Path path) {
        return path.startsWith(terminal.folder()) && !path.equals(terminal.folder())
                ? terminal.folder().relativize(path).toString()
                : path.toString();
    }

    /** How the user calls this program. */
    String program() {
        return terminal.environment().getOrDefault(PROGRAM_VARIABLE, "manciple");
    }

    /** Asks; nobody to ask means no. */
    boolean agrees(String question) {
        if (!terminal.watches(Terminal.Stream.IN)) {
            return false;
        }
        terminal.out().flush();
        terminal.err().print(question + " [y/N] ");
        terminal.err().flush();
        try {
            // Not closed: it is the process's own input.
            BufferedReader answers = new BufferedReader(new InputStreamReader(terminal.in(), StandardCharsets.UTF_8));
            String answer = answers.readLine();
            return answer != null && answer.strip().toLowerCase(Locale.ROOT).matches("y|yes");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
