package dev.manciple.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.ParseResult;

class FeastShortNamesTest {
    private static ParseResult parse(String... arguments) {
        return Cli.in(Path.of("")).commands().parseArgs(arguments);
    }

    @ParameterizedTest
    @ValueSource(strings = {"serve", "serve_offline", "serve_registry"})
    void nameTheAddressAndTheFilesOfTls(String command) {
        ParseResult parsed = parse("-c", "repo", command, "-h", "0.0.0.0", "-p", "1", "-k", "tls.key", "-c", "tls.crt");

        assertThat(parsed.subcommand().matchedOptionValue("--host", "")).isEqualTo("0.0.0.0");
        assertThat(parsed.subcommand().matchedOptionValue("--cert", Path.of("")))
                .isEqualTo(Path.of("tls.crt"));
        assertThat(parsed.matchedOptionValue("--chdir", Path.of(""))).isEqualTo(Path.of("repo"));
        assertThat(parsed.subcommand().isUsageHelpRequested()).isFalse();
    }

    @Test
    void meanWhatTheyMeanElsewhereIfTheySayNoMore() {
        assertThat(parse("serve", "-h").subcommand().isUsageHelpRequested()).isTrue();
        assertThat(parse("serve", "-h", "-p", "1").subcommand().isUsageHelpRequested())
                .isTrue();
        assertThat(parse("serve", "-c", "repo").subcommand().matchedOptionValue("--chdir", Path.of("")))
                .isEqualTo(Path.of("repo"));
        assertThat(parse("serve", "--key=tls.key", "--cert=tls.crt", "-c", "repo")
                        .subcommand()
                        .matchedOptionValue("--chdir", Path.of("")))
                .isEqualTo(Path.of("repo"));
    }
}
