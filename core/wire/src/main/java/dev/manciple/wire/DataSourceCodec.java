package dev.manciple.wire;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.About;
import dev.manciple.model.DataSource;
import dev.manciple.model.DataSource.Batch;
import dev.manciple.model.DataSource.Push;
import dev.manciple.model.DataSource.Request;
import dev.manciple.model.DataSource.Stream;
import dev.manciple.model.Extras;
import dev.manciple.model.Field;
import dev.manciple.model.SourceLocation;
import dev.manciple.model.TimeColumns;
import dev.manciple.wire.proto.DataSourceProto;
import dev.manciple.wire.proto.DataSourceProto.DataSource.OptionsCase;
import dev.manciple.wire.proto.DataSourceProto.DataSource.PushOptions;
import dev.manciple.wire.proto.DataSourceProto.DataSource.RequestDataOptions;
import dev.manciple.wire.proto.DataSourceProto.DataSource.SourceType;
import dev.manciple.wire.proto.FeatureProto.FeatureSpecV2;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Data sources, alone and nested in views and other sources. Feast always names the Python class of a source, except inside
 * projections and on demand views; built-in classes follow from the type, others are part of the location.
 */
final class DataSourceCodec {
    private DataSourceCodec() {}

    /** @throws NotModelledException if the source is of a kind the model lacks */
    static DataSource decode(DataSourceProto.DataSource source) {
        return switch (source.getType()) {
            case REQUEST_SOURCE ->
                new Request(name(source), requestSchema(source.getRequestDataOptions()), about(source), extras(source));
            case PUSH_SOURCE -> new Push(name(source), history(source), about(source), extras(source));
            case STREAM_KAFKA, STREAM_KINESIS ->
                new Stream(
                        name(source),
                        SourceClasses.of(source.getType()).orElseThrow().type(),
                        StreamOptions.decode(source),
                        history(source),
                        about(source),
                        extras(source));
            case BATCH_FILE,
                    BATCH_SNOWFLAKE,
                    BATCH_BIGQUERY,
                    BATCH_REDSHIFT,
                    BATCH_TRINO,
                    BATCH_SPARK,
                    BATCH_ATHENA,
                    BATCH_ICEBERG,
                    CUSTOM_SOURCE -> decodeBatch(source);
            case INVALID, UNRECOGNIZED ->
                throw new NotModelledException(
                        "Data source '%s' is of the kind %d".formatted(source.getName(), source.getTypeValue()));
        };
    }

    /** @throws NotModelledException if the source is no batch source */
    static Batch decodeBatch(DataSourceProto.DataSource source) {
        SourceLocation location = LocationCodec.decode(source);
        TimeColumns time = new TimeColumns(
                source.getTimestampField(),
                nonEmpty(source.getCreatedTimestampColumn()),
                nonEmpty(source.getDatePartitionColumn()));
        return new Batch(
                name(source), type(source), location, time, source.getFieldMappingMap(), about(source), extras(source));
    }

    /** A source with its class and without a project, written over what is stored. */
    static DataSourceProto.DataSource encode(DataSource source, DataSourceProto.DataSource stored) {
        if (says(stored, source)) {
            return stored;
        }
        Extras extras = stored.equals(DataSourceProto.DataSource.getDefaultInstance()) ? Extras.NONE : extras(stored);
        DataSourceProto.DataSource.Builder out = Unmodelled.base(extras(source), extras, stored.toBuilder())
                .setName(source.name())
                .setDescription(source.about().description())
                .setOwner(source.about().owner())
                .clearTags()
                .putAllTags(StoredMaps.write(tags(source), stored.getTagsMap()));
        switch (source) {
            case Batch batch -> encode(batch, out);
            case Stream stream -> encode(stream, out);
            case Push push -> encode(push, out);
            case Request request -> encode(request, out);
        }
        return out.build();
    }

    /** As projections hold it: without the class where the type says it all. */
    static DataSourceProto.DataSource withoutClass(DataSourceProto.DataSource source) {
        return SourceClasses.of(source.getType()).isEmpty()
                ? source
                : source.toBuilder().clearDataSourceClassType().build();
    }

    /** With the class of each source within it whose type says what that is, as lists of sources and views hold them. */
    static DataSourceProto.DataSource withClass(DataSourceProto.DataSource source) {
        DataSourceProto.DataSource.Builder out = source.toBuilder();
        if (source.getDataSourceClassType().isEmpty()) {
            SourceClasses.of(source.getType()).ifPresent(known -> out.setDataSourceClassType(known.className));
        }
        if (source.hasBatchSource()) {
            out.setBatchSource(withClass(source.getBatchSource()));
        }
        return out.build();
    }

