package dev.manciple.examples.hybrid;

import dev.manciple.cli.Main;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;

/**
 * Runs {@code manciple demo --postgres} against a PostgreSQL server that comes from Maven's repository, listens on this machine
 * only, and ends with this process. Whoever has a server gives its URL to that command and needs nothing of this.
 */
public final class HybridDemo {
    private HybridDemo() {}

    /** @param args where the repository goes, if not to {@code manciple-demo} */
    public static void main(String[] args) throws IOException {
        // Stopped by its own shutdown hook: the command ends the process.
        EmbeddedPostgres server = EmbeddedPostgres.start();
        String url = "postgresql://postgres@localhost:%d/postgres".formatted(server.getPort());
        String folder = args.length == 0 ? "manciple-demo" : args[0];
        Main.main(new String[] {"demo", folder, "--postgres", url});
    }
}
