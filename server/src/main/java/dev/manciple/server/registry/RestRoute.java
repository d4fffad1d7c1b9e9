package dev.manciple.server.registry;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one REST route that changes nothing answers: a JSON object. */
@FunctionalInterface
interface RestRoute {
    /** @param reads what the caller may see */
    Map<String, @Nullable Object> answer(RegistryReads reads, RestQuery query);
}
