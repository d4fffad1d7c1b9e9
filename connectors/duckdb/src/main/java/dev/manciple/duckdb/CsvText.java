package dev.manciple.duckdb;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/**
 * What the text of a CSV file tells: the character between its columns and, where the engine cannot read it, the first line that
 * is wrong. The engine guesses by trial: of a file with one short line it makes one of one column, or leaves out what is above.
 */
final class CsvText {
    private static final String CANDIDATES = ",;\t|";
    private static final int QUOTE = '"';
    private static final int END = -1;
    private static final String LINE_FEED = "\n";
    private static final String RETURN_AND_LINE_FEED = "\r\n";

    private CsvText() {}

    /** The character between the columns, by the first line; empty where the file cannot be looked into. */
    static Optional<Character> delimiter(Path file) throws IOException {
        if (!isReadable(file)) {
            return Optional.empty();
        }
        try (Records records = new Records(file, ',')) {
            int[] counts = new int[CANDIDATES.length()];
            records.next(unquoted -> {
                int candidate = CANDIDATES.indexOf(unquoted);
                if (candidate >= 0) {
                    counts[candidate]++;
                }
            });
            int best = 0;
            for (int i = 1; i < counts.length; i++) {
                best = counts[i] > counts[best] ? i : best;
            }
            return Optional.of(CANDIDATES.charAt(best));
        }
    }

    /** The first thing that is wrong with a file; empty where nothing is found. */
    static Optional<String> problem(Path file) throws IOException {
        Optional<Character> delimiter = delimiter(file);
        if (delimiter.isEmpty()) {
            return Optional.empty();
        }
        try (Records records = new Records(file, delimiter.get())) {
            if (!records.next()) {
                return Optional.of("it is empty. Its first line must name the columns");
            }
            int columns = records.columns;
            String lineBreak = records.lineBreak;
            do {
                Optional<String> problem = records.problem(columns, lineBreak);
                if (problem.isPresent()) {
                    return problem;
                }
            } while (records.next());
            return Optional.empty();
        }
    }

    /** Of what the engine reads compressed, this knows gzip only. */
    private static boolean isReadable(Path file) {
        return !file.toString().toLowerCase(Locale.ROOT).endsWith(".zst");
    }

    /** How a file ends its lines, by the first; a line feed where it ends none. */
    static String lineBreak(Path file) throws IOException {
        try (Records records = new Records(file, ',')) {
            records.next();
            return records.lineBreak.isEmpty() ? LINE_FEED : records.lineBreak;
        }
    }

    private interface Unquoted {
        void accept(int character);
    }

    /** Reads record by record; a record may span lines within quotation marks. */
    private static final class Records implements AutoCloseable {
        private final InputStream in;
        private final int delimiter;
        private final ByteArrayOutputStream text = new ByteArrayOutputStream();
        private int lines;
        private int columns;
        private int firstLine;
        private boolean quoteLeftOpen;
        private boolean textAfterQuote;

        /** What ends the record; empty for one the file ends in. */
        private String lineBreak = "";

        Records(Path file, int delimiter) throws IOException {
            InputStream bytes = Files.newInputStream(file);
            boolean compressed = file.toString().toLowerCase(Locale.ROOT).endsWith(".gz");
            this.in = new BufferedInputStream(compressed ? new GZIPInputStream(bytes) : bytes);
            this.delimiter = delimiter;
        }

        boolean next() throws IOException {
            return next(character -> {});
        }

        /** Goes to the next record that is not an empty line; false at the end. */
        boolean next(Unquoted unquoted) throws IOException {
            boolean more;
            do {
                more = record(unquoted);
            } while (more && text.size() == 0);
            return more;
        }

        private boolean record(Unquoted unquoted) throws IOException {
            text.reset();
            firstLine = lines + 1;
            columns = 1;
            quoteLeftOpen = false;
            textAfterQuote = false;
            boolean fieldStarts = true;
            boolean quoted = false;
            boolean closed = false;
            boolean afterReturn = false;
            lineBreak = "";
            int character = in.read();
            if (character == END) {
                return false;
            }
            for (; character != END; character = in.read()) {
                if (quoted) {
                    if (character == QUOTE) {
                        quoted = false;
                        closed = true;
                    } else if (character == '\n') {
                        lines++;
                    }
                } else if (character == QUOTE && (fieldStarts || closed)) {
                    // The second of two marks stands for one.
                    quoted = true;
                    closed = false;
                    fieldStarts = false;
                } else if (character == '\n') {
                    lineBreak = afterReturn ? RETURN_AND_LINE_FEED : LINE_FEED;
                    break;
                } else if (character != '\r') {
                    unquoted.accept(character);
                    fieldStarts = character == delimiter;
                    columns += fieldStarts ? 1 : 0;
                    textAfterQuote |= closed && !fieldStarts;
                    closed = false;
                }
                afterReturn = character == '\r';
                if (!afterReturn) {
                    text.write(character);
                }
            }
            lines++;
            quoteLeftOpen = quoted;
            return true;
        }

        Optional<String> problem(int expected, String expectedBreak) {
            if (!isText()) {
                return Optional.of("line %d is not UTF-8 text. Save the file as UTF-8".formatted(firstLine));
            }
            if (quoteLeftOpen) {
                return Optional.of(
                        "a quotation mark opened in line %d is never closed. A mark within a text is doubled, and the text quoted"
                                .formatted(firstLine));
            }
            if (textAfterQuote) {
                return Optional.of(
                        "in line %d something follows a closing quotation mark. A mark within a text is doubled"
                                .formatted(firstLine));
            }
            if (!lineBreak.isEmpty() && !lineBreak.equals(expectedBreak)) {
                return Optional.of("line %d ends in %s, the first in %s. Write all lines with the same end"
                        .formatted(lines, name(lineBreak), name(expectedBreak)));
            }
            return columns == expected
                    ? Optional.empty()
                    : Optional.of("line %d has %s, the first line names %d. A text with a '%s' in it is quoted"
                            .formatted(
                                    firstLine,
                                    columns == 1 ? "1 column" : columns + " columns",
                                    expected,
                                    delimiter == '\t' ? "tab" : Character.toString(delimiter)));
        }

        private static String name(String lineBreak) {
            return lineBreak.equals(LINE_FEED)
                    ? "a line feed alone (\\n)"
                    : "a carriage return and a line feed (\\r\\n)";
        }

        private boolean isText() {
            try {
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(text.toByteArray()))
                        .chars()
                        .noneMatch(character -> character == 0);
            } catch (CharacterCodingException e) {
                return false;
            }
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
