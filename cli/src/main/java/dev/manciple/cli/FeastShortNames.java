package dev.manciple.cli;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Stack;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Lets the servers be started with Feast's short names: {@code -h HOST}, where {@code -h} alone asks for help, and {@code -c FILE}
 * for the certificate that belongs to a key, where {@code -c} otherwise names the repository.
 */
final class FeastShortNames implements IParameterPreprocessor {
    /** @param arguments of the command, the first one on top */
    @Override
    public boolean preprocess(Stack<String> arguments, CommandSpec command, ArgSpec option, Map<String, Object> told) {
        for (int i = arguments.size() - 1; i > 0; i--) {
            if (arguments.get(i).equals("-h") && !arguments.get(i - 1).startsWith("-")) {
                arguments.set(i, "--host");
            }
        }
        if ((has(arguments, "-k") || has(arguments, "--key")) && !has(arguments, "--cert")) {
            Collections.replaceAll(arguments, "-c", "--cert");
        }
        return false;
    }

    private static boolean has(List<String> arguments, String option) {
        return arguments.stream().anyMatch(each -> each.equals(option) || each.startsWith(option + "="));
    }
}
