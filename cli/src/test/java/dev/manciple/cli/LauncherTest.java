package dev.manciple.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The launcher of the distribution, as a process of its own over the classes of this build. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
    @TempDir
    Path folder;

    private Path launcher;

    @BeforeEach
    void distribution() throws IOException {
        script("find-java.sh");
        launcher = script("manciple");
        Path lib = Files.createDirectories(folder.resolve("home/lib"));
        classPathJar(lib.resolve("all.jar"));
    }

    private Path script(String name) throws IOException {
        return Processes.script(folder.resolve("home/bin").resolve(name), Path.of("src/main/distribution/bin", name));
    }

    @Test
    void startsFromAnyFolderThroughASymbolicLink() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("home/bin/manciple"));
        Path chained = Files.createSymbolicLink(folder.resolve("chained"), link);
        Processes.Outcome outcome = Processes.run(Path.of("/"), chained.toString(), "version");
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out()).startsWith("Manciple ").contains("Java " + Runtime.version());
        assertThat(outcome.code()).isZero();
    }

    /** As after the distribution was moved: its cache tells of jars that are elsewhere. */
    @Test
    void aCacheThatDoesNotFitIsIgnoredWithoutAWord() throws Exception {
        Path cache = folder.resolve("home/lib/manciple.aot");
        Processes.Outcome made =
                Processes.run(folder, "env", "MANCIPLE_AOT_OUTPUT=" + cache, launcher.toString(), "version");
        assertThat(made.code()).as(made.err()).isZero();
        assertThat(cache).isNotEmptyFile();
        Path moved = Files.move(folder.resolve("home"), folder.resolve("moved"));
        Processes.Outcome outcome =
                Processes.run(folder, moved.resolve("bin/manciple").toString(), "version");
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out()).startsWith("Manciple ");
    }

    @Test
    void takesTheRepositoryAttachedAndApart() throws Exception {
        for (String[] chdir : new String[][] {{"-cnowhere"}, {"-c", "nowhere"}, {"--chdir=nowhere"}}) {
            String[] command = Stream.concat(
                            Stream.of(launcher.toString()),
                            Stream.concat(Arrays.stream(chdir), Stream.of("entities", "list")))
                    .toArray(String[]::new);
            Processes.Outcome outcome = Processes.run(folder, command);
            assertThat(outcome.code()).isEqualTo(1);
            assertThat(outcome.err())
                    .contains(folder.resolve("nowhere/feature_store.yaml").toString());
        }
    }

    @Test
    void usesTheNewestJavaWhereTheChosenOneIsTooOld() throws Exception {
        Path old = Files.createDirectories(folder.resolve("old/bin"));
        Processes.script(old.resolve("java"), "#!/bin/sh\necho too old\n");
        Files.writeString(folder.resolve("old/release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"17.0.15\"\n");
        Path newest = folder.resolve("user/.jdks/newest");
        Processes.script(
                newest.resolve("bin/java"),
                "#!/bin/sh\necho \"$0\" >&2\nexec %s/bin/java \"$@\"\n".formatted(System.getProperty("java.home")));
        Files.writeString(newest.resolve("release"), "JAVA_VERSION=\"99.0.1\"\n");
        Processes.Outcome outcome = Processes.run(
                folder,
                "env",
                "JAVA_HOME=" + folder.resolve("old"),
                "HOME=" + folder.resolve("user"),
                launcher.toString(),
                "version");
        assertThat(outcome.err().strip()).isEqualTo(newest.resolve("bin/java").toString());
        assertThat(outcome.out()).startsWith("Manciple ");
    }

    private static void classPathJar(Path jar) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toUri().toString())
                .collect(Collectors.joining(" "));
        manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, classPath);
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out, manifest)) {
            entries.finish();
        }
    }
}
