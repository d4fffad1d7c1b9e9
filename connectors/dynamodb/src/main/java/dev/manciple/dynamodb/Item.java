package dev.manciple.dynamodb;

import dev.manciple.model.Field;
import dev.manciple.spi.Lookup;
import dev.manciple.spi.Value;
import dev.manciple.wire.ValueCodec;
import dev.manciple.wire.rows.EventText;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The attributes of a row in Feast's layout: the hash of the key, the event time as text, and a map of the features' bytes. */
final class Item {
    static final String ID = "entity_id";
    static final String EVENT = "event_ts";
    static final String VALUES = "values";

    /** The service takes expressions of up to 4 KB. */
    static final int LONGEST_EXPRESSION = 4096;

    private Item() {}

    static AttributeValue text(String text) {
        return AttributeValue.fromS(text);
    }

    static AttributeValue value(Value value, Field feature) {
        return AttributeValue.fromB(SdkBytes.fromByteArrayUnsafe(ValueCodec.encode(value, feature.type())));
    }

    /** A row whose event time cannot be read has no usable value: nobody can tell how old they are. */
    static Lookup lookup(@Nullable Map<String, AttributeValue> item, List<Field> features) {
        if (item == null) {
            return Lookup.Absent.ABSENT;
        }
        AttributeValue event = item.get(EVENT);
        String text = event == null ? null : event.s();
        try {
            if (text == null) {
                throw new DateTimeException("it is missing");
            }
            Instant time = EventText.parse(text);
            return new Lookup.Found(values(item, features), time);
        } catch (DateTimeException e) {
            Value corrupt =
                    new Value.Corrupt("the row's event time '%s' cannot be read: %s".formatted(text, e.getMessage()));
            return new Lookup.Found(Collections.nCopies(features.size(), corrupt), Instant.EPOCH);
        }
    }

    private static List<Value> values(Map<String, AttributeValue> item, List<Field> features) {
        AttributeValue stored = item.get(VALUES);
        Map<String, AttributeValue> byName = stored == null || !stored.hasM() ? Map.of() : stored.m();
        List<Value> values = new ArrayList<>(features.size());
        for (Field feature : features) {
            values.add(value(byName.get(feature.name()), feature));
        }
        return values;
    }

    private static Value value(@Nullable AttributeValue stored, Field feature) {
        if (stored == null) {
            return Value.Missing.MISSING;
        }
        return stored.b() == null
                ? new Value.Corrupt("the stored attribute is not binary")
                : ValueCodec.decode(stored.b().asByteArrayUnsafe(), feature.type());
    }
}
