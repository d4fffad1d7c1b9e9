package dev.manciple.bigtable;

import com.google.common.hash.Hashing;
import dev.manciple.model.FeatureView;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Names of tables, as Feast makes them: one per project and set of entities, whose names are joined by dashes; what is too long
 * becomes a hash.
 */
final class TableName {
    private static final int LONGEST = 50;
    private static final int LONGEST_ENTITIES = 24;
    private static final int PROJECT_START = 10;
    private static final String NO_ENTITIES = "__dummy";

    /** The service takes no other names, so that Feast fails with them. */
    private static final Pattern PART = Pattern.compile("[A-Za-z0-9_.-]*");

    private TableName() {}

    static String of(String project, FeatureView view) {
        String entities = entities(view);
        return project(project, LONGEST - entities.length() - 1) + "." + entities;
    }

    private static String entities(FeatureView view) {
        String joined = view.entities().isEmpty()
                ? NO_ENTITIES
                : view.entities().stream().sorted(TableName::byCodePoint).collect(Collectors.joining("-"));
        return joined.codePointCount(0, joined.length()) > LONGEST_ENTITIES
                        || !PART.matcher(joined).matches()
                ? md5(joined).substring(0, LONGEST_ENTITIES)
                : joined;
    }

    private static String project(String project, int longest) {
        if (project.length() <= longest && PART.matcher(project).matches()) {
            return project;
        }
        String start = project.substring(0, Math.min(PROJECT_START, project.length()));
        String readable = PART.matcher(start).matches() ? start : "project";
        String hash = md5(project);
        return readable + "_" + hash.substring(0, Math.min(hash.length(), longest - PROJECT_START - 1));
    }

    /** Python's order of texts. */
    private static int byCodePoint(String a, String b) {
        int[] left = a.codePoints().toArray();
        int[] right = b.codePoints().toArray();
        return Arrays.compare(left, right);
    }

    /** Feast's choice; it only tells names apart. */
    @SuppressWarnings("deprecation")
    private static String md5(String text) {
        return Hashing.md5().hashString(text, StandardCharsets.UTF_8).toString();
    }
}
