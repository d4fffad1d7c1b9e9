package dev.manciple.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.MessageOrBuilder;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.DataSource.Batch;
import dev.manciple.model.SourceLocation;
import dev.manciple.wire.proto.DataFormatProto.FileFormat;
import dev.manciple.wire.proto.DataFormatProto.TableFormat;
import dev.manciple.wire.proto.DataSourceProto.DataSource;
import dev.manciple.wire.proto.DataSourceProto.DataSource.FileOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where a batch source keeps its rows. Databases and schemas are part of a table's qualified name. Feast knows the file formats
 * Parquet and Delta; any other that is said, rather than told by the file name, is kept in a tag of the source.
 *
 * <p>The options of all engines that take a table or a query have the same names, so they are reached by name.
 */
final class LocationCodec {
    static final String FORMAT_TAG = "manciple:file_format";

    private static final String PARQUET = "parquet";
    private static final String DELTA = "delta";
    private static final String TABLE = "table";
    private static final String QUERY = "query";
    private static final String PATH = "path";
    private static final String FILE_FORMAT = "file_format";
    /** From the outermost inwards. */
    private static final List<String> QUALIFIERS = List.of("data_source", "database", "schema");

    private LocationCodec() {}

    /** @throws NotModelledException if the source does not say where its rows are */
    static SourceLocation decode(DataSource source) {
        return switch (source.getOptionsCase()) {
            case FILE_OPTIONS ->
                new SourceLocation.Files(source.getFileOptions().getUri(), fileFormat(source));
            case CUSTOM_OPTIONS ->
                new SourceLocation.Custom(
                        source.getDataSourceClassType(),
                        source.getCustomOptions().getConfiguration().asReadOnlyByteBuffer());
            case BIGQUERY_OPTIONS, SNOWFLAKE_OPTIONS, REDSHIFT_OPTIONS, ATHENA_OPTIONS, TRINO_OPTIONS, SPARK_OPTIONS ->
                tableQueryOrPath(source);
            case KAFKA_OPTIONS, KINESIS_OPTIONS, REQUEST_DATA_OPTIONS, PUSH_OPTIONS, OPTIONS_NOT_SET ->
                throw nowhere(source);
        };
    }

    /** Takes out what {@link #decode} says. */
    static void clear(DataSource.Builder source) {
        Optional<FieldDescriptor> field = options(source);
        if (field.isEmpty()) {
            return;
        }
        Message.Builder options = ((Message) source.getField(field.get())).toBuilder();
        switch (source.getOptionsCase()) {
            case FILE_OPTIONS -> clear(options, List.of("uri", FILE_FORMAT));
            case CUSTOM_OPTIONS -> clear(options, List.of("configuration"));
            case BIGQUERY_OPTIONS, SNOWFLAKE_OPTIONS, REDSHIFT_OPTIONS, ATHENA_OPTIONS, TRINO_OPTIONS, SPARK_OPTIONS ->
                clearTableQueryOrPath(options);
            case KAFKA_OPTIONS, KINESIS_OPTIONS, REQUEST_DATA_OPTIONS, PUSH_OPTIONS, OPTIONS_NOT_SET -> {}
        }
        source.setField(field.get(), options.build());
        clearIfEmpty(source);
    }

    /** Options that say nothing any more are not worth a member. */
    static void clearIfEmpty(DataSource.Builder source) {
        Optional<FieldDescriptor> field = options(source);
        if (field.isPresent() && ((Message) source.getField(field.get())).getSerializedSize() == 0) {
            source.clearOptions();
        }
    }

    /** Writes the location over what {@code out} has. */
    static void encode(Batch source, DataSource.Builder out) {
        if (says(out, source.location())) {
            return;
        }
        switch (source.location()) {
            case SourceLocation.Custom custom ->
                out.getCustomOptionsBuilder().setConfiguration(ByteString.copyFrom(custom.configuration()));
            case SourceLocation.Files files when source.type().equals(SourceClasses.FILE.type()) -> encode(files, out);
            case SourceLocation.Files files -> {
                Message.Builder options = engineOptions(source, out);
                if (field(options, PATH).isEmpty()) {
                    throw unstorable(source, "files");
                }
                clearTableQueryOrPath(options);
                set(options, PATH, files.uri());
                set(options, FILE_FORMAT, files.format());
                setEngineOptions(source, out, options);
            }
            case SourceLocation.Query query -> {
                Message.Builder options = engineOptions(source, out);
                clear(options, List.of(TABLE, PATH));
                set(options, QUERY, query.sql());
                setEngineOptions(source, out, options);
            }
            case SourceLocation.Table table -> {
                Message.Builder options = engineOptions(source, out);
                clearTableQueryOrPath(options);
                qualify(options, table.qualifiedName());
                setEngineOptions(source, out, options);
            }
        }
    }

    private static boolean says(DataSource.Builder source, SourceLocation wanted) {
        try {
            return decode(source.build()).equals(wanted);
        } catch (NotModelledException e) {
            return false;
        }
    }

