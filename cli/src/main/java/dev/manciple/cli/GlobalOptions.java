package dev.manciple.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The command {@code manciple} itself: it does nothing but hold the options every command shares. */
@Command(
        name = "manciple",
        description = "A feature store for the JVM that speaks Feast.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {"", "Try 'manciple demo' first; 'manciple COMMAND --help' tells more of one."})
final class GlobalOptions {
    @Option(
            names = {"-c", "--chdir"},
            paramLabel = "DIR",
            scope = ScopeType.INHERIT,
            description = "The feature repository (default: $FEATURE_REPO_DIR_ENV_VAR, else the current folder).")
    @Nullable
    Path chdir;

    @Option(
            names = {"-f", "--feature-store-yaml"},
            paramLabel = "FILE",
            description =
                    "The configuration (default: $FEAST_FS_YAML_FILE_PATH, else feature_store.yaml in the repository).")
    @Nullable
    Path yaml;

    @Option(names = "--json", scope = ScopeType.INHERIT, description = "Print results as JSON.")
    boolean json;

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Show where a failure came from.")
    boolean debug;

    @Option(
            names = "--log-level",
            paramLabel = "LEVEL",
            scope = ScopeType.INHERIT,
            description = "What to log: ${COMPLETION-CANDIDATES} (default: warning).")
    @Nullable
    LogLevel logLevel;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this help.")
    boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version; 'manciple version' does too.")
    boolean version;
}
