package dev.manciple.cli;

import java.util.List;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Writes results to standard output: for people with rules and colours, for pipes as plain text, for programs as JSON. */
final class Printer {
    /** What follows the escape character to switch a style on. */
    private enum Style {
        BOLD("[1m"),
        RED("[31m"),
        GREEN("[32m"),
        YELLOW("[33m"),
        CYAN("[36m");

        private static final char ESCAPE = 0x1b;

        private final String code;

        Style(String code) {
            this.code = code;
        }

        String around(String text) {
            return ESCAPE + code + text + ESCAPE + "[0m";
        }
    }

    private final Terminal terminal;
    private final JsonMapper json;

    Printer(Terminal terminal) {
        this.terminal = terminal;
        this.json =
                JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    }

    void line(String text) {
        terminal.out().println(text);
    }

    void blank() {
        terminal.out().println();
    }

    void table(Table table) {
        boolean watched = terminal.watches(Terminal.Stream.OUT);
        List<String> lines = table.lines(watched);
        line(styled(lines.getFirst(), Style.BOLD));
        lines.subList(1, lines.size()).forEach(this::line);
    }

    /** Prints maps, lists, text, numbers and nulls. */
    void json(Object tree) {
        line(json.writeValueAsString(tree));
    }

    /** Prints JSON that is UTF-8 already, indented as all of it is. */
    void jsonText(byte[] text) {
        json(json.readTree(text));
    }

    /** Something that is not the result: said on standard error, so that a pipe does not carry it. */
    void note(String text) {
        terminal.out().flush();
        terminal.err().println(text);
    }

    String bold(String text) {
        return styled(text, Style.BOLD);
    }

    String green(String text) {
        return styled(text, Style.GREEN);
    }

    String red(String text) {
        return styled(text, Style.RED);
    }

    String yellow(String text) {
        return styled(text, Style.YELLOW);
    }

    /** For what is not there. */
    String faint(String text) {
        return styled(text, Style.CYAN);
    }

    private String styled(String text, Style style) {
        return terminal.watches(Terminal.Stream.OUT) && !terminal.environment().containsKey("NO_COLOR")
                ? style.around(text)
                : text;
    }
}
