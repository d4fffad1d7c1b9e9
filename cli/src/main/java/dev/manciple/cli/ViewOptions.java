package dev.manciple.cli;

import dev.manciple.error.InvalidRequestException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The views a command is limited to. */
final class ViewOptions {
    @Option(
            names = {"-v", "--views"},
            paramLabel = "VIEW[,...]",
            description = "Only these views (repeat or separate by commas); default: all that qualify.")
    List<String> views = new ArrayList<>();

    @Option(
            names = "--version",
            hidden = true,
            paramLabel = "VERSION",
            description = "Feast's; the newest is the only one there is.")
    @Nullable
    String version;

    List<String> names() {
        if (version != null && !version.equals("latest")) {
            throw new InvalidRequestException(
                    "--version %s is not supported: Manciple keeps the newest version of a view only; leave the option out"
                            .formatted(version));
        }
        return Separated.values(views);
    }
}
