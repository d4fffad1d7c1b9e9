package dev.manciple.repo;

import java.math.BigDecimal;
import java.util.Locale;

/** Reads scalars of YAML; text stands for the number or boolean it spells, since environment variables are text. */
final class Scalars {
    private Scalars() {}

    static boolean isFlag(YamlNode.Scalar scalar) {
        return scalar.value() instanceof Boolean
                || scalar.text().equalsIgnoreCase("true")
                || scalar.text().equalsIgnoreCase("false");
    }

    static boolean flag(YamlNode.Scalar scalar) {
        return scalar.value() instanceof Boolean flag
                ? flag
                : Boolean.parseBoolean(scalar.text().toLowerCase(Locale.ROOT));
    }

    static boolean isWhole(YamlNode.Scalar scalar) {
        try {
            number(scalar).intValueExact();
            return true;
        } catch (ArithmeticException | NumberFormatException e) {
            return false;
        }
    }

    static boolean isNumber(YamlNode.Scalar scalar) {
        try {
            number(scalar);
            return true;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    static BigDecimal number(YamlNode.Scalar scalar) {
        return new BigDecimal(String.valueOf(scalar.value()).strip());
    }
}
