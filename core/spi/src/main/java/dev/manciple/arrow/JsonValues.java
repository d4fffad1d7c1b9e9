package dev.manciple.arrow;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.manciple.spi.Value;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Values as JSON text. Plain text is what people and other programs expect: times and bytes are strings, so their kind is
 * lost. Tagged text keeps the kind of every value: what JSON has no spelling for is an object with one key that starts with
 * {@code $}, such as {@code {"$time": "2025-01-01T00:00:00Z"}}.
 */
final class JsonValues {
    private static final JsonFactory JSON = new JsonFactory();
    private static final String BYTES = "$bytes";
    private static final String TIME = "$time";
    private static final String ZONED = "$zoned";
    private static final String REAL = "$real";
    private static final String KEYED = "$keyed";
    private static final String ENTRIES = "$entries";

    private JsonValues() {}

    static String plain(Value value) {
        return write(value, JsonValues::writePlain);
    }

    /** The inverse of {@link #readPairs}. */
    static String tagged(Value.Entries entries) {
        return write(entries, (value, json) -> writePairs(entries.values(), json, JsonValues::writeTagged));
    }

    /** The inverse of {@link #readMap}. */
    static String tagged(Value.Keyed map) {
        return write(map, JsonValues::writeTagged);
    }

    /** @throws IllegalArgumentException if the text is not one JSON value */
    static Value readPlain(String text) {
        return read(text, false);
    }

    /** @throws IllegalArgumentException if the text is not a JSON array of [key, value] pairs */
    static Value.Entries readPairs(String text) {
        return new Value.Entries(pairs(read(text, true)));
    }

    /** @throws IllegalArgumentException if the text is not a tagged map */
    static Value.Keyed readMap(String text) {
        if (read(text, true) instanceof Value.Keyed map) {
            return map;
        }
        throw new IllegalArgumentException("expected a map");
    }

    @FunctionalInterface
    private interface Writer {
        void write(Value value, JsonGenerator json) throws IOException;
    }

