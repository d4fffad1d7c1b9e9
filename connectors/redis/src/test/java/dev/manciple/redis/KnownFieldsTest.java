package dev.manciple.redis;

import static dev.manciple.redis.Rows.view;
import static org.assertj.core.api.Assertions.assertThat;

import dev.manciple.model.Field;
import dev.manciple.model.ValueType.Scalar;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.args.Rawable;

class KnownFieldsTest {
    private final KnownFields known = new KnownFields();
    private final ViewLayout first = layout("first");
    private final ViewLayout second = layout("second");

    @Test
    void theSamePartsAreWorkedOutOnce() {
        List<Field> features = first.view().features();
        HashFields fields = known.of(parts(first, features, second, features));
        assertThat(known.of(parts(first, features, second, features))).isSameAs(fields);
    }

    @Test
    void otherFeaturesViewsAndOrdersAreOthers() {
        List<Field> features = first.view().features();
        List<Field> fewer = features.subList(1, 2);
        known.of(parts(first, features, second, features));
        for (List<HashFields.Part> parts : List.of(
                parts(second, features, first, features),
                parts(first, fewer, second, features),
                parts(first, features, layout("second"), features),
                parts(first, features, second, features).subList(0, 1))) {
            assertThat(names(known.of(parts))).isEqualTo(names(HashFields.of(parts)));
        }
    }

    @Test
    void whatWasForgottenIsWorkedOutAgain() {
        List<List<HashFields.Part>> all = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            all.add(parts(first, List.of(first.view().features().get(i % 3)), second, List.of()));
        }
        for (int round = 0; round < 2; round++) {
            for (List<HashFields.Part> parts : all) {
                assertThat(names(known.of(parts))).isEqualTo(names(HashFields.of(parts)));
            }
        }
    }

    private static List<String> names(HashFields fields) {
        return fields.names().stream()
                .map(Rawable::getRaw)
                .map(Arrays::toString)
                .toList();
    }

    private static List<HashFields.Part> parts(
            ViewLayout one, List<Field> features, ViewLayout other, List<Field> more) {
        return List.of(new HashFields.Part(one, features, 0), new HashFields.Part(other, more, features.size()));
    }

    private static ViewLayout layout(String name) {
        return ViewLayout.of(
                "my_project",
                view(name, Field.of("a", Scalar.INT64), Field.of("b", Scalar.INT64), Field.of("c", Scalar.INT64)));
    }
}
