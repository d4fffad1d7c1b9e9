package dev.manciple.wire;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType;
import dev.manciple.model.ValueType.Scalar;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Types as Feast spells them in the reserved tags of a field: {@code INT64}, {@code Array(FLOAT64)}, {@code Set(STRING)}, a
 * struct inside another type as the JSON of its fields under {@code __struct__}.
 */
final class TypeText {
    private static final String STRUCT = "__struct__";

    private TypeText() {}

    static String write(ValueType type) {
        return switch (type) {
            case Scalar.FLOAT -> "FLOAT32";
            case Scalar.DOUBLE -> "FLOAT64";
            case Scalar scalar -> scalar.name();
            case ValueType.ListOf list -> "Array(%s)".formatted(write(list.element()));
            case ValueType.SetOf set -> "Set(%s)".formatted(write(set.element()));
            case ValueType.StringMap map -> "MAP";
            case ValueType.ScalarMap map -> "SCALAR_MAP";
            case ValueType.StructOf struct -> "{\"%s\": %s}".formatted(STRUCT, writeStruct(struct));
        };
    }

    /** The fields of a struct as the JSON object from name to type. */
    static String writeStruct(ValueType.StructOf type) {
        Map<String, String> fields = new LinkedHashMap<>();
        type.fields().forEach(field -> fields.put(field.name(), write(field.type())));
        return Json.write(fields);
    }

    /** @throws NotModelledException if the text is no type of Feast's */
    static ValueType read(String text) {
        if (text.startsWith("{")) {
            JsonElement fields = parse(text).getAsJsonObject().get(STRUCT);
            return struct(fields == null ? JsonNull.INSTANCE : fields);
        }
        if (text.startsWith("Array(") && text.endsWith(")")) {
            return new ValueType.ListOf(read(text.substring("Array(".length(), text.length() - 1)));
        }
        if (text.startsWith("Set(") && text.endsWith(")")) {
            return new ValueType.SetOf(read(text.substring("Set(".length(), text.length() - 1)));
        }
        return switch (text) {
            case "FLOAT32" -> Scalar.FLOAT;
            case "FLOAT64" -> Scalar.DOUBLE;
            case "MAP" -> ValueType.StringMap.STRING_MAP;
            case "SCALAR_MAP" -> ValueType.ScalarMap.SCALAR_MAP;
            default -> scalar(text);
        };
    }

    /** @throws NotModelledException if the text is no JSON object from names to types */
    static ValueType.StructOf readStruct(String text) {
        return struct(parse(text));
    }

    private static Scalar scalar(String text) {
        try {
            return Scalar.valueOf(text);
        } catch (IllegalArgumentException e) {
            throw new NotModelledException("The type '%s' is not known".formatted(text));
        }
    }

    private static ValueType.StructOf struct(JsonElement fields) {
        if (!fields.isJsonObject()) {
            throw new NotModelledException("The fields of a struct are no JSON object: " + fields);
        }
        return new ValueType.StructOf(fields.getAsJsonObject().entrySet().stream()
                .map(field -> Field.of(field.getKey(), read(text(field.getValue()))))
                .toList());
    }

    private static String text(JsonElement type) {
        if (!type.isJsonPrimitive()) {
            throw new NotModelledException("A field of a struct has no type but " + type);
        }
        return type.getAsString();
    }

    private static JsonElement parse(String json) {
        try {
            return JsonParser.parseString(json);
        } catch (JsonParseException e) {
            throw new NotModelledException("'%s' is no type: it is no JSON".formatted(json));
        }
    }
}
