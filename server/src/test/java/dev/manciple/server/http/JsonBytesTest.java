package dev.manciple.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** What is written is read back by another's parser. */
class JsonBytesTest {
    private static final JsonMapper READER = JsonMapper.shared();
    private static final int TEXTS = 20_000;
    private static final int LONGEST = 40;

    @ParameterizedTest
    @ValueSource(
            longs = {
                0,
                1,
                -1,
                9,
                10,
                -10,
                99,
                100,
                999_999_999_999_999_999L,
                1_000_000_000_000_000_000L,
                Long.MAX_VALUE,
                Long.MIN_VALUE
            })
    void wholeNumbers(long number) {
        assertThat(text(new JsonBytes(0).number(number))).isEqualTo(Long.toString(number));
    }

    @Test
    void wholeNumbersOfAllLengths() {
        Random random = new Random(7);
        for (int i = 0; i < TEXTS; i++) {
            long number = random.nextLong() >> random.nextInt(64);
            assertThat(text(new JsonBytes(0).number(number))).isEqualTo(Long.toString(number));
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.0, -0.0, 1.5, -1e300, Double.MIN_VALUE, Double.MAX_VALUE, 1e10, 123_456_789.125})
    void fractions(double number) {
        assertThat(READER.readTree(text(new JsonBytes(0).number(number))).doubleValue())
                .isEqualTo(number);
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void whatJsonHasNoNumberForIsNull(double number) {
        assertThat(text(new JsonBytes(0).number(number))).isEqualTo("null");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "plain",
                "\"quoted\"",
                "back\\slash",
                "line\nbreak\t\u0000\u001f",
                "\u007f",
                "é",
                "\u07ff\u0800\uffff",
                "😀 and on",
                "half \ud83d",
                "\ude00 half",
                "\ud83d\ud83d\ude00"
            })
    void texts(String value) {
        assertThat(READER.readTree(text(new JsonBytes(0).text(value))).stringValue())
                .isEqualTo(value);
    }

    @Test
    void textsOfAllKindsOfCharacters() {
        long seed = 11;
        Random random = new Random(seed);
        for (int i = 0; i < TEXTS; i++) {
            StringBuilder value = new StringBuilder();
            for (int length = random.nextInt(LONGEST); length > 0; length--) {
                value.append((char) (random.nextInt(1 << 16) >> random.nextInt(16)));
            }
            assertThat(READER.readTree(text(new JsonBytes(0).text(value.toString())))
                            .stringValue())
                    .as("text %d of seed %d", i, seed)
                    .isEqualTo(value.toString());
        }
    }

    private static String text(JsonBytes json) {
        return new String(json.toByteArray(), StandardCharsets.UTF_8);
    }
}
