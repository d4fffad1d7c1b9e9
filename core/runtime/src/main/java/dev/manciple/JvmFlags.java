package dev.manciple;

import dev.manciple.error.ConfigException;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;

/** Arrow reaches into the JDK and cannot start without a flag; better told at once than by a failed class later. */
final class JvmFlags {
    private JvmFlags() {}

    static void check() {
        check(Object.class.getModule().isOpen("java.nio", BufferAllocator.class.getModule()));
    }

    static void check(boolean open) {
        if (!open) {
            throw new ConfigException(
                    "the command line of java",
                    List.of("Arrow needs one more flag. Add:\n    --add-opens=java.base/java.nio=ALL-UNNAMED"));
        }
    }
}
