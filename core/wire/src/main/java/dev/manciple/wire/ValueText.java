package dev.manciple.wire;

import dev.manciple.model.ValueType;
import dev.manciple.spi.Value;
import java.math.BigDecimal;
import java.math.MathContext;
import org.jspecify.annotations.Nullable;

/**
 * What Feast puts in {@code value_text} and {@code value_num} beside the bytes: strings as they are, numbers and booleans as
 * Python prints them, nothing for the rest.
 */
public final class ValueText {
    private ValueText() {}

    public static @Nullable String text(Value value, ValueType type) {
        if (!(type instanceof ValueType.Scalar scalar)) {
            return null;
        }
        return switch (value) {
            case Value.Text text -> scalar == ValueType.Scalar.STRING ? text.value() : null;
            case Value.Bool bool -> bool.value() ? "True" : "False";
            case Value.Int number ->
                switch (scalar) {
                    case INT32, INT64 -> Long.toString(number.value());
                    case DOUBLE -> python((double) number.value());
                    case FLOAT -> python((float) number.value());
                    case BYTES,
                            STRING,
                            BOOL,
                            UNIX_TIMESTAMP,
                            ZONED_TIMESTAMP,
                            DECIMAL,
                            JSON,
                            UUID,
                            TIME_UUID,
                            IMAGE_BYTES,
                            PDF_BYTES -> null;
                };
            case Value.Real number ->
                python(scalar == ValueType.Scalar.FLOAT ? (float) number.value() : number.value());
            case Value.Null ignored -> null;
            case Value.Bytes ignored -> null;
            case Value.Time ignored -> null;
            case Value.ZonedTime ignored -> null;
            case Value.Many ignored -> null;
            case Value.Keyed ignored -> null;
            case Value.Entries ignored -> null;
            case Value.Missing ignored -> null;
            case Value.Corrupt ignored -> null;
        };
    }

    public static @Nullable Double number(Value value) {
        return switch (value) {
            case Value.Int number -> (double) number.value();
            case Value.Real number -> number.value();
            case Value.Bool bool -> bool.value() ? 1.0 : 0.0;
            case Value.Null ignored -> null;
            case Value.Text ignored -> null;
            case Value.Bytes ignored -> null;
            case Value.Time ignored -> null;
            case Value.ZonedTime ignored -> null;
            case Value.Many ignored -> null;
            case Value.Keyed ignored -> null;
            case Value.Entries ignored -> null;
            case Value.Missing ignored -> null;
            case Value.Corrupt ignored -> null;
        };
    }

    /** Both languages print the shortest digits that read back the same; Python changes to exponents later. */
    static String python(double number) {
        if (Double.isNaN(number)) {
            return "nan";
        }
        if (Double.isInfinite(number)) {
            return number > 0 ? "inf" : "-inf";
        }
        if (number == 0) {
            return 1 / number < 0 ? "-0.0" : "0.0";
        }
        BigDecimal shortest = shortest(number);
        int exponent = shortest.precision() - shortest.scale() - 1;
        if (exponent >= -4 && exponent < 16) {
            String plain = shortest.toPlainString();
            return plain.indexOf('.') < 0 ? plain + ".0" : plain;
        }
        String digits = shortest.unscaledValue().abs().toString();
        String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
        return (number < 0 ? "-" : "") + mantissa + "e" + (exponent < 0 ? "-" : "+")
                + (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
    }

    /** Java never prints fewer than two digits, even where one is enough, as for the smallest doubles. */
    private static BigDecimal shortest(double number) {
        BigDecimal printed = new BigDecimal(Double.toString(number)).stripTrailingZeros();
        if (printed.precision() == 2) {
            BigDecimal oneDigit = printed.round(new MathContext(1));
            return oneDigit.doubleValue() == number ? oneDigit : printed;
        }
        return printed;
    }
}
