package dev.manciple.repo;

import dev.manciple.model.Field;
import dev.manciple.model.ValueType;
import dev.manciple.model.ValueType.ListOf;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.model.ValueType.SetOf;
import dev.manciple.plugin.NearestName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Types as definitions write them, in any case: Feast's type names ({@code Int64}, {@code Array(Float32)},
 * <code>Struct({name: String})</code>) and its value-type names ({@code INT64}, {@code FLOAT_LIST}).
 */
final class ValueTypes {
    private static final Map<String, ValueType> NAMES = names();
    private static final List<String> LISTED = List.of(
            "Bytes",
            "String",
            "Int32",
            "Int64",
            "Float32",
            "Float64",
            "Bool",
            "UnixTimestamp",
            "ZonedTimestamp",
            "Decimal",
            "Json",
            "Uuid",
            "TimeUuid",
            "ImageBytes",
            "PdfBytes",
            "Map",
            "ScalarMap",
            "Array(…)",
            "Set(…)",
            "Struct({name: type})");

    private final String text;
    private int next;

    private ValueTypes(String text) {
        this.text = text;
    }

    /** @throws IllegalArgumentException that names the unknown type, the nearest and all known ones */
    static ValueType parse(String text) {
        ValueTypes parser = new ValueTypes(text);
        ValueType type = parser.type();
        if (parser.next < text.length()) {
            throw parser.unexpected("the end");
        }
        return type;
    }

    /** Feast's names of the types without parts, for completion in editors. */
    static List<String> simpleNames() {
        return LISTED.stream().filter(name -> name.indexOf('(') < 0).toList();
    }

    private static Map<String, ValueType> names() {
        Map<String, ValueType> names = new LinkedHashMap<>();
        for (Scalar scalar : Scalar.values()) {
            String name = scalar.name().toLowerCase(Locale.ROOT);
            names.put(name, scalar);
            names.put(name.replace("_", ""), scalar);
            names.put(name + "_list", new ListOf(scalar));
            names.put(name + "_set", new SetOf(scalar));
        }
        names.put("float32", Scalar.FLOAT);
        names.put("float64", Scalar.DOUBLE);
        names.put("map", ValueType.StringMap.STRING_MAP);
        names.put("map_list", new ListOf(ValueType.StringMap.STRING_MAP));
        names.put("scalarmap", ValueType.ScalarMap.SCALAR_MAP);
        names.put("scalar_map", ValueType.ScalarMap.SCALAR_MAP);
        return names;
    }

    private ValueType type() {
        String name = word();
        String lower = name.toLowerCase(Locale.ROOT);
        return switch (lower) {
            case "array", "list" -> new ListOf(argument());
            case "set" -> new SetOf(argument());
            case "struct" -> struct();
            default -> simple(name, lower);
        };
    }

    private static ValueType simple(String name, String lower) {
        ValueType type = NAMES.get(lower);
        if (type == null) {
            List<String> known = new ArrayList<>(NAMES.keySet());
            known.addAll(LISTED);
            String nearest = NearestName.of(name, LISTED)
                    .or(() -> NearestName.of(name, known))
                    .map(", did you mean '%s'?"::formatted)
                    .orElse("");
            throw new IllegalArgumentException("unknown type '%s'%s Known types: %s"
                    .formatted(name, nearest.isEmpty() ? "." : nearest, String.join(", ", LISTED)));
        }
        return type;
    }

    private ValueType argument() {
        expect('(');
        ValueType type = type();
        expect(')');
        return type;
    }

    private ValueType struct() {
        List<Field> fields = new ArrayList<>();
        expect('(');
        expect('{');
        do {
            String name = word();
            expect(':');
            fields.add(Field.of(name, type()));
        } while (skip(','));
        expect('}');
        expect(')');
        return new ValueType.StructOf(fields);
    }

    private String word() {
        spaces();
        boolean quoted = next < text.length() && (text.charAt(next) == '"' || text.charAt(next) == '\'');
        if (quoted) {
            int end = text.indexOf(text.charAt(next), next + 1);
            if (end < 0) {
                throw unexpected("a closing quote");
            }
            String word = text.substring(next + 1, end);
            next = end + 1;
            spaces();
            return word;
        }
        int start = next;
        while (next < text.length() && (Character.isLetterOrDigit(text.charAt(next)) || text.charAt(next) == '_')) {
            next++;
        }
        if (start == next) {
            throw unexpected("a name");
        }
        String word = text.substring(start, next);
        spaces();
        return word;
    }

    private void expect(char symbol) {
        if (!skip(symbol)) {
            throw unexpected("'" + symbol + "'");
        }
    }

    private boolean skip(char symbol) {
        spaces();
        boolean found = next < text.length() && text.charAt(next) == symbol;
        if (found) {
            next++;
            spaces();
        }
        return found;
    }

    private void spaces() {
        while (next < text.length() && Character.isWhitespace(text.charAt(next))) {
            next++;
        }
    }

    private IllegalArgumentException unexpected(String expected) {
        return new IllegalArgumentException(
                "the type '%s' cannot be read: %s expected at character %d".formatted(text, expected, next + 1));
    }
}
