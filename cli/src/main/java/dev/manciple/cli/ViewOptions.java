package dev.manciple.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The views a command is limited to. */
final class ViewOptions {
    @Option(
            names = {"-v", "--views"},
            paramLabel = "VIEW[,...]",
            description = "Only these views (repeat or separate by commas); default: all that qualify.")
    List<String> views = new ArrayList<>();

    List<String> names() {
        return Separated.values(views);
    }
}
