package dev.manciple.mysql;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Gives tests the server they share. */
final class WithServer implements BeforeAllCallback {
    private @Nullable TestServer server;

    @Override
    public void beforeAll(ExtensionContext context) {
        server = TestServer.shared(context);
    }

    TestServer server() {
        return Objects.requireNonNull(server);
    }
}
