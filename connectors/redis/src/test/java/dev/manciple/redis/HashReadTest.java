package dev.manciple.redis;

import static dev.manciple.redis.Rows.driver;
import static dev.manciple.redis.Rows.view;
import static org.assertj.core.api.Assertions.assertThat;

import dev.manciple.model.Field;
import dev.manciple.model.ValueType.Scalar;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import redis.clients.jedis.Protocol;

/** Which command reads some of the views of an entity, whose hash was seen before. */
class HashReadTest {
    private static final int FEATURES = 10;

    @ParameterizedTest
    @CsvSource({
        "1, 25, 275, HMGET", // few features
        "5, 25, 275, HMGET", // a sixth of a hash that is searched
        "7, 25, 275, HGETALL", // a quarter of it
        "25, 25, 275, HGETALL", // all of it
        "25, 25, 2, HGETALL", // all of it, after a key that had next to nothing
        "25, 55, 605, HMGET", // less than half of a hash that is not searched
        "31, 55, 605, HGETALL", // more than half of it
    })
    void readsWhatCostsTheServerLess(int asked, int views, int seen, Protocol.Command command) {
        List<ViewLayout> layouts = IntStream.range(0, views)
                .mapToObj(i -> ViewLayout.of("my_project", view("view_" + i, features())))
                .toList();
        layouts.forEach(layout -> layout.hashSize(seen));

        List<HashFields.Part> parts = IntStream.range(0, asked)
                .mapToObj(i -> new HashFields.Part(
                        layouts.get(i), layouts.get(i).view().features(), i * FEATURES))
                .toList();
        HashRead read = new HashRead(HashFields.of(parts));

        assertThat(read.command(driver(1)).arguments().getCommand()).isEqualTo(command);
    }

    private static Field[] features() {
        return IntStream.range(0, FEATURES)
                .mapToObj(i -> Field.of("f" + i, Scalar.INT64))
                .toArray(Field[]::new);
    }
}
