package dev.manciple.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.manciple.FeatureSelection;
import dev.manciple.error.InvalidRequestException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** That a list of features known by its bytes is the one that was read, and that a body means the same either way. */
class SelectionsTest {
    private final Selections selections = new Selections();

    private static Json body(String text) {
        return body(text, StandardCharsets.UTF_8);
    }

    private static Json body(String text, Charset encoding) {
        return Json.parse(text.getBytes(encoding), Selections.FEATURES);
    }

    @Test
    void sameBytesAreReadOnce() {
        FeatureSelection first = selections.of(body("{\"features\": [\"a:x\", \"a:y\"], \"entities\": {\"k\": [1]}}"));
        FeatureSelection again = selections.of(body("{\"entities\": {\"k\": [2]}, \"features\": [\"a:x\", \"a:y\"]}"));
        assertThat(first).isEqualTo(FeatureSelection.parse(List.of("a:x", "a:y")));
        assertThat(again).isSameAs(first);
    }

    @Test
    void otherBytesAreAnotherList() {
        FeatureSelection first = selections.of(body("{\"features\": [\"a:x\"]}"));
        FeatureSelection other = selections.of(body("{\"features\": [\"a:y\"]}"));
        assertThat(other).isEqualTo(FeatureSelection.parse(List.of("a:y"))).isNotEqualTo(first);
    }

    @Test
    void moreListsThanAreKeptAreAllReadRight() {
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 1_000; i++) {
                assertThat(selections.of(body("{\"features\": [\"a:f%d\"]}".formatted(i))))
                        .isEqualTo(FeatureSelection.parse(List.of("a:f" + i)));
            }
        }
    }

    @Test
    void longListsAreReadEachTime() {
        List<String> many =
                IntStream.range(0, 5_000).mapToObj(i -> "view:feature_" + i).toList();
        String text = "{\"features\": [\"" + String.join("\",\"", many) + "\"]}";
        FeatureSelection first = selections.of(body(text));
        assertThat(first).isEqualTo(FeatureSelection.parse(many));
        assertThat(selections.of(body(text))).isEqualTo(first).isNotSameAs(first);
    }

    @Test
    void listsOfManyViewsAreReadEachTime() {
        List<String> many = IntStream.range(0, 65).mapToObj(i -> "v" + i + ":f").toList();
        String text = "{\"features\": [\"" + String.join("\",\"", many) + "\"]}";
        FeatureSelection first = selections.of(body(text));
        assertThat(selections.of(body(text))).isEqualTo(first).isNotSameAs(first);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"features\":[\"v:]\"],\"full_feature_names\":true}",
                "{\"features\":[\"v:\\\"]\\\\\" , \"v:[\"] ,\"full_feature_names\":true}",
                "{\"full_feature_names\":true,\"features\":[\"v:\\u00fc\",\"v:ü\"]}",
                "{\"features\":[\"v:lost\"],\"full_feature_names\":true,\"features\":[\"v:last\"]}",
                "  {\n\"features\" :\t[ \"v:a\" ,\n \"w:b\" ] , \"full_feature_names\" : true }  "
            })
    void bodyMeansTheSameAsReadWhole(String text) {
        for (Charset encoding : List.of(StandardCharsets.UTF_8, StandardCharsets.UTF_16BE, StandardCharsets.UTF_16LE)) {
            Json whole = Json.parse(text.getBytes(encoding));
            Json body = body(text, encoding);
            assertThat(body.texts(Selections.FEATURES)).isNotEmpty().isEqualTo(whole.texts(Selections.FEATURES));
            assertThat(body.flag("full_feature_names", false)).isTrue();
            FeatureSelection expected = new Selections().of(whole);
            assertThat(selections.of(body)).isEqualTo(expected);
            assertThat(selections.of(body(text, encoding))).isEqualTo(expected);
        }
    }

    @Test
    void byteOrderMarkIsNoPartOfTheList() {
        String text = "\uFEFF{\"features\": [\"a:x\"]}";
        assertThat(selections.of(body(text))).isEqualTo(FeatureSelection.parse(List.of("a:x")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{\"features\": [\"a:x\"}",
                "{\"features\": [\"a:x\"",
                "{\"features\": [\"a:x\"]",
                "{\"features\": [\"a:x\"]} more",
                "{\"features\": [\"a:x\"]}{}",
                "{\"features\": [\"a:\\x\"]}",
                "{\"features\": [1]}",
                "{\"features\": [[\"a:x\"]]}",
                "{\"features\": \"a:x\"}"
            })
    void badBodiesAreRefusedEachTime(String text) {
        for (int time = 0; time < 2; time++) {
            assertThatExceptionOfType(BadInputException.class).isThrownBy(() -> selections.of(body(text)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"features\": []}", "{\"features\": null}", "{\"features\": [\"no reference\"]}"})
    void nothingToReadIsRefusedEachTime(String text) {
        for (int time = 0; time < 2; time++) {
            assertThatExceptionOfType(InvalidRequestException.class).isThrownBy(() -> selections.of(body(text)));
        }
    }
}
