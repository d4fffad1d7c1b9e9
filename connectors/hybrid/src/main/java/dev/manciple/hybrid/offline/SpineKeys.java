package dev.manciple.hybrid.offline;

import dev.manciple.spi.PullRequest;
import dev.manciple.spi.ViewSlice;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * The keys of the entity rows, where they are so few that a store does better to send the rows of those alone.
 *
 * @param thin the columns the keys are among
 */
record SpineKeys(SpineSpool spool, Schema thin, Meter meter) {
    /** More than this cost a store more to look for than most sources have rows of others. */
    private static final long MOST = 100_000;

    Optional<PullRequest.Keys> of(ViewSlice slice) {
        List<String> names =
                slice.view().joinKeys().stream().map(slice::spineColumn).toList();
        List<Field> fields = names.stream().map(thin::findField).toList();
        boolean plain = !names.isEmpty()
                && new HashSet<>(names).size() == names.size()
                && fields.stream().allMatch(field -> isPlain(field.getType()));
        if (!plain) {
            return Optional.empty();
        }
        long count = spool.different(names);
        Schema schema = new Schema(fields);
        return count > MOST
                ? Optional.empty()
                : Optional.of(new PullRequest.Keys(schema, count, () -> spool.distinct(schema, meter)));
    }

    /** Types that every store compares alike, whatever a row of another key would cost. */
    private static boolean isPlain(ArrowType type) {
        return switch (type) {
            case ArrowType.Int whole -> true;
            case ArrowType.Utf8 text -> true;
            case ArrowType.LargeUtf8 text -> true;
            case ArrowType.Bool bool -> true;
            case ArrowType other -> false;
        };
    }
}
