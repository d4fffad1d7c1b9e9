package dev.manciple.server.http;

import static dev.manciple.server.http.JsonBytes.piece;

import dev.manciple.OnlineFeatures;
import dev.manciple.server.Columns;
import dev.manciple.server.Growth;
import dev.manciple.server.KnownNames;
import dev.manciple.spi.FieldStatus;
import dev.manciple.spi.Value;
import dev.manciple.wire.ValueJson;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;

/**
 * The answer of {@code /get-online-features}, written value by value: columns in {@code results} and their names, a plain list, in
 * {@code metadata.feature_names} (Feast: online serving, 4.2). Numbers JSON lacks (NaN, infinities) are null.
 */
public final class OnlineJson {
    /** What a column takes besides its cells, and a cell with its number, status and time: enough for most answers. */
    private static final int BYTES_PER_COLUMN = 80;

    private static final int BYTES_PER_CELL = 48;
    private static final int BYTES_PER_NAME = 24;

    private static final byte[] NULL = piece("null");
    private static final byte[] TRUE = piece("true");
    private static final byte[] FALSE = piece("false");
    private static final byte[] RESULTS = piece("{\"results\":[");
    private static final byte[] VALUES = piece("{\"values\":[");
    private static final byte[] STATUSES = piece("],\"statuses\":[");
    private static final byte[] TIMES = piece("],\"event_timestamps\":[");
    private static final byte[] AGES = piece(",\"ages_seconds\":[");
    private static final byte[] NAMES = piece("],\"metadata\":{\"feature_names\":[");
    private static final byte[] ORIGINS = piece(",\"origins\":[");
    private static final byte[] FAILURES = piece(",\"failures\":[");
    private static final byte[] VIEW = piece("{\"view\":");
    private static final byte[] STORE = piece(",\"store\":");
    private static final byte[] TTL = piece(",\"ttl_seconds\":");
    private static final byte[] REASON = piece(",\"reason\":");

    private static final byte[] INVALID = status(FieldStatus.INVALID);
    private static final byte[] PRESENT = status(FieldStatus.PRESENT);
    private static final byte[] NULL_VALUE = status(FieldStatus.NULL_VALUE);
    private static final byte[] NOT_FOUND = status(FieldStatus.NOT_FOUND);
    private static final byte[] OUTSIDE_MAX_AGE = status(FieldStatus.OUTSIDE_MAX_AGE);

    private final JsonBytes json;
    private Instant lastTime = Instant.EPOCH;
    private byte[] lastTimeText = time(Instant.EPOCH);

    /** Those of the last column, and where their text is: most columns have them from the one before. */
    private List<FieldStatus> lastStatuses = List.of();

    private List<Instant> lastTimes = List.of();
    private int lastFrom;
    private int lastTo;

    private OnlineJson(JsonBytes json) {
        this.json = json;
    }

    /**
     * One object, as UTF-8.
     *
     * @param detailsAsOf with it, keys are added that Feast's answer does not have: for each feature its view, store and TTL,
     *     for each value its age at this time, and the stores that did not answer
     */
    public static byte[] of(OnlineFeatures answer, Optional<Instant> detailsAsOf) {
        return write(answer, detailsAsOf, names(answer.names())).toByteArray();
    }

    /**
     * As {@link #of(OnlineFeatures, Optional)}.
     *
     * @param known of {@link #names}
     */
    static JsonBytes of(OnlineFeatures answer, Optional<Instant> detailsAsOf, KnownNames known) {
        return write(answer, detailsAsOf, known.written(answer.names()));
    }

    private static JsonBytes write(OnlineFeatures answer, Optional<Instant> detailsAsOf, byte[] names) {
        JsonBytes json = new JsonBytes(Growth.expected(answer, BYTES_PER_COLUMN, BYTES_PER_CELL));
        new OnlineJson(json).writeAnswer(answer, detailsAsOf, names);
        return json;
    }

    /** Names as an answer has them, without the brackets. */
    static byte[] names(List<String> names) {
        JsonBytes json = new JsonBytes(names.size() * BYTES_PER_NAME);
        for (int i = 0; i < names.size(); i++) {
            if (i > 0) {
                json.add(',');
            }
            json.text(names.get(i));
        }
        return json.toByteArray();
    }

    private void writeAnswer(OnlineFeatures answer, Optional<Instant> detailsAsOf, byte[] names) {
        json.add(RESULTS);
        for (int column = 0; column < answer.names().size(); column++) {
            separate(column);
            writeColumn(
                    answer.values().get(column),
                    answer.statuses().get(column),
                    answer.eventTimes().get(column));
            if (detailsAsOf.isPresent() && answer.origins().get(column).isPresent()) {
                writeAges(answer.statuses().get(column), answer.eventTimes().get(column), detailsAsOf.get());
            }
            json.add('}');
        }
        json.add(NAMES).add(names).add(']');
        if (detailsAsOf.isPresent()) {
            writeOrigins(answer.origins());
            writeFailures(answer.failures());
        }
        json.add('}').add('}');
    }

