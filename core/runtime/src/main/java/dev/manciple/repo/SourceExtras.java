package dev.manciple.repo;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.manciple.model.Extras;
import dev.manciple.wire.proto.DataSourceProto.DataSource;
import java.util.List;

/** Options of sources the model has no words for, as the registry's codec keeps them. */
final class SourceExtras {
    /** Beside a query these are settings of the session; a table's name has them in it. */
    private static final List<String> BESIDE_A_QUERY = List.of("data_source", "database", "schema");

    private SourceExtras() {}

    static Extras of(String type, Section source) {
        FieldDescriptor member = DataSource.getDescriptor().findFieldByName(type + "_options");
        if (member == null) {
            return Extras.NONE;
        }
        DataSource.Builder out = DataSource.newBuilder();
        Message.Builder options = out.newBuilderForField(member);
        set(options, "s3_endpoint_override", source);
        if (source.text("query").isPresent()) {
            BESIDE_A_QUERY.forEach(key -> set(options, key, source));
        }
        Message built = options.build();
        return built.getSerializedSize() == 0
                ? Extras.NONE
                : new Extras(out.setField(member, built).build().toByteString().asReadOnlyByteBuffer());
    }

    private static void set(Message.Builder options, String key, Section source) {
        FieldDescriptor field = options.getDescriptorForType().findFieldByName(key);
        if (field != null) {
            source.text(key).ifPresent(text -> options.setField(field, text));
        }
    }
}
