package dev.manciple.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a newcomer copies from the front page works as it stands there, line by line. */
class ReadmeTest {
    private static final Path PAGE = Path.of("../README.md");
    private static final String PROGRAM = "./manciple ";

    @Test
    void theCommandsOfTheFrontPageRunOneAfterTheOther(@TempDir Path folder) throws IOException {
        List<String> commands = commands();
        assertThat(commands).hasSizeGreaterThan(5).last().asString().endsWith("serve");
        for (String command : commands.subList(0, commands.size() - 1)) {
            Cli.Result result = Cli.in(folder).run(command.split(" +", -1));
            assertThat(result.code())
                    .as("%s%s%n%s", PROGRAM, command, result.err())
                    .isZero();
        }
        assertThat(folder.resolve("training.parquet")).isNotEmptyFile();
    }

    private static List<String> commands() throws IOException {
        String page = Files.readString(PAGE);
        String use = page.substring(page.indexOf("## Use it"));
        String block = use.substring(use.indexOf("```console\n"), use.indexOf("```\n"));
        return block.lines()
                .filter(line -> line.startsWith(PROGRAM))
                .map(line -> line.substring(PROGRAM.length())
                        .replaceFirst(" #.*", "")
                        .replace("$(date +%F)", LocalDate.now(ZoneOffset.UTC).toString())
                        .strip())
                .toList();
    }
}
