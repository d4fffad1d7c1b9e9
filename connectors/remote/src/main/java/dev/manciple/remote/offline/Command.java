package dev.manciple.remote.offline;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.apache.arrow.flight.FlightDescriptor;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** One call, in the words of Feast's offline server (Feast: online serving, 7.1). No two are the same. */
record Command(FlightDescriptor descriptor) {
    private static final JsonMapper JSON = JsonMapper.shared();

    static Command of(String api, Map<String, ? extends @Nullable Object> parameters) {
        Map<String, @Nullable Object> command = new LinkedHashMap<>();
        command.put("command_id", UUID.randomUUID().toString());
        command.put("api", api);
        command.putAll(parameters);
        return new Command(FlightDescriptor.command(JSON.writeValueAsBytes(command)));
    }
}
