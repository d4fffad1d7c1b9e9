package dev.manciple.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The launcher at the project's root: when it builds, and what it hands on. The build itself is a stand-in. */
@DisabledOnOs(OS.WINDOWS)
class RootLauncherTest {
    /** Makes a distribution that says what it was called with, and counts the builds. */
    private static final String BUILD = """
            #!/usr/bin/env bash
            set -e
            echo built >> builds
            mkdir -p cli/target/quick/manciple/bin cli/target/quick/manciple/lib
            printf '#!/usr/bin/env bash\\necho "called:" "$@"\\n' > cli/target/quick/manciple/bin/manciple
            chmod +x cli/target/quick/manciple/bin/manciple
            """;

    @TempDir
    Path folder;

    private Path root;
    private Path launcher;

    @BeforeEach
    void project() throws IOException {
        root = Files.createDirectory(folder.resolve("project"));
        launcher = Processes.script(root.resolve("manciple"), Path.of("../manciple"));
        Processes.script(root.resolve("mvnw"), BUILD);
        for (String module : new String[] {"core/spi", "connectors/duckdb", "server", "cli"}) {
            Path source = Files.createDirectories(root.resolve(module).resolve("src/main/java"));
            Files.writeString(root.resolve(module).resolve("pom.xml"), "<project/>");
            Files.writeString(source.resolve("A.java"), "class A {}");
        }
        Files.writeString(root.resolve("pom.xml"), "<project/>");
    }

    @Test
    void buildsOnFirstUseAndSaysSoInOneLine() throws Exception {
        Processes.Outcome outcome = Processes.run(folder, launcher.toString(), "-cREPO", "apply", "a b");
        assertThat(outcome.out()).isEqualTo("called: -cREPO apply a b\n");
        assertThat(outcome.err()).startsWith("Building Manciple").hasLineCount(1);
        assertThat(outcome.code()).isZero();
        assertThat(Processes.run(folder, launcher.toString(), "plan").err()).isEmpty();
        assertThat(builds()).isEqualTo(1);
    }

    @Test
    void worksThroughASymbolicLink() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("m"), Path.of("project/manciple"));
        assertThat(Processes.run(folder, link.toString(), "plan").out()).isEqualTo("called: plan\n");
    }

    @Test
    void buildsAgainAfterASourceChangedOrWasDeleted() throws Exception {
        Processes.run(folder, launcher.toString());
        Path source = root.resolve("core/spi/src/main/java/A.java");
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(5)));
        Processes.run(folder, launcher.toString());
        assertThat(builds()).isEqualTo(2);
        Files.setLastModifiedTime(source, FileTime.from(Instant.EPOCH));
        Files.delete(root.resolve("cli/src/main/java/A.java"));
        Files.setLastModifiedTime(
                root.resolve("cli/src/main/java"), FileTime.from(Instant.now().plusSeconds(5)));
        Processes.run(folder, launcher.toString());
        assertThat(builds()).isEqualTo(3);
    }

    @Test
    void showsWhyABuildFailedAndTriesAgainNextTime() throws Exception {
        Processes.script(root.resolve("mvnw"), "#!/usr/bin/env bash\necho the reason >&2\nexit 3\n");
        Processes.Outcome failed = Processes.run(folder, launcher.toString(), "plan");
        assertThat(failed.code()).isEqualTo(1);
        assertThat(failed.err()).contains("the reason").contains("manciple: the build failed");
        Processes.script(root.resolve("mvnw"), BUILD);
        assertThat(Processes.run(folder, launcher.toString(), "plan").out()).isEqualTo("called: plan\n");
    }

    private int builds() throws IOException {
        return Files.readAllLines(root.resolve("builds")).size();
    }
}
