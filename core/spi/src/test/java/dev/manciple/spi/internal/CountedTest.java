package dev.manciple.spi.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CountedTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0       | row          | 0 rows
            1       | row          | 1 row
            2       | feature view | 2 feature views
            1       | entity       | 1 entity
            3       | entity       | 3 entities
            4       | key          | 4 keys
            1204567 | more row     | 1,204,567 more rows
            """)
    void agreesWithItsNoun(long count, String noun, String words) {
        assertThat(Counted.of(count, noun)).isEqualTo(words);
    }
}
