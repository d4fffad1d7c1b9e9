package dev.manciple.cli;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.repo.RepoConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a small feature repository that applies as it is. */
@Command(name = "init", description = "Make a new feature repository with a small example.")
final class InitCommand implements Callable<Integer> {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]*");
    private static final String ENTITY_ROWS = "entity_rows.csv";

    private final Session session;

    @Parameters(
            arity = "0..1",
            paramLabel = "NAME",
            defaultValue = "feature_repo",
            description = "The project, and its folder (default: ${DEFAULT-VALUE}).")
    String name = "";

    @Option(
            names = {"-m", "--minimal"},
            description = "Only the configuration, without the example.")
    boolean minimal;

    @Option(
            names = "--repo-path",
            paramLabel = "DIR",
            description = "The folder, where it is not named as the project.")
    @Nullable
    Path folder;

    InitCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        if (!NAME.matcher(name).matches()) {
            throw new InvalidRequestException(
                    "'%s' cannot be a project's name: use letters, digits, '_' and '-', beginning with a letter or a digit"
                            .formatted(name));
        }
        Path root = session.resolve(folder == null ? Path.of(name) : folder);
        if (Files.exists(root.resolve(RepoConfig.FILE_NAME))) {
            throw new InvalidRequestException(
                    "%s is a feature repository already; nothing was changed".formatted(root));
        }
        write(root);
        if (session.json()) {
            session.printer().json(Map.of("project", project(), "repository", root.toString()));
        } else {
            session.printer()
                    .line("Made a feature repository in %s. Next:"
                            .formatted(session.printer().bold(root.toString())));
            String command = "  %s -c %s ".formatted(session.program(), session.shown(root));
            session.printer().line(command + "apply");
            if (!minimal) {
                session.printer()
                        .line(command
                                + "get-historical-features --entities %s -S churn_v1"
                                        .formatted(session.shown(root.resolve(ENTITY_ROWS))));
            }
        }
        return 0;
    }

    /** Names of tables have no hyphen, those of folders do. */
    private String project() {
        return name.replace('-', '_');
    }

    private void write(Path root) {
        try (NewFiles files = new NewFiles(root)) {
            files.text(RepoConfig.FILE_NAME, Resource.text("feature_store.yaml").replace("${project}", project()));
            if (!minimal) {
                files.text("features.yaml", Resource.text("init/features.yaml"));
                files.text("data/customer_stats.csv", customers());
                files.text(ENTITY_ROWS, entityRows());
            } else {
                files.text("data/.gitignore", "*.db\n");
            }
            files.keep();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Instant today() {
        return session.terminal().clock().instant().truncatedTo(ChronoUnit.DAYS);
    }

    /** One row for what is known, one for the day before anything was. */
    private String entityRows() {
        return "customer_id,event_timestamp\n1,%s\n2,%s\n"
                .formatted(today().minus(Duration.ofHours(1)), today().minus(Duration.ofDays(4)));
    }

    private String customers() {
        Instant today = today();
        StringBuilder csv = new StringBuilder("customer_id,event_timestamp,created,orders_7d,basket_eur\n");
        for (int day = 3; day >= 1; day--) {
            Instant time = today.minus(Duration.ofDays(day));
            for (int customer = 1; customer <= 3; customer++) {
                csv.append("%d,%s,%s,%d,%.2f%n"
                        .formatted(
                                customer,
                                time,
                                time.plus(Duration.ofHours(1)),
                                customer + 3 - day,
                                10.5 * customer + day));
            }
        }
        return csv.toString();
    }
}
