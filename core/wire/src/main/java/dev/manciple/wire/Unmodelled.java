package dev.manciple.wire;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.Extras;
import java.util.Map;

/** What is left of a message when everything the model has words for is cleared, as the {@code Extras} of its definition. */
final class Unmodelled {
    private Unmodelled() {}

    static Extras extras(Message remainder) {
        return remainder.getSerializedSize() == 0
                ? Extras.NONE
                : new Extras(remainder.toByteString().asReadOnlyByteBuffer());
    }

    /**
     * What to write the modelled parts over: what is stored, with the fields the extras of a definition have instead of the
     * stored ones. A definition without extras, as people write them, leaves the stored ones as they are.
     *
     * @param stored the extras of {@code existing}
     * @return {@code existing}
     */
    static <B extends Message.Builder> B base(Extras wanted, Extras stored, B existing) {
        if (!wanted.isEmpty() && !wanted.equals(stored)) {
            overlay(parse(wanted, existing.getDefaultInstanceForType()), existing);
        }
        return existing;
    }

    /** Unlike a merge of protobuf's, lists are replaced rather than appended to. */
    private static void overlay(Message from, Message.Builder onto) {
        for (Map.Entry<FieldDescriptor, Object> entry : from.getAllFields().entrySet()) {
            FieldDescriptor field = entry.getKey();
            if (field.getJavaType() == JavaType.MESSAGE && !field.isRepeated() && onto.hasField(field)) {
                Message.Builder nested = ((Message) onto.getField(field)).toBuilder();
                overlay((Message) entry.getValue(), nested);
                onto.setField(field, nested.build());
            } else {
                onto.setField(field, entry.getValue());
            }
        }
        UnknownFieldSet.Builder unknown = onto.getUnknownFields().toBuilder();
        from.getUnknownFields().asMap().forEach(unknown::addField);
        onto.setUnknownFields(unknown.build());
    }

    private static Message parse(Extras extras, Message type) {
        try {
            return type.getParserForType().parseFrom(extras.bytes());
        } catch (InvalidProtocolBufferException e) {
            throw new InvalidRequestException("The extras of a definition are not those of Feast's registry", e);
        }
    }
}
