package dev.manciple.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Says which Manciple this is, which Feast it speaks and which Java runs it. */
@Command(name = "version", description = "Show the version of Manciple, and of Feast whose formats it speaks.")
final class VersionCommand implements Callable<Integer> {
    private static final String FEAST = "0.66";

    private final Session session;

    VersionCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        Map<String, Object> versions = new LinkedHashMap<>();
        versions.put("manciple", version());
        versions.put("feast", FEAST);
        versions.put("java", Runtime.version().toString());
        if (session.json()) {
            session.printer().json(versions);
        } else {
            session.printer().line(sentence());
        }
        return 0;
    }

    /** What {@code --version} prints too. */
    static String sentence() {
        return "Manciple %s (speaks Feast %s; Java %s)".formatted(version(), FEAST, Runtime.version());
    }

    static String version() {
        Properties build = new Properties();
        try (InputStream stream = VersionCommand.class.getResourceAsStream("build.properties")) {
            build.load(stream);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return build.getProperty("version");
    }
}
