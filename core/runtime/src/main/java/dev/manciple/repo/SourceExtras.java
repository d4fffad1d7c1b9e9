package dev.manciple.repo;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.manciple.model.Extras;
import dev.manciple.wire.proto.DataFormatProto.TableFormat;
import dev.manciple.wire.proto.DataSourceProto.DataSource;
import dev.manciple.wire.proto.DataSourceProto.DataSource.SparkOptions;
import java.util.List;
import java.util.Locale;

/** Options of sources the model has no words for, as the registry's codec keeps them. */
final class SourceExtras {
    private static final List<String> OWN = List.of("s3_endpoint_override", "date_partition_column_format");

    /** Beside a query these are settings of the session; a table's name has them in it. */
    private static final List<String> BESIDE_A_QUERY = List.of("data_source", "database", "schema");

    private static final List<String> TIME_COLUMNS =
            List.of("timestamp_field", "created_timestamp_column", "date_partition_column");

    private SourceExtras() {}

    static Extras of(String type, Section source) {
        DataSource.Builder out = DataSource.newBuilder();
        set(out, "timestamp_field_type", source);
        FieldDescriptor member = out.getDescriptorForType().findFieldByName(type + "_options");
        if (member != null) {
            Message options = options(out.newBuilderForField(member), source);
            if (options.getSerializedSize() > 0) {
                out.setField(member, options);
            }
        }
        return extras(out);
    }

    /** A stream's time columns, which only Feast's own stream jobs read. */
    static Extras ofStream(Section source) {
        DataSource.Builder out = DataSource.newBuilder();
        TIME_COLUMNS.forEach(column -> set(out, column, source));
        out.putAllFieldMapping(source.map("field_mapping"));
        return extras(out);
    }

    private static Message options(Message.Builder options, Section source) {
        OWN.forEach(key -> set(options, key, source));
        if (source.text("query").isPresent()) {
            BESIDE_A_QUERY.forEach(key -> set(options, key, source));
        }
        if (options instanceof SparkOptions.Builder spark) {
            source.node("table_format")
                    .map(node -> node instanceof YamlNode.Mapping mapping
                            ? tableFormat(new Section(SourceShapes.TABLE_FORMAT, mapping))
                            : tableFormat(source.text("table_format").orElse("")))
                    .ifPresent(spark::setTableFormat);
        }
        return options.build();
    }

    private static TableFormat tableFormat(String name) {
        return tableFormat(name, TableFormat.newBuilder().newBuilderForField(formatField(name)));
    }

    private static TableFormat tableFormat(Section format) {
        String name = format.text("type").orElse("");
        Message.Builder details = TableFormat.newBuilder().newBuilderForField(formatField(name));
        SourceShapes.TABLE_FORMAT_TEXTS.forEach(key -> set(details, key, format));
        format.map("properties").forEach((key, value) -> {
            FieldDescriptor properties = details.getDescriptorForType().findFieldByName("properties");
            Message.Builder entry = details.newBuilderForField(properties);
            entry.setField(entry.getDescriptorForType().findFieldByName("key"), key);
            entry.setField(entry.getDescriptorForType().findFieldByName("value"), value);
            details.addRepeatedField(properties, entry.build());
        });
        return tableFormat(name, details);
    }

    private static TableFormat tableFormat(String name, Message.Builder details) {
        return TableFormat.newBuilder()
                .setField(formatField(name), details.build())
                .build();
    }

    private static FieldDescriptor formatField(String name) {
        return TableFormat.getDescriptor().findFieldByName(name.toLowerCase(Locale.ROOT) + "_format");
    }

    private static void set(Message.Builder options, String key, Section source) {
        FieldDescriptor field = options.getDescriptorForType().findFieldByName(key);
        if (field != null) {
            source.text(key).ifPresent(text -> options.setField(field, text));
        }
    }

    private static Extras extras(DataSource.Builder out) {
        DataSource built = out.build();
        return built.getSerializedSize() == 0
                ? Extras.NONE
                : new Extras(built.toByteString().asReadOnlyByteBuffer());
    }
}
