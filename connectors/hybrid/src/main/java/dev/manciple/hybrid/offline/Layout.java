package dev.manciple.hybrid.offline;

import dev.manciple.error.InternalException;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.spi.HistoricalRequest;
import dev.manciple.spi.Spine;
import dev.manciple.spi.ViewSlice;
import dev.manciple.sql.Carriage;
import dev.manciple.sql.Column;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Which columns go to which child, which come back, and where they stand in the result. Known without having read a row.
 *
 * @param parts one per share of the request
 * @param output the entity rows' columns as users get them back, then the features in request order
 * @param features where each feature of the output comes from, in request order
 */
record Layout(List<Part> parts, Schema output, List<Source> features) {
    /**
     * @param thin the columns the child is sent: the row id, the time, and the join keys its views use
     * @param announced the columns it gives back: the row id, the others it was sent if it gives those back too, and its features
     */
    record Part(Share share, Schema thin, Schema announced) {
        /** The features, by type. */
        List<Field> features() {
            int count = share.slices().stream()
                    .mapToInt(slice -> slice.features().size())
                    .sum();
            List<Field> all = announced.getFields();
            return all.subList(all.size() - count, all.size());
        }
    }

    /** A feature's place among the features of one part. */
    record Source(int part, int feature) {}

    static Layout of(HistoricalRequest request, List<Share> shares, Schema spine, String timeColumn) {
        refuseReserved(spine);
        List<Part> parts = parts(request, shares, spine, timeColumn);
        Map<ViewSlice, Integer> ownerOf = new HashMap<>();
        for (int i = 0; i < shares.size(); i++) {
            for (ViewSlice slice : shares.get(i).slices()) {
                ownerOf.put(slice, i);
            }
        }
        int[] taken = new int[parts.size()];
        List<Field> fields = new ArrayList<>(
                Carriage.columns(spine).stream().map(Column::field).toList());
        Set<String> names = fields.stream().map(Field::getName).collect(Collectors.toCollection(HashSet::new));
        List<Source> features = new ArrayList<>();
        for (ViewSlice slice : request.slices()) {
            int part = ownerOf.getOrDefault(slice, 0);
            for (dev.manciple.model.Field feature : slice.features()) {
                String name = slice.outputColumn(feature, request.fullFeatureNames());
                if (!names.add(name)) {
                    throw new InvalidRequestException(
                            "Two output columns would be called '%s': ask for full feature names, or rename the column of the entity rows"
                                    .formatted(name));
                }
                Field given = parts.get(part).features().get(taken[part]);
                fields.add(new Field(name, given.getFieldType(), given.getChildren()));
                features.add(new Source(part, taken[part]++));
            }
        }
        return new Layout(parts, new Schema(fields), features);
    }

    private static void refuseReserved(Schema spine) {
        for (Field field : spine.getFields()) {
            if (Spine.isReserved(field.getName())) {
                throw new InvalidRequestException(
                        "The entity rows have a column '%s': names that start with '%s' are Manciple's own; rename it"
                                .formatted(field.getName(), Spine.RESERVED_PREFIX));
            }
        }
    }

    /** All children are asked for the types of their features at once. */
    private static List<Part> parts(HistoricalRequest request, List<Share> shares, Schema spine, String timeColumn) {
        return Fanout.ask(shares.stream()
                .map(share -> {
                    Schema thin = thin(share, spine, timeColumn);
                    return new Fanout.Question<>(
                            share.child(),
                            "describe the features",
                            () -> new Part(share, thin, announced(request, share, thin, timeColumn)));
                })
                .toList());
    }

    private static Schema thin(Share share, Schema spine, String timeColumn) {
        Set<String> wanted = new LinkedHashSet<>();
        wanted.add(timeColumn);
        for (ViewSlice slice : share.slices()) {
            slice.view().joinKeys().forEach(key -> wanted.add(slice.spineColumn(key)));
        }
        Map<String, Field> known = new HashMap<>();
        Carriage.columns(spine).forEach(column -> known.put(column.field().getName(), column.field()));
        List<Field> columns = new ArrayList<>();
        columns.add(SpineSpool.rowId(spine));
        for (String name : wanted) {
            Field column = known.get(name);
            if (column == null) {
                throw new InvalidRequestException("The entity rows have no column '%s', %s: they have %s"
                        .formatted(name, use(name, share, timeColumn), String.join(", ", known.keySet())));
            }
            columns.add(column);
        }
        return new Schema(columns);
    }

    private static String use(String column, Share share, String timeColumn) {
        return column.equals(timeColumn)
                ? "which is to hold their time"
                : share.slices().stream()
                        .filter(slice -> slice.view().joinKeys().stream()
                                .anyMatch(key -> slice.spineColumn(key).equals(column)))
                        .map(slice -> "the join key of feature view '%s'".formatted(slice.outputName()))
                        .findFirst()
                        .orElse("a join key");
    }

    /** The columns of the answer as the child itself announces them; asking reads no rows. */
    private static Schema announced(HistoricalRequest request, Share share, Schema thin, String timeColumn) {
        Spine.Rows announced = new Spine.Rows(thin, timeColumn, () -> {
            throw new InternalException("A job's schema must be known without the entity rows");
        });
        Schema schema = share.child()
                .store()
                .historicalFeatures(request(request, share, announced, false))
                .schema();
        int columns = schema.getFields().size();
        int features = share.slices().stream()
                .mapToInt(slice -> slice.features().size())
                .sum();
        if (columns != 1 + features && columns != thin.getFields().size() + features) {
            throw new InternalException("%s announces %d columns for %d of entity rows and %d features"
                    .formatted(share.child().title(), columns, thin.getFields().size(), features));
        }
        return schema;
    }

    /** A child's part of a request, over the columns it is sent, of which the row ids are all it has to give back, in any order. */
    static HistoricalRequest request(HistoricalRequest request, Share share, Spine.Rows rows, boolean filterByCreated) {
        return new HistoricalRequest(
                rows,
                share.slices(),
                request.fullFeatureNames(),
                new HistoricalRequest.Options(filterByCreated, false, true));
    }
}