    private static boolean says(DataSourceProto.DataSource stored, DataSource wanted) {
        if (stored.equals(DataSourceProto.DataSource.getDefaultInstance())) {
            return false;
        }
        try {
            DataSource decoded = decode(stored);
            return decoded.equals(wanted) || bare(decoded).equals(wanted);
        } catch (NotModelledException e) {
            return false;
        }
    }

    private static Extras extras(DataSource source) {
        return switch (source) {
            case Batch batch -> batch.extras();
            case Stream stream -> stream.extras();
            case Push push -> push.extras();
            case Request request -> request.extras();
        };
    }

    /** A source as people write it, without what the model does not show. */
    private static DataSource bare(DataSource source) {
        return switch (source) {
            case Batch batch -> batch.extras(Extras.NONE);
            case Stream stream ->
                new Stream(
                        stream.name(),
                        stream.type(),
                        stream.options(),
                        stream.history().map(history -> history.extras(Extras.NONE)),
                        stream.about(),
                        Extras.NONE);
            case Push push ->
                new Push(
                        push.name(),
                        push.history().map(history -> history.extras(Extras.NONE)),
                        push.about(),
                        Extras.NONE);
            case Request request ->
                new Request(
                        request.name(),
                        request.schema().stream().map(FieldCodec::bare).toList(),
                        request.about(),
                        Extras.NONE);
        };
    }

    private static void encode(Batch batch, DataSourceProto.DataSource.Builder out) {
        LocationCodec.encode(batch, out);
        encodeColumns(batch, out);
        if (batch.location() instanceof SourceLocation.Custom custom) {
            boolean lake = custom.sourceClass().endsWith(".IcebergSource")
                    || custom.sourceClass().endsWith(".UnityCatalogSource");
            out.setType(lake ? SourceType.BATCH_ICEBERG : SourceType.CUSTOM_SOURCE)
                    .setDataSourceClassType(custom.sourceClass());
        } else {
            setClass(
                    SourceClasses.of(batch.type())
                            .orElseThrow(() -> new InvalidRequestException(
                                    "Data source '%s' is of the type '%s', which Feast's registry has no place for"
                                            .formatted(batch.name(), batch.type()))),
                    out);
        }
    }

    private static void encodeColumns(Batch batch, DataSourceProto.DataSource.Builder out) {
        Map<String, String> mapping = StoredMaps.write(batch.fieldMapping(), out.getFieldMappingMap());
        out.setTimestampField(batch.time().event())
                .setCreatedTimestampColumn(batch.time().created().orElse(""))
                .setDatePartitionColumn(batch.time().datePartition().orElse(""))
                .clearFieldMapping()
                .putAllFieldMapping(mapping);
    }

    private static void encode(Stream stream, DataSourceProto.DataSource.Builder out) {
        SourceClasses known = SourceClasses.of(stream.type())
                .filter(type -> type == SourceClasses.KAFKA || type == SourceClasses.KINESIS)
                .orElseThrow(() -> new InvalidRequestException(
                        "Stream source '%s' is of the type '%s'; Feast's registry knows kafka and kinesis"
                                .formatted(stream.name(), stream.type())));
        setClass(known, out);
        StreamOptions.encode(stream, known, out);
        encodeHistory(stream.history(), out);
    }

    /** Feast repeats the columns of the history in the push source. */
    private static void encode(Push push, DataSourceProto.DataSource.Builder out) {
        setClass(SourceClasses.PUSH, out);
        if (!out.hasPushOptions()) {
            out.setPushOptions(PushOptions.getDefaultInstance());
        }
        encodeHistory(push.history(), out);
        push.history().ifPresent(history -> encodeColumns(history, out));
    }

    private static void encode(Request request, DataSourceProto.DataSource.Builder out) {
        setClass(SourceClasses.REQUEST, out);
        RequestDataOptions stored = out.getRequestDataOptions();
        out.setRequestDataOptions(stored.toBuilder()
                .clearSchema()
                .clearDeprecatedSchema()
                .addAllSchema(FieldCodec.encode(
                        "data source '%s'".formatted(request.name()), request.schema(), stored.getSchemaList())));
    }

    private static void encodeHistory(Optional<Batch> history, DataSourceProto.DataSource.Builder out) {
        history.ifPresentOrElse(
                batch -> out.setBatchSource(encode(batch, out.getBatchSource())), out::clearBatchSource);
    }

    private static void setClass(SourceClasses known, DataSourceProto.DataSource.Builder out) {
        if (out.getType() != known.number || out.getDataSourceClassType().isEmpty()) {
            out.setType(known.number).setDataSourceClassType(known.className);
        }
    }

