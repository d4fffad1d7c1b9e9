package dev.manciple.cli;

import dev.manciple.model.Field;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.spi.Value;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * The data of the demo: a college kitchen orders provisions, couriers bring them from two markets. Everything lies relative
 * to {@code now}, so that some of it has expired and the rest has not. The same {@code now} gives the same rows.
 *
 * @param now the full hour the data ends at
 */
record DemoData(Instant now) {
    /** Corrected after the fact. */
    static final long CORRECTED = 1001;
    /** Reported late. */
    static final long REPORTED_LATE = 1002;
    /** Silent for longer than the TTL. */
    static final long SILENT = 1003;
    /** Never seen. */
    static final long UNKNOWN = 1099;

    private static final int SEED = 1274;
    private static final int COURIERS = 20;
    private static final int HOURS = 14 * 24;
    private static final int DAYS = 30;
    private static final Duration TICK = Duration.ofHours(1);
    private static final List<String> MARKETS = List.of("riverside", "abbey");
    private static final List<String> INGREDIENTS = List.of("barley", "butter", "eel", "honey", "leek", "quince");

    static final List<Field> COURIER_COLUMNS = List.of(
            Field.of("courier_id", Scalar.INT64),
            Field.of("event_timestamp", Scalar.UNIX_TIMESTAMP),
            Field.of("created", Scalar.UNIX_TIMESTAMP),
            Field.of("on_time_rate", Scalar.DOUBLE),
            Field.of("deliveries", Scalar.INT64));

    static final List<Field> PRICE_COLUMNS = List.of(
            Field.of("ingredient", Scalar.STRING),
            Field.of("market", Scalar.STRING),
            Field.of("event_timestamp", Scalar.UNIX_TIMESTAMP),
            Field.of("price", Scalar.DOUBLE),
            Field.of("stock_kg", Scalar.DOUBLE));

    static final List<Field> ORDER_COLUMNS = List.of(
            Field.of("order_id", Scalar.STRING),
            Field.of("courier_id", Scalar.INT64),
            Field.of("ingredient", Scalar.STRING),
            Field.of("market", Scalar.STRING),
            Field.of("quantity_kg", Scalar.DOUBLE),
            Field.of("event_timestamp", Scalar.UNIX_TIMESTAMP));

    /** One row per courier and hour, with a correction, a late report, and a courier who fell silent. */
    List<List<Value>> courierStats() {
        Random random = new Random(SEED);
        List<List<Value>> rows = new ArrayList<>();
        for (long courier = CORRECTED; courier < CORRECTED + COURIERS; courier++) {
            double skill = 0.6 + 0.35 * random.nextDouble();
            for (int hour = HOURS; hour >= 0; hour--) {
                Instant time = now.minus(TICK.multipliedBy(hour));
                double rate = rounded(Math.clamp(skill + 0.05 * random.nextGaussian(), 0, 1), 100);
                long deliveries = random.nextInt(12);
                boolean special = (courier == CORRECTED && (hour == 4 || hour == 5))
                        || (courier == REPORTED_LATE && (hour == 5 || hour == 6))
                        || (courier == SILENT && hour < 5 * 24);
                if (!special) {
                    rows.add(courierRow(courier, time, time, rate, deliveries));
                }
            }
        }
        // Two rows of one event time: the one created last is the truth, once it is known.
        Instant corrected = now.minus(TICK.multipliedBy(5));
        rows.add(courierRow(CORRECTED, corrected, corrected, 0.11, 2));
        rows.add(courierRow(CORRECTED, corrected, now.minus(TICK.multipliedBy(2)), 0.99, 9));
        // A row that came hours after its event.
        rows.add(courierRow(REPORTED_LATE, now.minus(TICK.multipliedBy(6)), now.minus(TICK), 0.22, 1));
        return rows;
    }

    /** One row per ingredient, market and day. */
    List<List<Value>> marketPrices() {
        Random random = new Random(SEED);
        List<List<Value>> rows = new ArrayList<>();
        for (String ingredient : INGREDIENTS) {
            for (String market : MARKETS) {
                double price = 1 + 9 * random.nextDouble();
                for (int day = DAYS; day >= 0; day--) {
                    price *= 1 + 0.03 * random.nextGaussian();
                    rows.add(List.of(
                            new Value.Text(ingredient),
                            new Value.Text(market),
                            new Value.Time(now.minus(Duration.ofDays(day)).minus(TICK)),
                            new Value.Real(rounded(price, 100)),
                            new Value.Real(rounded(200 * random.nextDouble(), 10))));
                }
            }
        }
        return rows;
    }

    /** The entity rows: one for each thing worth seeing. */
    List<List<Value>> orders() {
        Instant fourHoursAgo = now.minus(TICK.multipliedBy(4));
        Instant fiveHoursAgo = now.minus(TICK.multipliedBy(5));
        return List.of(
                order("corrected", CORRECTED, "eel", "riverside", 4, fourHoursAgo),
                order("reported late", REPORTED_LATE, "honey", "abbey", 2.5, fiveHoursAgo),
                order("courier silent", SILENT, "barley", "abbey", 40, now),
                order("courier unknown", UNKNOWN, "leek", "riverside", 12, now),
                order("before all data", CORRECTED, "quince", "abbey", 3, now.minus(Duration.ofDays(60))),
                order("twice the same", CORRECTED + 3, "butter", "riverside", 6, now.minus(Duration.ofDays(3))),
                order("twice the same", CORRECTED + 3, "butter", "riverside", 6, now.minus(Duration.ofDays(3))));
    }

    private static List<Value> courierRow(long courier, Instant time, Instant created, double rate, long deliveries) {
        return List.of(
                new Value.Int(courier),
                new Value.Time(time),
                new Value.Time(created),
                new Value.Real(rate),
                new Value.Int(deliveries));
    }

    private static List<Value> order(
            String id, long courier, String ingredient, String market, double quantity, Instant time) {
        return List.of(
                new Value.Text(id),
                new Value.Int(courier),
                new Value.Text(ingredient),
                new Value.Text(market),
                new Value.Real(quantity),
                new Value.Time(time));
    }

    private static double rounded(double number, int steps) {
        return (double) Math.round(number * steps) / steps;
    }
}
