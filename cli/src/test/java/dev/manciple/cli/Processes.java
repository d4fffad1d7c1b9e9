package dev.manciple.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;

/** Child processes of tests. */
final class Processes {
    private Processes() {}

    record Outcome(int code, String out, String err) {}

    static Outcome run(Path folder, String... command) throws IOException, InterruptedException {
        return run(folder, Map.of(), List.of(command));
    }

    static Outcome run(Path folder, Map<String, String> environment, List<String> command)
            throws IOException, InterruptedException {
        Path err = Files.createTempFile("err", ".txt");
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectError(err.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = process.waitFor();
        Outcome outcome = new Outcome(code, out, Files.readString(err));
        Files.delete(err);
        return outcome;
    }

    /** Copies a script, so that it finds what the test puts around it. */
    static Path script(Path target, Path original) throws IOException {
        return script(target, Files.readString(original));
    }

    static Path script(Path target, String text) throws IOException {
        Files.createDirectories(target.getParent());
        Files.writeString(target, text);
        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwxr-xr-x"));
        return target;
    }
}
