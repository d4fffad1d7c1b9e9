package dev.manciple.wire;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.Extras;

/** What is left of a message when everything the model has words for is cleared, as the {@code Extras} of its definition. */
final class Unmodelled {
    private Unmodelled() {}

    static Extras extras(Message remainder) {
        return remainder.getSerializedSize() == 0
                ? Extras.NONE
                : new Extras(remainder.toByteString().asReadOnlyByteBuffer());
    }

    /**
     * What to write the modelled parts over: what is stored, unless the definition brings other extras than the stored
     * ones. A definition without extras, as people write them, leaves the stored ones as they are.
     */
    static <M extends Message> M base(Extras wanted, Extras stored, M existing, Parser<M> parser) {
        return wanted.isEmpty() || wanted.equals(stored) ? existing : parse(wanted, parser);
    }

    private static <M extends Message> M parse(Extras extras, Parser<M> parser) {
        try {
            return parser.parseFrom(extras.bytes());
        } catch (InvalidProtocolBufferException e) {
            throw new InvalidRequestException("The extras of a definition are not those of Feast's registry", e);
        }
    }
}
