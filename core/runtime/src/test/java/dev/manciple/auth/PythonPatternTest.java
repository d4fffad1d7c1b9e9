package dev.manciple.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PythonPatternTest {
    private static final Pattern ESCAPE = Pattern.compile("\\\\(?:u([0-9a-f]{4})|.)");

    /** Each pattern of the table with every text, and what Python says. */
    static Stream<Arguments> table() throws IOException {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(PythonPatternTest.class.getResourceAsStream("python-patterns.txt")),
                StandardCharsets.UTF_8))) {
            List<String[]> rows = lines.lines()
                    .filter(line -> !line.startsWith("# "))
                    .map(line -> line.split("\t", -1))
                    .toList();
            List<String> texts =
                    Stream.of(rows.getFirst()).map(PythonPatternTest::read).toList();
            return rows.stream().skip(1).map(row -> Arguments.of(read(row[0]), row[1], texts));
        }
    }

    private static String read(String escaped) {
        return ESCAPE.matcher(escaped).replaceAll(escape -> java.util.regex.Matcher.quoteReplacement(meant(escape)));
    }

    private static String meant(MatchResult escape) {
        return escape.group(1) == null
                ? escape.group().translateEscapes()
                : Character.toString(Integer.parseInt(escape.group(1), 16));
    }

    @ParameterizedTest(name = "pattern {0}")
    @MethodSource("table")
    void matchesWhatItMatchesInPython(String pattern, String python, List<String> texts) {
        if (python.startsWith("error")) {
            assertThatThrownBy(() -> PythonPattern.compile(pattern)).isInstanceOf(PatternSyntaxException.class);
            return;
        }
        if (pattern.contains("(?(")) {
            assertThatThrownBy(() -> PythonPattern.compile(pattern))
                    .hasMessageContaining("write both cases as alternatives");
            return;
        }
        Pattern java = PythonPattern.compile(pattern);
        for (int i = 0; i < texts.size(); i++) {
            assertThat(java.matcher(texts.get(i)).matches())
                    .as("whether '%s', which is %s here, matches '%s'", pattern, java, texts.get(i))
                    .isEqualTo(python.charAt(i) == '1');
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '\t', textBlock = """
            (?P<n>a)?(?(n)b)	asks whether a group has matched
            a(?i)b	flags for the whole expression stand at its start
            (a	a '(' is not closed
            a)	a ')' closes nothing
            [a	a class of characters does not end
            \\p{L}	'\\p' has no meaning
            *a	'*' has nothing to repeat
            a**	'*' repeats what is repeated already
            (a)\\2	group 2 is referred to before it ends, or is none
            a{256}	'256' is more often than anything can be in a name: 255 times is the most
            a{1,99999999999}	'1,99999999999' is more often
            (?P=n)	there is no group 'n' before it is referred to
            """)
    void saysWhatIsWrong(String pattern, String sentence) {
        assertThatThrownBy(() -> PythonPattern.compile(pattern))
                .isInstanceOfSatisfying(
                        PatternSyntaxException.class,
                        refusal -> assertThat(refusal.getDescription()).contains(sentence));
    }

    @Test
    void readsCategoriesAsPythonDoes() {
        Pattern word = PythonPattern.compile("\\w");
        Pattern digit = PythonPattern.compile("\\d");
        assertThat(word.matcher("\u0301").matches())
                .as("a mark is no part of a word")
                .isFalse();
        assertThat(word.matcher("\u203f").matches())
                .as("nor is another connector")
                .isFalse();
        assertThat(digit.matcher("\u0663").matches()).isTrue();
        assertThat(digit.matcher("\u00b2").matches()).isFalse();
    }
}
