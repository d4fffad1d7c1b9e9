package dev.manciple.servers;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Starts a server for a program that is not Java: prints its port on a line of its own, and stops it when its input ends, which it
 * does at the latest with the program that started it.
 */
public final class Main {
    private Main() {}

    /** @param arguments which of the servers, and a folder for its files */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path folder = Path.of(arguments[1]);
        try (RunningServer server = start(Kind.valueOf(arguments[0].toUpperCase(Locale.ROOT)), folder)) {
            System.out.println(server.port());
            System.in.transferTo(OutputStream.nullOutputStream());
        }
    }

    private enum Kind {
        REDIS,
        POSTGRES,
        MYSQL,
        CASSANDRA,
        DYNAMODB,
        BIGTABLE
    }

    private static RunningServer start(Kind kind, Path folder) throws IOException, InterruptedException {
        return switch (kind) {
            case REDIS -> Servers.redis();
            case POSTGRES -> Servers.postgres();
            case MYSQL -> MariaDb.start();
            case CASSANDRA -> Servers.cassandra(folder);
            case DYNAMODB -> Servers.dynamodb(folder);
            case BIGTABLE -> Servers.bigtable();
        };
    }
}
