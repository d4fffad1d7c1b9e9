package dev.manciple.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manciple.model.Definition.Kind;
import dev.manciple.server.auth.Resource;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TouchedObjectsTest {
    private final TouchedObjects objects = new TouchedObjects();

    private void touch(String name) {
        objects.accept(new Resource(Kind.DATA_SOURCE, name, Map.of()));
    }

    @Test
    void namesEachOnceInOrder() {
        touch("stats");
        touch("größen@v2");
        touch("stats");
        assertThat(objects).hasToString("DataSource:stats DataSource:größen@v2");
    }

    @Test
    void aNameCannotEndItself() {
        touch("x\" user=\"admin\n\u2028\u0085, y");
        assertThat(objects).hasToString("DataSource:x??user??admin?????y");
    }

    @Test
    void staysShort() {
        for (int i = 0; i < 1_000; i++) {
            touch("y".repeat(10_000) + i);
            touch(String.valueOf(i));
        }
        assertThat(objects.toString())
                .hasSizeLessThan(100 * 210)
                .startsWith("DataSource:yyy")
                .endsWith(" ...");
    }
}
