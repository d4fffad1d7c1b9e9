package dev.manciple.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.manciple.model.Field;
import dev.manciple.wire.proto.FeatureProto.FeatureSpecV2;
import java.util.Optional;

/**
 * What Feast keeps about a feature that holds vectors.
 *
 * @param indexed whether vector searches are over this feature
 * @param length how many numbers a vector has; 0 if that is left open
 * @param metric the distance searches go by if they do not say
 */
public record VectorOptions(boolean indexed, int length, Optional<String> metric) {
    /** @throws IllegalStateException if the field's extras are not those of a field */
    public static VectorOptions of(Field field) {
        try {
            FeatureSpecV2 spec =
                    FeatureSpecV2.parseFrom(ByteString.copyFrom(field.extras().bytes()));
            return new VectorOptions(
                    spec.getVectorIndex(),
                    spec.getVectorLength(),
                    Optional.of(spec.getVectorSearchMetric()).filter(metric -> !metric.isBlank()));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(
                    "The extras of field '%s' are of something else".formatted(field.name()), e);
        }
    }
}
