package dev.manciple.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KnownNamesTest {
    private final List<List<String>> asked = new ArrayList<>();
    private final KnownNames names = new KnownNames(list -> {
        asked.add(list);
        return String.join(",", list).getBytes(StandardCharsets.UTF_8);
    });

    @Test
    void equalNamesAreWrittenOnce() {
        assertThat(written("a", "b")).isEqualTo("a,b");
        assertThat(written("a", "b")).isEqualTo("a,b");
        assertThat(written("b", "a")).isEqualTo("b,a");
        assertThat(asked).containsExactly(List.of("a", "b"), List.of("b", "a"));
    }

    @Test
    void whatBelongsToTheCallerIsNotKept() {
        List<String> mine = new ArrayList<>(List.of("a"));
        assertThat(names.written(mine)).asString().isEqualTo("a");
        mine.set(0, "b");
        assertThat(names.written(mine)).asString().isEqualTo("b");
        assertThat(written("a")).isEqualTo("a");
        assertThat(asked).hasSize(2);
    }

    @Test
    void manyListsAreAllWrittenRight() {
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 1_000; i++) {
                assertThat(written("n" + i, "m" + i)).isEqualTo("n%1$d,m%1$d".formatted(i));
            }
        }
        assertThat(asked.size())
                .as("lists that were forgotten are written again")
                .isGreaterThan(1_000);
    }

    @Test
    void longOnesAreNotRemembered() {
        List<String> many = Collections.nCopies(10_000, "name");
        names.written(many);
        names.written(many);
        assertThat(asked).hasSize(2);
    }

    @Test
    void namesOfThousandsOfColumnsAreWrittenWhole() {
        List<String> many =
                IntStream.range(0, 3_000).mapToObj(Integer::toString).toList();
        assertThat(names.written(many)).asString().isEqualTo(String.join(",", many));
    }

    private String written(String... list) {
        return new String(names.written(List.of(list)), StandardCharsets.UTF_8);
    }
}
