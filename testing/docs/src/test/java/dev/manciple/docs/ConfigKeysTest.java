package dev.manciple.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manciple.plugin.ConfigBinder;
import dev.manciple.spi.config.Default;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of a store names every key of its configuration and the default the store has. */
class ConfigKeysTest {
    @TempDir
    private Path folder;

    @Test
    void areAllOnThePage() {
        for (Described store : Described.all(folder)) {
            assertThat(store.page().keys().keySet())
                    .as("the keys on %s", store.page().file())
                    .containsAll(ConfigBinder.keys(store.config()));
        }
    }

    @Test
    void haveTheDefaultsThePageSays() {
        for (Described store : Described.all(folder)) {
            Map<String, String> said = store.page().keys();
            List<String> keys = ConfigBinder.keys(store.config());
            RecordComponent[] components = store.config().getRecordComponents();
            for (int i = 0; i < components.length; i++) {
                Default preset = components[i].getAnnotation(Default.class);
                if (preset != null && !preset.value().isBlank()) {
                    assertThat(said.get(keys.get(i)))
                            .as(
                                    "the default of '%s' on %s",
                                    keys.get(i), store.page().file())
                            .contains("`" + preset.value() + "`");
                }
            }
        }
    }
}