    private void separate(int position) {
        if (position > 0) {
            json.add(',');
        }
    }

    private void writeColumn(List<Value> values, List<FieldStatus> statuses, List<Instant> times) {
        json.add(VALUES);
        for (int row = 0; row < values.size(); row++) {
            separate(row);
            write(values.get(row));
        }
        int from = json.size();
        if (lastTo > 0 && Columns.same(statuses, lastStatuses) && Columns.same(times, lastTimes)) {
            json.repeat(lastFrom, lastTo);
        } else {
            writeMetadata(statuses, times);
            lastStatuses = statuses;
            lastTimes = times;
        }
        lastFrom = from;
        lastTo = json.size();
    }

    private void writeMetadata(List<FieldStatus> statuses, List<Instant> times) {
        json.add(STATUSES);
        for (int row = 0; row < statuses.size(); row++) {
            separate(row);
            json.add(word(statuses.get(row)));
        }
        json.add(TIMES);
        for (int row = 0; row < times.size(); row++) {
            separate(row);
            json.add(text(times.get(row)));
        }
        json.add(']');
    }

    /** Seconds; null where nothing was found. */
    private void writeAges(List<FieldStatus> statuses, List<Instant> times, Instant now) {
        json.add(AGES);
        for (int row = 0; row < times.size(); row++) {
            separate(row);
            FieldStatus status = statuses.get(row);
            if (status == FieldStatus.NOT_FOUND || status == FieldStatus.INVALID) {
                json.add(NULL);
            } else {
                json.number(Duration.between(times.get(row), now).toMillis() / 1e3);
            }
        }
        json.add(']');
    }

    /** One entry per name; null for what is kept nowhere. */
    private void writeOrigins(List<Optional<OnlineFeatures.Origin>> origins) {
        json.add(ORIGINS);
        for (int column = 0; column < origins.size(); column++) {
            separate(column);
            origins.get(column)
                    .ifPresentOrElse(
                            origin -> json.add(VIEW)
                                    .text(origin.view())
                                    .add(STORE)
                                    .text(origin.store())
                                    .add(TTL)
                                    .number(origin.ttl().toMillis() / 1e3)
                                    .add('}'),
                            () -> json.add(NULL));
        }
        json.add(']');
    }

    private void writeFailures(List<OnlineFeatures.Failure> failures) {
        json.add(FAILURES);
        for (int i = 0; i < failures.size(); i++) {
            separate(i);
            OnlineFeatures.Failure failure = failures.get(i);
            json.add(VIEW)
                    .text(failure.view())
                    .add(STORE)
                    .text(failure.store())
                    .add(REASON)
                    .text(failure.reason())
                    .add('}');
        }
        json.add(']');
    }

    private static byte[] status(FieldStatus status) {
        return piece('"' + status.name() + '"');
    }

    private static byte[] word(FieldStatus status) {
        return switch (status) {
            case INVALID -> INVALID;
            case PRESENT -> PRESENT;
            case NULL_VALUE -> NULL_VALUE;
            case NOT_FOUND -> NOT_FOUND;
            case OUTSIDE_MAX_AGE -> OUTSIDE_MAX_AGE;
        };
    }

    private static byte[] time(Instant time) {
        return piece('"' + DateTimeFormatter.ISO_INSTANT.format(time) + '"');
    }

    /** Columns of a view, and rows written together, share their times, so the text is mostly made once. */
    private byte[] text(Instant time) {
        if (!time.equals(lastTime)) {
            lastTime = time;
            lastTimeText = time(time);
        }
        return lastTimeText;
    }

    private void write(Value value) {
        switch (value) {
            case Value.Null none -> json.add(NULL);
            case Value.Missing none -> json.add(NULL);
            case Value.Corrupt none -> json.add(NULL);
            case Value.Int integer -> json.number(integer.value());
            case Value.Real real -> json.number(real.value());
            case Value.Bool bool -> json.add(bool.value() ? TRUE : FALSE);
            case Value.Text text -> json.text(text.value());
            case Value.Many many -> {
                json.add('[');
                int position = 0;
                for (Value each : many.values()) {
                    separate(position++);
                    write(each);
                }
                json.add(']');
            }
            case Value.Bytes other -> writeTree(other);
            case Value.Time other -> writeTree(other);
            case Value.ZonedTime other -> writeTree(other);
            case Value.Keyed other -> writeTree(other);
            case Value.Entries other -> writeTree(other);
        }
    }

    private void writeTree(Value value) {
        json.add(Json.MAPPER.writeValueAsBytes(ValueJson.toJson(value)));
    }
}
