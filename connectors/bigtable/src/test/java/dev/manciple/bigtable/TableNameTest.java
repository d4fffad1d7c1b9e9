package dev.manciple.bigtable;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manciple.tck.Drivers;
import java.util.List;
import org.junit.jupiter.api.Test;

class TableNameTest {
    private static String name(String project, String... entities) {
        return TableName.of(project, Drivers.view("any").entities(List.of(entities)));
    }

    @Test
    void joinsProjectAndSortedEntities() {
        assertThat(name("my_project", "driver")).isEqualTo("my_project.driver");
        assertThat(name("my_project", "driver", "customer")).isEqualTo("my_project.customer-driver");
        assertThat(name("my_project")).isEqualTo("my_project.__dummy");
    }

    /** The hashes are MD5: of {@code a_very_long_entity_name_x} and of 40 times p. */
    @Test
    void hashesWhatIsTooLong() {
        assertThat(name("p", "a_very_long_entity_name_x")).hasSize(2 + 24).matches("p\\.[0-9a-f]{24}");
        assertThat(name("p", "a_very_long_entity_name_")).isEqualTo("p.a_very_long_entity_name_");
        String project = "p".repeat(44);
        assertThat(name(project, "driver")).hasSize(50).matches("p{10}_[0-9a-f]{32}\\.driver");
        assertThat(name("p".repeat(43), "driver")).isEqualTo("p".repeat(43) + ".driver");
    }

    @Test
    void hashesWhatTheServiceRefuses() {
        assertThat(name("p", "driver id")).matches("p\\.[0-9a-f]{24}");
        assertThat(name("p", "driver id")).isNotEqualTo(name("p", "driver+id"));
    }
}
