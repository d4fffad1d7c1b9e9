package dev.manciple.server.http;

import dev.manciple.OnlineFeatures;
import dev.manciple.spi.FieldStatus;
import dev.manciple.spi.Value;
import dev.manciple.wire.ValueJson;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * The answer of {@code /get-online-features}, written value by value: columns in {@code results} and their names, a plain list, in
 * {@code metadata.feature_names} (Feast: online serving, 4.2). Numbers JSON lacks (NaN, infinities) are null.
 */
public final class OnlineJson {
    private final JsonGenerator json;
    private Instant lastTime = Instant.EPOCH;
    private String lastTimeText = "1970-01-01T00:00:00Z";

    private OnlineJson(JsonGenerator json) {
        this.json = json;
    }

    /** @param detailsAsOf as of {@link #write} */
    static byte[] of(OnlineFeatures answer, Optional<Instant> detailsAsOf) {
        int cells = answer.names().size()
                * (answer.values().isEmpty() ? 0 : answer.values().getFirst().size());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256 + 48 * cells);
        try (JsonGenerator json = Json.MAPPER.createGenerator(bytes)) {
            write(json, answer, detailsAsOf);
        }
        return bytes.toByteArray();
    }

    /**
     * Writes one object.
     *
     * @param detailsAsOf with it, keys are added that Feast's answer does not have: for each feature its view, store and TTL,
     *     for each value its age at this time, and the stores that did not answer
     */
    public static void write(JsonGenerator json, OnlineFeatures answer, Optional<Instant> detailsAsOf) {
        new OnlineJson(json).write(answer, detailsAsOf);
    }

    private void write(OnlineFeatures answer, Optional<Instant> detailsAsOf) {
        json.writeStartObject();
        json.writeArrayPropertyStart("results");
        for (int column = 0; column < answer.names().size(); column++) {
            json.writeStartObject();
            writeColumn(
                    answer.values().get(column),
                    answer.statuses().get(column),
                    answer.eventTimes().get(column));
            if (detailsAsOf.isPresent() && answer.origins().get(column).isPresent()) {
                writeAges(answer.statuses().get(column), answer.eventTimes().get(column), detailsAsOf.get());
            }
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeObjectPropertyStart("metadata");
        json.writeArrayPropertyStart("feature_names");
        answer.names().forEach(json::writeString);
        json.writeEndArray();
        if (detailsAsOf.isPresent()) {
            writeOrigins(answer);
            writeFailures(answer.failures());
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    /** One entry per name; null for what is kept nowhere. */
    private void writeOrigins(OnlineFeatures answer) {
        json.writeArrayPropertyStart("origins");
        for (Optional<OnlineFeatures.Origin> origin : answer.origins()) {
            if (origin.isEmpty()) {
                json.writeNull();
                continue;
            }
            json.writeStartObject();
            json.writeStringProperty("view", origin.get().view());
            json.writeStringProperty("store", origin.get().store());
            json.writeNumberProperty("ttl_seconds", origin.get().ttl().toMillis() / 1e3);
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void writeFailures(List<OnlineFeatures.Failure> failures) {
        json.writeArrayPropertyStart("failures");
        for (OnlineFeatures.Failure failure : failures) {
            json.writeStartObject();
            json.writeStringProperty("view", failure.view());
            json.writeStringProperty("store", failure.store());
            json.writeStringProperty("reason", failure.reason());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /** Seconds; null where nothing was found. */
    private void writeAges(List<FieldStatus> statuses, List<Instant> times, Instant now) {
        json.writeArrayPropertyStart("ages_seconds");
        for (int row = 0; row < times.size(); row++) {
            FieldStatus status = statuses.get(row);
            if (status == FieldStatus.NOT_FOUND || status == FieldStatus.INVALID) {
                json.writeNull();
            } else {
                json.writeNumber(Duration.between(times.get(row), now).toMillis() / 1e3);
            }
        }
        json.writeEndArray();
    }

    private void writeColumn(List<Value> values, List<FieldStatus> statuses, List<Instant> times) {
        json.writeArrayPropertyStart("values");
        for (Value value : values) {
            write(value);
        }
        json.writeEndArray();
        json.writeArrayPropertyStart("statuses");
        for (FieldStatus status : statuses) {
            json.writeString(status.name());
        }
        json.writeEndArray();
        json.writeArrayPropertyStart("event_timestamps");
        for (Instant time : times) {
            json.writeString(text(time));
        }
        json.writeEndArray();
    }

    /** Columns of a view, and rows written together, share their times, so the text is mostly made once. */
    private String text(Instant time) {
        if (!time.equals(lastTime)) {
            lastTime = time;
            lastTimeText = DateTimeFormatter.ISO_INSTANT.format(time);
        }
        return lastTimeText;
    }

    private void write(Value value) {
        switch (value) {
            case Value.Null none -> json.writeNull();
            case Value.Missing none -> json.writeNull();
            case Value.Corrupt none -> json.writeNull();
            case Value.Int integer -> json.writeNumber(integer.value());
            case Value.Real real -> writeFinite(real.value());
            case Value.Bool bool -> json.writeBoolean(bool.value());
            case Value.Text text -> json.writeString(text.value());
            case Value.Many many -> {
                json.writeStartArray();
                many.values().forEach(each -> write(each));
                json.writeEndArray();
            }
            case Value.Bytes other -> writeTree(ValueJson.toJson(other));
            case Value.Time other -> writeTree(ValueJson.toJson(other));
            case Value.ZonedTime other -> writeTree(ValueJson.toJson(other));
            case Value.Keyed other -> writeTree(ValueJson.toJson(other));
            case Value.Entries other -> writeTree(ValueJson.toJson(other));
        }
    }

    private void writeFinite(double value) {
        if (Double.isFinite(value)) {
            json.writeNumber(value);
        } else {
            json.writeNull();
        }
    }

    private void writeTree(@Nullable Object tree) {
        json.writePOJO(tree);
    }
}
