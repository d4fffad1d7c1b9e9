package dev.manciple.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine;

/** Runs commands in this process as {@code main} does, in a folder, and keeps what they print. */
record Cli(Path folder, Map<String, String> environment, Set<Terminal.Stream> watched, String input) {
    static Cli in(Path folder) {
        return new Cli(folder, Map.of(), Set.of(), "");
    }

    /** Someone sits before a terminal and types {@code answers}. */
    Cli typing(String answers) {
        return new Cli(folder, environment, EnumSet.of(Terminal.Stream.IN), answers);
    }

    Cli environment(String name, String value) {
        Map<String, String> more = new HashMap<>(environment);
        more.put(name, value);
        return new Cli(folder, more, watched, input);
    }

    Cli watching(Terminal.Stream stream) {
        return new Cli(folder, environment, EnumSet.of(stream), input);
    }

    /** The commands, to look at. */
    CommandLine commands() {
        return commands(new ByteArrayOutputStream(), new ByteArrayOutputStream());
    }

    Result run(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = commands(out, err).execute(arguments);
        return new Result(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private CommandLine commands(ByteArrayOutputStream out, ByteArrayOutputStream err) {
        Terminal terminal = new Terminal(
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                watched,
                100,
                folder,
                environment,
                InstantSource.system());
        return Commands.all(terminal, new Cancellation());
    }

    record Result(int code, String out, String err) {}
}
