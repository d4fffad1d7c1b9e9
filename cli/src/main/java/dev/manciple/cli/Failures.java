package dev.manciple.cli;

import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.InternalException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says on standard error what went wrong, in one paragraph, and decides the exit code. */
final class Failures implements IExecutionExceptionHandler, IParameterExceptionHandler {
    private final Terminal terminal;
    private final GlobalOptions options;
    private final Cancellation cancellation;

    Failures(Terminal terminal, GlobalOptions options, Cancellation cancellation) {
        this.terminal = terminal;
        this.options = options;
        this.cancellation = cancellation;
    }

    /** A command that failed: exit code 1. */
    @Override
    public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
        // What was printed before belongs before, where both streams end in one place.
        terminal.out().flush();
        if (options.debug) {
            failure.printStackTrace(terminal.err());
        }
        terminal.err().println(cancellation.requested() ? "Cancelled." : "Error: " + paragraph(sentence(failure)));
        return CommandLine.ExitCode.SOFTWARE;
    }

    /** A command line that makes no sense: exit code 2. */
    @Override
    public int handleParseException(ParameterException failure, String[] args) {
        CommandLine command = failure.getCommandLine();
        PrintStream err = terminal.err();
        // For a group of options the library has put the word there itself.
        err.println("Error: " + String.valueOf(failure.getMessage()).replaceFirst("^Error: ", ""));
        List<String> suggestions =
                failure instanceof UnmatchedArgumentException unmatched ? unmatched.getSuggestions() : List.of();
        if (!suggestions.isEmpty()) {
            err.println("Did you mean '%s'?".formatted(String.join("' or '", suggestions)));
        }
        err.println("Try '%s --help'.".formatted(command.getCommandSpec().qualifiedName()));
        return CommandLine.ExitCode.USAGE;
    }

    private static String sentence(Exception failure) {
        return switch (failure) {
            case InternalException internal -> defect(internal);
            case FeatureStoreException ours -> String.valueOf(ours.getMessage());
            case UncheckedIOException unchecked
            when unchecked.getCause() instanceof FileSystemException file -> fileProblem(file);
            case UncheckedIOException unchecked -> String.valueOf(unchecked.getMessage());
            case FileSystemException file -> fileProblem(file);
            default -> defect(failure);
        };
    }

    /** What a store says may have blank lines in it. */
    static String paragraph(String text) {
        return text.strip().replaceAll("\\R\\s*\\R", System.lineSeparator());
    }

    private static String fileProblem(FileSystemException problem) {
        String reason = switch (problem) {
            case NoSuchFileException missing -> "there is no such file or folder";
            case AccessDeniedException denied -> "permission denied";
            case FileAlreadyExistsException exists -> "it already exists";
            default -> problem.getReason() == null ? "it cannot be used" : problem.getReason();
        };
        return "%s: %s".formatted(problem.getFile(), reason);
    }

    private static String defect(Exception failure) {
        return "%s. This is a defect of Manciple; run the command again with --debug and report what it shows."
                .formatted(failure);
    }
}
