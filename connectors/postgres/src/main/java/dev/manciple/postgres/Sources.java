package dev.manciple.postgres;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.SourceLocation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/** Feast's {@code PostgreSQLSource}, whose options the registry keeps as JSON with a name, a table and a query. */
final class Sources {
    /** The class the registry names. */
    static final String FEAST_CLASS =
            "feast.infra.offline_stores.contrib.postgres_offline_store.postgres_source.PostgreSQLSource";

    private static final String CLASS_NAME = ".PostgreSQLSource";
    private static final JsonFactory JSON = new JsonFactory();

    private Sources() {}

    /**
     * Feast's source as the table or query it is; other locations as they are. The table is taken where there are both.
     *
     * @param name what messages call it
     */
    static SourceLocation plain(SourceLocation location, String name) {
        if (!(location instanceof SourceLocation.Custom custom)
                || !custom.sourceClass().endsWith(CLASS_NAME)) {
            return location;
        }
        Map<String, String> options = options(custom.configuration(), name);
        String table = options.getOrDefault("table", "");
        String query = options.getOrDefault("query", "");
        if (table.isBlank() && query.isBlank()) {
            throw new InvalidRequestException("%s has neither a table nor a query".formatted(name));
        }
        return table.isBlank() ? new SourceLocation.Query(query) : new SourceLocation.Table(table);
    }

    private static Map<String, String> options(ByteBuffer configuration, String name) {
        byte[] bytes = new byte[configuration.remaining()];
        configuration.get(bytes);
        Map<String, String> options = new HashMap<>();
        try (JsonParser json = JSON.createParser(bytes)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new InvalidRequestException("The options of %s are not a JSON object".formatted(name));
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String key = json.currentName();
                if (json.nextToken() == JsonToken.VALUE_STRING) {
                    options.put(key, json.getText());
                }
                json.skipChildren();
            }
            return options;
        } catch (IOException e) {
            throw new InvalidRequestException("The options of %s are not JSON: %s".formatted(name, e.getMessage()), e);
        }
    }
}
