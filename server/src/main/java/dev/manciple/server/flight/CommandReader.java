package dev.manciple.server.flight;

import dev.manciple.arrow.ArrowValues;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.FeatureRef;
import dev.manciple.model.ValueType;
import dev.manciple.server.JsonMistakes;
import dev.manciple.spi.Value;
import dev.manciple.wire.DataSourceJson;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Reads the JSON of a command. Parameters it does not know are left alone, as in Feast. */
final class CommandReader {
    private static final JsonMapper JSON = JsonMapper.shared();

    private static final Set<String> RETRIEVALS = Set.of(Command.Historical.API, Command.Pull.ALL, Command.Pull.LATEST);

    private final Map<String, @Nullable Object> parameters;

    private CommandReader(Map<String, @Nullable Object> parameters) {
        this.parameters = parameters;
    }

    /** @throws InvalidRequestException if the bytes are no command, or one that lacks a parameter */
    static Command read(byte[] bytes) {
        try {
            Object command = JSON.readValue(bytes, Object.class);
            if (!(command instanceof Map<?, ?> object)) {
                throw new InvalidRequestException("The command is JSON, but no object with the parameter 'api'");
            }
            Map<String, @Nullable Object> parameters = new LinkedHashMap<>();
            object.forEach((key, value) -> parameters.put(String.valueOf(key), value));
            CommandReader reader = new CommandReader(parameters);
            return reader.command(reader.text("api"));
        } catch (JacksonException e) {
            throw new InvalidRequestException("The command " + JsonMistakes.of(e), e);
        }
    }

    private Command command(String api) {
        return switch (api) {
            case Command.WriteBatch.API -> new Command.WriteBatch(onlyView());
            case Command.WriteLogs.API -> new Command.WriteLogs(text("feature_service_name"));
            case Command.Persist.API -> persist();
            case Command.Validate.API -> new Command.Validate(DataSourceJson.read(text("data_source_proto")));
            default -> get(api);
        };
    }

    private Command.Get get(String api) {
        return switch (api) {
            case Command.Historical.API -> historical();
            case Command.Pull.ALL -> pull(false);
            case Command.Pull.LATEST -> pull(true);
            case Command.Columns.API -> new Command.Columns(DataSourceJson.read(text("data_source_proto")));
            default -> throw new InvalidRequestException("The offline server has no api '%s'".formatted(api));
        };
    }

    private Command persist() {
        String retrieval = text("retrieve_func");
        if (!RETRIEVALS.contains(retrieval)) {
            throw new InvalidRequestException(
                    "retrieve_func is '%s', which gives no rows that can be persisted".formatted(retrieval));
        }
        return new Command.Persist(get(retrieval), target(retrieval), flag("allow_overwrite"));
    }

    /** Feast's protocol has one word for the source that is read and the one that is written, so its clients can say only one. */
    private String target(String retrieval) {
        if (retrieval.equals(Command.Historical.API)) {
            return text("data_source_name");
        }
        return optionalText("target_data_source_name")
                .orElseThrow(() -> new InvalidRequestException(
                        "Where the rows of %s are to be kept cannot be said in Feast's protocol: data_source_name is what is read. Read the rows and write them yourself"
                                .formatted(retrieval)));
    }

    private String onlyView() {
        List<String> views = texts("feature_view_names");
        if (views.size() != 1) {
            throw new InvalidRequestException(
                    "feature_view_names has to hold one name, but holds %d".formatted(views.size()));
        }
        return views.getFirst();
    }

    private Command.Historical historical() {
        return new Command.Historical(
                views(),
                texts("feature_refs").stream().map(CommandReader::reference).toList(),
                text("project"),
                flag("full_feature_names"),
                optionalText("entity_df_sql"),
                optionalText("event_timestamp_column"),
                parameters.get("filter_by_created_timestamp") != null && flag("filter_by_created_timestamp"),
                time("start_date"),
                time("end_date"));
    }

    private List<Command.View> views() {
        List<String> names = texts("feature_view_names");
        List<@Nullable Object> aliases = list("name_aliases", names.size());
        List<@Nullable Object> maps =
                parameters.get("join_key_maps") == null ? List.of() : list("join_key_maps", names.size());
        List<Command.View> views = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            Optional<String> alias = Optional.ofNullable(aliases.get(i)).map(each -> asText("name_aliases", each));
            views.add(new Command.View(
                    names.get(i), alias, maps.isEmpty() ? Optional.empty() : Optional.of(joinKeyMap(maps.get(i)))));
        }
        return views;
    }

    private static Map<String, String> joinKeyMap(@Nullable Object given) {
        if (!(given instanceof Map<?, ?> entries)) {
            throw new InvalidRequestException("join_key_maps has to be a list of objects from join key to column");
        }
        Map<String, String> map = new LinkedHashMap<>();
        entries.forEach((key, column) -> map.put(String.valueOf(key), asText("join_key_maps", column)));
        return map;
    }

    private static FeatureRef reference(String text) {
        try {
            return FeatureRef.parse(text);
        } catch (IllegalArgumentException e) {
            throw new InvalidRequestException(String.valueOf(e.getMessage()), e);
        }
    }

    private Command.Pull pull(boolean latestOnly) {
        return new Command.Pull(
                latestOnly,
                text("data_source_name"),
                texts("join_key_columns"),
                texts("feature_name_columns"),
                text("timestamp_field"),
                optionalText("created_timestamp_column"),
                time("start_date"),
                time("end_date"));
    }

    private String text(String key) {
        return optionalText(key)
                .orElseThrow(() -> new InvalidRequestException("%s is a mandatory parameter".formatted(key)));
    }

    private Optional<String> optionalText(String key) {
        return Optional.ofNullable(parameters.get(key)).map(value -> asText(key, value));
    }

    private static String asText(String key, @Nullable Object value) {
        if (value instanceof String text) {
            return text;
        }
        throw new InvalidRequestException("%s has to be text, not %s".formatted(key, value));
    }

    private boolean flag(String key) {
        return switch (parameters.get(key)) {
            case null -> throw new InvalidRequestException("%s is a mandatory parameter".formatted(key));
            case Boolean flag -> flag;
            case Object other ->
                throw new InvalidRequestException("%s has to be true or false, not %s".formatted(key, other));
        };
    }

    private List<String> texts(String key) {
        return switch (parameters.get(key)) {
            case null -> throw new InvalidRequestException("%s is a mandatory parameter".formatted(key));
            case List<?> list -> list.stream().map(each -> asText(key, each)).toList();
            case Object other -> throw new InvalidRequestException("%s has to be a list of texts".formatted(key));
        };
    }

    private List<@Nullable Object> list(String key, int size) {
        return switch (parameters.get(key)) {
            case null -> throw new InvalidRequestException("%s is a mandatory parameter".formatted(key));
            case List<?> list when list.size() == size -> new ArrayList<>(list);
            case Object other ->
                throw new InvalidRequestException(
                        "%s has to be a list as long as feature_view_names, which has %d".formatted(key, size));
        };
    }

    /** Python's ISO 8601; without a zone it is UTC, as in Feast, and a date is its midnight. */
    private Optional<Instant> time(String key) {
        return optionalText(key)
                .map(text -> ArrowValues.convert(new Value.Text(text), ValueType.Scalar.UNIX_TIMESTAMP, key))
                .map(value -> ((Value.Time) value).value());
    }
}
