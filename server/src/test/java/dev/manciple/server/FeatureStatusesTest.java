package dev.manciple.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manciple.OnlineFeatures;
import dev.manciple.spi.FieldStatus;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FeatureStatusesTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void countsEveryFeatureThatIsStored(long seed) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        FeatureStatuses statuses = new FeatureStatuses(meters);
        Map<String, Double> expected = new HashMap<>();
        for (int i = 0; i < 200; i++) {
            OnlineFeatures answer = RandomAnswers.of(random, random.nextInt(12), random.nextInt(4));
            statuses.count(answer);
            for (int column = 0; column < answer.names().size(); column++) {
                for (FieldStatus status : answer.statuses().get(column)) {
                    answer.origins()
                            .get(column)
                            .ifPresent(origin -> expected.merge(
                                    origin.view() + " " + status.name().toLowerCase(Locale.ROOT), 1.0, Double::sum));
                }
            }
        }
        Map<String, Double> counted = new HashMap<>();
        for (Counter counter : meters.get("feast_online_features_status").counters()) {
            counted.put(
                    counter.getId().getTag("feature_view") + " "
                            + counter.getId().getTag("status"),
                    counter.count());
        }
        assertThat(counted).as("seed %d", seed).isEqualTo(expected);
    }
}
