package dev.manciple.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.spi.Value;
import java.util.List;
import org.junit.jupiter.api.Test;

class EntityOptionsTest {
    @Test
    void readsValuesSeparatedByCommasAndKeysGivenAgain() {
        assertThat(EntityOptions.parse(List.of("driver_id=1001,1002", "city=Bonn", "driver_id=1003", "city=Ulm,Rom")))
                .containsExactly(
                        java.util.Map.entry("driver_id", texts("1001", "1002", "1003")),
                        java.util.Map.entry("city", texts("Bonn", "Ulm", "Rom")));
    }

    @Test
    void keepsEqualSignsAndEscapedCommasInValues() {
        assertThat(EntityOptions.parse(List.of("q=a=b\\,c,d\\\\")).get("q")).isEqualTo(texts("a=b,c", "d\\"));
    }

    @Test
    void keepsEmptyValues() {
        assertThat(EntityOptions.parse(List.of("k=")).get("k")).isEqualTo(texts(""));
    }

    @Test
    void refusesWhatHasNoKey() {
        assertThatThrownBy(() -> EntityOptions.parse(List.of("1001")))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("'1001' names no entity")
                .hasMessageContaining("key=value");
        assertThatThrownBy(() -> EntityOptions.parse(List.of("=1001"))).isInstanceOf(InvalidRequestException.class);
    }

    private static List<Value> texts(String... texts) {
        return java.util.Arrays.stream(texts).<Value>map(Value.Text::new).toList();
    }
}
