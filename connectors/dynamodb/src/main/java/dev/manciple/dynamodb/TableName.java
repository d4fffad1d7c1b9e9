package dev.manciple.dynamodb;

import dev.manciple.model.FeatureView;
import dev.manciple.wire.EntityKeyCodec;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** Names of tables, after Feast's template. */
final class TableName {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{3,255}");
    private static final Pattern NOT_IN_NAMES = Pattern.compile("[^A-Za-z0-9_.-]");
    private static final int READABLE = 200;

    private TableName() {}

    /** Names the service refuses, and so Feast too, keep what is readable of them, made unique by a hash. */
    static String of(String template, String project, FeatureView view) {
        String wanted = template.replace("{project}", project).replace("{table_name}", view.name());
        if (NAME.matcher(wanted).matches()) {
            return wanted;
        }
        String readable = NOT_IN_NAMES.matcher(wanted).replaceAll("_");
        return readable.substring(0, Math.min(READABLE, readable.length())) + "_"
                + EntityKeyCodec.entityId(wanted.getBytes(StandardCharsets.UTF_8));
    }
}
