package dev.manciple.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The commands as the reference page lists them, from the model the command line is parsed by. */
final class CliReference {
    private final StringBuilder page = new StringBuilder();

    static String of(CommandLine root) {
        CliReference reference = new CliReference();
        reference.page.append("### Options of every command\n\n");
        reference.options(root.getCommandSpec());
        root.getSubcommands().values().forEach(reference::command);
        return reference.page.toString();
    }

    private void command(CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        page.append("### `%s`\n\n".formatted(spec.qualifiedName()));
        page.append(sentence(spec.usageMessage().description())).append("\n\n");
        if (!command.getSubcommands().isEmpty()) {
            command.getSubcommands().values().forEach(this::command);
            return;
        }
        options(spec);
    }

    private void options(CommandSpec spec) {
        List<String> rows = new ArrayList<>();
        for (PositionalParamSpec parameter : spec.positionalParameters()) {
            rows.add(row("`%s`".formatted(parameter.paramLabel()), description(parameter)));
        }
        for (OptionSpec option : spec.options()) {
            if (!option.inherited() && !option.hidden()) {
                String names =
                        Arrays.stream(option.names()).map("`%s`"::formatted).collect(Collectors.joining(", "));
                String value = option.arity().max() == 0 ? "" : " `%s`".formatted(option.paramLabel());
                rows.add(row(names + value, description(option)));
            }
        }
        if (!rows.isEmpty()) {
            page.append("| | |\n| --- | --- |\n");
            rows.forEach(page::append);
            page.append('\n');
        }
    }

    private static String row(String left, String description) {
        return "| %s | %s |\n".formatted(left.replace("|", "\\|"), description.replace("|", "\\|"));
    }

    private static String description(ArgSpec argument) {
        List<String> candidates = new ArrayList<>();
        if (argument.completionCandidates() != null) {
            argument.completionCandidates().forEach(candidates::add);
        }
        return sentence(argument.description())
                .replace("${DEFAULT-VALUE}", "`%s`".formatted(argument.defaultValueString()))
                .replace("${COMPLETION-CANDIDATES}", String.join(", ", candidates));
    }

    private static String sentence(String[] lines) {
        return String.join(" ", lines).replace("%n", " ").strip();
    }
}
