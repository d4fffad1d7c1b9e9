package dev.manciple.materialize;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.DataSource;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * The time columns of rows a caller brings for a view. Columns go by the view's names: those of the source, mapped. The times
 * may also go by the source's own names, as Feast lets definitions say either.
 */
record IngestColumns(String eventTime, Optional<String> createdTime) {
    /** What rows of a view without a batch source call their time; also Feast's usual name. */
    private static final String EVENT_TIMESTAMP = "event_timestamp";

    /** @throws InvalidRequestException naming every join key, feature and time that is missing */
    static IngestColumns of(FeatureView view, Schema schema) {
        List<String> names = schema.getFields().stream()
                .map(org.apache.arrow.vector.types.pojo.Field::getName)
                .toList();
        Optional<DataSource.Batch> source = view.batchSource();
        String declared = source.map(batch -> batch.time().event())
                .filter(event -> !event.isBlank())
                .orElse(EVENT_TIMESTAMP);
        Optional<String> eventTime = present(declared, source, names);
        List<String> missing = new ArrayList<>(Stream.concat(view.entityColumns().stream(), view.features().stream())
                .map(Field::name)
                .filter(name -> !names.contains(name))
                .distinct()
                .toList());
        if (eventTime.isEmpty()) {
            missing.add(declared + " (the event time)");
        }
        if (!missing.isEmpty()) {
            throw new InvalidRequestException("The rows lack columns of feature view '%s': %s. They have: %s"
                    .formatted(view.name(), String.join(", ", missing), String.join(", ", names)));
        }
        Optional<String> createdTime =
                source.flatMap(batch -> batch.time().created()).flatMap(created -> present(created, source, names));
        return new IngestColumns(eventTime.orElseThrow(), createdTime);
    }

    private static Optional<String> present(String declared, Optional<DataSource.Batch> source, List<String> names) {
        String mapped = source.map(batch -> batch.fieldMapping().getOrDefault(declared, declared))
                .orElse(declared);
        return Stream.of(mapped, declared).filter(names::contains).findFirst();
    }

    static String names(Schema schema) {
        return schema.getFields().stream()
                .map(org.apache.arrow.vector.types.pojo.Field::getName)
                .collect(Collectors.joining(", "));
    }
}
