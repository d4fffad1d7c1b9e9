package dev.manciple.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Set;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** The program {@code manciple}. */
public final class Main {
    /** Set by the launcher: the numbers of the standard streams that are a terminal. */
    private static final String TERMINAL_PROPERTY = "manciple.terminal";

    private static final int DEFAULT_WIDTH = 100;

    private Main() {}

    public static void main(String[] args) {
        // What libraries tell Java's own log goes where everything else goes.
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        Terminal terminal = ofThisProcess();
        Cancellation cancellation = new Cancellation();
        cancellation.watch(Thread.currentThread());
        int code = Commands.all(terminal, cancellation).execute(args);
        terminal.out().flush();
        terminal.err().flush();
        cancellation.finish();
        System.exit(code);
    }

    private static Terminal ofThisProcess() {
        return new Terminal(
                System.in,
                new PrintStream(
                        new BufferedOutputStream(new FileOutputStream(FileDescriptor.out)),
                        false,
                        StandardCharsets.UTF_8),
                System.err,
                watched(),
                width(),
                Path.of("").toAbsolutePath(),
                System.getenv(),
                InstantSource.system());
    }

    private static Set<Terminal.Stream> watched() {
        Set<Terminal.Stream> watched = EnumSet.noneOf(Terminal.Stream.class);
        for (char number : System.getProperty(TERMINAL_PROPERTY, "").toCharArray()) {
            watched.add(
                    switch (number) {
                        case '0' -> Terminal.Stream.IN;
                        case '1' -> Terminal.Stream.OUT;
                        default -> Terminal.Stream.ERR;
                    });
        }
        return watched;
    }

    private static int width() {
        try {
            return Integer.parseInt(System.getenv().getOrDefault("COLUMNS", ""));
        } catch (NumberFormatException e) {
            return DEFAULT_WIDTH;
        }
    }
}
