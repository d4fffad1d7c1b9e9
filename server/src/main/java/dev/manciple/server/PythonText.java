package dev.manciple.server;

import java.math.BigDecimal;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Parsed JSON as the text Python makes of it, so that what is stored is the same whichever server it was sent to. */
final class PythonText {
    /** The powers of ten a fraction's first digit can have where it is written without an exponent. */
    private static final int LEAST_PLAIN = -4;

    private static final int GREATEST_PLAIN = 15;

    private PythonText() {}

    /** A number or a boolean, as {@code str} writes it. */
    static String scalar(Object value) {
        return value instanceof Boolean bool ? bool ? "True" : "False" : number(value);
    }

    /** Anything, as {@code json.dumps} writes it: with spaces, and in ASCII. */
    static String json(@Nullable Object value) {
        StringBuilder json = new StringBuilder();
        append(value, json);
        return json.toString();
    }

    private static void append(@Nullable Object value, StringBuilder json) {
        switch (value) {
            case null -> json.append("null");
            case String text -> quote(text, json);
            case Boolean bool -> json.append(bool);
            case List<?> list -> {
                json.append('[');
                for (Iterator<?> each = list.iterator(); each.hasNext(); json.append(each.hasNext() ? ", " : "")) {
                    append(each.next(), json);
                }
                json.append(']');
            }
            case Map<?, ?> object -> {
                json.append('{');
                String between = "";
                for (Map.Entry<?, ?> entry : object.entrySet()) {
                    json.append(between);
                    quote(String.valueOf(entry.getKey()), json);
                    json.append(": ");
                    append(entry.getValue(), json);
                    between = ", ";
                }
                json.append('}');
            }
            default -> json.append(number(value));
        }
    }

    private static void quote(String text, StringBuilder json) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            switch (character) {
                case '"', '\\' -> json.append('\\').append(character);
                case '\n' -> json.append("\\n");
                case '\r' -> json.append("\\r");
                case '\t' -> json.append("\\t");
                case '\b' -> json.append("\\b");
                case '\f' -> json.append("\\f");
                default -> {
                    if (character >= ' ' && character <= '~') {
                        json.append(character);
                    } else {
                        json.append("\\u%04x".formatted((int) character));
                    }
                }
            }
        }
        json.append('"');
    }

    private static String number(Object value) {
        return value instanceof Double || value instanceof Float || value instanceof BigDecimal
                ? fraction(((Number) value).doubleValue())
                : String.valueOf(value);
    }

    private static String fraction(double value) {
        if (value == 0 || !Double.isFinite(value)) {
            return Double.toString(value);
        }
        BigDecimal shortest = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        int power = shortest.precision() - shortest.scale() - 1;
        if (power >= LEAST_PLAIN && power <= GREATEST_PLAIN) {
            String plain = shortest.toPlainString();
            return plain.indexOf('.') < 0 ? plain + ".0" : plain;
        }
        String mantissa = shortest.movePointLeft(power).stripTrailingZeros().toPlainString();
        return "%se%s%02d".formatted(mantissa, power < 0 ? "-" : "+", Math.abs(power));
    }
}
