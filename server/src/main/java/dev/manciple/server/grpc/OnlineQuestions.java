package dev.manciple.server.grpc;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import dev.manciple.FeatureSelection;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.server.KnownSelections;
import dev.manciple.wire.proto.ServingServiceProto.FeatureList;
import dev.manciple.wire.proto.ServingServiceProto.GetOnlineFeaturesRequest;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/**
 * Takes bytes for questions about online features. The list of features, which may be most of a question, is mostly one that was
 * read before. Thread-safe.
 */
final class OnlineQuestions implements UnaryService.Questions<OnlineQuestion> {
    private final KnownSelections known = new KnownSelections();

    /** @throws InvalidRequestException if nothing is asked for, or a text is no reference */
    @Override
    public OnlineQuestion read(byte[] message) throws InvalidProtocolBufferException {
        Optional<Span> list = onlyList(message);
        if (list.isEmpty()) {
            GetOnlineFeaturesRequest whole = GetOnlineFeaturesRequest.parseFrom(message);
            return new OnlineQuestion(selection(whole), whole);
        }
        Span features = list.get();
        GetOnlineFeaturesRequest rest = GetOnlineFeaturesRequest.newBuilder()
                .mergeFrom(message, 0, features.from())
                .mergeFrom(message, features.to(), message.length - features.to())
                .build();
        byte[] bytes = Arrays.copyOfRange(message, features.listFrom(), features.to());
        return new OnlineQuestion(known.of(bytes, () -> selection(FeatureList.parseFrom(bytes))), rest);
    }

    /** Where a field is in a message, and the list in it. */
    private record Span(int from, int listFrom, int to) {}

    /**
     * The list of features. None if there are several, of which a message has the names of all, or a feature service, since the
     * last of those fields is the one that counts.
     */
    private static Optional<Span> onlyList(byte[] message) throws InvalidProtocolBufferException {
        CodedInputStream in = CodedInputStream.newInstance(message);
        Optional<Span> list = Optional.empty();
        try {
            for (int from = 0; !in.isAtEnd(); from = in.getTotalBytesRead()) {
                int tag = in.readTag();
                int field = WireFormat.getTagFieldNumber(tag);
                boolean features = field == GetOnlineFeaturesRequest.FEATURES_FIELD_NUMBER;
                if (features
                        && list.isEmpty()
                        && WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
                    int length = in.readRawVarint32();
                    int listFrom = in.getTotalBytesRead();
                    in.skipRawBytes(length);
                    list = Optional.of(new Span(from, listFrom, in.getTotalBytesRead()));
                } else if (features
                        || field == GetOnlineFeaturesRequest.FEATURE_SERVICE_FIELD_NUMBER
                        // The end of a group that has not begun.
                        || !in.skipField(tag)) {
                    return Optional.empty();
                }
            }
            return list;
        } catch (InvalidProtocolBufferException e) {
            throw e;
        } catch (IOException e) {
            throw new InvalidProtocolBufferException(e);
        }
    }

    private static FeatureSelection selection(GetOnlineFeaturesRequest request) {
        return switch (request.getKindCase()) {
            case FEATURE_SERVICE -> new FeatureSelection.Service(request.getFeatureService());
            case FEATURES, KIND_NOT_SET -> selection(request.getFeatures());
        };
    }

    private static FeatureSelection.Views selection(FeatureList list) {
        return KnownSelections.parse(list.getValList());
    }
}
