package dev.manciple.retrieve;

import dev.manciple.error.InvalidRequestException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The kinds of file rows come from and go to, told apart by suffix. */
enum FileFormat {
    PARQUET(".parquet", ".pq"),
    CSV(".csv"),
    ARROW(".arrow", ".feather", ".ipc");

    private final List<String> suffixes;

    FileFormat(String... suffixes) {
        this.suffixes = List.of(suffixes);
    }

    /** @throws InvalidRequestException if the suffix is none of a known format */
    static FileFormat of(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        return Arrays.stream(values())
                .filter(format -> format.suffixes.stream().anyMatch(name::endsWith))
                .findFirst()
                .orElseThrow(() ->
                        new InvalidRequestException("The name of '%s' does not tell its format. Known suffixes: %s"
                                .formatted(
                                        file,
                                        Arrays.stream(values())
                                                .flatMap(format -> format.suffixes.stream())
                                                .collect(Collectors.joining(", ")))));
    }

    /** The suffix this project writes. */
    String suffix() {
        return suffixes.getFirst();
    }
}
