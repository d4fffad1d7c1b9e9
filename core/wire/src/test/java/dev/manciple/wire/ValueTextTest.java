package dev.manciple.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manciple.model.ValueType;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.spi.Value;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The expected texts are what Python's {@code repr} prints. */
class ValueTextTest {
    @ParameterizedTest
    @CsvSource({
        "0.0, 0.0",
        "-0.0, -0.0",
        "1.0, 1.0",
        "100.0, 100.0",
        "0.1, 0.1",
        "-2.5, -2.5",
        "0.0001, 0.0001",
        "0.00001, 1e-05",
        "1.5e-7, 1.5e-07",
        "1e15, 1000000000000000.0",
        "1e16, 1e+16",
        "-1.25e22, -1.25e+22",
        "1e100, 1e+100",
        "9007199254740993, 9007199254740992.0",
        "4.9e-324, 5e-324",
        "1.7976931348623157e308, 1.7976931348623157e+308",
        "NaN, nan",
        "Infinity, inf",
        "-Infinity, -inf",
    })
    void printsDoublesAsPython(double number, String text) {
        assertThat(ValueText.python(number)).isEqualTo(text);
    }

    @Test
    void printsFloatsAsTheDoubleTheyAre() {
        assertThat(ValueText.text(new Value.Real(0.1f), Scalar.FLOAT)).isEqualTo("0.10000000149011612");
        assertThat(ValueText.text(new Value.Real(0.1), Scalar.FLOAT)).isEqualTo("0.10000000149011612");
    }

    @Test
    void keepsStringsAndSpellsBooleans() {
        assertThat(ValueText.text(new Value.Text(""), Scalar.STRING)).isEmpty();
        assertThat(ValueText.text(new Value.Bool(true), Scalar.BOOL)).isEqualTo("True");
        assertThat(ValueText.text(new Value.Bool(false), Scalar.BOOL)).isEqualTo("False");
        assertThat(ValueText.text(new Value.Int(-7), Scalar.INT64)).isEqualTo("-7");
        assertThat(ValueText.number(new Value.Bool(true))).isEqualTo(1.0);
    }

    @Test
    void hasNothingToSayOfTheRest() {
        assertThat(ValueText.text(Value.Null.NULL, Scalar.INT64)).isNull();
        assertThat(ValueText.text(new Value.Text("{}"), Scalar.JSON)).isNull();
        assertThat(ValueText.text(new Value.Many(List.of(new Value.Int(1))), new ValueType.ListOf(Scalar.INT64)))
                .isNull();
        assertThat(ValueText.number(Value.Null.NULL)).isNull();
    }
}
