package dev.manciple.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manciple.spi.StoreConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.Yaml;

/** A page below {@code docs/}. Run with {@code -Dmanciple.docs.write=true} to bring its tables up to date. */
record Page(Path file) {
    private static final boolean WRITE = Boolean.getBoolean("manciple.docs.write");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| (`[^|]*) \\| ([^|]*) \\|.*$");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    static Page of(String name) {
        Path file = Path.of("../../docs").resolve(name);
        assertThat(file).as("the page of a store").exists();
        return new Page(file);
    }

    String text() {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The first example of a section of {@code feature_store.yaml} that names one of the types. */
    Optional<StoreConfig> example(String section, String typeKey, List<String> types) {
        return blocks("yaml").stream()
                .map(yaml -> new Yaml().<Object>load(yaml))
                .flatMap(loaded -> loaded instanceof Map<?, ?> map
                        ? Optional.ofNullable(map.get(section)).stream()
                        : Optional.empty().stream())
                .flatMap(block -> config(block, typeKey).stream())
                .filter(config -> types.contains(config.type()))
                .findFirst();
    }

    private static Optional<StoreConfig> config(Object block, String typeKey) {
        if (!(block instanceof Map<?, ?> map)) {
            return Optional.empty();
        }
        Map<String, Object> options = new LinkedHashMap<>();
        map.forEach((key, value) -> options.put(String.valueOf(key), value));
        Object type = options.remove(typeKey);
        return type == null ? Optional.empty() : Optional.of(new StoreConfig(type.toString(), options));
    }

    List<String> blocks(String language) {
        return Pattern.compile("(?ms)^```" + language + "\\R(.*?)^```$")
                .matcher(text())
                .results()
                .map((MatchResult block) -> block.group(1))
                .toList();
    }

    /** The keys of the page's tables, each with what its row says of the default. */
    Map<String, String> keys() {
        Map<String, String> keys = new LinkedHashMap<>();
        ROW.matcher(text())
                .results()
                .forEach(row ->
                        CODE.matcher(row.group(1)).results().forEach(key -> keys.put(key.group(1), row.group(2))));
        return keys;
    }

    /** The part of a page between two comments is what a test writes. */
    void assertGenerated(String name, String wanted) {
        String start = "<!-- %s: written by StoreTablesTest -->\n".formatted(name);
        String end = "<!-- end -->";
        String text = text();
        int from = text.indexOf(start);
        assertThat(from).as("%s has a line '%s'", file, start.strip()).isNotNegative();
        int to = text.indexOf(end, from);
        assertThat(to).as("%s has a line '%s' after that", file, end).isPositive();
        String replaced = text.substring(0, from + start.length()) + wanted + text.substring(to);
        if (WRITE) {
            write(replaced);
        }
        assertThat(text())
                .as("%s is out of date: run this test with -Dmanciple.docs.write=true", file)
                .isEqualTo(replaced);
    }

    private void write(String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Code of the page that says, in a comment before it, which file it is from. */
    List<Excerpt> excerpts() {
        List<Excerpt> excerpts = new ArrayList<>();
        Pattern.compile("(?ms)^<!-- (\\S+/\\S+) -->\\R```\\w+\\R(.*?)^```$")
                .matcher(text())
                .results()
                .forEach(found -> excerpts.add(new Excerpt(Path.of("../..").resolve(found.group(1)), found.group(2))));
        return excerpts;
    }

    record Excerpt(Path source, String code) {}
}
