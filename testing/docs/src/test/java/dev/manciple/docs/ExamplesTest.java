package dev.manciple.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Code on the pages about stores of one's own that says which file it is from is in that file. */
class ExamplesTest {
    @ParameterizedTest
    @ValueSource(strings = {"custom-offline-store.md", "custom-online-store.md"})
    void areTakenFromTheCode(String name) throws IOException {
        Page page = Page.of(name);

        assertThat(page.excerpts()).hasSizeGreaterThan(1);
        for (Page.Excerpt excerpt : page.excerpts()) {
            assertThat(unindented(Files.readString(excerpt.source())))
                    .as("%s", excerpt.source())
                    .contains(unindented(excerpt.code()));
        }
    }

    @Test
    void areAllTheCodeOfThePageThatWalksThroughAProject() {
        Page page = Page.of("custom-offline-store.md");

        assertThat(page.blocks("java"))
                .isSubsetOf(page.excerpts().stream().map(Page.Excerpt::code).toList());
    }

    private static String unindented(String code) {
        return code.lines().map(String::strip).collect(Collectors.joining("\n"));
    }
}
