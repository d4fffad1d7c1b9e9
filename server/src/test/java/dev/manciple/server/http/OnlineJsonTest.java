package dev.manciple.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manciple.OnlineFeatures;
import dev.manciple.server.KnownNames;
import dev.manciple.server.RandomAnswers;
import dev.manciple.spi.Value;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.type.TypeReference;

/** That answers say in JSON what they say. */
class OnlineJsonTest {
    private static final TypeReference<Map<String, @Nullable Object>> OBJECT = new TypeReference<>() {};

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void answersReadBack(long seed) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        KnownNames names = new KnownNames(OnlineJson::names);
        for (int i = 0; i < 200; i++) {
            OnlineFeatures answer = RandomAnswers.of(random, random.nextInt(6), random.nextInt(5));
            byte[] json = OnlineJson.of(answer, Optional.empty());
            assertThat((Object) Json.MAPPER.readValue(json, OBJECT))
                    .as("answer %d of seed %d: %s", i, seed, new String(json, StandardCharsets.UTF_8))
                    .isEqualTo(tree(answer));
            for (int time = 0; time < 2; time++) {
                assertThat(OnlineJson.of(answer, Optional.empty(), names).toByteArray())
                        .isEqualTo(json);
            }
        }
    }

    private static Map<String, Object> tree(OnlineFeatures answer) {
        List<Object> results = new ArrayList<>();
        for (int column = 0; column < answer.names().size(); column++) {
            Map<String, Object> vector = new LinkedHashMap<>();
            vector.put("values", each(answer.values().get(column)));
            vector.put("statuses", each(answer.statuses().get(column)));
            vector.put("event_timestamps", each(answer.eventTimes().get(column)));
            results.add(vector);
        }
        return Map.of("results", results, "metadata", Map.of("feature_names", answer.names()));
    }

    private static List<@Nullable Object> each(List<?> cells) {
        List<@Nullable Object> plain = new ArrayList<>();
        for (Object cell : cells) {
            plain.add(
                    switch (cell) {
                        case Value.Int number -> number(number.value());
                        case Value.Text text -> text.value();
                        case Value other -> null;
                        case Instant time -> time.toString();
                        case Object other -> other.toString();
                    });
        }
        return plain;
    }

    /** As the parser gives it: as small as it may be. */
    private static Number number(long value) {
        return BigInteger.valueOf(value).bitLength() < Integer.SIZE ? (Number) (int) value : (Number) value;
    }
}
