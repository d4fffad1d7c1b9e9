package dev.manciple.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The code on the pages about stores of one's own is that of the projects they walk through. */
class ExamplesTest {
    @ParameterizedTest
    @ValueSource(strings = "custom-offline-store.md")
    void areTakenFromTheProject(String name) throws IOException {
        Page page = Page.of(name);

        assertThat(page.excerpts()).hasSizeGreaterThan(5);
        assertThat(page.blocks("java"))
                .as("code without a line that says where it is from")
                .isSubsetOf(page.excerpts().stream().map(Page.Excerpt::code).toList());
        for (Page.Excerpt excerpt : page.excerpts()) {
            assertThat(unindented(Files.readString(excerpt.source())))
                    .as("%s", excerpt.source())
                    .contains(unindented(excerpt.code()));
        }
    }

    private static String unindented(String code) {
        return code.lines().map(String::strip).collect(Collectors.joining("\n"));
    }
}