    private static void encode(SourceLocation.Files files, DataSource.Builder out) {
        FileOptions.Builder options = out.getFileOptionsBuilder().setUri(files.uri());
        switch (files.format()) {
            case PARQUET ->
                options.setFileFormat(
                        FileFormat.newBuilder().setParquetFormat(FileFormat.ParquetFormat.getDefaultInstance()));
            case DELTA ->
                options.setFileFormat(
                        FileFormat.newBuilder().setDeltaFormat(TableFormat.DeltaFormat.getDefaultInstance()));
            default -> options.clearFileFormat();
        }
    }

    /** The format that has to be said in a tag, if any. */
    static Optional<String> taggedFormat(SourceLocation location) {
        return location instanceof SourceLocation.Files files
                        && !files.format().isBlank()
                        && !files.format().equals(PARQUET)
                        && !files.format().equals(DELTA)
                ? Optional.of(files.format())
                : Optional.empty();
    }

    private static String fileFormat(DataSource source) {
        return switch (source.getFileOptions().getFileFormat().getFormatCase()) {
            case PARQUET_FORMAT -> PARQUET;
            case DELTA_FORMAT -> DELTA;
            case FORMAT_NOT_SET -> source.getTagsOrDefault(FORMAT_TAG, "");
        };
    }

    private static SourceLocation tableQueryOrPath(DataSource source) {
        Message options = (Message) source.getField(options(source.toBuilder()).orElseThrow());
        if (!text(options, PATH).isEmpty()) {
            return new SourceLocation.Files(text(options, PATH), text(options, FILE_FORMAT));
        }
        if (!text(options, QUERY).isEmpty()) {
            return new SourceLocation.Query(text(options, QUERY));
        }
        if (text(options, TABLE).isEmpty()) {
            throw nowhere(source);
        }
        List<String> name = new ArrayList<>();
        QUALIFIERS.stream()
                .map(part -> text(options, part))
                .filter(part -> !part.isEmpty())
                .forEach(name::add);
        name.add(text(options, TABLE));
        return new SourceLocation.Table(String.join(".", name));
    }

    /** Qualifiers belong to a table's name; beside a query they are settings of the session and left alone. */
    private static void clearTableQueryOrPath(Message.Builder options) {
        if (text(options, QUERY).isEmpty()) {
            clear(options, QUALIFIERS);
        }
        if (!text(options, PATH).isEmpty()) {
            clear(options, List.of(FILE_FORMAT));
        }
        clear(options, List.of(TABLE, QUERY, PATH));
    }

    /** Engines without fields for the outer parts of a name take it whole; a quoted name is never taken apart. */
    private static void qualify(Message.Builder options, String qualifiedName) {
        List<FieldDescriptor> qualifiers = QUALIFIERS.stream()
                .flatMap(name -> field(options, name).stream())
                .toList();
        List<String> parts = List.of(qualifiedName.split("\\.", -1));
        int outer = parts.size() - 1;
        if (qualifiedName.contains("\"") || outer > qualifiers.size()) {
            set(options, TABLE, qualifiedName);
            return;
        }
        for (int i = 0; i < outer; i++) {
            options.setField(qualifiers.get(qualifiers.size() - outer + i), parts.get(i));
        }
        set(options, TABLE, parts.getLast());
    }

    private static Message.Builder engineOptions(Batch source, DataSource.Builder out) {
        return ((Message) out.getField(engineField(source))).toBuilder();
    }

    private static void setEngineOptions(Batch source, DataSource.Builder out, Message.Builder options) {
        out.setField(engineField(source), options.build());
    }

    private static FieldDescriptor engineField(Batch source) {
        FieldDescriptor field = DataSource.getDescriptor().findFieldByName(source.type() + "_options");
        if (field == null || field.getMessageType().findFieldByName(TABLE) == null) {
            throw unstorable(source, "a table or query");
        }
        return field;
    }

    private static InvalidRequestException unstorable(Batch source, String what) {
        return new InvalidRequestException(
                "Data source '%s' is of the type '%s', for which Feast's registry has no place for %s"
                        .formatted(source.name(), source.type(), what));
    }

    private static NotModelledException nowhere(DataSource source) {
        return new NotModelledException("Data source '%s' does not say where its rows are".formatted(source.getName()));
    }

    private static Optional<FieldDescriptor> options(DataSource.Builder source) {
        return Optional.ofNullable(source.getOneofFieldDescriptor(
                DataSource.getDescriptor().getOneofs().getFirst()));
    }

    private static Optional<FieldDescriptor> field(MessageOrBuilder options, String name) {
        return Optional.ofNullable(options.getDescriptorForType().findFieldByName(name));
    }

    private static String text(MessageOrBuilder options, String name) {
        return field(options, name)
                .map(field -> (String) options.getField(field))
                .orElse("");
    }

    private static void set(Message.Builder options, String name, String value) {
        field(options, name).ifPresent(field -> options.setField(field, value));
    }

    private static void clear(Message.Builder options, List<String> names) {
        names.forEach(name -> field(options, name).ifPresent(options::clearField));
    }
}