    private static String write(Value value, Writer writer) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            writer.write(value, json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private static void writePlain(Value value, JsonGenerator json) throws IOException {
        switch (value) {
            case Value.Null none -> json.writeNull();
            case Value.Missing missing -> json.writeNull();
            case Value.Int(long number) -> json.writeNumber(number);
            case Value.Real(double number) -> json.writeNumber(number);
            case Value.Bool(boolean bool) -> json.writeBoolean(bool);
            case Value.Text(String text) -> json.writeString(text);
            case Value.Bytes bytes -> json.writeString(base64(bytes));
            case Value.Time(Instant time) -> json.writeString(time.toString());
            case Value.ZonedTime(Instant time, ZoneId zone) ->
                json.writeString(time.atZone(zone).toString());
            case Value.Many(List<Value> values) -> writeArray(values, json, JsonValues::writePlain);
            case Value.Keyed(Map<String, Value> values) -> writeObject(values, json, JsonValues::writePlain);
            case Value.Entries(Map<Value, Value> values) -> writePairs(values, json, JsonValues::writePlain);
            case Value.Corrupt(String reason) -> throw new IllegalArgumentException("corrupt: " + reason);
        }
    }

    private static void writeTagged(Value value, JsonGenerator json) throws IOException {
        switch (value) {
            case Value.Bytes bytes -> writeTag(BYTES, base64(bytes), json);
            case Value.Time(Instant time) -> writeTag(TIME, time.toString(), json);
            case Value.ZonedTime(Instant time, ZoneId zone) -> writeTag(ZONED, time + " " + zone, json);
            case Value.Real(double number)
            when !Double.isFinite(number) -> writeTag(REAL, Double.toString(number), json);
            case Value.Many(List<Value> values) -> writeArray(values, json, JsonValues::writeTagged);
            case Value.Keyed(Map<String, Value> values) -> {
                json.writeStartObject();
                json.writeFieldName(KEYED);
                writeObject(values, json, JsonValues::writeTagged);
                json.writeEndObject();
            }
            case Value.Entries(Map<Value, Value> values) -> {
                json.writeStartObject();
                json.writeFieldName(ENTRIES);
                writePairs(values, json, JsonValues::writeTagged);
                json.writeEndObject();
            }
            case Value.Null plain -> writePlain(plain, json);
            case Value.Missing plain -> writePlain(plain, json);
            case Value.Int plain -> writePlain(plain, json);
            case Value.Real plain -> writePlain(plain, json);
            case Value.Bool plain -> writePlain(plain, json);
            case Value.Text plain -> writePlain(plain, json);
            case Value.Corrupt plain -> writePlain(plain, json);
        }
    }

    private static void writeTag(String tag, String text, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField(tag, text);
        json.writeEndObject();
    }

    private static void writeArray(List<Value> values, JsonGenerator json, Writer writer) throws IOException {
        json.writeStartArray();
        for (Value value : values) {
            writer.write(value, json);
        }
        json.writeEndArray();
    }

    private static void writeObject(Map<String, Value> values, JsonGenerator json, Writer writer) throws IOException {
        json.writeStartObject();
        for (Map.Entry<String, Value> entry : values.entrySet()) {
            json.writeFieldName(entry.getKey());
            writer.write(entry.getValue(), json);
        }
        json.writeEndObject();
    }

    private static void writePairs(Map<Value, Value> values, JsonGenerator json, Writer writer) throws IOException {
        json.writeStartArray();
        for (Map.Entry<Value, Value> entry : values.entrySet()) {
            writeArray(List.of(entry.getKey(), entry.getValue()), json, writer);
        }
        json.writeEndArray();
    }

    private static Value read(String text, boolean tagged) {
        try (JsonParser json = JSON.createParser(text)) {
            json.nextToken();
            Value value = value(json, tagged);
            if (json.nextToken() != null) {
                throw new IllegalArgumentException("not JSON: more follows the first value");
            }
            return value;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Value value(JsonParser json, boolean tagged) throws IOException {
        JsonToken token = json.currentToken();
        if (token == null) {
            throw new IllegalArgumentException("not JSON: empty");
        }
        return switch (token) {
            case VALUE_NULL -> Value.Null.NULL;
            case VALUE_TRUE -> new Value.Bool(true);
            case VALUE_FALSE -> new Value.Bool(false);
            case VALUE_STRING -> new Value.Text(json.getText());
            case VALUE_NUMBER_INT -> new Value.Int(json.getLongValue());
            case VALUE_NUMBER_FLOAT -> new Value.Real(finite(json.getDoubleValue()));
            case START_ARRAY -> array(json, tagged);
            case START_OBJECT -> tagged ? untag(object(json, true)) : new Value.Keyed(object(json, false));
            case END_ARRAY, END_OBJECT, FIELD_NAME, NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT ->
                throw new IllegalArgumentException("not JSON: unexpected " + token);
        };
    }

    private static double finite(double number) {
        if (Double.isInfinite(number)) {
            throw new IllegalArgumentException("not JSON that can be kept: a number is too large");
        }
        return number;
    }

    private static Value.Many array(JsonParser json, boolean tagged) throws IOException {
        List<Value> values = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            values.add(value(json, tagged));
        }
        return new Value.Many(values);
    }

    private static Map<String, Value> object(JsonParser json, boolean tagged) throws IOException {
        Map<String, Value> values = new LinkedHashMap<>();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            json.nextToken();
            // The one object of a tagged map is not a tag itself, whatever its keys are called.
            boolean map = tagged && name.equals(KEYED) && json.currentToken() == JsonToken.START_OBJECT;
            values.put(name, map ? new Value.Keyed(object(json, true)) : value(json, tagged));
        }
        return values;
    }

    private static Value untag(Map<String, Value> object) {
        if (object.size() != 1) {
            return new Value.Keyed(object);
        }
        Map.Entry<String, Value> tag = object.entrySet().iterator().next();
        return switch (tag.getKey()) {
            case BYTES -> new Value.Bytes(ByteBuffer.wrap(Base64.getDecoder().decode(text(tag.getValue()))));
            case TIME -> new Value.Time(Instant.parse(text(tag.getValue())));
            case ZONED -> zoned(text(tag.getValue()));
            case REAL -> new Value.Real(Double.parseDouble(text(tag.getValue())));
            case KEYED -> tag.getValue();
            case ENTRIES -> new Value.Entries(pairs(tag.getValue()));
            default -> new Value.Keyed(object);
        };
    }

    /** A JSON array of [key, value] arrays as a map. */
    private static Map<Value, Value> pairs(Value value) {
        Map<Value, Value> pairs = new LinkedHashMap<>();
        if (!(value instanceof Value.Many(List<Value> entries))) {
            throw new IllegalArgumentException("expected an array of [key, value] pairs");
        }
        for (Value entry : entries) {
            if (!(entry instanceof Value.Many(List<Value> pair)) || pair.size() != 2) {
                throw new IllegalArgumentException("expected an array of [key, value] pairs");
            }
            pairs.put(pair.getFirst(), pair.getLast());
        }
        return pairs;
    }

    private static Value zoned(String text) {
        int space = text.indexOf(' ');
        if (space < 0) {
            throw new IllegalArgumentException("expected a time, a space and a zone");
        }
        return new Value.ZonedTime(Instant.parse(text.substring(0, space)), ZoneId.of(text.substring(space + 1)));
    }

    private static String text(Value value) {
        if (value instanceof Value.Text(String text)) {
            return text;
        }
        throw new IllegalArgumentException("expected a string");
    }

    private static String base64(Value.Bytes bytes) {
        ByteBuffer buffer = bytes.value();
        byte[] array = new byte[buffer.remaining()];
        buffer.get(array);
        return Base64.getEncoder().encodeToString(array);
    }
}
