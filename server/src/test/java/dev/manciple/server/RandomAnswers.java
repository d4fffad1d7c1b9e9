package dev.manciple.server;

import dev.manciple.OnlineFeatures;
import dev.manciple.model.ValueType;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.spi.FieldStatus;
import dev.manciple.spi.Value;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Answers of texts and whole numbers, some of whose columns have the statuses, times and origin of the one before. */
public final class RandomAnswers {
    private static final List<FieldStatus> STATUSES = List.of(FieldStatus.values());

    private RandomAnswers() {}

    public static OnlineFeatures of(RandomGenerator random, int columns, int rows) {
        List<String> names = new ArrayList<>();
        List<ValueType> types = new ArrayList<>();
        List<List<Value>> values = new ArrayList<>();
        List<List<FieldStatus>> statuses = new ArrayList<>();
        List<List<Instant>> times = new ArrayList<>();
        List<Optional<OnlineFeatures.Origin>> origins = new ArrayList<>();
        for (int column = 0; column < columns; column++) {
            boolean text = random.nextBoolean();
            names.add("näme_".repeat(random.nextInt(40)) + column);
            types.add(text ? Scalar.STRING : Scalar.INT64);
            List<Value> cells = new ArrayList<>();
            List<FieldStatus> told = new ArrayList<>();
            List<Instant> at = new ArrayList<>();
            for (int row = 0; row < rows; row++) {
                cells.add(value(random, text));
                told.add(STATUSES.get(random.nextInt(STATUSES.size())));
                at.add(time(random));
            }
            boolean statusesAgain = column > 0 && random.nextBoolean();
            boolean timesAgain = column > 0 && random.nextBoolean();
            values.add(cells);
            statuses.add(statusesAgain ? List.copyOf(statuses.getLast()) : told);
            times.add(timesAgain ? List.copyOf(times.getLast()) : at);
            origins.add(column > 0 && random.nextBoolean() ? origins.getLast() : origin(random));
        }
        return new OnlineFeatures(names, types, values, statuses, times, origins, List.of());
    }

    private static Optional<OnlineFeatures.Origin> origin(RandomGenerator random) {
        return random.nextInt(3) == 0
                ? Optional.empty()
                : Optional.of(new OnlineFeatures.Origin("view_" + random.nextInt(3), "redis", Duration.ZERO));
    }

    private static Value value(RandomGenerator random, boolean text) {
        if (random.nextInt(4) == 0) {
            return Value.Null.NULL;
        }
        return text
                ? new Value.Text("ü\"".repeat(random.nextInt(100)))
                : new Value.Int(random.nextLong() >> random.nextInt(Long.SIZE));
    }

    private static Instant time(RandomGenerator random) {
        return switch (random.nextInt(4)) {
            case 0 -> Instant.EPOCH;
            case 1 -> Instant.ofEpochSecond(1_700_000_000);
            case 2 -> Instant.ofEpochSecond(-random.nextLong(1_000_000), random.nextInt(1_000_000_000));
            default -> Instant.ofEpochSecond(random.nextLong(4_000_000_000L), random.nextInt(1_000) * 1_000_000L);
        };
    }
}
