package dev.manciple.server.flight;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The types of pandas that a client's columns were of, where Arrow's do not tell: without them whole numbers with nulls become
 * floating point again, which changes those beyond 2^53. Noted in the schema as pandas does, so that its reader finds them in the
 * answer. Whatever cannot be understood is left out; no call fails for it.
 *
 * @param columns by name
 */
record PandasTypes(Map<String, Column> columns) {
    static final PandasTypes NONE = new PandasTypes(Map.of());

    /** Where a schema's metadata has what pandas says, as JSON. */
    static final String KEY = "pandas";

    private static final JsonMapper JSON = JsonMapper.shared();

    /** Several thousand columns. */
    private static final int MOST_CHARACTERS = 4 << 20;

    /** Types beyond NumPy's that pandas makes of any column of the Arrow type they go with. */
    private static final Pattern EXTENSION =
            Pattern.compile("(UInt|Int|Float)\\d{1,2}|boolean|string(\\[\\w{1,20}])?|[a-z]{1,10}\\d{0,2}\\[pyarrow]");

    private static final Pattern WORD = Pattern.compile("\\w{1,20}");

    PandasTypes {
        columns = Map.copyOf(columns);
    }

    /**
     * @param kind what pandas calls the values
     * @param type what pandas calls the type
     * @param sent what the column came as
     */
    record Column(String kind, String type, ArrowType sent) {
        private boolean isOf(Field answered) {
            return answered.getDictionary() == null
                    && (answered.getType().equals(sent) || (isText(answered.getType()) && isText(sent)));
        }

        private static boolean isText(ArrowType type) {
            return type instanceof ArrowType.Utf8
                    || type instanceof ArrowType.LargeUtf8
                    || type instanceof ArrowType.Utf8View;
        }
    }

    /** What a client says of the columns it sends. */
    static PandasTypes of(Schema sent) {
        String said = sent.getCustomMetadata().get(KEY);
        if (said == null || said.length() > MOST_CHARACTERS) {
            return NONE;
        }
        Map<String, ArrowType> types = new LinkedHashMap<>();
        sent.getFields().stream()
                .filter(field -> field.getDictionary() == null)
                .forEach(field -> types.put(field.getName(), field.getType()));
        Map<String, Column> columns = new LinkedHashMap<>();
        try {
            for (JsonNode column : JSON.readTree(said).path("columns")) {
                String name = text(column, "field_name");
                ArrowType came = types.get(name);
                String kind = text(column, "pandas_type");
                String type = text(column, "numpy_type");
                if (came != null
                        && WORD.matcher(kind).matches()
                        && EXTENSION.matcher(type).matches()) {
                    columns.put(name, new Column(kind, type, came));
                }
            }
        } catch (JacksonException e) {
            return NONE;
        }
        return new PandasTypes(columns);
    }

    private static String text(JsonNode column, String key) {
        return column.path(key).asString("");
    }

    /** An answer's schema with what pandas is to make of the columns that were sent and come back as they were. */
    Schema notedIn(Schema answered) {
        ObjectNode said = JSON.createObjectNode();
        said.putArray("index_columns");
        said.putArray("column_indexes");
        ArrayNode noted = said.putArray("columns");
        for (Field field : answered.getFields()) {
            Column column = columns.get(field.getName());
            if (column != null && column.isOf(field)) {
                noted.addObject()
                        .put("name", field.getName())
                        .put("field_name", field.getName())
                        .put("pandas_type", column.kind())
                        .put("numpy_type", column.type())
                        .putNull("metadata");
            }
        }
        if (noted.isEmpty()) {
            return answered;
        }
        Map<String, String> metadata = new LinkedHashMap<>(answered.getCustomMetadata());
        metadata.put(KEY, JSON.writeValueAsString(said));
        return new Schema(answered.getFields(), metadata);
    }
}
