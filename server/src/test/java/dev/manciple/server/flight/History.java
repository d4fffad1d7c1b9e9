package dev.manciple.server.flight;

import dev.manciple.model.Field;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.spi.Value;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The historical request that most tests send, and the entity rows they send with it. */
final class History {
    /** The columns of entity rows. */
    static final List<Field> ASKED =
            List.of(Field.of("driver_id", Scalar.INT64), Field.of("event_timestamp", Scalar.UNIX_TIMESTAMP));

    /** After all that is known of driver 1001. */
    static final List<Value> ROW = List.of(new Value.Int(1001), new Value.Time(Instant.parse("2024-06-01T00:00:00Z")));

    private History() {}

    /** @param more parameters with their values, instead of those there are and beside them */
    static Map<String, Object> historical(Object... more) {
        Map<String, Object> command = Client.command(
                "get_historical_features",
                "feature_view_names",
                List.of("driver_stats"),
                "feature_refs",
                List.of("driver_stats:trips", "driver_stats:name"),
                "project",
                "rides",
                "full_feature_names",
                false,
                "name_aliases",
                aliases(null));
        for (int i = 0; i < more.length; i += 2) {
            command.put(String.valueOf(more[i]), more[i + 1]);
        }
        return command;
    }

    static List<@Nullable String> aliases(@Nullable String alias) {
        List<@Nullable String> aliases = new ArrayList<>();
        aliases.add(alias);
        return aliases;
    }
}
