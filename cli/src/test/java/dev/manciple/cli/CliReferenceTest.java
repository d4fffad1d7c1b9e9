package dev.manciple.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of the command line says what the command line takes. */
class CliReferenceTest {
    private static final Path PAGE = Path.of("../docs/cli.md");
    private static final String START =
            "<!-- commands: written by CliReferenceTest, run with -Dmanciple.docs=write -->\n\n";
    private static final String END = "<!-- end of commands -->\n";

    @Test
    void theListOfCommandsHasASentenceForEach(@TempDir Path folder) {
        assertThat(Cli.in(folder).commands().getSubcommands().values())
                .filteredOn(command -> !command.getCommandSpec().usageMessage().hidden())
                .allSatisfy(command -> assertThat(
                                command.getCommandSpec().usageMessage().description()[0])
                        .as(command.getCommandName())
                        .endsWith("."));
    }

    @Test
    void everyCommandAndOptionIsInThePage(@TempDir Path folder) throws IOException {
        String page = Files.readString(PAGE);
        String expected = CliReference.of(Cli.in(folder).commands());
        int start = page.indexOf(START) + START.length();
        int end = page.indexOf(END);
        assertThat(end)
                .as("%s has both marks", PAGE)
                .isGreaterThanOrEqualTo(start)
                .isGreaterThan(START.length());
        if (System.getProperty("manciple.docs", "").equals("write")) {
            Files.writeString(PAGE, page.substring(0, start) + expected + page.substring(end));
            return;
        }
        assertThat(page.substring(start, end))
                .as("%s is out of date; run this test once with -Dmanciple.docs=write", PAGE)
                .isEqualTo(expected);
    }
}