    private static Optional<Batch> history(DataSourceProto.DataSource source) {
        return source.hasBatchSource() ? Optional.of(decodeBatch(source.getBatchSource())) : Optional.empty();
    }

    private static List<Field> requestSchema(RequestDataOptions options) {
        if (options.getSchemaCount() > 0 || options.getDeprecatedSchemaCount() == 0) {
            return FieldCodec.decode(options.getSchemaList());
        }
        return options.getDeprecatedSchemaValueMap().entrySet().stream()
                .map(entry -> FieldCodec.decode(FeatureSpecV2.newBuilder()
                        .setName(entry.getKey())
                        .setValueTypeValue(entry.getValue())
                        .build()))
                .toList();
    }

    private static String type(DataSourceProto.DataSource source) {
        if (source.getOptionsCase() != OptionsCase.CUSTOM_OPTIONS) {
            return SourceClasses.of(source.getType())
                    .map(SourceClasses::type)
                    .orElseThrow(() -> new NotModelledException(
                            "Data source '%s' is of an unknown kind".formatted(source.getName())));
        }
        return dev.manciple.spi.SourceType.of(source.getDataSourceClassType());
    }

    /** Sources from before Feast named them go by their location. */
    private static String name(DataSourceProto.DataSource source) {
        if (!source.getName().isEmpty()) {
            return source.getName();
        }
        return switch (LocationCodec.decode(source)) {
            case SourceLocation.Files files -> files.uri();
            case SourceLocation.Table table -> table.qualifiedName();
            case SourceLocation.Query query -> throw new NotModelledException("A data source has no name");
            case SourceLocation.Custom custom -> throw new NotModelledException("A data source has no name");
        };
    }

    private static About about(DataSourceProto.DataSource source) {
        Map<String, String> tags = new HashMap<>(source.getTagsMap());
        tags.remove(LocationCodec.FORMAT_TAG);
        return new About(source.getDescription(), source.getOwner(), tags);
    }

    private static Map<String, String> tags(DataSource source) {
        Map<String, String> tags = new HashMap<>(source.about().tags());
        if (source instanceof Batch batch) {
            LocationCodec.taggedFormat(batch.location())
                    .ifPresent(format -> tags.put(LocationCodec.FORMAT_TAG, format));
        }
        return tags;
    }

    private static Extras extras(DataSourceProto.DataSource source) {
        DataSourceProto.DataSource.Builder rest = source.toBuilder()
                .clearName()
                .clearProject()
                .clearDescription()
                .clearOwner()
                .clearTags()
                .clearBatchSource()
                .clearMeta();
        switch (source.getType()) {
            case REQUEST_SOURCE -> {
                RequestDataOptions.Builder options =
                        rest.getRequestDataOptions().toBuilder().clearSchema().clearDeprecatedSchema();
                rest.setRequestDataOptions(options);
            }
            case STREAM_KAFKA, STREAM_KINESIS -> StreamOptions.clear(rest);
            case PUSH_SOURCE -> {
                if (source.hasBatchSource()) {
                    clearColumns(rest);
                }
            }
            case BATCH_FILE,
                    BATCH_SNOWFLAKE,
                    BATCH_BIGQUERY,
                    BATCH_REDSHIFT,
                    BATCH_TRINO,
                    BATCH_SPARK,
                    BATCH_ATHENA,
                    BATCH_ICEBERG,
                    CUSTOM_SOURCE,
                    INVALID,
                    UNRECOGNIZED -> {
                LocationCodec.clear(rest);
                clearColumns(rest);
            }
        }
        return Unmodelled.extras(withoutDerived(source, rest));
    }

    /** Type, class and empty options follow from the definition, unless the class is one of somebody's own. */
    private static DataSourceProto.DataSource withoutDerived(
            DataSourceProto.DataSource source, DataSourceProto.DataSource.Builder rest) {
        LocationCodec.clearIfEmpty(rest);
        String className = source.getDataSourceClassType();
        boolean derived = source.getOptionsCase() == OptionsCase.CUSTOM_OPTIONS
                || SourceClasses.of(source.getType())
                        .map(known -> className.isEmpty() || known.className.equals(className))
                        .orElse(false);
        rest.clearType();
        if (derived) {
            rest.clearDataSourceClassType();
        }
        return rest.build();
    }

    private static void clearColumns(DataSourceProto.DataSource.Builder source) {
        source.clearTimestampField()
                .clearCreatedTimestampColumn()
                .clearDatePartitionColumn()
                .clearFieldMapping();
    }

    private static Optional<String> nonEmpty(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }
}
