package dev.manciple.cli;

import dev.manciple.error.InvalidRequestException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a repository with generated data and takes it the whole way, by the very commands it shows. */
@Command(
        name = "demo",
        description = {
            "Make a feature repository with generated data and take it the whole way.",
            "It applies, joins history, materializes and reads online; every command is shown, to be repeated by hand."
        })
final class DemoCommand implements Callable<Integer> {
    private final Session session;
    private final Cancellation cancellation;

    @Parameters(
            arity = "0..1",
            paramLabel = "DIR",
            defaultValue = "manciple-demo",
            description = "Where to make it; a new or empty folder (default: ${DEFAULT-VALUE}).")
    Path folder = Path.of("");

    @Option(
            names = "--postgres",
            paramLabel = "URL",
            description = {
                "Keep half of the history in this PostgreSQL database, behind a hybrid store, and join across both:",
                "postgresql://USER@HOST:PORT/DATABASE, with the password in PGPASSWORD."
            })
    @Nullable
    URI postgres;

    DemoCommand(Session session, Cancellation cancellation) {
        this.session = session;
        this.cancellation = cancellation;
    }

    @Override
    public Integer call() {
        Path root = session.resolve(folder);
        requireEmpty(root);
        Optional<DemoDatabase> database = Optional.ofNullable(postgres)
                .map(url -> DemoDatabase.of(url, session.terminal().environment()));
        new DemoRepository(root, session.terminal().clock(), database, session.plugins()).write();
        Printer printer = session.printer();
        String shown = session.shown(root);
        printer.line(
                "A college kitchen orders provisions; couriers bring them from two markets. The demo's repository is in");
        printer.line("%s: definitions in features.yaml, generated history in data/, seven orders in orders.csv."
                .formatted(printer.bold(shown)));
        database.ifPresent(where -> printer.line(
                "The prices of the markets are in table market_prices of %s, behind a hybrid store.".formatted(where)));
        for (DemoStep step : DemoStep.all(shown, database.isPresent())) {
            int code = run(step);
            if (code != 0) {
                return code;
            }
        }
        printer.blank();
        printer.line(
                "That was the whole way. Each line after a $ can be repeated by hand; change %s/features.yaml, then try"
                        .formatted(shown));
        printer.line("  %s -c %s plan".formatted(session.program(), shown));
        printer.line("Remove the folder to start anew.");
        return 0;
    }

    private int run(DemoStep step) {
        Printer printer = session.printer();
        printer.blank();
        step.before().forEach(printer::line);
        printer.blank();
        printer.line(printer.bold("$ %s %s".formatted(session.program(), DemoStep.quoted(step.arguments()))));
        CommandLine commands = Commands.all(session.terminal(), cancellation);
        int code = commands.execute(step.arguments().toArray(String[]::new));
        step.after().forEach(printer::line);
        return code;
    }

    private static void requireEmpty(Path root) {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> files = Files.isDirectory(root) ? Files.list(root) : Stream.of(root)) {
            List<Path> first = files.limit(1).toList();
            if (!first.isEmpty()) {
                throw new InvalidRequestException(
                        "%s is not empty; nothing was changed. Name a new folder: demo DIR".formatted(root));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
